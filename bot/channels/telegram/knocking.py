"""Codes typed while their chat had to wait: tried when the wait is over, never dropped."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from bot.channels.telegram.receive import KNOCK, Knocked, Receiver
from bot.service import guessing
from bot.service.outcome import Delivered, Outcome, TryLater
from bot.web.context import now
from storage.outbox import Claimed


@dataclass(frozen=True, slots=True)
class Knocking:
    """Delivers to ourselves: one code of a chat after the other."""

    receiver: Receiver

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset({KNOCK})

    @property
    def at_once(self) -> int:
        return 8

    async def deliver(self, row: Claimed) -> Outcome:
        """Tried in the transaction that takes the row away; later if five more were wrong."""
        chat, knocked = Knocked.from_json(row.payload)
        receiver, at = self.receiver, now()
        until = await receiver.store.read(
            lambda db: guessing.chat_waits(db, receiver.house, str(chat), at)
        )
        if until is not None:
            return TryLater(max(until - at, timedelta(seconds=1)))

        def then(db: Connection) -> None:
            key = f"{KNOCK}/{row.outbox_id}"
            receiver.answered_later(db, chat, knocked, key, at)

        return Delivered(then)
