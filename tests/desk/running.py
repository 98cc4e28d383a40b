"""The desk as it runs: a real server on a real database, and browsers to use it with."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from pathlib import Path

import aiohttp
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import unused_port

from bot.application import make_application
from bot.service import signing_in
from bot.service.house import House
from bot.web.context import now
from storage.migrate import migrate
from storage.store import Store, open_store
from tests.desk import northborough


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser got."""

    status: int
    url: str
    text: str
    headers: dict[str, str]

    @property
    def seen(self) -> str:
        """The text as it is read: no markup."""
        inline = re.sub(r"</?(bdi|b|strong|span|a)\b[^>]*>", "", self.text)
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inline)))

    @property
    def token(self) -> str:
        return self.hidden("token")

    def hidden(self, name: str) -> str:
        """The value of a hidden field."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, f"no field {name}"
        return unescape(found[1])

    def hidden_text(self, name: str) -> str:
        """The value of a hidden field of several lines."""
        return _text_of(self.text, name)


def _text_of(page: str, name: str) -> str:
    found = re.search(rf'(?s)<textarea name="{name}" hidden>\n(.*?)</textarea>', page)
    assert found, f"no hidden text {name}"
    return unescape(found[1])


@dataclass(slots=True)
class Desk:
    """The running desk."""

    base: str
    house: House
    store: Store
    browsers: "list[Browser]" = field(default_factory=list)
    sends: dict[str, str] = field(default_factory=dict)
    """Headers that browsers opened from now on send besides."""

    async def link(self, staff_id: str, *, at: datetime | None = None) -> str:
        """A sign-in link, made now or at another time."""
        made = at or now()
        return await self.store.write(
            lambda db: signing_in.make_link(db, self.house, staff_id, made)
        )

    async def browser(self) -> "Browser":
        """A browser that nobody is signed in with."""
        session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), headers=self.sends
        )
        browser = Browser(self, session)
        self.browsers.append(browser)
        return browser

    async def signed_in(self, staff_id: str) -> "Browser":
        browser = await self.browser()
        page = await browser.get(await self.link(staff_id))
        assert page.status == 200
        return browser


@dataclass(slots=True)
class Browser:
    """Sends what a browser sends: cookies, and where a form came from."""

    desk: Desk
    session: aiohttp.ClientSession

    async def get(self, address: str) -> Page:
        url = address if address.startswith("http") else self.desk.base + address
        async with self.session.get(url) as answer:
            return await _page(answer)

    async def post(
        self,
        address: str,
        fields: dict[str, str],
        headers: dict[str, str] | None = None,
        *,
        files: Mapping[str, bytes] | None = None,
    ) -> Page:
        own = {"Origin": self.desk.base, "Sec-Fetch-Site": "same-origin"}
        url = address if address.startswith("http") else self.desk.base + address
        form = aiohttp.FormData(fields)
        for name, content in (files or {}).items():
            form.add_field(name, content, filename=name, content_type="application/octet-stream")
        async with self.session.post(
            url, data=form, headers=own if headers is None else headers
        ) as answer:
            return await _page(answer)


async def _page(answer: aiohttp.ClientResponse) -> Page:
    text = await answer.text(errors="replace")  # of a download: no text at all
    return Page(answer.status, str(answer.url), text, dict(answer.headers))


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    port = unused_port()
    house = northborough.house_on(f"sqlite+aiosqlite:///{tmp_path / 'desk.db'}", port=port)
    async for running in serve(house, port):
        yield running


async def serve(house: House, port: int) -> AsyncGenerator[Desk]:
    """The whole application of a house with the tests' council in it."""
    store = await open_store(house.settings.database_url, house.keys)
    await migrate(store)
    await store.write(lambda db: northborough.make(db, house))
    runner = web.AppRunner(make_application(store, house), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    desk = Desk(f"http://127.0.0.1:{port}", house, store)
    try:
        yield desk
    finally:
        for browser in desk.browsers:
            await browser.session.close()
        await runner.cleanup()
        await store.close()
