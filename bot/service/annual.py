"""The annual report at the desk: which years there are, one of them to read, and its files."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.reports import plain
from bot.reports.report import SECTIONS, Report, report_of, shown, view
from bot.reports.year import Year, year_of
from bot.service import report_words
from bot.service.admission import Admitted, Asked, require
from bot.service.days import local_day
from bot.service.house import House
from bot.service.report_words import Box
from bot.service.yearly import Counted, Yearly
from storage import audit, reviews
from storage.errors import Unknown

OLDEST = 1990
"""As the command has it."""
PAPER, FIGURES = "report.pdf", "figures.json"
_TABLES = {plain.file_name(table): table.id for one in SECTIONS for table in one.tables}


@dataclass(frozen=True, slots=True)
class Offered:
    """A year that there is a report of. `written`: how many of its boxes have words; `ends`: its
    last day, if that is still to come."""

    year: Year
    written: int
    of: int
    ends: date | None


def years(
    db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime
) -> tuple[Offered, ...]:
    """The newest first: back to the one in which the first review on record was held."""
    require(db, house, staff, asked)
    today = local_day(now)
    newest = year_of(today)
    first = reviews.first_held(db, house.id)
    oldest = year_of(first) if first is not None else newest
    found = []
    for number in range(
        newest.number, min(oldest, newest, key=lambda one: one.number).number - 1, -1
    ):
        year = Year(number)
        written = report_words.written(db, house, year)
        ends = year.span.ends if year.span.ends > today else None
        found.append(Offered(year, len(written), len(SECTIONS), ends))
    return tuple(found)


def named(number: str, today: date) -> Year:
    """The year of an address; `Unknown` where it can have no report."""
    if not (number.isascii() and number.isdecimal() and len(number) == len("2025")):
        raise Unknown("a year")
    year = Year(int(number))
    if year.number < OLDEST or year.span.begins > today:
        raise Unknown("a year that has begun")
    return year


def boxes(
    db: Connection, house: House, staff: Admitted, asked: Asked, year: Year
) -> dict[str, Box]:
    """What was written into each section, and last year. Reads only."""
    require(db, house, staff, asked)
    return report_words.boxes(db, house, year)


async def seen(
    yearly: Yearly, year: Year, now: datetime, written: dict[str, str]
) -> dict[str, Any]:
    """All of a year's report as plain words, with its charts."""
    counted = await yearly.counted(year, local_day(now))
    return await _view(yearly, counted, written)


async def _view(yearly: Yearly, counted: Counted, written: dict[str, str]) -> dict[str, Any]:
    charts = await yearly.charts(counted.tables)
    report = _report(yearly.house, counted, written)
    return {**view(report, lambda table: charts.get(table.id)), "until": counted.until}


def _report(house: House, counted: Counted, written: dict[str, str]) -> Report:
    return report_of(
        house.council.name,
        counted.year,
        counted.tables,
        counted.before,
        written,
        until=counted.until,
        exact=False,
    )


def is_section(name: str) -> bool:
    """Whether a report has a section of this id."""
    return name in {one.id for one in SECTIONS}


def is_file(name: str) -> bool:
    """Whether a report has a file of this name."""
    return name in (PAPER, FIGURES) or name in _TABLES


def taken(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    year: Year,
    name: str,
    now: datetime,
) -> dict[str, str]:
    """Put it on record that a file leaves; what is written into that year's report."""
    require(db, house, staff, asked)
    audit.add(
        db, house.id, now, actor=staff.actor, act="report_taken",
        subject=f"report:{year.number}", detail=name,
    )  # fmt: skip
    return report_words.written(db, house, year)


async def paper_of(
    yearly: Yearly, year: Year, now: datetime, written: dict[str, str]
) -> dict[str, Any]:
    """The document of its PDF (`bot.documents.papers`)."""
    found = await seen(yearly, year, now, written)
    del found["until"]
    return {"paper": "annual_report", "at": now.isoformat(), "view": found}


async def data_of(yearly: Yearly, year: Year, now: datetime, name: str) -> bytes:
    """`figures.json`, or the CSV of one table."""
    counted = await yearly.counted(year, local_day(now))
    if name == FIGURES:
        figures = plain.figures(counted.tables, year, counted.until, exact=False)
        return json.dumps(figures, indent=2, ensure_ascii=False).encode() + b"\n"
    table = next(one for one in counted.tables if one.id == _TABLES[name])
    cells = {place: shown(table, *place) for place in table.places()}
    return plain.as_csv(table, cells).encode("utf-8-sig")
