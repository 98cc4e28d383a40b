"""For council IT: what is misconfigured, how the installation is, and its settings."""

from collections.abc import Awaitable
from typing import Protocol

from aiohttp import web

from bot.desk.render import render
from bot.service import installation
from bot.web.context import HOUSE, STORE


class Findings(Protocol):
    """What `sayso check` finds now, each with how to mend it."""

    def __call__(self) -> Awaitable[list[str]]: ...


FINDINGS: web.AppKey[Findings] = web.AppKey("findings", Findings)


async def page(request: web.Request) -> web.Response:
    """`GET /desk/installation`"""
    house = request.config_dict[HOUSE]
    found = await request.config_dict[STORE].read(lambda db: installation.look(db, house))
    problems = await request.config_dict[FINDINGS]()
    return render(request, "installation.html", {"found": found, "to_mend": problems})
