"""What a unit's manager writes into the report of a year, section by section."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.sealing import Place, seal, unseal
from storage.unit_tables import report_words


@dataclass(frozen=True, slots=True)
class Words:
    """`number`: rises with every change; `by`: the id of a member of staff."""

    year: int
    section: str
    number: int
    at: datetime
    by: str
    words: str


def _place(council: str, year: int, section: str) -> Place:
    return Place(council, "report_words", "words", f"{year}/{section}")


def of_year(db: Connection, council: str, year: int) -> dict[str, Words]:
    """By section; those in which nobody wrote are left out."""
    rows = db.execute(
        select(report_words).where(report_words.c.council == council, report_words.c.year == year)
    )
    return {
        row.section: Words(
            year,
            row.section,
            row.number,
            row.at,
            row.by,
            unseal(db, _place(council, year, row.section), row.words),
        )
        for row in rows
    }


def put(db: Connection, council: str, new: Words) -> bool:
    """Keep it in place of the one numbered before it; False if that is not the newest any more:
    somebody else wrote meanwhile, and nothing was kept."""
    row = {
        "number": new.number,
        "at": new.at,
        "by": new.by,
        "words": seal(db, _place(council, new.year, new.section), new.words),
    }
    here = (
        (report_words.c.council == council)
        & (report_words.c.year == new.year)
        & (report_words.c.section == new.section)
    )
    if new.number > 1:
        older = here & (report_words.c.number == new.number - 1)
        return db.execute(update(report_words).where(older).values(row)).rowcount == 1
    if db.execute(select(report_words.c.number).where(here)).first() is not None:
        return False
    key = {"council": council, "year": new.year, "section": new.section}
    db.execute(insert(report_words), {**key, **row})
    return True
