"""Promise P2, PostgreSQL's half: the start refuses a database that would lose commits."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.opening import opened
from storage import durability
from storage.errors import NotDurable
from storage.store import Store, open_store
from tests.postgres import Postgres
from tests.promises import Promise
from tests.sayso import house_at


async def test_a_database_that_is_durable_starts(store: Store, promise: Promise) -> None:
    await store.read(durability.check)
    promise("P2", settings_asserted=len(durability.NEEDED) if not store.is_sqlite else 4,
            database=store.writer.dialect.name)  # fmt: skip


async def test_the_start_refuses_what_was_set_to_lose_commits(
    postgres_database_url: str, postgresql: Postgres, tmp_path: Path
) -> None:
    name = "synchronous_commit"
    database = make_url(postgres_database_url).database
    postgresql.run(f"ALTER DATABASE {database} SET {name} = off")
    house = house_at(tmp_path, postgres_database_url)
    with pytest.raises(NotDurable, match=f"{name} = off.*SAYSO_DATABASE_URL"):
        async with opened(house):
            pass


@pytest.mark.parametrize("name", ["fsync", "full_page_writes"])
async def test_the_start_refuses_a_server_that_does_not_write_through(
    name: str, postgres_database_url: str, postgresql: Postgres
) -> None:
    """These are the whole server's: set, looked at, and set back."""
    store = await open_store(postgres_database_url)
    postgresql.run(f"ALTER SYSTEM SET {name} = off")
    postgresql.run("SELECT pg_reload_conf()")
    try:
        with pytest.raises(NotDurable, match=f"{name} = off"):
            await _look_until_refused(store)
    finally:
        postgresql.run(f"ALTER SYSTEM RESET {name}")
        postgresql.run("SELECT pg_reload_conf()")
        await store.close()


async def _look_until_refused(store: Store) -> None:
    """The server takes a moment to tell its processes."""
    async with asyncio.timeout(10):
        while True:
            await store.read(durability.check)
