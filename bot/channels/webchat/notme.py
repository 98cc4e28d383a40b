"""`/notme`: *that wasn't me*. For a browser that was let in, and for who has the letter's link or
code, which may be used up already."""

from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import Connection

from bot.channels.webchat.boxes import asked_in_a_box
from bot.channels.webchat.cookies import secret_of
from bot.channels.webchat.knocking import knock_of
from bot.channels.webchat.render import RENDER
from bot.service import disputes, invitations
from bot.service.guessing import Wait
from bot.service.hear import reader_of
from bot.service.invitations import Refused
from bot.service.wording import Reader
from bot.web.context import HOUSE, STORE, now
from bot.web.crossing import is_from_elsewhere
from bot.web.forms import FormUnreadable, read_form
from conversations import texts
from conversations.wording import Say
from storage import conversations
from storage.errors import StorageAway

HERE = "/notme"


def add_routes(app: web.Application) -> None:
    app.router.add_get(HERE, notme)
    app.router.add_post(HERE, said)


async def _known(request: web.Request) -> tuple[str, Reader] | None:
    """The conversation that this browser was let into, and its reader."""
    house, browser, at = request.app[HOUSE], secret_of(request, "chat"), now()

    def look(db: Connection) -> tuple[str, Reader] | None:
        conversation_id = invitations.browser(db, house, browser, at) if browser else None
        if conversation_id is None:
            return None
        return conversation_id, reader_of(conversations.get(db, house.id, conversation_id))

    return await request.app[STORE].read(look)


async def notme(request: web.Request) -> web.StreamResponse:
    """`GET /notme`: what it does, and the button. It does nothing by itself."""
    try:
        known = await _known(request)
    except StorageAway:
        return request.app[RENDER].away(None, again=None)
    return request.app[RENDER].notme(known[1] if known else None)


async def said(request: web.Request) -> web.StreamResponse:
    """`POST /notme`: by the cookie, or by a link's secret or a code as in `POST /i/`."""
    house, render, at = request.app[HOUSE], request.app[RENDER], now()
    own = urlsplit(request.app[HOUSE].settings.public_url).netloc
    if is_from_elsewhere(request.headers, frozenset({request.host, own})):
        return render.unreadable(403)
    try:
        form = await read_form(request)
    except FormUnreadable:
        return render.unreadable(400)
    knock = knock_of(request, form, at)
    try:
        if not knock.secret and (helped := await asked_in_a_box(request, form.one("code"), at)):
            return helped
        known = None if knock.secret or knock.code else await _known(request)
        if known is not None:
            await request.app[STORE].write(lambda db: disputes.dispute(db, house, known[0], at))
            return render.notme_done(known[1])
        result = await request.app[STORE].write(
            lambda db: disputes.dispute_by_invitation(db, house, knock, at)
        )
    except StorageAway:
        return render.away(form, again=HERE)
    match result:
        case None:
            return render.notme_done(None)
        case Wait():
            return render.wait(result, knock.code[:40], knock.secret, at, action=HERE)
        case Refused():
            return render.notme(None, error=Say(texts.CODE_WRONG), code=knock.code[:40], status=422)
