"""Many invited at once, and the server killed in the middle of it, three times: nobody is invited
twice, and nobody is left out."""

import asyncio
import os
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Connection, Table, func, select

from bot.service.house import House
from storage import contact_addresses
from storage import invitation_batches as batches
from storage.contact_addresses import Address, How
from storage.contact_addresses import Way as AddressWay
from storage.invitation_batches import Batch, Item, ItemState, State
from storage.invitation_sendings import Way
from storage.inviting_tables import invitation_batch_items, invitation_sendings
from storage.migrate import migrate
from storage.store import Store, open_store
from storage.tables import invitations
from tests.delivery.notify import SETTINGS, NotifyServer
from tests.desk import northborough
from tests.desk.northborough import AMINA
from tests.sayso import house_at
from tests.test_crash import Server

MANY = 120
BATCH = str(uuid.uuid4())
KILLED_AT = (10, 45, 80)
"""So many are made, at the least, when it is killed."""


@pytest_asyncio.fixture
async def notify() -> AsyncIterator[NotifyServer]:
    server = NotifyServer()
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def closing() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


def _due(db: Connection, house: House, number: int) -> Item:
    """One more young person; every second one is written to, the others get a letter."""
    review_id = f"batch-{number:03}"
    northborough.add(db, house, review_id, f"Child{number:03} Doe", 12, AMINA, meeting=5, due=5)
    person_id = f"person-{review_id}"
    if number % 2:
        return Item(BATCH, number, review_id, person_id, Way.LETTER)
    at = datetime.now(UTC)
    mobile = f"+447700{900_000 + number}"
    address = Address(f"A-{number}", person_id, AddressWay.SMS, mobile, "staff:amina", at)
    contact_addresses.add(db, house.keys, house.id, address)
    contact_addresses.confirm(db, house.id, address.address_id, "staff:amina", How.ASKED, at)
    return Item(BATCH, number, review_id, person_id, Way.SMS, address.address_id)


def _start(db: Connection, house: House) -> None:
    northborough.make(db, house)
    items = [_due(db, house, number) for number in range(1, MANY + 1)]
    batch = Batch(BATCH, "staff:amina", datetime.now(UTC), 4, State.WAITING)
    batches.add(db, house.id, batch, items)


def _made(db: Connection) -> int:
    made = invitation_batch_items.c.state == ItemState.MADE.value
    return db.execute(select(func.count()).where(made)).scalar_one()


def _times(db: Connection, table: Table) -> Counter[str]:
    """How many rows each review of the batch has."""
    rows = db.execute(select(table.c.review_id).where(table.c.review_id.like("batch-%")))
    return Counter(rows.scalars())


async def _until(store: Store, made: int) -> int:
    async with asyncio.timeout(120):
        while (so_far := await store.read(_made)) < made:
            await asyncio.sleep(0.01)
    return so_far


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
async def test_a_batch_goes_on_where_it_was_killed(
    database_url: str, tmp_path: Path, notify: NotifyServer, closing: AsyncExitStack
) -> None:
    house = house_at(tmp_path, database_url, notify_url=notify.url, **SETTINGS)
    settings = house.settings
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path.cwd()),
        "SAYSO_DATABASE_URL": database_url,
        "SAYSO_PORT": str(settings.port),
        "SAYSO_KEYS": str(tmp_path / "keys.json"),
        "SAYSO_CASE_RECORD": f"folder:{tmp_path / 'record'}",
        "SAYSO_NOTIFY_URL": notify.url,
        **{f"SAYSO_{name.upper()}": value for name, value in SETTINGS.items()},
    }
    store = await open_store(database_url, house.keys)
    closing.push_async_callback(store.close)
    await migrate(store)
    await store.write(partial(_start, house=house))
    server = Server(environment, settings.port)

    at_kills = []
    for made in KILLED_AT:
        await server.start()
        await _until(store, made)
        await server.kill()
        at_kills.append(await store.read(_made))
    await server.start()
    await _until(store, MANY)
    assert await server.stop() == 0

    assert at_kills[0] < MANY, "It was over before it was killed."
    for table in (invitation_batch_items, invitation_sendings, invitations):
        times = await store.read(partial(_times, table=table))
        assert len(times) == MANY, table.name
        assert set(times.values()) == {1}, table.name
    batch = await store.read(lambda db: batches.get(db, house.id, BATCH))
    assert batch.state is State.MADE
    # Whether any has left already depends on the hour: at night none does.
    assert all(times == 1 for times in Counter(one.to for one in notify.sent).values())
    assert notify.problems == []
