"""A consistent copy of a whole database, beside whoever is writing to it."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import URL, Connection, func, inspect, select, table, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.errors import StorageError
from storage.tables import audit


class ToolMissing(StorageError):
    """A program of PostgreSQL's own is not installed."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program} is missing. Install Debian's postgresql-client.")


@dataclass(frozen=True, slots=True)
class Tally:
    """What a database holds, to be compared with what a copy of it holds."""

    revision: str
    rows: dict[str, int]
    last_audit_entry: int


def tally(db: Connection) -> Tally:
    """Count every table that is there, whichever version made it."""
    names = sorted(set(inspect(db).get_table_names()) - {"alembic_version"})
    rows = {
        name: db.execute(select(func.count()).select_from(table(name))).scalar_one()
        for name in names
    }
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - 0.1 s of each start

    last = 0
    if audit.name in names:
        last = db.execute(select(func.coalesce(func.max(audit.c.entry_id), 0))).scalar_one()
    return Tally(MigrationContext.configure(db).get_current_revision() or "", rows, last)


def copy_sqlite(database: Path, to: Path) -> None:
    """All of it as of one moment, without the space of deleted rows. `to` must not be there.

    `VACUUM INTO` reads in one transaction, which in WAL mode holds up nobody's writing.
    """
    connection = sqlite.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=20)
    try:
        os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        connection.execute("VACUUM INTO ?", (str(to),))
    finally:
        connection.close()


@asynccontextmanager
async def postgres_snapshot(url: URL) -> AsyncIterator[tuple[str, Tally, int]]:
    """A moment of the database, held for as long as the context is open: its name for `pg_dump`,
    what is in it, and about how many bytes."""
    engine = create_async_engine(url, hide_parameters=True, isolation_level="REPEATABLE READ")
    try:
        async with engine.connect() as connection:
            name = (await connection.execute(text("SELECT pg_export_snapshot()"))).scalar_one()
            size = await connection.execute(text("SELECT pg_database_size(current_database())"))
            yield str(name), await connection.run_sync(tally), int(size.scalar_one())
    finally:
        await engine.dispose()


def postgres_program(name: str) -> str:
    """`pg_dump` and the like: by PATH, else Debian's newest."""
    found = shutil.which(name)
    if found is not None:
        return found
    debian = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(debian, key=lambda path: int(path.parts[-3]), default=None)
    if newest is None:
        raise ToolMissing(name)
    return str(newest)


def postgres_environment(url: URL) -> dict[str, str]:
    """How PostgreSQL's own programs reach the database: not by arguments, which others can see."""
    host, port, ssl = url.query.get("host"), url.query.get("port"), url.query.get("ssl")
    given = {
        "PGHOST": url.host or host,
        "PGPORT": url.port or port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": ssl,
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {name: str(value) for name, value in given.items() if value}
