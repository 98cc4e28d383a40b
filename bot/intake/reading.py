"""Reading one CSV file as a stream: however it was written, never whole in memory."""

import codecs
import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from bot.intake.columns import Header, Source, header_of
from bot.intake.values import shown
from bot.service.import_requests import Unread

_AT_ONCE = 1 << 20
_LONGEST = 100_000  # signs of one cell; more is a quote that nobody closed
_LONGEST_LINE = 1_000_000  # signs; whatever is longer is no row, and is not held in memory
_TOO_LONG = "x" * (_LONGEST + 1)
_MOST_NAMED = 40
_SIGNS = ",;\t|"

Note = Callable[[str], object]
Refuse = Callable[[Unread], object]


@dataclass(frozen=True, slots=True)
class Row:
    """`line`: of the file, the head is line 1. `cells`: by a column's id, empty where the file has
    no such column."""

    line: int
    cells: Sequence[str]


class WrongFile(Exception):
    """Nothing of it can be read. The text says why; `mend`: what to do about it."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.reason, self.mend = reason, mend


def encoding_of(path: Path) -> str:
    """UTF-8 or UTF-16, each with its mark or without; else what Windows writes. `workbook`:
    it is no text at all."""
    with path.open("rb") as file:
        start = file.read(4)
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        if start == b"PK\x03\x04":
            return "workbook"
        if start[1:2] == b"\0" or start[:1] == b"\0":
            return "utf-16-le" if start[:1] != b"\0" else "utf-16-be"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while part := file.read(_AT_ONCE):
                decoder.decode(part)  # of a file that was cut the last letter may be half
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def rows(path: Path, source: Source, note: Note, refuse: Refuse) -> Iterator[Row]:
    """Every row that is one, its cells in the order of the source's columns. What is no row is
    refused, and the rest is read. `WrongFile`."""
    encoding = encoding_of(path)
    if encoding == "workbook":
        raise WrongFile("It is an Excel workbook, not a CSV.", "Open it, and save it as CSV UTF-8.")
    if encoding == "cp1252":
        note(f"{path.name} is not UTF-8: it was read as Windows writes it. Look at names once.")
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = _Lines(file)
        head = next(lines, "")
        sign = ""
        if told := re.fullmatch(r"sep=(.)\s*", head, re.IGNORECASE):  # as Excel wants to be told
            sign, head = told[1], next(lines, "")
        elif head.startswith("#TYPE "):  # which PowerShell writes before its table
            head = next(lines, "")
        if not head.strip():
            raise WrongFile("It is empty.", "Take the table out again.")
        sign = sign or max(_SIGNS, key=head.count)
        header = header_of(source, _head(head, sign))
        if header.missing:
            raise WrongFile(
                f"It has no column {', '.join(header.missing)}.",
                f"Is it {source.name}? Take the table out with its published columns, named in its "
                "first line.",
            )
        if ignored := [shown(one) for one in header.ignored if one.strip()]:
            named = ", ".join(ignored[:_MOST_NAMED])
            more = f" and {len(ignored) - _MOST_NAMED:,} more" if ignored[_MOST_NAMED:] else ""
            note(f"{path.name}: columns that are not needed: {named}{more}.")
        order = [header.at.get(column.id) for column in source.columns]
        for line, cells in _records(path.name, lines, sign, header, refuse):
            yield Row(line, ["" if at is None else cells[at] for at in order])
    if not lines.last.endswith(("\n", "\r")):
        note(
            f"{path.name} ends without a line break. If it was cut off, its last line, "
            f"{lines.number}, may not be whole: look at it once."
        )


def _head(line: str, sign: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=sign))
    except csv.Error:  # of a file that is no table
        return []


@dataclass(slots=True)
class _Lines:
    """A file's lines, without what no text holds. `last`: the last one given, and its `number`;
    `taken`: those given since somebody emptied it, which can be put back."""

    file: TextIO
    number: int = 0
    last: str = ""
    taken: list[str] = field(default_factory=list)
    _back: deque[str] = field(default_factory=deque)

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.last = line
        self.taken.append(line)
        return line

    def _read(self) -> str:
        line = end = self.file.readline(_LONGEST_LINE)
        if len(line) < _LONGEST_LINE:
            return line.replace("\0", "")
        while end and not end.endswith(("\n", "\r")):
            end = self.file.readline(_LONGEST_LINE)
        return _TOO_LONG + ("\n" if end else "")

    def put_back(self, lines: Sequence[str]) -> None:
        self.number -= len(lines)
        self._back.extendleft(reversed(lines))


def _records(
    name: str, lines: _Lines, sign: str, header: Header, refuse: Refuse
) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(lines, delimiter=sign, strict=True)
    while True:
        line = lines.number + 1  # where the record begins: quoted cells may hold lines
        lines.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            refuse(Unread(name, line, "", *_why(str(error))))
            lines.put_back(lines.taken[1:])  # what a stray quote swallowed may be whole rows
            reader = csv.reader(lines, delimiter=sign, strict=True)
            continue
        if len(cells) == header.width:
            yield line, cells
        elif any(cell.strip() for cell in cells):
            many = "fewer" if len(cells) < header.width else "more"
            refuse(
                Unread(
                    name, line, "",
                    f"It has {many} cells than the head: {len(cells)}, not {header.width}.",
                    "Look whether a comma stands without quotes, or the file was cut off.",
                )
            )  # fmt: skip


def _why(error: str) -> tuple[str, str]:
    """What the reader's error means, and how to mend it."""
    if "unexpected end of data" in error:
        return "The file ends in the middle of a cell.", _CUT_OR_QUOTE
    if "field limit" in error:
        return f"A cell has more than {_LONGEST:,} signs.", _CUT_OR_QUOTE
    return (
        "A quote stands in the middle of a cell.",
        "Take the table out with such a quote written twice, or take it out of the text.",
    )


_CUT_OR_QUOTE = "Look whether a quote is not closed in this line, or the file was cut off."
