"""What a chat gets back, as outbox rows: the conversation, or a neutral line and its link."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from bot.channels.telegram import session
from bot.channels.telegram.heard import Said
from bot.channels.telegram.show import keyboard, message
from bot.service import invitations, unkept
from bot.service.hear import Answered, show
from bot.service.house import House
from bot.service.invitations import Refused
from bot.service.wording import Reader
from bot.settings import TelegramStyle
from conversations import showing_texts, texts
from conversations.hearing import Command, Draft, Heard, Name, Toggled
from conversations.screens import State
from conversations.wording import Band, Say
from storage.outbox import Outgoing

DESTINATION = "telegram"

NOBODY = Reader(Band.SIXTEEN)
"""Who reads in a chat that nobody knows."""

NO_WORDS = Draft(words="")


@dataclass(frozen=True, slots=True)
class Replies:
    """Of one council's bot."""

    house: House
    bot_id: str

    @property
    def source(self) -> str:
        return f"telegram:{self.bot_id}"

    @property
    def are_full(self) -> bool:
        return self.house.settings.telegram_style is TelegramStyle.FULL

    def row(self, said: Said, key: str, sends: dict[str, Any], person_id: str | None) -> Outgoing:
        payload = {
            "chat": said.chat,
            "send": sends,
            "tidy": said.message,
            "callback": said.callback,
        }
        return Outgoing(
            DESTINATION,
            lane=f"telegram/{self.lane(said.chat)}",
            idempotency_key=f"{self.source}/{key}",
            payload=orjson.dumps(payload).decode(),
            person_id=person_id,
        )

    def lane(self, chat: int) -> str:
        return self.house.keys.blind(self.house.id, "telegram lane", str(chat)).hex()[:32]

    def full(self, db: Connection, said: Said, answered: Answered, now: datetime) -> dict[str, Any]:
        same = isinstance(said.heard, Toggled) and answered.screen.asked == said.heard.to
        if same and not answered.says:
            return {"edit": said.pressed, "keyboard": keyboard(answered.screen, answered.reader)}
        return message(session.as_shown(answered, now), self._link(db, answered, now))

    def _link(self, db: Connection, answered: Answered, now: datetime) -> str | None:
        if answered.screen.state not in (State.CHECK, State.SENT):
            return None
        return invitations.link_for(db, self.house, answered.kept.conversation_id, now)

    def neutral(
        self,
        db: Connection,
        heard: object,
        answered: Answered,
        now: datetime,
        *,
        words_only: bool = False,
    ) -> dict[str, Any]:
        """Doorbell: nothing of the conversation, a one-time link to it."""
        link = invitations.link_for(db, self.house, answered.kept.conversation_id, now)
        if isinstance(heard, Command) and heard.name is Name.HELP:
            lines = answered.reader.read(answered.screen.says[0])
            told = answered.reader.read(Say(texts.DOORBELL_NEW, {"link": link}))
            return {"text": f"{lines}\n\n{told}"}  # who is told stands on the page
        kept = isinstance(heard, Draft)
        text = texts.DOORBELL_KEPT if kept else texts.DOORBELL_NEW
        if words_only:
            text = showing_texts.DOORBELL_WORDS
        return {"text": answered.reader.read(Say(text, {"link": link}))}

    def welcome(self, db: Connection, found: str | Refused | None, now: datetime) -> dict[str, Any]:
        if found is None:
            return {"text": NOBODY.text(texts.TELEGRAM_WHO)}
        if isinstance(found, Refused):
            return {"text": NOBODY.text(texts.CODE_WRONG)}
        answered = show(db, self.house, found, now, later=False)
        if self.are_full:
            return message(session.as_shown(answered, now), self._link(db, answered, now))
        return self.neutral(db, None, answered, now)

    def closed(
        self, db: Connection, conversation_id: str | None, heard: Heard, now: datetime
    ) -> str:
        """The invitation has ended: whom to ring, and who is told if somebody is not safe."""
        told = unkept.read_of_closed(db, self.house, conversation_id, (heard,), now)
        phone = {"review_team_phone": self.house.council.review_team_phone}
        closed = NOBODY.read(Say(texts.CLOSED, phone))
        return "\n\n".join((*told, closed, NOBODY.text(texts.TELEGRAM_LINES)))
