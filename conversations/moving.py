"""A turn, and leaving a place: going on, back, past a question, away."""

from dataclasses import dataclass, replace

from conversations import texts
from conversations.conversation import Conversation, Pause
from conversations.effects import Effect, Stopped
from conversations.flows import FLOWS
from conversations.places import CHECK, MAP, NEWS, OFFER, OVER, SENT, START, sequence
from conversations.sharing import is_sharing_choice
from conversations.wording import Say

_TRAIL = 60  # places that *Back* remembers


@dataclass(frozen=True, slots=True)
class Turn:
    """The conversation after a step, what to say to what was heard, and what to keep.

    `says` only answers what was heard; what is asked next is `screens.look(conversation, …)`.
    """

    conversation: Conversation
    says: tuple[Say, ...] = ()
    effects: tuple[Effect, ...] = ()


def been_at(conversation: Conversation, place: str) -> tuple[str, ...]:
    """The trail with this place at its end."""
    return (*conversation.trail, place)[-_TRAIL:]


def leave(conversation: Conversation, place: str) -> Conversation:
    """Go on from a place; *Back* finds it again."""
    flow = FLOWS[conversation.flow_id]
    stays = conversation.place in {topic.id for topic in flow.topics}
    trail = been_at(conversation, place)
    onward = conversation.place if stays else None
    if onward is None and conversation.checking and is_sharing_choice(place):
        onward = CHECK  # where it was changed, and where one sees what it does
    elif conversation.place == place in flow.by_id and conversation.trail[-1:] != (CHECK,):
        onward = flow.by_id[place][0].id  # *Back* led here: the topic that they chose goes on
    return replace(conversation, place=onward, trail=trail)


def back(conversation: Conversation, at: str) -> Conversation:
    if at == OFFER:
        return put_aside(conversation)
    applicable = {question.id for _, question in sequence(conversation)} | {MAP, CHECK}
    trail = list(conversation.trail)
    while trail:
        place = trail.pop()
        if place in applicable and place != at:
            return replace(conversation, place=place, trail=tuple(trail))
    return conversation


def skip(conversation: Conversation, at: str) -> Turn:
    match at:
        case _ if at == START:
            return stop(conversation)  # nothing is asked without a yes
        case _ if at == OFFER:
            return Turn(put_aside(conversation))
        case _ if at == NEWS:
            return Turn(replace(conversation, news=conversation.news[1:]))
        case _ if at in (MAP, OVER):
            return Turn(leave(conversation, at))
        case _ if at in (CHECK, SENT):
            return Turn(conversation, (Say(texts.NOTHING_TO_SKIP),))
    if at.startswith("@"):  # a page about one answer: nothing changes there
        return Turn(replace(conversation, place=CHECK, checking=True))
    if at not in conversation.answers:  # an answer shown again stays; it is taken out by its button
        conversation = replace(conversation, skipped=conversation.skipped | {at})
    return Turn(leave(conversation, at))


def stop(conversation: Conversation) -> Turn:
    if conversation.pause is Pause.STOPPED:
        return Turn(conversation)
    return Turn(replace(conversation, pause=Pause.STOPPED), effects=(Stopped(),))


def put_aside(conversation: Conversation) -> Conversation:
    first, *rest = conversation.offered
    return replace(conversation, offered=tuple(rest), aside=(*conversation.aside, first))
