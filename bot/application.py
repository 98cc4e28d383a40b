"""The web application: every route, and what answers when something went wrong."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.channels.webchat import officer, showing
from bot.channels.webchat import routes as webchat
from bot.channels.webchat.render import RENDER
from bot.desk import routes as desk
from bot.desk.installation import FINDINGS
from bot.documents.printing import Printer
from bot.media.remaking import Remaker
from bot.metrics import METERS, Meters, metered, metrics
from bot.service import ringing
from bot.service.house import House
from bot.service.telling import Notice
from bot.web import receipts
from bot.web.context import HOUSE, MEANS, REMAKE, STORE, Means, now
from bot.web.faults import note
from bot.web.headers import add_headers
from bot.web.hosts import believe, refuse_other_hosts
from storage.errors import StorageAway
from storage.migrate import is_current
from storage.store import Store

READY = web.AppKey("ready", asyncio.Event)

MOST_BYTES = 256 * 1024
"""Of a request's body (`security.md` 1.7)."""


def make_application(store: Store, house: House, notice: Notice | None = None) -> web.Application:
    """All pages; nothing is started yet."""
    settings = house.settings
    middlewares = [metered, _kind_errors, refuse_other_hosts(settings.public_url)]
    if (forwarded := believe(settings.proxies)) is not None:
        middlewares.insert(2, forwarded)
    app = web.Application(client_max_size=MOST_BYTES, middlewares=middlewares)
    app[STORE], app[HOUSE], app[READY] = store, house, asyncio.Event()
    app[REMAKE] = Remaker.of(settings)
    app[METERS] = Meters.new()
    printer, piles = Printer(), Printer(low=True)
    app[MEANS] = Means(printer, notice, piles)

    async def no_more_paper(_app: web.Application) -> None:
        await printer.close()
        await piles.close()

    app.on_cleanup.append(no_more_paper)
    leave_to = house.council.leave_to
    origin = f"{leave_to.scheme}://{leave_to.host}"
    https = settings.public_url.startswith("https://")
    add_headers(app, https=https, form_targets=(origin,))
    app.router.add_get("/healthz", healthy)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", metrics)
    webchat.add_routes(app)
    showing.add_routes(app)
    officer.add_routes(app)
    receipts.add_routes(app)
    desk.add_routes(app)

    async def findings() -> list[str]:
        from bot.checking import problems_of  # noqa: PLC0415 - it opens what is made here

        return await problems_of(house)

    app[FINDINGS] = findings
    return app


async def healthy(_request: web.Request) -> web.Response:
    """`GET /healthz`: the process answers."""
    return web.Response(text="ok\n")


async def ready(request: web.Request) -> web.Response:
    """`GET /readyz`: 200 once the database, the webhook and the outbox are ready. An alert that
    reaches nobody makes it red; who routes by it would take the chat away, so `/healthz` is for
    that (`docs/runbook.md`)."""
    if not request.app[READY].is_set():
        return web.Response(status=503, text="starting\n")
    try:
        current = await is_current(request.app[STORE])
    except StorageAway:
        return web.Response(status=503, text="database out of reach\n")
    if not current:
        return web.Response(status=503, text="database not migrated\n")
    house, moment = request.app[HOUSE], now()
    try:
        trouble = await request.app[STORE].read(lambda db: ringing.trouble(db, house, moment))
    except StorageAway:
        return web.Response(status=503, text="database out of reach\n")
    if trouble.unreached:
        return web.Response(status=503, text="alerts reach nobody\n")
    if trouble.still:
        return web.Response(status=503, text="alerts stand still: nobody delivers them\n")
    return web.Response(text="ready\n")


@web.middleware
async def _kind_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Pages for what no handler answers. The log gets the error, the reader what to do."""
    render = request.app[RENDER]
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return render.not_found()
    except web.HTTPRequestEntityTooLarge:
        return render.unreadable(413)
    except StorageAway:
        return render.away(None, again=None)
    except web.HTTPException:
        raise
    except Exception as error:
        return render.wrong(note(request, error))
