"""Asking Telegram for updates ourselves. The offset is confirmed only after the commit."""

import asyncio
import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import Bot
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.channels.telegram.deliver import seconds_of
from bot.channels.telegram.receive import Receiver
from bot.web.context import now
from bot.where import without_text
from storage.errors import StorageAway

log = structlog.get_logger()

_LONG = 25  # seconds that Telegram holds the line when there is nothing
_KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]


@dataclass(slots=True)
class Polling:
    """The loop. Telegram forgets what is below the offset, so it rises only over what is kept."""

    receiver: Receiver
    bot: Bot
    _offset: int = 0

    async def run(self) -> None:
        """Until cancelled. Telegram or the database being away only makes it wait, and so does a
        mistake of ours."""
        wait = 1.0
        while True:
            try:
                updates = await self._ask()
                await self._take(updates)
                wait = 1.0
            except RetryAfter as error:
                await asyncio.sleep(seconds_of(error))
            except (TelegramError, StorageAway) as error:
                conflict = isinstance(error, Conflict)
                log.warning("polling_waits", why=type(error).__name__, another_poller=conflict)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 30.0)
            except Exception as error:
                # If this ended, nothing would come in any more and nobody would know.
                log.critical("updates_not_read", **without_text(error))
                await asyncio.sleep(wait)
                wait = min(wait * 2, 30.0)

    async def _ask(self) -> list[dict[str, Any]]:
        """The raw updates: python-telegram-bot would throw away all if one can't be read."""
        answer: Any = await self.bot._post(
            "getUpdates",
            {"offset": self._offset, "timeout": _LONG, "allowed_updates": _KINDS},
            read_timeout=_LONG + 10,
        )
        return list(answer)

    async def _take(self, updates: list[dict[str, Any]]) -> None:
        """Keep them, side by side but in order within a chat; then let Telegram forget them."""
        chats: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for update in updates:
            chats[_chat(update)].append(update)
        await asyncio.gather(*(self._in_order(of_one) for of_one in chats.values()))
        known = [u["update_id"] for u in updates if isinstance(u.get("update_id"), int)]
        if known:
            self._offset = known[-1] + 1  # the newest, not the highest: ids may start anew

    async def _in_order(self, updates: list[dict[str, Any]]) -> None:
        for update in updates:
            await self.receiver.receive(json.dumps(update), now())


def _chat(update: dict[str, Any]) -> str:
    for kind in ("message", "edited_message"):
        found = update.get(kind)
        if isinstance(found, dict) and isinstance(found.get("chat"), dict):
            return str(found["chat"].get("id"))
    query = update.get("callback_query")
    user = query.get("from") if isinstance(query, dict) else None
    return str(user.get("id")) if isinstance(user, dict) else ""
