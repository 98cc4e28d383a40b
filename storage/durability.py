"""That what PostgreSQL calls committed is on disk. SQLite's connections see to it themselves."""

from sqlalchemy import Connection

from storage.errors import NotDurable

NEEDED = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_write", "remote_apply", "local"),
}
"""What each may be set to. Every value of `synchronous_commit` but `off` waits for this disk."""


def check(db: Connection) -> None:
    """`NotDurable` if a power cut could take away what was acknowledged."""
    if db.dialect.name != "postgresql":
        return
    for name, allowed in NEEDED.items():
        found = str(db.exec_driver_sql(f"SHOW {name}").scalar())
        if found not in allowed:
            raise NotDurable(
                f"PostgreSQL has {name} = {found}: what a young person was told is kept could be "
                f"lost in a power cut (SAYSO_DATABASE_URL). Set {name} = on, for this database, "
                "role and server."
            )
