"""What only the database's server knows of itself: its clock, and what our role may do there."""

from datetime import datetime

from sqlalchemy import Connection, func, select, text


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
