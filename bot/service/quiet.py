"""Quiet hours: when no telephone of a young person is rung, on the clock of England and Wales."""

from datetime import datetime, time, timedelta

from bot.service.council import Reminders
from bot.service.wording import LONDON


def is_quiet(hours: Reminders, moment: datetime) -> bool:
    """Whether it is night, as the council has it. It begins with `quiet_from`."""
    return within(hours.quiet_from, hours.quiet_until, moment.astimezone(LONDON).time())


def within(begins: time, ends: time, at: time) -> bool:
    """Whether a time is in a span that may go over midnight."""
    if begins <= ends:
        return begins <= at < ends
    return at >= begins or at < ends


def until(hours: Reminders, moment: datetime) -> datetime:
    """When the night is over; `moment` itself by day."""
    if not is_quiet(hours, moment):
        return moment
    local = moment.astimezone(LONDON)
    over = datetime.combine(local.date(), hours.quiet_until, LONDON)
    return over if over > local else over + timedelta(days=1)
