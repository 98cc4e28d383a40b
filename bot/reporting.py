"""The annual report: counted, made safe to publish, and written as page, paper and data."""

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.documents.report import report_pdf
from bot.opening import NotMigrated, opened
from bot.reports import page, plain
from bot.reports.figures import counting
from bot.reports.report import SECTIONS, Report, quarter_of, report_of, shown, view
from bot.reports.suppression import published
from bot.reports.tables import Table
from bot.reports.year import Quarter, Year
from bot.service import report_words, yearly
from bot.service.days import local_day
from bot.service.house import House
from storage.migrate import is_current

WORDS = "words.toml"
"""Beside the report, by section: each box in it that is not empty goes before what the manager
wrote at the desk, for this report alone."""
_TAKES = 4  # counted, drawn, printed, written

Step = Callable[[int, int], object]


class CannotReport(Exception):
    """The text says what to do."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written where. `withheld`: cells; `no_data`: tables."""

    out: str
    files: tuple[str, ...]
    withheld: int
    no_data: int


async def annual(
    house: House,
    year: Year,
    out: Path,
    now: datetime,
    *,
    words: Path | None,
    exact: bool,
    done: Step,
) -> Written:
    """Write the report of this year into a folder. `CannotReport`, `NotMigrated`."""
    today = local_day(now)
    if year.span.begins > today:
        raise CannotReport(f"The year {year.called} begins on 1 April {year.number}.")
    said = _words(words or out / WORDS)
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        counted, before = await store.read(
            lambda db: yearly.count(db, house, (year, year.before), today, exact=exact)
        )
        at_the_desk = await store.read(lambda db: report_words.written(db, house, year))
    done(1, _TAKES)
    words_of_it = {**at_the_desk, **{section: text for section, text in said.items() if text}}
    until = min(year.span.ends, today)
    report = report_of(
        house.council.name, year, counted, before, words_of_it, until=until, exact=exact
    )
    figures = plain.figures(counted, year, until, exact=exact)
    written = _put_out(out, report, counted, figures, now, done)
    if not (out / WORDS).exists():
        (out / WORDS).write_text(_boxes(said))
    return written


async def quarterly_pathway(
    house: House, quarter: Quarter, out: Path, now: datetime, done: Step
) -> Written:
    """Write how pathway reviews went in a quarter. `CannotReport`, `NotMigrated`."""
    today = local_day(now)
    if quarter.span.begins > today:
        raise CannotReport(f"{quarter.called} has not begun.")
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        counted = await store.read(lambda db: counting.count_pathway(db, house.id, quarter, today))
    counted = published(counted, counting.SAME)
    done(1, _TAKES)
    until = min(quarter.span.ends, today)
    report = quarter_of(house.council.name, quarter, counted, until=until)
    figures = plain.of_quarter(counted, quarter, until)
    return _put_out(out, report, counted, figures, now, done)


def _put_out(
    out: Path,
    report: Report,
    counted: Sequence[Table],
    figures: Mapping[str, object],
    now: datetime,
    done: Step,
) -> Written:
    seen = view(report)
    done(1, _TAKES)
    files = {
        "index.html": page.html(seen).encode(),
        "figures.json": json.dumps(figures, indent=2, ensure_ascii=False).encode() + b"\n",
    }
    for table in counted:
        cells = {place: shown(table, *place) for place in table.places()}
        files[plain.file_name(table.declared)] = plain.as_csv(table, cells).encode("utf-8-sig")
    files["report.pdf"] = report_pdf(seen, now)
    done(1, _TAKES)
    _write(out, files)
    done(1, _TAKES)
    return Written(
        str(out),
        tuple(sorted(files)),
        sum(len(table.hidden) for table in counted),
        sum(bool(table.no_data) for table in counted),
    )


def _words(file: Path) -> Mapping[str, str]:
    try:
        read = tomllib.loads(file.read_text())
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotReport(f"{file} can’t be read: {error}. Nothing was written.") from None
    known = {section.id for section in SECTIONS}
    if unknown := sorted(set(read) - known):
        raise CannotReport(
            f"{file} has words for {', '.join(unknown)}, which is no section. "
            f"There are {', '.join(sorted(known))}. Nothing was written."
        )
    if wrong := sorted(name for name, text in read.items() if not isinstance(text, str)):
        raise CannotReport(f"{file}: put the words for {', '.join(wrong)} in quotes.")
    return {name: text.strip() for name, text in read.items()}


def _write(out: Path, files: Mapping[str, bytes]) -> None:
    """Each under another name first, so that nobody reads half a file."""
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        half = out / f".{name}.half"
        half.write_bytes(content)
        half.rename(out / name)


def _boxes(said: Mapping[str, str]) -> str:
    """The boxes to fill in, with what the file of before said."""
    boxes = []
    for section in SECTIONS:
        words = json.dumps(said.get(section.id, ""), ensure_ascii=False)  # a TOML string too
        boxes.append(f"# {section.title}: {section.asks}\n{section.id} = {words}\n")
    return (
        "# What stands in the report besides figures. No name, and no child’s words.\n"
        "# An empty box takes what was written at the desk.\n\n" + "\n".join(boxes)
    )
