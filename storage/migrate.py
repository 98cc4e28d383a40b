"""Bring a database to today's tables. Safe to run again, and beside a running server."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.store import Store


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(db: Connection) -> None:
    config = _config()
    config.attributes["connection"] = db
    command.upgrade(config, "head")


async def migrate(store: Store) -> None:
    """To the newest revision, all or nothing."""
    await store.write(_upgrade)


async def is_current(store: Store) -> bool:
    """Whether the tables are those this version of Sayso needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return await store.read(
        lambda db: MigrationContext.configure(db).get_current_revision() == head
    )
