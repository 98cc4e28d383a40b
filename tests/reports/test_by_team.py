"""The boards of several teams together with the published report give no small number away."""

from collections.abc import Iterator, Mapping
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.reports.by_team import told
from bot.reports.suppression import THRESHOLD, suppressed
from bot.reports.tables import TOTAL, Declared, Table, counted

TEAMS = ("north", "south")
Cells = dict[tuple[str, str], int]


def _cells(numbers: list[tuple[int, int]]) -> Cells:
    return {
        (f"row{place}", team): number
        for place, pair in enumerate(numbers)
        for team, number in zip(TEAMS, pair, strict=True)
    }


def _published(cells: Cells) -> Table:
    """The council's own table, as the annual report publishes it."""
    rows = tuple(sorted({row for row, _team in cells}))
    declared = Declared("t", "T", "D", "S", tuple((row, row) for row in rows), adds_up=True)
    sums = {(row, "count"): sum(cells[row, team] for team in TEAMS) for row in rows}
    return suppressed(counted(declared, sums))


def _told(cells: Cells) -> frozenset[str] | None:
    rows = sorted({row for row, _team in cells})
    table = _published(cells)
    published = frozenset(row for row in rows if table.at(row) is not None)
    return told(cells, rows, TEAMS, published)


def _worlds(cells: Cells, shown: frozenset[str]) -> Iterator[Cells]:
    """Every council that looks the same: whoever tries the boards of all teams one by one, adds up
    and takes away, and has the report, knows no more than that it is one of these."""
    table, rows = _published(cells), sorted({row for row, _team in cells})
    in_team = {team: sum(cells[row, team] for row in rows) for team in TEAMS}
    hidden = [row for row in rows if row not in shown]
    columns = [list(_fillings(in_team[team] - sum(cells[row, team] for row in shown), len(hidden)))
               for team in TEAMS]  # fmt: skip
    total = table.at(TOTAL)
    for filled in product(*columns):
        world = dict(cells)
        for team, numbers in zip(TEAMS, filled, strict=True):
            world |= {(row, team): number for row, number in zip(hidden, numbers, strict=True)}
        sums = {row: sum(world[row, team] for team in TEAMS) for row in rows}
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
    assert not {row for row, _team in small} & shown
    possible: dict[tuple[str, str], set[int]] = {place: set() for place in small}
    for world in _worlds(cells, shown):
        for place in small:
            possible[place].add(world[place])
    for place in small:
        assert set(range(THRESHOLD)) <= possible[place], (place, shown)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8))
def test_a_row_is_told_for_every_team_or_for_none_and_only_as_it_is_published(
    numbers: list[tuple[int, int]],
) -> None:
    cells, table = _cells(numbers), _published(_cells(numbers))

    for row in _told(cells) or ():
        assert all(cells[row, team] >= THRESHOLD for team in TEAMS)
        assert table.at(row) is not None


def test_large_numbers_are_all_told() -> None:
    assert _told(_cells([(20, 30), (40, 50)])) == frozenset({"row0", "row1"})


def test_one_small_number_takes_another_row_with_it_for_all_teams() -> None:
    assert _told(_cells([(3, 40), (20, 25), (60, 60)])) == frozenset({"row2"})


def test_a_small_team_ends_all_boards() -> None:
    assert _told(_cells([(2, 40), (1, 40)])) is None


def test_one_team_alone_is_the_report_itself() -> None:
    cells: Mapping[tuple[str, str], int] = {("row0", "north"): 40}
    assert told(cells, ["row0"], ["north"], frozenset({"row0"})) is None
