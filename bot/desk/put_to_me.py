"""What an officer put to a social worker, a personal adviser or a manager, and their answer."""

from collections.abc import Mapping

from aiohttp import web

from bot.desk.asking import act_of
from bot.desk.forms import FIELDS
from bot.desk.quality import seen_of
from bot.desk.render import ADMITTED, render
from bot.desk.review import wrong_all
from bot.service import put_to_me
from bot.service.challenge_clock import overall_of
from bot.service.notes import Meanwhile
from bot.service.problems import Problem
from bot.web.context import HOUSE, STORE, now
from conversations import quality


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/put-to-me`: what waits for an answer, first."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    found = await request.config_dict[STORE].read(
        lambda db: put_to_me.listed(db, house, staff, moment)
    )
    waits = [one for one in found if put_to_me.waits(one.note)]
    answered = [one for one in found if not put_to_me.waits(one.note)]
    return render(request, "put_to_me.html", {"waits": waits, "answered": answered})


async def page(request: web.Request) -> web.Response:
    """`GET /desk/put-to-me/<id>`"""
    return await _show(request)


async def answer(request: web.Request) -> web.Response:
    """`POST /desk/put-to-me/<id>`"""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    words, seen = fields.get("words", ""), seen_of(fields)
    kept = await request.config_dict[STORE].write(
        lambda db: put_to_me.answer(db, house, staff, wanted, words, seen, moment)
    )
    if isinstance(kept, tuple):
        return await _show(request, kept, fields)
    if isinstance(kept, Meanwhile):
        return await _show(request, (), fields, kept)
    raise web.HTTPSeeOther(request.path + "?done")


async def _show(
    request: web.Request,
    problems: tuple[Problem, ...] = (),
    entered: Mapping[str, str] | None = None,
    meanwhile: Meanwhile | None = None,
) -> web.Response:
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].read(
        lambda db: put_to_me.open_note(db, house, staff, wanted, moment)
    )
    values = {
        "page": found,
        "tool": quality.TOOLS.get(found.note.tool),
        "overall": overall_of(house, found),
        "waits": put_to_me.waits(found.note),
        "entered": dict(entered or {}),
        "meanwhile": meanwhile,
        "done": "done" in request.query,
        **wrong_all(problems),
    }
    status = 422 if problems else 409 if meanwhile else 200
    return render(request, "put_to_me_note.html", values, status=status)
