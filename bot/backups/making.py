"""`sayso backup`: one consistent copy, encrypted as it leaves the database."""

import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import URL, make_url

from bot.backups import envelope, folder
from bot.backups.envelope import BackupError, Manifest, Recipients
from bot.service.council import Council
from bot.settings import Settings
from bot.web.context import now
from storage.copying import copy_sqlite, postgres_environment, postgres_program, postgres_snapshot
from storage.copying import tally as count
from storage.errors import StorageError
from storage.store import open_store

Progress = Callable[[int, int], object]
"""Told how many bytes are done, and about how many there are."""


class NoRecipients(BackupError):
    """Nobody could open the backup, so that none is made."""

    def __init__(self) -> None:
        super().__init__(
            "A backup is made for somebody to open: SAYSO_BACKUP_RECIPIENTS is empty. Run "
            "age-keygen on another machine, keep its file there, and set the public key here. "
            "Example: SAYSO_BACKUP_RECIPIENTS=age1… (two people's, with a space between)"
        )


class CopyFailed(StorageError):
    """The database's own program could not copy it."""


@dataclass(frozen=True, slots=True)
class Made:
    """`seconds`: from the start to the moment at which it was on disk under its name."""

    file: Path
    bytes: int
    seconds: float
    rows: int
    expired: list[str]


async def make(
    council: Council,
    settings: Settings,
    to: Path | None = None,
    recipients: Sequence[str] = (),
    progress: Progress = lambda _done, _whole: None,
) -> Made:
    """Back the database up into a folder, then let old backups expire."""
    keys = envelope.recipients_of(list(recipients) or settings.backup_recipients.split())
    if not keys:
        raise NoRecipients
    started, at = time.monotonic(), now()
    where, url = to or settings.backups, make_url(settings.database_url)
    with folder.written(where, at) as (path, file):
        if url.get_backend_name() == "sqlite":
            manifest = await _sqlite(url, council, at.isoformat(), file, keys, progress)
        else:
            manifest = await _postgresql(url, council, at.isoformat(), file, keys, progress)
    return Made(
        path,
        path.stat().st_size,
        time.monotonic() - started,
        sum(manifest.tally.rows.values()),
        folder.expire(where, now()),
    )


async def _sqlite(
    url: URL,
    council: Council,
    made_at: str,
    file: BinaryIO,
    keys: Recipients,
    progress: Progress,
) -> Manifest:
    """By way of a copy beside the database, on the same disk, that nobody else can read."""
    database = Path(url.database or "")
    aside = _aside(database)
    try:
        copy = aside / "copy.db"
        await asyncio.to_thread(copy_sqlite, database, copy)
        store = await open_store(f"sqlite+aiosqlite:///{copy}")
        try:
            counted = await store.read(count)
        finally:
            await store.close()
        manifest = Manifest(made_at, council.id, "sqlite", counted)
        whole = copy.stat().st_size
        with copy.open("rb") as source:
            await asyncio.to_thread(
                envelope.write, file, manifest, source, keys, _adding_up(progress, whole)
            )
        return manifest
    finally:
        shutil.rmtree(aside, ignore_errors=True)


_ASIDE = ".sayso-backup-"
_STALE_SECONDS = 24 * 3600


def _aside(database: Path) -> Path:
    """A folder of our own beside the database; what a backup that was killed left there goes."""
    if not database.exists():
        raise CopyFailed(f"There is no database at {database} (SAYSO_DATABASE_URL).")
    for left in database.parent.glob(f"{_ASIDE}*"):
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=_ASIDE, dir=database.parent))


async def _postgresql(
    url: URL,
    council: Council,
    made_at: str,
    file: BinaryIO,
    keys: Recipients,
    progress: Progress,
) -> Manifest:
    """`pg_dump` of the same snapshot in which the rows were counted; nothing touches a disk."""
    async with postgres_snapshot(url) as (snapshot, counted, whole):
        manifest = Manifest(made_at, council.id, "postgresql", counted)
        moved = _adding_up(progress, whole)
        await asyncio.to_thread(_dump, url, snapshot, manifest, file, keys, moved)
        return manifest


def _dump(
    url: URL,
    snapshot: str,
    manifest: Manifest,
    file: BinaryIO,
    keys: Recipients,
    moved: Callable[[int], object],
) -> None:
    command = [postgres_program("pg_dump"), "--format=custom", "--compress=1", "--no-owner"]
    command += ["--no-privileges", f"--snapshot={snapshot}"]
    with tempfile.TemporaryFile() as said:
        dump = subprocess.Popen(  # noqa: S603 - a fixed program; what varies is its environment
            command, stdout=subprocess.PIPE, stderr=said, env=postgres_environment(url)
        )
        assert dump.stdout is not None  # noqa: S101 - for the type checker
        try:
            envelope.write(file, manifest, dump.stdout, keys, moved)
        finally:
            dump.stdout.close()
            code = dump.wait()
        if code:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise CopyFailed(f"pg_dump: {lines[0] if lines else f'ended with {code}'}")


def sentence(made: Made) -> str:
    gone = f" {len(made.expired)} older than 35 days went." if made.expired else ""
    return (
        f"{made.file}: {made.rows} rows, {made.bytes:,} bytes, {made.seconds:.1f} s.{gone}\n"
        "Try it: sayso restore-drill, where its identity file is."
    )


def _adding_up(progress: Progress, whole: int) -> Callable[[int], None]:
    done = 0

    def moved(part: int) -> None:
        nonlocal done
        done += part
        progress(min(done, whole), whole)

    return moved
