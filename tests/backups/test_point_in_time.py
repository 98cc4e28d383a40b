"""Promise P11 on PostgreSQL: back to any moment, and almost nothing lost when the machine is.

With Debian's own programs and the very lines of `docs/backup.md`.
"""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select

from storage.audit import add as add_entry
from storage.store import Store, open_store
from storage.tables import audit, councils
from tests import postgres
from tests.databases import make_tables
from tests.keys import RING
from tests.postgres import Postgres, binaries
from tests.promises import Promise

DOCS = Path("docs/backup.md").read_text()
MOST_LOST = 60.0  # seconds


def documented(name: str, **folders: Path) -> str:
    """The value of a setting as `docs/backup.md` gives it, with folders of ours."""
    found = re.search(rf"^{name} = (.+)$", DOCS, re.MULTILINE)
    assert found, name
    value = found[1].strip("'")
    for named, folder in folders.items():
        value = value.replace(f"/srv/{named.replace('_', '-')}", str(folder))
    assert "/srv" not in value
    return value


@contextmanager
def folder_for_postgres(name: str, near: Path) -> Iterator[Path]:
    """A folder that the server can write to."""
    folder = near.parent / f"{near.name}-{name}"
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def base_copy(server: Postgres, to: Path) -> None:
    command = re.search(r"^(pg_basebackup) --pgdata=.*?\)( .+)$", DOCS, re.MULTILINE)
    assert command
    program, options = command[1], [f"--pgdata={to}", *command[2].split()]
    subprocess.run(
        [str(binaries() / program), *options, *_there(server)], check=True, capture_output=True
    )


def _there(server: Postgres) -> list[str]:
    return ["--host", str(server.folder), "--port", str(server.port), "--username", "sayso"]


def note(db: Connection, *, number: int) -> None:
    """One thing that happened, as a row of the audit."""
    subject = f"number:{number}"
    add_entry(db, "c", datetime.now(UTC), actor="sayso", act="noted", subject=subject)


def numbers(db: Connection) -> list[int]:
    subjects = db.execute(select(audit.c.subject).order_by(audit.c.entry_id)).scalars()
    return [int(subject.removeprefix("number:")) for subject in subjects]


async def start_database(server: Postgres) -> Store:
    server.run("CREATE DATABASE sayso_kept")
    await asyncio.to_thread(make_tables, server.url("sayso_kept"))
    store = await open_store(server.url("sayso_kept"), RING)
    values = {"council": "c", "demo": True, "created_at": datetime.now(UTC)}
    await store.write(lambda db: db.execute(insert(councils), values))
    return store


async def test_what_somebody_did_by_mistake_is_undone_by_going_back_to_the_moment_before(
    tmp_path: Path, promise: Promise
) -> None:
    settings = {name: documented(name) for name in ("wal_level", "archive_mode")}
    settings["archive_timeout"] = documented("archive_timeout")
    with (
        postgres.running(settings) as server,
        folder_for_postgres("wal", server.folder) as archive,
    ):
        command = documented("archive_command", sayso_wal=archive)
        server.run(f"ALTER SYSTEM SET archive_command = '{command}'")
        server.run("SELECT pg_reload_conf()")
        store = await start_database(server)
        await asyncio.to_thread(base_copy, server, tmp_path / "base")
        for number in range(50):
            await store.write(partial(note, number=number))
        await asyncio.sleep(0.05)
        before = await store.read(
            lambda db: db.execute(select(func.clock_timestamp())).scalar_one()
        )
        await asyncio.sleep(0.05)
        await store.write(lambda db: db.execute(delete(councils)))  # the mistake
        await store.write(partial(note, number=999))
        assert (await store.read(numbers))[-1] == 999
        await store.close()
        server.run("SELECT pg_switch_wal()")
        await asyncio.to_thread(_until_archived, server, archive)

        started = time.monotonic()
        recovery = {
            "restore_command": documented("restore_command", sayso_wal=archive),
            "recovery_target_time": before.isoformat(),
            "recovery_target_action": documented("recovery_target_action"),
        }
        with postgres.restored(tmp_path / "base", recovery) as back:
            await asyncio.to_thread(_until_promoted, back)
            there = await open_store(back.url("sayso_kept"))
            kept = await there.read(numbers)
            council = await there.read(lambda db: db.execute(select(councils)).first())
            await there.close()
        assert kept == list(range(50))
        assert council is not None
        promise("P11", point_in_time_recovery_seconds=round(time.monotonic() - started, 1))


def _until_archived(server: Postgres, archive: Path) -> None:
    """The newest whole file of the log has arrived."""
    deadline = time.monotonic() + 60
    wanted = server.run("SELECT pg_walfile_name(pg_switch_wal() - 1)")
    while not (archive / wanted).exists():
        failed = server.run("SELECT failed_count FROM pg_stat_archiver")
        assert time.monotonic() < deadline, f"{failed} tries of archive_command failed"
        time.sleep(0.1)


def _until_promoted(server: Postgres) -> None:
    deadline = time.monotonic() + 60
    while server.run("SELECT pg_is_in_recovery()") != "f":
        assert time.monotonic() < deadline
        time.sleep(0.05)


async def test_when_the_server_dies_at_once_the_log_elsewhere_has_what_was_acknowledged(
    tmp_path: Path, promise: Promise
) -> None:
    """`pg_receivewal` on another machine; the server is killed while people write. What was waited
    for is there, or it never arrives; what is lost is from after it."""
    acknowledged: list[tuple[int, float]] = []
    with postgres.running({"wal_level": documented("wal_level")}) as server:
        store = await start_database(server)
        await asyncio.to_thread(base_copy, server, tmp_path / "base")
        live = tmp_path / "live"
        live.mkdir()
        with receiving(server, live):
            writing = asyncio.create_task(_write(store, acknowledged))
            await _until_more(acknowledged, 50)
            early = {number for number, _at in acknowledged}
            waited = await asyncio.to_thread(_until_received, server)
            await _until_more(acknowledged, len(acknowledged) + 20)
            killed = time.monotonic()
            os.kill(_postmaster(server), signal.SIGKILL)
            await writing
        await store.close()

    for partial_file in live.glob("*.partial"):
        shutil.copy(partial_file, partial_file.with_suffix(""))
    with folder_for_postgres("wal", server.folder) as archive:
        for file in live.iterdir():
            shutil.copy(file, archive / file.name)
            (archive / file.name).chmod(0o644)
        started = time.monotonic()
        recovery = {"restore_command": documented("restore_command", sayso_wal=archive)}
        with postgres.restored(tmp_path / "base", recovery) as back:
            await asyncio.to_thread(_until_promoted, back)
            there = await open_store(back.url("sayso_kept"))
            kept = set(await there.read(numbers))
            await there.close()
        took = time.monotonic() - started

    lost = [at for number, at in acknowledged if number not in kept]
    behind = killed - min(lost) if lost else 0.0
    assert len(acknowledged) > len(early) >= 50
    assert early <= kept
    assert behind < MOST_LOST
    promise(
        "P11",
        acknowledged=len(acknowledged),
        lost=len(lost),
        seconds_lost=round(behind, 3),
        seconds_until_it_was_elsewhere=round(waited, 2),
        recovery_seconds=round(took, 1),
    )


async def _until_more(acknowledged: list[tuple[int, float]], count: int) -> None:
    async with asyncio.timeout(60):
        while len(acknowledged) < count:
            await asyncio.sleep(0.01)


def _until_received(server: Postgres) -> float:
    """Wait until all that is written now lies elsewhere; the seconds that took."""
    started = time.monotonic()
    now = server.run("SELECT pg_current_wal_flush_lsn()")
    there = f"SELECT count(*) FROM pg_stat_replication WHERE flush_lsn >= '{now}'"  # noqa: S608
    while server.run(there) == "0":
        assert time.monotonic() - started < MOST_LOST
        time.sleep(0.02)
    return time.monotonic() - started


async def _write(store: Store, acknowledged: list[tuple[int, float]]) -> None:
    """Until the server is gone."""
    number = 0
    while True:
        try:
            await store.write(partial(note, number=number))
        except Exception:
            return
        acknowledged.append((number, time.monotonic()))
        number += 1


@contextmanager
def receiving(server: Postgres, to: Path) -> Iterator[None]:
    lines = re.findall(r"^(pg_receivewal .+)$", DOCS, re.MULTILINE)
    create, receive = ([*_ours(line, to), *_there(server)] for line in lines)
    subprocess.run(create, check=True, capture_output=True)
    with subprocess.Popen([*receive, "--no-loop"], stderr=subprocess.PIPE) as receiver:
        deadline = time.monotonic() + 30
        while server.run("SELECT count(*) FROM pg_stat_replication") == "0":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield
        receiver.wait(30)


def _ours(line: str, to: Path) -> list[str]:
    program, *options = line.split()
    mine = [f"--directory={to}" if one.startswith("--directory") else one for one in options]
    return [str(binaries() / program), *mine]


def _postmaster(server: Postgres) -> int:
    return int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_without_archiving_on_time_more_would_be_lost_than_is_promised() -> None:
    """The bound that the documentation sets is within the promise."""
    seconds = re.fullmatch(r"(\d+)s", documented("archive_timeout"))
    assert seconds
    assert int(seconds[1]) <= MOST_LOST / 2
