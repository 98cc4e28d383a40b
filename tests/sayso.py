"""Sayso as it runs, in the test's own process: real sockets, a real database, the demo council."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import unused_port
from sqlalchemy import Connection

from bot.application import READY, make_application
from bot.demo import council as demo
from bot.service.council import read_council
from bot.service.house import House
from bot.serving import telegram_of, working
from bot.settings import Settings
from bot.web.context import now
from storage.migrate import migrate
from storage.store import Store, open_store
from tests.keys import ring_at


@dataclass(slots=True)
class Sayso:
    """A running Sayso."""

    base: str
    house: House
    store: Store
    folder: Path


def house_at(folder: Path, database_url: str, **settings: Any) -> House:
    """Northborough with both case records below `folder`."""
    port = unused_port()
    given = {
        "database_url": database_url,
        "port": port,
        "keys": str(folder / "keys.json"),
        "case_record": f"folder:{folder / 'record'}",
        "case_record_restricted": f"folder:{folder / 'restricted'}",
        **settings,
    }
    return House(read_council(None), ring_at(folder / "keys.json"), Settings(**given))


def _council(db: Connection, house: House) -> None:
    if not demo.exists(db, house):
        demo.make(db, house, now())


@asynccontextmanager
async def running(house: House, folder: Path) -> AsyncIterator[Sayso]:
    """Served and delivering, as `sayso serve` does it."""
    store = await open_store(house.settings.database_url, house.keys)
    await migrate(store)
    await store.write(lambda db: _council(db, house))
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        telegram = await stack.enter_async_context(telegram_of(store, house))
        await stack.enter_async_context(working(store, house, telegram))
        app = make_application(store, house)
        if telegram is not None:
            telegram.add_routes(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", house.settings.port).start()
        if telegram is None:
            app[READY].set()
        else:
            await stack.enter_async_context(telegram.listening(app[READY]))
            async with asyncio.timeout(10):
                await app[READY].wait()
        yield Sayso(house.settings.public_url, house, store, folder)
