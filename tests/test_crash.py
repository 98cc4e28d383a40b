"""Promise P1: what was acknowledged is kept, once, however often the server is killed.

The server is a process of its own, killed with its whole group from outside. The client keeps its
own log of what was acknowledged (303), and goes on as a browser would: the same post again.
"""

import asyncio
import contextlib
import json
import os
import random
import re
import signal
import sys
import uuid
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from sqlalchemy import select

from conversations.conversation import to_plain
from storage.contributions import Filing
from storage.conversations import get
from storage.keys import load
from storage.store import open_store
from storage.tables import contributions, conversations, filings
from tests.conftest import FULL
from tests.keys import COUNCIL, NOW

KILLS = 500 if FULL else 50
PEOPLE = 240 if FULL else 26  # about 40 messages each
AT_ONCE = 12

_ASKED = re.compile(
    r'<main data-state="(\w+)" data-question="([\w.]+)"(?: data-kind="(\w+)")?', re.DOTALL
)
_TURN = re.compile(r'name="turn" value="([^"]+)"')
_PICK = re.compile(r'<button class="(?:pick|do)[^"]*" name="choice" value="([^"]+)"')


@dataclass(slots=True)
class Log:
    """What the client knows was acknowledged: the words, by invitation and question."""

    words: dict[str, dict[str, str]] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    messages: int = 0
    kills: int = 0


class Server:
    """`sayso serve` as a process group that can be killed."""

    def __init__(
        self, environment: dict[str, str], port: int, log: int = asyncio.subprocess.DEVNULL
    ) -> None:
        self._log = log
        self._environment, self.base = environment, f"http://127.0.0.1:{port}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", env=self._environment, start_new_session=True,
            stderr=self._log,
        )  # fmt: skip
        async with asyncio.timeout(30), aiohttp.ClientSession() as session:
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{self.base}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.03)

    async def kill(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> int:
        """As a deploy does it; the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()


async def say_everything(
    base: str, invitation: dict[str, Any], log: Log, mark: str = "é🐕"
) -> None:
    """One young person's whole conversation, through every crash. `mark` ends all their words."""
    own = log.words.setdefault(invitation["review_id"], {})
    origin = {"Origin": base, "Sec-Fetch-Site": "same-origin"}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, headers=origin) as session:

        async def request(method: str, path: str, data: dict[str, str] | None = None) -> Any:
            while True:
                try:
                    async with session.request(
                        method, base + path, data=data, allow_redirects=False
                    ) as answer:
                        if answer.status < 500:
                            return answer.status, await answer.text()
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)

        once = uuid.uuid4().hex  # the page's own: the same page may post its code again
        entered = {"code": invitation["code"], "once": once}
        status, _text = await request("POST", "/i/", entered)
        assert status == 303
        log.messages += 1
        while True:
            _status, page = await request("GET", "/chat")
            found, turn = _ASKED.search(page), _TURN.search(page)
            assert found is not None
            assert turn is not None
            state, question, kind = found.groups()
            post = {"turn": unescape(turn[1])}
            words = ""
            if state == "sent":
                log.sent.add(invitation["review_id"])
                return
            if state == "check":
                post["command"] = "send"
            elif kind in ("words", "date"):
                words = f"{question} of {invitation['review_id']} {mark}"
                post["words"] = words
            elif kind == "choices":
                post |= {"choice": "other", "ticked": "1"}
            else:
                picks = [unescape(pick) for pick in _PICK.findall(page)]
                post["choice"] = "file" if "file" in picks else picks[0]
            status, _text = await request("POST", "/chat", post)
            assert status == 303, (status, question)
            log.messages += 1
            if words:
                own[question] = words


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
async def test_killed_at_random_times_nothing_acknowledged_is_lost_or_doubled(
    database_url: str, tmp_path: Path
) -> None:
    port = unused_port()
    environment = {
        "PATH": os.environ["PATH"],
        "SAYSO_DATABASE_URL": database_url,
        "SAYSO_PORT": str(port),
        "SAYSO_KEYS": str(tmp_path / "keys.json"),
        "SAYSO_CASE_RECORD": f"folder:{tmp_path / 'record'}",
        "SAYSO_CASE_RECORD_RESTRICTED": f"folder:{tmp_path / 'restricted'}",
        "PYTHONPATH": str(Path.cwd()),
    }
    await _run(environment, "demo", "--prepare")
    invited = json.loads(await _run(environment, "invite", "--synthetic", str(PEOPLE), "--json"))
    log, server, chance = Log(), Server(environment, port), random.Random(2026)
    await server.start()
    places = asyncio.Semaphore(AT_ONCE)

    async def one(invitation: dict[str, Any]) -> None:
        async with places:
            await say_everything(server.base, invitation, log)

    playing = [asyncio.create_task(one(invitation)) for invitation in invited]
    while log.kills < KILLS:
        await asyncio.sleep(chance.uniform(0.01, 0.25))
        await server.kill()
        log.kills += 1
        await server.start()
    async with asyncio.timeout(300):
        await asyncio.gather(*playing)
    assert log.messages >= PEOPLE * 30
    await _filed_all(database_url)
    assert await server.stop() == 0

    await _check(database_url, tmp_path, log)


async def _run(environment: dict[str, str], *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *command, env=environment, stdout=asyncio.subprocess.PIPE
    )
    out, _err = await process.communicate()
    assert process.returncode == 0
    return out.decode()


async def _filed_all(database_url: str) -> None:
    store = await open_store(database_url)
    async with asyncio.timeout(180):
        while await store.read(
            lambda db: db.execute(
                select(filings.c.state).where(filings.c.state == Filing.WAITING.value)
            ).first()
        ):
            await asyncio.sleep(0.2)
    await store.close()


async def _check(database_url: str, folder: Path, log: Log) -> None:
    """The database and the case record against the client's own log."""
    keys = load(folder / "keys.json", COUNCIL, NOW)
    store = await open_store(database_url, keys)
    rows = await store.read(lambda db: db.execute(select(conversations)).all())
    kept = await store.read(lambda db: [get(db, COUNCIL, row.conversation_id) for row in rows])
    states = {one.review_id: to_plain(one.conversation) for one in kept}
    lost = [
        (review, question)
        for review, said in log.words.items()
        for question, words in said.items()
        if [a.get("words") for a in states[review]["answers"] if a["q"] == question] != [words]
    ]
    assert lost == []
    sent = await store.read(lambda db: db.execute(select(contributions)).all())
    versions = Counter(row.review_id for row in sent if row.review_id in log.words)
    assert set(versions) >= log.sent
    assert set(versions.values()) == {1}
    documents = [json.loads(p.read_text()) for p in (folder / "record").glob("*/*.json")]
    filed = Counter(d["review"]["review_id"] for d in documents)
    assert all(filed[review] == 1 for review in log.sent)
    for document in documents:
        said = log.words.get(document["review"]["review_id"])
        if said is None:
            continue  # the demo council said it before
        for answer in document["answers"]:
            if answer["kind"] == "words":
                assert answer["words"] == said[answer["question_id"]]
    assert not list((folder / "record").glob("*/.*.part"))
    await store.close()
