"""Nobody is found behind a small number, whatever one adds up and takes away."""

from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reports.suppression import THRESHOLD, suppressed, withheld
from bot.reports.tables import TOTAL, Counts, Declared, Place, Table, counted, without_data

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


def _all_that_fit(table: Table) -> Iterator[dict[Place, int]]:
    """Whatever the numbers behind the withheld cells could be: an attacker who tries them all."""
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
    for place in unknown:
        least = [shown[whole] for whole, parts in made_of.items() if place in parts]
        ranges.append(range(min(least, default=THRESHOLD) + 1))
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
    small = [
        place
        for place in table.hidden
        if (table.values[place] or 0) < THRESHOLD and TOTAL not in place
    ]
    if not small:
        return
    possible: dict[Place, set[int]] = {place: set() for place in small}
    for cells in _all_that_fit(table):
        for place in small:
            possible[place].add(cells[place])
    for place in small:
        assert set(SMALL) <= possible[place], (place, table.values, table.hidden)


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
