"""What is known of care leavers' pathway reviews: from the desk, and from each import, which tells
of the latest alone."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
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
    """Of one care leaver. `held`: at the desk, in order; `said`: the days that the case system ever
    said were those of the latest review, in order."""

    held: list[date] = field(default_factory=list)
    said: list[date] = field(default_factory=list)

    def last(self, day: date) -> date | None:
        """The last review by that day, whoever knew of it. One that a later import tells of counts
        from the day it was held."""
        return max(
            (days[at - 1] for days in (self.held, self.said) if (at := bisect_right(days, day))),
            default=None,
        )

    def outstanding(self, days: Sequence[date], too_old: Sequence[date]) -> Iterator[int]:
        """On which of these days, by place, the last one by then was too long ago. `too_old`:
        `overdue_before` of each day. Both in order."""
        every = sorted({*self.held, *self.said})
        for review, next_one in zip(every, [*every[1:], date.max], strict=True):
            begins = max(bisect_left(days, review), bisect_right(too_old, review))
            yield from range(begins, bisect_left(days, next_one))


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
    for person_id, day in held.all():
        if person_id not in erased:
            found.setdefault(person_id, Leaver()).held.append(day)
    states = db.execute(
        select(pathway_states.c.person_id, pathway_states.c.reviewed_on)
        .where(pathway_states.c.council == council)
        .order_by(pathway_states.c.person_id, pathway_states.c.reviewed_on)
    )
    for person_id, reviewed_on in states.all():
        if person_id not in erased:
            found.setdefault(person_id, Leaver()).said.append(reviewed_on)
    return found


def _erased(db: Connection, council: str) -> frozenset[str]:
    rows = select(young_people.c.person_id).where(
        young_people.c.council == council, young_people.c.erased_at.is_not(None)
    )
    return frozenset(db.execute(rows).scalars().all())
