"""What sealing costs: opening a contribution at the desk, each message, and a rotation of keys.

In this process on SQLite with FULL; the rotation is `sayso keys rotate`, a process of its own,
while four readers and two writers go on.
"""

import asyncio
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from bot.access.roles import Role
from bot.demo.council import _reply
from bot.demo.people import YOUNG
from bot.service import reading
from bot.service.admission import Admitted, Asked
from bot.service.hear import Incoming, hear
from bot.service.house import House
from bot.service.invitations import LetIn, invite, let_in_by_code
from conversations.hearing import Text
from conversations.places import CHECK, asked
from storage import contributions, conversations, data_keys, sealing
from storage.keys import KeyRing
from storage.migrate import migrate
from storage.sealing import Place, seal, unseal
from storage.store import Store, open_store
from tests.databases import sqlite_url
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, LENA

ANSWERS = 40
_WORDS = "I would like to see my brother more often, and to have my own room by the summer. "
_TIMES = 200


@dataclass(frozen=True, slots=True)
class Sealing:
    """`opened_ms`: a contribution of 40 answers for the officer, with no key in memory and with;
    `sealed`, `unsealed`: values of one message, `message_us` what that takes of the processor;
    `data_keys` wrapped anew in `rotated_seconds`, and what was read meanwhile."""

    opened_cold_ms: float
    opened_warm_ms: float
    sealed: float
    unsealed: float
    message_us: float
    data_keys: int
    rotated_seconds: float
    reads: int
    read_errors: int

    @property
    def per_second(self) -> float:
        """Data keys wrapped anew."""
        return self.data_keys / self.rotated_seconds


async def measure(folder: Path, keys_to_rotate: int) -> Sealing:
    """All three, one after the other."""
    cold, warm = await _opening(folder)
    sealed, unsealed, microseconds = await _message(folder)
    seconds, reads, errors = await _rotation(folder, keys_to_rotate)
    return Sealing(
        cold, warm, sealed, unsealed, microseconds, keys_to_rotate, seconds, reads, errors
    )


async def _council(folder: Path, name: str) -> tuple[Store, House]:
    """The tests' small council in a database of its own."""
    url = sqlite_url(folder / f"{name}.db")
    house = northborough.house_on(url)
    store = await open_store(url, house.keys)
    await migrate(store)
    await store.write(lambda db: northborough.make(db, house))
    return store, house


# The desk


def _forty(db: Connection, house: House) -> None:
    """What was sent for Kai's review, with 40 answers in words."""
    first = contributions.of_review(db, house.id, KAI)[0]
    plain = orjson.loads(orjson.dumps(first.content))
    for document in filter(None, plain.values()):
        words = [one for one in document["answers"] if one["kind"] == "words"]
        document["version"] = 2
        document["answers"] = [
            {**one, "words": f"{number}. {_WORDS}"}
            for one in words[:1]
            for number in range(ANSWERS)
        ]
    contributions.add(db, replace(first, version=2, sent_at=datetime.now(UTC), content=plain))


async def _opening(folder: Path) -> tuple[float, float]:
    """Milliseconds of the middle one, with nothing in memory and with the keys there: from the
    request for the page to the commit of what it puts on record."""
    store, house = await _council(folder, "opening")
    await store.write(lambda db: _forty(db, house))
    officer = Admitted(AMINA, Role.IRO, "Amina", "token", datetime.now(UTC))
    wanted = Asked("desk.review", KAI)

    def open_(db: Connection) -> int:
        found = reading.open_review(db, house, officer, wanted, datetime.now(UTC))
        return len(found.shown.said) if found.shown is not None else 0

    times: dict[bool, list[float]] = {True: [], False: []}
    for cold in (True, False) * _TIMES:
        if cold:
            assert store.vault is not None
            store.vault._cache.clear()
        begun = time.perf_counter()
        assert await store.write(open_) >= ANSWERS
        times[cold].append((time.perf_counter() - begun) * 1000)
    await store.close()
    return _middle(times[True]), _middle(times[False])


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


# A message


@contextmanager
def _noting(name: str, note: Callable[..., object], where: Any) -> Any:
    """Call `note` with what a function of a module is given, besides the function."""
    function = getattr(where, name)

    def noted(*given: Any) -> Any:
        note(*given)
        return function(*given)

    setattr(where, name, noted)
    try:
        yield
    finally:
        setattr(where, name, function)


async def _message(folder: Path) -> tuple[float, float, float]:
    """How many values an answer in words seals and opens, and the microseconds which the same
    number of values of the same lengths takes."""
    store, house = await _council(folder, "message")
    sealed: list[str] = []
    opened: list[object] = []

    def begin(db: Connection) -> str:
        now = datetime.now(UTC)
        invited = invite(db, house, LENA, now)
        let_in = let_in_by_code(db, house, invited.code, "", now)
        assert isinstance(let_in, LetIn)
        return let_in.conversation_id

    conversation_id = await store.write(begin)
    messages = 0

    def say(db: Connection, number: int) -> bool:
        nonlocal messages
        conversation = conversations.get(db, house.id, conversation_id).conversation
        if asked(conversation) == CHECK:
            return False
        heard = _reply(conversation, YOUNG[0])
        incoming = Incoming(
            conversation_id, "web:x", str(number), _WORDS, heard, lambda _answer: True
        )
        begun = len(sealed), len(opened)
        hear(db, house, incoming, datetime.now(UTC))
        if isinstance(heard, Text):
            messages += 1
        else:
            del sealed[begun[0] :], opened[begun[1] :]
        return True

    with (
        _noting("_padded", sealed.append, sealing),
        _noting("to_open", lambda *given: opened.append(given), data_keys),
    ):
        for number in range(200):
            if not await store.write(partial(say, number=number)):
                break
    assert messages, "nobody said a word"
    longest = max(sealed, key=len)
    per_message = len(sealed) / messages, len(opened) / messages
    here = Place(house.id, "conversations", "state", "bench", "bench")

    def again(db: Connection) -> float:
        kept = seal(db, here, longest)
        begun = time.process_time()
        for _time in range(_TIMES):
            for value in sealed:
                seal(db, here, value)
            for _one in opened:
                unseal(db, here, kept)
        return (time.process_time() - begun) / _TIMES / messages * 1e6

    microseconds = min([await store.write(again) for _round in range(3)])
    await store.close()
    return *per_message, microseconds


# A rotation


def _place(number: int) -> Place:
    return Place(northborough.house_on("sqlite+aiosqlite:///x.db").id, "conversations", "state",
                 f"c{number}", f"p{number}")  # fmt: skip


def _keep(db: Connection, numbers: range) -> dict[int, bytes]:
    return {number: seal(db, _place(number), f"said by {number}") for number in numbers}


def _opens(db: Connection, number: int, sealed: bytes) -> bool:
    return unseal(db, _place(number), sealed) == f"said by {number}"


async def _rotation(folder: Path, count: int) -> tuple[float, int, int]:
    """Seconds for so many data keys; how often something was read meanwhile, and went wrong."""
    url, ring_file = sqlite_url(folder / "rotation.db"), folder / "keys.json"
    council = northborough.house_on(url).id
    ring = KeyRing.made(council, datetime.now(UTC), ring_file)
    ring.save()
    store = await open_store(url, ring)
    await migrate(store)
    kept: dict[int, bytes] = {}
    for start in range(0, count, 500):
        numbers = range(start, min(start + 500, count))
        kept |= await store.write(partial(_keep, numbers=numbers))
    assert store.vault is not None
    store.vault.most = 100  # nearly every read has to ask for its key
    ended, chance, reads, errors = asyncio.Event(), random.Random(2026), 0, 0

    async def reading_() -> None:
        nonlocal reads, errors
        while not ended.is_set():
            number = chance.randrange(count)
            try:
                good = await store.read(partial(_opens, number=number, sealed=kept[number]))
            except Exception:
                good = False
            errors += not good
            reads += 1
            await asyncio.sleep(0)

    async def writing(first: int) -> None:
        number = first
        while not ended.is_set():
            await store.write(partial(_keep, numbers=range(number, number + 1)))
            number += 1
            await asyncio.sleep(0.002)

    load = [asyncio.create_task(reading_()) for _reader in range(4)]
    load += [asyncio.create_task(writing(first * 10**6)) for first in (1, 2)]
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "keys", "rotate",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()),
             "SAYSO_DATABASE_URL": url, "SAYSO_KEYS": str(ring_file)},
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    code = await process.wait()
    seconds = time.perf_counter() - begun
    ended.set()
    await asyncio.gather(*load)
    await store.close()
    if code:
        raise RuntimeError(f"sayso keys rotate ended with {code}")
    return seconds, reads, errors
