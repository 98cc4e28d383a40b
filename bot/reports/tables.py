"""What a report counts: each table is declared with its definition and its source, and counted into
rows and columns of whole numbers. A cell without data is None, which is not 0."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Name = tuple[str, str]
"""An id, which scripts read, and what it says."""
Place = tuple[str, str]
"""A row and a column, by their ids."""
Values = Mapping[Place, int | None]

NOT_KNOWN: Name = ("not_known", "Not on record")
"""The row of those of whom a source says nothing."""
TOTAL = "total"
"""The row, or the column, that the others add up to."""
COUNT: Name = ("count", "Number")


class Counts(StrEnum):
    """What a table's numbers are numbers of."""

    PEOPLE = "people"
    """People, or what is about one of them: a small number might point at somebody."""
    WORK = "work"
    """The unit's own work, which says nothing of anybody: shown as it is."""
    MEASURE = "measure"
    """Days, minutes, per cents, each of at least so many people that it points at nobody."""


class Drawn(StrEnum):
    """How a table is drawn, if it is."""

    BARS = "bars"
    STACKED = "stacked"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Declared:
    """A table before anything is counted. `adds_up`: its rows are apart from each other and add up
    to the row `total`; `across`: its columns to the column `total`. `together`: if one of its cells
    is withheld, all are, since another table ties them to each other; `by_quarter`: each quarter’s
    numbers are published too, before their year’s. `rows` are empty where they
    come from what is counted (topics of asks). `apart`: rows of those whom the table is not about;
    `sentence`: what it shows, where that is more than its largest row; empty: it can’t be said."""

    id: str
    title: str
    definition: str
    source: str
    rows: tuple[Name, ...] = ()
    columns: tuple[Name, ...] = (COUNT,)
    counts: Counts = Counts.PEOPLE
    adds_up: bool = False
    across: bool = False
    together: bool = False
    by_quarter: bool = False
    drawn: Drawn | None = None
    apart: frozenset[str] = frozenset({NOT_KNOWN[0]})
    sentence: "Callable[[Table], str] | None" = None


@dataclass(frozen=True, slots=True)
class Sum:
    """`whole` is what `parts` add up to."""

    whole: Place
    parts: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was counted. `hidden`: cells that are withheld, whose numbers nothing shows;
    `no_data`: why there is nothing to count; `quarters`: of a year’s table, where those are
    published too."""

    declared: Declared
    rows: tuple[Name, ...]
    values: Values
    no_data: str = ""
    hidden: frozenset[Place] = field(default_factory=frozenset)
    quarters: "tuple[Table, ...]" = ()

    @property
    def id(self) -> str:
        return self.declared.id

    @property
    def columns(self) -> tuple[Name, ...]:
        total = ((TOTAL, "All"),) if self.declared.across else ()
        return (*self.declared.columns, *total)

    @property
    def all_rows(self) -> tuple[Name, ...]:
        """With the one they add up to."""
        return (*self.rows, (TOTAL, "All")) if self.declared.adds_up else self.rows

    def at(self, row: str, column: str = "count") -> int | None:
        """What may be shown. None: withheld, or there is no data."""
        return None if (row, column) in self.hidden else self.values.get((row, column))

    def places(self) -> Iterator[Place]:
        for row, _label in self.all_rows:
            for column, _says in self.columns:
                yield row, column

    def sums(self) -> tuple[Sum, ...]:
        """All that anybody can work out from the table itself."""
        found: list[Sum] = []
        if self.declared.across:  # the rows' totals first: their own total is made of them
            found += [self._across(row) for row, _label in self.rows]
        if self.declared.adds_up:
            found += [
                Sum((TOTAL, column), tuple((row, column) for row, _says in self.rows))
                for column, _label in self.columns
            ]
            if self.declared.across:
                found.append(self._across(TOTAL))
        return tuple(found)

    def _across(self, row: str) -> Sum:
        return Sum((row, TOTAL), tuple((row, column) for column, _says in self.declared.columns))


def counted(declared: Declared, values: Mapping[Place, int], rows: tuple[Name, ...] = ()) -> Table:
    """The table with what is counted, its totals made. A cell that `values` leaves out is 0."""
    rows = rows or declared.rows
    cells: dict[Place, int | None] = {
        (row, column): values.get((row, column), 0)
        for row, _label in rows
        for column, _says in declared.columns
    }
    table = Table(declared, rows, cells)
    for whole in table.sums():
        parts = [cells[part] for part in whole.parts]
        cells[whole.whole] = sum(part or 0 for part in parts)
    return table


def of_one(declared: Declared, count: Callable[[str], int]) -> Table:
    """The same for one column, by row."""
    column = declared.columns[0][0]
    return counted(declared, {(row, column): count(row) for row, _label in declared.rows})


def without_data(declared: Declared, why: str) -> Table:
    """Nothing is known: said as such, and never as 0."""
    rows = declared.rows
    empty: dict[Place, int | None] = {}
    table = Table(declared, rows, empty, no_data=why)
    empty.update(dict.fromkeys(table.places()))
    return table
