"""A day that somebody typed in three boxes."""

from collections.abc import Mapping
from datetime import date

from bot.service.days import month_name


class NotADay(ValueError):
    """Three boxes that make no date."""


class NoSuchDay(NotADay):
    """A day that its month has not. The text says so."""

    def __init__(self, day: int, year: int, month: int) -> None:
        super().__init__(f"There is no {day} {month_name(month)} {year}.")


def typed_day(fields: Mapping[str, str], name: str) -> date | None:
    """The date of three boxes; None if all are empty. `NotADay`."""
    parts = [fields.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day")]
    if not any(parts):
        return None
    if not all(part.isascii() and part.isdecimal() and len(part) <= 4 for part in parts):
        raise NotADay
    year, month, day = map(int, parts)
    if year < 1900:
        raise NotADay  # 26 for 2026 would be believed
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        raise NotADay
    try:
        return date(year, month, day)
    except ValueError:
        raise NoSuchDay(day, year, month) from None
