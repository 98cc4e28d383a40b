"""What was erased: one row each, which stays, so that it is known and can be repeated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from storage.sealing import Place, seal
from storage.tables import erasures


class What(StrEnum):
    """`words`: what was sent before a review, when its time was over; `draft`: what never was."""

    PERSON = "person"
    WORDS = "words"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Erasure:
    """`review_id`: before which it was said; none for a whole person. `by`: as the audit names
    them."""

    council: str
    erasure_id: int
    what: What
    person_id: str
    review_id: str | None
    at: datetime
    by: str


def add(
    db: Connection,
    council: str,
    erasure: Erasure,
    *,
    reason: str | None = None,
    noted_at: datetime | None = None,
) -> None:
    """Keep that it was done; `reason` under a key that outlasts it."""
    place = Place(council, "erasures", "reason", str(erasure.erasure_id), erasure.person_id)
    db.execute(
        insert(erasures),
        {
            "council": council,
            "erasure_id": erasure.erasure_id,
            "what": erasure.what.value,
            "person_id": erasure.person_id,
            "review_id": erasure.review_id,
            "at": erasure.at,
            "by": erasure.by,
            "reason": seal(db, place, reason) if reason is not None else None,
            "noted_at": noted_at,
        },
    )


def all_of(db: Connection, council: str) -> list[Erasure]:
    """Every one, oldest first."""
    rows = db.execute(
        select(erasures).where(erasures.c.council == council).order_by(erasures.c.erasure_id)
    )
    return [_erasure(row) for row in rows]


def not_noted(db: Connection, council: str) -> list[Erasure]:
    """Those that don't stand in the ledger yet, oldest first."""
    rows = db.execute(
        select(erasures)
        .where(erasures.c.council == council, erasures.c.noted_at.is_(None))
        .order_by(erasures.c.erasure_id)
    )
    return [_erasure(row) for row in rows]


def note(db: Connection, council: str, ids: Sequence[int], now: datetime) -> int:
    """They stand in the ledger; how many did not before."""
    return db.execute(
        update(erasures)
        .where(
            erasures.c.council == council,
            erasures.c.erasure_id.in_(ids),
            erasures.c.noted_at.is_(None),
        )
        .values(noted_at=now)
    ).rowcount


def of_person(db: Connection, council: str, person_id: str) -> list[Erasure]:
    """What was erased of a young person, oldest first."""
    rows = db.execute(
        select(erasures)
        .where(erasures.c.council == council, erasures.c.person_id == person_id)
        .order_by(erasures.c.erasure_id)
    )
    return [_erasure(row) for row in rows]


def _erasure(row: Row[Any]) -> Erasure:
    return Erasure(
        row.council,
        row.erasure_id,
        What(row.what),
        row.person_id,
        row.review_id,
        row.at,
        row.by,
    )
