"""How long the figures of an annual report take: of a unit with 1,469 reviews in the year (1 s
asked), and of 150 such units in one council, 220,350 reviews (10 s asked). Drawing and printing
are apart.

python -m benchmarks.annual [--copies 150]
"""

import argparse
import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

from bot.reports.figures import counting
from bot.reports.suppression import published
from bot.reports.year import Year
from bot.service.house import House
from storage.migrate import migrate
from storage.store import Store, open_store
from tests.databases import sqlite_url
from tests.desk.northborough import house_on
from tests.keys import RING
from tests.reports import reference_tables
from tests.reports.reference_rows import Unit
from tests.reports.reference_unit import reference_unit

_YEARS = (Year(2025), Year(2024))
_TODAY = reference_tables.NOW.date()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.annual", description=__doc__)
    parser.add_argument("--copies", type=int, default=150)
    asyncio.run(_measure(parser.parse_args().copies))


async def _measure(most: int) -> None:
    unit = reference_unit()
    with tempfile.TemporaryDirectory(prefix="annual-") as folder:
        house = house_on(sqlite_url(Path(folder) / "sayso.db"), demo=False)
        store = await open_store(house.settings.database_url, RING)
        await migrate(store)
        await store.write(partial(reference_tables.begin, house=house))
        made = 0
        for copies in (1, most):
            for one in _copies(unit, range(made, copies)):
                await store.write(partial(reference_tables.add, house=house, unit=one))
            made = copies
            await store.close()  # what was opened to be written is known no more
            store = await open_store(house.settings.database_url, RING)
            await _report(store, house, copies)
        await store.close()


def _copies(unit: Unit, which: range) -> Iterator[Unit]:
    """The same children under other ids."""
    for number in which:
        name = f"{number:03}-{{}}".format
        yield replace(
            unit,
            people=tuple(replace(one, person_id=name(one.person_id)) for one in unit.people),
            episodes=tuple(
                replace(one, person_id=name(one.person_id), cla_id=name(one.cla_id))
                for one in unit.episodes
            ),
            reviews=tuple(
                replace(one, person_id=name(one.person_id), review_id=name(one.review_id))
                for one in unit.reviews
            ),
            leavers=tuple(replace(one, person_id=name(one.person_id)) for one in unit.leavers),
            permanence=tuple(
                replace(one, person_id=name(one.person_id)) for one in unit.permanence
            ),
            education=tuple(replace(one, person_id=name(one.person_id)) for one in unit.education),
        )


async def _report(store: Store, house: House, copies: int) -> None:
    started, used = perf_counter(), process_time()
    years = await store.read(
        lambda db: counting.count_years(db, house.id, _YEARS, _TODAY, issue_within=20)
    )
    shown = [published(tables, counting.SAME) for tables in years]
    took, busy = perf_counter() - started, process_time() - used
    held = next(table for table in shown[0] if table.id == "reviews_by_stage").at("total", "total")
    print(
        f"{copies} units, {held:,} reviews in the year, beside the year before: {took:.2f} s, "
        f"{busy:.2f} s of the processor."
    )


if __name__ == "__main__":
    main()
