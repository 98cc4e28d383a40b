"""One update: kept and answered in one transaction, or kept aside. Never lost, never twice."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import orjson
import structlog
from sqlalchemy import Connection
from telegram import Bot

from bot.channels.telegram import session
from bot.channels.telegram.heard import (
    Meant,
    Nothing,
    NotWords,
    Said,
    Showed,
    Shut,
    Started,
    meant,
)
from bot.channels.telegram.show import keyboard, message
from bot.service import attaching, guessing, invitations, reminders, unkept
from bot.service.codes import typed
from bot.service.hear import Answered, ConversationClosed, Incoming, hear, show
from bot.service.house import House
from bot.service.invitations import Refused
from bot.service.made import Made, Wrong
from bot.service.wording import Reader, next_minute
from bot.settings import TelegramStyle
from conversations import showing_texts, texts
from conversations.attaching import Attachment, Medium
from conversations.conversation import Channel
from conversations.hearing import Attached, Command, Draft, Heard, Name, Text, Toggled
from conversations.places import asked
from conversations.screens import State
from conversations.wording import Band, Say
from conversations.wording import Text as Wording
from storage import inbox, outbox
from storage.conversations import Kept
from storage.errors import StorageAway, Unknown
from storage.outbox import Outgoing
from storage.store import Store

log = structlog.get_logger()

DESTINATION = "telegram"
KNOCK = "knock"
"""The destination of codes that are kept until their chat's wait is over."""

FETCH = "telegram_file"
"""The destination of voice notes and photos that are to be fetched (`fetching.py`)."""

_NOBODY = Reader(Band.SIXTEEN)
_LANGUAGE = "en"
"""Of a chat that nobody knows."""


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
class Receiver:
    """What the webhook and the polling loop share."""

    store: Store
    house: House
    bot: Bot
    bot_id: str

    @property
    def source(self) -> str:
        return f"telegram:{self.bot_id}"

    async def receive(self, raw: str, now: datetime) -> None:
        """Take in one update. On return it is committed. `StorageAway`: nothing was kept.

        What can't be understood, or makes us fail, is kept aside and answered all the same: an
        error would make Telegram hold up this chat for a day.
        """
        update_id: int | None = None
        try:
            plain = _loads(raw)
            update_id = _update_id(plain)
            what = meant(plain, self.bot)
        except Exception as error:  # the library raises almost anything on a malformed update
            await self._quarantine(raw, update_id, type(error).__name__, now)
            return
        if update_id is None:
            await self._quarantine(raw, None, "NoUpdateId", now)
            return
        number = update_id
        try:
            await self.store.write(lambda db: self._take(db, number, raw, what, now))
        except StorageAway:
            raise
        except Exception as error:
            await self._quarantine(raw, update_id, type(error).__name__, now)

    async def _quarantine(self, raw: str, update_id: int | None, why: str, now: datetime) -> None:
        body = raw.encode("utf-8", "replace").decode()
        digest = self.house.keys.blind(self.house.id, "unread update", raw).hex()
        key = digest if update_id is None else f"{update_id}/{digest[:24]}"
        log.error("update_quarantined", update_id=update_id, why=why)
        await self.store.write(
            lambda db: inbox.add(
                db, self.house.id, f"{self.source}/q", key, body, now, quarantined=why
            )
        )

    def _take(self, db: Connection, update_id: int, raw: str, what: Meant, now: datetime) -> None:
        body = raw.encode("utf-8", "replace").decode()
        match what:
            case Nothing(why=why):
                inbox.add(db, self.house.id, self.source, str(update_id), body, now)
                log.info("update_ignored", why=why)
                return
            case Shut(chat=chat, closed=closed):
                if inbox.add(db, self.house.id, self.source, str(update_id), body, now):
                    self._shut(db, str(chat), now, closed=closed)
                return
            case Said(chat=chat) | Started(chat=chat) | NotWords(chat=chat) | Showed(chat=chat):
                kept = invitations.lock_chat(db, self.house, str(chat), now)
            case _:
                raise AssertionError(what)
        if kept is not None and isinstance(what, NotWords | Showed) and what.words.strip():
            self._captioned(db, what, kept, update_id, body, now)
            return
        if kept is None or isinstance(what, Started | NotWords | Showed):
            if inbox.add(db, self.house.id, self.source, str(update_id), body, now):
                known = None if kept is None else kept.conversation_id
                if kept is not None and isinstance(what, Showed) and self._takes(what):
                    outbox.add(db, self.house.id, [self._to_fetch(what, kept, update_id)], now)
                    return
                self._aside(db, what, known, update_id, now)
            return
        self._converse(db, what, kept, update_id, body, now)

    def _shut(self, db: Connection, chat: str, now: datetime, *, closed: bool) -> None:
        if closed:
            log.info("chat_closed")
            reminders.chat_closed(db, self.house, chat, now)
        else:
            reminders.chat_open(db, self.house, chat)

    def _captioned(
        self,
        db: Connection,
        what: NotWords | Showed,
        kept: Kept,
        update_id: int,
        body: str,
        now: datetime,
    ) -> None:
        """Words beneath something. They are read at once, whenever what they came with is fetched;
        where that is not taken, they are kept all the same."""
        if not (isinstance(what, Showed) and self._takes(what)):
            words = Draft(words=what.words, channel=Channel.TELEGRAM)
            said = Said(what.chat, words, message=what.message)
            self._converse(db, said, kept, update_id, body, now, why=self._why_not(what))
            return
        if not inbox.add(db, self.house.id, self.source, str(update_id), body, now):
            return
        if self._read_caption(db, what.words, kept, update_id, now):
            answered = show(db, self.house, kept.conversation_id, now, later=False)
            said = Said(what.chat, _NO_WORDS)
            sends = self._full(db, said, answered, now)
            rows = [self._row(said, str(update_id), sends, kept.person_id)]
            outbox.add(db, self.house.id, rows, now)
        outbox.add(db, self.house.id, [self._to_fetch(what, kept, update_id)], now)

    def _read_caption(
        self, db: Connection, words: str, kept: Kept, update_id: int, now: datetime
    ) -> bool:
        """Whether another screen comes for it: help, or the stop."""
        talk = kept.conversation_id
        asks = attaching.asked_beside(words, kept.conversation.locale)
        if asks is None:
            return unkept.read(db, self.house, talk, Draft(words=words), now)
        command = Command(name=asks, channel=Channel.TELEGRAM)
        hear(db, self.house, Incoming(talk, self.source, f"{update_id}/asks", "", command), now)
        return True

    def _converse(
        self,
        db: Connection,
        said: Said,
        kept: Kept,
        update_id: int,
        body: str,
        now: datetime,
        *,
        why: Say | None = None,
    ) -> None:
        """`why`: what the words came with is not kept."""
        full = self.house.settings.telegram_style is TelegramStyle.FULL
        heard = said.heard
        if not full and isinstance(heard, Text):
            asks = attaching.asked_beside(heard.words, kept.conversation.locale)
            heard = (
                Command(name=Name.STOP, channel=Channel.TELEGRAM)
                if asks is Name.STOP
                else Draft(words=heard.words, channel=Channel.TELEGRAM)
            )
        reads = partial(session.reads, kept.conversation, now)
        incoming = Incoming(kept.conversation_id, self.source, str(update_id), body, heard, reads)

        def push(answered: Answered) -> list[Outgoing]:
            if full:
                if why is not None:
                    answered = replace(answered, says=(why, *answered.says))
                sends = self._full(db, said, answered, now)
            else:
                sends = self._neutral(db, heard, answered, now, words_only=why is not None)
            tidied = said
            if (
                said.pressed is not None
                and "edit" not in sends
                and session.has_ticks(answered, heard)
            ):
                tidied = replace(said, message=said.pressed)
            return [self._row(tidied, f"{update_id}", sends, answered.kept.person_id)]

        try:
            fresh = session.begun_anew(kept, heard, now)
            hear(db, self.house, incoming, now, push, kept=fresh)
        except (ConversationClosed, Unknown):
            sends = {"text": self._closed(db, kept.conversation_id, said.heard, now)}
            outbox.add(db, self.house.id, [self._row(said, f"{update_id}", sends, None)], now)

    def _closed(
        self, db: Connection, conversation_id: str | None, heard: Heard, now: datetime
    ) -> str:
        """The invitation has ended: whom to ring, and who is told if somebody is not safe."""
        told = unkept.read_of_closed(db, self.house, conversation_id, (heard,), now)
        phone = {"review_team_phone": self.house.council.review_team_phone}
        closed = _NOBODY.read(Say(texts.CLOSED, phone))
        return "\n\n".join((*told, closed, _NOBODY.text(texts.TELEGRAM_LINES)))

    def _full(
        self, db: Connection, said: Said, answered: Answered, now: datetime
    ) -> dict[str, Any]:
        same = isinstance(said.heard, Toggled) and answered.screen.asked == said.heard.to
        if same and not answered.says:
            return {"edit": said.pressed, "keyboard": keyboard(answered.screen, answered.reader)}
        return message(session.as_shown(answered, now), self._link(db, answered, now))

    def _link(self, db: Connection, answered: Answered, now: datetime) -> str | None:
        if answered.screen.state not in (State.CHECK, State.SENT):
            return None
        return invitations.link_for(db, self.house, answered.kept.conversation_id, now)

    def _neutral(
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

    def _aside(
        self,
        db: Connection,
        what: Meant,
        conversation_id: str | None,
        update_id: int,
        now: datetime,
    ) -> None:
        """What is no part of a conversation: starting, pictures, and chats nobody knows."""
        match what:
            case Started(chat=chat, payload=payload) if payload:
                sends = self._knocked(db, chat, Knocked(payload=payload), update_id, now)
            case Started() if conversation_id is not None:
                sends = self._welcome(db, conversation_id, now)
            case Showed(medium=medium) if conversation_id is not None:
                sends = self._not_taken(db, what, medium, conversation_id, now)
            case NotWords(kind=kind) if conversation_id is not None:
                text = texts.TELEGRAM_NO_PLACE if kind == "place" else self._takes_instead()
                sends = {"text": _NOBODY.text(text)}
            case Said() | Showed() | NotWords() if conversation_id is None and (
                helped := self._nobodys_help(db, what, now)
            ):
                sends = {"text": helped}
            case Said(heard=Text(words=words), chat=chat):
                sends = self._knocked(db, chat, Knocked(words=words), update_id, now)
            case _:
                sends = {"text": _NOBODY.text(texts.TELEGRAM_WHO)}
        if isinstance(what, Nothing | Shut):
            return
        said = what if isinstance(what, Said) else Said(what.chat, _NO_WORDS, message=what.message)
        outbox.add(db, self.house.id, [self._row(said, str(update_id), sends, None)], now)

    def _nobodys_help(
        self, db: Connection, what: Said | Showed | NotWords, now: datetime
    ) -> str | None:
        """The lines, for whoever asks for help or is not safe in a chat that nobody knows. Where it
        was somebody's until their invitation ended, a person is told."""
        heard = what.heard if isinstance(what, Said) else Draft(words=what.words)
        match heard:
            case Command(name=Name.HELP):
                asks: Heard = heard
            case Text(words=words) | Draft(words=words) if unkept.asks_for_help(words, _LANGUAGE):
                named = attaching.asked_beside(words, _LANGUAGE)
                asks = heard if named is None else Command(name=named)
            case _:
                return None
        before = invitations.chat_before(db, self.house, str(what.chat))
        if before is None:
            return _NOBODY.text(texts.HELP_NO_CODE)
        return self._closed(db, before, asks, now)

    def _knocked(
        self, db: Connection, chat: int, knocked: Knocked, update_id: int, now: datetime
    ) -> dict[str, Any]:
        """A code or a start payload: tried now, or kept and tried once this chat's wait is over."""
        if not knocked.may_be_a_code:
            return {"text": _NOBODY.text(texts.TELEGRAM_WHO)}
        until = guessing.chat_waits(db, self.house, str(chat), now)
        if until is None:
            return self.answer(db, chat, knocked, now)
        lane = f"{KNOCK}/{self._lane(chat)}"
        row = Outgoing(KNOCK, lane, f"{self.source}/{KNOCK}/{update_id}", knocked.to_json(chat),
                       not_before=until)  # fmt: skip
        outbox.add(db, self.house.id, [row], now)
        outbox.keep_newest(db, self.house.id, lane, guessing.PER_CHAT)
        at = next_minute(until)
        return {"text": _NOBODY.read(Say(texts.CODE_WAIT_CHAT, {"time": at}))}

    def answer(self, db: Connection, chat: int, knocked: Knocked, now: datetime) -> dict[str, Any]:
        """Try it. A wrong one counts."""
        found: str | Refused | None
        if knocked.payload:
            payload = knocked.payload
            found = invitations.let_in_by_telegram(db, self.house, payload, str(chat), now)
        else:
            found = invitations.let_in_by_typed_code(db, self.house, knocked.words, str(chat), now)
        if isinstance(found, Refused):
            guessing.wrong_in_chat(db, self.house, str(chat), now)
        return self._welcome(db, found, now)

    def answered_later(
        self, db: Connection, chat: int, knocked: Knocked, key: str, now: datetime
    ) -> None:
        """A code that was kept is tried, and its chat is told; nothing if it came in meanwhile."""
        if invitations.chat_conversation(db, self.house, str(chat), now) is not None:
            return
        sends = self.answer(db, chat, knocked, now)
        said = Said(chat, _NO_WORDS)
        outbox.add(db, self.house.id, [self._row(said, key, sends, None)], now)

    @property
    def _is_full(self) -> bool:
        return self.house.settings.telegram_style is TelegramStyle.FULL

    def _takes_instead(self) -> Wording:
        shows = self._is_full and self.house.settings.attachments
        return showing_texts.TELEGRAM_TAKES if shows else texts.TELEGRAM_ONLY_WORDS

    def _takes(self, showed: Showed) -> bool:
        """Whether it is fetched: by what Telegram says of it, before a byte is."""
        return self._is_full and self._too_much(showed) is None and self._has_room

    @property
    def _has_room(self) -> bool:
        return self.house.settings.attachments > 0

    def _too_much(self, showed: Showed) -> Wrong | None:
        if showed.size > attaching.most_bytes(self.house):
            return Wrong.TOO_BIG
        too_long = showed.seconds > self.house.settings.voice_minutes * 60 + 1
        return Wrong.TOO_LONG if too_long else None

    def _why_not(self, what: NotWords | Showed) -> Say:
        """Why what some words came with is not kept, in a full conversation."""
        if isinstance(what, NotWords):
            return Say(texts.TELEGRAM_NO_PLACE if what.kind == "place" else self._takes_instead())
        wrong = self._too_much(what)
        if wrong is None or not self._has_room:
            return Say(texts.TELEGRAM_ONLY_WORDS)
        return attaching.say_wrong(self.house, what.medium, wrong)

    def _not_taken(
        self, db: Connection, showed: Showed, medium: Medium, conversation_id: str, now: datetime
    ) -> dict[str, Any]:
        """Why it is not kept, and the way that there is."""
        wrong = self._too_much(showed)
        if self._is_full and self._has_room and wrong is not None:
            return {"text": _NOBODY.read(attaching.say_wrong(self.house, medium, wrong))}
        if not self._has_room:
            return {"text": _NOBODY.text(texts.TELEGRAM_ONLY_WORDS)}
        link = invitations.link_for(db, self.house, conversation_id, now)
        return {"text": _NOBODY.read(Say(showing_texts.DOORBELL_SHOW, {"link": link}))}

    def _to_fetch(self, showed: Showed, kept: Kept, update_id: int) -> Outgoing:
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
            lane=f"{FETCH}/{self._lane(showed.chat)}",
            idempotency_key=f"{self.source}/{FETCH}/{update_id}",
            payload=orjson.dumps(payload).decode(),
            person_id=kept.person_id,
        )

    def fetched(
        self, db: Connection, payload: dict[str, Any], got: Made | Wrong, now: datetime
    ) -> None:
        """Keep it and answer, or say why not; either way it leaves the chat."""
        chat, key = payload["chat"], f"{payload['update_id']}/file"
        medium, words = Medium(payload["medium"]), payload["words"]
        said = Said(chat, _NO_WORDS, message=payload["message"])
        kept = invitations.lock_chat(db, self.house, str(chat), now)
        pushed: list[Outgoing] = []

        def push(answered: Answered, *why: Say) -> list[Outgoing]:
            answered = replace(answered, says=(*why, *answered.says))
            sends = self._full(db, said, answered, now)
            pushed.append(self._row(said, key, sends, answered.kept.person_id))
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
            incoming = Incoming(kept.conversation_id, self.source, key, "", heard, reads)
            try:
                if isinstance(got, Wrong):
                    says = (attaching.say_wrong(self.house, medium, got),)
                else:
                    says = attaching.attach(db, self.house, incoming, got, now, push)
                if not pushed and says and words.strip():  # what they wrote beneath it is kept
                    draft = replace(incoming, key=f"{key}/words", heard=Draft(**about))
                    hear(db, self.house, draft, now, lambda answered: push(answered, *says))
            except (ConversationClosed, Unknown):
                phone = {"review_team_phone": self.house.council.review_team_phone}
                says = (Say(texts.CLOSED, phone), Say(texts.TELEGRAM_LINES))
        if not pushed and says:
            sends = {"text": "\n\n".join(_NOBODY.read(say) for say in says)}
            person_id = None if kept is None else kept.person_id
            outbox.add(db, self.house.id, [self._row(said, key, sends, person_id)], now)

    def _lane(self, chat: int) -> str:
        return self.house.keys.blind(self.house.id, "telegram lane", str(chat)).hex()[:32]

    def _welcome(
        self, db: Connection, found: str | Refused | None, now: datetime
    ) -> dict[str, Any]:
        if found is None:
            return {"text": _NOBODY.text(texts.TELEGRAM_WHO)}
        if isinstance(found, Refused):
            return {"text": _NOBODY.text(texts.CODE_WRONG)}
        answered = show(db, self.house, found, now, later=False)
        if self.house.settings.telegram_style is TelegramStyle.FULL:
            return message(session.as_shown(answered, now), self._link(db, answered, now))
        return self._neutral(db, None, answered, now)

    def _row(self, said: Said, key: str, sends: dict[str, Any], person_id: str | None) -> Outgoing:
        payload = {
            "chat": said.chat,
            "send": sends,
            "tidy": said.message,
            "callback": said.callback,
        }
        return Outgoing(
            DESTINATION,
            lane=f"telegram/{self._lane(said.chat)}",
            idempotency_key=f"{self.source}/{key}",
            payload=orjson.dumps(payload).decode(),
            person_id=person_id,
        )


_NO_WORDS = Draft(words="")


def _loads(raw: str) -> Any:
    """What `orjson` refuses and `json` takes is lone surrogates: rare, and not a reason to lose a
    message."""
    try:
        return orjson.loads(raw)
    except ValueError:
        return json.loads(raw)


def _update_id(plain: Any) -> int:
    """By which an update is told from others; without it one would hide another."""
    found = plain["update_id"]
    if not isinstance(found, int) or isinstance(found, bool):
        raise TypeError("An update's id is no whole number.")
    return found
