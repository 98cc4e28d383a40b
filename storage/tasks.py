"""What waits for a person: a delivery that went wrong, an advocate asked for."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import data_keys
from storage.data_keys import Purpose
from storage.errors import Unknown
from storage.sealing import Place, seal, unseal
from storage.tables import reviews, tasks


class Kind(StrEnum):
    """`delivery_unknown`: nobody can tell whether it arrived; `delivery_broken`: what had to go out
    can't be opened."""

    DELIVERY_FAILED = "delivery_failed"
    DELIVERY_UNKNOWN = "delivery_unknown"
    DELIVERY_BROKEN = "delivery_broken"
    ADVOCATE = "advocate"
    OFFICER_ALONE = "officer_alone"  # they want to see or talk with whoever runs the review
    TAKEN_BACK = "taken_back"  # what was arranged for them they no longer want
    INVITATION_REISSUED = "invitation_reissued"  # by somebody who does not run the review
    INVITATION_BOUNCED = "invitation_bounced"  # a message with one did not arrive
    NEW_PIN = "new_pin"  # somebody with this young person's link asks for one
    PIN_RESET = "pin_reset"
    NOT_ME = "not_me"  # the young person says that somebody else wrote
    GLASS_BROKEN = "glass_broken"  # somebody opened a review that is not theirs
    COPY_MADE = "copy_made"  # of all that is held: done at once, kept with who asked
    ASK_REPLY = "ask_reply"  # they said something to the answer to a wish
    TIDY_CHAT = "tidy_chat"  # Telegram would not take an answer out of a chat


ASKED_FOR = (Kind.ADVOCATE, Kind.OFFICER_ALONE)
"""What young people ask a person for: somebody arranges it by a day, and they hear of it."""


TELLS = (Kind.GLASS_BROKEN, Kind.INVITATION_REISSUED, Kind.PIN_RESET)
"""What only tells of something: to have seen it is all."""


class Outcome(StrEnum):
    """How it ended with what a young person asked for."""

    ARRANGED = "arranged"
    NOT_WANTED = "not_wanted"  # they said so to a person
    TAKEN_BACK = "taken_back"  # they said so here


@dataclass(frozen=True, slots=True)
class Task:
    """`about` says what happened and what would mend it, in ids and plain words of ours. `does`,
    `due_on` and `outcome`: of what a young person asked for, whose job it is, by when, and how it
    ended."""

    task_id: str
    kind: Kind
    person_id: str | None
    review_id: str | None
    about: Mapping[str, Any] = field(default_factory=dict)
    made_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str | None = None
    does: str | None = None
    due_on: date | None = None
    outcome: Outcome | None = None


def _place(council: str, task_id: str, person_id: str | None) -> Place:
    return Place(council, "tasks", "about", task_id, person_id or "")


def add(db: Connection, council: str, task: Task, now: datetime) -> bool:
    """Add it; False if it waits already: the same trouble makes one task. One that was dealt with
    and comes again (sent again, refused again) waits again."""
    make = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    place = _place(council, task.task_id, task.person_id)
    again = {
        "about": seal(db, place, json.dumps(dict(task.about))),
        "made_at": now,
        "does": task.does,
        "due_on": task.due_on,
    }
    row = {
        "council": council,
        "task_id": task.task_id,
        "kind": task.kind.value,
        "person_id": task.person_id,
        "review_id": task.review_id,
    }
    statement = make(tasks).values(**row, **again)
    added = db.execute(
        statement.on_conflict_do_update(
            index_elements=[tasks.c.council, tasks.c.task_id],
            set_={**again, "done_at": None, "done_by": None, "outcome": None},
            where=tasks.c.done_at.is_not(None),
        )
    )
    return added.rowcount == 1


def get(db: Connection, council: str, task_id: str) -> Task:
    row = db.execute(
        select(tasks).where(tasks.c.council == council, tasks.c.task_id == task_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"task {task_id}")
    return _task(db, row)


def waiting(
    db: Connection,
    council: str,
    officer_id: str | None = None,
    kinds: Sequence[Kind] | None = None,
) -> list[Task]:
    """All that is not done, oldest first; with `officer_id` only what is about a review of theirs,
    with `kinds` only those: what is not asked for is not even opened."""
    asked = select(tasks).where(tasks.c.council == council, tasks.c.done_at.is_(None))
    if officer_id is not None:
        asked = _run_by(asked, officer_id)
    if kinds is not None:
        asked = asked.where(tasks.c.kind.in_([kind.value for kind in kinds]))
    rows = db.execute(asked.order_by(tasks.c.made_at, tasks.c.task_id)).all()
    data_keys.prepare(db, council, {row.person_id or "" for row in rows}, Purpose.DECISIONS)
    return [_task(db, row) for row in rows]


def _run_by(asked: Select[Any], officer_id: str) -> Select[Any]:
    return asked.join(
        reviews,
        (reviews.c.council == tasks.c.council) & (reviews.c.review_id == tasks.c.review_id),
    ).where(reviews.c.officer_id == officer_id)


def settled(
    db: Connection, council: str, since: datetime, officer_id: str | None = None
) -> list[Task]:
    """What young people asked for and was settled since then, the latest first; `officer_id` as
    for `waiting`."""
    asked = select(tasks).where(
        tasks.c.council == council, tasks.c.done_at >= since, tasks.c.outcome.is_not(None)
    )
    if officer_id is not None:
        asked = _run_by(asked, officer_id)
    rows = db.execute(asked.order_by(tasks.c.done_at.desc(), tasks.c.task_id)).all()
    data_keys.prepare(db, council, {row.person_id or "" for row in rows}, Purpose.DECISIONS)
    return [_task(db, row) for row in rows]


def of_review(db: Connection, council: str, review_id: str, kinds: Collection[Kind]) -> list[Task]:
    """Those of these kinds that are about a review, done or not, oldest first."""
    rows = db.execute(
        select(tasks)
        .where(
            tasks.c.council == council,
            tasks.c.review_id == review_id,
            tasks.c.kind.in_([kind.value for kind in kinds]),
        )
        .order_by(tasks.c.made_at, tasks.c.task_id)
    )
    return [_task(db, row) for row in rows]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far something is that a young person asked for. Nothing sealed is opened for it."""

    due_on: date | None
    done_at: datetime | None
    outcome: Outcome | None


def standing(db: Connection, council: str, task_id: str) -> Standing | None:
    """None if there is no such task."""
    row = db.execute(
        select(tasks.c.due_on, tasks.c.done_at, tasks.c.outcome).where(
            tasks.c.council == council, tasks.c.task_id == task_id
        )
    ).one_or_none()
    if row is None:
        return None
    return Standing(row.due_on, row.done_at, Outcome(row.outcome) if row.outcome else None)


def settle(
    db: Connection, council: str, task: Task, outcome: Outcome, by: str | None, now: datetime
) -> bool:
    """It ended so, and `task.about` says more of it; False if it had ended before. `by`: none where
    it was the young person."""
    place = _place(council, task.task_id, task.person_id)
    changed = db.execute(
        update(tasks)
        .where(
            tasks.c.council == council,
            tasks.c.task_id == task.task_id,
            tasks.c.done_at.is_(None),
        )
        .values(
            done_at=now,
            done_by=by,
            outcome=outcome.value,
            about=seal(db, place, json.dumps(dict(task.about))),
        )
    )
    return changed.rowcount == 1


def take_back(db: Connection, council: str, task_id: str, now: datetime) -> Outcome | None:
    """The young person no longer wants it. How it stood: `arranged`, or `taken_back` where it was
    open till now; None where nothing was to be taken back."""
    mine = (tasks.c.council == council) & (tasks.c.task_id == task_id)
    taken = {"outcome": Outcome.TAKEN_BACK.value}
    open_ = update(tasks).where(mine, tasks.c.done_at.is_(None)).values(done_at=now, **taken)
    if db.execute(open_).rowcount:
        return Outcome.TAKEN_BACK
    arranged = tasks.c.outcome == Outcome.ARRANGED.value
    if db.execute(update(tasks).where(mine, arranged).values(**taken)).rowcount:
        return Outcome.ARRANGED
    return None


def say_more(db: Connection, council: str, task: Task) -> None:
    """What it is about, said anew."""
    place = _place(council, task.task_id, task.person_id)
    db.execute(
        update(tasks)
        .where(tasks.c.council == council, tasks.c.task_id == task.task_id)
        .values(about=seal(db, place, json.dumps(dict(task.about))))
    )


def done(db: Connection, council: str, task_id: str, by: str, now: datetime) -> bool:
    """Somebody dealt with it; False if somebody had before."""
    changed = db.execute(
        update(tasks)
        .where(tasks.c.council == council, tasks.c.task_id == task_id, tasks.c.done_at.is_(None))
        .values(done_at=now, done_by=by)
    )
    return changed.rowcount == 1


def reopen(db: Connection, council: str, task_id: str, by: str, since: datetime) -> bool:
    """Whoever dealt with it since then takes that back; False if it was not so."""
    changed = db.execute(
        update(tasks)
        .where(
            tasks.c.council == council,
            tasks.c.task_id == task_id,
            tasks.c.done_by == by,
            tasks.c.done_at >= since,
            tasks.c.outcome.is_(None),
        )
        .values(done_at=None, done_by=None)
    )
    return changed.rowcount == 1


def _task(db: Connection, row: Row[Any]) -> Task:
    return Task(
        row.task_id,
        Kind(row.kind),
        row.person_id,
        row.review_id,
        json.loads(unseal(db, _place(row.council, row.task_id, row.person_id), row.about)),
        row.made_at,
        row.done_at,
        row.done_by,
        row.does,
        row.due_on,
        Outcome(row.outcome) if row.outcome else None,
    )
