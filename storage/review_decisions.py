"""What a review decided: what is to be done, by whom and by when, and whether it is."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from storage.review_tables import review_decisions
from storage.sealing import Place, seal, unseal


@dataclass(frozen=True, slots=True)
class Decision:
    """`owner`: who does it, in words. `dropped_at`: it was put down wrongly."""

    decision_id: str
    review_id: str
    person_id: str
    what: str
    owner: str
    due_on: date | None
    made_at: datetime
    made_by: str
    done_at: datetime | None = None
    done_by: str = ""
    dropped_at: datetime | None = None


def _place(council: str, decision_id: str, person_id: str) -> Place:
    return Place(council, "review_decisions", "content", decision_id, person_id)


def add(db: Connection, council: str, decision: Decision) -> None:
    content = json.dumps({"what": decision.what, "owner": decision.owner})
    place = _place(council, decision.decision_id, decision.person_id)
    db.execute(
        insert(review_decisions),
        {
            "council": council,
            "decision_id": decision.decision_id,
            "review_id": decision.review_id,
            "person_id": decision.person_id,
            "made_at": decision.made_at,
            "made_by": decision.made_by,
            "due_on": decision.due_on,
            "content": seal(db, place, content),
        },
    )


def exists(db: Connection, council: str, decision_id: str) -> bool:
    """Whether it was put down, whether it stands or not."""
    found = select(review_decisions.c.decision_id).where(
        review_decisions.c.council == council, review_decisions.c.decision_id == decision_id
    )
    return db.execute(found).first() is not None


def of_review(db: Connection, council: str, review_id: str) -> tuple[Decision, ...]:
    """Those that stand, in the order in which they were put down."""
    return _found(db, council, review_decisions.c.review_id == review_id)


def open_of_person(db: Connection, council: str, person_id: str) -> tuple[Decision, ...]:
    """Those of any of their reviews that nobody has said are done."""
    mine = review_decisions.c.person_id == person_id
    return _found(db, council, mine & review_decisions.c.done_at.is_(None))


def _found(db: Connection, council: str, which: ColumnElement[bool]) -> tuple[Decision, ...]:
    rows = db.execute(
        select(review_decisions)
        .where(review_decisions.c.council == council, which)
        .where(review_decisions.c.dropped_at.is_(None))
        .order_by(review_decisions.c.made_at, review_decisions.c.decision_id)
    )
    return tuple(_decision(db, row) for row in rows)


def mark_done(db: Connection, council: str, decision_id: str, staff_id: str, now: datetime) -> bool:
    """A person says that it is done; False if somebody did before, or it does not stand."""
    done = db.execute(
        update(review_decisions)
        .where(
            review_decisions.c.council == council,
            review_decisions.c.decision_id == decision_id,
            review_decisions.c.done_at.is_(None),
            review_decisions.c.dropped_at.is_(None),
        )
        .values(done_at=now, done_by=staff_id)
    )
    return done.rowcount == 1


def drop(db: Connection, council: str, decision_id: str, staff_id: str, now: datetime) -> bool:
    """It was put down wrongly: it stands no more, and is kept. False if that was so before."""
    dropped = db.execute(
        update(review_decisions)
        .where(
            review_decisions.c.council == council,
            review_decisions.c.decision_id == decision_id,
            review_decisions.c.dropped_at.is_(None),
        )
        .values(dropped_at=now, dropped_by=staff_id)
    )
    return dropped.rowcount == 1


def _decision(db: Connection, row: Row[Any]) -> Decision:
    plain = json.loads(unseal(db, _place(row.council, row.decision_id, row.person_id), row.content))
    return Decision(
        row.decision_id,
        row.review_id,
        row.person_id,
        plain["what"],
        plain["owner"],
        row.due_on,
        row.made_at,
        row.made_by,
        row.done_at,
        row.done_by or "",
        row.dropped_at,
    )
