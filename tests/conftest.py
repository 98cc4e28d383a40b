"""What every test may ask for: both databases, a browser, a running Sayso."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from storage.migrate import migrate
from storage.store import Store, open_store
from tests import postgres

FULL = os.environ.get("SAYSO_TEST_FULL") == "1"
"""`make test-full`: the counts that the promises name."""


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with postgres.cluster() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, on SQLite and on PostgreSQL in turn."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'sayso.db'}"
    folder: str = request.getfixturevalue("postgresql")
    return postgres.create(folder, f"t{uuid.uuid4().hex}")


@pytest_asyncio.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """A migrated store on each database."""
    opened = await open_store(database_url)
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture
def full() -> bool:
    return FULL
