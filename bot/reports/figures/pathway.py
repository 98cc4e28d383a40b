"""Pathway plan reviews of care leavers, and the backlog month by month. Never part of the 903."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from babel.dates import format_date
from sqlalchemy import select

from bot.reports.figures.asked import Asked
from bot.reports.figures.leavers import MONTHS, Leaver, overdue_before
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
from storage.tables import young_people

BACKLOG = Declared(
    "pathway_outstanding",
    "Pathway reviews outstanding, month by month",
    "Care leavers whose last pathway review was more than 6 calendar months before the last day of "
    "each month: by the later of what is held at the desk and what the case system ever said was "
    "the latest, which is the only one that it tells of: import every month. A review that a later "
    "import tells of counts from the day it was held. Those of "
    "whom no day is on record by then are counted apart, so that months before the first import "
    "may show too few; those who were 25 by then or are erased since are left out.",
    "Pathway reviews; ssd_care_leavers, as it was at each import; SI 2010/2571 reg 7.",
    (),
    (COUNT,),
    counts=Counts.WORK,
    drawn=Drawn.LINE,
)
NO_DATE = Declared(
    "pathway_without_date",
    "Care leavers with no pathway review on record",
    "Care leavers of whom no pathway review is on record by the year’s last day. Those who were "
    "under 16 or 25 by then are left out.",
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
    by_quarter=True,
)
DECLARED = (BACKLOG, NO_DATE, HELD)
_FROM_AGE, _UNTIL_AGE = 16, 25
_NONE = "No care leaver’s pathway review is on record."


def tables(asked: Asked) -> tuple[Table, ...]:
    known = asked.leavers
    every = [one.held for one in known.values()]
    quarters = tuple(_held(every, quarter) for quarter in asked.year.quarters)
    held = replace(_held(every, asked.year), quarters=quarters)
    first = _first(known.values(), asked.until)
    if first is None:
        undated = _without_date(asked) if _leavers(asked) else without_data(NO_DATE, _NONE)
        return (without_data(BACKLOG, _NONE), undated, held)
    days = {day for day in asked.year.month_ends if first <= day <= asked.today} | {asked.until}
    return (_backlog(asked, sorted(days)), _without_date(asked), held)


def _held(every: Iterable[Sequence[date]], span: Span) -> Table:
    timely = _timely(every, span)
    if not any(timely.values()):
        return without_data(HELD, "No pathway review was held in this year.")
    return of_one(HELD, timely.__getitem__)


def _first(known: Iterable[Leaver], until: date) -> date | None:
    """The first day of which anything is known."""
    every = (days[0] for one in known for days in (one.held, one.said) if days)
    first = min(every, default=None)
    return first if first is not None and first <= until else None


def _backlog(asked: Asked, days: Sequence[date]) -> Table:
    too_old = [overdue_before(day) for day in days]
    late: dict[date, list[str]] = {day: [] for day in days}
    for person, one in asked.leavers.items():
        for number in one.outstanding(days, too_old):
            late[days[number]].append(person)
    born = asked.births.of({person for several in late.values() for person in several})
    over = {person: birthday(day, _UNTIL_AGE) for person, day in born.items()}
    cells: dict[Place, int | None] = {
        (day.isoformat(), COUNT[0]): sum(over.get(one, date.max) > day for one in several)
        for day, several in late.items()
    }
    return Table(BACKLOG, tuple(_month(day) for day in days), cells)


def _without_date(asked: Asked) -> Table:
    none = Leaver()
    undated = [
        person
        for person in _leavers(asked) | set(asked.leavers)
        if asked.leavers.get(person, none).last(asked.until) is None
    ]
    born = asked.births.of(undated)
    count = sum(_is_owed(born.get(person), asked.until) for person in undated)
    return of_one(NO_DATE, lambda _row: count)


def _is_owed(born: date | None, day: date) -> bool:
    """Whether they are of an age at which somebody owes them a plan, as far as it is known."""
    return born is None or birthday(born, _FROM_AGE) <= day < birthday(born, _UNTIL_AGE)


def _timely(held: Iterable[Sequence[date]], year: Span) -> dict[str, int]:
    found = {"in_time": 0, "late": 0, "first": 0}
    for mine in held:
        for number, day in enumerate(mine):
            if not year.holds(day):
                continue
            if number == 0:
                found["first"] += 1
            else:
                late = day > months_after(mine[number - 1], MONTHS)
                found["late" if late else "in_time"] += 1
    return found


def _leavers(asked: Asked) -> frozenset[str]:
    rows = select(young_people.c.person_id).where(
        young_people.c.council == asked.council,
        young_people.c.care_leaver.is_(True),
        young_people.c.erased_at.is_(None),
    )
    return frozenset(asked.db.execute(rows).scalars().all())


def _month(day: date) -> Name:
    return day.isoformat(), str(format_date(day, "d MMMM yyyy", locale="en_GB"))
