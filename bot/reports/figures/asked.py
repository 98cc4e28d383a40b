"""What every figure is counted from: the database, whose, of which year; and what several subjects
count from, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from bot.reports.figures.held import HeldInYear
from bot.reports.figures.leavers import Leaver
from bot.reports.figures.on_record import Record
from bot.reports.figures.people import Births
from bot.reports.year import Span
from conversations.timescales import Care
from storage.particulars import Particulars


@dataclass(frozen=True, slots=True)
class Asked:
    """`births`: birth dates, opened as they are asked for; `held`: the year's reviews of children
    in care; `in_care`: the children in care when the year's last day is over; `records`: what is on
    record of the year's meetings; `leavers`: what is known of pathway reviews; `issue_within`:
    working days in which recommendations are to be issued; `themes`: the council's lists of
    words."""

    db: Connection
    council: str
    year: Span
    today: date
    births: Births
    leavers: Mapping[str, Leaver]
    cares: Mapping[str, Sequence[Care]] = field(default_factory=dict)
    in_care: frozenset[str] = frozenset()
    particulars: Mapping[str, Particulars] = field(default_factory=dict)
    held: HeldInYear = field(default_factory=HeldInYear)
    records: Sequence[Record] = ()
    issue_within: int = 20
    themes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def until(self) -> date:
        """The year's last day, or today while it goes on."""
        return min(self.year.ends, self.today)

    def last_on_record(self, kind: str) -> dict[str, Mapping[str, str]]:
        """By person, what is on record of the last of their meetings of this kind in the year."""
        return {one.person_id: one.facts for one in self.records if one.kind == kind}
