"""Databases of both kinds, with today's tables."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from storage.migrate import migrate
from storage.store import open_store

KINDS = ("sqlite", "postgresql")


def sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def make_tables(url: str) -> None:
    """Migrate the database at `url`. In a thread: a loop may be running in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_migrate(url))).result()


async def _migrate(url: str) -> None:
    store = await open_store(url)
    try:
        await migrate(store)
    finally:
        await store.close()
