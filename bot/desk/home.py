"""Today, all my reviews, and the unit."""

from aiohttp import web

from bot.desk.render import ADMITTED, MENU, render
from bot.service import alerts, asks_in_hand, caseload, due, footprint, mending, taking_back
from bot.service.days import local_day
from bot.web.context import HOUSE, STORE, now


async def home(request: web.Request) -> web.Response:
    """`GET /desk/`: what waits for an officer today; others go to where their work is."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    start = next((url for route, _text, url in MENU if staff.may_list(route)), None)
    if start is None:
        return render(request, "nothing.html", {})
    if start != "/desk/":
        raise web.HTTPSeeOther(start)
    found, waiting, worried, changed, dues, wishes, noted = await request.config_dict[STORE].read(
        lambda db: (
            (today := caseload.today(db, house, staff, moment)),
            mending.mine(db, house, staff),
            alerts.please_read(db, house, staff, moment),
            taking_back.notices(db, house, staff),
            due.of_reviews(db, house, today.reviews, local_day(moment)),
            asks_in_hand.waiting(db, house, staff, moment),
            footprint.at_first(db, house, staff, moment),
        )
    )
    values = {
        "found": found,
        "tasks": waiting,
        "please_read": worried,
        "changed": changed,
        "dues": dues,
        "asks": wishes,
        "footprint": noted,
    }
    return render(request, "today.html", values)


async def reviews(request: web.Request) -> web.Response:
    """`GET /desk/reviews`: all that one runs, by name."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    found, dues = await request.config_dict[STORE].read(
        lambda db: (
            (mine := caseload.all_of_mine(db, house, staff, moment)),
            due.of_reviews(db, house, [one.case.review for one in mine], local_day(moment)),
        )
    )
    return render(request, "reviews.html", {"found": found, "dues": dues})


async def unit(request: web.Request) -> web.Response:
    """`GET /desk/unit`: what a unit manager answers for, without a word."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    found, waiting, changed, noted = await request.config_dict[STORE].read(
        lambda db: (
            caseload.unit(db, house, staff, moment),
            mending.mine(db, house, staff),
            taking_back.notices(db, house, staff),
            footprint.at_first(db, house, staff, moment),
        )
    )
    values = {
        "footprint": noted,
        "changed": changed,
        "found": found,
        "tasks": waiting,
        "states": caseload.STANDINGS,
        "to_confirm": caseload.State.CONFIRM,
    }
    return render(request, "unit.html", values)
