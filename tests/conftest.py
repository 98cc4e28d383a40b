"""What tests can ask for: databases of both kinds, and a browser.

`database_url` and `store` run a test twice, on SQLite and on PostgreSQL, each on a database of its
own with today's tables. `phone`, `computer` and the same `_without_script` are pages in Chromium.
`promise` takes down what a test measured (`tests/promises.py`).
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from storage.store import Store, open_store
from tests import postgres
from tests.browser import COMPUTER, PHONE, running_browser, window
from tests.databases import KINDS, make_tables, sqlite_url
from tests.keys import RING
from tests.postgres import Postgres
from tests.promises import FULL, promise, pytest_runtest_logreport, pytest_sessionfinish

__all__ = ["FULL", "promise", "pytest_runtest_logreport", "pytest_sessionfinish"]

_TEMPLATE = "migrated"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--promises", action="store_true", help="only tests that measure a promise's figures"
    )


def pytest_configure() -> None:
    """An installation's settings in the environment must not reach the tests."""
    for name in [name for name in os.environ if name.startswith("SAYSO_")]:
        if not name.startswith("SAYSO_TEST_"):
            del os.environ[name]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run what uses the browser in the browser's event loop (`tests/browser.py` says why)."""
    if config.getoption("--promises"):
        items[:] = [item for item in items if "promise" in getattr(item, "fixturenames", ())]
    for item in items:
        if isinstance(item, pytest.Function) and "browser" in item.fixturenames:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture
def full() -> bool:
    return FULL


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgres]:
    """The test run's PostgreSQL server."""
    with postgres.running() as server:
        yield server


@pytest.fixture
def empty_postgres_url(postgresql: Postgres) -> Iterator[str]:
    """The address of a PostgreSQL database without tables."""
    with postgresql.database() as name:
        yield postgresql.url(name)


@pytest.fixture(scope="session")
def _migrated_postgres(postgresql: Postgres) -> Postgres:
    postgresql.run(f"CREATE DATABASE {_TEMPLATE}")
    make_tables(postgresql.url(_TEMPLATE))
    return postgresql


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "sayso.db"
    make_tables(sqlite_url(file))
    return file


@pytest.fixture
def sqlite_database_url(_migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a SQLite database with today's tables."""
    file = tmp_path / "sayso.db"
    shutil.copy(_migrated_sqlite, file)
    return sqlite_url(file)


@pytest.fixture
def postgres_database_url(_migrated_postgres: Postgres) -> Iterator[str]:
    """The address of a PostgreSQL database with today's tables."""
    with _migrated_postgres.database(_TEMPLATE) as name:
        yield _migrated_postgres.url(name)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The same on SQLite and on PostgreSQL: a test that asks for it runs twice."""
    url: str = request.getfixturevalue(
        "sqlite_database_url" if request.param == "sqlite" else "postgres_database_url"
    )
    return url


@pytest_asyncio.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An open store, on SQLite and on PostgreSQL, with the tests' key ring."""
    opened = await open_store(database_url, RING)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The browser, to open more windows in with `tests.browser.window`."""
    async with running_browser() as chromium:
        yield chromium


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser) -> AsyncIterator[Page]:
    """A page on a phone of 360 by 740."""
    async with window(browser, PHONE) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def phone_without_script(browser: Browser) -> AsyncIterator[Page]:
    async with window(browser, PHONE, script=False) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def computer(browser: Browser) -> AsyncIterator[Page]:
    """A page at a desk, 1280 by 900."""
    async with window(browser, COMPUTER) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def computer_without_script(browser: Browser) -> AsyncIterator[Page]:
    async with window(browser, COMPUTER, script=False) as page:
        yield page
