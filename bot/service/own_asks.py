"""The answers to a young person's wishes, where their PIN was typed, and what they say to them.

Only wishes that their PIN shows: an answer says as much of a wish as the wish itself.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.service import alerts, answering, asked_for, pins
from bot.service.days import local_day
from bot.service.hear import reader_of
from bot.service.house import House
from bot.service.pins import Reading
from bot.service.reading import Said
from bot.service.wording import Reader
from conversations import alarm, typists
from conversations.asks import GOES_BACK, Reply, State, may_reply
from conversations.effects import RaiseAlert, Want
from conversations.engine import carry_forward
from conversations.hearing import LONGEST, Text, keepable
from storage import asks, audit, contributions, conversations, reviews, tasks
from storage.asks import Ask, Replied, Written
from storage.conversations import Kept
from storage.errors import Unknown
from storage.people import staff_member
from storage.tasks import Kind as TaskKind
from storage.tasks import Task


@dataclass(frozen=True, slots=True)
class Mine:
    """A wish and what was said to it. `answers`: the newest first, none while nobody answered;
    `read_on`: when the officer opened it first; `changed`: their words, after the last answer."""

    ask: Ask
    reader: Reader
    said: Said | None
    answers: tuple[Written, ...]
    replies: tuple[Replied, ...]
    officer: str
    names: dict[str, str]
    read_on: date | None
    late: bool

    @property
    def newest(self) -> Written | None:
        return self.answers[0] if self.answers else None

    @property
    def changed(self) -> bool:
        return self.newest is not None and self.ask.changed_at > self.newest.at

    def said_to(self, answer: Written) -> tuple[Replied, ...]:
        return tuple(one for one in self.replies if one.answer == answer.number)


@dataclass(frozen=True, slots=True)
class Whole:
    """All of it, what was answered last before the rest. `before`: there is more, from before
    their PIN; `advocate`: they asked for one already."""

    mine: tuple[Mine, ...]
    before: bool
    advocate: bool


def gather(db: Connection, house: House, kept: Kept, found: Reading, now: datetime) -> Whole:
    """What they wished for, as it stands; that they read the answers is kept. `kept`: the
    conversation of this browser."""
    every = [
        ask
        for ask in asks.of_person(db, house.id, found.person_id)
        if ask.state is not State.TAKEN_BACK
    ]
    shown = [ask for ask in every if ask.said_since >= found.reads_from]
    said = answering.said_of(db, house, shown)
    mine = [_mine(db, house, ask, said.get(ask.ask_id), now) for ask in shown]
    for one in mine:
        for answer in one.answers:
            _note_read(db, house, one.ask, answer, now)
    wants = tasks.standing(db, house.id, asked_for.task_id_of(kept, Want.ADVOCATE))
    return Whole(
        tuple(sorted(mine, key=_order, reverse=True)),
        before=len(shown) < len(every),
        advocate=wants is not None and wants.outcome is None,
    )


def _order(one: Mine) -> tuple[bool, datetime]:
    newest = one.newest
    return newest is not None, newest.at if newest else one.ask.asked_at


def _mine(db: Connection, house: House, ask: Ask, said: Said | None, now: datetime) -> Mine:
    written = asks.answers_of(db, house.id, ask.ask_id)
    sent = tuple(one for one in reversed(written) if one.given)
    review = reviews.get(db, house.id, ask.review_id)
    names = {by: staff_member(db, house.id, by).name for by in {one.by for one in sent}}
    read_at = contributions.first_read(db, house.id, ask.contribution_id, review.officer_id)
    return Mine(
        ask,
        reader_of(conversations.get(db, house.id, ask.conversation_id)),
        said,
        sent,
        tuple(asks.replies_of(db, house.id, ask.ask_id)),
        staff_member(db, house.id, review.officer_id).name,
        names,
        local_day(read_at) if read_at else None,
        late=ask.is_open and ask.due_on < local_day(now),
    )


def _note_read(db: Connection, house: House, ask: Ask, answer: Written, now: datetime) -> None:
    if answer.read_at is None and asks.read(db, house.id, ask.ask_id, answer.number, now):
        audit.add(
            db,
            house.id,
            now,
            actor=f"young_person:{ask.person_id}",
            act="ask_answer_read",
            subject=f"ask:{ask.ask_id}",
            detail=f"answer {answer.number}",
        )


@dataclass(frozen=True, slots=True)
class News:
    """What a page that is not locked may say: that there is something to read; `read_on`: that
    their officer has opened what they sent; `needs_pin`: a wish stands, and no PIN. `opens`,
    `would_open`: whether their PIN, or one that they chose now, shows what is to read, or the wish:
    it may have been said before."""

    unread: bool = False
    any: bool = False
    needs_pin: bool = False
    read_on: date | None = None
    opens: bool = False
    would_open: bool = False


def news(db: Connection, house: House, kept: Kept, live_since: datetime, now: datetime) -> News:
    """Reads only, and opens nothing that is sealed. Nothing where somebody sits beside them.
    `live_since`: since when this browser shows what is said in it."""
    if not typists.reads_back(kept.conversation):
        return News()
    wished = asks.said_last(db, house.id, kept.person_id)
    if wished is None:
        return News()
    review = reviews.get(db, house.id, kept.review_id)
    read_at = contributions.first_read_of_review(db, house.id, kept.review_id, review.officer_id)
    reads_from = pins.shows_from(db, house, kept.person_id, live_since, now)
    unread = asks.unread_last(db, house.id, kept.person_id)
    return News(
        unread is not None,
        any=True,
        needs_pin=pins.standing(db, house, kept.person_id, now) is pins.Standing.NONE,
        read_on=local_day(read_at) if read_at else None,
        opens=unread is not None and unread >= reads_from,
        would_open=wished >= reads_from,
    )


class Refused(StrEnum):
    """Why nothing was kept of what they said."""

    LONG = "long"
    STALE = "stale"  # there is a newer answer, or none any more


class Heard(StrEnum):
    """It is kept. `paused`: what they wrote was read as not safe, and the help page comes next."""

    KEPT = "kept"
    PAUSED = "paused"


def say(
    db: Connection,
    house: House,
    kept: Kept,
    found: Reading,
    ask_id: str,
    number: int,
    reply: Reply,
    words: str,
    now: datetime,
) -> Heard | Refused:
    """What they say to an answer: kept with the wish, a task for the officer where it goes back to
    them, and read like all that is written. `kept`: the conversation of this browser. `Unknown`."""
    kept = conversations.lock(db, house.id, kept.conversation_id)
    words, _replaced = keepable(words.strip())
    paused = _read_for_harm(db, house, kept, words, ask_id, now)
    heard = Heard.PAUSED if paused else Heard.KEPT
    if len(words) > LONGEST:
        return Refused.LONG
    ask = asks.lock(db, house.id, ask_id)
    if ask.person_id != found.person_id or ask.said_since < found.reads_from:
        raise Unknown(f"ask {ask_id} of this young person")
    sent = [one for one in asks.answers_of(db, house.id, ask_id) if one.given]
    if not sent or sent[-1].number != number or not may_reply(ask.state, reply):
        return Refused.STALE
    if asks.reply(db, house.id, ask, number, reply, words, now) is None:
        return heard
    audit.add(
        db,
        house.id,
        now,
        actor=f"young_person:{ask.person_id}",
        act="ask_replied",
        subject=f"ask:{ask_id}",
        detail=f"answer {number}, {reply.value}",
    )
    if reply in GOES_BACK:
        task_id = str(uuid.uuid5(uuid.UUID(ask_id), f"reply to {number}"))
        task = Task(task_id, TaskKind.ASK_REPLY, ask.person_id, ask.review_id, {"ask_id": ask_id})
        tasks.add(db, house.id, task, now)
    return heard


def _read_for_harm(
    db: Connection, house: House, kept: Kept, words: str, ask_id: str, now: datetime
) -> bool:
    """As every message is read, whatever it is written to. Whether the help page comes next."""
    if not words or house.council.duty is None:
        return False
    before = carry_forward(kept.conversation)
    question = _question(db, house, ask_id)
    after, raised = alarm.read(before, Text(words=words), question, now)
    if after is not before:
        conversations.save(db, replace(kept, conversation=after), now)
    for effect in _alerts(raised):
        alerts.raise_alert(db, house, kept, effect, now)
    return after.pause is not before.pause


def _question(db: Connection, house: House, ask_id: str) -> str:
    try:
        return asks.get(db, house.id, ask_id).question_id
    except Unknown:
        return ""


def _alerts(effects: Iterable[object]) -> Iterable[RaiseAlert]:
    return (one for one in effects if isinstance(one, RaiseAlert))


def ask_for_advocate(db: Connection, house: House, kept: Kept, now: datetime) -> None:
    """A task for a person, as where the conversation asks for it. Asked twice it is one."""
    locked = conversations.lock(db, house.id, kept.conversation_id)
    asked_for.ask(db, house, locked, Want.ADVOCATE, "", now)
