"""The way of one message: kept, understood, answered, all in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection

from bot.service import alerts, asked_for, disputes, reminders, sending, taking_back
from bot.service.days import local_day
from bot.service.facts import Facts, comeback_code
from bot.service.house import House
from bot.service.understood import understand
from bot.service.wording import Reader
from conversations import texts, typists
from conversations.conversation import Answer, Conversation
from conversations.effects import (
    Agreed,
    CameBack,
    DropAttachment,
    Effect,
    KeepAttachment,
    NoReminder,
    RaiseAlert,
    RecordAnswer,
    Remind,
    RequestAdvocate,
    RequestOfficer,
    SaidWhoTypes,
    SayNotMe,
    SaySafe,
    Stopped,
    Submit,
    TakeBack,
    Told,
    Want,
    Withdraw,
)
from conversations.engine import carry_forward, step
from conversations.flows import FLOWS
from conversations.growing import grown
from conversations.hearing import Heard
from conversations.moving import Turn
from conversations.screens import About, Screen, look
from conversations.sharing import lets_more_hear
from conversations.wording import Param, Say, band_of
from storage import attachments, audit, conversations, inbox, invitations, outbox, people
from storage.conversations import Kept
from storage.invitations import KeyKind
from storage.outbox import Outgoing


class ConversationClosed(Exception):
    """The invitation has ended. Nothing of what was just said is kept: the page says so."""


def _reads_nothing(_answer: Answer) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message. `source` and `key` tell it for ever; `raw` is how it came.

    `reads`: which earlier answers whoever says it can read. The others they may let fewer people
    hear, and nobody more. `content`: of the voice note or picture that it brings.
    """

    conversation_id: str
    source: str
    key: str
    raw: str
    heard: Heard
    reads: Callable[[Answer], bool] = _reads_nothing
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """What was said to a message, what is asked now, and who reads it."""

    kept: Kept
    screen: Screen
    reader: Reader
    says: tuple[Say, ...] = ()


Push = Callable[[Answered], Sequence[Outgoing]]
"""How a channel that pushes turns an answer into outbox rows. Called in the transaction."""


def hear(
    db: Connection,
    house: House,
    incoming: Incoming,
    now: datetime,
    push: Push | None = None,
    *,
    kept: Kept | None = None,
) -> tuple[Say, ...]:
    """Take in one message; once the transaction is committed every word of it is on disk.

    Returns what to say to it, where the channel does not push. Heard twice: nothing happens.
    `ConversationClosed`, `storage.Unknown`. `kept`: the conversation, where it was locked already.
    """
    kept = kept or conversations.lock(db, house.id, incoming.conversation_id)
    new = inbox.add(
        db, house.id, incoming.source, incoming.key, incoming.raw, now, person_id=kept.person_id
    )
    if now > kept.open_until:
        raise ConversationClosed
    before = carry_forward(kept.conversation)
    if not new:
        return ()
    heard = understand(incoming.heard, before)
    turn = step(before, heard, now, watched=house.council.duty is not None)
    if _lets_more_hear(incoming, before, turn):
        alarms = tuple(one for one in turn.effects if isinstance(one, RaiseAlert))
        turn = Turn(before, (Say(texts.ONLY_FEWER),), alarms)
    kept = replace(kept, conversation=turn.conversation)
    if turn.conversation is not before:
        conversations.save(db, kept, now)
    for effect in turn.effects:
        _apply(db, house, kept, effect, now, incoming.content)
    if push is not None:
        screen = look(kept.conversation, About(Facts(db, house, kept, now)))
        outbox.add(db, house.id, push(Answered(kept, screen, reader_of(kept), turn.says)), now)
    return turn.says


def _lets_more_hear(incoming: Incoming, before: Conversation, turn: Turn) -> bool:
    flow = FLOWS[before.flow_id]

    def reads(answer: Answer) -> bool:
        return incoming.reads(answer) and typists.reads(before, answer)

    return any(
        lets_more_hear(flow, before, turn.conversation, effect.question, reads)
        for effect in turn.effects
        if isinstance(effect, RecordAnswer)
    )


def show(
    db: Connection, house: House, conversation_id: str, now: datetime, *, later: bool = True
) -> Answered:
    """What is asked now. Reads only. `later`: it is rendered once the reading is over."""
    kept = conversations.get(db, house.id, conversation_id)
    kept = replace(kept, conversation=carry_forward(kept.conversation))
    facts: Mapping[str, Param] = Facts(db, house, kept, now)
    if later:
        facts = dict(facts)  # all of them, while they can be looked up
    return Answered(kept, look(kept.conversation, About(facts)), reader_of(kept))


def reader_of(kept: Kept) -> Reader:
    """For whom the conversation's texts are rendered."""
    conversation = kept.conversation
    flow = FLOWS[conversation.flow_id]
    return Reader(conversation.band, conversation.locale, flow.pathway, flow.chair)


def _apply(
    db: Connection, house: House, kept: Kept, effect: Effect, now: datetime, content: bytes
) -> None:
    """Write what a step asked for, beside the conversation itself."""
    young_person, review = f"young_person:{kept.person_id}", f"review:{kept.review_id}"
    match effect:
        case RecordAnswer():
            pass  # it stands in the conversation, which is saved
        case Told(piece=piece):
            audit.add(
                db, house.id, now, actor=young_person, act="told", subject=review, detail=piece
            )
        case Agreed(wording_version=version):
            audit.add(
                db,
                house.id,
                now,
                actor=young_person,
                act="agreed_to_start",
                subject=review,
                detail=f"wording {version}",
            )
        case RequestAdvocate():
            asked_for.ask(db, house, kept, Want.ADVOCATE, "", now)
        case RequestOfficer(how=how):
            asked_for.ask(db, house, kept, Want.OFFICER_ALONE, how, now)
        case TakeBack(want=want):
            asked_for.take_back(db, house, kept, want, now)
        case Stopped():
            _new_comeback_code(db, house, kept, now)
        case Remind(which=which):
            reminders.remind(db, house, kept, which, now)
        case NoReminder():
            reminders.end(db, house, kept.conversation_id, now)
        case CameBack():
            reminders.end(db, house, kept.conversation_id, now)
            _grow(db, house, kept, now)
        case RaiseAlert():
            alerts.raise_alert(db, house, kept, effect, now)
        case SaySafe(answer=answer):
            alerts.say_safe(db, house, kept, answer, now)
        case SaidWhoTypes(typed_by=typed_by, role=role):
            detail = f"{typed_by}, {role}" if role else typed_by
            audit.add(db, house.id, now, actor=young_person, act="said_who_types", subject=review,
                      detail=detail)  # fmt: skip
        case Submit():
            sending.send(db, house, kept, effect, now)
        case KeepAttachment(attachment=attachment):
            attachments.add(db, kept, attachment, content, now)
        case DropAttachment(attachment_id=attachment_id):
            attachments.drop_unsent(db, house.id, attachment_id)
        case Withdraw():
            taking_back.withdraw(db, house, kept, effect, now)
        case SayNotMe():
            disputes.dispute(db, house, kept.conversation_id, now)
        case _:
            assert_never(effect)


def _grow(db: Connection, house: House, kept: Kept, now: datetime) -> None:
    """From their next page on they read the words of their age."""
    person = people.young_person(db, house.id, kept.person_id)
    age = person.age(local_day(now))
    if age is None:
        return
    older = grown(kept.conversation, band_of(age))
    if older is not kept.conversation:
        conversations.save(db, replace(kept, conversation=older), now)


def _new_comeback_code(db: Connection, house: House, kept: Kept, now: datetime) -> None:
    code = comeback_code(house, kept).replace("-", "")
    invitations.unbind(db, house.id, KeyKind.COMEBACK, conversation_id=kept.conversation_id)
    invitations.bind(
        db,
        house.id,
        KeyKind.COMEBACK,
        house.keys.blind(house.id, "comeback", code),
        kept.conversation_id,
        now,
        kept.open_until,
    )
