"""Promise P11 on SQLite: litestream beside a serving Sayso, and what is lost when both die at once.

With the configuration of `docs/backup.md`, replicating to a folder of this machine.
"""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from aiohttp.test_utils import unused_port
from sqlalchemy import Connection, select, text

from bot.backups.restoring import _integrity
from conversations.conversation import Answer
from storage.conversations import get as kept_conversation
from storage.keys import Keys
from storage.store import Store, open_store
from storage.tables import conversations, kept_settings
from tests.keys import RING, ring_at
from tests.promises import FULL, Promise
from tests.test_crash import Log, Server, _run, _says, say_everything

DOCS = Path("docs/backup.md").read_text()
LITESTREAM = str(Path(sys.executable).parent / "litestream")
PEOPLE = 12 if FULL else 4
MOST_LOST = 60.0  # seconds


def configuration(folder: Path, database: Path) -> Path:
    """`litestream.yml` as documented, with places of ours."""
    found = re.search(r"```yaml\n(.*?)```", DOCS, re.DOTALL)
    assert found
    whole = found[1].replace("/var/lib/sayso/sayso.db", str(database))
    whole = whole.replace("/srv/sayso-replica", str(folder / "replica"))
    assert "/srv" not in whole
    assert "/var/lib" not in whole
    file = folder / "litestream.yml"
    file.write_text(whole)
    return file


@asynccontextmanager
async def replicating(config: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    log = config.with_suffix(".log")
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            LITESTREAM, "replicate", "-config", str(config), stdout=file, stderr=file
        )
    try:
        async with asyncio.timeout(30):
            while not any((config.parent / "replica").rglob("*.ltx")):
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.05)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def restored(config: Path, database: Path, keys: Keys = RING) -> Store:
    to = database.with_name("restored.db")
    for old in to.parent.glob(f"{to.name}*"):
        old.unlink()
    process = await asyncio.create_subprocess_exec(
        LITESTREAM, "restore", "-config", str(config), "-o", str(to), "-integrity-check", "full",
        str(database),
    )  # fmt: skip
    assert await process.wait() == 0
    return await open_store(f"sqlite+aiosqlite:///{to}", keys)


Said = dict[tuple[str, str], str]
"""What was acknowledged, by review and question."""


def said(log: Log) -> Said:
    return {(review, at): words for review, own in log.said.items() for at, words in own.items()}


def missing(acknowledged: Said, kept: dict[tuple[str, str], Answer]) -> Said:
    """What was acknowledged and is not there, or is there otherwise."""
    return {at: words for at, words in acknowledged.items() if not _says(kept.get(at), words)}


async def arrived(config: Path, database: Path, keys: Keys, acknowledged: Said) -> float:
    """Wait until a restored replica holds all of it; the seconds that took."""
    started = time.monotonic()
    async with asyncio.timeout(MOST_LOST):
        while True:
            store = await restored(config, database, keys)
            kept = await store.read(_answers)
            await store.close()
            if not missing(acknowledged, kept):
                return time.monotonic() - started
            await asyncio.sleep(0.2)


async def test_killed_at_once_the_replica_has_all_but_the_last_moments(
    sqlite_database_url: str, tmp_path: Path, promise: Promise
) -> None:
    """Some people say everything, and the replica is waited for: by then it has what they said, or
    it never replicates. Then others talk, and all dies in the middle of it. However fast the
    machine is, what was waited for is there, whole; what is lost is from after it."""
    database = Path(sqlite_database_url.removeprefix("sqlite+aiosqlite:///"))
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path.cwd()),
        "SAYSO_DATABASE_URL": sqlite_database_url,
        "SAYSO_PORT": str(unused_port()),
        "SAYSO_KEYS": str(tmp_path / "keys.json"),
        "SAYSO_CASE_RECORD": f"folder:{tmp_path / 'record'}",
        "SAYSO_CASE_RECORD_RESTRICTED": f"folder:{tmp_path / 'restricted'}",
    }
    await _run(environment, "demo", "--prepare")
    invited = json.loads(await _run(environment, "invite", "--synthetic", str(PEOPLE), "--json"))
    early, late = invited[: PEOPLE // 2], invited[PEOPLE // 2 :]
    config = configuration(tmp_path, database)
    times: dict[tuple[str, str], float] = {}
    log = Log({one["review_id"]: Timed(one["review_id"], times) for one in invited})
    server = Server(environment, int(environment["SAYSO_PORT"]))
    keys = ring_at(tmp_path / "keys.json")

    async with replicating(config) as litestream:
        await server.start()
        await asyncio.gather(*(say_everything(server.base, one, log) for one in early))
        before = said(log)
        waited = await arrived(config, database, keys, before)
        talking = [asyncio.create_task(say_everything(server.base, one, log)) for one in late]
        async with asyncio.timeout(120):
            await log.reaches(log.messages + 10 * len(late))
        killed = time.monotonic()
        litestream.send_signal(signal.SIGKILL)
        await server.kill()
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
    shutil.move(database, database.with_name("lost.db"))  # the disk is gone

    started = time.monotonic()
    store = await restored(config, database, keys)
    took = time.monotonic() - started
    assert await store.read(_integrity) == []
    kept = await store.read(_answers)
    await store.close()

    acknowledged = said(log)
    lost = missing(acknowledged, kept)
    assert len(before) > PEOPLE // 2 * 20
    assert len(acknowledged) > len(before)
    assert not lost.keys() & before.keys()
    behind = max((killed - times[at] for at in lost), default=0.0)
    assert behind < MOST_LOST
    promise(
        "P11",
        acknowledged=len(acknowledged),
        lost=len(lost),
        seconds_lost=round(max(behind, 0.0), 3),
        seconds_until_it_was_in_the_replica=round(waited, 1),
        restore_seconds=round(took, 1),
    )


class Timed(dict[str, str]):
    """A client's log of one conversation, which also knows when each answer was acknowledged."""

    def __init__(self, review: str, times: dict[tuple[str, str], float]) -> None:
        super().__init__()
        self._review, self._times = review, times

    def __setitem__(self, question: str, words: str) -> None:
        super().__setitem__(question, words)
        self._times[self._review, question] = time.monotonic()


async def test_litestream_and_sayso_never_refuse_each_other(
    sqlite_database_url: str, tmp_path: Path
) -> None:
    """A busy writer, readers and litestream's own checkpoints on one file: nothing fails, and the
    replica ends as the database did."""
    database = Path(sqlite_database_url.removeprefix("sqlite+aiosqlite:///"))
    config = configuration(tmp_path, database)
    store = await open_store(sqlite_database_url)
    async with replicating(config) as litestream:
        for number in range(1500):
            await store.write(partial(_keep, number=number))
            if number % 50 == 0:
                assert await store.read(_count) == number + 1
        await asyncio.sleep(0)
        litestream.send_signal(signal.SIGTERM)  # it sends what is left
        async with asyncio.timeout(30):
            await litestream.wait()
    wal = Path(f"{database}-wal")
    assert wal.stat().st_size < 64 * 1024 * 1024  # it was moved into the database meanwhile
    await store.close()

    copy = await restored(config, database)
    assert await copy.read(_count) == 1500
    await copy.close()
    with contextlib.suppress(FileNotFoundError):
        assert "error" not in (tmp_path / "litestream.log").read_text().lower()


def _answers(db: Connection) -> dict[tuple[str, str], Answer]:
    """Every answer there is, by review and question."""
    rows = db.execute(
        select(conversations.c.council, conversations.c.conversation_id, conversations.c.review_id)
    ).all()
    return {
        (row.review_id, answer.question): answer
        for row in rows
        for answer in kept_conversation(
            db, row.council, row.conversation_id
        ).conversation.answers.values()
    }


def _keep(db: Connection, *, number: int) -> None:
    values = {"council": "c", "name": f"n{number}", "value": b"\0" + b"x" * 4000}
    db.execute(kept_settings.insert(), values)


def _count(db: Connection) -> int:
    return int(db.execute(text("SELECT count(*) FROM kept_settings")).scalar_one())
