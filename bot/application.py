"""The web application: every route, and what lives as long as the process does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import structlog
from aiohttp import web

from bot.delivery.dispatch import Dispatcher
from bot.delivery.outcome import Deliverer
from bot.service.house import House
from storage.errors import StorageAway
from storage.migrate import is_current
from storage.store import Store

log = structlog.get_logger()

STORE = web.AppKey("store", Store)
HOUSE = web.AppKey("house", House)
READY = web.AppKey("ready", asyncio.Event)

MOST_BYTES = 256 * 1024
"""Of a request's body (`security.md` 1.7)."""


def make_application(store: Store, house: House) -> web.Application:
    """All pages; nothing is started yet."""
    app = web.Application(client_max_size=MOST_BYTES)
    app[STORE], app[HOUSE], app[READY] = store, house, asyncio.Event()
    app.router.add_get("/healthz", healthy)
    app.router.add_get("/readyz", ready)
    return app


def now() -> datetime:
    """The one clock of the edges."""
    return datetime.now(UTC)


async def healthy(_request: web.Request) -> web.Response:
    """`GET /healthz`: the process answers."""
    return web.Response(text="ok\n")


async def ready(request: web.Request) -> web.Response:
    """`GET /readyz`: 200 once the database, the webhook and the outbox are ready."""
    if not request.app[READY].is_set():
        return web.Response(status=503, text="starting\n")
    try:
        current = await is_current(request.app[STORE])
    except StorageAway:
        return web.Response(status=503, text="database out of reach\n")
    if not current:
        return web.Response(status=503, text="database not migrated\n")
    return web.Response(text="ready\n")


async def work(store: Store, deliverers: list[Deliverer]) -> AsyncIterator[None]:
    """Empty the outbox for as long as the context is open; then end what is under way."""
    dispatchers = [Dispatcher(store, deliverer) for deliverer in deliverers]
    await store.listen()
    tasks = [asyncio.create_task(dispatcher.run()) for dispatcher in dispatchers]
    waking = asyncio.create_task(_wake(store, dispatchers))
    yield
    waking.cancel()
    await asyncio.gather(*(dispatcher.stop() for dispatcher in dispatchers))
    await asyncio.gather(*tasks)


async def _wake(store: Store, dispatchers: list[Dispatcher]) -> None:
    while True:
        await store.woken.wait()
        store.woken.clear()
        for dispatcher in dispatchers:
            dispatcher.wake()
