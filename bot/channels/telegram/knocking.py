"""Codes and start payloads: tried at once, or kept while their chat has to wait and tried then."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.channels.telegram.heard import Said
from bot.channels.telegram.replying import NO_WORDS, NOBODY, Replies
from bot.service import guessing, invitations
from bot.service.codes import typed
from bot.service.house import House
from bot.service.invitations import Refused
from bot.service.outcome import Delivered, Outcome, TryLater
from bot.service.wording import next_minute
from bot.web.context import now
from conversations import texts
from conversations.wording import Say
from storage import outbox
from storage.outbox import Claimed, Outgoing
from storage.store import Store

KNOCK = "knock"
"""The destination of codes that are kept until their chat's wait is over."""


@dataclass(frozen=True, slots=True)
class Knocked:
    """By what a chat wants to be let in: a start payload, or words that may be a code."""

    payload: str = ""
    words: str = ""

    @property
    def may_be_a_code(self) -> bool:
        return bool(self.payload) or typed(self.words) is not None

    def to_json(self, chat: int) -> str:
        return json.dumps({"chat": chat, "payload": self.payload, "words": self.words})

    @classmethod
    def from_json(cls, text: str) -> "tuple[int, Knocked]":
        plain = json.loads(text)
        return plain["chat"], cls(plain["payload"], plain["words"])


@dataclass(frozen=True, slots=True)
class Door:
    """Who knocks is let in, or told to wait."""

    replies: Replies

    @property
    def house(self) -> House:
        return self.replies.house

    def knocked(
        self, db: Connection, chat: int, knocked: Knocked, update_id: int, now: datetime
    ) -> dict[str, Any]:
        """A code or a start payload: tried now, or kept and tried once this chat's wait is over."""
        if not knocked.may_be_a_code:
            return {"text": NOBODY.text(texts.TELEGRAM_WHO)}
        until = guessing.chat_waits(db, self.house, str(chat), now)
        if until is None:
            return self._answer(db, chat, knocked, now)
        lane = f"{KNOCK}/{self.replies.lane(chat)}"
        key = f"{self.replies.source}/{KNOCK}/{update_id}"
        row = Outgoing(KNOCK, lane, key, knocked.to_json(chat), not_before=until)
        outbox.add(db, self.house.id, [row], now)
        outbox.keep_newest(db, self.house.id, lane, guessing.PER_CHAT)
        at = next_minute(until)
        return {"text": NOBODY.read(Say(texts.CODE_WAIT_CHAT, {"time": at}))}

    def _answer(self, db: Connection, chat: int, knocked: Knocked, now: datetime) -> dict[str, Any]:
        """Try it. A wrong one counts."""
        found: str | Refused | None
        if knocked.payload:
            payload = knocked.payload
            found = invitations.let_in_by_telegram(db, self.house, payload, str(chat), now)
        else:
            found = invitations.let_in_by_typed_code(db, self.house, knocked.words, str(chat), now)
        if isinstance(found, Refused):
            guessing.wrong_in_chat(db, self.house, str(chat), now)
        return self.replies.welcome(db, found, now)

    def answered_later(
        self, db: Connection, chat: int, knocked: Knocked, key: str, now: datetime
    ) -> None:
        """A code that was kept is tried, and its chat is told; nothing if it came in meanwhile."""
        if invitations.chat_conversation(db, self.house, str(chat), now) is not None:
            return
        sends = self._answer(db, chat, knocked, now)
        said = Said(chat, NO_WORDS)
        outbox.add(db, self.house.id, [self.replies.row(said, key, sends, None)], now)


@dataclass(frozen=True, slots=True)
class Knocking:
    """Delivers to ourselves: one code of a chat after the other."""

    store: Store
    door: Door

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset({KNOCK})

    @property
    def at_once(self) -> int:
        return 8

    async def deliver(self, row: Claimed) -> Outcome:
        """Tried in the transaction that takes the row away; later if five more were wrong."""
        chat, knocked = Knocked.from_json(row.payload)
        door, at = self.door, now()
        until = await self.store.read(lambda db: guessing.chat_waits(db, door.house, str(chat), at))
        if until is not None:
            return TryLater(max(until - at, timedelta(seconds=1)))

        def then(db: Connection) -> None:
            key = f"{KNOCK}/{row.outbox_id}"
            door.answered_later(db, chat, knocked, key, at)

        return Delivered(then)
