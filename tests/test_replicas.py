"""Promise P21: four servers and two workers on one PostgreSQL do everything once, and in order.

Each is a process of its own. Before them stands a balancer that brings requests to each in turn,
and many of them to two at once, as a proxy does that tries again too early. Young people write in
the browser and, without waiting for answers, in Telegram; documents go to a case record that
counts.
"""

import asyncio
import itertools
import json
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import unused_port
from sqlalchemy import Connection, func, select

from bot.web.context import now
from conversations.flows import FLOWS
from conversations.places import START
from conversations.wording import Band
from storage import conversations, outbox
from storage.keys import Keys
from storage.outbox import Outgoing
from storage.store import Store, open_store
from storage.tables import conversations as conversations_table
from storage.tables import inbox
from storage.tables import outbox as outbox_table
from tests.delivery.case_record import SECRET, CaseRecordServer
from tests.keys import ring_at
from tests.promises import FULL, Promise
from tests.telegram.bot_api import TOKEN, BotApi, Phone
from tests.test_crash import Log, Server, _run, _says, say_everything

SERVERS, WORKERS = 4, 2
IN_THE_BROWSER = 60 if FULL else 12
ON_THE_PHONE = 40 if FULL else 8
TOLD = [q.id for _topic, q in FLOWS["cioc_review"].questions(Band.SIXTEEN)].index(START)
SAYS = (*("/skip",) * TOLD, "Yes, start", *("/skip", "words", "/skip", "/back", "/skip") * 5)
"""Texts of each phone, one after the other without waiting to be answered."""
LANES, EACH = 30, 25 if FULL else 12
"""Rows that lie in the outbox beforehand, for chats that say nothing."""
PATIENCE = 600
COUNCIL = "northborough"


@dataclass(slots=True)
class Balancer:
    """Passes on requests to the servers in turn. Of messages every third goes to two at once."""

    servers: tuple[str, ...]
    url: str = ""
    doubled: int = 0
    by_server: Counter[str] = field(default_factory=Counter)
    broken: list[int] = field(default_factory=list)
    _turn: Iterator[str] = field(default_factory=lambda: iter(()))
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _session: aiohttp.ClientSession | None = None
    _runner: web.AppRunner | None = None

    async def start(self) -> None:
        self._turn = itertools.cycle(self.servers)
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", int(self.url.rpartition(":")[2])).start()

    async def stop(self) -> None:
        assert self._session is not None
        assert self._runner is not None
        await self._runner.cleanup()
        await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        message = request.method == "POST" and request.path in ("/chat", "/telegram/webhook")
        times = 2 if message and next(self._numbers) % 3 == 0 else 1
        self.doubled += times - 1
        first, *_others = await asyncio.gather(*(self._ask(request, body) for _ in range(times)))
        return first

    async def _ask(self, request: web.Request, body: bytes) -> web.Response:
        assert self._session is not None
        server = next(self._turn)
        async with self._session.request(
            request.method, server + request.path_qs, data=body, headers=request.headers,
            allow_redirects=False,
        ) as answer:  # fmt: skip
            self.by_server[server] += 1
            if answer.status >= 500:
                self.broken.append(answer.status)
            headers = answer.headers.copy()
            for name in ("Content-Length", "Transfer-Encoding", "Connection", "Date", "Server"):
                headers.popall(name, None)
            return web.Response(status=answer.status, body=await answer.read(), headers=headers)


@asynccontextmanager
async def _worker(environment: dict[str, str]) -> AsyncIterator[None]:
    """`sayso work`, ended as a deploy ends it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "work", env=environment, start_new_session=True,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


@asynccontextmanager
async def _server(environment: dict[str, str], port: int) -> AsyncIterator[Server]:
    server = Server({**environment, "SAYSO_PORT": str(port)}, port, command=("--no-worker",))
    await server.start()
    try:
        yield server
    finally:
        assert await server.stop() == 0


@dataclass(slots=True)
class Replicas:
    """All of it, running."""

    balancer: Balancer
    api: BotApi
    record: CaseRecordServer
    store: Store
    keys: Keys
    invited: list[dict[str, Any]]


@asynccontextmanager
async def replicas(database_url: str, folder: Path) -> AsyncIterator[Replicas]:
    api, record = BotApi(duplicate_every=5), CaseRecordServer(random.Random(3))
    await api.start()
    await record.start()
    ports = [unused_port() for _server in range(SERVERS)]
    balancer = Balancer(
        tuple(f"http://127.0.0.1:{port}" for port in ports), f"http://127.0.0.1:{unused_port()}"
    )
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()),
        "SAYSO_DATABASE_URL": database_url, "SAYSO_BASE_URL": balancer.url,
        "SAYSO_KEYS": str(folder / "keys.json"), "SAYSO_CASE_RECORD": record.url,
        "SAYSO_CASE_RECORD_RESTRICTED": record.url, "SAYSO_CASE_RECORD_SECRET": SECRET,
        "SAYSO_TELEGRAM_TOKEN": TOKEN, "SAYSO_TELEGRAM_API_URL": api.url,
        "SAYSO_TELEGRAM_SECRET": "webhook-secret", "SAYSO_TELEGRAM_STYLE": "full",
        "SAYSO_TELEGRAM_RATE": "off",
    }  # fmt: skip
    await _run(environment, "demo", "--prepare")
    count = str(IN_THE_BROWSER + ON_THE_PHONE)
    invited = json.loads(await _run(environment, "invite", "--synthetic", count, "--json"))
    keys = ring_at(folder / "keys.json")
    store = await open_store(database_url, keys)
    async with AsyncExitStack() as stack:
        await balancer.start()
        for stop in (store.close, record.stop, api.stop, balancer.stop):
            stack.push_async_callback(stop)
        for port in ports:
            await stack.enter_async_context(_server(environment, port))
        for _worker_number in range(WORKERS):
            await stack.enter_async_context(_worker(environment))
        yield Replicas(balancer, api, record, store, keys, invited)


def _rows() -> list[Outgoing]:
    return [
        Outgoing(
            "telegram", f"telegram/lane-{chat}", f"k{chat}/{number}",
            json.dumps({"chat": chat, "send": {"text": f"{number}"}, "tidy": None,
                        "callback": None}),
        )
        for number in range(EACH)
        for chat in range(1, LANES + 1)
    ]  # fmt: skip


async def test_four_servers_and_two_workers_do_everything_once_and_in_order(
    postgres_database_url: str, tmp_path: Path, promise: Promise
) -> None:
    async with replicas(postgres_database_url, tmp_path) as running:
        log, store, api = Log(), running.store, running.api
        await store.write(lambda db: outbox.add(db, COUNCIL, _rows(), now()))
        browsers = running.invited[:IN_THE_BROWSER]
        phones = {
            one["review_id"]: Phone(api, 5000 + number)
            for number, one in enumerate(running.invited[IN_THE_BROWSER:])
        }
        for one in running.invited[IN_THE_BROWSER:]:
            phone = phones[one["review_id"]]
            phone.say(f"/start {one['telegram_start']}")
            for words in SAYS:
                phone.say(words)
        await asyncio.gather(*(say_everything(running.balancer.url, one, log) for one in browsers))
        await api.settled(PATIENCE)
        async with asyncio.timeout(PATIENCE):
            while await store.read(_waiting):
                await asyncio.sleep(0.1)
        kept = await store.read(partial(_conversations, {one["review_id"] for one in browsers}))
        taken = await store.read(_inbox)

    balancer = running.balancer
    assert balancer.broken == []
    assert len(balancer.by_server) == SERVERS
    # In the browser: every acknowledged answer is there, once.
    lost = [
        (review, question)
        for review, own in log.said.items()
        for question, said in own.items()
        if not _says(kept[review].answers.get(question), said)
    ]
    doubled = [one for found in kept.values() for one in (*found.offered, *found.aside)]
    assert (lost, doubled) == ([], [])
    # In Telegram: every update was taken once, and answered once, in the order it was said.
    updates = sorted({int(key) for source, key in taken if source.startswith("telegram:")})
    assert len(updates) == sum(source.startswith("telegram:") for source, _key in taken)
    assert len(updates) == ON_THE_PHONE * (len(SAYS) + 1)
    heard = {review: _heard(phone) for review, phone in phones.items()}
    assert {len(texts) for texts in heard.values()} == {len(SAYS) + 1}
    same = {tuple(texts) for texts in heard.values()}
    assert len(same) == 1, "the same words were answered in different orders"
    assert len(set(heard[next(iter(heard))])) > len(SAYS) // 3  # an order that can be seen
    # What lay there already went out once and in order.
    sent = {chat: [call.params["text"] for call in api.sent_to(chat)] for chat in _lanes()}
    assert sent == {chat: [str(number) for number in range(EACH)] for chat in _lanes()}
    # Every document arrived by one call.
    record = running.record
    assert record.problems == []
    assert set(record.calls.values()) == {1}
    versions = Counter(
        (document["contribution_id"], document["version"], document["destination"])
        for document in record.effects.values()
    )
    assert set(versions.values()) == {1}
    reviews = {document["review"]["review_id"] for document in record.effects.values()}
    assert {one["review_id"] for one in browsers} <= reviews
    promise(
        "P21",
        servers=SERVERS,
        workers=WORKERS,
        web_messages=log.messages,
        telegram_updates=len(updates),
        sent_to_two_servers_at_once=balancer.doubled,
        rows_delivered=LANES * EACH + len(updates),
        documents=len(record.calls),
        duplicates=0,
        out_of_order=0,
    )


def _lanes() -> range:
    return range(1, LANES + 1)


def _heard(phone: Phone) -> list[str]:
    """What the bot said in this chat, as it arrived; addresses, names and days differ."""
    texts = [str(call.params["text"]) for call in phone.api.sent_to(phone.chat)]
    return [
        re.sub(r"https?://\S+|IRO is [^.]*|until [^.]*|erased on [^.]*|\d+", "…", text)
        for text in texts
    ]


def _waiting(db: Connection) -> int:
    found: int = db.execute(select(func.count()).select_from(outbox_table)).scalar_one()
    return found


def _inbox(db: Connection) -> list[tuple[str, str]]:
    return [(row.source, row.key) for row in db.execute(select(inbox.c.source, inbox.c.key))]


def _conversations(reviews: set[str], db: Connection) -> dict[str, Any]:
    table = conversations_table
    rows = db.execute(select(table.c.council, table.c.conversation_id, table.c.review_id)).all()
    return {
        row.review_id: conversations.get(db, row.council, row.conversation_id).conversation
        for row in rows
        if row.review_id in reviews
    }
