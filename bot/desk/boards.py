"""The boards: this year's figures as they stand today, of everybody or of one group of reviews."""

from aiohttp import web

from bot.desk.asking import act_of
from bot.desk.render import render
from bot.desk.reports import YEARLY
from bot.service import boards
from bot.service.days import local_day


async def page(request: web.Request) -> web.Response:
    """`GET /desk/boards`, of one group with `?of=team:<name>`, `officer:<name>` or `age:<name>`."""
    _staff, _house, _asked, moment = act_of(request)
    yearly = request.app[YEARLY]
    found = await boards.look(yearly, local_day(moment))
    name, _colon, group = request.query.get("of", "").partition(":")
    chosen = found.by(name)
    if chosen and group not in chosen.groups:
        chosen = None
    values = {
        "found": found,
        "chosen": chosen,
        "group": group if chosen else "",
        "report": None if chosen else await boards.seen(yearly, found),
        "tables": boards.of_group(chosen, group) if chosen else [],
        "left_out": [one for one in boards.FILTERS if found.by(one.id) is None],
    }
    return render(request, "boards.html", values)
