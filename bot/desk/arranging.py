"""For business support: which reviews are to be arranged, and how far their invitations are."""

from aiohttp import web

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
