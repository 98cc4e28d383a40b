"""`step`: one thing heard, one turn. Pure: no clock, no storage, no framework."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from conversations import alarm, reminding, texts, wanting
from conversations.answering import answered, as_answer, explained, record
from conversations.asked_back import fixed_answer
from conversations.conversation import Conversation, Pause
from conversations.each_answer import pick
from conversations.effects import NoReminder
from conversations.flows import FLOWS
from conversations.going import go
from conversations.hearing import (
    LONGEST,
    Attached,
    Chosen,
    ChosenSeveral,
    Command,
    Draft,
    Heard,
    Name,
    Text,
    Toggled,
)
from conversations.helping import (
    is_about_who_types,
    is_said_again,
    said_who,
    says_who,
    skipped_who,
)
from conversations.moving import Turn, back, skip, stop
from conversations.offering import answered_back, draft, offer
from conversations.places import ANYTHING, CHECK, HELP, TELLS, asked, beneath_pause
from conversations.questions import Flow
from conversations.sending import send
from conversations.showing import attach, kept_and_dropped
from conversations.taking_back import narrowed_at_once
from conversations.typists import NAME, typed
from conversations.wording import Band, Say


def start(flow: Flow, band: Band, locale: str = "en") -> Conversation:
    return Conversation(flow.id, flow.version, band, locale)


def carry_forward(conversation: Conversation) -> Conversation:
    """Raise a conversation of an older flow version to today's; nothing said is lost."""
    flow = FLOWS[conversation.flow_id]
    while conversation.flow_version < flow.version:
        version = conversation.flow_version
        conversation = replace(flow.carried[version](conversation), flow_version=version + 1)
    return conversation


def step(conversation: Conversation, heard: Heard, now: datetime, *, watched: bool = False) -> Turn:
    """What to say and what to keep. Nothing that can be heard raises.

    `watched`: the council has people who look at alerts. Without them no alert is raised, and
    nothing says that somebody is told.
    """
    before = conversation
    if conversation.started_at is None:
        conversation = replace(conversation, started_at=now)
    heard = typed(conversation, heard)
    match heard:
        case Command():
            turn = _obey(conversation, heard, now, watched=watched)
        case Draft():
            turn = draft(conversation, heard, now)
        case Attached():
            turn = attach(conversation, heard, now)
        case Text() | Chosen() | ChosenSeveral() | Toggled():
            turn = _take(conversation, heard, now)
        case _:
            assert_never(heard)
    if wants := wanting.changed(before, turn.conversation):
        turn = replace(turn, effects=(*turn.effects, *wants))
    if watched:
        after, alerts = alarm.read(turn.conversation, heard, asked(before), now)
        if alerts:
            turn = replace(turn, conversation=after, effects=(*turn.effects, *alerts))
    if before.sent:
        turn = narrowed_at_once(before, turn, heard, now)
    turn = reminding.ended(before, turn)
    if turn.conversation == before:
        return turn
    effects = (*turn.effects, *kept_and_dropped(before, turn.conversation))
    after = replace(turn.conversation, turns=before.turns + 1)
    return replace(turn, conversation=after, effects=effects)


def _obey(conversation: Conversation, heard: Command, now: datetime, *, watched: bool) -> Turn:
    at = asked(conversation)
    stale = heard.to is not None and heard.to != at
    match heard.name:
        case Name.HELP if stale and at == HELP:
            return Turn(conversation)  # the second of a double click
        case Name.HELP if watched:
            paused, raised = alarm.help_asked(conversation)
            return Turn(paused, effects=(raised,))
        case Name.HELP:
            return Turn(replace(conversation, pause=Pause.HELP))
        case Name.STOP if conversation.pause is Pause.STOPPED and not stale:
            return Turn(conversation, effects=(NoReminder(),))  # *Leave quickly* lets it stand
        case Name.STOP | Name.LEAVE:
            return stop(conversation)
        case Name.BACK | Name.SKIP if conversation.pause is not None and not stale:
            return Turn(replace(conversation, pause=None))
        case Name.BACK | Name.SKIP if stale:
            return Turn(conversation)  # the second of a double click
        case Name.SKIP if is_about_who_types(at):
            return skipped_who(conversation, at)
        case Name.BACK:
            return Turn(back(conversation, at))
        case Name.SKIP:
            return skip(conversation, at)
        case Name.SEND:
            return send(conversation, heard, at, now)
        case _:
            assert_never(heard.name)


def _take(
    conversation: Conversation, heard: Text | Chosen | ChosenSeveral | Toggled, now: datetime
) -> Turn:
    if isinstance(heard, Chosen) and heard.option.startswith("@"):
        return go(conversation, heard, now)
    if isinstance(heard, Text) and (fixed := fixed_answer(heard.words)):
        return answered_back(conversation, heard, fixed, now)
    at = asked(conversation)
    target = heard.to or at
    if conversation.pause is not None and target == beneath_pause(conversation):
        conversation = replace(conversation, pause=None)
        at = target
    words = "" if isinstance(heard, Toggled) else heard.words
    over = len(words) - LONGEST
    if over > 0:
        return Turn(conversation, (Say(texts.TOO_LONG, {"over": over}),))
    if isinstance(heard, Chosen) and heard.option == "send" and target == CHECK:
        return send(conversation, heard, at, now)
    known = FLOWS[conversation.flow_id].by_id.get(target)
    if known is not None and target == at and says_who(known[1], heard):
        return said_who(conversation, known[1], heard, now)
    if known is not None and is_said_again(conversation, known[1], heard):
        return Turn(conversation)
    if known is None or known[0].explains:
        if target.startswith(f"{TELLS}:") and not isinstance(heard, Text):
            return pick(conversation, heard, now)
        if words.strip():
            return offer(conversation, as_answer(ANYTHING, heard, now, words=words))
        if known is not None and known[1].id == NAME and target == at:
            return Turn(conversation, (Say(texts.NOTHING_WRITTEN),))
        if known is not None and target == at and isinstance(heard, Chosen):
            return explained(conversation, known[1], heard, now)
        return Turn(replace(conversation, pause=None))
    question = known[1]
    answer = answered(question, heard, words, conversation, now)
    if answer is None:
        kept = conversation.answers.get(question.id)
        if target == at and kept is not None and kept.attachments:
            return skip(conversation, at)  # they showed it, and have no words for it
        hint = texts.NOTHING_CHOSEN if question.options else texts.NOTHING_WRITTEN
        return Turn(conversation, (Say(hint),) if target == at else ())
    kept = conversation.answers.get(question.id)
    fresh = heard.turn is None or heard.turn == conversation.turns or kept is None
    if target == at and (fresh or answer.says_the_same(kept)):
        return record(conversation, question, answer, stay=isinstance(heard, Toggled))
    if answer.says_the_same(kept) or isinstance(heard, Toggled):
        return Turn(conversation)
    return offer(conversation, answer)
