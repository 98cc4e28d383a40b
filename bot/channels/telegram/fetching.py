"""Voice notes and photos are fetched from Telegram, made anew, kept, and taken out of the chat.

What came in was kept as an outbox row to ourselves: Telegram being away only makes it wait, and
nothing is lost by a stop in the middle. Nothing is said to be kept before it is.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
import structlog
from telegram import Bot
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.channels.telegram.deliver import TIDY_FOR, seconds_of
from bot.channels.telegram.files import FETCH, Files
from bot.channels.telegram.request import SharedRequest
from bot.service import attaching
from bot.service.made import CannotMake, Made, Remake, Wrong
from bot.service.outcome import Delivered, Outcome, TryLater, backoff
from bot.web.context import now
from conversations.attaching import Medium
from storage.outbox import Claimed

log = structlog.get_logger()

_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Fetching:
    """Delivers to ourselves: one file of a chat after the other."""

    bot: Bot
    files: Files
    request: SharedRequest
    remake: Remake

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset({FETCH})

    @property
    def at_once(self) -> int:
        return 2  # each may be in memory whole

    async def deliver(self, row: Claimed) -> Outcome:
        """Kept and answered in the transaction that takes the row away."""
        payload: dict[str, Any] = orjson.loads(row.payload)
        try:
            got = await self._get(payload)
        except RetryAfter as error:
            return TryLater(timedelta(seconds=seconds_of(error) + 0.05))
        except TelegramError as error:
            if now() - row.created_at < TIDY_FOR:
                return TryLater(backoff(row.attempts, most=_LONGEST_WAIT))
            log.error("file_not_fetched", outbox_id=row.outbox_id, why=type(error).__name__)
            got = Wrong.BROKEN
        return Delivered(partial(self.files.fetched, payload=payload, got=got, now=now()))

    async def _get(self, payload: dict[str, Any]) -> Made | Wrong:
        medium, most = Medium(payload["medium"]), attaching.most_bytes(self.files.house)
        try:
            file = await self.bot.get_file(payload["file_id"])
        except (BadRequest, Forbidden) as error:
            log.warning("file_refused", why=type(error).__name__)
            return Wrong.TOO_BIG if "too big" in error.message else Wrong.BROKEN
        if file.file_size is not None and file.file_size > most:
            return Wrong.TOO_BIG
        content = await self.request.download(file.file_path or "", most)
        if content is None:
            return Wrong.TOO_BIG
        try:
            return await self.remake(medium, content)
        except CannotMake as error:
            return error.wrong
