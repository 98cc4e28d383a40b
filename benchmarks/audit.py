"""What the audit costs, and how long a whole check of it takes (`docs/promises.md`, P20).

python -m benchmarks.audit [--entries 1000000] [--database sqlite|postgresql]
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, insert

from storage import audit
from storage.audit_verifying import Verified, verify
from storage.keys import KeyRing
from storage.migrate import migrate
from storage.outbox import rising_id
from storage.store import Store, open_store
from storage.tables import audit as audit_table
from tests import postgres
from tests.databases import sqlite_url

COUNCIL = "northborough"
KEYS = KeyRing.made(COUNCIL, datetime.now(UTC))
LIMIT_SECONDS = 10.0  # P20, for 1,000,000 entries
LIMIT_MICROSECONDS = 15.0  # more an entry than a row without a chain
_TOGETHER = 1_000  # entries of one transaction
_PLAIN = insert(audit_table)


def add_many(db: Connection, count: int) -> None:
    now = datetime.now(UTC)
    for number in range(count):
        audit.add(
            db,
            COUNCIL,
            now,
            actor="staff:5f0c2c1e-6a0f-4e0a-9a9e-0d3c5c1b7a10",
            act="review_read",
            subject=f"review:R{number % 997}",
            detail="contribution 6a0f4e0a-9a9e-0d3c-5c1b-7a105f0c2c1e version 1",
        )


def add_plain(db: Connection, count: int) -> None:
    """The same rows as no chain would write them."""
    now = datetime.now(UTC)
    for number in range(count):
        entry_id = rising_id()
        db.execute(
            _PLAIN,
            {
                "council": "plain",
                "chain": "plain",
                "sequence": entry_id,
                "entry_id": entry_id,
                "at": now,
                "actor": "staff:5f0c2c1e-6a0f-4e0a-9a9e-0d3c5c1b7a10",
                "act": "review_read",
                "subject": f"review:R{number % 997}",
                "detail": "contribution 6a0f4e0a-9a9e-0d3c-5c1b-7a105f0c2c1e version 1",
                "mac": b"m" * 32,
            },
        )


async def cost(store: Store, rounds: int = 20) -> float:
    """Microseconds of the processor that a chained entry takes more than a plain row; the best of
    each."""
    chained = plain = float("inf")
    for _round in range(rounds):
        chained = min(chained, await store.write(partial(_seconds, add=add_many)))
        plain = min(plain, await store.write(partial(_seconds, add=add_plain)))
    return (chained - plain) / _TOGETHER * 1e6


def _seconds(db: Connection, add: Callable[[Connection, int], None]) -> float:
    """Of the processor: others may have the machine's cores just now."""
    begun = time.process_time()
    add(db, _TOGETHER)
    return time.process_time() - begun


async def fill(store: Store, entries: int) -> None:
    for _batch in range(max(1, entries // _TOGETHER)):
        await store.write(lambda db: add_many(db, min(entries, _TOGETHER)))


async def check(store: Store) -> tuple[float, Verified]:
    """Seconds that a whole check takes, and what it found."""
    begun = time.perf_counter()
    verified = await store.read(lambda db: verify(db, KEYS.derive("audit"), COUNCIL))
    return time.perf_counter() - begun, verified


async def measure(url: str, entries: int) -> int:
    store = await open_store(url, KEYS)
    try:
        await migrate(store)
        more = await cost(store)
        await fill(store, entries)
        seconds, verified = await check(store)
    finally:
        await store.close()
    print(f"an entry takes {more:.1f} µs more than a row without a chain")
    print(f"{verified.entries:,} entries checked in {seconds:.1f} s, {len(verified.broken)} broken")
    a_million = seconds / verified.entries * 1_000_000
    kept = a_million <= LIMIT_SECONDS and more <= LIMIT_MICROSECONDS and not verified.broken
    return 0 if kept else 1


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    plan = parser.parse_args()
    if plan.database == "postgresql":
        with postgres.running() as server, server.database() as name:
            return asyncio.run(measure(server.url(name), plan.entries))
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measure(sqlite_url(Path(folder) / "audit.db"), plan.entries))


if __name__ == "__main__":
    raise SystemExit(main())
