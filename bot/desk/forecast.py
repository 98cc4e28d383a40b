"""What lies ahead: weeks, what is at risk, and how much each officer holds; and a plan of who goes
to whom, by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.desk.asking import act_of
from bot.desk.forms import FIELDS
from bot.desk.render import render
from bot.desk.reports import YEARLY
from bot.service import looking_ahead
from bot.service.forecast import WEEKS, WITHOUT_DATE, Risk
from bot.service.meeting_kinds import KINDS
from bot.service.problems import Problem
from bot.web.context import STORE

_HOURS = "hours-"
_CHILD = "child-"


async def page(request: web.Request) -> web.Response:
    """`GET /desk/forecast`"""
    return await _show(request)


async def hours(request: web.Request) -> web.StreamResponse:
    """`POST /desk/forecast/hours`: how long each officer works in a week."""
    staff, house, asked, moment = act_of(request)
    fields = request[FIELDS]
    entered = {
        name.removeprefix(_HOURS): value
        for name, value in fields.items()
        if name.startswith(_HOURS)
    }
    problems = await request.config_dict[STORE].write(
        lambda db: looking_ahead.set_hours(
            db, house, staff, asked, entered, fields.get("seen", ""), moment
        )
    )
    if problems:
        return await _show(request, problems, fields)
    raise web.HTTPSeeOther("/desk/forecast?done=hours#caseload")


async def _show(
    request: web.Request,
    problems: Sequence[Problem] = (),
    entered: Mapping[str, str] | None = None,
) -> web.Response:
    staff, house, asked, moment = act_of(request)
    found = await request.app[YEARLY].beside(
        lambda db: looking_ahead.look(db, house, staff, asked, moment)
    )
    values = {
        "found": found,
        "risks": list(Risk),
        "kinds": {kind: one.called for kind, one in KINDS.items()},
        "names": {one.staff_id: one.name for one in found.officers},
        "weeks": WEEKS,
        "without_date": WITHOUT_DATE.days // 7,
        "entered": dict(entered or {}),
        "done": request.query.get("done", ""),
        **_shared(house.council.full_time_hours),
        **_wrong(problems),
    }
    return render(request, "forecast.html", values, status=422 if problems else 200)


def _shared(full_time_hours: float) -> dict[str, Any]:
    return {"full_time": full_time_hours, "full_time_minutes": full_time_hours * 60}


def _wrong(problems: Sequence[Problem]) -> dict[str, Any]:
    links = [{"text": one.text, "href": f"#{one.field}"} for one in problems]
    return {"problems": problems, "problem_links": links}


async def plan(request: web.Request) -> web.Response:
    """`GET /desk/forecast/plan`, of one officer with `?from=<id>`."""
    return await _show_plan(request, request.query.get("from", ""))


async def put(request: web.Request) -> web.StreamResponse:
    """`POST /desk/forecast/plan`: these would go to that officer."""
    staff, house, asked, moment = act_of(request)
    fields = request[FIELDS]
    from_id, to_id = fields.get("from", ""), fields.get("to", "")
    problems = await request.config_dict[STORE].write(
        lambda db: looking_ahead.put(
            db, house, staff, asked, from_id, to_id, _children(fields), moment
        )
    )
    if problems:
        return await _show_plan(request, from_id, problems, fields)
    raise web.HTTPSeeOther("/desk/forecast/plan?done=put")


async def drop(request: web.Request) -> web.StreamResponse:
    """`POST /desk/forecast/plan/drop`: these stay where they are."""
    staff, house, asked, moment = act_of(request)
    fields = request[FIELDS]
    await request.config_dict[STORE].write(
        lambda db: looking_ahead.drop(
            db, house, staff, asked, fields.get("from", ""), _children(fields), moment
        )
    )
    raise web.HTTPSeeOther("/desk/forecast/plan?done=dropped")


def _children(fields: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(value for name, value in fields.items() if name.startswith(_CHILD))


async def _show_plan(
    request: web.Request,
    from_id: str,
    problems: Sequence[Problem] = (),
    entered: Mapping[str, str] | None = None,
) -> web.Response:
    staff, house, asked, moment = act_of(request)
    found = await request.app[YEARLY].beside(
        lambda db: looking_ahead.plan(db, house, staff, asked, from_id, moment)
    )
    values = {
        "found": found,
        "kinds": {kind: one.called for kind, one in KINDS.items()},
        "names": {one.staff_id: one.name for one in found.officers},
        "weeks": WEEKS,
        "ticked": _children(entered or {}),
        "entered": dict(entered or {}),
        "done": request.query.get("done", ""),
        **_shared(house.council.full_time_hours),
        **_wrong(problems),
    }
    return render(request, "caseload_plan.html", values, status=422 if problems else 200)
