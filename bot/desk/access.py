"""How a young person gets in: their invitation, and the PIN with which they read their answers."""

from aiohttp import web
from sqlalchemy import Connection

from bot.desk.addresses import review_url
from bot.desk.asking import act_of
from bot.desk.forms import FIELDS
from bot.desk.render import render
from bot.desk.review import wrong
from bot.service import access_page, afterwards, pins, reissuing
from bot.service.access_page import Shown
from bot.service.invitations import Invited
from bot.service.problems import Problem
from bot.web.context import STORE

_INVITE_WRONG = {
    reissuing.Problem.NO_REASON: "Say in a few words why they need a new invitation.",
    reissuing.Problem.TOO_LONG: f"Shorten it to {reissuing.MOST_LETTERS} letters.",
}
_PIN_WRONG = {
    pins.Problem.NO_REASON: "Say in a few words why, and how you know it is them.",
    pins.Problem.TOO_LONG: f"Shorten it to {pins.MOST_LETTERS} letters.",
    pins.Problem.NO_PIN: "They have no PIN, so there is nothing to reset.",
}


async def page(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/access`"""
    return await _show(request)


async def invite(request: web.Request) -> web.Response:
    """`POST /desk/reviews/<id>/access`: a new invitation, shown this once: it is kept nowhere. Or
    with `after`: on to where they are invited to say how the review was."""
    staff, house, wanted, moment = act_of(request)
    if request[FIELDS].get("after"):
        after_id = await request.config_dict[STORE].write(
            lambda db: afterwards.ask_at_desk(db, house, staff, wanted, moment)
        )
        raise web.HTTPSeeOther(review_url(after_id, "access"))
    reason = request[FIELDS].get("reason", "")
    made = await request.config_dict[STORE].write(
        lambda db: reissuing.reissue_at_desk(db, house, staff, wanted, reason, moment)
    )
    if isinstance(made, Invited):
        return await _show(request, invited=made)
    return await _show(request, problem=Problem("reason", _INVITE_WRONG[made]), entered=reason)


async def reset_pin(request: web.Request) -> web.Response:
    """`POST /desk/reviews/<id>/access/pin`: the old PIN ends. The code is shown this once."""
    staff, house, wanted, moment = act_of(request)
    reason = request[FIELDS].get("pin_reason", "")
    code = await request.config_dict[STORE].write(
        lambda db: pins.reset(db, house, staff, wanted, reason, moment)
    )
    if isinstance(code, pins.Problem):
        problem = Problem("pin_reason", _PIN_WRONG[code])
        return await _show(request, problem=problem, entered=reason)
    return await _show(request, pin_code=code)


async def _show(
    request: web.Request,
    *,
    invited: Invited | None = None,
    pin_code: str = "",
    problem: Problem | None = None,
    entered: str = "",
) -> web.Response:
    staff, house, wanted, moment = act_of(request)

    def look(db: Connection) -> Shown:
        return access_page.shown(db, house, staff, wanted, moment)

    values = {
        "shown": await request.config_dict[STORE].read(look),
        "invited": invited,
        "pin_code": pin_code,
        **wrong(problem),
        "entered": {problem.field: entered} if problem else {},
    }
    return render(request, "access.html", values, status=422 if problem else 200)
