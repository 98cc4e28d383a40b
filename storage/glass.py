"""Broken glass: who opened a review that is not theirs, why, and until when."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from storage.sealing import Place, seal
from storage.tables import broken_glass


def add(
    db: Connection,
    council: str,
    glass_id: str,
    review_id: str,
    staff_id: str,
    reason: str,
    now: datetime,
    until: datetime,
) -> None:
    db.execute(
        insert(broken_glass),
        {
            "council": council,
            "glass_id": glass_id,
            "review_id": review_id,
            "staff_id": staff_id,
            "reason": seal(db, Place(council, "broken_glass", "reason", glass_id), reason),
            "broken_at": now,
            "until": until,
        },
    )


def open_until(
    db: Connection, council: str, review_id: str, staff_id: str, now: datetime
) -> datetime | None:
    """Until when this review is open to them; none if it is not."""
    until: datetime | None = db.execute(
        select(broken_glass.c.until)
        .where(
            broken_glass.c.council == council,
            broken_glass.c.review_id == review_id,
            broken_glass.c.staff_id == staff_id,
            broken_glass.c.until > now,
        )
        .order_by(broken_glass.c.until.desc())
        .limit(1)
    ).scalar()
    return until


def open_of(db: Connection, council: str, staff_id: str, now: datetime) -> frozenset[str]:
    """The reviews that are open to them just now, by id."""
    found = select(broken_glass.c.review_id).where(
        broken_glass.c.council == council,
        broken_glass.c.staff_id == staff_id,
        broken_glass.c.until > now,
    )
    return frozenset(db.execute(found).scalars())
