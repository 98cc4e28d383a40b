"""Which cells of a table are withheld, so that nobody can be found behind a small number.

Pure. `domain.md` section 9: counts under 6 are suppressed in anything published. A cell that is
withheld alone could be worked out from its total: others are withheld with it, until what follows
from all sums together leaves each small one as wide as *under 6* says, from 0 to 5. Which of the
withheld ones are small is not said.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from bot.reports import by_quarter
from bot.reports.tables import TOTAL, Counts, Place, Sum, Table

THRESHOLD = 6
"""Counts under this are withheld, 0 too: that nobody did something tells of everybody."""

Bounds = dict[Place, tuple[int, int]]
Cell = tuple[str, str, str]
"""A table, its row and its column, by their ids."""


def published(tables: Sequence[Table], same: Sequence[Collection[Cell]]) -> tuple[Table, ...]:
    """All tables of one report as they may be shown. `same`: cells that hold one and the same
    number, by what they count: where one of them is withheld, the others are, too."""
    forced: dict[str, frozenset[Place]] = {}
    while True:
        shown = tuple(suppressed(table, also=forced.get(table.id, frozenset())) for table in tables)
        more = _forced(shown, same)
        if more == forced:
            return shown
        forced = more


def _forced(
    tables: Sequence[Table], same: Sequence[Collection[Cell]]
) -> dict[str, frozenset[Place]]:
    by_id = {table.id: table for table in tables if _withholds(table)}
    forced: dict[str, set[Place]] = {}
    for cells in same:
        here = [(by_id[name], (row, column)) for name, row, column in cells if name in by_id]
        if any(place in table.hidden for table, place in here):
            for table, place in here:
                forced.setdefault(table.id, set()).add(place)
    return {name: frozenset(places) for name, places in forced.items()}


def _withholds(table: Table) -> bool:
    """Of the unit's own work everything is shown."""
    return table.declared.counts is Counts.PEOPLE and not table.no_data


def suppressed(
    table: Table, threshold: int = THRESHOLD, also: frozenset[Place] = frozenset()
) -> Table:
    """One table by itself, with what is withheld; `also`: cells that another table withholds."""
    if not _withholds(table):
        return table
    known = {place: value for place, value in table.values.items() if value is not None}
    if table.declared.adds_up and table.declared.across:
        hidden = _of_two_ways(known, table, threshold, also)
    else:
        hidden = withheld(known, table.sums(), threshold, also)
    if table.declared.by_quarter:
        hidden |= _of_quarters(table, hidden, threshold)
    if hidden and table.declared.together:
        hidden = set(known)
    return replace(table, hidden=frozenset(hidden))


def _of_quarters(table: Table, hidden: set[Place], least: int) -> set[Place]:
    """What a quarter, or its year, withholds for the sake of each other."""
    column = table.declared.columns[0][0]
    rows = [row for row, _label in table.rows]
    if not table.quarters:
        return {(row, column) for row in rows} if hidden else set()
    quarters = [
        {row: one.values[row, column] or 0 for row in rows}
        for one in table.quarters
        if not one.no_data
    ]
    if any(sum(one.values()) < least for one in quarters):  # not even how many is told of that one
        return {(row, column) for row in (*rows, TOTAL)}
    mine = [row for row in rows if (row, column) in hidden]
    return {(row, column) for row in by_quarter.withheld(quarters, mine, least)}


def _of_two_ways(
    values: Mapping[Place, int], table: Table, threshold: int, also: frozenset[Place]
) -> set[Place]:
    """Where rows and columns both add up, sums of sums give away more than each alone. So a row
    with a small cell is withheld from end to end, all but its total, and rows with it until the
    totals of both ways leave each small cell from 0 to 5 (Fréchet's bounds, which are exact for a
    table of which only the margins are known)."""
    rows = [row for row, _label in table.rows]
    columns = [column for column, _label in table.declared.columns]
    totals = (Sum((TOTAL, TOTAL), tuple((row, TOTAL) for row in rows)),
              Sum((TOTAL, TOTAL), tuple((TOTAL, column) for column in columns)))  # fmt: skip
    margins = {place: values[place] for one in totals for place in (one.whole, *one.parts)}
    hidden = withheld(margins, totals, threshold, also & set(margins))
    small = {(row, column) for row in rows for column in columns if values[row, column] < threshold}
    without = {row for row in rows if (row, TOTAL) in hidden} | {row for row, _column in small}
    if any((TOTAL, column) in hidden for column in columns):
        without = set(rows)
    while any(_told(values, place, without, columns, threshold) for place in small):
        left = [row for row in rows if row not in without]
        if not left:  # the columns' totals are what gives it away
            hidden |= {(TOTAL, column) for column in columns}
            break
        without.add(min(left, key=lambda row: (values[row, TOTAL], row)))
    return hidden | {(row, column) for row in without for column in columns}


def _told(
    values: Mapping[Place, int], place: Place, without: set[str], columns: list[str], least: int
) -> bool:
    """Whether the margins of the withheld rows say more of a cell than that it is small."""
    row, column = place
    here = sum(values[one, column] for one in without)
    all_of_them = sum(values[one, other] for one in without for other in columns)
    mine = values[row, TOTAL]
    if mine < least:  # its row's total is withheld too: only the column's is known
        return here < least - 1
    return mine + here > all_of_them or min(mine, here) < least - 1


def withheld(
    values: Mapping[Place, int],
    sums: Sequence[Sum],
    threshold: int = THRESHOLD,
    also: frozenset[Place] = frozenset(),
) -> set[Place]:
    """Small cells, those that are withheld elsewhere (`also`), and as many others as keep both from
    being worked out."""
    widths = {place: (0, threshold - 1) for place, value in values.items() if value < threshold}
    for place in also - set(widths):  # it stands before a small one elsewhere: so wide, too
        widths[place] = max(0, values[place] - threshold + 1), values[place] + threshold - 1
    hidden = set(widths)
    while exposed := _exposed(values, sums, hidden, widths):
        hidden.add(_cover(values, sums, hidden, exposed))
    return hidden


def _exposed(
    values: Mapping[Place, int], sums: Sequence[Sum], hidden: set[Place], widths: Bounds
) -> list[Place]:
    """Cells of which more follows than what they may be (`widths`), and of which something is left
    to withhold."""
    bounds = bounds_of(values, sums, hidden)
    return [
        place
        for place, (least, most) in sorted(widths.items())
        if (bounds[place][0] > least or bounds[place][1] < most)
        and any(_open(one, place, hidden) for one in sums)
    ]


def _open(one: Sum, place: Place, hidden: set[Place]) -> bool:
    cells = (one.whole, *one.parts)
    return place in cells and any(cell not in hidden for cell in cells)


def _cover(
    values: Mapping[Place, int], sums: Sequence[Sum], hidden: set[Place], exposed: Iterable[Place]
) -> Place:
    """The smallest part beside an exposed cell, since most readers miss it least; a whole only when
    no part is left."""
    beside = {
        (cell == one.whole, values[cell], cell)
        for place in exposed
        for one in sums
        if place in (one.whole, *one.parts)
        for cell in (one.whole, *one.parts)
        if cell not in hidden
    }
    return min(beside)[2]


def bounds_of(values: Mapping[Place, int], sums: Sequence[Sum], hidden: set[Place]) -> Bounds:
    """Between what numbers each cell must lie for who knows the others and that none is negative:
    tightened sum by sum, until nothing moves."""
    most = sum(values.values()) + 1  # more than any: nothing is known
    bounds = {
        place: (0, most) if place in hidden else (value, value) for place, value in values.items()
    }
    moved = True
    while moved:
        moved = False
        for one in sums:
            moved |= _tighten(bounds, one)
    return bounds


def _tighten(bounds: Bounds, one: Sum) -> bool:
    """By one sum; whether anything moved."""
    least = sum(bounds[part][0] for part in one.parts)
    most = sum(bounds[part][1] for part in one.parts)
    moved = _narrow(bounds, one.whole, least, most)
    low, high = bounds[one.whole]
    for part in one.parts:
        mine_low, mine_high = bounds[part]
        moved |= _narrow(bounds, part, low - (most - mine_high), high - (least - mine_low))
    return moved


def _narrow(bounds: Bounds, place: Place, low: int, high: int) -> bool:
    before = bounds[place]
    bounds[place] = max(before[0], low), min(before[1], high)
    return bounds[place] != before
