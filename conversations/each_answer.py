"""One answer: who may hear it, whether it is read out, taking it back. And *that wasn't me*."""

from dataclasses import replace
from datetime import datetime

from conversations.conversation import Conversation, Sharing
from conversations.effects import RecordAnswer, SayNotMe
from conversations.flows import FLOWS
from conversations.hearing import Chosen, ChosenSeveral, Toggled
from conversations.moving import Turn, been_at
from conversations.places import (
    BACK,
    CHECK,
    EACH,
    NOT_ME,
    NOT_ME_SAID,
    TELLS,
    about_answer,
    asked,
)
from conversations.sharing import FILE, OFFICER, is_sharing_choice, tell_of
from conversations.taking_back import take_back
from conversations.wording import Band

VERBS = frozenset(
    {"@each", "@hears", "@just", "@file", "@pick", "@aloud", "@back", "@yes", "@no", "@not_me"}
)
_CHOSEN = {"@just": (OFFICER,), "@file": (OFFICER, FILE)}


def go_about(conversation: Conversation, heard: Chosen, now: datetime) -> Turn:
    """A button about one answer (`@hears:home.feeling`), or of a page about one (`@aloud:no`)."""
    verb, _, about = heard.option.partition(":")
    at = asked(conversation)
    if heard.to is not None and heard.to != at:
        return Turn(conversation)  # the page has moved on
    if heard.turn is not None and heard.turn != conversation.turns:
        return Turn(conversation)
    here = about_answer(at)
    question = here[1] if here else about
    at_once = replace(conversation, pause=None)
    match verb:
        case "@yes" if at == BACK or (here and here[0] == BACK):
            return take_back(at_once, here[1] if here else None, now)
        case "@yes" if at == NOT_ME:
            return Turn(replace(at_once, place=NOT_ME_SAID), effects=(SayNotMe(),))
        case "@no" if at in (BACK, NOT_ME) or here:
            return Turn(_to_check(at_once))
        case "@each" | "@not_me":
            return Turn(_at(at_once, EACH if verb == "@each" else NOT_ME, at))
        case "@back" if not question:
            return Turn(_at(at_once, BACK, at))
        case _ if not _is_answer(conversation, question):
            return Turn(conversation)  # taken back since
        case "@hears" | "@file" | "@pick" if not _chooses(conversation):
            return Turn(conversation)  # whoever sits there would be asked too
        case "@hears" | "@back":
            return Turn(_at(at_once, f"{verb}:{question}", at))
        case "@pick":
            return Turn(_at(at_once, f"{TELLS}:{question}", at))
        case "@just" | "@file":
            return _choose(at_once, question, now, hears=_CHOSEN[verb])
        case "@aloud":
            return _choose(at_once, question, now, aloud=about != "no")
        case _:
            return Turn(conversation)


def pick(
    conversation: Conversation, heard: Chosen | ChosenSeveral | Toggled, now: datetime
) -> Turn:
    """Whom else to tell of one answer, ticked. Each tick may be a message of its own."""
    here = about_answer(asked(conversation))
    if here is None or here[0] != TELLS or (heard.to or asked(conversation)) != asked(conversation):
        return Turn(conversation)
    question = here[1]
    tell = tell_of(FLOWS[conversation.flow_id], question)
    if tell is None:
        return Turn(_to_check(conversation))
    match heard:
        case Toggled(option=option):
            alone = conversation.sharing.get(question)
            ticked = alone.hears if alone and alone.hears else ()
            picked = tell.toggled((one for one in ticked if one != OFFICER), option)
        case ChosenSeveral(options=options):
            picked = tell.narrowed(options)
        case Chosen(option=one):
            picked = tell.narrowed((one,))
    turn = _choose(conversation, question, now, hears=(OFFICER, *picked))
    if isinstance(heard, Toggled):
        return replace(turn, conversation=replace(turn.conversation, place=asked(conversation)))
    return turn


def _choose(
    conversation: Conversation,
    question: str,
    now: datetime,
    *,
    hears: tuple[str, ...] | None = None,
    aloud: bool | None = None,
) -> Turn:
    before = conversation.sharing.get(question) or Sharing(now)
    after = replace(
        before,
        at=now,
        hears=before.hears if hears is None else hears,
        aloud=before.aloud if aloud is None else aloud,
    )
    conversation = _to_check(conversation)
    if (after.hears, after.aloud) == (before.hears, before.aloud):
        return Turn(conversation)
    sharing = {**conversation.sharing, question: after}
    changed = replace(conversation, sharing=sharing, unsent=True)
    return Turn(changed, effects=(RecordAnswer(question),))


def _is_answer(conversation: Conversation, question: str) -> bool:
    known = FLOWS[conversation.flow_id].by_id.get(question)
    return question in conversation.answers and known is not None and not known[0].explains


def _chooses(conversation: Conversation) -> bool:
    """Whether who hears it is theirs to choose here: where somebody sits beside a child too young
    to come alone it would be that person's, whatever words they read."""
    return not (conversation.young or conversation.band is Band.FOUR)


def may_be_shared(conversation: Conversation, question: str) -> bool:
    """Whether there is a choice of who hears this one: words about sharing are the officer's."""
    flow = FLOWS[conversation.flow_id]
    if not _chooses(conversation):
        return False
    return not is_sharing_choice(question) and tell_of(flow, question) is not None


def _at(conversation: Conversation, place: str, was: str) -> Conversation:
    return replace(conversation, place=place, trail=been_at(conversation, was))


def _to_check(conversation: Conversation) -> Conversation:
    return replace(conversation, place=CHECK, checking=True)
