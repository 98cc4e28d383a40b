"""The desk's door, as its pages need it: cookie, open routes, forms from elsewhere."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from bot.access import permissions, sessions, sign_in_links
from bot.service.admission import Admitted
from bot.service.house import House
from bot.web.crossing import is_from_elsewhere as _is_from_elsewhere

COOKIE_SECONDS = int(sessions.LONGEST.total_seconds())


def is_https(house: House) -> bool:
    """Whether people reach Sayso over https."""
    return house.settings.public_url.startswith("https:")


def cookie_name(house: House) -> str:
    return sessions.cookie_name(secure=is_https(house))


def is_open(route: str) -> bool:
    """Whether a route needs no sign-in."""
    return route in permissions.OPEN


def require_rows(routes: Iterable[str]) -> None:
    """`RouteWithoutRow` if nobody decided who may open one of these."""
    permissions.require_rows(routes)


def is_token(staff: Admitted, token: str) -> bool:
    """Whether a form is of this session."""
    return sessions.is_same(staff.form_token, token)


def is_from_elsewhere(house: House, host: str, headers: Mapping[str, str]) -> bool:
    """Whether the browser says that another site sent this form."""
    own = urlsplit(house.settings.public_url).netloc
    return _is_from_elsewhere(headers, frozenset({host, own}))


def is_this_machine(house: House, peer: str | None, host: str, headers: Mapping[str, str]) -> bool:
    """Whether a request can only come from the machine Sayso runs on. `host`: as the browser
    sent it, with or without port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    bound_to = house.settings.host
    return sign_in_links.is_this_machine(bound_to=bound_to, peer=peer, host=name, headers=headers)
