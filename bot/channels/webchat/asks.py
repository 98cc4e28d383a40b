"""`/chat/asks`: what was said to each wish, behind the PIN, and what one says to that."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import Connection

from bot.channels.webchat import answers
from bot.channels.webchat.answers import Here, who_is_here
from bot.channels.webchat.render import RENDER
from bot.service import answer_view, own_asks
from bot.service.attaching import MEDIUM_LABELS
from bot.service.days import local_day
from bot.service.own_asks import Heard, Mine, Refused, Whole
from bot.service.wording import Reader
from bot.web.context import HOUSE, STORE, now
from bot.web.crossing import is_from_elsewhere
from bot.web.forms import FormUnreadable, read_form
from conversations import asks as rules
from conversations import asks_texts as texts
from conversations.asks import CAME_ABOUT, Reply, State
from conversations.flows import FLOWS
from conversations.hearing import LONGEST
from conversations.wording import Param, Say
from storage.asks import Written
from storage.errors import StorageAway, Unknown

HERE = "/chat/asks"


def add_routes(app: web.Application) -> None:
    app.router.add_get(HERE, page)
    app.router.add_post(HERE, said)


async def page(request: web.Request) -> web.StreamResponse:
    """`GET /chat/asks`: every wish, with what was said to it; first the PIN."""
    try:
        here = await who_is_here(request, now())
        if here.found is None:
            return _to(answers.HERE)
        return await _show(request, here)
    except StorageAway:
        return request.app[RENDER].away(None, again=None)


def _to(address: str) -> web.Response:
    return web.Response(status=303, headers={"Location": address})


async def _show(
    request: web.Request,
    here: Here,
    *,
    error: Say | None = None,
    about: str = "",
    box: str = "",
    status: int = 200,
) -> web.Response:
    house, at, found = request.app[HOUSE], now(), here.found
    if found is None:
        return _to(answers.HERE)

    def gather(db: Connection) -> Whole:
        return own_asks.gather(db, house, here.kept, found, at)

    whole = await request.app[STORE].write(gather)
    reader = here.reader
    phone: dict[str, Param] = {"review_team_phone": house.council.review_team_phone}
    return request.app[RENDER].asks(
        reader,
        status=status,
        groups=[_group(one, here, phone, local_day(at)) for one in whole.mine],
        before=reader.read(Say(texts.BEFORE, phone)) if whole.before else "",
        complain=reader.read(Say(texts.COMPLAIN, phone)),
        advocate_asked=whole.advocate,
        answered=any(one.answers for one in whole.mine),
        error=reader.read(error) if error else "",
        about=about,
        box=box,
    )


_LATER = timedelta(days=14)
"""After so long it is asked whether what was agreed came about, where no day was said."""


def _is_time(newest: Written | None, here: Here, today: date) -> bool:
    """Whether to ask if it came about: not before its day, but for after the review, where it is
    what they are asked about."""
    if newest is None:
        return False
    if newest.answer.state is State.DONE or FLOWS[here.kept.conversation.flow_id].after:
        return True
    by = newest.answer.by
    return today >= (by or local_day(newest.at) + _LATER)


def _group(one: Mine, here: Here, phone: dict[str, Param], today: date) -> dict[str, Any]:
    reader = one.reader
    newest = one.newest
    replies = [reply for reply in rules.REPLIES if newest and rules.may_reply(one.ask.state, reply)]
    return {
        "id": one.ask.ask_id,
        "question_id": one.ask.question_id,
        "question": one.said.question if one.said else "",
        "words": _words(one),
        "attached": _attached(reader, one),
        "state": one.ask.state.value,
        "sign": reader.text(rules.sign(one.ask.state)),
        "waits": [] if newest else [reader.read(say) for say in _waits(one, phone)],
        "answer": _answer(one, newest) if newest else None,
        "number": newest.number if newest else 0,
        "earlier": [_answer(one, written) for written in one.answers[1:]],
        "changed": reader.text(texts.CHANGED) if one.changed else "",
        "picks": [
            {"id": reply.value, "label": reader.text(rules.REPLIES[reply])}
            for reply in replies
            if reply not in CAME_ABOUT
        ],
        "came_about": [
            {"id": reply.value, "label": reader.text(rules.REPLIES[reply])}
            for reply in replies
            if reply in CAME_ABOUT and _is_time(newest, here, today)
        ],
        "can_do": newest is not None
        and (
            newest.answer.state in (State.PART, State.NOT_AGREED)
            or any(reply.reply in rules.GOES_BACK for reply in one.replies)
        ),
    }


def _words(one: Mine) -> str:
    """Their own, verbatim, with what was picked before them."""
    if one.said is None:
        return ""
    parts = ("\n".join(one.said.chosen), one.said.words or "")
    return "\n".join(part for part in parts if part)


def _attached(reader: Reader, one: Mine) -> list[dict[str, str]]:
    """What was said aloud or shown. Each has its number, where there are more of its kind."""
    shown = one.said.shown if one.said else ()
    rows = []
    for piece in shown:
        same = [other for other in shown if other.medium is piece.medium]
        number = f" {same.index(piece) + 1}" if len(same) > 1 else ""
        label = f"{reader.text(MEDIUM_LABELS[piece.medium])}{number}"
        rows.append({"id": piece.attachment_id, "medium": piece.medium.value, "label": label})
    return rows


def _waits(one: Mine, phone: dict[str, Param]) -> list[Say]:
    """While nobody has answered: whether it was read, and by when there should be an answer."""
    read = Say(texts.READ, {"day": one.read_on}) if one.read_on else Say(texts.UNREAD)
    by: dict[str, Param] = {**phone, "day": one.ask.due_on}
    return [read, Say(texts.LATE if one.late else texts.ANSWER_BY, by)]


def _answer(one: Mine, written: Written) -> dict[str, Any]:
    reader, day = one.reader, local_day(written.at)
    seen = answer_view.seen(reader, written.answer, one.names[written.by], day)
    return {
        "seen": seen,
        "replies": [
            {
                "on": reader.read(Say(texts.YOU_SAID, {"day": local_day(reply.at)})),
                "label": reader.text(rules.REPLIES[reply.reply]),
                "words": reply.words,
                "kept": reader.text(
                    texts.REPLY_KEPT if reply.reply in rules.GOES_BACK else texts.CAME_ABOUT_KEPT
                ),
            }
            for reply in one.said_to(written)
        ],
    }


async def said(request: web.Request) -> web.StreamResponse:
    """`POST /chat/asks`: `reply` to the answer `number` of `ask`, with `words` if there are any; or
    `act=advocate`. 303 means committed."""
    app, render, house, at = request.app, request.app[RENDER], request.app[HOUSE], now()
    own = urlsplit(house.settings.public_url).netloc
    if is_from_elsewhere(request.headers, frozenset({request.host, own})):
        return render.unreadable(403)
    try:
        form = await read_form(request)
    except FormUnreadable:
        return render.unreadable(400)
    try:
        here = await who_is_here(request, at)
        found = here.found
        if found is None:
            return _to(answers.HERE)
        if form.one("act") == "advocate":
            await app[STORE].write(lambda db: own_asks.ask_for_advocate(db, house, here.kept, at))
            return _to(HERE)
        ask_id, words = form.one("ask")[:36], form.one("words")
        try:
            reply, number = Reply(form.one("reply")), int(form.one("number")[:6])
        except ValueError:
            return _to(HERE)
        try:
            heard = await app[STORE].write(
                lambda db: own_asks.say(
                    db, house, here.kept, found, ask_id, number, reply, words, at
                )
            )
        except Unknown:
            return _to(HERE)
        match heard:
            case Heard.PAUSED:
                return _to("/chat")  # help comes first
            case Heard.KEPT:
                return _to(f"{HERE}#{ask_id}")
            case Refused.LONG:
                error = Say(texts.REPLY_LONG, {"over": len(words) - LONGEST})
                return await _show(request, here, error=error, about=ask_id, box=words, status=422)
            case Refused.STALE:
                error = Say(texts.REPLY_STALE)
                return await _show(request, here, error=error, about=ask_id, box=words, status=409)
    except StorageAway:
        return render.away(form, again=HERE)
