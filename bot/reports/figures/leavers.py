"""What is known of care leavers' pathway reviews: from the desk, and from each import, which tells
of the latest alone."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection, select

from conversations.timescales import months_after
from storage.care_tables import pathway_states
from storage.reviews import ReviewKind
from storage.tables import reviews, young_people

MONTHS = 6
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Leaver:
    """Of one care leaver. `held`: at the desk, in order; `taken` and `said`: the days on which the
    tables were taken out, in order, and the day that each said was the last review's."""

    held: list[date] = field(default_factory=list)
    taken: list[date] = field(default_factory=list)
    said: list[date | None] = field(default_factory=list)

    def last(self, day: date) -> date | None:
        """The last review by that day: the later of what the desk has and what the newest import
        by then said. One that a later import tells of counts from the day it was held."""
        newest = self.held[bisect_right(self.held, day) - 1] if self.is_held(day) else None
        for said in self.said[max(bisect_right(self.taken, day) - 1, 0) :]:
            if said is not None and said <= day and (newest is None or said > newest):
                newest = said
        return newest

    def is_held(self, day: date) -> bool:
        """Whether the desk has one by that day."""
        return bool(self.held) and self.held[0] <= day

    def is_known(self, day: date) -> bool:
        """Whether anything was known of them by that day."""
        return self.is_held(day) or (bool(self.taken) and self.taken[0] <= day)

    def is_outstanding(self, day: date, before: date) -> bool:
        """Whether the last one by that day was too long ago; `before`: `overdue_before(day)`."""
        if not self.is_known(day):
            return False
        last = self.last(day)
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
            found.setdefault(person_id, Leaver()).held.append(day)
    states = db.execute(
        select(
            pathway_states.c.person_id,
            pathway_states.c.taken_on,
            pathway_states.c.plan_on,
            pathway_states.c.reviewed_on,
        )
        .where(pathway_states.c.council == council)
        .order_by(pathway_states.c.person_id, pathway_states.c.taken_on)
    )
    for person_id, taken_on, plan_on, reviewed_on in states:
        if person_id not in erased:
            one = found.setdefault(person_id, Leaver())
            one.taken.append(taken_on)
            one.said.append(max((day for day in (plan_on, reviewed_on) if day), default=None))
    return found


def _erased(db: Connection, council: str) -> frozenset[str]:
    rows = select(young_people.c.person_id).where(
        young_people.c.council == council, young_people.c.erased_at.is_not(None)
    )
    return frozenset(db.execute(rows).scalars())
