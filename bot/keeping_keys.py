"""The key ring at the start, and `sayso keys`: making, changing, and handing out for escrow."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, make_url

from bot.opening import NotMigrated, opened
from bot.service.council import read_council
from bot.service.house import House
from bot.settings import Settings, read_settings
from bot.web.context import now
from storage import data_keys
from storage.errors import KeyRingMissing
from storage.keys import KeyRing, Keys, load
from storage.migrate import is_current
from storage.store import Store, open_store

BATCH = 500
"""Data keys that are wrapped anew in one transaction: a few hundredths of a second."""

_TOKEN = "pkcs11:"  # noqa: S105 - the start of an address


class EscrowRefused(Exception):
    """Nothing was written; the text says why."""


def house_of(*, demo: bool = False) -> House:
    """The house that the settings name. `SettingsWrong`, `KeyRingUnfit`.

    A demo that has no ring gets one; so does every command of an invented council. `opened` saves
    it, once it is certain that the database was not sealed by another.
    """
    settings = read_settings()
    council = read_council(settings.council)
    try:
        keys = open_keys(settings.keys, council.id)
    except KeyRingMissing:
        if not (demo or council.demo) or settings.keys.startswith(_TOKEN):
            raise
        keys = KeyRing.made(council.id, now(), Path(settings.keys))
    return House(council, keys, settings)


def open_keys(where: str, council: str) -> Keys:
    """The ring at this place: a file, or a PKCS#11 token. `KeyRingUnfit`."""
    if where.startswith(_TOKEN):
        from storage.token_keys import TokenKeys  # noqa: PLC0415 - loads the token's own library

        return TokenKeys.load(where, council)
    return load(Path(where), council, now())


async def new() -> Keys:
    """Make a ring where there is none. `KeyRingExists`; `KeyRingMissing` if the database was
    sealed by one that is gone."""
    settings = read_settings()
    council = read_council(settings.council).id
    if await _sealed(settings):
        open_keys(settings.keys, council)  # if it can't be opened, that is what has to be mended
    if settings.keys.startswith(_TOKEN):
        from storage.token_keys import TokenKeys  # noqa: PLC0415

        return TokenKeys.made(settings.keys, council, now())
    ring = KeyRing.made(council, now(), Path(settings.keys))
    ring.save()
    return ring


def _begun(settings: Settings) -> bool:
    url = make_url(settings.database_url)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()


async def _sealed(settings: Settings) -> bool:
    """Whether there is a database in which anything was sealed."""
    if not _begun(settings):
        return False
    store = await open_store(settings.database_url)
    try:
        return await store.read(data_keys.sealed_here)
    finally:
        await store.close()


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did: data keys wrapped anew, KEKs dropped."""

    current: str
    rewrapped: int
    dropped: tuple[str, ...]


async def rotate(house: House, tell: Callable[[int, int], object]) -> Rotated:
    """Wrap every data key by a new KEK, then drop the old one. Servers go on meanwhile. One that
    was stopped is taken up where it was. `tell` is called with how many are done and of how many.
    """
    keys = house.keys
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        if len(keys.ids) == 1:
            keys.add(now())
        done = await _rewrap(store, house, tell)
        await asyncio.sleep(_SETTLED)
        dropped = []
        for old in [kek_id for kek_id in keys.ids if kek_id != keys.current]:
            while not await store.write(partial(_retire, house, old)):
                done += await _rewrap(store, house, tell)
            keys.drop(old)
            dropped.append(old)
    return Rotated(keys.current, done, tuple(dropped))


_SETTLED = 2 * data_keys.LAG
"""After so many seconds every process wraps by the new key. (If one did not, the database would
refuse its key: `storage.tables.data_keys` has a foreign key for that.)"""


async def _rewrap(store: Store, house: House, tell: Callable[[int, int], object]) -> int:
    left = await store.read(partial(_stale, house))
    done, total = 0, left
    while left:
        tell(done, total)
        some = await store.write(partial(_some, house))
        done += some
        if not some:
            await asyncio.sleep(0.05)  # a rotation elsewhere has the last ones in hand
        left = await store.read(partial(_stale, house)) if some < BATCH else left
        total = max(total, done)
    tell(done, total)
    return done


def _some(house: House, db: Connection) -> int:
    return data_keys.rewrap(db, house.id, BATCH)


def _stale(house: House, db: Connection) -> int:
    return data_keys.stale(db, house.id, house.keys.current)


def _retire(house: House, kek_id: str, db: Connection) -> bool:
    return data_keys.retire(db, house.id, kek_id)


async def listed(house: House) -> list[dict[str, Any]]:
    """Every KEK of the ring, oldest first, and how many data keys it wraps."""
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        wrapped = await store.read(lambda db: data_keys.wrapped_by(db, house.id))
    return [
        {"id": kek_id, "current": kek_id == house.keys.current, "data_keys": wrapped.get(kek_id, 0)}
        for kek_id in house.keys.ids
    ]


def export(house: House, recipients: Sequence[str], out: Path) -> None:
    """Write the ring to a new file that each of the recipients can open alone. `EscrowRefused`."""
    import pyrage  # noqa: PLC0415

    if not isinstance(house.keys, KeyRing):
        raise EscrowRefused(
            "The keys of a PKCS#11 token do not leave it. Back the token up by its maker's means."
        )
    if len(set(recipients)) < 2:
        raise EscrowRefused(
            "Escrow needs two recipients at least, so that the ring is not lost with one person: "
            "--recipient age1… --recipient age1…"
        )
    try:
        known = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    except pyrage.RecipientError as error:
        raise EscrowRefused(
            f"A recipient is no age public key, which begins with age1 ({error})."
        ) from None
    sealed = pyrage.encrypt(house.keys.plain().encode(), known, armored=True)
    try:
        with out.open("xb") as file:
            file.write(sealed)
    except FileExistsError:
        raise EscrowRefused(f"{out} is there already. Nothing was written.") from None


def restore(escrow: Path, identity: Path) -> Keys:
    """Put a ring back from escrow, where there is none. `EscrowRefused`, `KeyRingUnfit`."""
    import pyrage  # noqa: PLC0415

    settings = read_settings()
    council = read_council(settings.council).id
    try:
        own = [
            pyrage.x25519.Identity.from_str(line.strip())
            for line in identity.read_text().splitlines()
            if line.strip() and not line.startswith("#")
        ]
        plain = pyrage.decrypt(escrow.read_bytes(), own)
    except (pyrage.IdentityError, pyrage.DecryptError) as error:
        raise EscrowRefused(f"{escrow} can't be opened by {identity} ({error}).") from None
    return KeyRing.restored(plain, council, Path(settings.keys))
