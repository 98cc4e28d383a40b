"""For social workers and personal advisers: what their young people shared with them."""

from aiohttp import web

from bot.desk.asking import act_of
from bot.desk.render import ADMITTED, render
from bot.service import asks_in_hand, put_to_me, shared, taking_back
from bot.web.context import HOUSE, STORE, now


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/young-people`: what they are to answer, and those allocated to them, by name."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    found, changed, asked, put = await request.config_dict[STORE].read(
        lambda db: (
            shared.mine(db, house, staff, moment),
            taking_back.notices(db, house, staff),
            asks_in_hand.asked_of_me(db, house, staff, moment),
            put_to_me.listed(db, house, staff, moment),
        )
    )
    values = {
        "found": found,
        "changed": changed,
        "asked": [one for one in asked if not one.draft],
        "waits": [one for one in put if put_to_me.waits(one.note)],
    }
    return render(request, "young_people.html", values)


async def page(request: web.Request) -> web.Response:
    """`GET /desk/young-people/<id>`: their words, large. Opening it is reading it."""
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].write(
        lambda db: shared.open_person(db, house, staff, wanted, moment)
    )
    return render(request, "young_person.html", {"found": found})
