"""Running: the web server, the worker, and ending both without losing anything."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.application import READY, make_application
from bot.delivery.dispatch import Dispatcher
from bot.service.house import House
from bot.service.outcome import Deliverer
from storage.migrate import is_current
from storage.serving import only_server
from storage.store import Store, open_store

if TYPE_CHECKING:
    from bot.channels.telegram.channel import Telegram

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


@asynccontextmanager
async def telegram_of(store: Store, house: House) -> AsyncIterator["Telegram | None"]:
    """Telegram, where a token is set; the library is loaded only then."""
    if not house.settings.telegram_token:
        yield None
        return
    from bot.channels.telegram.channel import open_telegram  # noqa: PLC0415 - half a second

    telegram = await open_telegram(store, house)
    try:
        yield telegram
    finally:
        await telegram.close()


@asynccontextmanager
async def working(store: Store, house: House, telegram: "Telegram | None") -> AsyncIterator[None]:
    """Empty the outbox for as long as the context is open; then end what is under way."""
    from bot.delivery.record import CaseRecord  # noqa: PLC0415 - only who delivers loads it
    from bot.documents.pdf import contribution_pdf  # noqa: PLC0415

    record = CaseRecord(store, house, contribution_pdf)
    deliverers: list[Deliverer] = [record]
    if telegram is not None:
        deliverers += [telegram.deliverer, telegram.knocking]
    dispatchers = [Dispatcher(store, deliverer) for deliverer in deliverers]
    await store.listen()
    running = [asyncio.create_task(dispatcher.run()) for dispatcher in dispatchers]
    waking = asyncio.create_task(_wake(store, dispatchers))
    try:
        yield
    finally:
        waking.cancel()
        await asyncio.gather(*(dispatcher.stop() for dispatcher in dispatchers))
        await asyncio.gather(*running)
        await record.close()


async def _wake(store: Store, dispatchers: list[Dispatcher]) -> None:
    while True:
        destinations = await store.waken()
        for dispatcher in dispatchers:
            if not dispatcher.deliverer.destinations.isdisjoint(destinations):
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
                telegram = await stack.enter_async_context(telegram_of(store, house))
                if worker:
                    await stack.enter_async_context(working(store, house, telegram))
                await _until_stopped(store, house, telegram, started)


async def _until_stopped(
    store: Store,
    house: House,
    telegram: "Telegram | None",
    started: Callable[[Store, int], object] | None,
) -> None:
    app = make_application(store, house)
    if telegram is not None:
        telegram.add_routes(app)
    stop = _stop_signal()
    runner = web.AppRunner(
        app, access_log=None, keepalive_timeout=15, shutdown_timeout=DRAIN_SECONDS
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, house.settings.host, house.settings.port, backlog=1024)
        await site.start()
        port = int(runner.addresses[0][1])
        log.info("serving", host=house.settings.host, port=port)
        if started is not None:
            await _call(started, store, port)
        async with contextlib.AsyncExitStack() as stack:
            if telegram is None:
                app[READY].set()
            else:
                await stack.enter_async_context(telegram.listening(app[READY]))
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
            async with telegram_of(store, house) as telegram, working(store, house, telegram):
                log.info("working")
                await stop.wait()


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop
