"""A reporting year: 2025 runs from 1 April 2025 to 31 March 2026. And its quarters."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from babel.dates import format_date

from bot.service.wording import LONDON
from conversations.timescales import months_after

_MARCH, _APRIL = 3, 4
_DAY = timedelta(days=1)
_OF_A_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Span:
    """What is counted: from its first day to its last one, whole months."""

    begins: date
    ends: date

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it, in England and Wales."""
        first, after = (
            datetime.combine(day, time(), LONDON) for day in (self.begins, self.ends + _DAY)
        )
        return first, after

    @property
    def month_ends(self) -> tuple[date, ...]:
        """The day before it begins, and the last day of each of its months."""
        found = [self.begins - _DAY]
        while found[-1] < self.ends:
            found.append(months_after(self.begins, len(found)) - _DAY)
        return tuple(found)

    @property
    def quarters(self) -> "tuple[Span, ...]":
        """Those of a whole year; of a quarter, none."""
        if months_after(self.begins, _OF_A_QUARTER) > self.ends:
            return ()
        begins = [months_after(self.begins, _OF_A_QUARTER * number) for number in range(4)]
        return tuple(Span(day, months_after(day, _OF_A_QUARTER) - _DAY) for day in begins)

    def holds(self, day: date) -> bool:
        return self.begins <= day <= self.ends


@dataclass(frozen=True, slots=True)
class Year:
    """`number`: the calendar year in which it begins."""

    number: int

    @property
    def span(self) -> Span:
        return Span(date(self.number, _APRIL, 1), date(self.number + 1, _MARCH, 31))

    @property
    def before(self) -> "Year":
        return Year(self.number - 1)

    @property
    def called(self) -> str:
        """As units write it: `2025/26`."""
        return f"{self.number}/{(self.number + 1) % 100:02}"


def year_of(day: date) -> Year:
    """The one that this day is in."""
    return Year(day.year if day.month >= _APRIL else day.year - 1)


@dataclass(frozen=True, slots=True)
class Quarter:
    """`number`: 1 is April to June, 4 is January to March."""

    year: Year
    number: int

    @property
    def span(self) -> Span:
        begins = months_after(self.year.span.begins, _OF_A_QUARTER * (self.number - 1))
        return Span(begins, months_after(begins, _OF_A_QUARTER) - _DAY)

    @property
    def called(self) -> str:
        """`July to September 2025`."""
        span = self.span
        first = format_date(span.begins, "MMMM", locale="en_GB")
        return f"{first} to {format_date(span.ends, 'MMMM yyyy', locale='en_GB')}"
