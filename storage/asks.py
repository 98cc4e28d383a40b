"""Asks as they are kept: made and changed with the words, answered by adding, never by writing
over. `conversations.asks` says what may follow what."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from conversations.asks import OPEN, Answer, Reply, State
from storage import data_keys
from storage.ask_tables import ask_answers, ask_replies, asks
from storage.data_keys import Purpose
from storage.errors import Unknown
from storage.sealing import Place, seal, unseal
from storage.tables import reviews


class Kind(StrEnum):
    """A draft is for the officer, who checks it; what was sent its young person reads; of what
    they were told face to face nothing was sent, and they find it beside their wish."""

    DRAFT = "draft"
    SENT = "sent"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Plan:
    """Who has to say what happens, where it is somebody without an account, and what the officer
    asks of whoever it is."""

    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A wish. `answers`: how many were written so far, drafts too; `changed_at`: its words."""

    ask_id: str
    review_id: str
    person_id: str
    conversation_id: str
    contribution_id: str
    version: int
    question_id: str
    theme: str
    state: State
    answers: int
    asked_at: datetime
    said_since: datetime
    changed_at: datetime
    due_on: date
    owner_id: str | None = None
    plan: Plan = Plan()

    @property
    def is_open(self) -> bool:
        """Somebody still owes an answer."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Written:
    """An answer, sent or not. `read_at`: when its young person opened it first, or was told."""

    ask_id: str
    number: int
    kind: Kind
    answer: Answer
    by: str
    at: datetime
    read_at: datetime | None = None

    @property
    def given(self) -> bool:
        """Its young person has it, or can read it: it is no draft."""
        return self.kind is not Kind.DRAFT


@dataclass(frozen=True, slots=True)
class Replied:
    """What a young person said to the answer of this number."""

    number: int
    answer: int
    reply: Reply
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wished:
    """A wish as it is sent: what `put` keeps of it."""

    ask_id: str
    question_id: str
    theme: str
    said_since: datetime
    said_at: datetime


def put(
    db: Connection,
    council: str,
    sent: Mapping[str, Any],
    wishes: Iterable[Wished],
    due_on: date,
    now: datetime,
) -> list[str]:
    """Every wish of this version is an ask; one that was one before stays it, with its history. One
    that is not in this version any more is taken back. `sent`: `review_id`, `person_id`,
    `conversation_id`, `contribution_id` and `version`. Gives the new ones' ids."""
    there = {row.ask_id: row for row in _of_contribution(db, council, sent["contribution_id"])}
    new = []
    here = set()
    for wish in wishes:
        here.add(wish.ask_id)
        before = there.get(wish.ask_id)
        if before is None:
            new.append(wish.ask_id)
            db.execute(
                insert(asks),
                {
                    "council": council,
                    **sent,
                    "ask_id": wish.ask_id,
                    "question_id": wish.question_id,
                    "theme": wish.theme,
                    "state": State.HEARD.value,
                    "answers": 0,
                    "asked_at": now,
                    "said_since": wish.said_since,
                    "changed_at": wish.said_at,
                    "due_on": due_on,
                },
            )
            continue
        again = before.state == State.TAKEN_BACK.value
        values: dict[str, Any] = {
            "version": sent["version"],
            "said_since": wish.said_since,
            "changed_at": max(before.changed_at, wish.said_at),
        }
        if again:  # they wish for it after all
            new.append(wish.ask_id)
            values |= {"state": State.HEARD.value, "due_on": due_on}
        db.execute(update(asks).where(*_one(council, wish.ask_id)).values(values))
    take_back(db, council, [ask_id for ask_id in there if ask_id not in here])
    return new


def take_back(db: Connection, council: str, ask_ids: Collection[str]) -> int:
    """Nobody answers these any more. How many were not taken back before."""
    if not ask_ids:
        return 0
    which = (asks.c.council == council) & asks.c.ask_id.in_(list(ask_ids))
    changed = db.execute(
        update(asks)
        .where(which, asks.c.state != State.TAKEN_BACK.value)
        .values(state=State.TAKEN_BACK.value)
    )
    return changed.rowcount


def stands_in(db: Connection, council: str, contribution_id: str, version: int) -> None:
    """What is not taken back stands in this version, too."""
    db.execute(
        update(asks)
        .where(
            asks.c.council == council,
            asks.c.contribution_id == contribution_id,
            asks.c.state != State.TAKEN_BACK.value,
        )
        .values(version=version)
    )


def get(db: Connection, council: str, ask_id: str) -> Ask:
    """`Unknown` if there is none."""
    return _known(db, ask_id, select(asks).where(*_one(council, ask_id)))


def lock(db: Connection, council: str, ask_id: str) -> Ask:
    """The same for who writes to it: others wait for our commit. `Unknown`."""
    return _known(db, ask_id, select(asks).where(*_one(council, ask_id)).with_for_update())


def _known(db: Connection, ask_id: str, query: Any) -> Ask:
    row = db.execute(query).one_or_none()
    if row is None:
        raise Unknown(f"ask {ask_id}")
    return _ask(db, row)


def of_review(db: Connection, council: str, review_id: str) -> list[Ask]:
    """Those of one review, in the order in which they were sent."""
    return _found(db, council, asks.c.review_id == review_id)


def of_person(db: Connection, council: str, person_id: str) -> list[Ask]:
    """All that a young person ever wished for, the oldest first."""
    return _found(db, council, asks.c.person_id == person_id)


def owned_by(db: Connection, council: str, staff_id: str) -> list[Ask]:
    """Those that somebody is asked about and that are not taken back."""
    mine = (asks.c.owner_id == staff_id) & (asks.c.state != State.TAKEN_BACK.value)
    return _found(db, council, mine)


def of_reviews(db: Connection, council: str, review_ids: Collection[str]) -> list[Ask]:
    """Those of these reviews that are not taken back."""
    stands = asks.c.state != State.TAKEN_BACK.value
    return _found(db, council, asks.c.review_id.in_(list(review_ids)) & stands)


def count_open(db: Connection, council: str, review_ids: Collection[str]) -> dict[str, int]:
    """How many wishes wait for an answer, by review; nothing sealed is opened."""
    rows = db.execute(
        select(asks.c.review_id, func.count().label("waiting"))
        .where(
            asks.c.council == council,
            asks.c.review_id.in_(list(review_ids)),
            asks.c.state.in_([state.value for state in OPEN]),
        )
        .group_by(asks.c.review_id)
    )
    return {row.review_id: row.waiting for row in rows}


def waiting(db: Connection, council: str, officer_id: str, spoken: Collection[str]) -> list[Ask]:
    """Those of an officer's reviews that wait for them: without an answer, with a draft to check,
    or among `spoken`, ids of those with something said to the answer. Of years of wishes only
    these are opened."""
    theirs = select(reviews.c.review_id).where(
        reviews.c.council == council, reviews.c.officer_id == officer_id
    )
    drafted = exists().where(
        ask_answers.c.council == council,
        ask_answers.c.ask_id == asks.c.ask_id,
        ask_answers.c.number == asks.c.answers,
        ask_answers.c.kind == Kind.DRAFT.value,
    )
    waits = or_(
        asks.c.state.in_([state.value for state in OPEN]), asks.c.ask_id.in_(list(spoken)), drafted
    )
    stands = asks.c.state != State.TAKEN_BACK.value
    return _found(db, council, and_(asks.c.review_id.in_(theirs), stands, waits))


def _of_contribution(db: Connection, council: str, contribution_id: str) -> list[Row[Any]]:
    which = (asks.c.council == council) & (asks.c.contribution_id == contribution_id)
    return list(db.execute(select(asks).where(which)).all())


def _found(db: Connection, council: str, which: ColumnElement[bool]) -> list[Ask]:
    rows = db.execute(
        select(asks)
        .where(asks.c.council == council, which)
        .order_by(asks.c.asked_at, asks.c.review_id, asks.c.ask_id)
    ).all()
    data_keys.prepare(db, council, {row.person_id for row in rows}, Purpose.WORDS)
    return [_ask(db, row) for row in rows]


def _plan_place(council: str, ask_id: str, person_id: str) -> Place:
    return Place(council, "asks", "plan", ask_id, person_id)


def plan(
    db: Connection, council: str, ask: Ask, owner_id: str | None, due_on: date, of: Plan
) -> None:
    """Who has to say what happens, and by when."""
    said = json.dumps({"name": of.name, "note": of.note})
    sealed = seal(db, _plan_place(council, ask.ask_id, ask.person_id), said)
    db.execute(
        update(asks)
        .where(*_one(council, ask.ask_id))
        .values(owner_id=owner_id, due_on=due_on, plan=sealed)
    )


def write(
    db: Connection,
    council: str,
    ask: Ask,
    kind: Kind,
    answer: Answer,
    by: str,
    now: datetime,
    told_at: datetime | None = None,
) -> Written | None:
    """Add an answer to an ask as it was read. None if somebody wrote one, or the wish was taken
    back, since: nothing is kept then, and nothing is written over. `told_at`: of what they were
    told, when."""
    number = ask.answers + 1
    values: dict[str, Any] = {"answers": number}
    if kind is not Kind.DRAFT:
        values["state"] = answer.state.value
    changed = db.execute(
        update(asks)
        .where(
            *_one(council, ask.ask_id),
            asks.c.answers == ask.answers,
            asks.c.state == ask.state.value,
        )
        .values(values)
    )
    if changed.rowcount != 1:
        return None
    said = {
        "words": answer.words,
        "reason": answer.reason,
        "who": answer.who,
        "by": answer.by.isoformat() if answer.by else None,
        "told_on": answer.told_on.isoformat() if answer.told_on else None,
    }
    db.execute(
        insert(ask_answers),
        {
            "council": council,
            "ask_id": ask.ask_id,
            "number": number,
            "review_id": ask.review_id,
            "person_id": ask.person_id,
            "kind": kind.value,
            "state": answer.state.value,
            "written_by": by,
            "written_at": now,
            "read_at": told_at,
            "said": seal(
                db, _answer_place(council, ask.ask_id, number, ask.person_id), json.dumps(said)
            ),
        },
    )
    return Written(ask.ask_id, number, kind, answer, by, now, told_at)


def answers_of(db: Connection, council: str, ask_id: str) -> list[Written]:
    """All that was written to it, the oldest first."""
    rows = db.execute(
        select(ask_answers)
        .where(ask_answers.c.council == council, ask_answers.c.ask_id == ask_id)
        .order_by(ask_answers.c.number)
    )
    return [_written(db, row) for row in rows]


def drafts(db: Connection, council: str, review_ids: Collection[str]) -> frozenset[str]:
    """The asks of these reviews whose newest answer is a draft, by id. Nothing sealed is opened."""
    found = db.execute(
        select(asks.c.ask_id)
        .join(
            ask_answers,
            (ask_answers.c.council == asks.c.council)
            & (ask_answers.c.ask_id == asks.c.ask_id)
            & (ask_answers.c.number == asks.c.answers),
        )
        .where(
            asks.c.council == council,
            asks.c.review_id.in_(list(review_ids)),
            ask_answers.c.kind == Kind.DRAFT.value,
        )
    )
    return frozenset(found.scalars())


def read(db: Connection, council: str, ask_id: str, number: int, now: datetime) -> bool:
    """Its young person has opened it; True the first time."""
    changed = db.execute(
        update(ask_answers)
        .where(
            ask_answers.c.council == council,
            ask_answers.c.ask_id == ask_id,
            ask_answers.c.number == number,
            ask_answers.c.kind == Kind.SENT.value,
            ask_answers.c.read_at.is_(None),
        )
        .values(read_at=now)
    )
    return changed.rowcount == 1


def said_last(db: Connection, council: str, person_id: str) -> datetime | None:
    """Since when the newest of their wishes that stand was being said; None if none stands."""
    return _said_last(db, council, person_id)


def unread_last(db: Connection, council: str, person_id: str) -> datetime | None:
    """The same of those whose last answer they have not opened. Nothing sealed is opened."""
    later = ask_answers.alias()
    superseded = exists().where(
        later.c.council == council,
        later.c.ask_id == ask_answers.c.ask_id,
        later.c.number > ask_answers.c.number,
        later.c.kind != Kind.DRAFT.value,
    )
    unread = exists().where(
        ask_answers.c.council == council,
        ask_answers.c.ask_id == asks.c.ask_id,
        ask_answers.c.kind == Kind.SENT.value,
        ask_answers.c.read_at.is_(None),
        ~superseded.correlate(ask_answers),
    )
    return _said_last(db, council, person_id, unread.correlate(asks))


def _said_last(
    db: Connection, council: str, person_id: str, *more: ColumnElement[bool]
) -> datetime | None:
    found: datetime | None = db.execute(
        select(func.max(asks.c.said_since)).where(
            asks.c.council == council,
            asks.c.person_id == person_id,
            asks.c.state != State.TAKEN_BACK.value,
            *more,
        )
    ).scalar()
    return found


def reply(
    db: Connection,
    council: str,
    ask: Ask,
    to: int,
    reply: Reply,
    words: str,
    now: datetime,
) -> int | None:
    """Keep what they say to an answer; its number, or None where they said the very same before."""
    for earlier in replies_of(db, council, ask.ask_id):
        if (earlier.answer, earlier.reply, earlier.words) == (to, reply, words):
            return None
    last = db.execute(
        select(func.coalesce(func.max(ask_replies.c.number), 0)).where(
            ask_replies.c.council == council, ask_replies.c.ask_id == ask.ask_id
        )
    ).scalar_one()
    number = int(last) + 1
    place = _reply_place(council, ask.ask_id, number, ask.person_id)
    db.execute(
        insert(ask_replies),
        {
            "council": council,
            "ask_id": ask.ask_id,
            "number": number,
            "answer": to,
            "review_id": ask.review_id,
            "person_id": ask.person_id,
            "kind": reply.value,
            "said_at": now,
            "words": seal(db, place, words),
        },
    )
    return number


def replies_of(db: Connection, council: str, ask_id: str) -> list[Replied]:
    """All that was said to its answers, the oldest first."""
    rows = db.execute(
        select(ask_replies)
        .where(ask_replies.c.council == council, ask_replies.c.ask_id == ask_id)
        .order_by(ask_replies.c.number)
    )
    return [
        Replied(
            row.number,
            row.answer,
            Reply(row.kind),
            unseal(db, _reply_place(council, ask_id, row.number, row.person_id), row.words),
            row.said_at,
        )
        for row in rows
    ]


def _one(council: str, ask_id: str) -> tuple[ColumnElement[bool], ...]:
    return asks.c.council == council, asks.c.ask_id == ask_id


def _answer_place(council: str, ask_id: str, number: int, person_id: str) -> Place:
    return Place(council, "ask_answers", "said", f"{ask_id}/{number}", person_id)


def _reply_place(council: str, ask_id: str, number: int, person_id: str) -> Place:
    return Place(council, "ask_replies", "words", f"{ask_id}/{number}", person_id)


def _ask(db: Connection, row: Row[Any]) -> Ask:
    found = Plan()
    if row.plan is not None:
        place = _plan_place(row.council, row.ask_id, row.person_id)
        found = Plan(**json.loads(unseal(db, place, row.plan)))
    return Ask(
        row.ask_id,
        row.review_id,
        row.person_id,
        row.conversation_id,
        row.contribution_id,
        row.version,
        row.question_id,
        row.theme,
        State(row.state),
        row.answers,
        row.asked_at,
        row.said_since,
        row.changed_at,
        row.due_on,
        row.owner_id,
        found,
    )


def _written(db: Connection, row: Row[Any]) -> Written:
    place = _answer_place(row.council, row.ask_id, row.number, row.person_id)
    said = json.loads(unseal(db, place, row.said))
    by, told_on = (
        date.fromisoformat(said[one]) if said.get(one) else None for one in ("by", "told_on")
    )
    answer = Answer(State(row.state), said["words"], said["reason"], said["who"], by, told_on)
    return Written(
        row.ask_id, row.number, Kind(row.kind), answer, row.written_by, row.written_at, row.read_at
    )
