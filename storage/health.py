"""How a database is, in counts and times: no word, no name, no id."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from storage.tables import inbox, outbox, tasks


@dataclass(frozen=True, slots=True)
class Health:
    """`oldest`: since when the longest waiting row of the outbox waits; `set_aside`: messages that
    could not be understood, kept."""

    database: str
    waiting: int
    oldest: datetime | None
    set_aside: int
    tasks: int


def look(db: Connection, council: str) -> Health:
    row = db.execute(
        select(func.count(), func.min(outbox.c.created_at)).where(outbox.c.council == council)
    ).one()
    aside = select(func.count()).where(inbox.c.council == council, inbox.c.quarantined.is_not(None))
    open_tasks = select(func.count()).where(tasks.c.council == council, tasks.c.done_at.is_(None))
    return Health(
        _version(db),
        row[0],
        row[1],
        db.execute(aside).scalar_one(),
        db.execute(open_tasks).scalar_one(),
    )


def _version(db: Connection) -> str:
    if db.dialect.name == "postgresql":
        return f"PostgreSQL {str(db.execute(text('SHOW server_version')).scalar_one()).split()[0]}"
    return f"SQLite {db.execute(text('SELECT sqlite_version()')).scalar_one()}"
