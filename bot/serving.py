"""Running: the web server, the worker, and ending both without losing anything."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.application import READY, make_application
from bot.delivery.dispatch import Dispatcher
from bot.media.remaking import Remaker
from bot.opening import NotMigrated, opened
from bot.service import ledger
from bot.service.checkpointing import DESTINATION, Tying
from bot.service.house import House
from bot.service.invitation_batches import Making
from bot.service.invitation_reminders import Reminding
from bot.service.keeping import Ending, Notice
from bot.service.outcome import Deliverer
from bot.service.ringing import Escalating
from bot.settings import ReachedUnsafely
from bot.web.context import now
from bot.web.entrance import Entrance
from bot.where import without_text
from conversations.safeguarding.language import languages
from storage import outbox
from storage.errors import StorageAway
from storage.migrate import is_current
from storage.serving import only_server
from storage.store import Store

if TYPE_CHECKING:
    from bot.channels.telegram.channel import Telegram
    from bot.handed_in import HandedIn

log = structlog.get_logger()

DRAIN_SECONDS = 20
"""How long a stopping server waits for requests that are under way."""


TIE_SECONDS = 10.0
"""How often it is looked whether a checkpoint of the audit is due."""

STEP_SECONDS, REST_SECONDS = 0.5, 60.0
"""Between looks at what has had its time: within a round, and until the next."""

IMPORT_SECONDS = 2.0
INVITE_SECONDS, BETWEEN_INVITATIONS = 1.0, 0.02
"""How often it is looked whether invitations are to be made, and the pause between a few and the
next few: 1,500 take a minute, and a message of the chat waits for five of them at the most."""

ESCALATE_SECONDS = 2.0
"""How often it is looked whether somebody has to be told of an alert that nobody took on."""

LEAVE_SECONDS = 3.0
"""How long a stopping worker waits for its last checkpoint to leave; else the next one sends it."""


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
    from bot.delivery.checkpoints import Leaving  # noqa: PLC0415
    from bot.delivery.handing_over import HandingOver  # noqa: PLC0415
    from bot.delivery.inviting import Inviting  # noqa: PLC0415
    from bot.delivery.notes import NoteRecord  # noqa: PLC0415
    from bot.delivery.record import CaseRecord  # noqa: PLC0415 - only who delivers loads it
    from bot.delivery.review_records import ReviewRecords  # noqa: PLC0415
    from bot.delivery.ringing import CLAIM, Ringing  # noqa: PLC0415
    from bot.documents.printing import Printer  # noqa: PLC0415
    from bot.handed_in import HandedIn  # noqa: PLC0415
    from bot.importing import at_desk  # noqa: PLC0415

    printer = Printer()
    record, leaving, calls = (
        CaseRecord(store, house, printer),
        Leaving(house),
        Ringing(store, house),
    )
    notice = _notice_of(house, telegram)
    handing_over = HandingOver(store, house, notice)
    note_record = NoteRecord(store, house, printer)
    inviting = Inviting(store, house)
    reviews = ReviewRecords(store, house, printer)
    deliverers: list[Deliverer] = [record, reviews, note_record, handing_over, inviting, leaving]
    if telegram is not None:
        fetching = telegram.fetching(Remaker.of(house.settings))
        to_chats = telegram.deliverer
        deliverers += [to_chats, telegram.knocking, fetching, telegram.reminding(to_chats)]
    dispatchers = [Dispatcher(store, deliverer) for deliverer in deliverers]
    dispatchers.append(Dispatcher(store, calls, CLAIM))
    store.takers += [dispatcher.put_out for dispatcher in dispatchers]
    await store.listen()
    running = [asyncio.create_task(dispatcher.run()) for dispatcher in dispatchers]
    waking = asyncio.create_task(_wake(store, dispatchers))
    ending = asyncio.Event()
    rounds = [
        asyncio.create_task(one)
        for one in (
            _tie(Tying(store, house), ending),
            _end(Ending(store, house, notice), ending),
            _invite(Making(store, house), Reminding(store, house), ending),
            _import(HandedIn(store, house, partial(at_desk, store, house), now), ending),
            _escalate(Escalating(store, house), ending),
        )
    ]
    try:
        yield
    finally:
        ending.set()
        for one in rounds:
            await one
        await _left(store, house)
        waking.cancel()
        await asyncio.gather(*(dispatcher.stop() for dispatcher in dispatchers))
        await asyncio.gather(*running)
        for edge in (record, note_record, reviews, printer, leaving, calls, inviting):
            await edge.close()


async def _tie(tying: Tying, ending: asyncio.Event) -> None:
    """Look whether a checkpoint is due, again and again; the last time at the end."""
    while True:
        last = ending.is_set()
        try:
            await tying.tie(now(), at_once=last)
        except StorageAway:
            log.warning("audit_out_of_reach")
        except Exception as error:
            # A mistake of ours must not end the tying for as long as this process runs.
            log.error("audit_not_tied", **without_text(error))
        if last:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TIE_SECONDS):
                await ending.wait()


def _notice_of(house: House, telegram: "Telegram | None") -> Notice | None:
    """How a chat is told something, where there is Telegram."""
    if telegram is None:
        return None
    from bot.channels.telegram.notices import notice  # noqa: PLC0415

    return partial(notice, house)


async def _end(keeping: Ending, ending: asyncio.Event) -> None:
    """Let what has had its time go: a step a second, and after each round a rest."""
    while not ending.is_set():
        wait = REST_SECONDS
        try:
            wait = STEP_SECONDS if await keeping.step(now()) else REST_SECONDS
        except StorageAway:
            log.warning("keeping_out_of_reach")
        except Exception as error:
            # A mistake of ours must not end it for as long as this process runs.
            log.error("keeping_failed", **without_text(error))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await ending.wait()


async def _invite(making: Making, reminding: Reminding, ending: asyncio.Event) -> None:
    """Make the invitations that somebody started, a few at a time, and remind whom it is time for.
    Between two steps the chat has its turn."""
    remind_at = 0.0
    loop = asyncio.get_running_loop()
    while not ending.is_set():
        wait = INVITE_SECONDS
        try:
            if await making.step(now()):
                wait = BETWEEN_INVITATIONS
            elif loop.time() >= remind_at and not await reminding.step(now()):
                remind_at = loop.time() + REST_SECONDS
        except StorageAway:
            log.warning("inviting_out_of_reach")
        except Exception as error:
            # A mistake of ours must not end it for as long as this process runs.
            log.error("inviting_failed", **without_text(error))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await ending.wait()


async def _import(handed_in: "HandedIn", ending: asyncio.Event) -> None:
    """Look at what was handed in at the desk, and take it in once somebody says so."""
    while not ending.is_set():
        wait = IMPORT_SECONDS
        try:
            if await handed_in.step():
                continue
        except StorageAway:
            log.warning("importing_out_of_reach")
        except Exception as error:
            # A mistake of ours must not end it for as long as this process runs.
            log.error("importing_failed", **without_text(error))
            wait = REST_SECONDS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await ending.wait()


async def _escalate(escalating: Escalating, ending: asyncio.Event) -> None:
    """Tell the next of alerts that nobody takes on, for as long as this process runs."""
    while not ending.is_set():
        try:
            await escalating.step(now())
        except StorageAway:
            log.warning("alerts_out_of_reach")
        except Exception as error:
            # A mistake of ours must not end it: /readyz turns red if nothing moves any more.
            log.critical("alerts_not_told", **without_text(error))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ESCALATE_SECONDS):
                await ending.wait()


async def _left(store: Store, house: House) -> None:
    """Give the last checkpoint a moment to leave."""
    if not house.settings.audit_checkpoints:
        return
    with contextlib.suppress(TimeoutError, StorageAway):
        async with asyncio.timeout(LEAVE_SECONDS):
            # A table rings no bell when it is empty.
            while await store.read(lambda db: outbox.waits(db, house.id, DESTINATION)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)


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
    if not house.settings.is_reached_safely:
        raise ReachedUnsafely(house.settings.public_url)
    with only_server(house.settings.database_url):
        async with opened(house) as store:
            if not await is_current(store):
                raise NotMigrated
            await ledger.catch_up(store, house)
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
    app = make_application(store, house, _notice_of(house, telegram))
    if telegram is not None:
        telegram.add_routes(app)
    stop = _stop_signal()
    runner = web.AppRunner(
        app, access_log=None, keepalive_timeout=15, shutdown_timeout=DRAIN_SECONDS
    )
    await runner.setup()
    assert runner.server is not None  # noqa: S101 - it was set up
    entrance = Entrance(runner.server)
    try:
        port = await entrance.open(house.settings.host, house.settings.port)
        settle_memory()
        log.info("serving", host=house.settings.host, port=port)
        if started is not None:
            await _call(started, store, port)
        async with contextlib.AsyncExitStack() as stack:
            if house.council.duty is not None:
                stack.enter_context(_reading_phrases())
            if telegram is None:
                app[READY].set()
            else:
                await stack.enter_async_context(telegram.listening(app[READY]))
            await stop.wait()
            log.info("stopping")
    finally:
        app[READY].clear()
        await entrance.close()
        await runner.cleanup()


@contextlib.contextmanager
def _reading_phrases() -> Iterator[None]:
    """Let a thread make the detector's phrases ready, so that no message waits for them."""
    reading = asyncio.create_task(asyncio.to_thread(languages))
    try:
        yield
    finally:
        reading.cancel()


def settle_memory() -> None:
    """What was made at the start stays, so the collector need not look at it again and again: its
    full passes were the longest waits there were (p99 at 32 at once: 147 ms, then 45). Until here
    a server does without it (`bot/commands/serving.py`)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


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
            await ledger.catch_up(store, house)
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
