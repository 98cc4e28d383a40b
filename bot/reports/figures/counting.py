"""All figures of one year."""

from datetime import date

from sqlalchemy import Connection

from bot.reports.figures import (
    asks,
    held,
    officers,
    other_meetings,
    pathway,
    people,
    profile,
    records,
    reviews,
    safety,
    voices,
)  # fmt: skip
from bot.reports.figures.asked import Asked
from bot.reports.tables import Declared, Table
from bot.reports.year import Quarter, Year

SUBJECTS = (profile, reviews, records, voices, asks, safety, officers, other_meetings, pathway)

DECLARED: tuple[Declared, ...] = tuple(one for subject in SUBJECTS for one in subject.DECLARED)
"""Every table that a report may have, in order."""


def count(
    db: Connection, council: str, year: Year, today: date, *, issue_within: int
) -> tuple[Table, ...]:
    """All tables, nothing withheld yet. Whoever shows them calls `suppressed` on each."""
    born = people.birth_dates(db, council)
    in_year = held.look(db, council, year.span, born)
    asked = Asked(db, council, year.span, today, born, in_year, issue_within)
    return tuple(table for subject in SUBJECTS for table in subject.tables(asked))


def count_pathway(db: Connection, council: str, quarter: Quarter, today: date) -> tuple[Table, ...]:
    """Those about care leavers, of one quarter."""
    nobody = held.HeldInYear((), (), ())
    return pathway.tables(Asked(db, council, quarter.span, today, {}, nobody))
