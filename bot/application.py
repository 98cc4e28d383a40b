"""The web application: every route, and what answers when something went wrong."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot.channels.webchat import routes as webchat
from bot.channels.webchat.render import RENDER
from bot.desk import routes as desk
from bot.desk.installation import FINDINGS
from bot.service.house import House
from bot.web.context import HOUSE, STORE
from bot.web.headers import add_headers
from bot.web.hosts import believe, refuse_other_hosts
from storage.errors import StorageAway
from storage.migrate import is_current
from storage.store import Store

log = structlog.get_logger()

READY = web.AppKey("ready", asyncio.Event)

MOST_BYTES = 256 * 1024
"""Of a request's body (`security.md` 1.7)."""


def make_application(store: Store, house: House) -> web.Application:
    """All pages; nothing is started yet."""
    settings = house.settings
    middlewares = [_kind_errors, refuse_other_hosts(settings.public_url)]
    if (forwarded := believe(settings.proxies)) is not None:
        middlewares.insert(1, forwarded)
    app = web.Application(client_max_size=MOST_BYTES, middlewares=middlewares)
    app[STORE], app[HOUSE], app[READY] = store, house, asyncio.Event()
    leave_to = house.council.leave_to
    origin = f"{leave_to.scheme}://{leave_to.host}"
    https = settings.public_url.startswith("https://")
    add_headers(app, https=https, form_targets=(origin,))
    app.router.add_get("/healthz", healthy)
    app.router.add_get("/readyz", ready)
    webchat.add_routes(app)
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
        where = traceback.extract_tb(error.__traceback__)[-1]
        log.error(  # where it happened, not the error's text: that may hold what was said
            "request_failed",
            path=request.path,
            error=type(error).__name__,
            where=f"{where.name}:{where.lineno}",
        )
        return render.wrong()
