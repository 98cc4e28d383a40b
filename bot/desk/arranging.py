"""For business support: which reviews are to be arranged, how far their invitations are, and what
young people want of their meetings."""

from aiohttp import web

from bot.desk.asking import act_of
from bot.desk.render import ADMITTED, render
from bot.service import arranging
from bot.web.context import HOUSE, STORE, now


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/arranging`"""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    found = await request.config_dict[STORE].read(
        lambda db: arranging.to_arrange(db, house, staff, moment)
    )
    return render(request, "arranging.html", {"found": found})


async def meeting(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/meeting`: what they want of it. Opening it is reading it."""
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].write(
        lambda db: arranging.wished(db, house, staff, wanted, moment)
    )
    return render(request, "meeting.html", {"found": found})
