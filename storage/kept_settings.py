"""Small things that a running Sayso must remember."""

from collections.abc import Callable

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.sealing import Place, seal, unseal
from storage.tables import kept_settings


def get_or_make(db: Connection, council: str, name: str, make: Callable[[], str]) -> str:
    """What is kept under this name; made and kept if nothing is. Two at once get the same."""
    place = Place(council, "kept_settings", "value", name)
    insert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    db.execute(
        insert(kept_settings).on_conflict_do_nothing(),
        {"council": council, "name": name, "value": seal(db, place, make())},
    )
    value = db.execute(
        select(kept_settings.c.value).where(
            kept_settings.c.council == council, kept_settings.c.name == name
        )
    ).scalar_one()
    return unseal(db, place, value)
