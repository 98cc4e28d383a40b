"""What every request can reach: the store, the council's house, and the time."""

from datetime import UTC, datetime

from aiohttp import web

from bot.service.house import House
from bot.service.made import Remake
from storage.store import Store

STORE = web.AppKey("store", Store)
HOUSE = web.AppKey("house", House)
REMAKE: web.AppKey[Remake] = web.AppKey("remake", Remake)
"""By which a voice note or a picture is made anew (`bot/media`)."""


def now() -> datetime:
    """The one clock of the edges."""
    return datetime.now(UTC)
