"""A running Sayso for these tests: with the demo's council, on a fresh copy of one database."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Connection, func, select

from storage.tables import outbox
from tests.channels.webchat.visiting import Visitor
from tests.sayso import Sayso, house_at, running


def _house_in(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'sayso.db'}"


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's council, made once."""
    folder = tmp_path_factory.mktemp("northborough")

    async def make() -> None:
        async with running(house_at(folder, _house_in(folder)), folder) as sayso:
            while await sayso.store.read(_waiting):  # or each copy would file it all again
                await asyncio.sleep(0.05)

    with asyncio.Runner() as runner:
        runner.run(make())
    return folder


def _waiting(db: Connection) -> int:
    return db.execute(select(func.count()).select_from(outbox)).scalar_one()


def _copy(made: Path, folder: Path) -> None:
    for name in ("sayso.db", "keys.json"):
        shutil.copy(made / name, folder)


@pytest_asyncio.fixture
async def sayso(_made: Path, tmp_path: Path) -> AsyncIterator[Sayso]:
    _copy(_made, tmp_path)
    async with running(house_at(tmp_path, _house_in(tmp_path)), tmp_path) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="session")
async def served(_made: Path, tmp_path: Path) -> AsyncIterator[Sayso]:
    """The same for tests with a browser, in the browser's event loop."""
    _copy(_made, tmp_path)
    async with running(house_at(tmp_path, _house_in(tmp_path)), tmp_path) as sayso:
        yield sayso


@pytest_asyncio.fixture
async def visitor(sayso: Sayso) -> AsyncIterator[Visitor]:
    """A browser without script that nobody knows."""
    async with Visitor.at(sayso) as someone:
        yield someone
