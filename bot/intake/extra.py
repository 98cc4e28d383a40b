"""The council's own files, of what no case system's data set holds: `docs/import.md`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bot.intake import values
from bot.intake.columns import Column, Source
from bot.intake.reading import WrongFile, rows
from bot.intake.scratch import Read
from bot.intake.values import Unreadable
from bot.service.import_requests import Unread


def _source(name: str, *columns: str) -> Source:
    """A column with a star may be left out."""
    return Source(
        name,
        tuple(
            Column(one.rstrip("*"), (one.rstrip("*"),), needed=not one.endswith("*"))
            for one in columns
        ),
    )


HOUSEHOLDS = _source(
    "fostering_households", "household_id", "kind", "approved_on*", "ended_on*", "reviewed_on*"
)
EDUCATION = _source("education_plans", "person_id", "due_on", "in_place_on")
TOOLS = _source("quality_tools", "tool_id", "state", "made_on", "review_id*")
POPULATION = _source("population", "year", "under_18")
SOURCES = (HOUSEHOLDS, EDUCATION, TOOLS, POPULATION)


def _id(value: str) -> str:
    found = values.text(value)
    if not found or len(found) > 64 or not found.isprintable():
        raise Unreadable("There is no id of up to 64 signs.", "Every row needs one.")
    return found


def _one_of(*known: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        found = values.text(value).casefold()
        if found not in known:
            said = " or ".join(known)
            raise Unreadable(f"“{values.shown(value)}” is not known.", f"Write {said}.")
        return found

    return read


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        found = values.text(value).replace(",", "")
        if not (found.isascii() and found.isdecimal() and least <= int(found) <= most):
            raise Unreadable(
                f"“{values.shown(value)}” is no number from {least:,} to {most:,}.",
                "Write it in figures.",
            )
        return int(found)

    return read


def _day(value: str) -> date:
    found = values.day(value)
    if found is None:
        raise Unreadable("There is no date.", "Write it as 2025-04-30 or as 30/04/2025.")
    return found


_CONVERT: Mapping[str, Mapping[str, Callable[[str], Any]]] = {
    HOUSEHOLDS.name: {
        "household_id": _id, "kind": _one_of("mainstream", "connected"),
        "approved_on": values.day, "ended_on": values.day, "reviewed_on": values.day,
    },
    EDUCATION.name: {"person_id": _id, "due_on": values.day, "in_place_on": values.day},
    TOOLS.name: {
        "tool_id": _id, "state": _one_of("completed", "draft"), "made_on": _day,
        "review_id": values.text,
    },
    POPULATION.name: {"year": _number(1990, 2100), "under_18": _number(1, 10_000_000)},
}  # fmt: skip


@dataclass(slots=True)
class Extra:
    """What the files hold, by file and by the id of each row; the line it stands in."""

    rows: dict[str, dict[Any, dict[str, Any]]] = field(default_factory=dict)
    lines: dict[str, dict[Any, int]] = field(default_factory=dict)


def read_folder(folder: Path, read: Read) -> Extra:
    """Every file that is there. What can't be read is in `read`."""
    found = Extra()
    names = {one.name: one for one in SOURCES}
    for path in sorted(folder.iterdir()):
        source = names.get(path.stem.casefold())
        if not path.is_file() or path.name.startswith("."):
            continue
        if source is None or path.suffix.casefold() != ".csv":
            read.note(f"{path.name} is none of the files that are read.")
            continue
        _read(path, source, found, read)
    if not found.rows and not read.all_refused:
        called = ", ".join(f"{one.name}.csv" for one in SOURCES)
        read.failed = f"There is none of {called} in the folder."
    return found


def _read(path: Path, source: Source, found: Extra, read: Read) -> None:
    convert = _CONVERT[source.name]
    mine: dict[Any, dict[str, Any]] = {}
    lines: dict[Any, int] = {}
    try:
        for row in rows(path, source, read.note, read.refuse):
            plain: dict[str, Any] = {}
            for column, cell in zip(source.columns, row.cells, strict=True):
                try:
                    plain[column.id] = convert[column.id](cell)
                except Unreadable as error:
                    read.refuse(Unread(path.name, row.line, column.id, error.reason, error.mend))
                    break
            else:
                key = plain[source.columns[0].id]
                if key in mine and mine[key] != plain:
                    reason = f"{values.shown(str(key))} stands in line {lines[key]} too, otherwise."
                    mend = "Leave one of them; the first was taken."
                    read.refuse(Unread(path.name, row.line, source.columns[0].id, reason, mend))
                    continue
                mine.setdefault(key, plain)
                lines.setdefault(key, row.line)
    except WrongFile as error:
        read.refuse(Unread(path.name, 1, "", error.reason, error.mend))
        return
    found.rows[source.name], found.lines[source.name] = mine, lines
