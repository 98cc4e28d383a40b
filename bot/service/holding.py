"""That a review was held: on which day, by whose word, in its history and in the audit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from bot.service.admission import Admitted
from bot.service.days import full_day, local_day
from bot.service.house import House
from bot.service.problems import Problem, read
from conversations.participation import Known, check
from storage import audit, participation, people, review_moves, reviews
from storage.review_moves import Form, Move, What
from storage.reviews import Review


def problems_of(
    db: Connection, house: House, review: Review, day: date | None, now: datetime
) -> Sequence[Problem]:
    """Why it can't have been held on this day: every published rule about days, at entry."""
    born = people.young_person(db, house.id, review.person_id).born
    today = local_day(now)
    found = of_the_day(day, born, today)
    confirmed = participation.get(db, house.id, review.review_id)
    if not found and born and confirmed is not None and confirmed.code is not None:
        known = Known(born=born, held_on=day, briefed=confirmed.briefed)
        found = [
            Problem("held_on", f"{read(say)} Correct the code first.")
            for say in check(confirmed.code, known, today)
        ]
    return found


def of_the_day(day: date | None, born: date | None, today: date) -> list[Problem]:
    if day is None:
        return [Problem("held_on", "Enter the day the review was held.")]
    if day > today:
        return [Problem("held_on", f"{full_day(day, today)} is in the future.")]
    if born is not None and day < born:
        return [Problem("held_on", f"{full_day(day, today)} is before they were born.")]
    return []


def hold(
    db: Connection,
    house: House,
    staff: Admitted,
    review: Review,
    day: date,
    now: datetime,
    form: Form | None = None,
) -> None:
    """It was held on this day. Whoever says so holds the review's lock; a second tap is none."""
    if review.held and review.meeting_on == day:
        return
    history = review_moves.of_review(db, house.id, review.review_id)
    row = Move(
        review.review_id, review.person_id, len(history) + 1, What.HELD, now, staff.actor,
        review.meeting_on, day,
    )  # fmt: skip
    if history and history[-1].to_on == day:
        row = replace(row, clock_time=history[-1].clock_time, form=history[-1].form)
    row = replace(row, form=form or row.form)
    review_moves.add(db, house.id, row)
    reviews.hold(db, house.id, review.review_id, day)
    subject = f"review:{review.review_id}"
    audit.add(
        db, house.id, now, actor=staff.actor, act="review_held", subject=subject,
        detail=day.isoformat(),
    )  # fmt: skip
