"""What a chat shows and counts as theirs who type in it: what was typed in its live session."""

from dataclasses import replace
from datetime import datetime

from bot.service.chat_session import begun
from bot.service.hear import Answered
from conversations import texts
from conversations.conversation import Answer, Channel, Conversation
from conversations.flows import FLOWS
from conversations.hearing import Heard, Toggled
from conversations.places import asked
from conversations.questions import Kind
from conversations.wording import Say
from storage.conversations import Kept


def reads(conversation: Conversation, now: datetime, answer: Answer) -> bool:
    """Whether an answer was given in this chat's session."""
    return answer.channel is Channel.TELEGRAM and answer.since >= begun(conversation, now)


def as_shown(answered: Answered, now: datetime) -> Answered:
    """Without the ticks that were set before the session: whoever has the phone would read them."""
    screen, conversation = answered.screen, answered.kept.conversation
    kept = screen.kept
    if screen.kind is not Kind.CHOICES or kept is None or reads(conversation, now, kept):
        return answered
    picks = tuple(replace(pick, chosen=False) for pick in screen.picks)
    screen = replace(screen, picks=picks, says=(*screen.says, Say(texts.HIDDEN)))
    return replace(answered, screen=screen)


def has_ticks(answered: Answered, heard: Heard) -> bool:
    """Whether what was pressed is a message whose buttons show ticks: an answer, which does not
    stay in the chat once the question is left."""
    found = FLOWS[answered.kept.conversation.flow_id].by_id.get(heard.to or "")
    return found is not None and found[1].kind is Kind.CHOICES


def begun_anew(kept: Kept, heard: Heard, now: datetime) -> Kept:
    """Where ticks are not shown, the first new one begins anew, as in a browser: added to others
    that nobody sees, it would say what was not meant."""
    conversation = kept.conversation
    if not isinstance(heard, Toggled) or heard.to != asked(conversation):
        return kept
    ticked = conversation.answers.get(heard.to)
    if ticked is None or reads(conversation, now, ticked):
        return kept
    answers = {name: one for name, one in conversation.answers.items() if one is not ticked}
    return replace(kept, conversation=replace(conversation, answers=answers))
