"""The annual report as one declared document: sections, each of tables, and a box for what the
manager writes. Everything that shows it, the page and the paper, shows this."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from bot.reports import charts
from bot.reports.figures import (
    asks,
    by_words,
    characteristics,
    experience,
    households,
    officers,
    other_meetings,
    pathway,
    plans,
    profile,
    records,
    reviews,
    safety,
    voices,
)  # fmt: skip
from bot.reports.tables import Declared, Drawn, Table
from bot.reports.year import Quarter, Year


@dataclass(frozen=True, slots=True)
class Section:
    """`asks`: what the manager's box is for."""

    id: str
    title: str
    tables: tuple[Declared, ...]
    asks: str


SECTIONS = (
    Section(
        "children", "The children", (*profile.DECLARED, *characteristics.DECLARED),
        "Who are the children, and what changed?",
    ),
    Section(
        "reviews", "Reviews in time",
        (reviews.BY_STAGE, reviews.LATE_BY, reviews.LATE_WHY, reviews.STOOD_DOWN,
         reviews.STOOD_DOWN_WHY, reviews.FLAGGED, records.REPORTS, records.ISSUED),
        "Why were reviews late, and what is done about it?",
    ),
    Section(
        "voice", "How children took part",
        (reviews.PARTICIPATION, records.ABSENCE, by_words.ABSENCE, *voices.DECLARED,
         experience.EXPERIENCE,
         records.EXPLAINED),
        "What helped children to take part?",
    ),
    Section(
        "asks", "What they asked for", (asks.BY_THEME, by_words.ASKS, asks.ANSWERED, asks.DAYS),
        "What changed because a child said it?",
    ),
    Section("plans", "Their plans", plans.DECLARED, "What about plans stands out?"),
    Section(
        "pathway", "Care leavers", pathway.DECLARED, "How did pathway reviews go this year?"
    ),
    Section(
        "meetings", "Foster carers, conferences, disruption",
        (*households.DECLARED, *other_meetings.DECLARED),
        "What was learnt at these meetings?",
    ),
    Section("safety", "Keeping children safe", safety.DECLARED, "What did alerts lead to?"),
    Section(
        "officers", "What officers did", officers.DECLARED,
        "What did officers challenge, and what came of it?",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section with what was counted, and what was written."""

    section: Section
    tables: tuple[Table, ...]
    written: str


@dataclass(frozen=True, slots=True)
class Report:
    """`before`: the same tables of the year before, as they may be shown; `until`: the day up to
    which was counted, where its time is not over."""

    council: str
    title: str
    called: str
    chapters: tuple[Chapter, ...]
    before: Mapping[str, Table]
    called_before: str
    exact: bool
    until: date | None


def report_of(
    council: str,
    year: Year,
    tables: Sequence[Table],
    before: Sequence[Table],
    written: Mapping[str, str],
    *,
    until: date,
    exact: bool,
) -> Report:
    """`written`: what stands in the boxes, by section; `until`: the last day that was counted."""
    by_id = {table.id: table for table in tables}
    chapters = tuple(
        Chapter(one, tuple(by_id[table.id] for table in one.tables), written.get(one.id, ""))
        for one in SECTIONS
    )
    title = f"Reviews and children’s views, {year.called}"
    tables_before = {table.id: table for table in before}
    so_far = until if until < year.span.ends else None
    return Report(
        council, title, year.called, chapters, tables_before, year.before.called, exact, so_far
    )


def quarter_of(council: str, quarter: Quarter, tables: Sequence[Table], *, until: date) -> Report:
    """Of care leavers alone: what a unit shows its council every three months."""
    section = next(one for one in SECTIONS if one.id == "pathway")
    title = f"Pathway reviews, {quarter.called}"
    chapter = Chapter(section, tuple(tables), "")
    so_far = until if until < quarter.span.ends else None
    return Report(council, title, quarter.called, (chapter,), {}, "", exact=False, until=so_far)


def _day(day: date) -> str:
    return str(format_date(day, "d MMMM yyyy", locale="en_GB"))


WITHHELD = "withheld"
"""It is under 6, or would give such a number away."""
NO_DATA = "no data"


def shown(table: Table, row: str, column: str) -> str:
    """A cell as people read it."""
    if (row, column) in table.hidden:
        return WITHHELD
    number = table.values.get((row, column), 0)  # a topic that nobody asked under
    return NO_DATA if number is None else f"{number:,}"


Draw = Callable[[Table], str | None]


def view(report: Report, draw: Draw = charts.svg) -> dict[str, object]:
    """All of it as plain words, for a template. `draw`: a table's chart as SVG, if it has one."""
    return {
        "title": report.title,
        "council": report.council,
        "year": report.called,
        "exact": report.exact,
        "so_far": f"So far: until {_day(report.until)}." if report.until else "",
        "sections": [
            {
                "id": chapter.section.id,
                "title": chapter.section.title,
                "written": chapter.written,
                "tables": [_table(report, table, draw) for table in chapter.tables],
            }
            for chapter in report.chapters
        ],
    }


def _table(report: Report, table: Table, draw: Draw) -> dict[str, object]:
    before = report.before.get(table.id)
    compared = (
        before is not None
        and not before.no_data
        and not table.no_data
        and table.declared.drawn is not Drawn.LINE  # its rows are days: they tell of before
    )
    columns = [says for _id, says in table.columns]
    if compared:
        columns.append(f"All, {report.called_before}" if len(columns) > 1
                       else report.called_before)  # fmt: skip
    rows = [] if table.no_data else [
        [label, *(shown(table, row, column) for column, _says in table.columns),
         *([shown(before, row, table.columns[-1][0])] if compared and before else [])]
        for row, label in table.all_rows
    ]  # fmt: skip
    return {
        "id": table.id,
        "title": table.declared.title,
        "says": charts.says(table),
        "before": f"The whole of {report.called_before}: {charts.says(before)}"
        if compared and before
        else "",
        "no_data": table.no_data,
        "definition": table.declared.definition,
        "source": table.declared.source,
        "columns": columns,
        "rows": rows,
        "svg": draw(table) or "",
        "withheld": bool(table.hidden),
    }
