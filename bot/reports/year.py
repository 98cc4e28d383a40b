"""A reporting year: 2025 runs from 1 April 2025 to 31 March 2026."""

from dataclasses import dataclass
from datetime import date, datetime, time

from bot.service.wording import LONDON
from conversations.timescales import months_after

_MARCH, _APRIL, _DECEMBER = 3, 4, 12


@dataclass(frozen=True, slots=True)
class Year:
    """`number`: the calendar year in which it begins."""

    number: int

    @property
    def begins(self) -> date:
        return date(self.number, _APRIL, 1)

    @property
    def ends(self) -> date:
        """Its last day, on which it is counted who is in care."""
        return date(self.number + 1, _MARCH, 31)

    @property
    def before(self) -> "Year":
        return Year(self.number - 1)

    @property
    def called(self) -> str:
        """As units write it: `2025/26`."""
        return f"{self.number}/{(self.number + 1) % 100:02}"

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it, in England and Wales."""
        after = date(self.number + 1, _APRIL, 1)
        return datetime.combine(self.begins, time(), LONDON), datetime.combine(
            after, time(), LONDON
        )

    @property
    def month_ends(self) -> tuple[date, ...]:
        """The day before it begins, and the last day of each of its months: thirteen days."""
        last = date(self.number, _MARCH, 31)
        return tuple(months_after(last, month) for month in range(_DECEMBER + 1))

    def holds(self, day: date) -> bool:
        return self.begins <= day <= self.ends


def year_of(day: date) -> Year:
    """The one that a day is in."""
    return Year(day.year if day.month >= _APRIL else day.year - 1)
