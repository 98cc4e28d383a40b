"""Reviews: when, for whom, and who runs them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Update,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from storage.errors import Unknown
from storage.prepared import Prepared
from storage.tables import reviews


class ReviewKind(StrEnum):
    """The value is what a filed contribution holds."""

    CIOC = "cioc"
    PATHWAY = "pathway"
    CONFERENCE = "conference"  # about a child who may not be safe
    FOSTER_CARER = "foster_carer"  # of the people they live with: the child says what they think
    DISRUPTION = "disruption"  # where they lived ended sooner than was planned


COUNTED = (ReviewKind.CIOC, ReviewKind.PATHWAY)
"""Of which a unit answers that they are held in time."""


@dataclass(frozen=True, slots=True)
class Review:
    """`review_id` as the case system has it; `meeting_on`: arranged for, or held on if `held`.

    `looks_back_on`: it is no meeting but what a young person is asked after the review of this id,
    with the days of that one. `stood_down`: called off, and not arranged anew since.
    """

    council: str
    review_id: str
    person_id: str
    kind: ReviewKind
    officer_id: str
    due_on: date | None
    meeting_on: date | None
    held: bool = False
    looks_back_on: str | None = None
    stood_down: bool = False

    @property
    def counted(self) -> bool:
        """Whether it is one of the reviews that a unit answers for: due, held and counted, and a
        person says how the young person took part."""
        return self.looks_back_on is None and self.kind in COUNTED

    @property
    def known_as(self) -> str:
        """The review's id in the case system."""
        return self.looks_back_on or self.review_id


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
            "looks_back_on": review.looks_back_on,
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


def several(db: Connection, council: str, review_ids: Iterable[str]) -> dict[str, Review]:
    """These at once, by id; unknown ones are left out."""
    found = select(reviews).where(
        reviews.c.council == council, reviews.c.review_id.in_(set(review_ids))
    )
    return {row.review_id: from_row(row) for row in db.execute(found)}


def lock(db: Connection, council: str, review_id: str) -> Review:
    """The same for who does something about it that must be done once, or in turn: others wait for
    our commit. `Unknown`."""
    asked = select(reviews).where(reviews.c.council == council, reviews.c.review_id == review_id)
    # Not against who only adds a row about it: they may hold a conversation that we ask for next.
    row = db.execute(asked.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise Unknown(f"review {review_id}")
    return from_row(row)


def looking_back_on(db: Connection, review: Review) -> str | None:
    """The id of what was asked after this review; None if nothing was."""
    found = select(reviews.c.review_id).where(
        reviews.c.council == review.council,
        reviews.c.person_id == review.person_id,  # there is an index of it
        reviews.c.looks_back_on == review.review_id,
    )
    known: str | None = db.execute(found).scalar()
    return known


def of_people(db: Connection, council: str, person_ids: Iterable[str]) -> frozenset[str]:
    """The ids of all reviews of these."""
    found = select(reviews.c.review_id).where(
        reviews.c.council == council, reviews.c.person_id.in_(list(person_ids))
    )
    return frozenset(db.execute(found).scalars())


def first_held(db: Connection, council: str) -> date | None:
    """The day of the first review that is on record as held."""
    found: date | None = db.execute(
        select(func.min(reviews.c.meeting_on)).where(
            reviews.c.council == council, reviews.c.held.is_(True)
        )
    ).scalar()
    return found


def run_by(db: Connection, council: str, officer_id: str, person_id: str) -> list[str]:
    """The ids of a young person's reviews that this officer runs, held ones too, and without those
    that look back on one."""
    found = select(reviews.c.review_id).where(
        reviews.c.council == council,
        reviews.c.person_id == person_id,
        reviews.c.officer_id == officer_id,
        reviews.c.looks_back_on.is_(None),
    )
    return list(db.execute(found.order_by(reviews.c.review_id)).scalars())


def people_of(db: Connection, council: str, which: ColumnElement[bool]) -> frozenset[str]:
    """The ids of all whom these reviews are about."""
    found = select(reviews.c.person_id).where(reviews.c.council == council, which).distinct()
    return frozenset(db.execute(found).scalars())


def of_person(db: Connection, council: str, person_id: str) -> tuple[Review, ...]:
    """All of one person's, and none that only looks back."""
    rows = db.execute(
        select(reviews)
        .where(
            reviews.c.council == council,
            reviews.c.person_id == person_id,
            reviews.c.looks_back_on.is_(None),
        )
        .order_by(reviews.c.review_id)
    )
    return tuple(from_row(row) for row in rows)


def newest_of(db: Connection, council: str, person_id: str, kind: ReviewKind) -> Review:
    """A young person's latest review of this kind, by its day; `Unknown` if there is none."""
    row = db.execute(
        select(reviews)
        .where(
            reviews.c.council == council,
            reviews.c.person_id == person_id,
            reviews.c.kind == kind.value,
            reviews.c.looks_back_on.is_(None),
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
        row.looks_back_on,
        row.stood_down_at is not None,
    )


def hold(db: Connection, council: str, review_id: str, held_on: date) -> None:
    """The meeting took place on this day, also for what looks back on it."""
    review = get(db, council, review_id)
    ids = [review_id, looking_back_on(db, review)]
    db.execute(
        update(reviews)
        .where(reviews.c.council == council, reviews.c.review_id.in_([one for one in ids if one]))
        .values(meeting_on=held_on, held=True)
    )


def set_due(db: Connection, council: str, review_id: str, due_on: date) -> None:
    """By when it is due, as the clock has it."""
    db.execute(_one(council, review_id).values(due_on=due_on))


def arrange(db: Connection, council: str, review_id: str, meeting_on: date) -> None:
    """It is to take place on this day."""
    db.execute(_one(council, review_id).values(meeting_on=meeting_on, stood_down_at=None))


def stand_down(db: Connection, council: str, review_id: str, now: datetime) -> None:
    """It has no day any more."""
    db.execute(_one(council, review_id).values(meeting_on=None, stood_down_at=now))


def hand_over(db: Connection, council: str, review_id: str, officer_id: str) -> None:
    """Somebody else runs it, and has what looks back on it."""
    either = or_(reviews.c.review_id == review_id, reviews.c.looks_back_on == review_id)
    db.execute(
        update(reviews).where(reviews.c.council == council, either).values(officer_id=officer_id)
    )


def _one(council: str, review_id: str) -> Update:
    return update(reviews).where(reviews.c.council == council, reviews.c.review_id == review_id)
