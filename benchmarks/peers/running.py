"""What all peers share: their arguments, uvloop, a webhook route, and an end at SIGTERM."""

import argparse
import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import uvloop
from aiohttp import web
from telegram import Update
from telegram.ext import Application, ApplicationBuilder

from benchmarks.bot_api import TOKEN

PATH = "/telegram/webhook"

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Arguments:
    """`database`: an SQLAlchemy address, or empty. `folder`: where files may be kept."""

    port: int
    api_url: str
    database: str
    folder: str


def arguments() -> Arguments:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api-url", required=True)
    parser.add_argument("--database", default="")
    parser.add_argument("--folder", default=".")
    given = parser.parse_args()
    return Arguments(given.port, given.api_url, given.database, given.folder)


def builder(given: Arguments) -> ApplicationBuilder[Any, Any, Any, Any, Any, Any]:
    """python-telegram-bot as its examples set it up: default settings, its own HTTP client."""
    return ApplicationBuilder().token(TOKEN).base_url(f"{given.api_url}/bot").updater(None)


def run(main: Callable[[], Awaitable[None]]) -> None:
    async def go() -> None:
        await main()

    uvloop.run(go())


async def serve_bot(application: AnyApplication, port: int) -> None:
    """The webhook as `examples/customwebhookbot.py` of the library does it: 200 once queued.

    (On aiohttp: with the library's own tornado server the echo is slower still.)
    """

    async def webhook(request: web.Request) -> web.Response:
        update = Update.de_json(await request.json(), application.bot)
        await application.update_queue.put(update)
        return web.Response()

    async with application:
        await application.start()
        await serve(webhook, port)
        await application.stop()


async def serve(webhook: Callable[[web.Request], Awaitable[web.StreamResponse]], port: int) -> None:
    """Until SIGTERM."""
    app = web.Application()
    app.router.add_post(PATH, webhook)
    app.router.add_get("/readyz", _ready)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await runner.cleanup()


async def _ready(_request: web.Request) -> web.Response:
    return web.Response(text="ready\n")
