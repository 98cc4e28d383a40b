"""When somebody looks at alerts: the duty team's hours, on the clock of England and Wales."""

from datetime import date, datetime, time, timedelta

from bot.service.bank_holidays import (
    england_and_wales,
    is_bank_holiday,
    is_working_day,
)
from bot.service.council import Duty, Weekday
from bot.service.wording import LONDON
from conversations.timescales import working_days_after

_DAYS = tuple(Weekday)
_LOOK_AHEAD = 31
"""A council that is open on one day of the week is open within so many days, holidays or not."""


def is_open(duty: Duty, moment: datetime) -> bool:
    """Whether the duty team looks at alerts now."""
    local = moment.astimezone(LONDON)
    return _works(duty, local.date()) and duty.opens <= local.time() < duty.closes


def next_open(duty: Duty, moment: datetime) -> datetime:
    """When the duty team looks at alerts next; now, if it does."""
    if is_open(duty, moment):
        return moment
    local = moment.astimezone(LONDON)
    for days in range(_LOOK_AHEAD):
        opens = datetime.combine(local.date() + timedelta(days=days), duty.opens, LONDON)
        if opens > local and _works(duty, opens.date()):
            return opens
    raise AssertionError(f"Nobody works within {_LOOK_AHEAD} days of {local.date()}.")


def acknowledge_by(duty: Duty, moment: datetime) -> datetime:
    """By when somebody of the duty team has to have taken on what came in now."""
    return next_open(duty, moment) + timedelta(minutes=duty.acknowledge_minutes)


def working_day(day: date, count: int) -> date:
    """`count` working days on."""
    return working_days_after(day, count, england_and_wales())


WORKDAY = (time(9), time(17))
"""When people who read and listen are at work, on working days."""


def after_working_hours(moment: datetime, hours: int) -> datetime:
    """So many working hours on: what comes at night or at a weekend begins in the morning."""
    local, left = moment.astimezone(LONDON), timedelta(hours=hours)
    day = local.date()
    while True:
        opens, closes = (datetime.combine(day, at, LONDON) for at in WORKDAY)
        if is_working_day(day) and local < closes:
            start = max(local, opens)
            if closes - start >= left:
                return start + left
            left -= closes - start
        day += timedelta(days=1)


def _works(duty: Duty, day: date) -> bool:
    on = _DAYS[day.weekday()] in duty.days
    return on and (duty.bank_holidays or not is_bank_holiday(day))
