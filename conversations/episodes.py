"""What a child's episodes of care say of their reviews in a year, as the statutory return asks.

Source: the published rules 399 and 1012 (PyPI `csc-validator-be-903`), which read the episodes that
are open on any day of the year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from conversations.timescales import Care

SHORT_BREAKS = frozenset({"V3", "V4"})
"""The legal statuses of short breaks."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Its first and last day; `short_breaks`: its legal status is V3 or V4."""

    began: date
    ended: date | None = None
    short_breaks: bool = False

    def holds(self, day: date) -> bool:
        return self.began <= day and (self.ended is None or day <= self.ended)


Stays = Sequence[Episode] | Sequence[Care]
"""Episodes, or the periods of care that they make up where they are not on record."""


def open_in(stays: Stays, begins: date, ends: date) -> tuple[Episode | Care, ...]:
    """Those open on any of these days, both ends included."""
    return tuple(
        one for one in stays if one.began <= ends and (one.ended is None or one.ended >= begins)
    )


def short_breaks_throughout(stays: Stays, begins: date, ends: date) -> bool:
    """Whether all that were open in this time were short breaks, and there was one. Rule 399."""
    mine = open_in(stays, begins, ends)
    return bool(mine) and all(one.short_breaks for one in mine)
