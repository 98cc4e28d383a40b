"""A year's pathway reviews, and those of its quarters, together give no small number away."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.reports.figures.pathway import HELD
from bot.reports.suppression import THRESHOLD, published
from bot.reports.tables import TOTAL, Table, of_one, without_data
from bot.reports.year import Quarter, Year

ROWS = tuple(row for row, _label in HELD.rows)
Numbers = tuple[int, int, int]


def _table(numbers: Numbers) -> Table:
    if not any(numbers):
        return without_data(HELD, "None was held.")
    return of_one(HELD, dict(zip(ROWS, numbers, strict=True)).__getitem__)


def _published(*quarters: Numbers) -> tuple[Table, tuple[Table, ...]]:
    """The year's table, and those of its quarters, each as its own report has it."""
    tables = tuple(_table(one) for one in quarters)
    year = replace(_table(_year(quarters)), quarters=tables)
    return published([year], [])[0], tuple(published([one], [])[0] for one in tables)


def _year(quarters: tuple[Numbers, ...]) -> Numbers:
    first, second, third = (sum(several) for several in zip(*quarters, strict=True))
    return first, second, third


def _fits(table: Table, numbers: Numbers) -> bool:
    """Whether the table would look the same with these numbers."""
    shown = dict(zip(ROWS, numbers, strict=True)) | {TOTAL: sum(numbers)}
    return all(table.at(row) in (None, number) for row, number in shown.items())


def _fillings(table: Table, most: int) -> Iterator[Numbers]:
    total = table.at(TOTAL)
    for first, second in product(range(most + 1), repeat=2):
        for third in range(most + 1) if total is None else (total - first - second,):
            if third >= 0 and _fits(table, (first, second, third)):
                yield first, second, third


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 9)] * 3), min_size=2, max_size=2))
@example([(8, 0, 10), (17, 0, 0)])
@example([(8, 7, 6), (9, 0, 9)])
@example([(20, 3, 0), (20, 3, 0)])
@example([(0, 0, 0), (20, 3, 0)])
def test_a_year_and_its_quarters_give_no_small_number_away(quarters: list[Numbers]) -> None:
    year, several = _published(*quarters)
    most = max(sum(one) for one in quarters) + THRESHOLD
    possible: dict[tuple[int, str], set[int]] = {
        (place, row): set()
        for place, one in enumerate(quarters)
        if any(one)  # that none was held is said
        for row, number in zip(ROWS, one, strict=True)
        if number < THRESHOLD
    }
    for world in product(*(_possible(one, most) for one in several)):
        if _fits(year, _year(world)):
            for (place, row), found in possible.items():
                found.add(world[place][ROWS.index(row)])
    for cell, found in possible.items():
        assert set(range(THRESHOLD)) <= found, (cell, year.hidden)


def _possible(table: Table, most: int) -> list[Numbers]:
    return [(0, 0, 0)] if table.no_data else list(_fillings(table, most))


def _hidden(table: Table) -> set[str]:
    return {row for row, _column in table.hidden}


def test_a_quarter_tells_all_of_its_rows_or_how_many_there_are() -> None:
    _year_of_them, (first, second) = _published((8, 2, 10), (8, 7, 9))

    assert _hidden(first) == set(ROWS)
    assert first.at(TOTAL) == 20
    assert second.hidden == frozenset()


def test_a_year_tells_what_no_quarter_would_be_found_by() -> None:
    year, _quarters = _published((16, 1, 3), (17, 2, 3), (18, 3, 3), (17, 2, 3))

    assert [year.at(row) for row in (*ROWS, TOTAL)] == [68, 8, 12, 88]


def test_a_quarter_that_is_alone_in_telling_no_rows_takes_the_years_with_it() -> None:
    year, _quarters = _published((10, 10, 10), (10, 10, 10), (10, 10, 10), (20, 2, 10))

    assert _hidden(year) >= {"late", "first"}
    assert year.at(TOTAL) == 122


def test_of_a_year_with_a_very_small_quarter_nothing_is_told() -> None:
    year, _quarters = _published((20, 20, 20), (1, 1, 0))

    assert _hidden(year) == {*ROWS, TOTAL}


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_quarters_of_a_year_are_those_that_reports_are_written_of(number: int) -> None:
    assert Year(2025).span.quarters[number - 1] == Quarter(Year(2025), number).span


def test_a_quarter_has_none() -> None:
    assert Quarter(Year(2025), 2).span.quarters == ()
    assert Year(2025).span.quarters[1].ends == date(2025, 9, 30)
