"""The bank holidays of England and Wales, as the package `holidays` carries them."""

from datetime import date
from functools import cache

from holidays import country_holidays

from conversations.timescales import Holidays

PUBLISHED_UNTIL = 2028
"""The last year that gov.uk/bank-holidays had when `holidays` was pinned last. Days after it are
the usual ones: one that is proclaimed since (a coronation) comes with a newer version."""
_FIRST, _LAST = 1970, 2060
_SATURDAY = 5


@cache
def england_and_wales() -> Holidays:
    """For the clock: every year in which somebody who is in care today, or was, had a review."""
    days = country_holidays("GB", subdiv="ENG", years=range(_FIRST, _LAST + 1))
    return Holidays(frozenset(days), _FIRST, _LAST)


def is_bank_holiday(day: date) -> bool:
    """In England and Wales, substitute days too."""
    return day in england_and_wales().days


def is_working_day(day: date) -> bool:
    """No Saturday, Sunday or bank holiday."""
    return day.weekday() < _SATURDAY and not is_bank_holiday(day)
