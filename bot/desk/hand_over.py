"""Handing young people over to another officer: who holds how much, plan, undo."""

from collections.abc import Mapping

from aiohttp import web

from bot.desk.asking import act_of
from bot.desk.dates import NotADay, typed_day
from bot.desk.forms import FIELDS
from bot.desk.render import render
from bot.desk.review import wrong_all
from bot.service import handing_over, looking_ahead
from bot.service.handing_over import Entry
from bot.service.problems import Problem
from bot.web.context import STORE
from storage.errors import Unknown


async def page(request: web.Request) -> web.Response:
    """`GET /desk/hand-over`, of one officer with `?from=<id>`; with `&to=<id>&plan=yes` those who
    stand in the caseload plan are ticked."""
    from_id, to_id = request.query.get("from", ""), request.query.get("to", "")
    if request.query.get("plan") != "yes":
        return await _show(request, from_id)
    staff, house, _wanted, _moment = act_of(request)
    planned = await request.config_dict[STORE].read(
        lambda db: looking_ahead.on_paper(db, house, staff, from_id, to_id)
    )
    ticked = {f"child-{number}": one for number, one in enumerate(planned)}
    return await _show(request, from_id, (), {**ticked, "to": to_id})


async def plan(request: web.Request) -> web.Response:
    """`POST /desk/hand-over`: these, to whom, from when."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    from_id = fields.get("from", "")
    try:
        day = typed_day(fields, "on")
    except NotADay as error:
        text = f"{error} Enter the first day, for example 17 9 2026.".strip()
        return await _show(request, from_id, (Problem("on", text),), fields)
    children = tuple(value for name, value in fields.items() if name.startswith("child-"))
    entry = Entry(from_id, fields.get("to", ""), children, day)
    kept = await request.config_dict[STORE].write(
        lambda db: handing_over.plan(db, house, staff, wanted, entry, moment)
    )
    if isinstance(kept, tuple):
        return await _show(request, from_id, kept, fields)
    raise web.HTTPSeeOther("/desk/hand-over?done=planned")


async def undo(request: web.Request) -> web.Response:
    """`POST /desk/hand-over/undo`: all of one, while nobody has been told."""
    staff, house, wanted, moment = act_of(request)
    hand_over_id = request[FIELDS].get("hand_over", "")
    try:
        undone = await request.config_dict[STORE].write(
            lambda db: handing_over.undo(db, house, staff, wanted, hand_over_id, moment)
        )
    except Unknown:
        undone = False
    if not undone:
        text = "It can’t be undone any more: it has begun, or somebody else undid it."
        return await _show(request, "", (Problem("planned", text),))
    raise web.HTTPSeeOther("/desk/hand-over?done=undone")


async def _show(
    request: web.Request,
    from_id: str,
    problems: tuple[Problem, ...] = (),
    entered: Mapping[str, str] | None = None,
) -> web.Response:
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].read(
        lambda db: handing_over.look(db, house, staff, wanted, from_id, moment)
    )
    values = {
        "page": found,
        "ticked": [value for name, value in (entered or {}).items() if name.startswith("child-")],
        "entered": dict(entered or {}),
        "done": request.query.get("done", ""),
        "undo_minutes": house.council.footprint.undo_minutes,
        **wrong_all(problems),
    }
    return render(request, "hand_over.html", values, status=422 if problems else 200)
