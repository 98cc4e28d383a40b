"""By when a review is due, by which rule, and how late it was: the statutory clock over what is
kept. Each is asked for many reviews at once, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from bot.service.bank_holidays import england_and_wales
from bot.service.clock import sentence
from bot.service.house import House
from bot.service.meeting_kinds import KINDS, Counted
from conversations import timescales
from conversations.timescales import Care, Due, Timed, Timescale
from storage import care
from storage.care import Held
from storage.reviews import Review


@dataclass(frozen=True, slots=True)
class ByWhen:
    """By when, and the whole sentence with the rule and the days. `late_days`: of a review that was
    held, or is arranged for a day beyond it."""

    by: date
    sentence: str
    late_days: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the clock is worked out from, of several people."""

    periods: dict[str, tuple[Care, ...]]
    started: dict[tuple[str, str], date]
    held: Held

    def before(self, review: Review, day: date | None) -> list[date]:
        """The days on which reviews of its kind were held before this one: before `day`."""
        found = self.held.get((review.person_id, review.kind.value), ())
        return sorted(
            {
                held_on
                for held_on, review_id in found
                if review_id != review.review_id and (day is None or held_on < day)
            }
        )


def known_of(db: Connection, house: House, reviews: Iterable[Review]) -> Known:
    """Reads only: four queries, however many there are."""
    person_ids = {review.person_id for review in reviews}
    return Known(
        care.periods(db, house.id, person_ids),
        care.started(db, house.id, person_ids),
        care.held_days(db, house.id, person_ids),
    )


def of_reviews(
    db: Connection, house: House, reviews: Sequence[Review], today: date
) -> dict[str, ByWhen]:
    """By review id; what no clock is about, or about which nothing is known, is left out."""
    known = known_of(db, house, reviews)
    found = {}
    for review in reviews:
        said = _said(known, review, today)
        if said is not None:
            found[review.review_id] = said
    return found


def of_review(db: Connection, house: House, review: Review, today: date) -> ByWhen | None:
    return of_reviews(db, house, [review], today).get(review.review_id)


def _said(known: Known, review: Review, today: date) -> ByWhen | None:
    if review.looks_back_on is not None:
        return None
    if review.held and review.meeting_on is not None:
        due = due_of(known, review, review.meeting_on)
        if due is None:
            return None
        timed = Timed(review.meeting_on, due)
        return ByWhen(due.by, sentence(timescales.explain_held(timed)), timed.late_days)
    due = due_of(known, review, today)
    if due is None:
        return None
    late = (review.meeting_on - due.by).days if review.meeting_on else 0
    return ByWhen(due.by, sentence(timescales.explain(due)), max(0, late))


def due_of(known: Known, review: Review, day: date) -> Due | None:
    """By when this review was or is due, as known on this day."""
    before = known.before(review, review.meeting_on if review.held else None)
    return _due(known, review, before, day)


def next_due(known: Known, review: Review, held_on: date) -> Due | None:
    """By when the one after this review is due, which was or will be held on this day."""
    before = [*known.before(review, held_on), held_on]
    return _due(known, review, before, held_on)


def _due(known: Known, review: Review, before: list[date], day: date) -> Due | None:
    counted = KINDS[review.kind].counted
    holidays = england_and_wales()
    match counted:
        case Counted.IN_CARE:
            cares = known.periods.get(review.person_id, ())
            period = timescales.period_of(cares, day)
            if period is None:
                return None
            mine = [one for one in before if period.holds(one)]
            return timescales.due_in_care(period, mine, day, holidays)
        case None:
            return None
        case Timescale():
            began = known.started.get((review.person_id, counted.id))
            if began is None and not before:
                return None
            start = began or before[0]
            since_start = [one for one in before if one >= start]
            return timescales.due(counted, start, since_start, holidays)
