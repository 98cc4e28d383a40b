"""A young person of these tests: invited, let in, and brought to any place of a conversation."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.channels.webchat.live import Live, to_cookie
from bot.demo import council as demo
from bot.service import invitations
from bot.service.hear import Incoming, hear
from bot.service.invitations import Invited, LetIn
from bot.web.context import now
from conversations.conversation import Conversation
from conversations.flows import FLOWS
from conversations.hearing import Chosen, ChosenSeveral, Command, Heard, Name, Text
from conversations.places import CHECK, asked
from conversations.questions import Kind
from storage.conversations import get
from tests.sayso import Sayso

WORDS = "I want to see Ayo more 🐕\nשלום <b>x</b>"


async def invite(sayso: Sayso, band: str = "12-15") -> Invited:
    """An invitation for somebody of this band, who has not come yet."""

    def _invite(db: Connection) -> Invited:
        review = demo.unused(db, sayso.house, now())[band][0]
        return invitations.invite(db, sayso.house, review.review_id, now())

    return await sayso.store.write(_invite)


@dataclass(slots=True)
class Young:
    """One young person and the cookie of their browser. The code was typed; the link is used."""

    sayso: Sayso
    invited: Invited
    conversation_id: str
    token: str
    since: datetime

    async def conversation(self) -> Conversation:
        kept = await self.sayso.store.read(
            lambda db: get(db, self.sayso.house.id, self.conversation_id)
        )
        return kept.conversation

    async def asked(self) -> str:
        return asked(await self.conversation())

    async def says(self, heard: Heard, at: datetime | None = None) -> None:
        """As if it had come from their browser, in the session in which all was said."""
        message = Incoming(
            self.conversation_id, f"web:{self.conversation_id}", uuid.uuid4().hex, "", heard,
            reads=lambda _: True,
        )  # fmt: skip
        moment = at or now()
        await self.sayso.store.write(lambda db: hear(db, self.sayso.house, message, moment))

    async def goes_to(
        self, place: str, reply: Callable[[Conversation], Heard] | None = None
    ) -> None:
        """Answer what is asked until it is `place`."""
        answer = reply or something
        for _ in range(90):
            conversation = await self.conversation()
            if asked(conversation) == place:
                return
            await self.says(answer(conversation))
        raise AssertionError(f"{place} is never asked.")

    async def goes_to_next(self) -> None:
        """Answer what is asked."""
        await self.says(something(await self.conversation()))

    def cookies(self, *, live: bool = True) -> dict[str, str]:
        """Of their browser: it may write, and in the live session it shows what was said."""
        given = {"sayso_chat": self.token}
        if live:
            begun = self.since - timedelta(minutes=5)
            session = Live(begun, now(), begun)
            given["sayso_live"] = to_cookie(self.sayso.house, self.conversation_id, session)
        return given


async def let_in(sayso: Sayso, band: str = "12-15") -> Young:
    """A young person who typed their code."""
    invited = await invite(sayso, band)
    result = await sayso.store.write(
        lambda db: invitations.let_in_by_code(db, sayso.house, invited.code, "", now())
    )
    assert isinstance(result, LetIn)
    return Young(sayso, invited, result.conversation_id, result.token, now())


def something(conversation: Conversation) -> Heard:
    """An answer to whatever is asked."""
    place = asked(conversation)
    if place == CHECK:
        return Command(name=Name.SEND)
    topic, question = FLOWS[conversation.flow_id].by_id[place]
    if topic.explains:
        return Chosen(option={"start.ok": "yes", "rights.advocate": "no"}.get(place, "on"))
    return _reply(question.kind, [option.id for option in question.options])


def _reply(kind: Kind, options: list[str]) -> Heard:
    replies: dict[Kind, Any] = {
        Kind.FEELING: lambda: Chosen(option="not_good"),
        Kind.CHOICE: lambda: Chosen(option="send_views" if "send_views" in options else options[1]),
        Kind.CHOICES: lambda: ChosenSeveral(options=tuple(options[:2])),
        Kind.DATE: lambda: Text(words="2026-12-01"),
        Kind.WORDS: lambda: Text(words=WORDS),
    }
    reply: Heard = replies[kind]()
    return reply


def only_explained(conversation: Conversation) -> Heard:
    """Say yes to starting, and skip every question."""
    if FLOWS[conversation.flow_id].by_id[asked(conversation)][0].explains:
        return something(conversation)
    return Command(name=Name.SKIP)


def until_asked(conversation: Conversation) -> Heard:
    """Skip what is explained, and who types, to the question whether it is OK to start."""
    return Command(name=Name.SKIP)
