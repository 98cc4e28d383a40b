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
from bot.channels.telegram.files import Files
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
from bot.channels.telegram.knocking import Door, Knocked
from bot.channels.telegram.replying import NO_WORDS, NOBODY, Replies
from bot.service import attaching, invitations, reminders, unkept
from bot.service.hear import Answered, ConversationClosed, Incoming, hear, show
from bot.service.house import House
from bot.settings import TelegramStyle
from conversations import texts
from conversations.conversation import Channel
from conversations.hearing import Command, Draft, Heard, Name, Text
from conversations.wording import Say
from storage import inbox, outbox
from storage.conversations import Kept
from storage.errors import StorageAway, Unknown
from storage.outbox import Outgoing
from storage.store import Store

log = structlog.get_logger()

_LANGUAGE = "en"
"""Of a chat that nobody knows."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """What the webhook and the polling loop share."""

    store: Store
    house: House
    bot: Bot
    bot_id: str

    @property
    def replies(self) -> Replies:
        return Replies(self.house, self.bot_id)

    @property
    def door(self) -> Door:
        return Door(self.replies)

    @property
    def files(self) -> Files:
        return Files(self.replies)

    @property
    def source(self) -> str:
        return self.replies.source

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
                if kept is not None and isinstance(what, Showed) and self.files.takes(what):
                    outbox.add(db, self.house.id, [self.files.to_fetch(what, kept, update_id)], now)
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
        if not (isinstance(what, Showed) and self.files.takes(what)):
            words = Draft(words=what.words, channel=Channel.TELEGRAM)
            said = Said(what.chat, words, message=what.message)
            self._converse(db, said, kept, update_id, body, now, why=self.files.why_not(what))
            return
        if not inbox.add(db, self.house.id, self.source, str(update_id), body, now):
            return
        if self._read_caption(db, what.words, kept, update_id, now):
            answered = show(db, self.house, kept.conversation_id, now, later=False)
            said = Said(what.chat, NO_WORDS)
            sends = self.replies.full(db, said, answered, now)
            rows = [self.replies.row(said, str(update_id), sends, kept.person_id)]
            outbox.add(db, self.house.id, rows, now)
        outbox.add(db, self.house.id, [self.files.to_fetch(what, kept, update_id)], now)

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
                sends = self.replies.full(db, said, answered, now)
            else:
                sends = self.replies.neutral(db, heard, answered, now, words_only=why is not None)
            tidied = said
            if (
                said.pressed is not None
                and "edit" not in sends
                and session.has_ticks(answered, heard)
            ):
                tidied = replace(said, message=said.pressed)
            return [self.replies.row(tidied, f"{update_id}", sends, answered.kept.person_id)]

        try:
            fresh = session.begun_anew(kept, heard, now)
            hear(db, self.house, incoming, now, push, kept=fresh)
        except (ConversationClosed, Unknown):
            sends = {"text": self.replies.closed(db, kept.conversation_id, said.heard, now)}
            outbox.add(
                db, self.house.id, [self.replies.row(said, f"{update_id}", sends, None)], now
            )

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
                sends = self.door.knocked(db, chat, Knocked(payload=payload), update_id, now)
            case Started() if conversation_id is not None:
                sends = self.replies.welcome(db, conversation_id, now)
            case Showed() | NotWords() if conversation_id is not None and self.replies.are_full:
                answered = show(db, self.house, conversation_id, now, later=False)
                why = self.files.why_not(what)
                answered = replace(answered, says=(why, *answered.says))
                sends = self.replies.full(db, Said(what.chat, NO_WORDS), answered, now)
            case Showed() if conversation_id is not None:
                sends = self.files.not_taken(db, conversation_id, now)
            case NotWords(kind=kind) if conversation_id is not None:
                text = texts.TELEGRAM_NO_PLACE if kind == "place" else self.files.takes_instead()
                sends = {"text": NOBODY.text(text)}
            case Said() | Showed() | NotWords() if conversation_id is None and (
                helped := self._nobodys_help(db, what, now)
            ):
                sends = {"text": helped}
            case Said(heard=Text(words=words), chat=chat):
                sends = self.door.knocked(db, chat, Knocked(words=words), update_id, now)
            case _:
                sends = {"text": NOBODY.text(texts.TELEGRAM_WHO)}
        if isinstance(what, Nothing | Shut):
            return
        said = what if isinstance(what, Said) else Said(what.chat, NO_WORDS, message=what.message)
        outbox.add(db, self.house.id, [self.replies.row(said, str(update_id), sends, None)], now)

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
            return NOBODY.text(texts.HELP_NO_CODE)
        return self.replies.closed(db, before, asks, now)


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
