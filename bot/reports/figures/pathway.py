"""Pathway plan reviews of care leavers, and the backlog month by month. Never part of the 903."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
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
    Table,
    counted,
    of_one,
    without_data,
)
from bot.reports.year import Span
from conversations.timescales import months_after
from storage.reviews import ReviewKind
from storage.tables import reviews, young_people

BACKLOG = Declared(
    "pathway_outstanding",
    "Pathway reviews outstanding, month by month",
    "Care leavers whose last pathway review was held more than 6 calendar months before the last "
    "day of each month. Those of whom no review is on record are counted apart.",
    "Pathway reviews; SI 2010/2571 reg 7.",
    (),
    (COUNT,),
    counts=Counts.WORK,
    drawn=Drawn.LINE,
)
NO_DATE = Declared(
    "pathway_without_date",
    "Care leavers with no pathway review on record",
    "Care leavers of whom no pathway review was held by the year’s last day, as far as Sayso "
    "knows.",
    "Pathway reviews.",
    (("no_date", "No date on record"),),
    counts=Counts.WORK,
)
HELD = Declared(
    "pathway_reviews",
    "Pathway reviews held",
    "Pathway reviews held in the year. Late is one held more than 6 calendar months after the one "
    "before; the first on record is neither.",
    "Pathway reviews; SI 2010/2571 reg 7.",
    (("in_time", "In time"), ("late", "Late"), ("first", "First on record")),
    adds_up=True,
)
DECLARED = (BACKLOG, NO_DATE, HELD)
MONTHS = 6
_NONE = "No care leaver’s pathway review is on record."


def tables(asked: Asked) -> tuple[Table, ...]:
    leavers = set(
        asked.db.execute(
            select(young_people.c.person_id).where(
                young_people.c.council == asked.council,
                young_people.c.care_leaver.is_(True),
                young_people.c.erased_at.is_(None),
            )
        ).scalars()
    )
    held = _held(asked)
    if not held:
        return tuple(without_data(one, _NONE) for one in DECLARED)
    days = [day for day in asked.year.month_ends if day <= asked.today]
    if asked.until not in days:
        days.append(asked.until)
    backlog = {
        (day.isoformat(), COUNT[0]): sum(outstanding(mine, day) for mine in held.values())
        for day in days
    }
    undated = sum(1 for one in leavers if not [d for d in held.get(one, ()) if d <= asked.until])
    timely = _timely(held, asked.year)
    return (
        counted(BACKLOG, backlog, tuple(_month(day) for day in days)),
        of_one(NO_DATE, lambda _row: undated),
        of_one(HELD, timely.__getitem__)
        if any(timely.values())
        else without_data(HELD, "No pathway review was held in this year."),
    )


def outstanding(held: Sequence[date], day: date) -> bool:
    """Whether the last one before that day was more than six months ago; `held` in order."""
    before = bisect_right(held, day)
    return before > 0 and months_after(held[before - 1], MONTHS) < day


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


def _held(asked: Asked) -> dict[str, list[date]]:
    """By care leaver, in order; two on one day are one."""
    rows = asked.db.execute(
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
    found: dict[str, list[date]] = {}
    for person_id, day in rows:
        found.setdefault(person_id, []).append(day)
    return found


def _month(day: date) -> Name:
    return day.isoformat(), str(format_date(day, "d MMMM yyyy", locale="en_GB"))
