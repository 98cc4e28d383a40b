"""Letters that one hands out while another stops them: one of the two is first."""

import asyncio
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.util import await_only

from bot.access.roles import Role
from bot.service import invitation_batches as service
from bot.service.admission import Admitted, Asked
from bot.web.context import now
from storage import invitation_batches as batches
from storage import invitation_sendings as sendings
from storage import people
from storage.invitation_batches import State
from storage.migrate import migrate
from storage.people import Staff
from storage.store import Store
from tests.desk import northborough
from tests.desk.northborough import LENA

IRIS = "iris"


async def test_letters_that_are_handed_out_just_now_are_not_stopped(
    store: Store, database_url: str
) -> None:
    """Two tabs. SQLite has one writer, who is through before the next one begins."""
    house = northborough.house_on(database_url, port=8080)
    await migrate(store)
    await store.write(partial(northborough.make, house=house))
    staff = Admitted(IRIS, Role.BUSINESS_SUPPORT, "Iris Bell", "token", now())
    asked, handed_out, over = Asked("desk.letters"), asyncio.Event(), asyncio.Event()

    def begin(db: Connection) -> str:
        member = Staff(house.id, IRIS, Role.BUSINESS_SUPPORT, "Iris Bell")
        people.add_staff(db, house.keys, member, now())
        found = service.start(db, house, staff, Asked("desk.invitations_start"), 4, now())
        assert found is not None
        while service.make(db, house, now()):
            pass
        return found

    batch_id = await store.write(begin)

    def take(db: Connection) -> bool:
        found = service.pile(db, house, staff, asked, batch_id, 1, now())
        handed_out.set()
        if not store.is_sqlite:
            await_only(over.wait())
        return found is not None

    taking = asyncio.create_task(store.write(take))
    await handed_out.wait()
    stopping = asyncio.create_task(
        store.write(lambda db: service.stop(db, house, staff, asked, batch_id, now()))
    )
    await asyncio.wait([stopping], timeout=0.5)  # it waits, or did what it should not
    over.set()

    assert await taking
    await stopping
    (lena,) = await store.read(lambda db: sendings.of_review(db, house.id, LENA))
    assert lena.state is sendings.State.MADE
    assert (await store.read(lambda db: batches.get(db, house.id, batch_id))).state is State.MADE
