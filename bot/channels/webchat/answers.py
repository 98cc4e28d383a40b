"""`/chat/answers`: reading one's own answers again, with a PIN that one may choose."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import Connection

from bot.channels.webchat.boxes import asked_in_a_box
from bot.channels.webchat.cookies import (
    cookie_name,
    drop_cookie,
    secret_of,
    set_cookie,
)
from bot.channels.webchat.live import live
from bot.channels.webchat.page import attached_rows
from bot.channels.webchat.render import RENDER
from bot.service import asked_for, invitations, my_meeting, own_asks, own_words, pins
from bot.service.days import local_day
from bot.service.hear import reader_of
from bot.service.house import House
from bot.service.outcome import NoPaper
from bot.service.own_paper import own_paper
from bot.service.own_words import Mine
from bot.service.pins import Reading, Said, Standing, Unfit
from bot.service.wording import Reader, in_words, next_minute
from bot.web.context import HOUSE, MEANS, STORE, now
from bot.web.crossing import is_from_elsewhere
from bot.web.forms import FormUnreadable, read_form
from conversations import texts, typists
from conversations.conversation import Answer
from conversations.flows import FLOWS
from conversations.wording import Say
from storage import conversations, people
from storage.conversations import Kept
from storage.errors import StorageAway

T = TypeVar("T")
HERE = "/chat/answers"
PICTURES = Path(__file__).with_name("static") / "pictures"

_WHY = {
    Unfit.SIX: texts.PIN_SIX,
    Unfit.EASY: texts.PIN_EASY,
    Unfit.TWICE: texts.PIN_TWICE,
}


def add_routes(app: web.Application) -> None:
    app.router.add_get(HERE, answers)
    app.router.add_post(HERE, posted)
    app.router.add_get(f"{HERE}/years", years)
    app.router.add_get(f"{HERE}/copy.pdf", copy_pdf)
    app.router.add_get(f"{HERE}/copy.json", copy_json)


@dataclass(frozen=True, slots=True)
class Here:
    """Who is here: their conversation, how their PIN stands, and what this browser shows."""

    kept: Kept
    standing: Standing
    found: Reading | None
    said: tuple[Said, ...]
    asked_for: tuple[tuple[Reader, Say], ...] = ()
    asks: bool = False  # they sent a wish that stands

    @property
    def reader(self) -> Reader:
        return reader_of(self.kept)


async def reading_of(request: web.Request) -> Reading | None:
    """What this browser shows, if the PIN was typed in it; its quarter of an hour begins again."""
    token, browser = secret_of(request, "read"), secret_of(request, "chat")
    if not token or not browser:
        return None
    house, store, at = request.app[HOUSE], request.app[STORE], now()
    found = await store.read(lambda db: pins.reading(db, house, token, browser, at))
    if found is not None and found.touch:
        await store.write(lambda db: pins.touch(db, house, token, at))
    return found


async def who_is_here(request: web.Request, at: datetime) -> Here:
    """`HTTPSeeOther` to the place for codes, for a browser that nobody let in, and to the question
    where nothing is read back."""
    house, browser = request.app[HOUSE], secret_of(request, "chat")
    found = await reading_of(request)

    def look(db: Connection) -> Here | None:
        conversation_id = invitations.browser(db, house, browser, at) if browser else None
        if conversation_id is None:
            return None
        kept = conversations.get(db, house.id, conversation_id)
        if not typists.reads_back(kept.conversation):
            raise web.HTTPSeeOther("/chat")  # somebody sits beside them
        shown = found if found and found.person_id == kept.person_id else None
        said = pins.said(db, house, shown) if shown else ()
        asked = tuple(
            (reader_of(one.kept), say)
            for one in said
            for say in asked_for.standing(db, house, one.kept, shown.reads_from if shown else at)
        )
        wishes = own_asks.news(db, house, kept, at, at).any
        standing = pins.standing(db, house, kept.person_id, at)
        when = own_words.when_of(db, house, kept, at) if shown else None
        notes = ((reader_of(kept), when), *asked) if when else asked
        return Here(kept, standing, shown, said, notes, wishes)

    here = await request.app[STORE].read(look)
    if here is None:
        raise web.HTTPSeeOther("/i/")
    return here


async def read_back(request: web.Request, person_id: str) -> list[Answer]:
    """All that this browser shows once the PIN was typed; nothing before, nor of anybody else."""
    found, house = await reading_of(request), request.app[HOUSE]
    if found is None or found.person_id != person_id:
        return []
    said = await request.app[STORE].read(lambda db: pins.said(db, house, found))
    return [answer for one in said for answer in one.answers]


async def answers(request: web.Request) -> web.StreamResponse:
    """`GET /chat/answers`: what was said, or what to do first."""
    try:
        here = await who_is_here(request, now())
    except StorageAway:
        return request.app[RENDER].away(None, again=None)
    if here.found is not None and "pin" in request.query:
        return _form(request, here, "change")
    return _shown(request, here)


def _shown(request: web.Request, here: Here) -> web.Response:
    if here.found is None:
        return _form(request, here, _FORM_OF[here.standing])
    reader = here.reader
    groups = [
        [_line(reader_of(one.kept), one, number) for number in range(len(one.answers))]
        for one in here.said
        if one.answers
    ]
    return request.app[RENDER].answers(
        reader,
        groups,
        before=any(one.before for one in here.said),
        asked_for=[theirs.read(say) for theirs, say in here.asked_for],
        page=my_meeting.is_offered(here.kept),
        asks=here.asks,
    )


_FORM_OF = {Standing.NONE: "choose", Standing.CHOSEN: "locked", Standing.RESET: "reset"}


def _line(reader: Reader, said: Said, number: int) -> dict[str, Any]:
    answer = said.answers[number]
    question = FLOWS[said.kept.conversation.flow_id].by_id[answer.question][1]
    return {
        "id": question.id,
        "question": answer.shown or reader.text(question.text),
        "words": in_words(reader, question, answer),
        "attached": attached_rows(reader, answer),
    }


async def _mine(request: web.Request) -> tuple[Here, Mine] | None:
    """All that this browser shows; none where the PIN has to be typed first."""
    here = await who_is_here(request, now())
    found, house = here.found, request.app[HOUSE]
    if found is None:
        return None
    return here, await request.app[STORE].read(lambda db: own_words.gather(db, house, found))


async def years(request: web.Request) -> web.StreamResponse:
    """`GET /chat/answers/years`: what was said each time, side by side."""
    try:
        shown = await _mine(request)
    except StorageAway:
        return request.app[RENDER].away(None, again=None)
    if shown is None:
        return _to_here()
    here, mine = shown
    return request.app[RENDER].years(here.reader, mine)


async def copy_pdf(request: web.Request) -> web.StreamResponse:
    """`GET /chat/answers/copy.pdf`: to read or print."""
    try:
        shown = await _mine(request)
        if shown is None:
            return _to_here()
        here, mine = shown
        age = await _write(request, lambda db: _noted(db, request.app[HOUSE], here, "pdf"))
        document = own_paper(mine, here.reader, age, PICTURES, now())
        made = await request.app[MEANS].paper(document)
    except (StorageAway, NoPaper):
        return request.app[RENDER].away(None, again=None)
    return _download(made, "application/pdf", "pdf")


async def copy_json(request: web.Request) -> web.StreamResponse:
    """`GET /chat/answers/copy.json`: for a computer, with the record of what was agreed to."""
    try:
        shown = await _mine(request)
        if shown is None:
            return _to_here()
        here, mine = shown
        await _write(request, lambda db: _noted(db, request.app[HOUSE], here, "json"))
    except StorageAway:
        return request.app[RENDER].away(None, again=None)
    whole = own_words.as_json(request.app[HOUSE], mine, now())
    body = json.dumps(whole, ensure_ascii=False, indent=1).encode()
    return _download(body, "application/json", "json")


def _noted(db: Connection, house: House, here: Here, form: str) -> int | None:
    """That a copy leaves is on record; and how old they are, for the lines on it."""
    person_id = here.kept.person_id
    own_words.note_copy(db, house, person_id, form, now())
    return people.young_person(db, house.id, person_id).age(local_day(now()))


def _download(body: bytes, content_type: str, ending: str) -> web.Response:
    """A file's name says nothing of what is in it: it stays in a list of downloads."""
    attached = {"Content-Disposition": f'attachment; filename="copy.{ending}"'}
    return web.Response(body=body, content_type=content_type, headers=attached)


def _form(
    request: web.Request,
    here: Here,
    act: str,
    error: Say | None = None,
    *,
    wrong: str = "",
    status: int = 200,
    told: Say | None = None,
) -> web.Response:
    return request.app[RENDER].pin(
        here.reader, act, error=error, wrong=wrong, status=status, told=told
    )


async def posted(request: web.Request) -> web.StreamResponse:
    """`POST /chat/answers`: one of `choose`, `locked` (a PIN typed), `reset`, `change`, `forgot`,
    `hide`, in the field `act`."""
    render = request.app[RENDER]
    own = urlsplit(request.app[HOUSE].settings.public_url).netloc
    if is_from_elsewhere(request.headers, frozenset({request.host, own})):
        return render.unreadable(403)
    try:
        form = await read_form(request)
    except FormUnreadable:
        return render.unreadable(400)
    act, pin = form.one("act"), form.one("pin")[:40]
    try:
        here = await who_is_here(request, now())
        for box in (form.one("pin"), form.one("code")):
            if helped := await asked_in_a_box(request, box, now()):
                return helped
        match act:
            case "hide":
                return await _hide(request)
            case "forgot":
                return await _forgot(request, here)
            case "locked" if here.standing is Standing.CHOSEN:
                return await _unlock(request, here, pin)
            case "choose" | "reset" | "change":
                return await _choose(request, here, act, pin, form.one("again")[:40],
                                     form.one("code")[:200])  # fmt: skip
            case _:
                return _to_here()
    except StorageAway:
        return render.away(None, again=None)


def _to_here() -> web.Response:
    return web.Response(status=303, headers={"Location": HERE})


def _opened(request: web.Request, token: str) -> web.Response:
    response = _to_here()
    set_cookie(request.app[HOUSE], response, "read", token)
    return response


async def _write(request: web.Request, use_case: Callable[[Connection], T]) -> T:
    return await request.app[STORE].write(use_case)


async def _hide(request: web.Request) -> web.Response:
    house, token = request.app[HOUSE], secret_of(request, "read")
    await _write(request, lambda db: pins.lock(db, house, token))
    response = web.Response(status=303, headers={"Location": "/chat"})
    drop_cookie(house, response, "read")
    drop_cookie(house, response, "live")
    return response


async def _forgot(request: web.Request, here: Here) -> web.Response:
    house, at = request.app[HOUSE], now()
    await _write(request, lambda db: pins.asked_for_new(db, house, here.kept, at))
    phone = {"review_team_phone": house.council.review_team_phone}
    return _form(request, here, "locked", told=Say(texts.PIN_ASKED, phone))


async def _unlock(request: web.Request, here: Here, pin: str) -> web.Response:
    house, at, browser = request.app[HOUSE], now(), secret_of(request, "chat")
    started = await _write(request, lambda db: pins.start_try(db, house, here.kept, at))
    if isinstance(started, datetime):
        return _wait(request, here, "locked", started)
    if not await asyncio.to_thread(pins.is_right, house, started, pin):
        return _form(request, here, "locked", Say(texts.PIN_WRONG), wrong="pin", status=422)
    token = await _write(request, lambda db: pins.finish_try(db, house, started, browser, at))
    if token is None:
        return _form(request, here, "locked", Say(texts.PIN_OTHER), wrong="pin", status=409)
    return _opened(request, token)


def _wait(request: web.Request, here: Here, act: str, until: datetime) -> web.Response:
    say = Say(texts.CODE_WAIT, {"time": next_minute(until)})
    response = _form(request, here, act, say, wrong="pin", status=429)
    response.headers["Retry-After"] = str(max(1, int((until - now()).total_seconds()) + 1))
    return response


async def _choose(
    request: web.Request, here: Here, act: str, pin: str, again: str, code: str
) -> web.Response:
    """A PIN: the first, another while the answers show, or one by the officer's code."""
    house, at, browser = request.app[HOUSE], now(), secret_of(request, "chat")
    kept = here.kept
    if (act == "change" and here.found is None) or (
        act != "change" and act != _FORM_OF[here.standing]
    ):
        return _to_here()  # a page from before
    if why := pins.fit(pin, again):
        return _form(request, here, act, Say(_WHY[why]), wrong="pin", status=422)
    if act == "reset":
        right = await _write(request, lambda db: pins.is_reset_code(db, house, kept, code, at))
        if isinstance(right, datetime):
            return _wait(request, here, act, right)
        if not right:
            return _form(request, here, act, Say(texts.PIN_CODE_WRONG), wrong="code", status=422)
    made = await asyncio.to_thread(pins.make_hash, house, kept.person_id, pin)
    known = request.cookies.get(cookie_name(house, "live"), "")
    since = live(house, kept.conversation_id, known, at).since

    def keep(db: Connection) -> str | None:
        match act:
            case "choose":
                return pins.choose(db, house, kept, made, browser, since, at)
            case "change":
                return pins.change(db, house, kept, made, browser, at)
            case _:
                return pins.choose_after_reset(db, house, kept, code, made, browser, at)

    token = await _write(request, keep)
    if token is None:
        return _form(request, here, act, Say(texts.PIN_OTHER), wrong="pin", status=409)
    return _opened(request, token)
