"""What is known of care leavers' pathway reviews: from the desk, and from each import, which tells
of the latest alone: so that a backlog can be told at the day of an import, and between two of
them by what both said."""

from bisect import bisect_right, insort
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from conversations.timescales import months_after
from storage.care_tables import pathway_states
from storage.reviews import ReviewKind
from storage.tables import reviews, young_people

MONTHS = 6
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Leaver:
    """Of one care leaver. `held`: at the desk, in order; `days`: of all reviews that the desk or an
    import ever named, in order; `since`: the first day on which any of it was known."""

    since: date
    held: list[date] = field(default_factory=list)
    days: list[date] = field(default_factory=list)

    def last(self, day: date) -> date | None:
        """The last review by that day. One that a later import tells of counts from the day it was
        held."""
        before = bisect_right(self.days, day)
        return self.days[before - 1] if before else None

    def is_outstanding(self, day: date, before: date) -> bool:
        """Whether the last one by that day was too long ago; `before`: `overdue_before(day)`. Of
        whom nothing was known yet, nothing is said."""
        last = self.last(day) if self.since <= day else None
        return last is not None and last < before


def overdue_before(day: date) -> date:
    """The first day after which 6 calendar months are not over on that day: a review of any day
    before is outstanding."""
    first = months_after(day, -MONTHS) - 3 * _DAY
    while months_after(first, MONTHS) < day:
        first += _DAY
    return first


def look(db: Connection, council: str) -> dict[str, Leaver]:
    """By care leaver. Two reviews on one day are one."""
    found: dict[str, Leaver] = {}
    erased = _erased(db, council)
    held = db.execute(
        select(reviews.c.person_id, reviews.c.meeting_on)
        .where(
            reviews.c.council == council,
            reviews.c.kind == ReviewKind.PATHWAY.value,
            reviews.c.held.is_(True),
            reviews.c.looks_back_on.is_(None),
            reviews.c.meeting_on.is_not(None),
        )
        .distinct()
        .order_by(reviews.c.person_id, reviews.c.meeting_on)
    )
    for person_id, day in held:
        if person_id not in erased:
            one = found.setdefault(person_id, Leaver(day))
            one.held.append(day)
            one.days.append(day)
    named = db.execute(
        select(pathway_states.c.person_id, pathway_states.c.reviewed_on, pathway_states.c.taken_on)
        .where(pathway_states.c.council == council)
        .order_by(pathway_states.c.person_id, pathway_states.c.reviewed_on)
    )
    for person_id, day, taken_on in named:
        if person_id not in erased:
            one = found.setdefault(person_id, Leaver(taken_on))
            one.since = min(one.since, taken_on)
            insort(one.days, day)
    return found


def first_taken(db: Connection, council: str) -> date | None:
    """The day on which the first tables were taken out that told of a pathway review."""
    asked = select(func.min(pathway_states.c.taken_on)).where(pathway_states.c.council == council)
    first: date | None = db.execute(asked).scalar_one()
    return first


def _erased(db: Connection, council: str) -> frozenset[str]:
    rows = select(young_people.c.person_id).where(
        young_people.c.council == council, young_people.c.erased_at.is_not(None)
    )
    return frozenset(db.execute(rows).scalars())
