"""A browser without script, by its requests: cookies, forms, and where they come from."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

import aiohttp
from yarl import URL

from tests.channels.webchat.young import Young, let_in
from tests.sayso import Sayso

Fields = Mapping[str, str] | Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as it arrived."""

    status: int
    path: str
    html: str
    headers: Mapping[str, str]
    cookies: Mapping[str, Any]

    def _main(self, name: str) -> str:
        found = re.search(rf'<main[^>]* {name}="([^"]*)"', self.html)
        return unescape(found[1]) if found else ""

    @property
    def state(self) -> str:
        return self._main("data-state")

    @property
    def question(self) -> str:
        return self._main("data-question")

    @property
    def kind(self) -> str:
        return self._main("data-kind")

    @property
    def receipt(self) -> str:
        return self._main("data-receipt")

    @property
    def turn(self) -> str:
        found = re.search(r'name="turn" value="([^"]*)"', self.html)
        return unescape(found[1]) if found else ""

    @property
    def text(self) -> str:
        """As it is read: no markup."""
        html = re.sub(r"(?s)<(head|template|svg)\b.*?</\1>", " ", self.html)
        inline = re.sub(r"</?(b|a|bdi|span)\b[^>]*>", "", html)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", inline)).split())

    @property
    def title(self) -> str:
        found = re.search(r"(?s)<h1[^>]*>(.*?)</h1>", self.html)
        return unescape(found[1]) if found else ""

    @property
    def box(self) -> str | None:
        """What stands in the text field; None if there is none. HTML drops one line break."""
        found = re.search(r'(?s)<textarea[^>]*name="words"[^>]*>\n(.*?)</textarea>', self.html)
        return unescape(found[1]) if found else None

    @property
    def said(self) -> list[str]:
        """What stands in the log as said by the young person."""
        found = re.findall(r'(?s)<p data-from="me"><bdi>(.*?)</bdi>', self.html)
        return [unescape(one) for one in found]

    def ticked(self) -> list[str]:
        return re.findall(r'type="checkbox" name="choice" value="([^"]*)" checked', self.html)

    def buttons(self, name: str) -> dict[str, str]:
        """The buttons of this name: their values, and their labels."""
        found = re.findall(
            rf'(?s)<button[^>]* name="{name}" value="([^"]*)"[^>]*>(.*?)</button>', self.html
        )
        return {unescape(value): _plain(label) for value, label in found}


def _plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"(?s)<svg.*?</svg>|<[^>]+>", " ", html)).split())


@dataclass(slots=True)
class Visitor:
    sayso: Sayso
    session: aiohttp.ClientSession

    @classmethod
    @asynccontextmanager
    async def at(
        cls, sayso: Sayso, cookies: Mapping[str, str] | None = None
    ) -> "AsyncIterator[Visitor]":
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            visitor = cls(sayso, session)
            visitor.has(cookies or {})
            yield visitor

    def has(self, cookies: Mapping[str, str]) -> None:
        self.session.cookie_jar.update_cookies(cookies, URL(self.sayso.base))

    async def comes(self, band: str = "12-15", *, live: bool = True) -> Young:
        """Be the browser of a young person who was just let in."""
        young = await let_in(self.sayso, band)
        self.has(young.cookies(live=live))
        return young

    async def get(self, path: str, *, follow: bool = True) -> Seen:
        async with self.session.get(self.sayso.base + path, allow_redirects=follow) as answer:
            return await _seen(answer)

    async def post(
        self,
        path: str,
        fields: Fields | bytes,
        *,
        follow: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> Seen:
        own = {"Origin": self.sayso.base, "Sec-Fetch-Site": "same-origin"} | dict(headers or {})
        data: Any = fields
        if not isinstance(fields, bytes):
            data = aiohttp.FormData(
                list(dict(fields).items()) if isinstance(fields, Mapping) else list(fields)
            )
        async with self.session.post(
            self.sayso.base + path, data=data, headers=own, allow_redirects=follow
        ) as answer:
            return await _seen(answer)

    async def says(self, *fields: tuple[str, str], follow: bool = True, **named: str) -> Seen:
        """Fill in the form of the page that is there now, and press a button."""
        page = await self.get("/chat")
        return await self.post(
            "/chat", [("turn", page.turn), *fields, *named.items()], follow=follow
        )


async def _seen(answer: aiohttp.ClientResponse) -> Seen:
    text = await answer.text(errors="replace")
    return Seen(answer.status, answer.url.path, text, dict(answer.headers), dict(answer.cookies))
