"""Promise P8: a sealed value opens in its place, under its key, unchanged; and nowhere else."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, LargeBinary, delete, select, update
from structlog.testing import capture_logs

from storage import (
    care_tables,  # noqa: F401 - its tables too
    data_keys,
    review_tables,  # noqa: F401 - its tables too
    sealing,
    unit_tables,  # noqa: F401 - its tables too
)
from storage.data_keys import Purpose
from storage.errors import KekUnknown, KeyRingUnfit, SealBroken
from storage.keys import KeyRing, joined
from storage.sealing import SEALED, Place, seal, unseal
from storage.store import Store, open_store
from storage.tables import data_keys as data_keys_table
from storage.tables import metadata
from tests.conftest import FULL
from tests.keys import RING
from tests.promises import Promise

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
WORDS = "I want to see my brother every week. 🐕 שלום"
HERE = Place("northborough", "conversations", "state", "c1", "p1")
FLIPS = 10_000 if FULL else 500


async def keep(store: Store, place: Place = HERE, value: str = WORDS) -> bytes:
    return await store.write(lambda db: seal(db, place, value))


async def opened(store: Store, place: Place, sealed: bytes) -> str:
    return await store.read(lambda db: unseal(db, place, sealed))


@pytest_asyncio.fixture
async def again(store: Store, database_url: str) -> AsyncIterator[Store]:
    """The same database, opened by another process that has nothing in memory yet."""
    other = await open_store(database_url, RING)
    yield other
    await other.close()


async def test_what_is_sealed_opens_as_it_was_and_is_nowhere_to_be_read(
    store: Store, again: Store
) -> None:
    for value in ("", "é", WORDS, "x" * 100_000, "\0\n\ud7ff\U0010ffff"):
        sealed = await keep(store, value=value)

        assert value.encode() not in sealed or not value
        assert await opened(store, HERE, sealed) == value
        assert await opened(again, HERE, sealed) == value


async def test_the_same_value_is_never_sealed_the_same_way_twice(store: Store) -> None:
    assert len({await keep(store) for _ in range(100)}) == 100


ELSEWHERE = [
    replace(HERE, council="southborough"),
    replace(HERE, table="contributions"),
    replace(HERE, table="outbox"),  # another purpose's key
    replace(HERE, column="content"),
    replace(HERE, row="c2"),
    replace(HERE, person="p2"),
    replace(HERE, person=""),
    replace(HERE, row="c1p1", person=""),
]


@pytest.mark.parametrize("place", ELSEWHERE, ids=str)
async def test_a_value_moved_to_another_place_does_not_open(store: Store, place: Place) -> None:
    sealed = await keep(store)
    await keep(store, place)  # so that the other place has a key of its own

    with capture_logs() as logs, pytest.raises(SealBroken):
        await opened(store, place, sealed)

    assert [entry["event"] for entry in logs] == ["seal_broken"]
    assert logs[0]["log_level"] == "critical"
    assert WORDS not in str(logs)


async def test_every_value_swapped_with_every_other_is_refused(
    store: Store, promise: Promise
) -> None:
    """Rows, columns, tables, people and councils, each with each."""
    places = [
        Place(council, table, column, row, person)
        for council, (table, column), row, person in product(
            ("northborough", "southborough"),
            (("conversations", "state"), ("contributions", "content"), ("inbox", "body")),
            ("r1", "r2"),
            ("p1", "p2", ""),
        )
    ]
    sealed = await store.write(lambda db: {place: seal(db, place, WORDS) for place in places})

    def try_all(db: Connection) -> list[tuple[Place, Place]]:
        return [
            (place, other)
            for place, other in product(places, places)
            if _opens(db, place, sealed[other])
        ]

    with capture_logs() as logs:
        assert await store.read(try_all) == [(place, place) for place in places]
    assert len(logs) == len(places) * (len(places) - 1)
    promise("P8", places=len(places), swapped=len(logs), opened=0)


def _opens(db: Connection, place: Place, sealed: bytes) -> bool:
    try:
        return unseal(db, place, sealed) == WORDS
    except SealBroken:
        return False


async def test_every_flipped_bit_and_every_missing_byte_is_refused(
    store: Store, promise: Promise
) -> None:
    sealed = await keep(store)
    every_bit = [(byte, bit) for byte in range(len(sealed)) for bit in range(8)]
    flipped = [
        sealed[:byte] + bytes([sealed[byte] ^ 1 << bit]) + sealed[byte + 1 :]
        for byte, bit in every_bit[: FLIPS * 8]
    ]
    changed = flipped + [sealed[:length] for length in range(len(sealed))]
    changed += [sealed + b"\0", sealed[::-1], b"", b"\0" + WORDS.encode()]

    def try_all(db: Connection) -> list[bytes]:
        return [value for value in changed if _opens(db, HERE, value)]

    with capture_logs() as logs:
        assert await store.read(try_all) == []
    assert len(logs) == len(changed)
    promise(
        "P8", bits_flipped=len(flipped), otherwise_changed=len(changed) - len(flipped), opened=0
    )


async def test_a_key_of_another_person_or_purpose_put_in_its_place_is_refused(
    store: Store, again: Store
) -> None:
    sealed = await keep(store)
    await keep(store, replace(HERE, person="p2"))
    mine = data_keys_table.c.person_id == "p1"
    other = select(data_keys_table).where(data_keys_table.c.person_id == "p2")

    def swap(db: Connection) -> None:
        row = db.execute(other).one()
        db.execute(
            update(data_keys_table).where(mine).values(wrapped=row.wrapped, key_id=row.key_id)
        )

    await store.write(swap)

    with capture_logs() as logs, pytest.raises(SealBroken):
        await opened(again, HERE, sealed)
    assert logs[0]["event"] == "data_key_broken"


async def test_without_its_data_key_nothing_opens_again(store: Store, again: Store) -> None:
    sealed = await keep(store)
    transport = replace(HERE, table="outbox", column="payload")
    on_its_way = await keep(store, transport)

    ended = await store.write(
        lambda db: data_keys.destroy(db, "northborough", "p1", [Purpose.WORDS, Purpose.IDENTITY])
    )

    assert ended == 1
    for somebody in (store, again):
        with pytest.raises(SealBroken, match="destroyed"):
            await opened(somebody, HERE, sealed)
        assert await opened(somebody, transport, on_its_way) == WORDS
    afresh = await keep(store)  # a new key, which does not open the old value either
    assert await opened(again, HERE, afresh) == WORDS
    with pytest.raises(SealBroken):
        await opened(store, HERE, sealed)


async def test_a_ring_without_the_key_that_wraps_opens_nothing_and_says_which(
    store: Store, database_url: str
) -> None:
    sealed = await keep(store)
    stranger = await open_store(database_url, KeyRing.made("northborough", NOW))

    with capture_logs() as logs, pytest.raises(KekUnknown, match=RING.current):
        await opened(stranger, HERE, sealed)

    assert logs[0]["event"] == "data_key_broken"
    await stranger.close()


async def test_a_database_opened_without_a_ring_seals_nothing(database_url: str) -> None:
    bare = await open_store(database_url)
    with pytest.raises(KeyRingUnfit, match="without its key ring"):
        await keep(bare)
    await bare.close()


def test_what_a_seal_is_bound_to_never_changes() -> None:
    """Or nothing that is stored opens any more: every part, with its length, in this order."""
    assert HERE.bound() == (
        b"13:AES-256-GCM.1,12:northborough,13:conversations,5:state,2:c1,2:p1,1:1,"
    )


_WHY = {
    "its version is unknown": lambda sealed: b"\x02" + sealed[1:],
    "it is cut short": lambda sealed: sealed[:40],  # 1 + 8 + 12, a length and a tag are 41
    "it was made for another place, or was changed": lambda sealed: sealed[:41],
    "its data key is not this place's, or was destroyed": (
        lambda sealed: sealed[:1] + b"\0" * 8 + sealed[9:]
    ),
}


@pytest.mark.parametrize("why", _WHY)
async def test_a_refusal_says_where_and_why_to_people_and_to_the_log(
    store: Store, why: str
) -> None:
    broken = _WHY[why](await keep(store))

    with capture_logs() as logs, pytest.raises(SealBroken) as refused:
        await opened(store, HERE, broken)

    assert str(refused.value) == f"A value of conversations.state can't be opened: {why}."
    assert logs == [
        {
            "event": "seal_broken", "log_level": "critical", "council": "northborough",
            "table": "conversations", "column": "state", "why": why,
        }
    ]  # fmt: skip


@given(st.lists(st.text(), max_size=5), st.lists(st.text(), max_size=5))
def test_no_two_lists_are_joined_to_the_same_bytes(one: list[str], other: list[str]) -> None:
    assert (joined(*one) == joined(*other)) == (one == other)


@given(st.text(max_size=5_000))
def test_padding_hides_the_size_and_costs_an_eighth_at_the_most(value: str) -> None:
    padded = sealing._padded(value.encode())
    size = len(value.encode()) + 4

    assert padded.startswith(len(value.encode()).to_bytes(4) + value.encode())
    assert not padded[size:].strip(b"\0")
    assert len(padded) % 64 == 0
    assert size <= len(padded) < max(size + 64, size * 1.125 + 1)


def test_few_sizes_are_stored_however_many_are_said() -> None:
    assert [len(sealing._padded(b"x" * size)) for size in (0, 60, 61, 508, 509, 1020, 1021)] == [
        64, 64, 128, 512, 576, 1024, 1152,
    ]  # fmt: skip
    assert len({len(sealing._padded(b"x" * size)) for size in range(10_000)}) < 50


KEPT_AS_HASH = {"proof", "key_id", "wrapped", "mac", "bound_to"}


def test_every_table_that_holds_bytes_says_under_which_key() -> None:
    """A new table with a sealed column goes into `storage.sealing.SEALED`."""
    holding = {
        table.name
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
        and not column.name.endswith(("_hash", "_index"))
        and column.name not in KEPT_AS_HASH
    }
    assert holding == set(SEALED)


async def test_unknown_data_keys_make_nothing_up(store: Store, again: Store) -> None:
    """A value whose data key was never stored, as after restoring an older backup."""
    sealed = await keep(store)

    def lose(db: Connection) -> None:
        db.execute(delete(data_keys_table))

    await store.write(lose)

    with pytest.raises(SealBroken):
        await opened(again, HERE, sealed)
