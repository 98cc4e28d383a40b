"""The boards of several groups together with the published report give no small number away."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.reports.by_group import by_all, told
from bot.reports.suppression import THRESHOLD, suppressed
from bot.reports.tables import TOTAL, Declared, Table, counted

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
