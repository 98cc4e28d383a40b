"""Days as people say them."""

from datetime import date, datetime

from babel.dates import format_date, format_time

from bot.service.wording import LONDON


def local_day(moment: datetime) -> date:
    """The day it was in England and Wales."""
    return moment.astimezone(LONDON).date()


def say_day(day: date, today: date) -> str:
    """`today`, `tomorrow`, `yesterday`, `Thursday 17 September`; with the year if another."""
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((day - today).days)
    return near or full_day(day, today)


def full_day(day: date, today: date) -> str:
    """`Thursday 17 September`; with the year if it is not this one's."""
    pattern = "EEEE d MMMM" if day.year == today.year else "EEEE d MMMM y"
    return format_date(day, pattern, locale="en_GB")


def short_day(day: date, today: date) -> str:
    """`17 September`; with the year if it is not this one's."""
    pattern = "d MMMM" if day.year == today.year else "d MMMM y"
    return format_date(day, pattern, locale="en_GB")


def whole_day(day: date) -> str:
    """`17 September 2026`: for paper, which outlives today."""
    return format_date(day, "d MMMM y", locale="en_GB")


def month_name(month: int) -> str:
    """`September` for 9."""
    return format_date(date(2000, month, 1), "MMMM", locale="en_GB")


def on_day(day: date, today: date) -> str:
    """As `say_day`, to stand after a verb: `today`, `on Thursday 17 September`."""
    said = say_day(day, today)
    return said if said in ("today", "tomorrow", "yesterday") else f"on {said}"


def say_moment(moment: datetime, today: date) -> str:
    """`on Monday 14 September at 16:32`."""
    return f"{on_day(local_day(moment), today)} at {clock(moment)}"


def clock(moment: datetime) -> str:
    """`16:32`, in England and Wales."""
    return format_time(moment.astimezone(LONDON).time(), "HH:mm", locale="en_GB")


def since(moment: datetime, today: date) -> str:
    """As `say_moment`, to stand after *since*: `Monday 14 September at 16:32`."""
    return say_moment(moment, today).removeprefix("on ")
