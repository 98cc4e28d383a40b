"""Running: the web server, the worker, and ending both without losing anything."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.application import READY, make_application
from bot.delivery.dispatch import Dispatcher
from bot.delivery.outcome import Deliverer
from bot.service.house import House
from storage.migrate import is_current
from storage.serving import only_server
from storage.store import Store, open_store

log = structlog.get_logger()

DRAIN_SECONDS = 20
"""How long a stopping server waits for requests that are under way."""


class NotMigrated(Exception):
    """The database has not the tables that this version needs."""

    def __init__(self) -> None:
        super().__init__("The database is not at this version's tables. Run: sayso migrate")


@asynccontextmanager
async def opened(house: House) -> AsyncIterator[Store]:
    store = await open_store(house.settings.database_url)
    try:
        yield store
    finally:
        await store.close()


def deliverers(store: Store, house: House) -> list[Deliverer]:
    """Everything that can take a row out of the outbox, as this installation is set up."""
    from bot.delivery.record import CaseRecord  # noqa: PLC0415 - only who delivers loads it

    return [CaseRecord(store, house)]


@asynccontextmanager
async def working(store: Store, house: House) -> AsyncIterator[None]:
    """Empty the outbox for as long as the context is open; then end what is under way."""
    dispatchers = [Dispatcher(store, deliverer) for deliverer in deliverers(store, house)]
    await store.listen()
    running = [asyncio.create_task(dispatcher.run()) for dispatcher in dispatchers]
    waking = asyncio.create_task(_wake(store, dispatchers))
    try:
        yield
    finally:
        waking.cancel()
        await asyncio.gather(*(dispatcher.stop() for dispatcher in dispatchers))
        await asyncio.gather(*running)


async def _wake(store: Store, dispatchers: list[Dispatcher]) -> None:
    while True:
        await store.woken.wait()
        store.woken.clear()
        for dispatcher in dispatchers:
            dispatcher.wake()


async def serve(
    house: House, *, worker: bool = True, started: Callable[[Store, int], object] | None = None
) -> None:
    """The web server, and the worker unless it runs elsewhere; until SIGTERM or SIGINT.

    `started` is called with the store and the port once requests are answered.
    """
    with only_server(house.settings.database_url):
        async with opened(house) as store:
            if not await is_current(store):
                raise NotMigrated
            async with contextlib.AsyncExitStack() as stack:
                if worker:
                    await stack.enter_async_context(working(store, house))
                await _until_stopped(store, house, started)


async def _until_stopped(
    store: Store, house: House, started: Callable[[Store, int], object] | None
) -> None:
    app = make_application(store, house)
    stop = _stop_signal()
    runner = web.AppRunner(
        app, access_log=None, keepalive_timeout=15, shutdown_timeout=DRAIN_SECONDS
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, house.settings.host, house.settings.port, backlog=1024)
        await site.start()
        app[READY].set()
        port = int(runner.addresses[0][1])
        log.info("serving", host=house.settings.host, port=port)
        if started is not None:
            await asyncio.shield(asyncio.ensure_future(_call(started, store, port)))
        await stop.wait()
        log.info("stopping")
    finally:
        app[READY].clear()
        await runner.cleanup()


async def _call(started: Callable[[Store, int], object], store: Store, port: int) -> None:
    result = started(store, port)
    if asyncio.iscoroutine(result):
        await result


async def work(house: House) -> None:
    """The worker alone, until SIGTERM or SIGINT."""
    with only_server(house.settings.database_url):
        async with opened(house) as store:
            if not await is_current(store):
                raise NotMigrated
            stop = _stop_signal()
            async with working(store, house):
                log.info("working")
                await stop.wait()


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
