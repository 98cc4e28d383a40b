"""What became of the day of a review, each time: who arranged, moved or stood it down, and why."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from storage.review_tables import review_moves
from storage.reviews import Review, from_row
from storage.sealing import Place, seal, unseal
from storage.tables import reviews, staff


class What(StrEnum):
    """What was done with its day."""

    ARRANGED = "arranged"
    MOVED = "moved"
    STOOD_DOWN = "stood_down"
    REARRANGED = "rearranged"  # after it was stood down
    HELD = "held"


class Form(StrEnum):
    """How people meet."""

    FACE_TO_FACE = "face_to_face"
    VIDEO = "video"
    PHONE = "phone"
    HYBRID = "hybrid"
    SERIES = "series"  # of meetings


class Reason(StrEnum):
    """Why it was stood down."""

    CHILD = "child"
    OFFICER = "officer"
    SOCIAL_WORKER = "social_worker"
    CARER = "carer"
    SCHOOL = "school"
    ILLNESS = "illness"
    WEATHER = "weather"
    PAPERS = "papers"
    COURT = "court"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Move:
    """`number`: from 1 on. `clock_time`: as `14:30`. `late_days`: how far beyond its timescale the
    new day is; None where no clock is about it."""

    review_id: str
    person_id: str
    number: int
    what: What
    at: datetime
    by: str
    from_on: date | None = None
    to_on: date | None = None
    clock_time: str = ""
    form: Form | None = None
    reason: Reason | None = None
    late_days: int | None = None
    words: str = ""


def _place(council: str, review_id: str, number: int, person_id: str) -> Place:
    return Place(council, "review_moves", "words", f"{review_id}/{number}", person_id)


def add(db: Connection, council: str, move: Move) -> None:
    """Whoever adds one holds the review's lock, and gives it the next number."""
    place = _place(council, move.review_id, move.number, move.person_id)
    db.execute(
        insert(review_moves),
        {
            "council": council,
            "review_id": move.review_id,
            "number": move.number,
            "person_id": move.person_id,
            "what": move.what.value,
            "at": move.at,
            "by": move.by,
            "from_on": move.from_on,
            "to_on": move.to_on,
            "clock_time": move.clock_time or None,
            "form": move.form and move.form.value,
            "reason": move.reason and move.reason.value,
            "late_days": move.late_days,
            "words": seal(db, place, move.words) if move.words else None,
        },
    )


def count(db: Connection, council: str, review_id: str) -> int:
    """How many there were: the number of the newest."""
    newest = select(func.coalesce(func.max(review_moves.c.number), 0)).where(
        review_moves.c.council == council, review_moves.c.review_id == review_id
    )
    return int(db.execute(newest).scalar_one())


def of_review(db: Connection, council: str, review_id: str) -> tuple[Move, ...]:
    """All of them, in order."""
    rows = db.execute(
        select(review_moves)
        .where(review_moves.c.council == council, review_moves.c.review_id == review_id)
        .order_by(review_moves.c.number)
    )
    return tuple(_move(db, row) for row in rows)


@dataclass(frozen=True, slots=True)
class StoodDown:
    """A meeting that was called off, as it stands now. `reason`: None where nobody said why."""

    review: Review
    reason: Reason | None


def stood_down(db: Connection, council: str, team: str, since: date) -> list[StoodDown]:
    """Each time that a meeting of this team's officers was called off which was to be, or was due,
    on this day or later."""
    members = select(staff.c.staff_id).where(staff.c.council == council, staff.c.team == team)
    rows = db.execute(
        select(reviews, review_moves.c.reason.label("why"))
        .join(
            review_moves,
            (review_moves.c.council == reviews.c.council)
            & (review_moves.c.review_id == reviews.c.review_id),
        )
        .where(
            review_moves.c.council == council,
            review_moves.c.what == What.STOOD_DOWN.value,
            func.coalesce(review_moves.c.from_on, reviews.c.due_on) >= since,
            reviews.c.officer_id.in_(members),
        )
        .order_by(review_moves.c.at, reviews.c.review_id)
    )
    return [StoodDown(from_row(row), Reason(row.why) if row.why else None) for row in rows]


def _move(db: Connection, row: Row[Any]) -> Move:
    words = ""
    if row.words:
        place = _place(row.council, row.review_id, row.number, row.person_id)
        words = unseal(db, place, row.words)
    return Move(
        row.review_id,
        row.person_id,
        row.number,
        What(row.what),
        row.at,
        row.by,
        row.from_on,
        row.to_on,
        row.clock_time or "",
        Form(row.form) if row.form else None,
        Reason(row.reason) if row.reason else None,
        row.late_days,
        words,
    )
