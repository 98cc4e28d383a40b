"""The figures of a year for the desk: counted, and made safe to be published, beside the server.

A year's figures take up to a second, in which a chat would get no answer. So they are counted by a
thread with a connection of its own, one at a time, and their charts are drawn by another process.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from sqlalchemy import Connection

from bot.reports.drawing import drawn
from bot.reports.figures import counting
from bot.reports.suppression import published
from bot.reports.tables import Table
from bot.reports.year import Year
from bot.service.house import House
from storage.store import open_store

T = TypeVar("T")

_KEPT = 12
"""Of how many reports the charts are kept in memory: they are drawn anew where a number differs."""


@dataclass(frozen=True, slots=True)
class Counted:
    """`before`: the same tables of the year before; both as they may be published."""

    year: Year
    until: date
    tables: tuple[Table, ...]
    before: tuple[Table, ...]


def count(
    db: Connection, house: House, years: Sequence[Year], today: date, *, exact: bool = False
) -> tuple[tuple[Table, ...], ...]:
    """All tables of each year, with what is withheld in anything published; `exact`: nothing is."""
    tables = counting.count_years(
        db,
        house.id,
        years,
        today,
        issue_within=house.council.recommendations_within_days,
        themes=house.council.themes,
    )
    if exact:
        return tables
    return tuple(published(one, counting.SAME) for one in tables)


@dataclass(slots=True)
class Yearly:
    """One for a server."""

    house: House
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _charts: dict[str, Mapping[str, str]] = field(default_factory=dict)

    async def counted(self, year: Year, today: date) -> Counted:
        """`StorageAway`."""
        house = self.house

        def look(db: Connection) -> tuple[tuple[Table, ...], ...]:
            return count(db, house, (year, year.before), today)

        tables, before = await self.beside(look)
        return Counted(year, min(year.span.ends, today), tables, before)

    async def beside(self, query: Callable[[Connection], T]) -> T:
        """Run what takes long on a connection that can't write, and not on the server's loop."""
        async with self._turn:
            return await asyncio.to_thread(_apart, self.house, query)

    async def charts(self, tables: Sequence[Table]) -> Mapping[str, str]:
        """As SVG by table; those whose numbers were drawn before are not drawn again."""
        told = "\0".join(
            f"{table.id}:{place}:{table.at(*place)}" for table in tables for place in table.places()
        )
        key = hashlib.sha256(told.encode()).hexdigest()
        if key not in self._charts:
            found = await drawn(tables)
            while len(self._charts) >= _KEPT:
                del self._charts[next(iter(self._charts))]
            if found:
                self._charts[key] = found
            return found
        return self._charts[key]


def _apart(house: House, query: Callable[[Connection], T]) -> T:
    return asyncio.run(_read(house, query))


async def _read(house: House, query: Callable[[Connection], T]) -> T:
    store = await open_store(house.settings.database_url, house.keys)
    try:
        return await store.read(query)
    finally:
        await store.close()
