"""“3 new: show”: how many lines have come since a page was made.

Told by server-sent events while the page is open. Nothing on the page moves by itself; who has no
script loads it again.
"""

import asyncio
import contextlib
from datetime import UTC, datetime

from aiohttp import web

from bot.desk.asking import act_of
from bot.desk.door import admitted
from bot.service import news
from bot.web.context import STORE, now

EVERY_SECONDS = 10.0
"""How often it is looked: three counts by index."""

LASTS_SECONDS = 300.0
"""Then the browser asks anew, at whatever process is there by then."""

CLOSING = web.AppKey("desk_closing", asyncio.Event)


async def told(request: web.Request) -> web.StreamResponse:
    """`GET /desk/news?since=<seconds>`: events with a number; to whoever takes no events the number
    alone, once."""
    then = _since(request)
    if "text/event-stream" not in request.headers.get("Accept", ""):
        return web.Response(text=str(await _count(request, then)))
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    loop = asyncio.get_running_loop()
    until, before = loop.time() + LASTS_SECONDS, 0
    with contextlib.suppress(ConnectionResetError):  # they went to another page
        await response.write(b"retry: 10000\n\n")
        while loop.time() < until:
            count = await _count(request, then)
            if count != before:
                await response.write(f"data: {count}\n\n".encode())
                before = count
            else:
                await response.write(b":\n\n")  # so that a proxy sees that we are there
            if await _is_closing(request) or await admitted(request) is None:
                break
    return response


async def _count(request: web.Request, then: datetime) -> int:
    staff, house, _asked, _moment = act_of(request)
    return await request.config_dict[STORE].read(
        lambda db: news.since(db, house, staff, then, now())
    )


async def _is_closing(request: web.Request) -> bool:
    """Wait for the next look, or the end of the server: it must not wait for us."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(EVERY_SECONDS):
            await request.app[CLOSING].wait()
    return request.app[CLOSING].is_set()


def _since(request: web.Request) -> datetime:
    """From when on; what is no time is now, of which nothing is new."""
    given = request.query.get("since", "")
    if not (given.isascii() and given.isdecimal() and len(given) <= 11):
        return now()
    return datetime.fromtimestamp(int(given), UTC)


def set_up(app: web.Application) -> None:
    """Let the streams of this desk end with its server."""
    app[CLOSING] = asyncio.Event()

    async def close(_app: web.Application) -> None:
        app[CLOSING].set()

    app.on_shutdown.append(close)
