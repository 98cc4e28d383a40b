"""What was deleted leaves SQLite's files too. PostgreSQL: `docs/keeping.md`."""

from bot.service.house import House
from storage import data_keys
from storage.sqlite import empty_wal, vacuum
from storage.store import Store


async def clean_disk(store: Store, house: House) -> bool:
    """After keys were destroyed: no copy of them stays in the file or its WAL. False: somebody
    reads just now, so that the WAL is to be emptied later."""
    if not store.is_sqlite:
        return True
    await store.write(data_keys.write_anew)
    return await empty_wal(house.settings.database_url)


async def clean_all(store: Store, url: str) -> None:
    """The whole file is written anew, before anybody else uses it."""
    if store.is_sqlite:
        await vacuum(url)
