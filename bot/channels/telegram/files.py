"""Voice notes and photos: whether one is fetched, for which question, and what is said of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Connection

from bot.channels.telegram import session
from bot.channels.telegram.heard import NotWords, Said, Showed
from bot.channels.telegram.replying import NO_WORDS, NOBODY, Replies
from bot.service import attaching, invitations
from bot.service.hear import Answered, ConversationClosed, Incoming, hear, show
from bot.service.house import House
from bot.service.made import Made, Wrong
from conversations import showing_texts, texts
from conversations.attaching import Attachment, Medium
from conversations.conversation import Channel
from conversations.hearing import Attached, Draft
from conversations.places import asked
from conversations.wording import Say
from conversations.wording import Text as Wording
from storage import outbox
from storage.conversations import Kept
from storage.errors import Unknown
from storage.outbox import Outgoing

FETCH = "telegram_file"
"""The destination of voice notes and photos that are to be fetched (`fetching.py`)."""


@dataclass(frozen=True, slots=True)
class Files:
    """What this council takes of what a chat shows."""

    replies: Replies

    @property
    def house(self) -> House:
        return self.replies.house

    def takes(self, showed: Showed) -> bool:
        """Whether it is fetched: by what Telegram says of it, before a byte is."""
        return self.replies.are_full and self._too_much(showed) is None and self._has_room

    def takes_instead(self) -> Wording:
        shows = self.replies.are_full and self.house.settings.attachments
        return showing_texts.TELEGRAM_TAKES if shows else texts.TELEGRAM_ONLY_WORDS

    @property
    def _has_room(self) -> bool:
        return self.house.settings.attachments > 0

    def _too_much(self, showed: Showed) -> Wrong | None:
        if showed.size > attaching.most_bytes(self.house):
            return Wrong.TOO_BIG
        too_long = showed.seconds > self.house.settings.voice_minutes * 60 + 1
        return Wrong.TOO_LONG if too_long else None

    def why_not(self, what: NotWords | Showed) -> Say:
        """Why what some words came with is not kept, in a full conversation."""
        if isinstance(what, NotWords):
            return Say(texts.TELEGRAM_NO_PLACE if what.kind == "place" else self.takes_instead())
        wrong = self._too_much(what)
        if wrong is None or not self._has_room:
            return Say(texts.TELEGRAM_ONLY_WORDS)
        return attaching.say_wrong(self.house, what.medium, wrong)

    def not_taken(self, db: Connection, conversation_id: str, now: datetime) -> dict[str, Any]:
        """Doorbell: why it is not kept, and the way that there is."""
        if not self._has_room:
            return {"text": NOBODY.text(texts.TELEGRAM_ONLY_WORDS)}
        link = invitations.link_for(db, self.house, conversation_id, now)
        return {"text": NOBODY.read(Say(showing_texts.DOORBELL_SHOW, {"link": link}))}

    def to_fetch(self, showed: Showed, kept: Kept, update_id: int) -> Outgoing:
        """For the question that was open when it was sent."""
        payload = {
            "chat": showed.chat,
            "message": showed.message,
            "medium": showed.medium.value,
            "file_id": showed.file_id,
            "words": showed.words,
            "read": bool(showed.words.strip()),
            "to": asked(kept.conversation),
            "update_id": update_id,
        }
        return Outgoing(
            FETCH,
            lane=f"{FETCH}/{self.replies.lane(showed.chat)}",
            idempotency_key=f"{self.replies.source}/{FETCH}/{update_id}",
            payload=orjson.dumps(payload).decode(),
            person_id=kept.person_id,
        )

    def fetched(
        self, db: Connection, payload: dict[str, Any], got: Made | Wrong, now: datetime
    ) -> None:
        """Keep it and answer, or say why not; either way it leaves the chat."""
        chat, key = payload["chat"], f"{payload['update_id']}/file"
        medium, words = Medium(payload["medium"]), payload["words"]
        said = Said(chat, NO_WORDS, message=payload["message"])
        kept = invitations.lock_chat(db, self.house, str(chat), now)
        pushed: list[Outgoing] = []

        def push(answered: Answered, *why: Say) -> list[Outgoing]:
            answered = replace(answered, says=(*why, *answered.says))
            sends = self.replies.full(db, said, answered, now)
            pushed.append(self.replies.row(said, key, sends, answered.kept.person_id))
            return pushed

        if kept is None:
            says: tuple[Say, ...] = (Say(texts.TELEGRAM_WHO),)
        else:
            none = Attachment("", medium, "", "", 0)
            about: dict[str, Any] = {
                "words": words,
                "channel": Channel.TELEGRAM,
                "read": payload.get("read", False),
            }
            reads = partial(session.reads, kept.conversation, now)
            heard = Attached(attachment=none, to=payload["to"], **about)
            incoming = Incoming(kept.conversation_id, self.replies.source, key, "", heard, reads)
            try:
                if isinstance(got, Wrong):
                    says = (attaching.say_wrong(self.house, medium, got),)
                else:
                    says = attaching.attach(db, self.house, incoming, got, now, push)
                if not pushed and says and words.strip():  # what they wrote beneath it is kept
                    draft = replace(incoming, key=f"{key}/words", heard=Draft(**about))
                    hear(db, self.house, draft, now, lambda answered: push(answered, *says))
                if not pushed and says:  # with what is asked: its buttons are the ways out
                    again = show(db, self.house, kept.conversation_id, now, later=False)
                    outbox.add(db, self.house.id, push(again, *says), now)
            except (ConversationClosed, Unknown):
                phone = {"review_team_phone": self.house.council.review_team_phone}
                says = (Say(texts.CLOSED, phone), Say(texts.TELEGRAM_LINES))
        if not pushed and says:
            sends = {"text": "\n\n".join(NOBODY.read(say) for say in says)}
            person_id = None if kept is None else kept.person_id
            outbox.add(db, self.house.id, [self.replies.row(said, key, sends, person_id)], now)
