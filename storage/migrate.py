"""Bring a database to today's tables. Safe to run again, and beside a running server."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table

from storage.store import Store

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = table("alembic_version", column("version_num"))


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - a server, which only looks, does without it

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(db: Connection) -> None:
    from alembic import command  # noqa: PLC0415

    config = _config()
    config.attributes["connection"] = db
    command.upgrade(config, "head")


async def migrate(store: Store) -> None:
    """To the newest revision, all or nothing."""
    await store.write(_upgrade)


async def is_current(store: Store) -> bool:
    """Whether the tables are those this version of Sayso needs."""
    return await store.read(lambda db: _revision(db) == newest())


@cache
def newest() -> str:
    """The last revision there is: a migration's file begins with its revision, and they rise."""
    files = (_MIGRATIONS / "versions").glob("[0-9]*.py")
    return max(file.name.partition("_")[0] for file in files)


def _revision(db: Connection) -> str | None:
    if not inspect(db).has_table(_VERSION.name):
        return None
    found: str | None = db.execute(select(_VERSION.c.version_num)).scalar()
    return found
