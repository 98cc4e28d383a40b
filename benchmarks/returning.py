"""The statutory return of a region: how long, and how much memory, for 220,000 reviews and for a
tenth of them. 10 s asked, memory flat.

python -m benchmarks.returning [--reviews 220000]
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from bot.access.roles import Role
from bot.service.council import read_council
from storage import data_keys, people
from storage.care_tables import care_episodes
from storage.data_keys import Purpose
from storage.keys import KeyRing
from storage.migrate import migrate
from storage.people import Staff
from storage.sealing import Place, seal
from storage.store import open_store
from storage.tables import councils, participation, reviews, young_people

_A_CHILD = 2.6  # reviews a year: 1,469 of 563 children (docs/promises.md's reference load)
_AT_ONCE = 5_000
_OFFICER = "amina"
_NOW = datetime(2026, 6, 1, tzinfo=UTC)
_BEGINS = date(2025, 4, 1)


def _children(db: Connection, council: str, keys: KeyRing, numbers: range) -> None:
    ids = {number: f"{number:08}" for number in numbers}
    data_keys.make_for_new(db, council, ids.values(), Purpose.IDENTITY)
    rows: list[dict[str, Any]] = []
    for number, person in ids.items():
        born = date(2008 + number % 16, 1 + number % 12, 1 + number % 28).isoformat()
        sealed = {
            column: seal(db, Place(council, "young_people", column, person, person), value)
            for column, value in (("case_id", f"C{number}"), ("name", "Kai Doe"), ("born", born))
        }
        index = keys.blind(council, "case_id", f"C{number}")
        rows.append({"council": council, "person_id": person, "case_id_index": index,
                     "language": "en", "care_leaver": False, "carer": False,
                     "created_at": _NOW, **sealed})  # fmt: skip
    db.execute(insert(young_people), rows)
    db.execute(insert(care_episodes), [
        {"council": council, "person_id": person, "episode_id": "e", "began": date(2024, 1, 8),
         "ended": None, "legal_status": "V4" if number % 50 == 0 else "C2", "placement": "U1",
         "reason_began": "S", "reason_ended": ""}
        for number, person in ids.items()
    ])  # fmt: skip


def _reviews(db: Connection, council: str, numbers: range, children: int) -> None:
    held, codes = [], []
    for number in numbers:
        child = number % children
        day = _BEGINS + timedelta(days=number * 7 % 365)
        review_id = f"R{number}"
        held.append({"council": council, "review_id": review_id, "person_id": f"{child:08}",
                     "kind": "cioc", "officer_id": _OFFICER, "due_on": day, "meeting_on": day,
                     "held": True, "looks_back_on": None, "created_at": _NOW})  # fmt: skip
        # One in fifty is to be mended: the code does not fit their age.
        code = "PN0" if 2008 + child % 16 > 2021 or number % 50 == 0 else "PN1"
        codes.append({"council": council, "review_id": review_id, "code": code, "proposed": code,
                      "method": "spoke", "confirmed_by": _OFFICER,
                      "confirmed_at": _NOW})  # fmt: skip
    db.execute(insert(reviews), held)
    db.execute(insert(participation), codes)


async def _make(url: str, ring: KeyRing, count: int) -> None:
    council = read_council(None).id
    children = round(count / _A_CHILD)
    store = await open_store(url, ring)
    await migrate(store)

    def begin(db: Connection) -> None:
        db.execute(insert(councils), {"council": council, "demo": False, "created_at": _NOW})
        people.add_staff(db, ring, Staff(council, _OFFICER, Role.IRO.value, "Amina Yusuf"), _NOW)

    await store.write(begin)
    for start in range(0, children, _AT_ONCE):
        some = range(start, min(start + _AT_ONCE, children))
        await store.write(partial(_children, council=council, keys=ring, numbers=some))
    for start in range(0, count, _AT_ONCE):
        some = range(start, min(start + _AT_ONCE, count))
        await store.write(partial(_reviews, council=council, numbers=some, children=children))
    await store.close()


def _measure(folder: Path, count: int) -> None:
    url, keys = f"sqlite+aiosqlite:///{folder / 'sayso.db'}", folder / "keys.json"
    ring = KeyRing.made(read_council(None).id, datetime.now(UTC), keys)
    ring.save()
    asyncio.run(_make(url, ring, count))
    environment = os.environ | {"SAYSO_DATABASE_URL": url, "SAYSO_KEYS": str(keys)}
    command = [sys.executable, "-m", "bot", "export", "ssda903", "--year", "2025", "--json",
               "--out", str(folder / "out")]  # fmt: skip
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    made = json.loads(ended.stdout)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"{count:,} reviews returned in {took:.1f} s ({cpu:.1f} s of the processor), "
        f"{made['goes_in']:,} in, {made['left_out']:,} left out; "
        f"at most {after.ru_maxrss / 1024:.0f} MB."
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.returning", description=__doc__)
    parser.add_argument("--reviews", type=int, default=220_000)
    count = parser.parse_args().reviews
    for part in (count // 10, count):  # the larger one last: the most memory is of both
        with tempfile.TemporaryDirectory() as folder:
            _measure(Path(folder), part)


if __name__ == "__main__":
    main()
