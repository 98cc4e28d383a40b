"""SQLite under SQLAlchemy's asyncio: a current library, WAL, and every commit on disk.

`sqlite+aiosqlite` sends each statement to a thread and back, which costs more than the statement.
Here statements run where they are called, in microseconds, and only what can wait does so in a
thread: BEGIN IMMEDIATE, which waits for another process's writing, and COMMIT, which waits for
the disk. (Measured: `docs/decisions/0003-sqlite-in-the-loop.md`.)
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import URL, event, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only

from storage.errors import SQLiteTooOld

FIRST_SAFE = (3, 51, 3)
"""3.7.0 to 3.51.2 can lose commits when a WAL is reset (`docs/promises.md`, P2)."""

_BUSY_SECONDS = 20


class InLoopSQLite(SQLiteDialect_pysqlite):
    """pysqlite3 (its own, current SQLite) in the event loop's thread."""

    driver = "inloop"
    is_async = True
    supports_statement_cache = True
    writes = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._waiting = ThreadPoolExecutor(1, thread_name_prefix="sqlite")

    @classmethod
    def import_dbapi(cls) -> Any:
        return sqlite

    @classmethod
    def get_pool_class(cls, url: URL) -> type[AsyncAdaptedQueuePool]:
        return AsyncAdaptedQueuePool

    def _wait(self, work: Callable[[], Any]) -> None:
        loop = asyncio.get_running_loop()
        await_only(loop.run_in_executor(self._waiting, work))

    def do_begin(self, dbapi_connection: Any) -> None:
        if not self.writes:
            dbapi_connection.execute("BEGIN")
            return
        try:
            dbapi_connection.execute("BEGIN IMMEDIATE")
        except sqlite.OperationalError as error:
            if "locked" not in str(error):
                raise
            self._wait(lambda: _begin_patiently(dbapi_connection))

    def do_commit(self, dbapi_connection: Any) -> None:
        if self.writes:
            self._wait(dbapi_connection.commit)
        else:
            dbapi_connection.commit()

    def get_driver_connection(self, connection: DBAPIConnection) -> Any:
        return connection


def _begin_patiently(connection: Any) -> None:
    """Wait for another process to end its writing."""
    connection.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
    try:
        connection.execute("BEGIN IMMEDIATE")
    finally:
        connection.execute("PRAGMA busy_timeout=0")


class ReadingSQLite(InLoopSQLite):
    """The same, for reading: never waits for a writer, never holds one up."""

    driver = "inloop_reading"
    supports_statement_cache = True
    writes = False


registry.register("sqlite.inloop", __name__, "InLoopSQLite")
registry.register("sqlite.inloop_reading", __name__, "ReadingSQLite")


def check_version(version: tuple[int, ...] = sqlite.sqlite_version_info) -> None:
    """`SQLiteTooOld` on a library with the WAL-reset race."""
    if version < FIRST_SAFE:
        have, need = (".".join(map(str, v)) for v in (version, FIRST_SAFE))
        raise SQLiteTooOld(f"SQLite {have} can lose commits. Sayso needs {need} or later.")


def writing_engine(url: URL) -> AsyncEngine:
    """One connection that writes. The second in line waits in Python, not in SQLite."""
    _make_private(url.database)
    engine = create_async_engine(
        url.set(drivername="sqlite+inloop"),
        hide_parameters=True,  # an error's text must not hold what was said
        pool_size=1,
        max_overflow=0,
        pool_timeout=60,
        connect_args={"check_same_thread": False, "timeout": 0},  # it waits in a thread
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    return engine


def _make_private(database: str | None) -> None:
    """A new file is its owner's alone; the WAL beside it takes after it."""
    if not database or database == ":memory:":
        return
    try:
        os.close(os.open(database, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        return  # it is there already, or SQLite says better why it can't be


def reading_engine(url: URL) -> AsyncEngine:
    """Connections that can't write."""
    engine = create_async_engine(
        url.set(drivername="sqlite+inloop_reading"),
        hide_parameters=True,
        pool_size=4,
        max_overflow=8,
        connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS},
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "connect", _only_read)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    """On every connection: the library is safe, and a commit means that it is on disk."""
    check_version(tuple(map(int, _ask(connection, "select sqlite_version()").split("."))))
    connection.isolation_level = None  # we say BEGIN ourselves
    if _ask(connection, "PRAGMA journal_mode=WAL") != "wal":
        raise SQLiteTooOld("This file system does not let SQLite use a WAL. Use a local disk.")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA temp_store=MEMORY")


def _only_read(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")


def _ask(connection: Any, pragma: str) -> str:
    return str(connection.execute(pragma).fetchone()[0])


async def empty_wal(url: str) -> bool:
    """Move all of the WAL into the database and cut it off, so that what was deleted is gone from
    the disk (`secure_delete` has put zeros in its place). False: somebody is reading in it just
    now; nobody is kept waiting for it."""
    database = make_url(url).database
    return await asyncio.to_thread(_empty_wal, database or "")


def _empty_wal(database: str) -> bool:
    connection = sqlite.connect(database, timeout=0)
    try:
        busy, _in_wal, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    finally:
        connection.close()
    return not busy


async def vacuum(url: str) -> None:
    """Write the whole file anew, so that nothing deleted is left in it. Nobody else may use it."""
    await asyncio.to_thread(_vacuum, make_url(url).database or "")


def _vacuum(database: str) -> None:
    connection = sqlite.connect(database, timeout=_BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
