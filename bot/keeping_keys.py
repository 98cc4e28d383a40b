"""The key ring at the start, and `sayso keys`: making, changing, and handing out for escrow."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.service.council import read_council
from bot.service.house import House
from bot.serving import opened
from bot.settings import read_settings
from bot.web.context import now
from storage.errors import KeyRingForeign, KeyRingMissing
from storage.keys import KeyRing, Keys, load
from storage.store import Store


def house_of(*, demo: bool = False) -> House:
    """The house that the settings name. `SettingsWrong`, `KeyRingUnfit`.

    A demo that has no ring gets one. `opened_first` saves it, once it is certain that the database
    was not sealed by another.
    """
    settings = read_settings()
    council = read_council(settings.council)
    try:
        keys: Keys = open_keys(settings.keys, council.id)
    except KeyRingMissing:
        if not demo:
            raise
        keys = KeyRing.made(council.id, now(), Path(settings.keys))
    return House(council, keys, settings)


def open_keys(where: str, council: str) -> Keys:
    """The ring at this place: a file. `KeyRingUnfit`."""
    return load(Path(where), council, now())


@asynccontextmanager
async def opened_first(house: House) -> AsyncIterator[Store]:
    """As `opened`, and a ring that `house_of` made for a demo is saved. `KeyRingMissing` where the
    database was sealed by the one that is gone."""
    keys = house.keys
    made = keys if isinstance(keys, KeyRing) and not keys.saved else None
    try:
        async with opened(house) as store:
            if made is not None:
                made.save()
            yield store
    except KeyRingForeign:
        if made is not None:
            raise KeyRingMissing(house.settings.keys) from None
        raise
