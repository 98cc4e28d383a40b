"""No value is ever sealed under a key that is not stored, whatever becomes of a transaction."""

import asyncio
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Executable, event, func, select

from storage import data_keys
from storage.data_keys import Purpose, Vault
from storage.errors import KekUnknown, KeyRingForeign
from storage.keys import KeyRing
from storage.sealing import Place, seal, unseal
from storage.store import Store, open_store
from storage.tables import data_keys as data_keys_table
from storage.tables import keks
from tests.keys import NOW, RING

COUNCIL = "northborough"


def place(person: str, row: str = "r") -> Place:
    return Place(COUNCIL, "conversations", "state", row, person)


def keep(db: Connection, person: str, row: str = "r") -> bytes:
    return seal(db, place(person, row), f"said by {person}")


class ChangedItsMind(Exception):
    """A use case that fails after it has sealed."""


def fails_after_sealing(db: Connection, person: str) -> None:
    keep(db, person)
    raise ChangedItsMind


async def opens_elsewhere(url: str, person: str, sealed: bytes) -> bool:
    """Whether another process, which has nothing in memory, can open it."""
    other = await open_store(url, RING)
    try:
        found = await other.read(lambda db: unseal(db, place(person), sealed))
    finally:
        await other.close()
    return found == f"said by {person}"


async def test_a_key_made_in_a_transaction_that_failed_is_not_used_again(
    store: Store, database_url: str
) -> None:
    with pytest.raises(ChangedItsMind):
        await store.write(partial(fails_after_sealing, person="p"))

    sealed = await store.write(partial(keep, person="p"))

    assert await opens_elsewhere(database_url, "p", sealed)


async def test_a_key_made_by_a_neighbour_that_failed_is_not_used_by_the_group(
    store: Store, database_url: str
) -> None:
    """On SQLite these share one transaction, each in its own savepoint."""
    people = [f"p{number % 7}" for number in range(60)]
    answers = await asyncio.gather(
        *(
            store.write(partial(fails_after_sealing if number % 3 == 0 else keep, person=person))
            for number, person in enumerate(people)
        ),
        return_exceptions=True,
    )

    for number, (person, sealed) in enumerate(zip(people, answers, strict=True)):
        if number % 3 == 0:
            assert isinstance(sealed, ChangedItsMind)
        else:
            assert isinstance(sealed, bytes)
            assert await opens_elsewhere(database_url, person, sealed)


async def test_a_key_made_in_an_inner_savepoint_that_failed_is_made_anew(
    store: Store, database_url: str
) -> None:
    def use_case(db: Connection) -> bytes:
        keep(db, "before")
        inner = db.begin_nested()
        keep(db, "p")
        inner.rollback()
        return keep(db, "p")

    sealed = await store.write(use_case)

    assert await opens_elsewhere(database_url, "p", sealed)


async def test_a_key_whose_commit_failed_is_not_used_again(
    store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialect = store.writer.sync_engine.dialect
    commit, broken = dialect.do_commit, iter([True])

    def fail_once(connection: Any) -> None:
        if next(broken, False):
            dialect.do_rollback(connection)
            raise OSError(28, "No space left on device")
        commit(connection)

    monkeypatch.setattr(dialect, "do_commit", fail_once)
    sealed = b""
    for _try in range(2):  # SQLite tries again by itself, alone
        try:
            sealed = await store.write(partial(keep, person="p"))
            break
        except Exception:  # noqa: S112 - whatever the driver says
            continue

    assert await opens_elsewhere(database_url, "p", sealed)


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=1, max_size=6),
        min_size=1,
        max_size=6,
    )
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_fails_in_whatever_order_all_that_was_kept_can_be_opened(
    sqlite_database_url: str, groups: list[list[tuple[str, bool]]]
) -> None:
    """Groups of use cases, of which some fail; then all is opened by a fresh process."""

    async def play() -> None:
        store = await open_store(sqlite_database_url, RING)
        kept = []
        for group in groups:
            answers = await asyncio.gather(
                *(
                    store.write(partial(fails_after_sealing if fails else keep, person=person))
                    for person, fails in group
                ),
                return_exceptions=True,
            )
            kept += [
                (person, sealed)
                for (person, _fails), sealed in zip(group, answers, strict=True)
                if isinstance(sealed, bytes)
            ]
            await store.write(
                lambda db: data_keys.destroy(db, COUNCIL, "d", [Purpose.WORDS]) and None
            )
        other = await open_store(sqlite_database_url, RING)
        for person, sealed in kept:
            said = await other.read(partial(_open, person=person, sealed=sealed))
            assert said == f"said by {person}"
        await other.close()
        await store.close()

    asyncio.run(play())


def _open(db: Connection, person: str, sealed: bytes) -> str:
    return unseal(db, place(person), sealed)


async def test_many_transactions_that_make_the_same_key_at_once_end_with_one(
    store: Store, database_url: str
) -> None:
    others = [await open_store(database_url, RING) for _ in range(3)]
    everyone = [store, *others]

    sealed = await asyncio.gather(
        *(everyone[number % 4].write(partial(keep, person="p")) for number in range(40))
    )

    for value in sealed:
        for somebody in everyone:
            assert await somebody.read(partial(_open, person="p", sealed=value)) == "said by p"
    assert await store.read(_count) == 1
    for other in others:
        await other.close()


def _execute(statement: Executable, db: Connection) -> None:
    db.execute(statement)


def _count(db: Connection) -> int:
    found: int = db.execute(select(func.count()).select_from(data_keys_table)).scalar_one()
    return found


class Statements:
    """How many statements a store's connections were sent."""

    def __init__(self, store: Store) -> None:
        self.count = 0
        for engine in {store.writer.sync_engine, store.reader.sync_engine}:
            event.listen(engine, "before_cursor_execute", self._one)

    def _one(self, *_said: Any) -> None:
        self.count += 1

    def since(self) -> int:
        count, self.count = self.count, 0
        return count


async def test_a_key_in_memory_costs_no_statement_and_any_other_one(
    store: Store, database_url: str
) -> None:
    sealed = await store.write(partial(keep, person="p"))
    asked = Statements(store)

    await store.write(partial(keep, person="p"))
    await store.read(partial(_open, person="p", sealed=sealed))
    assert asked.since() == 0

    other = await open_store(database_url, RING)
    asked = Statements(other)
    await other.read(partial(_open, person="p", sealed=sealed))
    assert asked.since() == 1
    await other.write(partial(keep, person="p"))
    assert asked.since() == 0
    await other.close()


async def test_the_keys_of_many_people_are_read_together(store: Store, database_url: str) -> None:
    people = [f"p{number}" for number in range(700)]
    sealed = await store.write(lambda db: {person: keep(db, person) for person in people})
    other = await open_store(database_url, RING)
    asked = Statements(other)

    def all_of_them(db: Connection) -> int:
        data_keys.prepare(db, COUNCIL, people, Purpose.WORDS)
        return sum(
            _open(db, person, value) == f"said by {person}" for person, value in sealed.items()
        )

    assert await other.read(all_of_them) == 700
    assert asked.since() == 2  # 500 at a time
    await other.read(all_of_them)
    assert asked.since() == 0
    await other.close()


async def test_memory_holds_so_many_keys_and_the_one_used_longest_ago_goes_first(
    store: Store,
) -> None:
    assert store.vault is not None
    store.vault.most = 3
    for person in ("a", "b", "c"):
        await store.write(partial(keep, person=person))
    await store.write(partial(keep, person="a"))
    await store.write(partial(keep, person="d"))

    assert len(store.vault) == 3
    asked = Statements(store)
    for person in ("a", "c", "d"):
        await store.write(partial(keep, person=person))
    assert asked.since() == 0
    await store.write(partial(keep, person="b"))
    assert asked.since() == 1


async def test_a_key_leaves_memory_after_its_time_used_or_not(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = store.vault
    assert vault is not None
    clock = [1_000.0]
    monkeypatch.setattr(data_keys, "monotonic", lambda: clock[0])
    for person in ("a", "b"):
        await store.write(partial(keep, person=person))
    asked = Statements(store)

    clock[0] += vault.seconds
    await store.write(partial(keep, person="a"))
    assert asked.since() == 0
    clock[0] += 1
    await store.write(partial(keep, person="a"))
    assert asked.since() == 1
    assert len(vault) == 2
    vault.sweep()  # every minute
    assert len(vault) == 1


async def test_a_store_sweeps_by_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.store._SWEEP_SECONDS", 0.001)
    store.use(Vault(RING, seconds=-1.0))  # every key is too old at once
    await store.writer.dispose()  # connections made from now on use this vault
    other = store.vault
    assert other is not None
    other.keep(data_keys.Found({(COUNCIL, "p", "words"): data_keys.DataKey(b"", None, 0.0)}))  # type: ignore[arg-type]
    async with asyncio.timeout(5):
        while len(other):
            await asyncio.sleep(0.001)


async def test_a_key_that_another_process_put_in_place_of_one_in_memory_is_taken_up(
    store: Store, database_url: str
) -> None:
    await store.write(partial(keep, person="p"))
    other = await open_store(database_url, RING)
    await other.write(lambda db: data_keys.destroy(db, COUNCIL, "p", [Purpose.WORDS]) and None)
    sealed = await other.write(partial(keep, person="p"))

    assert await store.read(partial(_open, person="p", sealed=sealed)) == "said by p"
    await other.close()


async def test_another_ring_is_told_apart_before_anything_is_sealed(
    store: Store, database_url: str
) -> None:
    await store.write(partial(keep, person="p"))
    stranger = KeyRing.made(COUNCIL, NOW)

    await store.read(lambda db: data_keys.check(db, RING, COUNCIL))
    with pytest.raises(KeyRingForeign, match="another key ring"):
        await store.read(lambda db: data_keys.check(db, stranger, COUNCIL))
    other = await open_store(database_url, stranger)
    with pytest.raises(KeyRingForeign):
        await other.write(partial(keep, person="new"))
    await other.close()


async def test_a_ring_that_lacks_one_of_its_keys_is_told_apart_from_a_foreign_one(
    store: Store,
) -> None:
    await store.write(partial(keep, person="p"))
    lost = keks.insert().values(council=COUNCIL, kek_id="k0", proof=b"")
    await store.write(partial(_execute, lost))
    with pytest.raises(KekUnknown, match="k0"):
        await store.read(lambda db: data_keys.check(db, RING, COUNCIL))


async def test_a_ring_with_the_right_name_of_a_key_and_wrong_bytes_is_foreign(
    store: Store,
) -> None:
    await store.write(partial(keep, person="p"))
    await store.write(partial(_execute, keks.update().values(proof=b"x" * 60)))
    with pytest.raises(KeyRingForeign):
        await store.read(lambda db: data_keys.check(db, RING, COUNCIL))


async def test_a_database_says_whether_anything_was_sealed_in_it(
    store: Store, empty_postgres_url: str
) -> None:
    assert await store.read(data_keys.sealed_here) is False
    await store.write(partial(keep, person="p"))
    assert await store.read(data_keys.sealed_here) is True

    empty = await open_store(empty_postgres_url, RING)
    assert await empty.read(data_keys.sealed_here) is False
    await empty.read(lambda db: data_keys.check(db, RING, COUNCIL))  # nothing to object to
    await empty.close()
