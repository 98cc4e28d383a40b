"""Opening a council's database, for whoever serves it and for every command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.service.house import House
from storage import data_keys, durability
from storage.errors import KeyRingForeign, KeyRingMissing
from storage.keys import KeyRing
from storage.store import Store, open_store


class NotMigrated(Exception):
    """The database has not the tables that this version needs."""

    def __init__(self) -> None:
        super().__init__("The database is not at this version's tables. Run: sayso migrate")


@asynccontextmanager
async def opened(house: House) -> AsyncIterator[Store]:
    """The house's database, once it is certain that the key ring is its own and that what is
    committed stays. `KeyRingUnfit`, `NotDurable`.

    A ring that was made for an invented council is saved then: `KeyRingMissing` where the database
    was sealed by one that is gone.
    """
    keys = house.keys
    made = keys if isinstance(keys, KeyRing) and keys.is_new else None
    store = await open_store(house.settings.database_url, keys)
    try:
        await store.read(durability.check)
        try:
            await store.read(lambda db: data_keys.check(db, keys, house.id))
        except KeyRingForeign:
            if made is not None:
                raise KeyRingMissing(house.settings.keys) from None
            raise
        if made is not None:
            made.save()
        yield store
    finally:
        await store.close()
