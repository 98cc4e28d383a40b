"""The boards: this year's figures as they stand today, of everybody or of one team."""

from aiohttp import web

from bot.desk.asking import act_of
from bot.desk.render import render
from bot.desk.reports import YEARLY
from bot.service import boards
from bot.service.days import local_day


async def page(request: web.Request) -> web.Response:
    """`GET /desk/boards`, of one team with `?team=<name>`."""
    _staff, _house, _asked, moment = act_of(request)
    yearly = request.app[YEARLY]
    found = await boards.look(yearly, local_day(moment))
    team = request.query.get("team", "")
    chosen = team if team in found.teams else ""
    values = {
        "found": found,
        "team": chosen,
        "report": None if chosen else await boards.seen(yearly, found),
        "tables": boards.of_team(found, chosen) if chosen else [],
    }
    return render(request, "boards.html", values)
