"""Whether a commit survives a power failure, and other things that only the database knows."""

from datetime import datetime

from sqlalchemy import Connection, func, select, text

_NEEDED = ("fsync", "full_page_writes", "synchronous_commit")
_LAX = frozenset({"off"})


def lax_settings(db: Connection) -> dict[str, str]:
    """PostgreSQL's settings under which an acknowledged commit can be lost. SQLite has none: every
    connection sets its own (`storage.sqlite`)."""
    if db.dialect.name != "postgresql":
        return {}
    found = {name: str(db.execute(text(f"SHOW {name}")).scalar_one()) for name in _NEEDED}
    return {name: value for name, value in found.items() if value in _LAX}


def server_time(db: Connection) -> datetime | None:
    """The database's own clock, where it is another machine's."""
    if db.dialect.name != "postgresql":
        return None
    at: datetime = db.execute(select(func.clock_timestamp())).scalar_one()
    return at


def is_superuser(db: Connection) -> bool:
    """Whether our own role may do anything at all."""
    if db.dialect.name != "postgresql":
        return False
    query = text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    return bool(db.execute(query).scalar_one())
