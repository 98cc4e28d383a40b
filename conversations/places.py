"""Where a conversation is. Computed from what was said and the flow, never stored."""

from collections.abc import Mapping

from conversations.conversation import Answer, Conversation, Pause
from conversations.flows import FLOWS
from conversations.questions import Question, Topic
from conversations.sharing import are_sharing_words, is_sharing_choice

# What can be asked besides a flow's questions. No question's id has an @ in it.
MAP = "@map"
CHECK = "@check"
SENT = "@sent"
STOPPED = "@stopped"
HELP = "@help"
OFFER = "@offer"
NEWS = "@news"
OVER = "@over"
EACH = "@each"
"""Where one answer of all is looked for, by what was asked: where no page shows them."""
HEARS = "@hears"
"""`@hears:home.feeling`: who may hear this one answer."""
TELLS = "@tells"
"""`@tells:home.feeling`: who else, picked."""
BACK = "@back"
"""`@back:home.feeling`: whether to take it back; `@back` alone: everything."""
GONE = "@gone"
"""It is taken back."""
GONE_UNSENT = f"{GONE}:not_sent"
FEWER = f"{GONE}:fewer"
"""Fewer people hear what was sent, from now on."""
NOT_ME = "@not_me"
NOT_ME_SAID = "@not_me_said"

# Questions that every flow has.
START = "start.ok"
"""By which the young person agrees to start."""
START_MORE = "start.more"
ADVOCATE = "rights.advocate"
ANYTHING = "anything.words"
"""Where words go that came when nothing was asked."""


def sequence(conversation: Conversation) -> list[tuple[Topic, Question]]:
    """All questions that apply now, in the flow's order, answered or not."""
    answers = conversation.answers
    return [
        (topic, question)
        for topic, question in FLOWS[conversation.flow_id].questions(conversation.band)
        if applies(question, answers) and _is_asked(conversation, question)
    ]


def said_in(conversation: Conversation) -> list[tuple[Topic, Question]]:
    """All questions whose answers count, in the flow's order: those that apply now, those whose
    answer are words about who may hear, which stay whatever is chosen afterwards, and those that
    were answered in the words of another age."""
    answers, band = conversation.answers, conversation.band
    return [
        (topic, question)
        for topic in FLOWS[conversation.flow_id].topics
        for question in topic.questions
        if (band in question.bands or question.id in answers)
        and (
            applies(question, answers)
            or (question.id in answers and are_sharing_words(answers[question.id]))
        )
    ]


def _is_asked(conversation: Conversation, question: Question) -> bool:
    """Whoever sits beside a child too young to come alone is not asked who may hear it, not in the
    longer words of another age either: they would choose for the child."""
    return not (conversation.young and is_sharing_choice(question.id))


def applies(question: Question, answers: Mapping[str, Answer]) -> bool:
    """Whether it is asked, after what was answered so far."""
    when = question.when
    if when is not None:
        earlier = answers.get(when.question)
        if earlier is None or when.options.isdisjoint(earlier.choices):
            return False
    return not question.after_any or any(other in answers for other in question.after_any)


def agreed(conversation: Conversation) -> bool:
    answer = conversation.answers.get(START)
    return answer is not None and answer.choices == ("yes",)


def asked(conversation: Conversation) -> str:
    """The id of what is asked now: a question's, or one of the places above."""
    match conversation.pause:
        case Pause.STOPPED:
            return STOPPED
        case Pause.HELP | Pause.TOLD | Pause.URGENT:
            return HELP
        case None:
            return beneath_pause(conversation)


def beneath_pause(conversation: Conversation) -> str:
    """What is asked once the pause, if there is one, is over."""
    if conversation.offered and agreed(conversation):
        return OFFER
    if conversation.news:
        return NEWS
    place = conversation.place
    if place in (MAP, CHECK, OVER):
        return place
    if place is not None and place.startswith("@"):
        return place if _stands(conversation, place) else CHECK
    flow, answers, skipped = FLOWS[conversation.flow_id], conversation.answers, conversation.skipped
    topic_id = None
    if place is not None:
        found = flow.by_id.get(place)
        if found is None:
            topic_id = place
        elif (
            conversation.band in found[1].bands
            and applies(found[1], answers)
            and _is_asked(conversation, found[1])
            and any(topic is found[0] for topic in flow.topics)
        ):
            return place
    if topic_id is None and conversation.checking:
        return _end(conversation)
    first = None
    for topic, question in flow.questions(conversation.band):
        name = question.id
        if name in answers or name in skipped or not applies(question, answers):
            continue
        if conversation.band in question.aside or not _is_asked(conversation, question):
            continue
        if topic_id is None or topic.id == topic_id:
            return name
        first = first or name
    return first if first and not conversation.checking else _end(conversation)


def about_answer(place: str) -> tuple[str, str] | None:
    """Of `@hears:home.feeling` and its like: which place, and which answer; else none."""
    where, _, question = place.partition(":")
    return (where, question) if question and where in (HEARS, TELLS, BACK) else None


def _stands(conversation: Conversation, place: str) -> bool:
    """Whether there is still something to do at such a place."""
    found = about_answer(place)
    if found is None:
        return place in (EACH, BACK, GONE, GONE_UNSENT, FEWER, NOT_ME, NOT_ME_SAID)
    question = found[1]
    known = FLOWS[conversation.flow_id].by_id.get(question)
    return question in conversation.answers and known is not None and not known[0].explains


def _end(conversation: Conversation) -> str:
    return SENT if conversation.sent and not conversation.unsent else CHECK
