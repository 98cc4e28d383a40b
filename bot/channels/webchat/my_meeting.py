"""`/chat/my-meeting`: the page that a young person can bring. Behind the PIN, as words are."""

from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.channels.webchat import answers
from bot.channels.webchat.answers import Here, who_is_here
from bot.channels.webchat.render import RENDER
from bot.service import my_meeting
from bot.service.outcome import NoPaper, TooLong
from bot.web.context import HOUSE, MEANS, STORE, now
from bot.web.crossing import is_from_elsewhere
from bot.web.forms import FormUnreadable, read_form
from conversations import taking_part_texts as texts
from conversations.conversation import Answer
from conversations.wording import Say
from storage.errors import StorageAway

log = structlog.get_logger()

HERE = "/chat/my-meeting"


def add_routes(app: web.Application) -> None:
    app.router.add_get(HERE, page)
    app.router.add_post(HERE, made)


async def page(request: web.Request) -> web.StreamResponse:
    """`GET /chat/my-meeting`: what may go on it; first the PIN, where none was typed."""
    try:
        here = await who_is_here(request, now())
    except StorageAway:
        return request.app[RENDER].away(None, again=None)
    return _elsewhere(here) or _form(request, here)


async def made(request: web.Request) -> web.StreamResponse:
    """`POST /chat/my-meeting`: the PDF of what is ticked."""
    app, render = request.app, request.app[RENDER]
    house, at = app[HOUSE], now()
    own = urlsplit(house.settings.public_url).netloc
    if is_from_elsewhere(request.headers, frozenset({request.host, own})):
        return render.unreadable(403)
    try:
        form = await read_form(request)
    except FormUnreadable:
        return render.unreadable(400)
    try:
        here = await who_is_here(request, at)
        if (elsewhere := _elsewhere(here)) is not None:
            return elsewhere
        ticked, theirs = frozenset(form.fields.get("on", ())), _theirs(here)
        document = await app[STORE].write(
            lambda db: my_meeting.make(db, house, here.kept, theirs, ticked, at)
        )
    except StorageAway:
        return render.away(None, again=None)
    try:
        pdf = await app[MEANS].paper(document)
    except TooLong:
        return _form(request, here, Say(texts.PAGE_TOO_LONG), ticked, status=422)
    except NoPaper as error:
        log.error("no_meeting_page", why=str(error))
        return _form(request, here, Say(texts.PAGE_NOT_NOW), ticked, status=503)
    return web.Response(
        body=pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="my-page.pdf"'},
    )


def _elsewhere(here: Here) -> web.Response | None:
    """Where they go who may not make one now: to the PIN, or back to what is asked."""
    if not my_meeting.is_offered(here.kept):
        return web.Response(status=303, headers={"Location": "/chat"})
    if here.found is None:
        return web.Response(status=303, headers={"Location": answers.HERE})
    return None


def _theirs(here: Here) -> tuple[Answer, ...]:
    """What they said before this meeting and may read."""
    mine = here.kept.conversation_id
    return next((one.answers for one in here.said if one.kept.conversation_id == mine), ())


def _form(
    request: web.Request,
    here: Here,
    error: Say | None = None,
    ticked: frozenset[str] | None = None,
    *,
    status: int = 200,
) -> web.Response:
    shown = [
        {
            "id": line.question_id,
            "question": line.question,
            "words": line.words,
            "on": line.on if ticked is None else line.question_id in ticked,
        }
        for line in my_meeting.lines(here.kept, _theirs(here))
    ]
    return request.app[RENDER].my_meeting(here.reader, shown, error, status)
