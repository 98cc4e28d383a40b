"""`POST /chat/attach`: a voice note, a picture, a drawing. `GET /chat/attachments/…`: it again,
where its answer may be read."""

import asyncio
from functools import partial

import structlog
from aiohttp import web
from sqlalchemy import Connection

from bot.channels.webchat import answers
from bot.channels.webchat.cookies import set_cookie
from bot.channels.webchat.live import to_cookie
from bot.channels.webchat.parse import Posted, parse
from bot.channels.webchat.render import RENDER
from bot.channels.webchat.routes import (
    NotKept,
    closed,
    find,
    from_elsewhere,
    on,
    read_unkept,
    shown_back,
    token_of,
    unlocked,
)
from bot.channels.webchat.uploads import Uploaded, read_upload
from bot.service import attaching, invitations
from bot.service.attaching import Content, as_attachment, say_wrong
from bot.service.hear import ConversationClosed, Incoming
from bot.service.made import CannotMake, Made, Wrong
from bot.web.context import HOUSE, REMAKE, STORE, now
from bot.web.forms import FormUnreadable
from conversations import showing_texts, texts, typists
from conversations.attaching import ENDINGS
from conversations.hearing import Attached
from conversations.wording import Say
from storage.errors import StorageAway, Unknown

log = structlog.get_logger()

AT_ONCE = 8
"""Uploads that are read at once; each may be in memory whole."""

_SLOTS = web.AppKey("slots", asyncio.Semaphore)
_NOT_KEPT = frozenset({texts.TOO_LONG, showing_texts.TOO_MANY})


def add_routes(app: web.Application) -> None:
    app[_SLOTS] = asyncio.Semaphore(AT_ONCE)
    app.router.add_post("/chat/attach", attach)
    app.router.add_get("/chat/attachments/{attachment_id}", shown)


async def attach(request: web.Request) -> web.StreamResponse:
    """`POST /chat/attach`: 303 means committed, all of it."""
    app, render = request.app, request.app[RENDER]
    house, token = app[HOUSE], token_of(request)
    if from_elsewhere(request):
        return render.unreadable(403)
    if not token:
        return render.stranger("")
    try:
        # Nothing of a file is read for whom nobody let in.
        if await app[STORE].read(lambda db: invitations.browser(db, house, token, now())) is None:
            return render.closed("")
        async with app[_SLOTS]:
            sent = await read_upload(request, attaching.most_bytes(house))
            return await _take(request, sent)
    except FormUnreadable:
        return render.unreadable(400)
    except StorageAway:
        return render.away(None, again=None)


async def _take(request: web.Request, sent: Uploaded) -> web.StreamResponse:
    app, house = request.app, request.app[HOUSE]
    posted = parse(sent.form)
    if sent.too_big is not None:
        return await _refused(request, posted, (say_wrong(house, sent.too_big, Wrong.TOO_BIG),))
    if not sent.files:
        return await _refused(request, posted, (Say(showing_texts.EMPTY),))
    told: tuple[Say, ...] = ()
    while sent.files:
        medium, content = sent.files.pop(0)
        try:
            made = await app[REMAKE](medium, content)
            told = await app[STORE].write(partial(_keep, request=request, made=made, sent=sent))
        except CannotMake as error:
            log.info("attachment_refused", medium=medium.value, why=error.wrong.value)
            says = (say_wrong(house, medium, error.wrong),)
            return await _refused(request, posted, says, read=bool(told))
        except NotKept as error:
            return await _refused(request, posted, error.says, read=bool(told))
        except (ConversationClosed, Unknown):
            return await closed(request, posted, now())
        finally:
            del content
    return on(house, told)


async def _refused(
    request: web.Request, posted: Posted, says: tuple[Say, ...], *, read: bool = False
) -> web.StreamResponse:
    """`read`: the words beside it came in with another file, and were read for danger then."""
    if not read:
        await read_unkept(request, posted, now())
    return await shown_back(request, posted, says, now())


def _keep(db: Connection, request: web.Request, made: Made, sent: Uploaded) -> tuple[Say, ...]:
    """In one transaction: the file, sealed, and the answer that it belongs to. `NotKept`."""
    house, at, posted = request.app[HOUSE], now(), parse(sent.form)
    conversation_id = invitations.browser(db, house, token_of(request), at)
    if conversation_id is None:
        raise ConversationClosed
    one = as_attachment(house, conversation_id, made)
    to, turn = posted.heard.to, posted.heard.turn
    heard = Attached(attachment=one, words=posted.words, to=to, turn=turn)
    # What came in is told by what was made of it; the file itself is kept once, as the answer's.
    raw = f"{to}\0{turn}\0{posted.words}\0{one.id}"
    when = "" if turn is not None else at.isoformat()
    key = house.keys.blind(house.id, "posted form", f"attached\0{raw}{when}").hex()
    body = raw.replace("\0", "\n").encode("utf-8", "replace").decode()
    incoming = Incoming(conversation_id, f"web:{conversation_id}", key, body, heard)
    says = attaching.attach(db, house, incoming, made, at)
    if any(say.text in _NOT_KEPT for say in says):
        raise NotKept(says)
    return says


async def shown(request: web.Request) -> web.StreamResponse:
    """`GET /chat/attachments/<id>`: 404 where the answer is not shown either."""
    house, store = request.app[HOUSE], request.app[STORE]
    found = await find(request, now())
    if found is None:
        raise web.HTTPNotFound
    answered, session = found
    kept, name = answered.kept, request.match_info["attachment_id"]
    conversation = kept.conversation
    reads = await unlocked(request, session)
    every = (*conversation.answers.values(), *conversation.offered, *conversation.aside)
    readable = [
        answer for answer in every if reads.reads(answer) and typists.reads(conversation, answer)
    ]
    if typists.reads_back(conversation):  # with the PIN, what was said before other reviews too
        readable += await answers.read_back(request, kept.person_id)
    if not any(one.id == name for answer in readable for one in answer.attachments):
        raise web.HTTPNotFound
    try:
        content = await store.read(lambda db: attaching.mine(db, house, kept, name))
    except Unknown:
        raise web.HTTPNotFound from None
    response = served(content)
    set_cookie(house, response, "live", to_cookie(house, kept.conversation_id, session))
    return response


def served(content: Content) -> web.Response:
    """What a browser may show, and may take for nothing else."""
    ending = ENDINGS[content.media_type]
    return web.Response(
        body=content.content,
        content_type=content.media_type,
        headers={"Content-Disposition": f'inline; filename="sayso.{ending}"'},
    )
