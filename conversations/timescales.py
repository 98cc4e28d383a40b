"""The statutory clock: by when a review has to be held, whether it was, and why.

Months are calendar months, never days; the last lawful day is in time; the clock runs from the day
the review before was *held*. Sources stand beside each rule; `domain.md` section 3 says how
they are counted. Pure: the day and the bank holidays are parameters.
"""

import calendar
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, assert_never

from conversations.wording import Param, Say, Text, _

_DAY = timedelta(days=1)


class Stage(StrEnum):
    """Which review it is of those that one rule counts."""

    FIRST = "first"
    SECOND = "second"
    LATER = "later"


class Unit(StrEnum):
    WORKING_DAYS = "working_days"
    DAYS = "days"
    MONTHS = "months"


class Within(NamedTuple):
    """One step of a timescale: so long after what `after` says, in a sentence with `{since}`.

    The day it counts from is day 0.
    """

    stage: Stage
    length: int
    unit: Unit
    after: Text


@dataclass(frozen=True, slots=True)
class Timescale:
    """The steps from the beginning on; the last one repeats. `source`: the regulation."""

    id: str
    source: str
    steps: tuple[Within, ...]


_LATER = Within(Stage.LATER, 6, Unit.MONTHS, Text(_("6 months after the review of {since}")))

CARE = Timescale("care", "SI 2010/959 reg 33", (
    Within(Stage.FIRST, 20, Unit.WORKING_DAYS,
        Text(_("20 working days after {since}, when they became looked after"))),
    Within(Stage.SECOND, 3, Unit.MONTHS, Text(_("3 months after the first review of {since}"))),
    _LATER,
))  # fmt: skip
SHORT_BREAKS = Timescale("short_breaks", "SI 2010/959 regs 33 and 48", (
    Within(Stage.FIRST, 3, Unit.MONTHS,
        Text(_("3 months after {since}, when the short breaks began"))),
    _LATER,
))  # fmt: skip
PLACED_FOR_ADOPTION = Timescale("placed_for_adoption", "SI 2005/389 reg 36(3)", (
    Within(Stage.FIRST, 28, Unit.DAYS,
        Text(_("4 weeks after {since}, when they were placed for adoption"))),
    Within(Stage.SECOND, 3, Unit.MONTHS,
        Text(_("3 months after the review of {since}, the first since the adoption placement"))),
    _LATER,
))  # fmt: skip
MAY_BE_ADOPTED = Timescale("may_be_adopted", "SI 2005/389 reg 36(1)", (
    Within(Stage.FIRST, 3, Unit.MONTHS,
        Text(_("3 months after {since}, when placing them for adoption was authorised"))),
    _LATER,
))  # fmt: skip
PATHWAY = Timescale("pathway", "SI 2010/2571 reg 7", (
    Within(Stage.FIRST, 6, Unit.MONTHS, Text(_("6 months after the pathway plan of {since}"))),
    _LATER,
))  # fmt: skip
PATHWAY_PLAN = Timescale("pathway_plan", "SI 2010/959 regs 42 and 43", (
    Within(Stage.FIRST, 3, Unit.MONTHS,
        Text(_("3 months after {since}, when they turned 16 or became eligible"))),
))  # fmt: skip
FOSTER_CARER = Timescale("foster_carer", "SI 2011/581 reg 28(2)", (
    Within(Stage.FIRST, 12, Unit.MONTHS,
        Text(_("1 year after {since}, when the household was approved"))),
    Within(Stage.LATER, 12, Unit.MONTHS, Text(_("1 year after the review of {since}"))),
))  # fmt: skip
CONFERENCE = Timescale("conference", "Working Together to Safeguard Children 2023, chapter 3", (
    Within(Stage.FIRST, 15, Unit.WORKING_DAYS,
        Text(_("15 working days after the strategy discussion of {since}"))),
    Within(Stage.SECOND, 3, Unit.MONTHS,
        Text(_("3 months after the first conference of {since}"))),
    Within(Stage.LATER, 6, Unit.MONTHS, Text(_("6 months after the conference of {since}"))),
))  # fmt: skip


class HolidaysUnknown(ValueError):
    """Working days of a year whose bank holidays are not known: a guess would be believed."""

    def __init__(self, year: int, holidays: "Holidays") -> None:
        super().__init__(
            f"The bank holidays of {year} are not known, only those of {holidays.first} to "
            f"{holidays.last}. A newer version of Sayso brings newer ones."
        )


@dataclass(frozen=True, slots=True)
class Holidays:
    """Bank holidays of England and Wales with Christmas Day and Boxing Day, whole years: `first`
    to `last`."""

    days: frozenset[date]
    first: int
    last: int

    def are_known(self, day: date) -> bool:
        return self.first <= day.year <= self.last


class Due(NamedTuple):
    """By when, and the step that says so, counted from `since`."""

    timescale: Timescale
    step: Within
    since: date
    by: date


class Timed(NamedTuple):
    """A review that was held. `due` None: it was in no period of care, and no rule is about it."""

    held_on: date
    due: Due | None

    @property
    def late_days(self) -> int:
        return max(0, (self.held_on - self.due.by).days) if self.due else 0


@dataclass(frozen=True, slots=True)
class Care:
    """A period of care, its first and last day. Contiguous placements and legal statuses are one:
    their changes start nothing anew.

    `placed_on`: days of placements for adoption in it, in order; `authorised_on`: the day the
    council might first place them for adoption.
    """

    began: date
    ended: date | None = None
    short_breaks: bool = False
    placed_on: tuple[date, ...] = ()
    authorised_on: date | None = None

    def holds(self, day: date) -> bool:
        return self.began <= day and (self.ended is None or day <= self.ended)


class Rearranged(StrEnum):
    """What became of a review that was stood down."""

    IN_TIME = "rearranged_in_time"
    LATE = "rearranged_late"
    NOT = "not_rearranged"


def months_after(day: date, months: int) -> date:
    """Calendar months on, clamped to the month's end: 31/08 and 3 months is 30/11."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    if day.day <= 28:
        return date(year, month, day.day)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def working_days_after(day: date, count: int, holidays: Holidays) -> date:
    """So many working days on; `day` is day 0. `HolidaysUnknown`."""
    while count:
        day += _DAY
        if not holidays.are_known(day):
            raise HolidaysUnknown(day.year, holidays)
        count -= day.weekday() < calendar.SATURDAY and day not in holidays.days
    return day


def birthday(born: date, years: int) -> date:
    """The day somebody turns so old. Born on 29 February: 1 March in common years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def due(timescale: Timescale, began: date, held: Sequence[date], holidays: Holidays) -> Due:
    """By when the next one is due: `held` are the days of those before it, in order."""
    step = timescale.steps[min(len(held), len(timescale.steps) - 1)]
    since = held[-1] if held else began
    return Due(timescale, step, since, _by(step, since, holidays))


def _by(step: Within, since: date, holidays: Holidays) -> date:
    match step.unit:
        case Unit.MONTHS:
            return months_after(since, step.length)
        case Unit.DAYS:
            return since + timedelta(days=step.length)
        case Unit.WORKING_DAYS:
            return working_days_after(since, step.length, holidays)
        case _:
            assert_never(step.unit)


def due_in_care(care: Care, held: Sequence[date], by: date, holidays: Holidays) -> Due:
    """By when the next review of a child in care is due, with what is known on the day `by`.

    `held`: the days of those before it in this period, in order. A placement for adoption starts
    anew: from that day 4 weeks, then 3 months, then 6. A review that was due before that day stays
    due. Once placing is authorised, the next is held within 3 months even if the clock of before
    would leave longer.
    """
    if placed := [day for day in care.placed_on if day <= by]:
        since_placed = held[bisect_left(held, placed[-1]) :]
        if since_placed:
            return due(PLACED_FOR_ADOPTION, placed[-1], since_placed, holidays)
        before = due_in_care(care, held, placed[-1] - _DAY, holidays)
        if before.by < placed[-1]:
            return before
        return due(PLACED_FOR_ADOPTION, placed[-1], (), holidays)
    usual = due(SHORT_BREAKS if care.short_breaks else CARE, care.began, held, holidays)
    authorised = care.authorised_on
    if authorised and authorised <= by and not (held and held[-1] >= authorised):
        sooner = due(MAY_BE_ADOPTED, authorised, (), holidays)
        return min(usual, sooner, key=lambda one: one.by)
    if authorised and held and authorised <= held[-1]:
        return due(MAY_BE_ADOPTED, authorised, held[bisect_left(held, authorised) :], holidays)
    return usual


def timed(
    cares: Sequence[Care], held: Sequence[date], holidays: Holidays, since: date = date.min
) -> tuple[Timed, ...]:
    """Each review held from the day `since` on, in order: what was due, and whether it was in time.
    `held`: those before, too. Two on one day are one. A new period of care starts anew."""
    found: list[Timed] = []
    mine: dict[date, list[date]] = {}
    for day in sorted(set(held)):
        care = period_of(cares, day)
        before = mine.setdefault(care.began, []) if care else []
        if day >= since:
            due_then = due_in_care(care, before, day, holidays) if care else None
            found.append(Timed(day, due_then))
        before.append(day)
    return tuple(found)


def period_of(cares: Sequence[Care], day: date) -> Care | None:
    """The period that a day is in; the later one, where one ends on the day the next begins."""
    found: Care | None = None
    for care in cares:
        if care.holds(day) and (found is None or care.began > found.began):
            found = care
    return found


def ahead(
    cares: Sequence[Care], held: Sequence[date], today: date, holidays: Holidays
) -> Due | None:
    """What is due next, or overdue, in the period of care that is open today; None: in none."""
    care = period_of(cares, today)
    if care is None:
        return None
    before = sorted({day for day in held if care.holds(day) and day <= today})
    return due_in_care(care, before, today, holidays)


def rearranged(cancelled_on: date, cares: Sequence[Care], held: Sequence[Timed]) -> Rearranged:
    """What became of a review that was to be on this day (or due, where it had none): the next one
    that was held in the same period of care answers it."""
    care = period_of(cares, cancelled_on)
    for review in held:
        if review.held_on >= cancelled_on and care is not None and care.holds(review.held_on):
            return Rearranged.LATE if review.late_days else Rearranged.IN_TIME
    return Rearranged.NOT


_AHEAD = Text(_("{rule}: by {by}."))
_IN_TIME = Text(_("{rule}: by {by}. Held on {held}: in time."))
_ONE_DAY_LATE = Text(_("{rule}: by {by}. Held on {held}: 1 day late."))
_LATE = Text(_("{rule}: by {by}. Held on {held}: {days} days late."))
_OUTSIDE = Text(_("Held on {held}, when they were not looked after: no timescale is about it."))


def explain(due: Due) -> Say:
    """Why it is due then."""
    return Say(_AHEAD, {"rule": due.step.after, "since": due.since, "by": due.by})


def explain_held(review: Timed) -> Say:
    """Why it was due when it was, and how late it was held."""
    if review.due is None:
        return Say(_OUTSIDE, {"held": review.held_on})
    params: dict[str, Param] = {**explain(review.due).params, "held": review.held_on}
    match review.late_days:
        case 0:
            return Say(_IN_TIME, params)
        case 1:
            return Say(_ONE_DAY_LATE, params)
        case days:
            return Say(_LATE, {**params, "days": days})
