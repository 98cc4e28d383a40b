"""Promise P9: data keys are wrapped anew under load, and nobody notices."""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import IntegrityError

from bot.keeping_keys import rotate
from storage import data_keys
from storage.errors import KekUnknown
from storage.keys import KeyRing, load
from storage.sealing import Place, seal, unseal
from storage.store import Store, open_store
from tests.conftest import FULL
from tests.keys import COUNCIL, NOW, ring_at
from tests.promises import Promise
from tests.sayso import house_at

COUNT = 30_000 if FULL else 1_500
SECONDS = 60


def place(number: int) -> Place:
    return Place(COUNCIL, "conversations", "state", f"c{number}", f"p{number}")


def said(number: int) -> str:
    return f"said by {number}"


def keep(db: Connection, numbers: range) -> dict[int, bytes]:
    return {number: seal(db, place(number), said(number)) for number in numbers}


def opens(db: Connection, number: int, sealed: bytes) -> bool:
    return unseal(db, place(number), sealed) == said(number)


async def all_kept(store: Store, count: int = COUNT) -> dict[int, bytes]:
    kept: dict[int, bytes] = {}
    for start in range(0, count, 500):
        numbers = range(start, min(start + 500, count))
        kept |= await store.write(partial(keep, numbers=numbers))
    return kept


@asynccontextmanager
async def rotating(
    folder: Path, url: str, *how: str
) -> "AsyncIterator[asyncio.subprocess.Process]":
    """`sayso keys rotate`, a process of its own; or Python called in another way."""
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), "SAYSO_DATABASE_URL": url,
        "SAYSO_KEYS": str(folder / "keys.json"),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, *(how or ("-m", "bot", "keys", "rotate")), env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    yield process
    await process.wait()


async def test_data_keys_are_wrapped_anew_under_load_without_one_read_error(
    database_url: str, tmp_path: Path, promise: Promise
) -> None:
    ring = ring_at(tmp_path / "keys.json")
    old = ring.current
    store = await open_store(database_url, ring)
    kept, errors, reads = await all_kept(store), list[Exception](), 0
    assert store.vault is not None
    store.vault.most = 100  # nearly every read has to ask for its key
    chance, ended = random.Random(2026), asyncio.Event()

    async def reading() -> None:
        nonlocal reads
        while not ended.is_set():
            number = chance.choice(list(kept))
            try:
                assert await store.read(partial(opens, number=number, sealed=kept[number]))
                reads += 1
            except Exception as error:
                errors.append(error)
                raise
            await asyncio.sleep(0)

    async def writing(first: int) -> None:
        number = first
        while not ended.is_set():
            kept.update(await store.write(partial(keep, numbers=range(number, number + 1))))
            number += 1
            await asyncio.sleep(0.002)

    load_on = [asyncio.create_task(reading()) for _ in range(4)]
    load_on += [asyncio.create_task(writing(first * 10**6)) for first in (1, 2)]
    start = time.monotonic()
    async with rotating(tmp_path, database_url) as process:
        assert process.stdout is not None
        printed = (await process.stdout.read()).decode()
    seconds = time.monotonic() - start
    ended.set()
    await asyncio.gather(*load_on)

    assert process.returncode == 0, printed
    assert errors == []
    assert seconds <= SECONDS
    assert reads > 100
    await _all_open(database_url, tmp_path, kept, old)
    await store.close()
    promise("P9", data_keys=COUNT, seconds=round(seconds, 1), reads=reads, read_errors=0,
            database=make_url(database_url).get_backend_name())  # fmt: skip


async def _all_open(url: str, folder: Path, kept: dict[int, bytes], old: str) -> None:
    """By a fresh process, with the ring as it is in its file now: without the old key."""
    ring = load(folder / "keys.json", COUNCIL, NOW)
    assert old not in ring.ids
    assert len(ring.ids) == 1
    fresh = await open_store(url, ring)
    assert await fresh.read(lambda db: data_keys.stale(db, COUNCIL, ring.current)) == 0

    def open_all(db: Connection) -> int:
        data_keys.prepare(db, COUNCIL, [f"p{number}" for number in kept], data_keys.Purpose.WORDS)
        return sum(opens(db, number, sealed) for number, sealed in kept.items())

    assert await fresh.read(open_all) == len(kept)
    await fresh.close()


_STOPPED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a runner in the background ignores it
from bot import keeping_keys
from bot.__main__ import main

some, batches, number = keeping_keys._some, [], int(sys.argv[1])

def stopped(house, db):
    batches.append(some(house, db))
    if len(batches) == 2:  # the first is committed, this one is not
        os.kill(os.getpid(), number)
    return batches[-1]

keeping_keys._some = stopped
sys.argv = ["sayso", "keys", "rotate"]
main()
"""


async def test_a_rotation_that_is_killed_or_stopped_goes_on_where_it_was(
    database_url: str, tmp_path: Path
) -> None:
    ring = ring_at(tmp_path / "keys.json")
    old = ring.current
    store = await open_store(database_url, ring)
    kept = await all_kept(store, 1_800)
    before = 1_800
    for number in (signal.SIGKILL, signal.SIGINT):
        async with rotating(tmp_path, database_url, "-c", _STOPPED, str(number.value)) as process:
            printed = await process.communicate()
        assert process.returncode != 0
        if number is signal.SIGINT:
            assert b"run `sayso keys rotate` again to go on" in printed[0]
        by = await store.read(lambda db: data_keys.wrapped_by(db, COUNCIL))
        assert 0 < by[old] < before  # it was stopped in the middle
        before = by[old]
        ring.refresh()
        assert len(ring.ids) == 2  # one rotation, not two
        for some in range(0, 1_800, 97):
            assert await store.read(partial(opens, number=some, sealed=kept[some]))

    async with rotating(tmp_path, database_url) as process:
        pass

    assert process.returncode == 0
    await _all_open(database_url, tmp_path, kept, old)
    await store.close()


async def test_a_rotation_killed_before_the_ring_let_go_of_the_old_key_is_ended(
    database_url: str, tmp_path: Path
) -> None:
    """The last moment: nothing is wrapped by it any more, and it is still in the file."""
    house = house_at(tmp_path, database_url)
    assert isinstance(house.keys, KeyRing)
    store = await open_store(database_url, house.keys)
    kept = await all_kept(store, 10)
    old = house.keys.current
    house.keys.add(NOW)
    assert await store.write(lambda db: data_keys.rewrap(db, COUNCIL, 100)) == 10
    assert await store.write(lambda db: data_keys.retire(db, COUNCIL, old))

    told: list[tuple[int, int]] = []
    done = await rotate(house, lambda n, of: told.append((n, of)))

    assert (done.rewrapped, done.dropped) == (0, (old,))
    assert told == [(0, 0)]
    await _all_open(database_url, tmp_path, kept, old)
    await store.close()


async def test_a_key_in_use_is_not_retired_and_one_that_is_retired_is_not_used(
    store: Store, database_url: str
) -> None:
    """Whoever has not heard of the rotation is refused by the database, not believed."""
    ring = KeyRing.made(COUNCIL, NOW)
    rotating_store, late = await open_store(database_url, ring), await _late(database_url, ring)
    await late.write(partial(keep, numbers=range(3)))
    old = ring.current
    ring.add(NOW)

    assert not await rotating_store.write(lambda db: data_keys.retire(db, COUNCIL, old))
    assert await rotating_store.write(lambda db: data_keys.rewrap(db, COUNCIL, 2)) == 2
    assert not await rotating_store.write(lambda db: data_keys.retire(db, COUNCIL, old))
    await rotating_store.write(lambda db: data_keys.rewrap(db, COUNCIL, 2))
    assert await rotating_store.write(lambda db: data_keys.retire(db, COUNCIL, old))

    with pytest.raises((IntegrityError, KekUnknown)):
        await late.write(partial(keep, numbers=range(9, 10)))
    await rotating_store.close()
    await late.close()


async def _late(url: str, ring: KeyRing) -> Store:
    """A process whose ring does not learn of changes."""
    return await open_store(url, KeyRing(ring._ring))
