"""The young person of a dialogue, at the rules alone, in the web chat and in Telegram."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from typing import Protocol

from sqlalchemy import Connection

from bot.demo import council as demo
from bot.service import afterwards, invitations
from bot.service.invitations import Invited, conversation_of
from bot.service.understood import understand
from bot.service.wording import Reader
from bot.web.context import now
from conversations import texts, typists
from conversations.conversation import Conversation, from_plain, to_plain
from conversations.engine import carry_forward, start, step
from conversations.flows import FLOWS
from conversations.hearing import Chosen, ChosenSeveral, Command, Heard, Name, Text
from conversations.screens import FACTS, About, look
from conversations.wording import Band, Param, Say
from storage import reviews
from storage.conversations import get
from storage.reviews import ReviewKind
from tests.channels.webchat.visiting import Seen, Visitor
from tests.dialogues.script import Dialogue
from tests.sayso import Sayso
from tests.telegram.bot_api import Phone

WAYS = {
    Name.HELP: texts.HELP_BUTTON,
    Name.SKIP: texts.SKIP_BUTTON,
    Name.BACK: texts.BACK_BUTTON,
    Name.STOP: texts.STOP_BUTTON,
}

OTHER_KINDS = {
    "conference": ReviewKind.CONFERENCE,
    "disruption": ReviewKind.DISRUPTION,
    "foster_carer_review": ReviewKind.FOSTER_CARER,
}
"""Of which the demo has none."""


class Player(Protocol):
    """`text`: all that Sayso says now."""

    async def text(self) -> str: ...
    async def types(self, words: str) -> None: ...
    async def presses(self, label: str) -> None: ...
    async def ticks(self, labels: tuple[str, ...]) -> None: ...
    async def comes_back(self) -> None: ...
    async def conversation(self) -> Conversation: ...


class NoSuchButton(AssertionError):
    def __init__(self, label: str, there: list[str]) -> None:
        super().__init__(f"There is no [{label}]. There are: {', '.join(there)}")


# The rules alone


@dataclass(slots=True)
class Rules:
    """What is said is computed, nothing is stored or sent."""

    talk: Conversation
    says: tuple[Say, ...] = ()
    at: datetime = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    facts: dict[str, Param] = field(
        default_factory=lambda: {
            **dict.fromkeys(FACTS - {"remind_on", "remind_in_calendar"}, "…"),
            "code": "ABCD-EFGH-JKMN", "remind_in_chat": "tomorrow three_days week",
        }
    )  # fmt: skip

    @classmethod
    def of(cls, dialogue: Dialogue) -> "Rules":
        adult = dialogue.band in ("care leaver", "foster carer")
        band = Band.SIXTEEN if adult else Band(dialogue.band)
        player = cls(start(FLOWS[dialogue.flow], band))
        ages = {"4-7": 5, "8-11": 9, "12-15": 13, "16+": 16, "care leaver": 18}
        player.facts["lines"] = texts.lines(ages.get(dialogue.band))
        player.facts |= {"not_safe": texts.PASSED_ON, "watched": texts.WATCHED}
        return player

    @property
    def _reader(self) -> Reader:
        flow = FLOWS[self.talk.flow_id]
        return Reader(self.talk.band, pathway=flow.pathway, chair=flow.chair)

    async def text(self) -> str:
        screen, read = look(self.talk, About(self.facts)), self._reader.read
        later = screen.reminder
        picks = [pick.label for pick in (*screen.picks, *screen.ways, *screen.sharing)]
        picks += [later.says, *(pick.label for pick in later.picks)] if later else []
        kept = [*(line.answer for line in screen.lines), *screen.aside]
        said = [answer.words or "" for answer in kept if typists.reads(self.talk, answer)]
        shown = (*self.says, *screen.says, screen.ask, *screen.after, *picks)
        return "\n".join([*(read(say) for say in shown), *said])

    def _hear(self, heard: Heard) -> None:
        self.at += timedelta(seconds=20)
        turn = step(self.talk, understand(heard, self.talk), self.at, watched=True)
        self.talk, self.says = turn.conversation, turn.says

    async def types(self, words: str) -> None:
        self._hear(Text(words=words))

    async def presses(self, label: str) -> None:
        screen, read = look(self.talk, About(self.facts)), self._reader.read
        known: dict[str, Heard] = {
            read(pick.label): Chosen(option=pick.id, to=screen.asked, turn=screen.turn)
            for pick in (
                *screen.picks,
                *screen.ways,
                *screen.sharing,
                *(screen.reminder.picks if screen.reminder else ()),
            )
        }
        known |= {
            self._reader.text(text): Command(name=name, to=screen.asked, turn=screen.turn)
            for name, text in WAYS.items()
        }
        if screen.aside:
            known[self._reader.text(texts.ASIDE_USE)] = Chosen(option="@use", to=screen.asked)
        for line in screen.lines:
            change = Chosen(option=f"@change:{line.question.id}", to=screen.asked)
            asked_then = self._reader.text(line.question.text)
            known[f"Change {asked_then}"] = change
            known[f"More choices: {asked_then}"] = Chosen(
                option=f"@hears:{line.question.id}", to=screen.asked, turn=screen.turn
            )
        if label not in known:
            raise NoSuchButton(label, list(known))
        self._hear(known[label])

    async def ticks(self, labels: tuple[str, ...]) -> None:
        screen, read = look(self.talk, About(self.facts)), self._reader.read
        ids = {read(pick.label): pick.id for pick in screen.picks}
        self._hear(ChosenSeveral(options=tuple(ids[label] for label in labels), to=screen.asked))

    async def comes_back(self) -> None:
        """As another program, another day, would find it."""
        kept = json.loads(json.dumps(to_plain(self.talk)))
        self.talk, self.says = carry_forward(from_plain(kept)), ()

    async def conversation(self) -> Conversation:
        return self.talk


# The web chat, in a browser without script


@dataclass(slots=True)
class Web:
    visitor: Visitor
    conversation_id: str
    page: Seen

    @classmethod
    @asynccontextmanager
    async def of(cls, dialogue: Dialogue, sayso: Sayso) -> "AsyncIterator[Web]":
        invited = await invite(dialogue, sayso)
        async with Visitor.at(sayso) as visitor:
            page = await visitor.post("/i/", {"code": invited.code})
            yield cls(visitor, conversation_of(sayso.house, invited.review_id), page)

    async def text(self) -> str:
        return self.page.text

    async def _posts(self, *fields: tuple[str, str]) -> None:
        """Twice, as by a double click: the second must change nothing."""
        whole = [("turn", self.page.turn), *fields]
        self.page = await self.visitor.post("/chat", whole)
        assert self.page.status == 200, self.page.text
        before = await self.conversation()
        await self.visitor.post("/chat", whole, follow=False)
        assert await self.conversation() == before

    async def types(self, words: str) -> None:
        assert self.page.box is not None or self.page.state == "explain", "There is no box here."
        await self._posts(("words", words))

    async def presses(self, label: str) -> None:
        there = []
        for name in ("choice", "command"):
            for value, shown in self.page.buttons(name).items():
                if label in (shown, shown.removesuffix("said").strip(), shown.replace(" :", ":")):
                    await self._posts((name, value))
                    return
                there.append(shown)
        raise NoSuchButton(label, there)

    async def ticks(self, labels: tuple[str, ...]) -> None:
        boxes = dict(
            re.findall(
                r'(?s)type="checkbox" name="choice" value="([^"]*)"[^>]*><span>([^<]*)',
                self.page.html,
            )
        )
        ids = [value for value, label in boxes.items() if unescape(label) in labels]
        assert len(ids) == len(labels), boxes
        await self._posts(*(("choice", value) for value in ids), ("ticked", "1"))

    async def comes_back(self) -> None:
        """On another phone, with the code of the page on which they stopped."""
        (code,) = re.findall(r"use this code: ([A-Z0-9-]+)", self.page.text) or [""]
        assert code, f"No code to come back with: {self.page.text}"
        self.visitor.session.cookie_jar.clear()
        self.page = await self.visitor.post("/i/", {"code": code})

    async def conversation(self) -> Conversation:
        return await _kept(self.visitor.sayso, self.conversation_id)


# Telegram


@dataclass(slots=True)
class Telegram:
    phone: Phone
    sayso: Sayso
    payload: str
    conversation_id: str

    @classmethod
    async def of(cls, dialogue: Dialogue, sayso: Sayso, phone: Phone) -> "Telegram":
        invited = await invite(dialogue, sayso)
        assert invited.telegram_start is not None
        known = conversation_of(sayso.house, invited.review_id)
        player = cls(phone, sayso, invited.telegram_start, known)
        await phone.answered(lambda: phone.say(f"/start {player.payload}"))
        return player

    async def text(self) -> str:
        return "\n".join([self.phone.last["text"], *self.phone.labels()])

    async def types(self, words: str) -> None:
        await self.phone.answered(lambda: self.phone.say(words))

    async def presses(self, label: str) -> None:
        if label not in self.phone.labels():
            raise NoSuchButton(label, self.phone.labels())
        await self.phone.answered(partial(self.phone.press, label))

    async def ticks(self, labels: tuple[str, ...]) -> None:
        asks = self.phone.last
        for label in labels:
            self.phone.press(label)
            await self.phone.hears(partial(_is_ticked, label))
        await self.phone.answered(partial(self.phone.press, "Done", asks))

    async def comes_back(self) -> None:
        """The link once more, in the same chat."""
        await self.phone.answered(lambda: self.phone.say(f"/start {self.payload}"))

    async def conversation(self) -> Conversation:
        return await _kept(self.sayso, self.conversation_id)


def _is_ticked(label: str, phone: Phone) -> bool:
    return f"☑ {label}" in phone.labels()


# Whoever it is, they were invited


async def invite(dialogue: Dialogue, sayso: Sayso) -> Invited:
    """Somebody of the band who has not come yet; for Telegram, old enough for it."""

    def _invite(db: Connection) -> Invited:
        for review_id in _of_band(db, sayso, dialogue):
            invited = invitations.invite(db, sayso.house, review_id, now())
            if invited.telegram_start or not sayso.house.settings.telegram_token:
                return invited
        raise AssertionError(f"Nobody of {dialogue.band} is left to be invited.")

    return await sayso.store.write(_invite)


def _of_band(db: Connection, sayso: Sayso, dialogue: Dialogue) -> Iterator[str]:
    """Reviews of the band to be invited to: ahead, or to what is asked after one that was held."""
    house = sayso.house
    ahead = [review.review_id for review in demo.unused(db, house, now())[dialogue.band]]
    if dialogue.flow in OTHER_KINDS:
        kind = OTHER_KINDS[dialogue.flow]
        yield from (_of_kind(db, house.id, review_id, kind) for review_id in ahead)
        return
    if not FLOWS[dialogue.flow].after:
        yield from ahead
        return
    for review_id in ahead:
        behind = review_id.removesuffix("-2") + "-1"
        if reviews.get(db, house.id, behind).held:
            yield afterwards.ask(db, house, behind, "sayso", now())


def _of_kind(db: Connection, council: str, review_id: str, kind: ReviewKind) -> str:
    """A review of another kind, on the day of their own."""
    theirs = replace(
        reviews.get(db, council, review_id),
        review_id=f"{review_id}-{kind.value}",
        kind=kind,
    )
    reviews.add(db, theirs, now())
    return theirs.review_id


async def _kept(sayso: Sayso, conversation_id: str) -> Conversation:
    kept = await sayso.store.read(lambda db: get(db, sayso.house.id, conversation_id))
    return kept.conversation
