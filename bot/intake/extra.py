"""The council's own files of what no case system's data set holds: documented in `docs/import.md`.

Each has its name and its columns from us; they are read as the data set's tables are.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.intake import values
from bot.intake.columns import Column, Source
from bot.intake.reading import Note, Refuse, Row, rows
from bot.intake.values import Unreadable
from bot.service.import_requests import Unread

_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class File:
    """One of them. `key`: the column that tells its rows apart; `read`: how each is read, by
    column; `later`: days that may lie ahead; `orders`: which day must not be before which."""

    source: Source
    key: str
    read: Mapping[str, Callable[[str], Any]]
    later: frozenset[str] = frozenset()
    orders: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.source.name}.csv"


@dataclass(frozen=True, slots=True)
class Record:
    """A row that can be read: its values by column."""

    line: int
    key: str | int
    values: Mapping[str, Any]


def _id(value: str) -> str:
    found = values.text(value)
    if not found:
        raise Unreadable("There is no id.", "Every row needs one.")
    return _short(found)


def _perhaps_id(value: str) -> str | None:
    return _short(values.text(value)) or None


def _short(value: str) -> str:
    if len(value) > _LONGEST_ID or not value.isprintable():
        raise Unreadable(f"“{values.shown(value)}” is no id.", "An id has up to 64 signs.")
    return value


def _one_of(words: Mapping[str, str]) -> Callable[[str], str]:
    """A value by any of the words for it. `Unreadable`."""
    such = " or ".join(dict.fromkeys(words.values()))

    def read(value: str) -> str:
        found = words.get(values.text(value).casefold().replace("_", " "))
        if found is None:
            raise Unreadable(f"“{values.shown(value)}” is not known here.", f"Write {such}.")
        return found

    return read


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        plain = values.text(value).replace(",", "").replace(" ", "")
        if not plain.isascii() or not plain.isdigit() or not least <= int(plain[:9]) <= most:
            raise Unreadable(
                f"“{values.shown(value)}” can’t be right.",
                f"Write a whole number from {least} to {most}.",
            )
        return int(plain)

    return read


def _needed_day(value: str) -> date:
    found = values.day(value)
    if found is None:
        raise Unreadable("There is no date.", "Put in the day.")
    return found


def _source(name: str, needed: str, *others: str) -> Source:
    return Source(name, (
        *(Column(one, (one,), needed=True) for one in needed.split()),
        *(Column(one, (one,)) for one in others),
    ))  # fmt: skip


_CONNECTED = ("connected", "connected person", "connected persons", "kinship", "family and friends")
HOUSEHOLDS = File(
    _source("fostering_households", "household_id kind", "approved_on", "ended_on", "reviewed_on"),
    "household_id",
    {
        "household_id": _id,
        "kind": _one_of({"mainstream": "mainstream", **dict.fromkeys(_CONNECTED, "connected")}),
        "approved_on": values.day,
        "ended_on": values.day,
        "reviewed_on": values.day,
    },
    later=frozenset({"ended_on"}),
    orders=(("approved_on", "ended_on"), ("approved_on", "reviewed_on")),
)
PLANS = File(
    _source("education_plans", "person_id in_place_on", "due_on"),
    "person_id",
    {"person_id": _id, "in_place_on": values.day, "due_on": values.day},
    later=frozenset({"due_on"}),
)
TOOLS = File(
    _source("quality_tools", "tool_id state made_on", "review_id"),
    "tool_id",
    {
        "tool_id": _id,
        "state": _one_of({"completed": "completed", "complete": "completed", "draft": "draft"}),
        "made_on": _needed_day,
        "review_id": _perhaps_id,
    },
)
POPULATION = File(
    _source("population", "year under_18"),
    "year",
    {"year": _number(2000, 2100), "under_18": _number(1, 10_000_000)},
)
FILES = (HOUSEHOLDS, PLANS, TOOLS, POPULATION)


def records(
    path: Path, file: File, taken_on: date, note: Note, refuse: Refuse
) -> Generator[Record, None, None]:
    """Every row that can be read and is not a second one of the same id. `WrongFile`."""
    lines: dict[str | int, int] = {}
    for row in rows(path, file.source, note, refuse):
        found = _record(path.name, file, row, taken_on, refuse)
        if found is None:
            continue
        before = lines.setdefault(found.key, found.line)
        if before != found.line:
            refuse(
                Unread(
                    path.name, found.line, file.key,
                    f"{values.shown(str(found.key))} stands in line {before} too.",
                    "Leave one of them; the first was taken.",
                )
            )  # fmt: skip
        else:
            yield found


def _record(name: str, file: File, row: Row, taken_on: date, refuse: Refuse) -> Record | None:
    found: dict[str, Any] = {}
    for column, cell in zip(file.source.columns, row.cells, strict=True):
        try:
            found[column.id] = _value(file, column, cell, taken_on)
        except Unreadable as error:
            refuse(Unread(name, row.line, column.names[0], error.reason, error.mend))
            return None
    for first, second in file.orders:
        if found[first] and found[second] and found[second] < found[first]:
            refuse(Unread(name, row.line, second, f"It is before {first}.", "Look at both days."))
            return None
    return Record(row.line, found[file.key], found)


def _value(file: File, column: Column, cell: str, taken_on: date) -> Any:
    value = file.read[column.id](cell)
    if isinstance(value, date) and value > taken_on and column.id not in file.later:
        raise Unreadable(f"“{values.shown(cell)}” lies ahead.", "Put in the day on which it was.")
    return value
