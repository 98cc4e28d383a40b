"""Nobody is found behind a small number, whatever one adds up and takes away."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.reports.figures import counting
from bot.reports.figures.asks import ANSWERED, BY_THEME
from bot.reports.figures.profile import MOVES
from bot.reports.suppression import THRESHOLD, published, suppressed, withheld
from bot.reports.tables import (
    TOTAL,
    Counts,
    Declared,
    Place,
    Table,
    counted,
    of_one,
    without_data,
)

SMALL = range(THRESHOLD)
_BY_TWO = (("early", "Early"), ("late", "Late"))


def _table(
    cells: Mapping[Place, int], rows: int, *, across: bool, counts: Counts = Counts.PEOPLE
) -> Table:
    columns = _BY_TWO if across else (("count", "Number"),)
    names = tuple((f"row{number}", f"Row {number}") for number in range(rows))
    declared = Declared(
        "t", "T", "D", "S", names, columns, counts=counts, adds_up=True, across=across
    )
    return counted(declared, cells)


def _one_column(*numbers: int, counts: Counts = Counts.PEOPLE) -> Table:
    cells = {(f"row{place}", "count"): number for place, number in enumerate(numbers)}
    return _table(cells, len(numbers), across=False, counts=counts)


def _all_that_fit(table: Table, *, wide: bool = False) -> Iterator[dict[Place, int]]:
    """Whatever the numbers behind the withheld cells could be: an attacker who tries them all.
    `wide`: large ones, too, where nothing is shown that a cell is a part of."""
    rows = [row for row, _label in table.rows]
    columns = [column for column, _label in table.declared.columns]
    inner = list(product(rows, columns))
    shown = {place: table.values[place] or 0 for place in table.places()}
    shown = {place: value for place, value in shown.items() if place not in table.hidden}
    made_of = {
        (row, column): [(r, c) for r, c in inner if row in (r, TOTAL) and column in (c, TOTAL)]
        for row, column in shown
    }
    unknown = [place for place in inner if place in table.hidden]
    ranges = []
    most = max((table.values[place] or 0 for place in inner), default=0) if wide else 0
    most += THRESHOLD
    for place in unknown:
        least = [shown[whole] for whole, parts in made_of.items() if place in parts]
        ranges.append(range(min(least, default=most) + 1))
    for guess in product(*ranges):
        cells = shown | dict(zip(unknown, guess, strict=True))
        if all(sum(cells[one] for one in made_of[place]) == shown[place] for place in shown):
            yield cells


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_from_a_total_and_what_is_shown_no_small_number_can_be_worked_out(
    numbers: list[int],
) -> None:
    _attack(suppressed(_one_column(*numbers)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=2))
def test_from_totals_of_rows_and_columns_neither(numbers: list[tuple[int, int]]) -> None:
    cells = {
        (f"row{place}", column): number
        for place, pair in enumerate(numbers)
        for (column, _label), number in zip(_BY_TWO, pair, strict=True)
    }
    _attack(suppressed(_table(cells, len(numbers), across=True)))


def _attack(table: Table) -> None:
    """Of each small cell everything from 0 to 5 is still possible, unless nothing is shown that it
    is a part of."""
    possible = _possible(table, _all_that_fit(table))
    for place, values in possible.items():
        assert set(SMALL) <= values, (place, table.values, table.hidden)


def _possible(table: Table, fits: Iterable[Mapping[Place, int]]) -> dict[Place, set[int]]:
    """What each small cell may be."""
    small = [
        place
        for place in table.hidden
        if (table.values[place] or 0) < THRESHOLD and TOTAL not in place
    ]
    possible: dict[Place, set[int]] = {place: set() for place in small}
    for cells in fits:
        for place in small:
            possible[place].add(cells[place])
    return possible


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.integers(0, 9), st.integers(0, 9)),
    st.integers(0, 18),
)
@example((40, 1), (2, 9), 4)
def test_nor_by_another_table_of_the_same_report_that_counts_one_column_of_it(
    first: tuple[int, int], second: tuple[int, int], cut: int
) -> None:
    """How late the late ones were adds up to all that were late; who hears from the one table how
    many that is takes it from the other's total."""
    cells = {("row0", "early"): first[0], ("row0", "late"): first[1],
             ("row1", "early"): second[0], ("row1", "late"): second[1]}  # fmt: skip
    late = first[1] + second[1]
    near = min(cut, late)
    by_two = _table(cells, 2, across=True)
    by_one = _named("other", _one_column(near, late - near))

    _attack_both(published((by_two, by_one), [(("t", TOTAL, "late"), ("other", TOTAL, "count"))]),
                 (TOTAL, "late"))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=3), st.integers(0, 30), st.integers(0, 30))
def test_nor_by_two_tables_of_the_same_children(
    numbers: list[int], first: int, second: int
) -> None:
    every = sum(numbers)
    first = min(first, every)
    second = min(second, every - first)
    one = _one_column(*numbers)
    other = _named("other", _one_column(first, second, every - first - second))

    _attack_both(published((one, other), [(("t", TOTAL, "count"), ("other", TOTAL, "count"))]),
                 (TOTAL, "count"))  # fmt: skip


def _named(name: str, table: Table) -> Table:
    return replace(table, declared=replace(table.declared, id=name))


def _attack_both(tables: tuple[Table, ...], whole: Place) -> None:
    """Who holds both tables keeps of each only what fits the other's number of the same."""
    first, second = tables
    wholes = (whole, (TOTAL, "count"))
    assert (wholes[0] in first.hidden) == (wholes[1] in second.hidden)
    fits = [list(_all_that_fit(table, wide=True)) for table in tables]
    for mine, (one, other) in enumerate(((0, 1), (1, 0))):
        there = {_sum_of(cells, wholes[other]) for cells in fits[other]}
        held = [cells for cells in fits[one] if _sum_of(cells, wholes[one]) in there]
        for place, values in _possible(tables[mine], held).items():
            assert set(SMALL) <= values, (place, first, second)


def _sum_of(cells: Mapping[Place, int], whole: Place) -> int:
    row, column = whole
    return sum(
        number
        for (r, c), number in cells.items()
        if TOTAL not in (r, c) and row in (r, TOTAL) and column in (c, TOTAL)
    )


@given(st.integers(0, 60), st.integers(0, 60))
def test_who_came_is_not_told_where_who_left_is_withheld(started: int, ceased: int) -> None:
    """With the children in care of both years, which tell by how many there are more or fewer, one
    of the two would tell the other: 6 pairs are left while neither is shown."""
    table = suppressed(of_one(MOVES, {"started": started, "ceased": ceased}.__getitem__))

    if not table.hidden:
        assert min(started, ceased) >= THRESHOLD
        return
    more = started - ceased
    left = [
        (came, came - more)
        for came in range(80)
        if came - more >= 0 and min(came, came - more) < THRESHOLD
        if all(table.at(row) in (None, seen)
               for row, seen in (("started", came), ("ceased", came - more)))
    ]  # fmt: skip
    assert len(left) == THRESHOLD


def test_wishes_that_wait_are_withheld_in_both_tables_that_count_them() -> None:
    """Of 59, 50 were answered in time and 7 wait: so 2 were answered late."""
    answered = of_one(ANSWERED, {"in_time": 50, "late": 2, "open": 7}.__getitem__)
    cells = {("home", "open"): 7, ("home", "agreed"): 20, ("home", "part"): 12,
             ("home", "not_agreed"): 10, ("home", "done"): 10}  # fmt: skip
    themes = counted(BY_THEME, cells, (("home", "Home"),))

    shown = {table.id: table for table in published((themes, answered), counting.SAME)}

    assert shown[ANSWERED.id].at("open") is None
    assert shown[BY_THEME.id].at(TOTAL, "open") is None
    assert shown[BY_THEME.id].at("home", "open") is None


def test_of_a_real_report_equal_numbers_are_all_shown_or_all_withheld() -> None:
    """Small units, whose tables are full of small numbers."""
    chance = Random(6)
    for _ in range(200):
        tables = tuple(_filled(one, chance) for one in counting.DECLARED)
        # What counts the same has the same number behind it.
        shown = {table.id: table for table in published(tables, counting.SAME)}
        for cells in counting.SAME:
            told = {(row, column) in shown[name].hidden for name, row, column in cells}
            assert len(told) == 1, cells
        for table in shown.values():
            if table.declared.counts is Counts.PEOPLE:
                assert all(
                    value is None or value >= THRESHOLD
                    for value in (table.at(*place) for place in table.places())
                ), table.id


def _filled(declared: Declared, chance: Random) -> Table:
    """Small numbers in turn; of what counts the same, as much in each."""
    rows = declared.rows or (("one", "One"), ("two", "Two"))
    columns = [column for column, _says in declared.columns]
    cells = {
        (row, column): chance.choice((0, 3, 7, 12)) for row, _label in rows for column in columns
    }
    return counted(declared, cells, rows)


def test_a_single_small_number_takes_the_next_larger_one_with_it() -> None:
    table = suppressed(_one_column(3, 40, 12))

    assert table.hidden == {("row0", "count"), ("row2", "count")}
    assert table.at(TOTAL) == 55


def test_two_small_numbers_that_their_total_would_give_away_take_a_third_with_them() -> None:
    table = suppressed(_one_column(0, 1, 40, 12))

    assert table.hidden == {("row0", "count"), ("row1", "count"), ("row3", "count")}


def test_a_small_total_is_withheld_too() -> None:
    table = suppressed(_one_column(1, 2))

    assert table.hidden == {("row0", "count"), ("row1", "count"), (TOTAL, "count")}


@pytest.mark.parametrize("counts", [Counts.WORK, Counts.MEASURE])
def test_the_units_own_work_is_shown_as_it_is(counts: Counts) -> None:
    assert not suppressed(_one_column(4, 190, counts=counts)).hidden


def test_large_numbers_are_all_shown() -> None:
    assert not suppressed(_one_column(6, 7, 8)).hidden


def test_what_has_no_data_is_none_and_not_0() -> None:
    table = suppressed(without_data(_one_column(1, 2).declared, "Nothing was imported."))

    assert table.at(TOTAL) is None
    assert table.no_data == "Nothing was imported."
    assert not table.hidden


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_nothing_under_6_is_ever_shown(numbers: list[int]) -> None:
    table = suppressed(_one_column(*numbers))

    for row, _label in table.all_rows:
        shown = table.at(row)
        assert shown is None or shown >= THRESHOLD


@given(st.lists(st.integers(0, 60), min_size=2, max_size=12))
def test_what_is_withheld_depends_on_the_numbers_alone(numbers: list[int]) -> None:
    table = _one_column(*numbers)
    values = {place: value or 0 for place, value in table.values.items()}
    again = dict(reversed(values.items()))

    assert withheld(values, table.sums()) == withheld(again, table.sums())
