"""Importing a council's tables: how fast, and how much memory.

python -m benchmarks.importing [--children 1100] [--million]

12,000 rows are to take 3 s or less; 100,000 children with 1,000,000 rows 60 s or less on PostgreSQL
with the memory flat (`--million`).
"""

import argparse
import asyncio
import csv
import resource
import tempfile
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import insert

from bot.importing import import_ssd
from bot.service.council import read_council
from bot.service.house import House
from bot.settings import Settings
from storage.keys import KeyRing
from storage.migrate import migrate
from storage.store import open_store
from storage.tables import councils
from tests import postgres

DAY = timedelta(days=1)
FIRST = date(2023, 1, 1)

HEADS = {
    "ssd_person": "pers_person_id,pers_forename,pers_surname,pers_sex,pers_ethnicity,pers_dob",
    "ssd_cla_episodes": "clae_cla_episode_id,clae_person_id,clae_cla_id,"
    "clae_cla_episode_start_date,clae_cla_episode_start_reason,clae_cla_episode_ceased_date,"
    "clae_cla_episode_ceased_reason,clae_cla_placement_id",
    "ssd_cla_placement": "clap_cla_placement_id,clap_cla_id,clap_person_id,"
    "clap_cla_placement_start_date,clap_cla_placement_end_date,clap_cla_placement_type",
    "ssd_legal_status": "lega_legal_status_id,lega_person_id,lega_legal_status,"
    "lega_legal_status_start_date,lega_legal_status_end_date",
    "ssd_cla_reviews": "clar_cla_review_id,clar_cla_id,clar_cla_review_due_date,"
    "clar_cla_review_date,clar_cla_review_cancelled,clar_cla_review_participation",
    "ssd_involvements": "invo_professional_id,invo_professional_role_id,invo_person_id,"
    "invo_involvement_start_date,invo_involvement_end_date",
    "ssd_professionals": "prof_professional_id,prof_professional_name",
}


def write(folder: Path, children: int) -> int:
    """The tables of so many invented children, some eleven rows each; how many rows."""
    chance = Random(1)
    count = 0
    files = {name: (folder / f"{name}.csv").open("w", newline="") for name in HEADS}
    rows = {name: csv.writer(file) for name, file in files.items()}
    for name, head in HEADS.items():
        rows[name].writerow(head.split(","))

    def put(name: str, several: Iterable[Sequence[str]]) -> None:
        nonlocal count
        for row in several:
            rows[name].writerow(row)
            count += 1

    put("ssd_professionals", [[f"W{number}", f"Bell{number}, Iris"] for number in range(300)])
    for number in range(children):
        person, care = f"P{number}", f"C{number}"
        born = date(2008, 1, 1) + DAY * chance.randrange(5500)
        came = max(born, FIRST + DAY * chance.randrange(600))
        moved = came + 200 * DAY
        put("ssd_person", [[person, f"Kai{number}", "Doe", "F", "WBRI", f"{born:%d/%m/%Y}"]])
        put(
            "ssd_cla_episodes",
            [
                [
                    f"E{number}a",
                    person,
                    f"C{number}",
                    f"{came}",
                    "S",
                    f"{moved}",
                    "X1",
                    f"L{number}a",
                ],
                [f"E{number}b", person, f"C{number}", f"{moved}", "P", "", "", f"L{number}b"],
            ],
        )
        put(
            "ssd_cla_placement",
            [
                [f"L{number}a", care, person, f"{came}", f"{moved}", "U6"],
                [f"L{number}b", care, person, f"{moved}", "", "U1"],
            ],
        )
        put("ssd_legal_status", [[f"S{number}", person, "V2", f"{came}", ""]])
        days = [came + DAY * after for after in (20, 110, 290)]
        put(
            "ssd_cla_reviews",
            [
                [f"R{number}-{place}", f"C{number}", f"{day}", f"{day}", "N", _code(born, day)]
                for place, day in enumerate(days)
            ]
            + [[f"R{number}-n", f"C{number}", f"{days[-1] + 180 * DAY}", "", "N", ""]],
        )
        put("ssd_involvements", [[f"W{number % 300}", "IRO", person, f"{came}", ""]])
    for file in files.values():
        file.close()
    return count


def _code(born: date, day: date) -> str:
    return "PN0" if (day - born).days < 1461 else "PN1"


async def measure(url: str, children: int) -> None:
    council = read_council(None)
    ring = KeyRing.made(council.id, datetime.now(UTC))
    house = House(council, ring, Settings(database_url=url))
    with tempfile.TemporaryDirectory() as folder:
        count = write(Path(folder), children)
        store = await open_store(url, house.keys)
        try:
            await migrate(store)
            await store.write(
                lambda db: db.execute(
                    insert(councils),
                    {"council": house.id, "demo": True, "created_at": datetime.now(UTC)},
                )
            )

            async def done(_at: int, _of: int) -> None:
                pass

            for title in ("first", "again"):
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                started, cpu = time.perf_counter(), time.process_time()
                outcome = await import_ssd(
                    store,
                    house,
                    Path(folder),
                    datetime.now(UTC).date(),
                    "sayso",
                    done,
                )
                took, cpu = time.perf_counter() - started, time.process_time() - cpu
                after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                print(
                    f"{url.partition('+')[0]}: {count:,} rows, {title}: {took:.1f} s ({cpu:.1f} s "
                    f"of this process), {count / took:,.0f} rows a second, peak "
                    f"{after / 1024:.0f} MB ({(after - before) / 1024:+.0f}); "
                    f"{outcome.changes:,} changes, {outcome.all_unread} unread"
                )
        finally:
            await store.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.importing", description=__doc__)
    parser.add_argument("--children", type=int, default=1_100)
    parser.add_argument("--million", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/sayso.db"
        asyncio.run(measure(url, asked.children))
    with postgres.running() as server:
        for children in (asked.children, *((91_000,) if asked.million else ())):
            with server.database() as name:
                asyncio.run(measure(server.url(name), children))


if __name__ == "__main__":
    main()
