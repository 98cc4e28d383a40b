"""Every address of the desk. Each has a row in the authorisation table, or nothing starts."""

from aiohttp import web

from bot.desk import access, code, home, review, sign_in, tasks
from bot.desk.assets import COLOURS, FOLDER, STATIC, colours, colours_of
from bot.desk.door import door
from bot.desk.render import set_up
from bot.service import doorway
from bot.web.assets import Assets
from bot.web.context import HOUSE

_REVIEW = "/reviews/{review_id}"
_TASK = "/tasks/{task_id}"

_ROUTES = (
    ("GET", "/", "desk.home", home.home),
    ("GET", "/unit", "desk.unit", home.unit),
    ("GET", "/reviews", "desk.reviews", home.reviews),
    ("GET", _REVIEW, "desk.review", review.page),
    ("GET", _REVIEW + "/versions/{version}", "desk.version", review.version),
    ("GET", _REVIEW + "/reading", "desk.reading", review.reading),
    ("POST", _REVIEW + "/held", "desk.held", code.held),
    ("POST", _REVIEW + "/code", "desk.code", code.confirm),
    ("GET", _REVIEW + "/access", "desk.access", access.page),
    ("POST", _REVIEW + "/access", "desk.invite", access.invite),
    ("POST", _REVIEW + "/access/pin", "desk.reset_pin", access.reset_pin),
    ("GET", "/tasks", "desk.tasks", tasks.listed),
    ("GET", _TASK, "desk.task", tasks.page),
    ("POST", _TASK + "/again", "desk.task_again", tasks.again),
    ("POST", _TASK + "/done", "desk.task_done", tasks.done),
    ("POST", _TASK + "/theirs", "desk.task_theirs", tasks.theirs),
    ("GET", "/sign-in", "desk.sign_in", sign_in.page),
    ("GET", "/sign-in/{token}", "desk.sign_in_link", sign_in.link),
    ("POST", "/sign-in/{token}", "desk.sign_in_by_link", sign_in.by_link),
    ("POST", "/sign-out", "desk.sign_out", sign_in.out),
    ("GET", "/colours/{digest}.css", "desk.colours", colours),
)


def add_routes(app: web.Application) -> None:
    """Put the desk under `/desk/`. `app` has its store and house; `RouteWithoutRow`."""
    desk = web.Application(middlewares=[door])
    set_up(desk)
    desk[STATIC] = Assets("desk", FOLDER)
    desk[COLOURS] = colours_of(app[HOUSE].council.header_colour)
    for method, path, name, handler in _ROUTES:
        desk.router.add_route(method, path, handler, name=name)
    require_rows(desk)
    desk[STATIC].add_routes(app)
    app.router.add_get("/desk", _with_slash)
    app.add_subapp("/desk/", desk)


def require_rows(desk: web.Application) -> None:
    """Every route of the desk is named and somebody decided who may open it."""
    doorway.require_rows(route.name or str(route.resource) for route in desk.router.routes())


async def _with_slash(_request: web.Request) -> web.Response:
    raise web.HTTPPermanentRedirect("/desk/")
