"""Which rows of a table that is published by quarter and by year are withheld, so that the year and
its quarters together give no small number away.

Pure. A quarter is out before its year, so the year gives way. A quarter tells all of its rows, or
how many there are altogether. From the year then follows what those quarters hold together that
tell no rows: of each row that the year tells a sum, beside each quarter's total. Rows of the year
are withheld until that leaves every small number anything from 0 to 5 (Fréchet's bounds, which are
exact for a table of which only the margins are known).
"""

from collections.abc import Collection, Mapping, Sequence

Column = Mapping[str, int]
"""Numbers by row, of a quarter."""


def tells_rows(quarter: Column, least: int) -> bool:
    """Whether a quarter tells its rows, and not only what they add up to."""
    return all(number >= least for number in quarter.values())


def withheld(quarters: Sequence[Column], hidden: Collection[str], least: int) -> frozenset[str]:
    """The rows that their year withholds. `hidden`: those that it withholds by itself; `least`:
    smaller numbers are small. Each quarter has so many altogether, or none at all."""
    silent = [one for one in quarters if any(one.values()) and not tells_rows(one, least)]
    rows = sorted({row for one in quarters for row in one})
    without = set(hidden)
    while any(
        _given_away(silent, row, one, without, least)
        for one in silent
        for row in rows
        if one[row] < least
    ):
        left = [row for row in rows if row not in without]
        if not left:
            break
        without.add(min(left, key=lambda row: (sum(one[row] for one in quarters), row)))
    return frozenset(without)


def _given_away(
    silent: Sequence[Column], row: str, quarter: Column, without: set[str], least: int
) -> bool:
    """Whether the year says more of a quarter's row than that it is small."""
    here, every = sum(quarter.values()), sum(sum(one.values()) for one in silent)
    together = without if row in without else {row}
    mine = sum(one[other] for one in silent for other in together)
    if len(together) > 1:  # only what several rows are together is known: each may be none of it
        return min(mine, here) < least - 1
    return mine + here > every or min(mine, here) < least - 1
