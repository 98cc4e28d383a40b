"""The same conversation twice, with harmless words and with words of danger, page by page.

Both run on copies of one council, so that every id, code and date is the same. What was typed is
taken out; of what is left nothing may differ.
"""

import json
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from bot.demo import council as demo
from bot.service import invitations
from bot.service.invitations import Invited
from bot.web.context import now
from storage import contributions
from storage.contributions import Destination
from storage.tables import alerts
from tests.channels.webchat.visiting import Seen, Visitor
from tests.sayso import Sayso, house_at, running

HARMLESS = "my dad makes us a nice pie on sundays"
URGENT = "my dad hits me with a belt on sundays"
CONCERN = "there is never any food in the house!"
assert len(HARMLESS) == len(URGENT) == len(CONCERN)

NOT_THE_SAME_TWICE = frozenset({"Date", "Content-Length", "Set-Cookie"})
"""Of the headers: a time, the length of the words' page, and secrets that are new each time."""


def copy_of(made: Path, folder: Path) -> str:
    """The database of a copy of this council."""
    folder.mkdir(parents=True)
    for name in ("sayso.db", "keys.json"):
        shutil.copy(made / name, folder)
    return f"sqlite+aiosqlite:///{folder / 'sayso.db'}"


@asynccontextmanager
async def copied(made: Path, folder: Path, **settings: str) -> AsyncIterator[Sayso]:
    url = copy_of(made, folder)
    async with running(house_at(folder, url, **settings), folder) as sayso:
        yield sayso


async def first_of(sayso: Sayso, band: str) -> Invited:
    def _invite(db: Connection) -> Invited:
        review = demo.unused(db, sayso.house, now())[band][0]
        return invitations.invite(db, sayso.house, review.review_id, now())

    return await sayso.store.write(_invite)


async def alerts_raised(sayso: Sayso) -> int:
    def count(db: Connection) -> int:
        return db.execute(select(func.count()).select_from(alerts)).scalar_one()

    return await sayso.store.read(count)


async def filed(sayso: Sayso, review_id: str) -> list[Any]:
    """Both documents of what was sent, as they go to the case record."""

    def read(db: Connection) -> list[Any]:
        (sent,) = contributions.of_review(db, sayso.house.id, review_id)
        documents = [sent.document(destination) for destination in Destination]
        return [document for document in documents if document is not None]

    return await sayso.store.read(read)


def without_words(document: Any, words: str) -> Any:
    """A document without what was typed, and without what hangs on it."""
    plain = json.dumps({**document, "content_sha256": ""}).replace(words, "WORDS")
    return json.loads(re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(\+00:00)?", "TIME", plain))


@dataclass(slots=True)
class Walk:
    """A browser, and every page that it was shown, by name."""

    visitor: Visitor
    words: str
    review_id: str
    pages: dict[str, Seen] = field(default_factory=dict)
    raised: int = 0
    filed: list[Any] = field(default_factory=list)

    async def sees(self, name: str, page: Seen) -> Seen:
        assert name not in self.pages, name
        self.pages[name] = page
        return page

    async def presses(self, label: str) -> Seen:
        page = await self.visitor.get("/chat")
        for field_name in ("choice", "command"):
            for value, shown in page.buttons(field_name).items():
                if shown == label:
                    return await self.visitor.post(
                        "/chat", [("turn", page.turn), (field_name, value)]
                    )
        raise AssertionError(f"There is no [{label}] on: {page.text}")

    async def types(self, words: str) -> Seen:
        page = await self.visitor.get("/chat")
        return await self.visitor.post("/chat", [("turn", page.turn), ("words", words)])

    def look(self, name: str) -> tuple[Any, ...]:
        """A page without what was typed: status, address, headers, cookies, all its bytes."""
        page = self.pages[name]
        headers = {
            key: value for key, value in page.headers.items() if key not in NOT_THE_SAME_TWICE
        }
        cookies = {
            key: {part: one[part] for part in ("path", "samesite", "httponly", "secure")}
            for key, one in page.cookies.items()
        }
        html = page.html.replace(self.words, "WORDS")
        html = re.sub(r"\b\d\d:\d\d\b", "TIME", html)
        html = re.sub(r'(name="once" value=")[^"]*', r"\1ONCE", html)
        address = page.path
        port = re.escape(self.visitor.sayso.base)
        return page.status, address, headers, cookies, re.sub(port, "BASE", html)
