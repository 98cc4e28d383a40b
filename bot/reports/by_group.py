"""Which rows of a table may also be told group by group (of a team, an officer, an age), so that
neither the groups' numbers nor the published ones give a small number away.

Pure. One rule for the whole family of a table's boards, since whoever looks at one group looks at
all of them: a row is told for every group or for none. It is told where the published table tells
it, and every group has 6 or more. Rows with a smaller number are withheld for all groups, and
others with them until the numbers that stay known leave each small one anything from 0 to 5. Known
are, whatever is shown here, the published table and how many there are in each group altogether:
another table may tell the latter.

The same reviews may be told by several kinds of groups. An officer's may be just those of a team,
and readers may know it: so a row is told by all of them or by none (`by_all`). To withhold more
leaves each small number as wide as it was, or wider.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from bot.reports.suppression import THRESHOLD

Cell = tuple[str, str]
"""A row, and a group."""


def told(
    cells: Mapping[Cell, int],
    rows: Sequence[str],
    groups: Sequence[str],
    published: frozenset[str],
    threshold: int = THRESHOLD,
) -> frozenset[str] | None:
    """The rows that may be told by group; None: nothing may, not even how many a group has.
    `published`: the rows that the published table shows."""
    in_group = {group: sum(cells[row, group] for row in rows) for group in groups}
    if len(groups) < 2 or any(number < threshold for number in in_group.values()):
        return None
    without = {
        row
        for row in rows
        if row not in published or any(cells[row, group] < threshold for group in groups)
    }
    small = [(row, group) for row in rows for group in groups if cells[row, group] < threshold]
    while any(_given_away(cells, one, without, groups, threshold) for one in small):
        left = [row for row in rows if row not in without]
        if not left:
            return None
        without.add(min(left, key=lambda row: (_of_row(cells, row, groups), row)))
    return frozenset(set(rows) - without)


def by_all(kinds: Sequence[tuple[Collection[str], frozenset[str]]]) -> frozenset[str]:
    """The rows that may be told by several kinds of groups: by each that has them. `kinds`: which
    rows each has, and which it may tell by itself."""
    return frozenset(
        row
        for has, _tells in kinds
        for row in has
        if all(row in tells for rows, tells in kinds if row in rows)
    )


def left_over(outer: Mapping[str, str], inner: Mapping[str, str]) -> Iterator[frozenset[str]]:
    """What is left of a group once the other kind's groups that lie wholly in it are taken away:
    no board tells it, and whoever knows that an officer works for one team alone can work it out.
    Both are groups by review. Taking away only some of them leaves more: each of them has enough.
    """
    homes: dict[str, set[str | None]] = {}
    for review, its in inner.items():
        homes.setdefault(its, set()).add(outer.get(review))
    within = {group: home.pop() for group, home in homes.items() if len(home) == 1}
    for whole in set(within.values()) - {None}:
        left = frozenset(
            review
            for review, its in outer.items()
            if its == whole and within.get(inner.get(review, "")) != whole
        )
        if left:
            yield left


def _of_row(cells: Mapping[Cell, int], row: str, groups: Sequence[str]) -> int:
    return sum(cells[row, group] for group in groups)


def _given_away(
    cells: Mapping[Cell, int], cell: Cell, without: set[str], groups: Sequence[str], least: int
) -> bool:
    """Whether more follows than that the cell is small: from its row's published total, and from
    what is left of its group once the rows that are told are taken away (Fréchet's bounds, which
    are exact for a table of which only the margins are known)."""
    row, group = cell
    here = sum(cells[one, group] for one in without)
    mine = _of_row(cells, row, groups)
    if mine < least:  # the published table does not tell it either
        return here < least - 1
    everything = sum(cells[one, other] for one in without for other in groups)
    return mine + here > everything or min(mine, here) < least - 1
