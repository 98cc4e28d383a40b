"""The database is away for real: the page says that nothing was lost, and nothing is acknowledged.

Not by a mock: SQLite is locked by another process or full, PostgreSQL's connections are cut.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pysqlite3.dbapi2 as sqlite
import pytest
from sqlalchemy import Connection, func, make_url, select

from storage.tables import inbox
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import Young, let_in
from tests.databases import sqlite_url
from tests.postgres import Postgres
from tests.sayso import Sayso, house_at, running
from tests.telegram.bot_api import TOKEN, BotApi

SAID = "A dog\nשלום 🐕"


@asynccontextmanager
async def asked_at(sayso: Sayso) -> AsyncIterator[tuple[Visitor, Young]]:
    """A young person in front of a question."""
    young = await let_in(sayso)
    await young.goes_to("home.change")
    async with Visitor.at(sayso, young.cookies()) as visitor:
        yield visitor, young


async def _kept(young: Young) -> str | None:
    answer = (await young.conversation()).answers.get("home.change")
    return answer.words if answer else None


async def says_and_is_told_to_try_again(visitor: Visitor, turn: str) -> None:
    shown = await visitor.post("/chat", [("turn", turn), ("words", SAID)], follow=False)
    assert shown.status == 503
    assert "not lost" in shown.text
    assert shown.box == SAID
    assert shown.turn == turn


async def says_it_again(visitor: Visitor, young: Young, turn: str) -> None:
    """The very form of the page that said to try again; it is kept once."""
    for _twice in range(2):
        answer = await visitor.post("/chat", [("turn", turn), ("words", SAID)], follow=False)
        assert answer.status == 303
    assert await _kept(young) == SAID
    assert (await young.conversation()).offered == ()


async def test_a_sqlite_that_another_process_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite._BUSY_SECONDS", 0.2)
    house = house_at(tmp_path, sqlite_url(tmp_path / "sayso.db"))
    async with running(house, tmp_path) as sayso, asked_at(sayso) as (visitor, young):
        turn = (await visitor.get("/chat")).turn
        other = sqlite.connect(tmp_path / "sayso.db", isolation_level=None)
        other.execute("PRAGMA busy_timeout=30000")
        other.execute("BEGIN IMMEDIATE")

        await says_and_is_told_to_try_again(visitor, turn)
        assert await _kept(young) is None
        assert (await visitor.get("/chat")).question == "home.change"  # reading waits for nobody

        other.execute("ROLLBACK")
        other.close()
        await says_it_again(visitor, young, turn)


async def test_a_full_disk(tmp_path: Path) -> None:
    house = house_at(tmp_path, sqlite_url(tmp_path / "sayso.db"))
    async with running(house, tmp_path) as sayso, asked_at(sayso) as (visitor, young):
        turn = (await visitor.get("/chat")).turn
        await sayso.store.write(_no_more_pages)
        filler = "x" * 9_000
        for number in range(100):  # what is left of the last pages
            answer = await visitor.post(
                "/chat", [("turn", f"{number}~home.good"), ("words", f"{number}{filler}")]
            )
            if answer.status == 503:
                break
        assert answer.status == 503
        before = await sayso.store.read(_inbox)

        shown = await visitor.post(
            "/chat", [("turn", turn), ("words", SAID + filler)], follow=False
        )
        assert shown.status == 503
        assert shown.box == SAID + filler
        assert await sayso.store.read(_inbox) == before
        assert await _kept(young) is None

        await sayso.store.write(_pages_again)
        await says_it_again(visitor, young, turn)


def _no_more_pages(db: Connection) -> None:
    pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
    db.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def _pages_again(db: Connection) -> None:
    db.exec_driver_sql("PRAGMA max_page_count=1000000")


def _inbox(db: Connection) -> int:
    return db.execute(select(func.count()).select_from(inbox)).scalar_one()


@dataclass(slots=True)
class Wire:
    """What stands between Sayso and its PostgreSQL, and can be cut."""

    port: int
    _server: asyncio.Server | None = None
    _ends: "set[asyncio.StreamWriter]" = field(default_factory=set)
    own: int = 0

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.own)
        self.own = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for end in self._ends:
            end.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        ends = {writer, back}
        self._ends |= ends
        await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))
        self._ends -= ends


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while some := await reader.read(65536):
            writer.write(some)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def by_wire(postgresql: Postgres, database_url: str) -> AsyncIterator[tuple[Wire, str]]:
    wire = Wire(postgresql.port)
    await wire.mend()
    name = make_url(database_url).database or ""
    url = postgresql.tcp_url(name).replace(f":{postgresql.port}/", f":{wire.own}/")
    try:
        yield wire, url
    finally:
        await wire.cut()


async def test_a_postgresql_that_is_gone_and_comes_back(
    postgresql: Postgres, postgres_database_url: str, tmp_path: Path
) -> None:
    async with by_wire(postgresql, postgres_database_url) as (wire, url):
        house = house_at(tmp_path, url)
        async with running(house, tmp_path) as sayso, asked_at(sayso) as (visitor, young):
            turn = (await visitor.get("/chat")).turn
            await wire.cut()

            await says_and_is_told_to_try_again(visitor, turn)
            assert (await visitor.get("/chat")).status == 503
            assert (await visitor.get("/readyz")).status == 503
            assert (await visitor.get("/healthz")).status == 200

            await wire.mend()
            assert await _kept(young) is None
            await says_it_again(visitor, young, turn)
            assert (await visitor.get("/readyz")).status == 200


async def test_telegram_is_told_503_and_brings_the_same_again(
    postgresql: Postgres, postgres_database_url: str, tmp_path: Path
) -> None:
    api = BotApi()
    await api.start()
    async with by_wire(postgresql, postgres_database_url) as (wire, url):
        house = house_at(tmp_path, url, telegram_token=TOKEN, telegram_api_url=api.url)
        async with running(house, tmp_path) as sayso, aiohttp.ClientSession() as session:

            async def update(body: bytes) -> int:
                secret = {"X-Telegram-Bot-Api-Secret-Token": api.webhook["secret_token"]}
                there = f"{sayso.base}/telegram/webhook"
                async with session.post(there, data=body, headers=secret) as answer:
                    return answer.status

            message = {"update_id": 9, "message": api.message_of(5001, text="hello")}
            good = json.dumps(message).encode()
            await wire.cut()
            assert [await update(good), await update(b"{")] == [503, 503]

            await wire.mend()
            before = await sayso.store.read(_inbox)
            assert [await update(good), await update(b"{"), await update(good)] == [200] * 3
            assert await sayso.store.read(_inbox) == before + 2
    await api.stop()
