"""The disk is full in the middle of a commit: refused in plain words, nothing lost, and on it goes.

The server is a process of its own. While people talk to it, the kernel lets the database write no
further than where its files end now, as on a full disk (`RLIMIT_FSIZE`); then there is room again.
PostgreSQL refuses a statement when a table can't grow, and dies where its log can't.
"""

import asyncio
import json
import os
import re
import resource
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import unused_port
from sqlalchemy import Connection, select

from storage.conversations import get as kept_conversation
from storage.store import open_store
from storage.tables import conversations
from tests import postgres
from tests.keys import ring_at
from tests.postgres import Postgres
from tests.test_crash import Server, _run, tick

_TURN = re.compile(r'name="turn" value="([^"]+)"')
_ASKED = re.compile(r'<main data-state="(\w+)" data-question="([\w.]+)"(?: data-kind="(\w+)")?')
_PICK = re.compile(r'<button class="(?:pick|do)[^"]*" name="choice" value="([^"]+)"')
_PAGE = 8192  # bytes, of PostgreSQL's files


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
            if shown.status == 503:  # nothing to answer just now
                return shown.status, page
        asked, turn = _ASKED.search(page), _TURN.search(page)
        assert asked is not None
        assert turn is not None
        _state, question, kind = asked.groups()
        post, words = {"turn": unescape(turn[1])}, ""
        if kind in ("words", "date"):
            words = (f"{question} é🐕 " * size)[:size].strip()
            post["words"] = words
        elif kind == "choices":
            post |= {"choice": tick(page), "ticked": "1"}
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

    async def is_refused(self) -> bool:
        """In plain words; not yet where the database went before they had said anything. A little
        may still fit: a WAL is used again from its beginning."""
        before = len(self.refused)
        for _try in range(60):
            status, text = await self.answer(9000)
            if status != 303:
                assert status == 503
                assert "is not lost" in text
                if len(self.refused) == before:
                    return False
                assert "I can't keep that just now." in unescape(text)
                return True
        raise AssertionError("The disk was never full.")

    async def is_heard_again(self) -> None:
        async with asyncio.timeout(60):
            while (await self.answer(300))[0] != 303:
                await asyncio.sleep(0.1)


@dataclass(slots=True)
class Talk:
    """A server, and somebody who has said two things to it."""

    young: Young
    process: int


@asynccontextmanager
async def talking(url: str, tmp_path: Path) -> AsyncIterator[Talk]:
    """When it is over the server is killed, and every word that was acknowledged is there."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path.cwd()),
        "SAYSO_DATABASE_URL": url,
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
    try:
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            young = Young(server.base, session)
            await young.enter(invited["code"])
            while len(young.acknowledged) < 2:
                assert (await young.answer(200))[0] == 303
            yield Talk(young, server._process.pid)
    finally:
        await server.kill()
    store = await open_store(url, ring_at(tmp_path / "keys.json"))
    kept = await store.read(lambda db: _words(db, invited["review_id"]))
    await store.close()
    before = young.acknowledged
    assert {question: kept.get(question) for question in before} == before


async def full_and_room_again(
    young: Young, full: Callable[[], None], room: Callable[[], None], times: int
) -> None:
    """Full, and room again, and full again."""
    while times:
        full()
        times -= await young.is_refused()
        room()
        await young.is_heard_again()


def _limit(process: int, most: int) -> None:
    _soft, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (most, hard))


async def test_a_full_disk_refuses_in_plain_words_and_goes_on_when_there_is_room(
    sqlite_database_url: str, tmp_path: Path
) -> None:
    wal = Path(f"{sqlite_database_url.removeprefix('sqlite+aiosqlite:///')}-wal")
    async with talking(sqlite_database_url, tmp_path) as talk:
        await full_and_room_again(
            talk.young,
            lambda: _limit(talk.process, wal.stat().st_size),
            lambda: _limit(talk.process, resource.RLIM_INFINITY),
            3,
        )
    store = await open_store(sqlite_database_url)
    problem = await store.read(lambda db: db.exec_driver_sql("PRAGMA integrity_check").scalar())
    await store.close()
    assert problem == "ok"


async def test_a_postgresql_whose_tables_can_not_grow_keeps_nothing_half_and_goes_on(
    tmp_path: Path,
) -> None:
    with postgres.running() as server:
        server.run("CREATE DATABASE sayso_full")
        async with talking(server.url("sayso_full"), tmp_path) as talk:
            await asyncio.to_thread(server.run, _FILL, "sayso_full")
            await full_and_room_again(
                talk.young,
                # In the middle of the next page: a short write is how a full disk shows.
                lambda: server.may_write(_inbox_pages(server) * _PAGE + _PAGE // 2),
                lambda: server.may_write(None),
                2,
            )


async def test_a_postgresql_that_dies_in_the_commit_of_a_full_disk_loses_nothing_it_acknowledged(
    tmp_path: Path,
) -> None:
    with postgres.running() as server:
        server.run("CREATE DATABASE sayso_full")
        async with talking(server.url("sayso_full"), tmp_path) as talk:
            # What it starts anew may write again: so it recovers by itself.
            await full_and_room_again(
                talk.young,
                lambda: server.may_write(_log_offset(server), new_ones_too=False),
                lambda: None,
                1,
            )
        log = (server.folder / "log").read_text()
    assert "PANIC" in log
    assert "database system was not properly shut down; automatic recovery in progress" in log


_FILL = """
INSERT INTO inbox (council, source, key, received_at, body)
SELECT 'northborough', 'web:filler', n::text, now(), (
  SELECT decode(string_agg(md5(random()::text || n || part), ''), 'hex')
  FROM generate_series(1, 500) AS part
) FROM generate_series(1, 2200) AS n
"""
"""Longer than one file of PostgreSQL's log, so that it is this table that can't grow."""


def _inbox_pages(server: Postgres) -> int:
    """Whole ones of the file that long messages lie in."""
    statement = "SELECT pg_relation_filepath(reltoastrelid) FROM pg_class WHERE relname = 'inbox'"
    return (server.folder / "data" / server.run(statement, "sayso_full")).stat().st_size // _PAGE


def _log_offset(server: Postgres) -> int:
    """Where the page ends that the log has come to in its file, further on than the longest file of
    a table: else a table can't grow, where it is the log that must not."""
    files = (server.folder / "data" / "base").rglob("*")
    longest = max(file.stat().st_size for file in files if file.is_file())
    while _in_log(server) <= longest:
        server.run(f"SELECT pg_logical_emit_message(false, '', repeat('.', {128 * _PAGE}))")
    return (_in_log(server) // _PAGE + 1) * _PAGE


def _in_log(server: Postgres) -> int:
    """How far the log has come in its file, in bytes."""
    statement = "SELECT file_offset FROM pg_walfile_name_offset(pg_current_wal_insert_lsn())"
    return int(server.run(statement))


def _words(db: Connection, review_id: str) -> dict[str, str | None]:
    row = db.execute(
        select(conversations.c.council, conversations.c.conversation_id).where(
            conversations.c.review_id == review_id
        )
    ).one()
    found = kept_conversation(db, row.council, row.conversation_id).conversation.answers
    return {answer.question: answer.words for answer in found.values()}
