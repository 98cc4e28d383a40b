"""`GET /chat/officer`: the picture of whoever runs the review, once the code is accepted."""

from aiohttp import web

from bot.channels.webchat.routes import find
from bot.service import officer_picture
from bot.web.context import HOUSE, STORE, now
from storage.errors import StorageAway

HERE = "/chat/officer"


def add_routes(app: web.Application) -> None:
    app.router.add_get(HERE, show)


async def show(request: web.Request) -> web.Response:
    """404 where the council has none."""
    house = request.app[HOUSE]
    try:
        found = await find(request, now())
        if found is None:
            raise web.HTTPNotFound
        kept = found[0].kept
        picture = await request.app[STORE].read(lambda db: officer_picture.of(db, house, kept))
    except StorageAway:
        raise web.HTTPServiceUnavailable from None
    if picture is None:
        raise web.HTTPNotFound
    return web.Response(
        body=picture.content,
        content_type=picture.media_type,
        headers={"Content-Disposition": "inline"},
    )
