"""Reminders ring in the chat: by day, once, and saying nothing.

Telegram can't be asked whether a message arrived, and being reminded twice is worse than not at
all. So that it rings is written down before it is sent: whoever dies in between, or hears nothing,
leaves nothing to be tried again. What certainly was not sent waits for its next try.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.telegram.deliver import LONGEST_WAIT, TelegramDeliverer, seconds_of
from bot.channels.telegram.heard import to_button
from bot.service import invitations, quiet, reminders
from bot.service.outcome import Delivered, GiveUp, Outcome, TryLater, backoff
from bot.service.reminders import DESTINATION, Asked, Wanted
from bot.service.wording import Reader
from bot.settings import TelegramStyle
from bot.web.context import now
from conversations import texts, texts_later
from conversations.places import STOPPED
from conversations.wording import Band, Say
from storage.outbox import Claimed
from storage.store import Store

log = structlog.get_logger()


@dataclass(slots=True)
class Reminding:
    """Delivers reminders, at the same pace as all else that goes to Telegram."""

    store: Store
    telegram: TelegramDeliverer

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset({DESTINATION})

    @property
    def at_once(self) -> int:
        return 16

    async def deliver(self, row: Claimed) -> Outcome:
        """One reminder, if it is still wanted and not night."""
        house, asked, at = self.telegram.house, Asked.of(row.payload), now()
        awake = quiet.until(house.council.reminders, at)
        if awake > at:
            return TryLater(awake - at)
        wanted = await self.store.read(lambda db: reminders.wanted(db, house, asked, at))
        if wanted is None:
            return GiveUp(lambda db: reminders.end(db, house, asked.conversation_id, now()))
        wait = self.telegram.pace.wait(int(wanted.chat))
        if wait:
            return TryLater(timedelta(seconds=wait))
        call = await self.store.write(lambda db: self._ring(db, asked))
        if call is None:
            return GiveUp()
        return await self._send(row, asked, call)

    def _ring(self, db: Connection, asked: Asked) -> dict[str, Any] | None:
        """From here on nobody else sends it; what is to be sent, None if nobody may."""
        house = self.telegram.house
        found = reminders.ring(db, house, asked, now())
        return None if found is None else self._message(db, found)

    def _message(self, db: Connection, found: Wanted) -> dict[str, Any]:
        house, reader = self.telegram.house, Reader(Band.SIXTEEN, found.locale)
        call: dict[str, Any] = {
            "chat_id": int(found.chat),
            "link_preview_options": {"is_disabled": True},
            "protect_content": True,
        }
        if house.settings.telegram_style is TelegramStyle.FULL:
            button = {
                "text": reader.text(texts.GO_ON),
                "callback_data": to_button("c", STOPPED, "@go_on"),
            }
            text = reader.text(texts_later.NOTICE_REMIND_HERE)
            return {**call, "text": text, "reply_markup": {"inline_keyboard": [[button]]}}
        link = invitations.link_for(db, house, found.kept.conversation_id, now())
        return {**call, "text": reader.read(Say(texts_later.NOTICE_REMIND, {"link": link}))}

    async def _send(self, row: Claimed, asked: Asked, call: dict[str, Any]) -> Outcome:
        house = self.telegram.house
        try:
            await self.telegram.call("sendMessage", call)
        except RetryAfter as error:
            self.telegram.pace.close(seconds_of(error))
            return await self._again(asked, timedelta(seconds=seconds_of(error) + 0.05))
        except Forbidden:
            log.info("chat_is_closed_to_us", outbox_id=row.outbox_id)
            chat = str(call["chat_id"])
            return GiveUp(lambda db: reminders.chat_closed(db, house, chat, now()))
        except BadRequest as error:
            log.error("telegram_refused", outbox_id=row.outbox_id, why=type(error).__name__)
            return GiveUp()
        except InvalidToken:
            return await self._again(asked, backoff(row.attempts, first=30, most=LONGEST_WAIT))
        except TelegramError as error:
            if not _did_not_arrive(error):
                log.warning("reminder_unheard_of", outbox_id=row.outbox_id)
                return Delivered()
            log.warning("reminder_not_sent", outbox_id=row.outbox_id, why=type(error).__name__)
            return await self._again(asked, backoff(row.attempts, most=LONGEST_WAIT))
        return Delivered()

    async def _again(self, asked: Asked, after: timedelta) -> TryLater:
        house = self.telegram.house
        await asyncio.shield(
            self.store.write(lambda db: reminders.not_sent(db, house, asked, now()))
        )
        return TryLater(after)


_BROKE_OFF = re.compile(r"(Client|Server)(?!Connector|ProxyConnection)\w*Error")
"""By which names `SharedRequest` says that a call broke off after it was on its way."""


def _did_not_arrive(error: TelegramError) -> bool:
    """Whether it certainly was not sent: nobody was reached, or Telegram says that it is unwell."""
    if isinstance(error, TimedOut) or not isinstance(error, NetworkError):
        return False
    return _BROKE_OFF.fullmatch(error.message) is None
