"""For business support: which reviews are to be arranged, how far their invitations are, and what
young people want of their meetings."""

from math import ceil

from aiohttp import web
from sqlalchemy import Connection

from bot.desk.asking import act_of
from bot.desk.render import ADMITTED, render
from bot.service import arranging
from bot.service.listing import A_PAGE
from bot.web.context import HOUSE, STORE, now


async def listed(request: web.Request) -> web.Response:
    """`GET /desk/arranging`: what has no day, and of what has one a page at a time."""
    staff, house, moment = request[ADMITTED], request.config_dict[HOUSE], now()
    given = request.query.get("page", "")
    page = max(1, int(given)) if given.isascii() and given.isdecimal() and len(given) < 5 else 1

    def look(db: Connection) -> dict[str, object]:
        found = arranging.to_arrange(db, house, staff, moment)
        here = slice((page - 1) * A_PAGE, page * A_PAGE)
        return {
            "found": found,
            "undated": arranging.named(db, house, found.undated[here]),
            "dated": arranging.named(db, house, found.dated[here]),
            "page": page,
            "pages": ceil(max(len(found.undated), len(found.dated), 1) / A_PAGE),
        }

    return render(request, "arranging.html", await request.config_dict[STORE].read(look))


async def meeting(request: web.Request) -> web.Response:
    """`GET /desk/reviews/<id>/meeting`: what they want of it. Opening it is reading it."""
    staff, house, wanted, moment = act_of(request)
    found = await request.config_dict[STORE].write(
        lambda db: arranging.wished(db, house, staff, wanted, moment)
    )
    return render(request, "meeting.html", {"found": found})
