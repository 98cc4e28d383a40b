"""Which rows of a table may also be told team by team, so that neither the teams' numbers nor the
published ones give a small number away.

Pure. One rule for the whole family of a table's boards, since whoever looks at one team looks at
all of them: a row is told for every team or for none. It is told where the published table tells
it, and every team has 6 or more. Rows with a smaller number are withheld for all teams, and others
with them until the numbers that stay known leave each small one anything from 0 to 5. Known are,
whatever is shown here, the published table and how many there are in each team altogether: another
table may tell the latter.
"""

from collections.abc import Mapping, Sequence

from bot.reports.suppression import THRESHOLD

Cell = tuple[str, str]
"""A row, and a team."""


def told(
    cells: Mapping[Cell, int],
    rows: Sequence[str],
    teams: Sequence[str],
    published: frozenset[str],
    threshold: int = THRESHOLD,
) -> frozenset[str] | None:
    """The rows that may be told by team; None: nothing may, not even how many a team has.
    `published`: the rows that the published table shows."""
    in_team = {team: sum(cells[row, team] for row in rows) for team in teams}
    if len(teams) < 2 or any(number < threshold for number in in_team.values()):
        return None
    without = {
        row
        for row in rows
        if row not in published or any(cells[row, team] < threshold for team in teams)
    }
    small = [(row, team) for row in rows for team in teams if cells[row, team] < threshold]
    while any(_given_away(cells, one, without, teams, threshold) for one in small):
        left = [row for row in rows if row not in without]
        if not left:
            return None
        without.add(min(left, key=lambda row: (_of_row(cells, row, teams), row)))
    return frozenset(set(rows) - without)


def _of_row(cells: Mapping[Cell, int], row: str, teams: Sequence[str]) -> int:
    return sum(cells[row, team] for team in teams)


def _given_away(
    cells: Mapping[Cell, int], cell: Cell, without: set[str], teams: Sequence[str], least: int
) -> bool:
    """Whether more follows than that the cell is small: from its row's published total, and from
    what is left of its team once the rows that are told are taken away (Fréchet's bounds, which are
    exact for a table of which only the margins are known)."""
    row, team = cell
    here = sum(cells[one, team] for one in without)
    mine = _of_row(cells, row, teams)
    if mine < least:  # the published table does not tell it either
        return here < least - 1
    everything = sum(cells[one, other] for one in without for other in teams)
    return mine + here > everything or min(mine, here) < least - 1
