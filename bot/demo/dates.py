"""When invented reviews were, are due and are arranged: dates as the regulations give them.

Unlike the law's clock these go back as well: an invented past is worked out from a day ahead.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.service.bank_holidays import is_working_day
from conversations.timescales import months_after

FIRST_WORKING_DAYS = 20  # SI 2010/959 reg 33(1), from the day they became looked after
SECOND_MONTHS = 3  # reg 33(2), from the day the first was held
LATER_MONTHS = 6  # reg 33(2); a pathway plan's too

_DUE_IN = (179, 12, 45, 6, 90, 23, 172, -8, 60, 16, 120, 3, 30)
"""In about how many days the review ahead is due, in turn: the last one follows from it."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timetable:
    """One young person's reviews. `since`: the day they became looked after where `last` was their
    `first`, otherwise the day the one before `last` was held. `ahead_on`: none is arranged yet."""

    first: bool
    second: bool
    since: date
    last_due: date
    last_on: date
    ahead_due: date
    ahead_on: date | None


def timetable(number: int, today: date, *, pathway: bool = False) -> Timetable:
    """That of the young person with this number. A few are late, overdue, or arranged too late."""
    due_in = _DUE_IN[number % len(_DUE_IN)]
    first = not pathway and number % 7 == 2 and due_in < 80
    second = not pathway and number % 7 == 3
    months = SECOND_MONTHS if first else LATER_MONTHS
    last_on = working_day_by(min(months_after(today + due_in * _DAY, -months), today - _DAY))
    ahead_due = months_after(last_on, months)
    spare = -6 if number % 9 == 4 else 4 + number % 6
    if first:
        since = working_days_after(working_day_by(last_on + spare * _DAY), -FIRST_WORKING_DAYS)
        last_due = working_days_after(since, FIRST_WORKING_DAYS)
    else:
        gap = SECOND_MONTHS if second else LATER_MONTHS
        since = working_day_by(months_after(last_on + spare * _DAY, -gap))
        last_due = months_after(since, gap)
    ahead_on = _arranged(number, ahead_due, today)
    return Timetable(first, second, since, last_due, last_on, ahead_due, ahead_on)


def _arranged(number: int, due: date, today: date) -> date | None:
    """Some days before it is due; of what is due already or nearly so the next day that is left."""
    if due < today and number % 2:
        return None
    planned = working_day_by(due - number % 5 * 2 * _DAY)
    return planned if planned > today else working_days_after(today, 2)


def working_days_after(day: date, count: int) -> date:
    """So many working days on, or back; `day` itself is day 0."""
    step = _DAY if count > 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day):
            day += step
    return day


def working_day_by(day: date) -> date:
    """This day, or the last working day before it."""
    return day if is_working_day(day) else working_days_after(day, -1)
