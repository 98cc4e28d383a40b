"""The disk is full in the middle of a commit: refused in plain words, nothing lost, and on it goes.

The server is a process of its own. While people talk to it, the kernel lets it write no further
than where its files end now, as on a full disk (`RLIMIT_FSIZE`); then there is room again.
"""

import asyncio
import json
import os
import re
import resource
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import unused_port
from sqlalchemy import Connection, select

from storage.conversations import get as kept_conversation
from storage.store import open_store
from storage.tables import conversations
from tests.keys import ring_at
from tests.test_crash import Server, _run

_TURN = re.compile(r'name="turn" value="([^"]+)"')
_ASKED = re.compile(r'<main data-state="(\w+)" data-question="([\w.]+)"(?: data-kind="(\w+)")?')
_PICK = re.compile(r'<button class="(?:pick|do)[^"]*" name="choice" value="([^"]+)"')


class Young:
    """Somebody who goes on talking, whatever is answered, and notes what was acknowledged."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self._base, self._session = base, session
        self.acknowledged: dict[str, str] = {}
        self.refused: list[str] = []

    async def enter(self, code: str) -> None:
        async with self._post("/i/", {"code": code, "once": "1"}) as answer:
            assert answer.status == 303

    def _post(self, path: str, fields: dict[str, str]) -> Any:
        own = {"Origin": self._base, "Sec-Fetch-Site": "same-origin"}
        return self._session.post(
            self._base + path, data=fields, headers=own, allow_redirects=False
        )

    async def answer(self, size: int) -> tuple[int, str]:
        """Answer what is asked now, in `size` letters where it takes words."""
        async with self._session.get(f"{self._base}/chat") as shown:
            page = await shown.text()
        asked, turn = _ASKED.search(page), _TURN.search(page)
        assert asked is not None
        assert turn is not None
        _state, question, kind = asked.groups()
        post, words = {"turn": unescape(turn[1])}, ""
        if kind in ("words", "date"):
            words = (f"{question} é🐕 " * size)[:size].strip()
            post["words"] = words
        elif kind == "choices":
            post |= {"choice": "other", "ticked": "1"}
        else:
            picks = [unescape(pick) for pick in _PICK.findall(page)]
            post["choice"] = "file" if "file" in picks else picks[0]
        async with self._post("/chat", post) as answer:
            text = await answer.text()
            if answer.status == 303 and words:
                self.acknowledged[question] = words
            elif answer.status != 303:
                self.refused.append(text)
            return answer.status, text


def _limit(process: int, most: int) -> None:
    _soft, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (most, hard))


async def test_a_full_disk_refuses_in_plain_words_and_goes_on_when_there_is_room(
    sqlite_database_url: str, tmp_path: Path
) -> None:
    database = Path(sqlite_database_url.removeprefix("sqlite+aiosqlite:///"))
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path.cwd()),
        "SAYSO_DATABASE_URL": sqlite_database_url,
        "SAYSO_PORT": str(unused_port()),
        "SAYSO_KEYS": str(tmp_path / "keys.json"),
        "SAYSO_CASE_RECORD": f"folder:{tmp_path / 'record'}",
    }
    await _run(environment, "demo", "--prepare")
    (invited,) = json.loads(await _run(environment, "invite", "--synthetic", "1", "--json"))
    server = Server(environment, int(environment["SAYSO_PORT"]))
    await server.start()
    assert server._process is not None
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        young = Young(server.base, session)
        await young.enter(invited["code"])
        while len(young.acknowledged) < 2:
            assert (await young.answer(200))[0] == 303

        wal = Path(f"{database}-wal")
        for _time in range(3):  # full, and room again, and full again
            _limit(server._process.pid, wal.stat().st_size)
            status, text = await _until_refused(young)
            assert status == 503
            assert "I can't keep that just now." in unescape(text)
            assert "is not lost" in text
            _limit(server._process.pid, resource.RLIM_INFINITY)
            async with asyncio.timeout(30):
                while (await young.answer(300))[0] != 303:
                    await asyncio.sleep(0.1)
        before = dict(young.acknowledged)
    await server.kill()

    store = await open_store(sqlite_database_url, ring_at(tmp_path / "keys.json"))
    kept = await store.read(lambda db: _words(db, invited["review_id"]))
    problem = await store.read(lambda db: db.exec_driver_sql("PRAGMA integrity_check").scalar())
    await store.close()
    assert problem == "ok"
    assert len(young.refused) >= 3
    assert {question: kept.get(question) for question in before} == before


async def _until_refused(young: Young) -> tuple[int, str]:
    """A WAL is used again from its beginning, so that a little may still fit."""
    for _try in range(60):
        status, text = await young.answer(9000)
        if status != 303:
            return status, text
    raise AssertionError("The disk was never full.")


def _words(db: Connection, review_id: str) -> dict[str, str | None]:
    row = db.execute(
        select(conversations.c.council, conversations.c.conversation_id).where(
            conversations.c.review_id == review_id
        )
    ).one()
    found = kept_conversation(db, row.council, row.conversation_id).conversation.answers
    return {answer.question: answer.words for answer in found.values()}
