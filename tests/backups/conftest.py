"""A council with what its demo has said, on both databases, and who may open its backups."""

from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest
import pytest_asyncio

from bot.demo import council as demo
from bot.service.house import House
from bot.web.context import now
from storage.store import open_store
from tests.sayso import house_at


@dataclass(frozen=True, slots=True)
class Escrow:
    """An age identity, and the file that holds it."""

    file: Path
    recipient: str


def new_escrow(file: Path) -> Escrow:
    identity = pyrage.x25519.Identity.generate()
    file.touch(0o600)
    file.write_text(f"# created: 2026-11-26\n# public key: {identity.to_public()}\n{identity}\n")
    return Escrow(file, str(identity.to_public()))


@pytest.fixture
def escrow(tmp_path: Path) -> Escrow:
    return new_escrow(tmp_path / "identity.txt")


@pytest_asyncio.fixture
async def house(database_url: str, tmp_path: Path, escrow: Escrow) -> House:
    """Northborough, with everything its demo has said, and where its backups go."""
    house = house_at(
        tmp_path,
        database_url,
        backups=tmp_path / "backups",
        backup_recipients=escrow.recipient,
    )
    store = await open_store(database_url, house.keys)
    await store.write(lambda db: demo.make(db, house, now()))
    await store.close()
    return house


@pytest.fixture
def scratch(request: pytest.FixtureRequest, house: House) -> str:
    """Where a drill restores to: nowhere to say for SQLite, an empty PostgreSQL database."""
    if house.settings.database_url.startswith("sqlite"):
        return ""
    url: str = request.getfixturevalue("empty_postgres_url")
    return url
