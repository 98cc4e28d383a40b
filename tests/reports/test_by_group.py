"""The boards of several groups together with the published report give no small number away."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.reports.by_group import by_all, left_over, told
from bot.reports.figures.held import Held
from bot.reports.suppression import THRESHOLD, suppressed
from bot.reports.tables import TOTAL, Declared, Table, counted
from bot.service.boards import FILTERS, Family, Filtered, _apart

GROUPS = ("north", "south")
Cells = dict[tuple[str, str], int]


def _cells(numbers: list[tuple[int, int]]) -> Cells:
    return {
        (f"row{place}", group): number
        for place, pair in enumerate(numbers)
        for group, number in zip(GROUPS, pair, strict=True)
    }


def _published(cells: Cells, groups: Sequence[str] = GROUPS) -> Table:
    """The council's own table, as the annual report publishes it."""
    rows = tuple(sorted({row for row, _group in cells}))
    declared = Declared("t", "T", "D", "S", tuple((row, row) for row in rows), adds_up=True)
    sums = {(row, "count"): sum(cells[row, group] for group in groups) for row in rows}
    return suppressed(counted(declared, sums))


def _told(cells: Cells) -> frozenset[str] | None:
    rows = sorted({row for row, _group in cells})
    table = _published(cells)
    published = frozenset(row for row in rows if table.at(row) is not None)
    return told(cells, rows, GROUPS, published)


def _worlds(cells: Cells, shown: frozenset[str], groups: Sequence[str] = GROUPS) -> Iterator[Cells]:
    """Every council that looks the same: whoever tries the boards of all groups one by one, adds up
    and takes away, and has the report, knows no more than that it is one of these."""
    table, rows = _published(cells, groups), sorted({row for row, _group in cells})
    in_group = {group: sum(cells[row, group] for row in rows) for group in groups}
    hidden = [row for row in rows if row not in shown]
    left = [in_group[group] - sum(cells[row, group] for row in shown) for group in groups]
    columns = [list(_fillings(number, len(hidden))) for number in left]
    total = table.at(TOTAL)
    for filled in product(*columns):
        world = dict(cells)
        for group, numbers in zip(groups, filled, strict=True):
            world |= {(row, group): number for row, number in zip(hidden, numbers, strict=True)}
        sums = {row: sum(world[row, group] for group in groups) for row in rows}
        if total is not None and sum(sums.values()) != total:
            continue
        if all(table.at(row) in (None, sums[row]) for row in rows):
            yield world


def _fillings(number: int, parts: int) -> Iterator[tuple[int, ...]]:
    if parts == 0:
        if number == 0:
            yield ()
        return
    if parts == 1:
        yield (number,)
        return
    for first in range(number + 1):
        for rest in _fillings(number - first, parts - 1):
            yield (first, *rest)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=3))
@example([(9, 9), (3, 20), (12, 12)])
@example([(0, 8), (8, 0), (10, 10)])
@example([(2, 2), (7, 30), (30, 7)])
def test_filters_on_the_boards_give_no_small_number_away(numbers: list[tuple[int, int]]) -> None:
    cells = _cells(numbers)
    shown = _told(cells)
    if shown is None:
        return
    small = [place for place, number in cells.items() if number < THRESHOLD]
    assert not {row for row, _group in small} & shown
    possible: dict[tuple[str, str], set[int]] = {place: set() for place in small}
    for world in _worlds(cells, shown):
        for place in small:
            possible[place].add(world[place])
    for place in small:
        assert set(range(THRESHOLD)) <= possible[place], (place, shown)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8))
def test_a_row_is_told_for_every_group_or_for_none_and_only_as_it_is_published(
    numbers: list[tuple[int, int]],
) -> None:
    cells, table = _cells(numbers), _published(_cells(numbers))

    for row in _told(cells) or ():
        assert all(cells[row, group] >= THRESHOLD for group in GROUPS)
        assert table.at(row) is not None


def test_large_numbers_are_all_told() -> None:
    assert _told(_cells([(20, 30), (40, 50)])) == frozenset({"row0", "row1"})


def test_one_small_number_takes_another_row_with_it_for_all_groups() -> None:
    assert _told(_cells([(3, 40), (20, 25), (60, 60)])) == frozenset({"row2"})


def test_a_small_group_ends_all_boards() -> None:
    assert _told(_cells([(2, 40), (1, 40)])) is None


def test_one_group_alone_is_the_report_itself() -> None:
    cells: Mapping[tuple[str, str], int] = {("row0", "north"): 40}
    assert told(cells, ["row0"], ["north"], frozenset({"row0"})) is None


# Several kinds of groups: one officer has all reviews of a team, which readers may know.

OF_TEAM = {"A": "north", "B": "south", "C": "south"}


def _by_team(cells: Mapping[tuple[str, str], int]) -> Cells:
    found: Cells = {}
    for (row, officer), number in cells.items():
        place = row, OF_TEAM[officer]
        found[place] = found.get(place, 0) + number
    return found


def _by_both(cells: Cells) -> tuple[frozenset[str], frozenset[str]] | None:
    """What is told by team, and by officer."""
    rows = sorted({row for row, _officer in cells})
    teams = _by_team(cells)
    table = _published(teams)
    published = frozenset(row for row in rows if table.at(row) is not None)
    by_team = told(teams, rows, GROUPS, published)
    by_officer = told(cells, rows, tuple(OF_TEAM), published)
    if by_team is None or by_officer is None:
        return None
    may = by_all([(rows, by_team), (rows, by_officer)])
    return by_team & may, by_officer & may


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 9)] * 3), min_size=2, max_size=2))
@example([(20, 8, 5), (20, 0, 30)])
@example([(20, 6, 0), (20, 30, 6)])
def test_an_officers_board_beside_a_teams_gives_no_small_number_away(
    numbers: list[tuple[int, int, int]],
) -> None:
    cells = {
        (f"row{place}", officer): number
        for place, several in enumerate(numbers)
        for officer, number in zip(OF_TEAM, several, strict=True)
    }
    if (shown := _by_both(cells)) is None:
        return
    by_team, by_officer = shown
    small = [place for place, number in cells.items() if number < THRESHOLD]
    possible: dict[tuple[str, str], set[int]] = {place: set() for place in small}
    for world in _worlds(cells, by_officer, tuple(OF_TEAM)):
        teams = _by_team(world)
        if all(teams[row, team] == _by_team(cells)[row, team]
               for row in by_team for team in GROUPS):  # fmt: skip
            for place in small:
                possible[place].add(world[place])
    for place in small:
        assert set(range(THRESHOLD)) <= possible[place], (place, shown)


def test_a_row_that_one_kind_of_group_withholds_is_withheld_by_all() -> None:
    assert by_all([("ab", frozenset("ab")), ("ab", frozenset("b"))]) == frozenset("b")


def test_a_kind_of_group_that_has_not_this_row_does_not_withhold_it() -> None:
    assert by_all([("ab", frozenset("ab")), ("b", frozenset("b"))]) == frozenset("ab")


# What is left of a team once its own officers are taken away, whom readers may know.


def _reviews(**many: int) -> dict[str, str]:
    """So many reviews of each group, by id."""
    groups = [group for group, number in many.items() for _ in range(number)]
    return {str(number): group for number, group in enumerate(groups)}


def test_what_is_left_of_a_group_is_what_none_inside_it_has() -> None:
    teams, officers = _reviews(north=10, south=10), _reviews(X=7, Y=5, Z=8)  # Y works for both

    assert list(left_over(teams, officers)) in (
        [frozenset("789"), frozenset({"10", "11"})], [frozenset({"10", "11"}), frozenset("789")],
    )  # fmt: skip
    assert list(left_over(officers, teams)) == []


def test_nothing_is_left_where_whole_officers_make_a_team() -> None:
    assert list(left_over(_reviews(north=10, south=10), _reviews(X=4, Y=6, Z=10))) == []


def test_who_is_in_no_group_is_left() -> None:
    assert list(left_over(_reviews(north=3), {"0": "X", "1": "X"})) == [frozenset("2")]


@pytest.mark.parametrize(("others", "kept"), [(8, ["team", "officer"]), (2, ["team"])])
def test_a_filter_goes_where_a_team_less_its_officer_is_a_small_number(
    others: int, kept: list[str]
) -> None:
    """Officer X works for the north alone; Y for both."""
    teams = _reviews(north=20 + others, south=30)
    officers = _reviews(X=20, Y=others + 30)
    every = [Held(review, review, date(2026, 5, 1), "later", 0, "PN1") for review in teams]

    found = _apart([_filtered("team", teams), _filtered("officer", officers)], every)

    assert [one.filter.id for one in found] == kept


def _filtered(id_: str, of_review: Mapping[str, str]) -> Filtered:
    groups = tuple(sorted(set(of_review.values())))
    cells = {("PN1", group): list(of_review.values()).count(group) for group in groups}
    rows = (("PN1", "PN1"),)
    family = Family("participation", "P", rows, cells, {"PN1": len(of_review)}, frozenset({"PN1"}))
    (by,) = (one for one in FILTERS if one.id == id_)
    return Filtered(by, groups, of_review, (family,))
