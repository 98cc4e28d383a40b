"""Every route of the running application, so that tests of all routes include new ones."""

from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from bot.application import make_application
from tests.desk.running import Desk

SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Route:
    """`path` with its placeholders, `/desk/reviews/{review_id}`."""

    method: str
    path: str

    def at(self, **values: str) -> str:
        """The address, each placeholder with its value; `x` where none is given."""
        address = self.path
        for part in self.path.split("{")[1:]:
            name, _, _rest = part.partition("}")
            address = address.replace(f"{{{name}}}", values.get(name.partition(":")[0], "x"))
        return address


def all_routes(desk: Desk) -> list[Route]:
    """What this desk's application answers, its parts included."""
    app = make_application(desk.store, desk.house)
    found = {Route(method, path) for method, path in walk(app) if method != "HEAD"}
    return sorted(found, key=lambda route: (route.path, route.method))


def walk(app: web.Application) -> Iterator[tuple[str, str]]:
    """Method and path of every route."""
    for resource in app.router.resources():
        for route in resource:
            info = route.resource.get_info() if route.resource is not None else {}
            yield route.method, info.get("path") or info.get("formatter") or ""
