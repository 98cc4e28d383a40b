"""`/i/` and `/chat`: parse, call one use case, render. Nothing is answered before it is kept."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web
from sqlalchemy import Connection

from bot.channels.webchat.live import Live, live, to_cookie
from bot.channels.webchat.page import Page
from bot.channels.webchat.parse import Posted, parse
from bot.channels.webchat.render import RENDER, Render
from bot.service import invitations
from bot.service.hear import Answered, ConversationClosed, Incoming, hear, show
from bot.service.house import House
from bot.service.invitations import LetIn, Refused
from bot.web.context import HOUSE, STORE, now
from bot.web.crossing import is_from_elsewhere
from bot.web.forms import FormUnreadable, read_form
from conversations import texts
from conversations.hearing import Command, Draft, Name
from conversations.wording import Say
from storage.errors import StorageAway, Unknown

log = structlog.get_logger()

_REFUSALS = frozenset({texts.TOO_LONG, texts.NOTHING_WRITTEN, texts.NOTHING_CHOSEN})
"""What was not kept: said on the page that still holds it, with status 422."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_routes(app: web.Application) -> None:
    house = app[HOUSE]
    render = app[RENDER] = Render(house)
    render.assets.add_routes(app)
    app.router.add_get("/", to_invitation)
    app.router.add_get("/i/", invitation)
    app.router.add_get("/i", to_invitation)
    app.router.add_post("/i/", open_invitation)
    app.router.add_get("/chat", chat)
    app.router.add_post("/chat", said)
    app.router.add_get("/help", help_lines)
    app.router.add_get("/accessibility", accessibility)
    app.router.add_get("/privacy", privacy)


async def to_invitation(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/i/")


async def invitation(request: web.Request) -> web.Response:
    """`GET /i/`: what this is, and where the code goes."""
    return request.app[RENDER].invitation()


async def open_invitation(request: web.Request) -> web.StreamResponse:
    """`POST /i/`: the link's secret, read by script, or a typed code."""
    app, render = request.app, request.app[RENDER]
    house, at = app[HOUSE], now()
    if _from_elsewhere(request):
        return render.invitation(status=403, error=Say(texts.UNREADABLE))
    try:
        form = await read_form(request)
    except FormUnreadable:
        return render.invitation(status=400, error=Say(texts.UNREADABLE))
    secret, code, once = form.one("secret"), form.one("code"), form.one("once")[:64]
    cookie = request.cookies.get(_cookie(house, "chat"))

    def let_in(db: Connection) -> LetIn | Refused:
        if secret:
            return invitations.let_in_by_link(db, house, secret[:200], cookie, once, at)
        return invitations.let_in_by_code(db, house, code[:200], once, at)

    try:
        result = await app[STORE].write(let_in)
    except StorageAway:
        return render.away(form, again="/i/")
    if isinstance(result, Refused):
        log.info("code_refused", why=result.value)
        used = result is Refused.USED_LINK
        error = texts.LINK_USED if used else texts.CODE_WRONG
        return render.invitation(status=200 if used else 422, error=Say(error), code=code[:40])
    response = _see("/chat")
    _set_cookie(house, response, "chat", result.token, result.expires_at)
    known = request.cookies.get(_cookie(house, "live"), "")
    session = live(house, result.conversation_id, known, at)
    _set_cookie(house, response, "live", to_cookie(house, result.conversation_id, session))
    return response


async def chat(request: web.Request) -> web.StreamResponse:
    """`GET /chat`: what is asked now."""
    try:
        found = await _find(request, now())
    except StorageAway:
        return request.app[RENDER].away(None, again=None)
    if found is None:
        raise web.HTTPSeeOther("/i/")
    answered, session = found
    if now() > answered.kept.open_until:
        return request.app[RENDER].closed("")
    response = request.app[RENDER].chat(Page(answered, session, request.app[HOUSE]))
    _keep_live(request, response, answered, session)
    return response


async def said(request: web.Request) -> web.StreamResponse:
    """`POST /chat`: 303 means committed."""
    app, render = request.app, request.app[RENDER]
    house, at = app[HOUSE], now()
    if _from_elsewhere(request):
        return render.unreadable(403)
    try:
        form = await read_form(request)
    except FormUnreadable:
        return render.unreadable(400)
    posted = parse(form)
    if isinstance(posted.heard, Command) and posted.heard.name is Name.LEAVE:
        return await _leave(request, posted, at)
    token = request.cookies.get(_cookie(house, "chat"), "")

    def keep(db: Connection) -> tuple[Say, ...] | None:
        conversation_id = invitations.browser(db, house, token, at) if token else None
        if conversation_id is None:
            return None
        return _hear(db, house, conversation_id, posted, at)

    try:
        says = await app[STORE].write(keep)
    except StorageAway:
        return render.away(form, again="/chat")
    except (ConversationClosed, Unknown):
        return render.closed(posted.words)
    if says is None:
        return render.closed(posted.words)
    refused = tuple(say for say in says if say.text in _REFUSALS)
    if refused:
        return await _shown_back(request, posted, refused, at)
    raise web.HTTPSeeOther("/chat")


def _hear(
    db: Connection, house: House, conversation_id: str, posted: Posted, at: datetime
) -> tuple[Say, ...]:
    """What was pressed, and then words that travelled with a command: neither is lost."""
    says: tuple[Say, ...] = ()
    if posted.heard is not None:
        says += hear(db, house, _incoming(conversation_id, posted, "said", posted.heard), at)
    if posted.draft:
        draft = Draft(words=posted.draft, to=posted.to)
        says += hear(db, house, _incoming(conversation_id, posted, "draft", draft), at)
    return says


def _incoming(conversation_id: str, posted: Posted, part: str, heard: Any) -> Incoming:
    raw = repr(posted.raw)
    digest = hashlib.sha256(f"{part}\0{raw}".encode("utf-8", "surrogatepass")).hexdigest()
    body = raw.encode("utf-8", "replace").decode()
    return Incoming(conversation_id, f"web:{conversation_id}", digest, body, heard)


async def _shown_back(
    request: web.Request, posted: Posted, says: tuple[Say, ...], at: datetime
) -> web.StreamResponse:
    """The same question with what was typed in its box, and what is wrong with it."""
    found = await _find(request, at)
    if found is None:
        return request.app[RENDER].closed(posted.words)
    answered, session = found
    page = Page(answered, session, request.app[HOUSE], box=posted.words, errors=says)
    response = request.app[RENDER].chat(page, status=422)
    _keep_live(request, response, answered, session)
    return response


async def _leave(request: web.Request, posted: Posted, at: datetime) -> web.StreamResponse:
    """Go, whatever happens: the place is kept if it can be, and nothing is shown again."""
    app, house = request.app, request.app[HOUSE]
    token = request.cookies.get(_cookie(house, "chat"), "")

    def keep(db: Connection) -> None:
        conversation_id = invitations.browser(db, house, token, at) if token else None
        if conversation_id is not None:
            key = replace(posted, raw=(*posted.raw, ("at", at.isoformat())))
            hear(db, house, _incoming(conversation_id, key, "leave", Command(name=Name.LEAVE)), at)

    try:
        await app[STORE].write(keep)
    except (StorageAway, ConversationClosed, Unknown) as error:
        log.info("left_without_stopping", why=type(error).__name__)
    response = _see(str(house.council.leave_to))
    response.del_cookie(_cookie(house, "live"), path="/")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


async def _find(request: web.Request, at: datetime) -> tuple[Answered, Live] | None:
    """The conversation of this browser, and its live session."""
    house = request.app[HOUSE]
    token = request.cookies.get(_cookie(house, "chat"))
    if not token:
        return None

    def find(db: Connection) -> Answered | None:
        conversation_id = invitations.browser(db, house, token, at)
        return None if conversation_id is None else show(db, house, conversation_id, at)

    answered = await request.app[STORE].read(find)
    if answered is None:
        return None
    known = request.cookies.get(_cookie(house, "live"), "")
    return answered, live(house, answered.kept.conversation_id, known, at)


def _keep_live(
    request: web.Request, response: web.StreamResponse, answered: Answered, session: Live
) -> None:
    house = request.app[HOUSE]
    cookie = to_cookie(house, answered.kept.conversation_id, session)
    _set_cookie(house, response, "live", cookie)


async def help_lines(request: web.Request) -> web.Response:
    """`GET /help`: before a code is accepted nobody is known, and the page says so."""
    return request.app[RENDER].help_lines()


async def accessibility(request: web.Request) -> web.Response:
    return request.app[RENDER].paper("accessibility")


async def privacy(request: web.Request) -> web.Response:
    return request.app[RENDER].paper("privacy")


def _see(address: str) -> web.Response:
    """303, with cookies of its own: aiohttp's exception can't be returned."""
    return web.Response(status=303, headers={"Location": address})


def _from_elsewhere(request: web.Request) -> bool:
    return is_from_elsewhere(request.headers, frozenset({request.host}))


def _https(house: House) -> bool:
    return house.settings.public_url.startswith("https://")


def _cookie(house: House, name: str) -> str:
    return f"__Host-sayso_{name}" if _https(house) else f"sayso_{name}"


def _set_cookie(
    house: House,
    response: web.StreamResponse,
    name: str,
    value: str,
    expires: datetime | None = None,
) -> None:
    """Without `expires` it ends with the browser."""
    seconds = None if expires is None else max(0, int((expires - now()).total_seconds()))
    response.set_cookie(
        _cookie(house, name),
        value,
        max_age=seconds,
        httponly=True,
        secure=_https(house),
        samesite="Lax",
        path="/",
    )
