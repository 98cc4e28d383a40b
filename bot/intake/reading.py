"""Reading one CSV file as a stream: however it was written, never whole in memory."""

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.intake.columns import Header, Source, header_of
from bot.intake.values import shown
from bot.service.import_requests import Unread

_AT_ONCE = 1 << 20
_LONGEST = 100_000  # signs of one cell; more is a quote that nobody closed
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
    """UTF-8, with or without its mark, or UTF-16 with one; else what Windows writes."""
    with path.open("rb") as file:
        start = file.read(4)
        if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while part := file.read(_AT_ONCE):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def rows(path: Path, source: Source, note: Note, refuse: Refuse) -> Iterator[Row]:
    """Every row that is one, its cells in the order of the source's columns. What is no row is
    refused, and the rest is read. `WrongFile`."""
    encoding = encoding_of(path)
    if encoding == "cp1252":
        note(f"{path.name} is not UTF-8: it was read as Windows writes it. Look at names once.")
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = _without_nul(file)
        head = next(lines, None)
        if head is None or not head.strip():
            raise WrongFile("It is empty.", "Take the table out again.")
        sign = max(_SIGNS, key=head.count)
        header = header_of(source, next(csv.reader([head], delimiter=sign)))
        if header.missing:
            raise WrongFile(
                f"It has no column {', '.join(header.missing)}.",
                f"Is it {source.name}? Take the table out with its published columns.",
            )
        if ignored := [shown(one) for one in header.ignored if one.strip()]:
            note(f"{path.name}: columns that are not needed: {', '.join(ignored)}.")
        order = [header.at.get(column.id) for column in source.columns]
        for line, cells in _records(path.name, lines, sign, header, refuse):
            yield Row(line, ["" if at is None else cells[at] for at in order])


def _records(
    name: str, lines: Iterator[str], sign: str, header: Header, refuse: Refuse
) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(lines, delimiter=sign, strict=True)
    before = 1
    while True:
        line = before + 1  # where the record begins: quoted cells may hold lines
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            before = 1 + reader.line_num
            cut = "unexpected end of data" in str(error)
            reason = "The file ends in the middle of a cell." if cut else "A quote is not closed."
            refuse(Unread(name, line, "", reason, "Take the table out again."))
            continue
        before = 1 + reader.line_num
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


def _without_nul(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line.replace("\0", "") if "\0" in line else line
