"""Alerts: the duty team's queue, and one of them, for whom it is for."""

from collections.abc import Mapping

from aiohttp import web

from bot.desk.addresses import alert_url
from bot.desk.asking import act_of
from bot.desk.forms import FIELDS
from bot.desk.render import ADMITTED, render
from bot.service import alerts, taking_back
from bot.service.alerts import Problem
from bot.web.context import HOUSE, STORE, now

_WRONG = {
    Problem.NO_OUTCOME: ("outcome", "Say what became of it"),
    Problem.NO_REASON: ("reason", "Say why it can be closed"),
    Problem.TOO_LONG: ("reason", f"The reason has more than {alerts.MOST_LETTERS} letters"),
}


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/alerts`: what waits, without a word."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    found, changed = await request.config_dict[STORE].read(
        lambda db: (alerts.queue(db, house, moment), taking_back.notices(db, house, staff))
    )
    return render(request, "alerts.html", {"found": found, "changed": changed})


async def page(request: web.Request) -> web.Response:
    """`GET /desk/alerts/<id>`: the words, whom they are from, whom to ring."""
    return await _show(request)


async def acknowledge(request: web.Request) -> web.Response:
    """`POST /desk/alerts/<id>/acknowledge`: I take it on."""
    staff, house, wanted, moment = act_of(request)
    first = await request.config_dict[STORE].write(
        lambda db: alerts.acknowledge(db, house, staff, wanted, moment)
    )
    raise web.HTTPSeeOther(alert_url(wanted.alert_id or "") + ("" if first else "?late"))


async def close(request: web.Request) -> web.Response:
    """`POST /desk/alerts/<id>/close`: what became of it, and why."""
    staff, house, wanted, moment = act_of(request)
    fields = request[FIELDS]
    outcome, reason = fields.get("outcome", ""), fields.get("reason", "")
    closed = await request.config_dict[STORE].write(
        lambda db: alerts.close(db, house, staff, wanted, outcome, reason, moment)
    )
    if isinstance(closed, Problem):
        return await _show(request, closed, {"outcome": outcome, "reason": reason})
    raise web.HTTPSeeOther(alert_url(wanted.alert_id or "") + ("" if closed else "?late"))


async def _show(
    request: web.Request, problem: Problem | None = None, entered: Mapping[str, str] | None = None
) -> web.Response:
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].write(
        lambda db: alerts.read(db, house, staff, wanted, moment)
    )
    field, text = _WRONG[problem] if problem else ("", "")
    values = {
        "shown": found,
        "late": "late" in request.query,
        "wrong": {field: text} if problem else {},
        "entered": entered or {},
        "problem_links": [{"text": text, "href": f"#{field}"}] if problem else [],
    }
    return render(request, "alert.html", values, status=422 if problem else 200)
