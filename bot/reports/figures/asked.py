"""What every figure is counted from: the database, whose, of which year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from bot.reports.figures.held import HeldInYear
from bot.reports.year import Span


@dataclass(frozen=True, slots=True)
class Asked:
    """`born`: birth dates by young person; `held`: the year's reviews of children in care;
    `issue_within`: working days in which recommendations are to be issued."""

    db: Connection
    council: str
    year: Span
    today: date
    born: Mapping[str, date]
    held: HeldInYear
    issue_within: int = 20

    @property
    def until(self) -> date:
        """The year's last day, or today while it goes on."""
        return min(self.year.ends, self.today)
