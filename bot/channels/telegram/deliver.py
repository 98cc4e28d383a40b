"""Outbox rows go to Telegram: at its pace, never inside a `retry_after`, in order per chat."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
import structlog
from sqlalchemy import Connection
from telegram import Bot
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.telegram.replying import DESTINATION
from bot.channels.telegram.request import SharedRequest
from bot.service.house import House
from bot.service.outcome import Delivered, GiveUp, Outcome, Then, TryLater, backoff
from bot.web.context import now
from storage import outbox, tasks
from storage.outbox import Claimed, Outgoing

log = structlog.get_logger()

TIDY_FOR = timedelta(hours=40)
"""A bot can take messages out of a private chat for 48 hours."""

LONGEST_WAIT = 60.0
"""Seconds between tries at the most: after an outage all is out within ten minutes (P22)."""


@dataclass(slots=True)
class Pace:
    """When a chat may be written to next. `clock`: seconds, only ever rising."""

    per_second: float | None  # over all chats; None: as fast as it goes
    clock: Callable[[], float] = time.monotonic
    _all: float = 0.0
    _chats: dict[int, float] = field(default_factory=dict)
    _closed_until: float = 0.0

    def wait(self, chat: int) -> float:
        """Seconds to wait before writing to this chat; 0 takes the slot."""
        at = self.clock()
        if at < self._closed_until:
            return self._closed_until - at
        if self.per_second is None:
            return 0
        due = max(self._all, self._chats.get(chat, 0.0))
        if at < due:
            return due - at
        self._all = max(self._all, at) + 1 / self.per_second
        self._chats[chat] = at + 1
        if len(self._chats) > 10_000:
            self._chats = {c: t for c, t in self._chats.items() if t > at}
        return 0

    def close(self, seconds: float) -> None:
        """Telegram said `retry_after`: nothing goes out before."""
        self._closed_until = max(self._closed_until, self.clock() + seconds)

    @property
    def closed_for(self) -> float:
        return max(0.0, self._closed_until - self.clock())


def pace_of(rate: str) -> Pace:
    """From `SAYSO_TELEGRAM_RATE`: `30/s` or `off`."""
    return Pace(None if rate == "off" else float(rate.removesuffix("/s")))


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants to hear nothing."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


@dataclass(slots=True)
class TelegramDeliverer:
    """Sends, answers presses, and takes answers out of chats."""

    house: House
    bot: Bot
    request: SharedRequest
    pace: Pace

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset({DESTINATION})

    @property
    def at_once(self) -> int:
        return 256

    async def deliver(self, row: Claimed) -> Outcome:
        """One row: the message first, then what it leaves to do in the chat."""
        payload: dict[str, Any] = orjson.loads(row.payload)
        chat = payload["chat"]
        send = payload["send"]
        wait = self.pace.wait(chat) if send else self.pace.closed_for
        if wait:
            return TryLater(timedelta(seconds=wait))
        try:
            if payload["callback"] and row.attempts == 1:
                # `_answer` raises nothing of Telegram's: it must not decide about the message.
                answering = asyncio.create_task(self._answer(payload["callback"]))
                try:
                    await self._send(chat, send)
                finally:
                    await answering
            else:
                await self._send(chat, send)
        except RetryAfter as error:
            return self._closed(error)
        except Forbidden:
            log.info("chat_is_closed_to_us", outbox_id=row.outbox_id)  # blocked, or gone
            return self._untidied(row, payload, "blocked")
        except (BadRequest, InvalidToken) as error:
            log.error("telegram_refused", outbox_id=row.outbox_id, why=type(error).__name__)
            if isinstance(error, InvalidToken):
                return TryLater(backoff(row.attempts, first=30, most=LONGEST_WAIT))
            return await self._tidied(row, payload)
        except TelegramError as error:
            wait_for = backoff(row.attempts, most=LONGEST_WAIT)
            return TryLater(wait_for, unknown=isinstance(error, TimedOut))
        return await self._tidied(row, payload)

    def _closed(self, error: RetryAfter) -> TryLater:
        seconds = seconds_of(error)
        self.pace.close(seconds)
        return TryLater(timedelta(seconds=seconds + 0.05))

    async def call(self, method: str, parameters: dict[str, Any]) -> None:
        """Ask Telegram for something, whatever its pace. The library's errors."""
        await self.request.call(f"{self.bot.base_url}/{method}", parameters)

    async def _send(self, chat: int, send: dict[str, Any] | None) -> None:
        if not send:
            return
        # The library's errors, without an object for each button and for the reply.
        call: dict[str, Any] = {"chat_id": chat}
        if send.get("keyboard"):
            call["reply_markup"] = {"inline_keyboard": send["keyboard"]}
        if send.get("edit"):
            try:
                await self.call("editMessageReplyMarkup", {**call, "message_id": send["edit"]})
            except BadRequest as error:
                if "not modified" not in error.message:
                    raise
            return
        call |= {
            "text": send["text"],
            "link_preview_options": {"is_disabled": True},
            "protect_content": True,
        }
        await self.call("sendMessage", call)

    async def _answer(self, callback: str) -> None:
        """Stop the button's spinner. It turning on is no harm; Telegram's pace is obeyed."""
        try:
            await self.call("answerCallbackQuery", {"callback_query_id": callback})
        except TelegramError as error:
            if isinstance(error, RetryAfter):
                self._closed(error)
            log.info("press_not_answered", why=type(error).__name__)

    async def _tidied(self, row: Claimed, payload: dict[str, Any]) -> Outcome:
        """Take the answer out of the chat, now or as soon as Telegram lets us."""
        message = payload["tidy"]
        if message is None:
            return Delivered()
        if self.pace.closed_for:  # since the message went out, by what another chat was told
            return Delivered(self._tidy_later(row, payload))
        try:
            await self.call("deleteMessage", {"chat_id": payload["chat"], "message_id": message})
        except BadRequest as error:
            if "not found" in error.message:
                return Delivered()
            return self._untidied(row, payload, "refused")
        except Forbidden:
            return self._untidied(row, payload, "blocked")
        except TelegramError as error:
            if isinstance(error, RetryAfter):
                self._closed(error)
            if now() - row.created_at > TIDY_FOR:
                return self._untidied(row, payload, "too late")
            return Delivered(self._tidy_later(row, payload))
        return Delivered()

    def _tidy_later(self, row: Claimed, payload: dict[str, Any]) -> Then:
        """The message went out, so only the tidying is tried again."""
        rest = {**payload, "send": None, "callback": None}
        root = row.idempotency_key.partition("#")[0]
        again = Outgoing(
            DESTINATION,
            lane=f"{row.lane.partition('#')[0]}#tidy",
            idempotency_key=f"{root}#tidy{row.outbox_id % 1_000_000}",
            payload=json.dumps(rest),
            person_id=row.person_id,
            not_before=now()
            + max(
                backoff(row.attempts, most=LONGEST_WAIT), timedelta(seconds=self.pace.closed_for)
            ),
        )
        return lambda db: outbox.add(db, row.council, [again], now())

    def _untidied(self, row: Claimed, payload: dict[str, Any], why: str) -> Outcome:
        """Telegram keeps the answer: a person is told, so that the young person can be."""
        if payload["tidy"] is None:
            return GiveUp()
        task = tasks.Task(
            str(uuid.uuid5(uuid.NAMESPACE_URL, f"sayso:tidy:{row.idempotency_key}")),
            tasks.Kind.TIDY_CHAT,
            row.person_id,
            None,
            {"why": why},
        )

        def then(db: Connection) -> None:
            tasks.add(db, row.council, task, now())

        return GiveUp(then)
