"""For social workers and personal advisers: what their young people shared with them."""

from aiohttp import web

from bot.desk.asking import act_of
from bot.desk.render import ADMITTED, render
from bot.service import shared, taking_back
from bot.web.context import HOUSE, STORE, now


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/young-people`: those allocated to them, by name."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    found, changed = await request.config_dict[STORE].read(
        lambda db: (shared.mine(db, house, staff, moment), taking_back.notices(db, house, staff))
    )
    return render(request, "young_people.html", {"found": found, "changed": changed})


async def page(request: web.Request) -> web.Response:
    """`GET /desk/young-people/<id>`: their words, large. Opening it is reading it."""
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].write(
        lambda db: shared.open_person(db, house, staff, wanted, moment)
    )
    return render(request, "young_person.html", {"found": found})
