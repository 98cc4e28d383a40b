"""Pathway plan reviews of care leavers, and the backlog month by month. Never part of the 903."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from babel.dates import format_date
from sqlalchemy import select

from bot.reports.figures.asked import Asked
from bot.reports.tables import (
    COUNT,
    Counts,
    Declared,
    Drawn,
    Name,
    Place,
    Table,
    of_one,
    without_data,
)
from bot.reports.year import Span
from conversations.timescales import birthday, months_after
from storage.care_tables import pathway_states
from storage.reviews import ReviewKind
from storage.tables import reviews, young_people

BACKLOG = Declared(
    "pathway_outstanding",
    "Pathway reviews outstanding, month by month",
    "Care leavers whose last pathway review, or plan where there was none, was more than 6 "
    "calendar months before the last day of each month: by the later of what is held at the desk "
    "and what the case system said in the newest import taken out by that day. A review that a "
    "later import tells of counts from the day it was held. Those of whom no day is on record are "
    "counted apart; those who were 25 by then or are erased since are left out. Where nothing had "
    "been taken out by the end of a month, it is told from the first day on that something was.",
    "Pathway reviews; ssd_care_leavers, as it was at each import; SI 2010/2571 reg 7.",
    (),
    (COUNT,),
    counts=Counts.WORK,
    drawn=Drawn.LINE,
)
NO_DATE = Declared(
    "pathway_without_date",
    "Care leavers with no pathway review on record",
    "Care leavers of whom neither a pathway review nor a plan is on record by the year’s last day, "
    "as far as Sayso knows.",
    "The same as pathway reviews outstanding.",
    (("no_date", "No date on record"),),
    counts=Counts.WORK,
)
HELD = Declared(
    "pathway_reviews",
    "Pathway reviews held",
    "Pathway reviews held in the year and put on record at the desk. Late is one held more than 6 "
    "calendar months after the one before; the first on record is neither. Those that only an "
    "import tells of are left out, since it tells of the latest alone.",
    "Pathway reviews; SI 2010/2571 reg 7.",
    (("in_time", "In time"), ("late", "Late"), ("first", "First on record")),
    adds_up=True,
)
DECLARED = (BACKLOG, NO_DATE, HELD)
MONTHS = 6
_UNTIL_AGE = 25
_NONE = "No care leaver’s pathway review is on record."


@dataclass(slots=True)
class _Known:
    """Of one care leaver. `held`: at the desk, in order; `taken` and `said`: the days on which the
    tables were taken out, in order, and the day that each said was the last review's."""

    held: list[date] = field(default_factory=list)
    taken: list[date] = field(default_factory=list)
    said: list[date | None] = field(default_factory=list)

    def last(self, day: date) -> date | None:
        """The last review by that day, as far as it is known today."""
        at = bisect_right(self.taken, day)
        days = [said for said in self.said[max(at - 1, 0) :] if said is not None and said <= day]
        before = bisect_right(self.held, day)
        return max((*days, *self.held[before - 1 : before]), default=None)

    def is_known(self, day: date) -> bool:
        """Whether anything was known of them by that day."""
        return bool(self.taken and self.taken[0] <= day) or bool(self.held and self.held[0] <= day)


def tables(asked: Asked) -> tuple[Table, ...]:
    known = _known(asked)
    held = {person: one.held for person, one in known.items() if one.held}
    timely = _timely(held, asked.year)
    first = _first(known.values(), asked.until)
    held_table = (
        of_one(HELD, timely.__getitem__)
        if any(timely.values())
        else without_data(HELD, "No pathway review was held in this year.")
    )
    if first is None:
        return (without_data(BACKLOG, _NONE), without_data(NO_DATE, _NONE), held_table)
    days = [day for day in asked.year.month_ends if first <= day <= asked.today]
    if first >= asked.year.begins:
        days.insert(0, first)
    days = sorted({*days, asked.until})
    undated = sum(
        known.get(person, _Known()).last(asked.until) is None
        for person in _leavers(asked) | {one for one in known if known[one].is_known(asked.until)}
        if not _is_over(asked.born.get(person), asked.until)
    )
    return (_backlog(asked, known, days), of_one(NO_DATE, lambda _row: undated), held_table)


def _first(known: Iterable[_Known], until: date) -> date | None:
    """From when on the backlog can be told: from the first import, since it tells of all; where
    there was none by then, from the first review at the desk."""
    every = list(known)
    taken = min((one.taken[0] for one in every if one.taken), default=None)
    if taken is not None and taken <= until:
        return taken
    held = min((one.held[0] for one in every if one.held), default=None)
    return held if held is not None and held <= until else None


def _backlog(asked: Asked, known: Mapping[str, _Known], days: Sequence[date]) -> Table:
    cells: dict[Place, int | None] = {
        (day.isoformat(), COUNT[0]): sum(
            outstanding(one, day) and not _is_over(asked.born.get(person), day)
            for person, one in known.items()
        )
        for day in days
    }
    return Table(BACKLOG, tuple(_month(day) for day in days), cells)


def _is_over(born: date | None, day: date) -> bool:
    """Whether nobody owes them a plan any more."""
    return born is not None and birthday(born, _UNTIL_AGE) <= day


def outstanding(one: _Known, day: date) -> bool:
    """Whether the last one by that day was more than six months before."""
    if not one.is_known(day):
        return False
    last = one.last(day)
    return last is not None and months_after(last, MONTHS) < day


def _timely(held: Mapping[str, Sequence[date]], year: Span) -> dict[str, int]:
    found = {"in_time": 0, "late": 0, "first": 0}
    for mine in held.values():
        for number, day in enumerate(mine):
            if not year.holds(day):
                continue
            if number == 0:
                found["first"] += 1
            else:
                late = day > months_after(mine[number - 1], MONTHS)
                found["late" if late else "in_time"] += 1
    return found


def _known(asked: Asked) -> dict[str, _Known]:
    """By care leaver. Two reviews on one day are one."""
    found: dict[str, _Known] = {}
    erased = _erased(asked)
    held = asked.db.execute(
        select(reviews.c.person_id, reviews.c.meeting_on)
        .where(
            reviews.c.council == asked.council,
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
            found.setdefault(person_id, _Known()).held.append(day)
    states = asked.db.execute(
        select(
            pathway_states.c.person_id,
            pathway_states.c.taken_on,
            pathway_states.c.plan_on,
            pathway_states.c.reviewed_on,
        )
        .where(pathway_states.c.council == asked.council)
        .order_by(pathway_states.c.person_id, pathway_states.c.taken_on)
    )
    for person_id, taken_on, plan_on, reviewed_on in states:
        if person_id not in erased:
            one = found.setdefault(person_id, _Known())
            one.taken.append(taken_on)
            one.said.append(max((day for day in (plan_on, reviewed_on) if day), default=None))
    return found


def _erased(asked: Asked) -> frozenset[str]:
    rows = select(young_people.c.person_id).where(
        young_people.c.council == asked.council, young_people.c.erased_at.is_not(None)
    )
    return frozenset(asked.db.execute(rows).scalars())


def _leavers(asked: Asked) -> frozenset[str]:
    rows = select(young_people.c.person_id).where(
        young_people.c.council == asked.council,
        young_people.c.care_leaver.is_(True),
        young_people.c.erased_at.is_(None),
    )
    return frozenset(asked.db.execute(rows).scalars())


def _month(day: date) -> Name:
    return day.isoformat(), str(format_date(day, "d MMMM yyyy", locale="en_GB"))
