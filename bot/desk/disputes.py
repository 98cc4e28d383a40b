"""A challenge on its page: its stages, what is owed by when, and each step."""

from collections.abc import Mapping

from aiohttp import web

from bot.desk.addresses import dispute_url
from bot.desk.asking import act_of
from bot.desk.dates import NotADay, typed_day
from bot.desk.forms import FIELDS
from bot.desk.quality import not_a_day, seen_of
from bot.desk.render import render
from bot.desk.review import wrong_all
from bot.service import challenges, notes
from bot.service.challenge_clock import overall_of, stages
from bot.service.challenges import Step
from bot.service.notes import Meanwhile
from bot.service.problems import Problem
from bot.web.context import STORE
from conversations import challenge
from storage.notes import NoteKind


async def page(request: web.Request) -> web.Response:
    """`GET /desk/disputes/<id>`"""
    return await _show(request)


async def keep(request: web.Request) -> web.Response:
    """`POST /desk/disputes/<id>`: one step, by the button that was pressed."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    try:
        day = typed_day(fields, "on")
    except NotADay as error:
        return await _show(request, (not_a_day(error),), fields)
    entry = Step(
        fields.get("act", ""),
        seen_of(fields),
        fields.get("words", ""),
        fields.get("by_name", ""),
        day,
        fields.get("outcome", ""),
        fields.get("changed", ""),
        fields.get("put_to", ""),
        fields.get("put_to_name", ""),
    )
    kept = await request.config_dict[STORE].write(
        lambda db: challenges.step(db, house, staff, wanted, entry, moment)
    )
    if isinstance(kept, tuple):
        return await _show(request, kept, fields)
    if isinstance(kept, Meanwhile):
        return await _show(request, (), fields, kept)
    raise web.HTTPSeeOther(dispute_url(wanted.note_id or "") + "?done")


async def _show(
    request: web.Request,
    problems: tuple[Problem, ...] = (),
    entered: Mapping[str, str] | None = None,
    meanwhile: Meanwhile | None = None,
) -> web.Response:
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].read(
        lambda db: notes.open_note(db, house, staff, wanted, NoteKind.CHALLENGE, moment)
    )
    known = stages(house)
    number = found.note.stage
    values = {
        "page": found,
        "overall": overall_of(house, found),
        "further": known[number + 1] if number + 1 < len(known) else None,
        "Outcome": challenge.Outcome,
        "entered": dict(entered or {}),
        "act": (entered or {}).get("act", ""),
        "meanwhile": meanwhile,
        "done": "done" in request.query,
        **wrong_all(problems),
    }
    status = 422 if problems else 409 if meanwhile else 200
    return render(request, "dispute.html", values, status=status)
