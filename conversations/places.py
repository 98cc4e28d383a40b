"""Where a conversation is. Computed from what was said and the flow, never stored."""

from conversations.conversation import Conversation, Pause
from conversations.flows import FLOWS
from conversations.questions import Question, Topic

# What can be asked besides a flow's questions. No question's id has an @ in it.
MAP = "@map"
CHECK = "@check"
SENT = "@sent"
STOPPED = "@stopped"
HELP = "@help"
OFFER = "@offer"

# Questions that every flow has.
START = "start.ok"
"""By which the young person agrees to start."""
START_MORE = "start.more"
ADVOCATE = "rights.advocate"
ANYTHING = "anything.words"
"""Where words go that came when nothing was asked."""


def sequence(conversation: Conversation) -> list[tuple[Topic, Question]]:
    """All questions that apply now, in the flow's order, answered or not."""
    given, answers = conversation.given, conversation.answers
    return [
        (topic, question)
        for topic, question in FLOWS[conversation.flow_id].questions(conversation.band)
        if (question.when is None or question.when.holds(given))
        and (not question.after_any or any(other in answers for other in question.after_any))
    ]


def agreed(conversation: Conversation) -> bool:
    answer = conversation.answers.get(START)
    return answer is not None and answer.choices == ("yes",)


def asked(conversation: Conversation) -> str:
    """The id of what is asked now: a question's, or one of the places above."""
    match conversation.pause:
        case Pause.STOPPED:
            return STOPPED
        case Pause.HELP:
            return HELP
        case None:
            return beneath_pause(conversation)


def beneath_pause(conversation: Conversation) -> str:
    """What is asked once the pause, if there is one, is over."""
    if conversation.offered and agreed(conversation):
        return OFFER
    place = conversation.place
    if place in (MAP, CHECK):
        return place
    applicable = sequence(conversation)
    if place is not None and any(question.id == place for _, question in applicable):
        return place
    done = conversation.answers.keys() | conversation.skipped
    for topic, question in applicable:
        if topic.id == place and question.id not in done and not question.aside:
            return question.id
    if not conversation.checking:
        for _topic, question in applicable:
            if question.id not in done and not question.aside:
                return question.id
    return SENT if conversation.sent and not conversation.unsent else CHECK
