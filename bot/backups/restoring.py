"""`sayso restore-drill` and `sayso restore`: a backup becomes a database again, and is looked at.

Both do the same; the drill does it elsewhere, and removes what it restored.
"""

import asyncio
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Self, TypeVar

from sqlalchemy import URL, Connection, inspect, make_url, text

from bot.backups import envelope
from bot.backups.envelope import BackupUnfit, Manifest
from bot.backups.looking import (
    CHECKS,
    Check,
    Replay,
    erasing_again,
    ledger_for,
    missing_in,
)
from bot.service.disk import clean_all
from bot.service.house import House
from bot.service.ledger import Ledger
from bot.web.context import now
from storage import data_keys
from storage.copying import Tally, postgres_environment, postgres_program, tally
from storage.errors import KekUnknown, KeyRingForeign, StorageError
from storage.migrate import migrate
from storage.sealed_columns import Sample, open_sample
from storage.serving import only_server
from storage.store import Store, open_store

T = TypeVar("T")

SAMPLE = 100
"""Values of each sealed column that are opened."""


class NotEmpty(StorageError):
    """There is something where the backup would go."""


class RestoreFailed(StorageError):
    """The database's own program could not take the backup."""


@dataclass(slots=True)
class Restored:
    """What came of it. `seconds` is the recovery time (RTO), `age_seconds` how much would be lost
    today without a log of what came later (RPO). `problems` is empty when all is well."""

    backup: str
    council: str
    kind: str
    made_at: str
    age_seconds: float
    seconds: float = 0.0
    rows: int = 0
    sample_opened: int = 0
    erasures_replayed: int = 0
    problems: list[str] = field(default_factory=list)


async def drill(
    backup: Path,
    identity: Path,
    house: House,
    scratch: str = "",
    *,
    aside: Path | None = None,
    ledgers: Sequence[Path] = (),
    checks: Sequence[Check] = CHECKS,
    replays: Sequence[Replay] = (),
) -> Restored:
    """Restore into a temporary file below `aside`, or into the empty PostgreSQL database
    `scratch`; look at it; remove it. `ledgers`: the erasure ledger's files, if not beside the
    backup; `replays`: what else is done before anything is opened."""
    ledger = ledger_for(house, backup, ledgers)
    checks, replays = (*checks, missing_in(ledger)), (erasing_again(ledger), *replays)
    if scratch:
        await _refuse_unless_empty(scratch)
        try:
            return _with(ledger, await _restore(backup, identity, house, scratch, checks, replays))
        finally:
            await _empty(scratch)
    folder = Path(tempfile.mkdtemp(prefix="sayso-drill-", dir=aside))
    try:
        url = f"sqlite+aiosqlite:///{folder / 'sayso.db'}"
        return _with(ledger, await _restore(backup, identity, house, url, checks, replays))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def restore(
    backup: Path,
    identity: Path,
    house: House,
    *,
    ledgers: Sequence[Path] = (),
    checks: Sequence[Check] = CHECKS,
) -> Restored:
    """Restore into the settings' own database, which must be empty or not there."""
    url = house.settings.database_url
    ledger = ledger_for(house, backup, ledgers)
    checks, replays = (*checks, missing_in(ledger)), (erasing_again(ledger),)
    with only_server(url):
        await _refuse_unless_empty(url)
        return _with(ledger, await _restore(backup, identity, house, url, checks, replays))


def _with(ledger: Ledger, result: Restored) -> Restored:
    """What is wrong with the ledger itself is wrong with the restoring."""
    result.problems[:0] = ledger.problems
    return result


async def _restore(
    backup: Path,
    identity: Path,
    house: House,
    url: str,
    checks: Sequence[Check],
    replays: Sequence[Replay],
) -> Restored:
    started = time.monotonic()
    keys = envelope.identities_of(identity)
    parsed = make_url(url)
    with _Target(parsed) as target, backup.open("rb") as file:
        try:
            manifest = await asyncio.to_thread(envelope.read, file, keys, target.opened)
        except BrokenPipeError:  # pg_restore gave up: it says why
            await asyncio.to_thread(target.end)
            raise
        await asyncio.to_thread(target.end)
    made = datetime.fromisoformat(manifest.made_at)
    result = Restored(
        backup.name,
        manifest.council,
        manifest.kind,
        manifest.made_at,
        age_seconds=(now() - made).total_seconds(),
    )
    if manifest.council != house.id:
        result.problems.append(
            f"The backup is of {manifest.council}, and SAYSO_COUNCIL says {house.id}."
        )
    store = await open_store(url, house.keys)
    try:
        await _look(store, url, house, manifest, result, checks, replays)
    finally:
        await store.close()
    result.seconds = time.monotonic() - started
    return result


async def _look(
    store: Store,
    url: str,
    house: House,
    manifest: Manifest,
    result: Restored,
    checks: Sequence[Check],
    replays: Sequence[Replay],
) -> None:
    """Counts first, as they were; then this version's tables; then all that needs them."""
    if store.is_sqlite:
        result.problems += await store.read(_integrity)
    there = await store.read(tally)
    result.rows = sum(there.rows.values())
    result.problems += _differences(manifest.tally, there)
    await migrate(store)
    result.problems += await store.read(_bound(_ring, house))
    for replay in replays:
        result.erasures_replayed += await store.write(_bound(replay, house))
    if result.erasures_replayed:
        await clean_all(store, url)
    for check in checks:
        result.problems += await store.read(_bound(check, house))
    sample: Sample = await store.read(lambda db: open_sample(db, SAMPLE))
    result.sample_opened = sample.opened
    result.problems += [
        f"{name}: {number} of at most {SAMPLE} values can't be opened with this key ring "
        "(SAYSO_KEYS)."
        for name, number in sorted(sample.broken.items())
    ]


def sentences(result: Restored) -> list[str]:
    """For people."""
    hours = result.age_seconds / 3600
    lines = [
        f"{result.backup}: {result.council}, made {result.made_at}, {hours:.1f} hours ago.",
        f"{result.rows} rows are back, {result.sample_opened} values of a sample were opened, "
        f"{result.erasures_replayed} erasures repeated.",
        f"It took {result.seconds:.1f} seconds.",
    ]
    if result.problems:
        return lines + [f"✗ {problem}" for problem in result.problems]
    return [*lines, "✓ The backup can be relied on."]


def _bound(look: Callable[[Connection, House], T], house: House) -> Callable[[Connection], T]:
    return lambda db: look(db, house)


def _ring(db: Connection, house: House) -> list[str]:
    """That the ring is the one by which the backup's data was sealed."""
    try:
        data_keys.check(db, house.keys, house.id)
    except (KekUnknown, KeyRingForeign) as error:
        return [str(error)]
    return []


def _integrity(db: Connection) -> list[str]:
    found = db.execute(text("PRAGMA integrity_check")).scalars().all()
    loose = db.execute(text("PRAGMA foreign_key_check")).all()
    problems = [] if found == ["ok"] else [f"SQLite finds the file broken: {found[0]}"]
    if loose:
        problems.append(f"{len(loose)} rows point at rows that are missing.")
    return problems


def _differences(made: Tally, there: Tally) -> list[str]:
    """What the manifest says and the database does not hold."""
    found = []
    if made.revision != there.revision:
        found.append(f"The tables are of {there.revision or 'no version'}, not {made.revision}.")
    for name in sorted(made.rows.keys() | there.rows.keys()):
        was, now_ = made.rows.get(name, 0), there.rows.get(name, 0)
        if was != now_:
            found.append(f"{name}: {now_} rows, and {was} were backed up.")
    if made.last_audit_entry != there.last_audit_entry:
        found.append(
            f"audit: the last entry is {there.last_audit_entry}, not {made.last_audit_entry}."
        )
    return found


async def _refuse_unless_empty(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        _refuse_file(Path(parsed.database or ""))
        return
    store = await open_store(url)
    try:
        names = await store.read(lambda db: inspect(db).get_table_names())
    finally:
        await store.close()
    if names:
        raise NotEmpty(
            f"The database {parsed.database} holds tables already, and is not written over. Make "
            "an empty one: createdb NAME"
        )


def _refuse_file(database: Path) -> None:
    if database.exists():
        raise NotEmpty(
            f"{database} is there already, and is not written over. Move it away, or set "
            "SAYSO_DATABASE_URL to a new file."
        )


async def _empty(url: str) -> None:
    """Take away what the drill put into a database that was empty before."""
    store = await open_store(url)

    def drop(db: Connection) -> None:
        db.execute(text("DROP SCHEMA public CASCADE"))
        db.execute(text("CREATE SCHEMA public"))

    try:
        await store.write(drop)
    finally:
        await store.close()


class _Target(AbstractContextManager["_Target"]):
    """Where the database of a backup goes. After an error no half of it is left as a whole."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._aside: Path | None = None
        self._file: BinaryIO | None = None
        self._program: subprocess.Popen[bytes] | None = None
        self._said: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__

    def opened(self, manifest: Manifest) -> BinaryIO:
        kind = "sqlite" if self._url.get_backend_name() == "sqlite" else "postgresql"
        if manifest.kind != kind:
            raise BackupUnfit(
                f"The backup is of a {manifest.kind} database, and would go into a {kind} one. "
                + (
                    "Say --database-url postgresql+asyncpg://… of an empty one."
                    if kind == "sqlite"
                    else "Say a SQLite file."
                )
            )
        return self._sqlite() if kind == "sqlite" else self._postgresql()

    def _sqlite(self) -> BinaryIO:
        path = Path(self._url.database or "")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._aside = path.with_name(f".{path.name}.part")
        descriptor = os.open(self._aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        return self._file

    def _postgresql(self) -> BinaryIO:
        command = [postgres_program("pg_restore"), "--exit-on-error", "--single-transaction"]
        command += ["--no-owner", "--no-privileges", f"--dbname={self._url.database}"]
        self._program = subprocess.Popen(  # noqa: S603 - a fixed program
            command, stdin=subprocess.PIPE, stderr=self._said, env=postgres_environment(self._url)
        )
        assert self._program.stdin is not None  # noqa: S101 - for the type checker
        return self._program.stdin  # type: ignore[return-value]

    def end(self) -> None:
        """All of the backup has arrived."""
        if self._file is not None and self._aside is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._aside.replace(self._url.database or "")
            self._aside = None
        if self._program is not None:
            self._close_pipe(self._program)
            if self._program.wait():
                self._said.seek(0)
                lines = self._said.read().decode(errors="replace").strip().splitlines()
                raise RestoreFailed(f"pg_restore: {lines[0] if lines else 'failed'}")
            self._program = None

    @staticmethod
    def _close_pipe(program: "subprocess.Popen[bytes]") -> None:
        assert program.stdin is not None  # noqa: S101 - for the type checker
        with suppress(BrokenPipeError):  # it ended first
            program.stdin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file is not None:
            self._file.close()
        if self._aside is not None:
            self._aside.unlink(missing_ok=True)
        if self._program is not None:
            self._program.kill()
            self._program.wait()
            self._close_pipe(self._program)
        self._said.close()
