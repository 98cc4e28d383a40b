"""The web chat's cookies: who may write (`chat`), the live session (`live`), a note carried over a
redirect (`told`), and who may read (`read`). For this site alone, and no script reads them."""

import re
from datetime import datetime

from aiohttp import web

from bot.service.house import House
from bot.web.context import HOUSE, now

SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}")


def is_https(house: House) -> bool:
    return house.settings.public_url.startswith("https://")


def cookie_name(house: House, name: str) -> str:
    return f"__Host-sayso_{name}" if is_https(house) else f"sayso_{name}"


def secret_of(request: web.Request, name: str) -> str:
    """What this browser's cookie says; empty if it can't be one of ours."""
    value = request.cookies.get(cookie_name(request.app[HOUSE], name), "")
    return value if SECRET.fullmatch(value) else ""


def set_cookie(
    house: House,
    response: web.StreamResponse,
    name: str,
    value: str,
    expires: datetime | None = None,
) -> None:
    """Without `expires` it ends with the browser."""
    seconds = None if expires is None else max(0, int((expires - now()).total_seconds()))
    response.set_cookie(
        cookie_name(house, name),
        value,
        max_age=seconds,
        httponly=True,
        secure=is_https(house),
        samesite="Lax",
        path="/",
    )


def drop_cookie(house: House, response: web.StreamResponse, name: str) -> None:
    response.del_cookie(cookie_name(house, name), path="/")
