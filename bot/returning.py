"""The statutory return of a year, written as files: what the Department takes, and what the unit
has to mend."""

import contextlib
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from bot.intake import values
from bot.opening import NotMigrated, opened
from bot.reports import ssda903
from bot.reports.year import Year
from bot.service.days import local_day
from bot.service.house import House
from bot.service.statutory_return import files
from bot.service.statutory_return.looking import Tally, judged, known_of, year_from
from bot.service.statutory_return.rules import Header
from storage.migrate import is_current

Step = Callable[[int, int], object]

CSV, XML, PROBLEMS, PAGE = FILES = ("reviews.csv", "reviews.xml", "problems.csv", "report.html")


class CannotReturn(Exception):
    """The text says what to do."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What was written where. `goes_in`, `left_out`, `pathway`: reviews; `by_rule`: findings;
    `not_checked`: what nobody could look at."""

    out: str
    files: tuple[str, ...]
    goes_in: int
    children: int
    left_out: int
    pathway: int
    by_rule: dict[str, int]
    not_checked: tuple[str, ...]


async def export(
    house: House, year: Year, out: Path, now: datetime, *, header: Path | None, done: Step
) -> Returned:
    """Write the return of this year into a folder. `CannotReturn`, `NotMigrated`.

    `header`: the council's Header file of that year, from its case system, to compare with.
    """
    today = local_day(now)
    if year.span.begins > today:
        raise CannotReturn(f"The year {year.called} begins on 1 April {year.number}.")
    births = read_header(header) if header else None
    span, tally = year_from(year.span.begins), Tally(ssda903.MOST_SHOWN)
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        known = await known_of(store, house, births)
        with _together(out) as (rows, xml, problems, page):
            rows.write(files.csv_head())
            xml.write(files.XML_HEAD)
            problems.write(
                "\ufeff" + files.problems_head()
            )  # without the mark Excel reads no UTF-8
            found = judged(store, house, span, today, known, tally, header=births, done=done)
            async for some in found:
                rows.write(files.csv_of(row for child in some for row in child.rows))
                xml.write("".join(files.xml_of(child.rows) for child in some))
                said = (one for child in some for one in child.found)
                problems.write(files.problems_of(said, known.officers))
            xml.write(files.XML_END)
            made = ssda903.Made(house.council.name, year.called, span, known, tally)
            page.write(ssda903.html(made))
    return Returned(
        str(out),
        FILES,
        tally.goes_in,
        tally.children,
        tally.left_out,
        tally.pathway,
        {rule.value: count for rule, count in sorted(tally.by_rule.items())},
        known.missing,
    )


@contextlib.contextmanager
def _together(out: Path) -> Iterator[list[TextIO]]:
    """The files, each under another name until all are whole: nobody reads half of one, and where
    something goes wrong those of before stay."""
    out.mkdir(parents=True, exist_ok=True)
    halves = [out / f".{name}.half" for name in FILES]
    try:
        with contextlib.ExitStack() as stack:
            yield [
                stack.enter_context(half.open("w", encoding="utf-8", newline="")) for half in halves
            ]
        for half, name in zip(halves, FILES, strict=True):
            half.rename(out / name)
    finally:
        for half in halves:
            half.unlink(missing_ok=True)


def read_header(file: Path) -> Header:
    """Birth dates by child id, out of a Header file. `CannotReturn`."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if missing := {"CHILD", "DOB"} - set(rows.fieldnames or ()):
                raise CannotReturn(
                    f"{file} has no column {' and none '.join(sorted(missing))}. The Header file "
                    "begins with CHILD,SEX,DOB. Nothing was written."
                )
            return {row["CHILD"] or "": _day(row["DOB"] or "") for row in rows}
    except UnicodeDecodeError:
        raise CannotReturn(f"{file} is not UTF-8 text. Nothing was written.") from None
    except csv.Error as error:
        raise CannotReturn(f"{file} can’t be read as CSV: {error}. Nothing was written.") from None


def _day(text: str) -> date | None:
    try:
        return values.day(text)
    except values.Unreadable:
        return None
