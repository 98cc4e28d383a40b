"""Today, and the unit."""

from aiohttp import web

from bot.desk import today
from bot.desk.render import ADMITTED, MENU, render
from bot.service import caseload, footprint, mending, stood_down, taking_back
from bot.web.context import HOUSE, STORE, now


async def home(request: web.Request) -> web.Response:
    """`GET /desk/`: what waits today; who has no such page goes to where their work is."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    if not today.has_today(staff):
        start = next((url for route, _text, url in MENU if staff.may_list(route)), None)
        if start is None:
            return render(request, "nothing.html", {})
        raise web.HTTPSeeOther(start)
    found = await request.config_dict[STORE].read(lambda db: today.look(db, house, staff, moment))
    values = {"shown": found.shown, "dues": found.dues, "later": found.later}
    return render(request, "today.html", values)


async def unit(request: web.Request) -> web.Response:
    """`GET /desk/unit`: what a unit manager answers for, without a word."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    found, waiting, changed, noted, off = await request.config_dict[STORE].read(
        lambda db: (
            caseload.unit(db, house, staff, moment),
            mending.mine(db, house, staff),
            taking_back.notices(db, house, staff),
            footprint.at_first(db, house, staff, moment),
            stood_down.of_team(db, house, staff, moment),
        )
    )
    values = {
        "footprint": noted,
        "off": off,
        "changed": changed,
        "found": found,
        "tasks": waiting,
        "states": caseload.STANDINGS,
        "to_confirm": caseload.State.CONFIRM,
    }
    return render(request, "unit.html", values)
