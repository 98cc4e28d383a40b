"""`/s/<token>`: whoever was sent a message wants no more of them.

Opening the address does nothing, since programs open what stands in messages; its button does. It
says nothing of anybody: whose telephone it is shows nowhere, and a wrong address looks the same.
"""

from urllib.parse import urlsplit

from aiohttp import web

from bot.channels.webchat.render import RENDER
from bot.service import inviting
from bot.web.context import HOUSE, STORE, now
from bot.web.crossing import is_from_elsewhere
from bot.web.forms import FormUnreadable, read_form
from storage.errors import StorageAway

HERE = "/s/{token:[0-9A-Za-z]{4,16}}"


def add_routes(app: web.Application) -> None:
    app.router.add_get(HERE, asked)
    app.router.add_post(HERE, stopped)


async def asked(request: web.Request) -> web.StreamResponse:
    """`GET /s/<token>`: what it does, and the button."""
    return request.app[RENDER].stop(request.path)


async def stopped(request: web.Request) -> web.StreamResponse:
    """`POST /s/<token>`: the same answer whether the token is good or not."""
    house, render, token = request.app[HOUSE], request.app[RENDER], request.match_info["token"]
    own = urlsplit(house.settings.public_url).netloc
    if is_from_elsewhere(request.headers, frozenset({request.host, own})):
        return render.unreadable(403)
    try:
        await read_form(request)  # it carries nothing, but no script of others sends a form
    except FormUnreadable:
        return render.unreadable(400)
    moment = now()
    try:
        await request.app[STORE].write(lambda db: inviting.stop_by_link(db, house, token, moment))
    except StorageAway:
        return render.away(None, again=request.path)
    return render.stop(request.path, done=True)
