"""What a request at the desk asks for: read from it in one place, whatever it is about."""

from datetime import datetime

from aiohttp import web

from bot.desk.render import ADMITTED
from bot.service.admission import Admitted, Asked
from bot.service.house import House
from bot.web.context import HOUSE, now


def asked(request: web.Request) -> Asked:
    """Which page this request wants, of which review, task, young person, alert or note."""
    about = request.match_info
    return Asked(
        about.route.name or "",
        about.get("review_id"),
        about.get("task_id"),
        about.get("person_id"),
        about.get("alert_id"),
        about.get("note_id"),
    )


def act_of(request: web.Request) -> tuple[Admitted, House, Asked, datetime]:
    """Who asks, of which house, for what, and when: what a use case is called with."""
    return request[ADMITTED], request.config_dict[HOUSE], asked(request), now()
