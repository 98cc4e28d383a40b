"""What waits for a person: a delivery that went wrong, an advocate asked for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import data_keys
from storage.data_keys import Purpose
from storage.errors import Unknown
from storage.sealing import Place, seal, unseal
from storage.tables import tasks


class Kind(StrEnum):
    """`delivery_unknown`: nobody can tell whether it arrived; `delivery_broken`: what had to go out
    can't be opened."""

    DELIVERY_FAILED = "delivery_failed"
    DELIVERY_UNKNOWN = "delivery_unknown"
    DELIVERY_BROKEN = "delivery_broken"
    ADVOCATE = "advocate"
    INVITATION_REISSUED = "invitation_reissued"  # by somebody who does not run the review
    NEW_PIN = "new_pin"  # somebody with this young person's link asks for one
    PIN_RESET = "pin_reset"
    NOT_ME = "not_me"  # the young person says that somebody else wrote
    GLASS_BROKEN = "glass_broken"  # somebody opened a review that is not theirs
    COPY_MADE = "copy_made"  # of all that is held: done at once, kept with who asked
    TIDY_CHAT = "tidy_chat"  # Telegram would not take an answer out of a chat


@dataclass(frozen=True, slots=True)
class Task:
    """`about` says what happened and what would mend it, in ids and plain words of ours."""

    task_id: str
    kind: Kind
    person_id: str | None
    review_id: str | None
    about: Mapping[str, Any] = field(default_factory=dict)
    made_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str | None = None


def _place(council: str, task_id: str, person_id: str | None) -> Place:
    return Place(council, "tasks", "about", task_id, person_id or "")


def add(db: Connection, council: str, task: Task, now: datetime) -> bool:
    """Add it; False if it waits already: the same trouble makes one task. One that was dealt with
    and comes again (sent again, refused again) waits again."""
    make = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    place = _place(council, task.task_id, task.person_id)
    again = {"about": seal(db, place, json.dumps(dict(task.about))), "made_at": now}
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
            set_={**again, "done_at": None, "done_by": None},
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


def waiting(db: Connection, council: str) -> list[Task]:
    """All that is not done, oldest first."""
    rows = db.execute(
        select(tasks)
        .where(tasks.c.council == council, tasks.c.done_at.is_(None))
        .order_by(tasks.c.made_at, tasks.c.task_id)
    ).all()
    data_keys.prepare(db, council, {row.person_id or "" for row in rows}, Purpose.DECISIONS)
    return [_task(db, row) for row in rows]


def done(db: Connection, council: str, task_id: str, by: str, now: datetime) -> bool:
    """Somebody dealt with it; False if somebody had before."""
    changed = db.execute(
        update(tasks)
        .where(tasks.c.council == council, tasks.c.task_id == task_id, tasks.c.done_at.is_(None))
        .values(done_at=now, done_by=by)
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
    )
