"""Reviews: when, for whom, and who runs them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from storage.errors import Unknown
from storage.prepared import Prepared
from storage.tables import reviews


class ReviewKind(StrEnum):
    """The value is what a filed contribution holds."""

    CIOC = "cioc"
    PATHWAY = "pathway"


@dataclass(frozen=True, slots=True)
class Review:
    """`review_id` as the case system has it; `meeting_on`: arranged for, or held on if `held`."""

    council: str
    review_id: str
    person_id: str
    kind: ReviewKind
    officer_id: str
    due_on: date | None
    meeting_on: date | None
    held: bool = False


def add(db: Connection, review: Review, now: datetime) -> None:
    db.execute(
        insert(reviews),
        {
            "council": review.council,
            "review_id": review.review_id,
            "person_id": review.person_id,
            "kind": review.kind.value,
            "officer_id": review.officer_id,
            "due_on": review.due_on,
            "meeting_on": review.meeting_on,
            "held": review.held,
            "created_at": now,
        },
    )


_GET = Prepared(
    select(reviews).where(
        reviews.c.council == bindparam("c"), reviews.c.review_id == bindparam("r")
    )
)


def get(db: Connection, council: str, review_id: str) -> Review:
    row = _GET.first(db, {"c": council, "r": review_id})
    if row is None:
        raise Unknown(f"review {review_id}")
    return from_row(row)


def lock(db: Connection, council: str, review_id: str) -> Review:
    """The same for who does something about it that must be done once, or in turn: others wait for
    our commit. `Unknown`."""
    asked = select(reviews).where(reviews.c.council == council, reviews.c.review_id == review_id)
    # Not against who only adds a row about it: they may hold a conversation that we ask for next.
    row = db.execute(asked.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise Unknown(f"review {review_id}")
    return from_row(row)


def newest_of(db: Connection, council: str, person_id: str, kind: ReviewKind) -> Review:
    """A young person's latest review of this kind, by its day; `Unknown` if there is none."""
    row = db.execute(
        select(reviews)
        .where(
            reviews.c.council == council,
            reviews.c.person_id == person_id,
            reviews.c.kind == kind.value,
        )
        .order_by(
            func.coalesce(reviews.c.meeting_on, reviews.c.due_on).desc().nulls_last(),
            reviews.c.review_id.desc(),
        )
        .limit(1)
    ).one_or_none()
    if row is None:
        raise Unknown(f"a review of {person_id}")
    return from_row(row)


def from_row(row: Row[Any]) -> Review:
    return Review(
        row.council,
        row.review_id,
        row.person_id,
        ReviewKind(row.kind),
        row.officer_id,
        row.due_on,
        row.meeting_on,
        row.held,
    )


def hold(db: Connection, council: str, review_id: str, held_on: date) -> None:
    """The meeting took place on this day."""
    db.execute(
        update(reviews)
        .where(reviews.c.council == council, reviews.c.review_id == review_id)
        .values(meeting_on=held_on, held=True)
    )
