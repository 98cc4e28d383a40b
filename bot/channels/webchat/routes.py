"""`/i/` and `/chat`: parse, call one use case, render. Nothing is answered before it is kept."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from sqlalchemy import Connection

from bot.channels.webchat import answers, asks, calendar, my_meeting, notme, stopping
from bot.channels.webchat.boxes import asked_in_a_box
from bot.channels.webchat.cookies import (
    cookie_name,
    drop_cookie,
    secret_of,
    set_cookie,
)
from bot.channels.webchat.knocking import knock_of
from bot.channels.webchat.live import Live, enter, live, to_cookie
from bot.channels.webchat.page import Page
from bot.channels.webchat.parse import Posted, parse
from bot.channels.webchat.render import RENDER, Render
from bot.service import asked_for, invitations, officer_picture, own_asks, pins, unkept
from bot.service.chat_session import begun
from bot.service.guessing import Wait
from bot.service.hear import Answered, ConversationClosed, Incoming, hear, show
from bot.service.house import House
from bot.service.invitations import LetIn, Refused
from bot.web.context import HOUSE, STORE, now
from bot.web.crossing import is_from_elsewhere
from bot.web.forms import FormUnreadable, read_form
from conversations import showing_texts, texts, texts_later
from conversations.asked_back import every_answer
from conversations.hearing import LONGEST, Command, Draft, Heard, Name
from conversations.wanting import wanted
from conversations.wording import Say
from storage import conversations, tries
from storage.conversations import Kept
from storage.errors import StorageAway, Unknown
from storage.store import Store

log = structlog.get_logger()

_REFUSALS = frozenset(
    {texts.TOO_LONG, texts.NOTHING_WRITTEN, texts.NOTHING_CHOSEN, texts.ONLY_FEWER}
)
"""What was not kept: said on the page that still holds it, with status 422, which for a browser
without script is the only way to keep the words on the page."""

_TOLD = {
    "later": texts.KEPT_FOR_LATER,
    "no_skip": texts.NOTHING_TO_SKIP,
    "kept_voice": showing_texts.KEPT_VOICE,
    "kept_picture": showing_texts.KEPT_PICTURE,
    "not_yet": showing_texts.NOT_YET,
    "stays_sent": texts_later.OVER_SENT,
    **{f"asked_{name}": says for name, says in every_answer().items()},
}
"""What the next page says to the last post, by the name that a cookie carries over the redirect."""

_NOTHING_KEPT = _REFUSALS | {texts.NOTHING_TO_SKIP}

_FORGET_EVERY = 60.0  # seconds


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
    answers.add_routes(app)
    asks.add_routes(app)
    my_meeting.add_routes(app)
    notme.add_routes(app)
    stopping.add_routes(app)
    calendar.add_routes(app)
    app.cleanup_ctx.append(forgetting)


async def forgetting(app: web.Application) -> AsyncIterator[None]:
    """Wrong tries are forgotten when their hour is over, and not only when somebody tries again."""
    task = asyncio.create_task(_forget(app[STORE], app[HOUSE]))
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _forget(store: Store, house: House) -> None:
    while True:
        try:
            if await store.read(lambda db: tries.anything_to_forget(db, house.id, now())):
                await store.write(lambda db: tries.forget(db, house.id, now()))
        except StorageAway:
            log.warning("tries_out_of_reach")
        await asyncio.sleep(_FORGET_EVERY)


async def to_invitation(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/i/")


async def invitation(request: web.Request) -> web.Response:
    """`GET /i/`: what this is, and where the code goes; on, in a browser that has been let in."""
    return request.app[RENDER].invitation(known=bool(token_of(request)))


async def open_invitation(request: web.Request) -> web.StreamResponse:
    """`POST /i/`: the link's secret, read by script, or a typed code."""
    app, render = request.app, request.app[RENDER]
    house, at = app[HOUSE], now()
    if from_elsewhere(request):
        return render.invitation(status=403, error=Say(texts.UNREADABLE))
    try:
        form = await read_form(request)
    except FormUnreadable:
        return render.invitation(status=400, error=Say(texts.UNREADABLE))
    knock = knock_of(request, form, at)
    code = form.one("code")
    try:
        if not knock.secret and (helped := await asked_in_a_box(request, code, at)):
            return helped
    except StorageAway:
        return render.away(form, again="/i/")

    def knocked(db: Connection) -> tuple[LetIn | Refused | Wait, datetime]:
        found = invitations.knock(db, house, knock, at)
        if not isinstance(found, LetIn):
            return found, at
        return found, begun(conversations.get(db, house.id, found.conversation_id).conversation, at)

    try:
        result, typed_since = await app[STORE].write(knocked)
    except StorageAway:
        return render.away(form, again="/i/")
    if isinstance(result, Wait):
        return render.wait(result, code[:40], knock.secret, at)
    if isinstance(result, Refused):
        log.info("code_refused", why=result.value)
        if result is Refused.ERASED:
            return render.erased()
        if result is Refused.USED_LINK:
            return render.invitation(used_link=True, secret=knock.secret)
        return render.invitation(status=422, error=Say(texts.CODE_WRONG), code=code[:40])
    response = _to("/chat")
    set_cookie(house, response, "chat", result.token, result.expires_at)
    known = request.cookies.get(cookie_name(house, "live"), "")
    session = (
        enter(house, result.conversation_id, known, typed_since, at)
        if knock.secret
        else live(house, result.conversation_id, known, at)
    )
    set_cookie(house, response, "live", to_cookie(house, result.conversation_id, session))
    return response


async def chat(request: web.Request) -> web.StreamResponse:
    """`GET /chat`: what is asked now."""
    house = request.app[HOUSE]
    try:
        found = await find(request, now())
        if found is None:
            raise web.HTTPSeeOther("/i/")
        answered, session = found
        if now() > answered.kept.open_until:
            return request.app[RENDER].closed("")
        shown = await unlocked(request, session)
        arranged = await _anything_arranged(request, answered.kept)
        pictured = await _officer_pictured(request, answered)
        wishes = await request.app[STORE].read(
            lambda db: own_asks.news(db, house, answered.kept, session.since, now())
        )
    except StorageAway:
        return request.app[RENDER].away(None, again=None)
    name = request.cookies.get(cookie_name(house, "told"), "")
    told = (Say(_TOLD[name]),) if name in _TOLD else ()
    page = Page(answered, shown, house, told=told, arranged=arranged, officer=pictured, asks=wishes)
    response = request.app[RENDER].chat(page)
    set_cookie(house, response, "live", to_cookie(house, answered.kept.conversation_id, session))
    if wishes.any:  # who waits for an answer is let in for longer than was thought at first
        set_cookie(house, response, "chat", token_of(request), answered.kept.open_until)
    if name:
        drop_cookie(house, response, "told")
    return response


async def _anything_arranged(request: web.Request, kept: Kept) -> bool:
    """Looked up only of those who ask a person for something."""
    if not wanted(kept.conversation):
        return False
    house = request.app[HOUSE]
    return await request.app[STORE].read(lambda db: asked_for.anything_arranged(db, house, kept))


async def _officer_pictured(request: web.Request, answered: Answered) -> bool:
    """Looked up only where it is said who runs the review."""
    if answered.screen.asked not in officer_picture.WHO_IT_IS:
        return False
    house, kept = request.app[HOUSE], answered.kept
    return await request.app[STORE].read(lambda db: officer_picture.is_there(db, house, kept))


@dataclass(frozen=True, slots=True)
class _Kept:
    """A post after its commit: whose it was, and what is said to it."""

    conversation_id: str
    says: tuple[Say, ...]


class NotKept(Exception):
    """Nothing of a post could be kept. Raised, so that its transaction leaves nothing behind: the
    very same post may come again, and is shown back again. Its words are read for danger apart
    (`bot.service.unkept`)."""

    def __init__(self, says: tuple[Say, ...]) -> None:
        super().__init__()
        self.says = says


async def said(request: web.Request) -> web.StreamResponse:
    """`POST /chat`: 303 means committed."""
    app, render = request.app, request.app[RENDER]
    house, at = app[HOUSE], now()
    if from_elsewhere(request):
        return render.unreadable(403)
    try:
        form = await read_form(request)
    except FormUnreadable:
        return render.unreadable(400)
    posted = parse(form)
    if isinstance(posted.heard, Command) and posted.heard.name is Name.LEAVE:
        return await _leave(request, posted, at, beacon=bool(form.one("beacon")))
    token = token_of(request)
    if not token:
        return render.stranger(posted.words)

    known = request.cookies.get(cookie_name(house, "live"), "")

    def keep(db: Connection) -> _Kept | None:
        conversation_id = invitations.browser(db, house, token, at)
        if conversation_id is None:
            return None
        session = live(house, conversation_id, known, at)
        shown = session if pin is None else session.with_pin(pin.reads_from)
        return _Kept(conversation_id, _hear(db, house, conversation_id, posted, shown, at))

    try:
        pin = await answers.reading_of(request)
        try:
            kept = await app[STORE].write(keep)
        except NotKept as not_kept:
            await read_unkept(request, posted, at)
            if any(say.text in _REFUSALS for say in not_kept.says):
                return await shown_back(request, posted, not_kept.says, at)
            return on(house, not_kept.says)
        if kept is None:
            return await closed(request, posted, at)
        if any(say.text in _REFUSALS for say in kept.says):
            return await shown_back(request, posted, kept.says, at)
    except StorageAway:
        return render.away(form, again="/chat")
    except (ConversationClosed, Unknown):
        return await closed(request, posted, at)
    unsent = form.one("picture") or form.one("voice")  # without script: the name of a file alone
    says = (*kept.says, Say(showing_texts.NOT_YET)) if unsent else kept.says
    response = on(house, says)
    session = live(house, kept.conversation_id, known, at)
    set_cookie(house, response, "live", to_cookie(house, kept.conversation_id, session))
    return response


async def read_unkept(request: web.Request, posted: Posted, at: datetime) -> None:
    """What is shown back was read for danger before."""
    house, token = request.app[HOUSE], token_of(request)
    heard = Draft(words=posted.words, to=posted.heard.to)

    def read(db: Connection) -> None:
        conversation_id = invitations.browser(db, house, token, at)
        if conversation_id is not None:
            unkept.read(db, house, conversation_id, heard, at)

    if posted.words.strip():
        await request.app[STORE].write(read)


async def closed(request: web.Request, posted: Posted, at: datetime) -> web.Response:
    """The invitation has ended while the page was open. Nothing is kept; that somebody is not safe
    is passed on all the same."""
    house, token = request.app[HOUSE], token_of(request)
    heard: list[Heard] = [Draft(words=posted.words)]
    if isinstance(posted.heard, Command):
        heard.append(posted.heard)

    def read(db: Connection) -> tuple[str, ...]:
        before = invitations.browser_before(db, house, token)
        return unkept.read_of_closed(db, house, before, heard, at)

    return request.app[RENDER].closed(posted.words, await request.app[STORE].write(read))


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})


def on(house: House, says: tuple[Say, ...]) -> web.Response:
    """On to the next question, which says what there is to say to the last post."""
    response = _to("/chat")
    name = next((name for name, text in _TOLD.items() for say in says if say.text == text), None)
    if name is not None:
        set_cookie(house, response, "told", name, now() + timedelta(minutes=1))
    return response


def _hear(
    db: Connection, house: House, conversation_id: str, posted: Posted, shown: Live, at: datetime
) -> tuple[Say, ...]:
    """What was pressed, and then words that travelled with a command: neither is lost.

    `NotKept` where nothing of it could be kept.
    """
    heard = _incoming(house, conversation_id, posted, "said", posted.heard, at)
    says = hear(db, house, replace(heard, reads=shown.reads), at)
    if says and not posted.draft and _NOTHING_KEPT.issuperset(say.text for say in says):
        raise NotKept(says)
    over, draft = len(posted.draft) - LONGEST, Draft(words=posted.draft, to=posted.heard.to)
    if over > 0:  # not even as a draft; what was pressed counts all the same
        unkept.read(db, house, conversation_id, draft, at)
        return (*says, Say(texts.TOO_LONG, {"over": over}))
    if posted.draft:
        says += hear(db, house, _incoming(house, conversation_id, posted, "draft", draft, at), at)
    return says


def _incoming(
    house: House, conversation_id: str, posted: Posted, part: str, heard: Heard, at: datetime
) -> Incoming:
    """A post that says at which turn it was made is the same whenever it comes; any other is new
    each time, or a second answer in the same words would be lost. The digest is keyed: without the
    ring nobody can try by it what was said."""
    when = "" if posted.heard.turn is not None else at.isoformat()
    raw = repr(posted.raw) + when
    digest = house.keys.blind(house.id, "posted form", f"{part}\0{raw}").hex()
    body = raw.encode("utf-8", "replace").decode()
    return Incoming(conversation_id, f"web:{conversation_id}", digest, body, heard)


async def shown_back(
    request: web.Request, posted: Posted, says: tuple[Say, ...], at: datetime, status: int = 422
) -> web.StreamResponse:
    """The same question with what was typed in its box, and what is wrong with it."""
    found = await find(request, at)
    if found is None:
        return request.app[RENDER].closed(posted.words)
    answered, session = found
    house = request.app[HOUSE]
    shown = await unlocked(request, session)
    page = Page(answered, shown, house, box=posted.words, chosen=posted.chosen, errors=says)
    response = request.app[RENDER].chat(page, status=status)
    set_cookie(house, response, "live", to_cookie(house, answered.kept.conversation_id, session))
    return response


async def _leave(
    request: web.Request, posted: Posted, at: datetime, *, beacon: bool
) -> web.StreamResponse:
    """Go, whatever happens: the place is kept if it can be, and nothing is shown again.

    `beacon`: the script has gone already and only says so. A redirect would be followed from the
    page that is being left, which may load nothing from elsewhere.
    """
    app, house = request.app, request.app[HOUSE]
    token, read = token_of(request), secret_of(request, "read")

    def keep(db: Connection) -> None:
        if read:
            pins.lock(db, house, read)
        conversation_id = invitations.browser(db, house, token, at) if token else None
        if conversation_id is not None:
            leaving = replace(posted, heard=Command(name=Name.LEAVE))  # whatever the turn
            hear(
                db,
                house,
                _incoming(house, conversation_id, leaving, "leave", leaving.heard, at),
                at,
            )

    try:
        await app[STORE].write(keep)
    except (StorageAway, ConversationClosed, Unknown) as error:
        log.info("left_without_stopping", why=type(error).__name__)
    response = web.Response(status=204) if beacon else _to(str(house.council.leave_to))
    drop_cookie(house, response, "live")
    drop_cookie(house, response, "read")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


async def find(request: web.Request, at: datetime) -> tuple[Answered, Live] | None:
    """The conversation of this browser, and its live session."""
    house = request.app[HOUSE]
    token = token_of(request)
    if not token:
        return None

    def find(db: Connection) -> Answered | None:
        conversation_id = invitations.browser(db, house, token, at)
        return None if conversation_id is None else show(db, house, conversation_id, at)

    answered = await request.app[STORE].read(find)
    if answered is None:
        return None
    known = request.cookies.get(cookie_name(house, "live"), "")
    return answered, live(house, answered.kept.conversation_id, known, at)


async def unlocked(request: web.Request, session: Live) -> Live:
    """The session as the page shows it: with the PIN, what was said before it too."""
    found = await answers.reading_of(request)
    return session if found is None else session.with_pin(found.reads_from)


async def help_lines(request: web.Request) -> web.Response:
    """`GET /help`: before a code is accepted nobody is known, and the page says so."""
    return request.app[RENDER].help_lines()


async def accessibility(request: web.Request) -> web.Response:
    return request.app[RENDER].paper("accessibility")


async def privacy(request: web.Request) -> web.Response:
    return request.app[RENDER].paper("privacy")


def from_elsewhere(request: web.Request) -> bool:
    own = urlsplit(request.app[HOUSE].settings.public_url).netloc
    return is_from_elsewhere(request.headers, frozenset({request.host, own}))


def token_of(request: web.Request) -> str:
    """By which this browser may write."""
    return secret_of(request, "chat")
