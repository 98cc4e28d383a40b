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
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from html import unescape
from itertools import repeat
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from sqlalchemy import select, update

from bot.delivery.dispatch import CLAIM
from conversations.conversation import Answer
from storage import conversations
from storage.contributions import Filing
from storage.keys import load
from storage.store import open_store
from storage.tables import contributions, filings, outbox
from storage.tables import conversations as conversations_table
from tests.keys import COUNCIL, NOW
from tests.promises import FULL, Promise

KILLS = 500 if FULL else 50
MESSAGES = 10_000 if FULL else 1_000
PEOPLE = MESSAGES // 36  # each says about 40 things
AT_ONCE = 12
PATIENCE = 600
"""Seconds for what has to happen in the end; only a machine that stands still needs them."""

_ASKED = re.compile(
    r'<main data-state="(\w+)" data-question="([\w.]+)"(?: data-kind="(\w+)")?', re.DOTALL
)
_TURN = re.compile(r'name="turn" value="([^"]+)"')
_BOX = re.compile(r'type="checkbox" name="choice" value="([^"]+)"')
_PICK = re.compile(r'<button class="(?:pick|do)[^"]*" name="choice" value="([^"]+)"')


@dataclass(slots=True)
class Log:
    """What the client knows was acknowledged: words and choices, by invitation and question."""

    said: dict[str, dict[str, str]] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    messages: int = 0
    answers: int = 0
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self) -> None:
        """One more was acknowledged."""
        self.messages += 1
        self._more.set()

    async def reaches(self, messages: int) -> None:
        while self.messages < messages:
            self._more.clear()
            await self._more.wait()


class Server:
    """`sayso serve` as a process group that can be killed."""

    def __init__(
        self,
        environment: dict[str, str],
        port: int,
        log: int = asyncio.subprocess.DEVNULL,
        command: tuple[str, ...] = (),
    ) -> None:
        self._log, self._command = log, command
        self._environment, self.base = environment, f"http://127.0.0.1:{port}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", *self._command, env=self._environment,
            start_new_session=True, stderr=self._log,
        )  # fmt: skip
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
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


def tick(page: str) -> str:
    """What to tick of several: the one for words of one's own if there is one, else the first."""
    boxes = [
        unescape(box) for box in re.findall(r'type="checkbox" name="choice" value="([^"]+)"', page)
    ]
    return "other" if "other" in boxes else boxes[0]


async def say_everything(
    base: str,
    invitation: dict[str, Any],
    log: Log,
    marks: Iterator[str] = repeat("é🐕"),  # noqa: B008
) -> None:
    """One young person's whole conversation, through every crash. `marks` end what they say."""
    own = log.said.setdefault(invitation["review_id"], {})
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
        log.add()
        while True:
            _status, page = await request("GET", "/chat")
            found, turn = _ASKED.search(page), _TURN.search(page)
            assert found is not None
            assert turn is not None
            state, question, kind = found.groups()
            post = {"turn": unescape(turn[1])}
            said = ""
            if state == "sent":
                log.sent.add(invitation["review_id"])
                return
            if state == "check":
                post["command"] = "send"
            elif kind in ("words", "date"):
                said = f"{question} of {invitation['review_id']} {next(marks)}"
                post["words"] = said
            elif kind == "choices":
                said = tick(page)
                post |= {"choice": said, "ticked": "1"}
            else:
                picks = [unescape(pick) for pick in _PICK.findall(page)]
                # Whoever can't read what was said before may let fewer people hear it only.
                fewer = "let fewer people hear it" in page
                said = "file" if "file" in picks and not fewer else picks[0]
                post["choice"] = said
            status, _text = await request("POST", "/chat", post)
            assert status == 303, (status, question)
            log.add()
            if said:
                own[question] = said
                log.answers += 1


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
async def test_killed_at_random_times_nothing_acknowledged_is_lost_or_doubled(
    database_url: str, tmp_path: Path, promise: Promise
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
    # By the count of messages, so that on any machine each kill finds some on their way.
    for messages in sorted(chance.sample(range(1, MESSAGES), KILLS)):
        await log.reaches(messages)
        await asyncio.sleep(chance.uniform(0, 0.02))
        await server.kill()
        started = datetime.now(UTC)
        await server.start()
    during = log.messages
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*playing)
    assert log.messages >= MESSAGES
    await _claims_of_the_killed_end(database_url, started)
    await _filed_all(database_url)
    assert await server.stop() == 0

    lost, doubled, doubly_filed = await _compared(database_url, tmp_path, log)
    assert (lost, doubled, doubly_filed) == ([], [], [])
    promise(
        "P1",
        kills=KILLS,
        messages=log.messages,
        acknowledged_before_the_last_kill=during,
        answers=log.answers,
        lost=len(lost),
        doubled=len(doubled),
        sent=len(log.sent),
        filed_twice=len(doubly_filed),
    )


async def _run(environment: dict[str, str], *command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *command, env=environment, stdout=asyncio.subprocess.PIPE
    )
    out, _err = await process.communicate()
    assert process.returncode == 0
    return out.decode()


async def _claims_of_the_killed_end(database_url: str, started: datetime) -> None:
    """A worker that was killed leaves its claims, which end by themselves after two minutes:
    make these two minutes pass for all that was claimed before the last start."""
    store = await open_store(database_url)
    theirs = outbox.c.claimed_until < started + CLAIM
    await store.write(
        lambda db: db.execute(update(outbox).where(theirs).values(claimed_until=started))
    )
    await store.close()


async def _filed_all(database_url: str) -> None:
    store = await open_store(database_url)
    waiting = select(filings.c.state).where(filings.c.state == Filing.WAITING.value)
    async with asyncio.timeout(PATIENCE):
        while await store.read(lambda db: db.execute(waiting).first()):
            await asyncio.sleep(0.2)
    await store.close()


async def _compared(
    database_url: str, folder: Path, log: Log
) -> tuple[list[object], list[object], list[object]]:
    """The database and the case record against the client's own log: which answers were lost,
    which stand twice, and which contributions were filed twice, or not at all."""
    store = await open_store(database_url, load(folder / "keys.json", COUNCIL, NOW))
    rows = await store.read(
        lambda db: db.execute(
            select(
                conversations_table.c.conversation_id,
                conversations_table.c.council,
                conversations_table.c.review_id,
            )
        ).all()
    )
    kept = {
        row.review_id: (
            await store.read(
                partial(conversations.get, council=row.council, conversation_id=row.conversation_id)
            )
        ).conversation
        for row in rows
        if row.review_id in log.said
    }
    lost: list[object] = [
        (review, question)
        for review, own in log.said.items()
        for question, said in own.items()
        if not _says(kept[review].answers.get(question), said)
    ]
    # The same words once more, offered as a change or put aside, would be the answer twice.
    doubled: list[object] = [
        (review, again.question)
        for review, conversation in kept.items()
        for again in (*conversation.offered, *conversation.aside)
    ]
    sent = await store.read(lambda db: db.execute(select(contributions)).all())
    await store.close()
    versions = Counter(row.review_id for row in sent if row.review_id in log.said)
    documents = [json.loads(p.read_text()) for p in (folder / "record").glob("*/*.json")]
    filed = Counter(d["review"]["review_id"] for d in documents)
    wrong: list[object] = [
        review for review in log.sent if versions[review] != 1 or filed[review] != 1
    ]
    for document in documents:
        own = log.said.get(document["review"]["review_id"])
        if own is None:
            continue  # the demo council said it before
        asked = [answer["question_id"] for answer in document["answers"]]
        assert len(asked) == len(set(asked))
        for answer in document["answers"]:
            if answer["kind"] == "words":
                assert answer["words"] == own[answer["question_id"]]
    assert not list((folder / "record").glob("*/.*.part"))
    return lost, doubled, wrong


def _says(answer: Answer | None, said: str) -> bool:
    return answer is not None and (answer.words == said or said in answer.choices)
