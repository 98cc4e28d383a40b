"""Standing in for a colleague: whose reviews one could open, and the glass before each."""

from aiohttp import web

from bot.desk.addresses import review_url
from bot.desk.asking import act_of, asked
from bot.desk.forms import FIELDS, typed
from bot.desk.render import ADMITTED, render
from bot.desk.review import wrong
from bot.service import caseload, glass
from bot.service.admission import covers_until
from bot.service.problems import Problem
from bot.web.context import HOUSE, STORE, now


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/cover`: what colleagues in the team have in hand, without a word."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    found = await request.config_dict[STORE].read(
        lambda db: caseload.to_cover(db, house, staff, moment)
    )
    return render(request, "cover.html", {"colleagues": found})


async def page(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/cover`: what asks for the reason, where one was sent to it."""
    staff, house, wanted = request[ADMITTED], request.config_dict[HOUSE], asked(request)
    review_id = wanted.review_id or ""
    opened = await request.config_dict[STORE].read(
        lambda db: covers_until(db, house, staff, review_id)
    )
    if opened is not None:
        raise web.HTTPSeeOther(review_url(review_id))
    return await pane(request, status=200)


async def pane(
    request: web.Request, problem: Problem | None = None, *, status: int = 404
) -> web.Response:
    """What stands in the place of a page until a reason is given: that page is not there, unless
    it is the one that asks. Nothing of a form was kept."""
    staff, house = request[ADMITTED], request.config_dict[HOUSE]
    review_id = request.match_info["review_id"]
    found = await request.config_dict[STORE].read(
        lambda db: glass.before(db, house, staff, review_id)
    )
    values = {
        "pane": found,
        **wrong(problem),
        "typed": typed(request.get(FIELDS, {})),
    }
    return render(request, "glass.html", values, status=422 if problem else status)


async def break_it(request: web.Request) -> web.StreamResponse:
    """`POST /desk/reviews/<id>/cover`: open it, with a reason."""
    staff, house, wanted, moment = act_of(request)
    reason = request[FIELDS].get("reason", "")
    problem = await request.config_dict[STORE].write(
        lambda db: glass.break_it(db, house, staff, wanted, reason, moment)
    )
    if problem is not None:
        return await pane(request, problem)
    raise web.HTTPSeeOther(review_url(wanted.review_id or ""))
