"""What every request can reach: the store, the council's house, and the time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.service.house import House
from bot.service.made import Remake
from bot.service.telling import Notice
from storage.store import Store

STORE = web.AppKey("store", Store)
HOUSE = web.AppKey("house", House)
REMAKE: web.AppKey[Remake] = web.AppKey("remake", Remake)
"""By which a voice note or a picture is made anew (`bot/media`)."""


@dataclass(frozen=True, slots=True)
class Means:
    """What pages need of other edges. `paper`: a document's PDF (`NoPaper`); `notice`: a neutral
    line in a chat, none where Telegram is off; `piles`: as `paper`, of many pages, behind all else
    that this machine has to do."""

    paper: Callable[[dict[str, Any]], Awaitable[bytes]]
    notice: Notice | None
    piles: Callable[[dict[str, Any]], Awaitable[bytes]]


MEANS = web.AppKey("means", Means)


def now() -> datetime:
    """The one clock of the edges."""
    return datetime.now(UTC)
