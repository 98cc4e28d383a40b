"""Data keys as they lie in the database: whose they are, what wraps them, who may change that."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select
from structlog.testing import capture_logs

from storage import data_keys
from storage.data_keys import Purpose
from storage.errors import KekUnknown, KeyRingForeign, KeyRingUnfit
from storage.keys import KeyRing, load
from storage.sealing import Place, seal, unseal
from storage.store import Store, open_store
from storage.tables import data_keys as table
from storage.tables import keks
from tests.keys import NOW, RING, ring_at
from tests.storage.test_data_keys import ChangedItsMind, Statements, _execute

NORTH, SOUTH = "northborough", "southborough"


def place(person: str, council: str = NORTH) -> Place:
    return Place(council, "conversations", "state", "r", person)


def keep(db: Connection, person: str, council: str = NORTH) -> bytes:
    return seal(db, place(person, council), f"said by {person}")


async def opens_elsewhere(url: str, ring: KeyRing, person: str, sealed: bytes) -> bool:
    """Whether a process that has nothing in memory can open it."""
    other = await open_store(url, ring)
    try:
        found = await other.read(lambda db: unseal(db, place(person), sealed))
    finally:
        await other.close()
    return found == f"said by {person}"


def rows(db: Connection, council: str = NORTH) -> dict[str, Any]:
    found = db.execute(select(table).where(table.c.council == council))
    return {row.person_id: row for row in found}


def registered(db: Connection, council: str = NORTH) -> set[str]:
    return set(db.execute(select(keks.c.kek_id).where(keks.c.council == council)).scalars())


def test_what_a_wrapped_key_is_bound_to_never_changes() -> None:
    """Or no data key that is stored opens any more."""
    context = data_keys._context((NORTH, "p", "words"), b"\0\x01\x02\x03\x04\x05\x06\xff")
    assert context == (
        b"14:sayso data key,11:AES-256-GCM,12:northborough,1:p,5:words,16:00010203040506ff,"
    )
    assert data_keys._proof_context(NORTH, "k") == b"14:sayso key ring,12:northborough,1:k,"
    assert data_keys._proof(RING, NORTH) == RING.blind(NORTH, "key ring", NORTH)


async def test_a_rotation_wraps_some_at_a_time_and_nothing_of_another_council(
    store: Store, database_url: str
) -> None:
    ring = KeyRing.made(NORTH, NOW)
    ours = await open_store(database_url, ring)
    people = [f"p{number}" for number in range(5)]
    sealed = await ours.write(lambda db: {person: keep(db, person) for person in people})
    await ours.write(lambda db: [keep(db, person, SOUTH) for person in people[:2]])
    old, new = ring.current, ring.add(NOW)
    before = await ours.read(rows)

    async def stands() -> tuple[int, dict[str, int]]:
        return (
            await ours.read(lambda db: data_keys.stale(db, NORTH, new)),
            await ours.read(lambda db: data_keys.wrapped_by(db, NORTH)),
        )

    assert await stands() == (5, {old: 5})
    assert await ours.write(lambda db: data_keys.rewrap(db, NORTH, 3)) == 3
    assert await stands() == (2, {old: 2, new: 3})
    assert await ours.read(registered) == {old, new}
    assert not await ours.write(lambda db: data_keys.retire(db, NORTH, old))
    assert await ours.read(registered) == {old, new}
    assert await ours.write(lambda db: data_keys.rewrap(db, NORTH, 3)) == 2
    assert await ours.write(lambda db: data_keys.rewrap(db, NORTH, 3)) == 0
    assert await stands() == (0, {new: 5})

    assert await ours.read(lambda db: data_keys.wrapped_by(db, SOUTH)) == {old: 2}
    assert await ours.write(lambda db: data_keys.retire(db, NORTH, old))
    assert await ours.read(registered) == {new}
    assert await ours.read(partial(registered, council=SOUTH)) == {old}
    after = await ours.read(rows)
    for person in people:
        assert after[person].key_id == before[person].key_id
        assert after[person].wrapped != before[person].wrapped
        assert await opens_elsewhere(database_url, ring, person, sealed[person])
    assert await ours.read(data_keys.ring) is ring
    await ours.close()


async def test_keys_for_many_new_people_are_made_in_one_statement_and_are_stored(
    store: Store, database_url: str
) -> None:
    people = [f"p{number}" for number in range(20)]

    def bring_in(db: Connection) -> dict[str, bytes]:
        data_keys.make_for_new(db, NORTH, people, Purpose.WORDS)
        data_keys.make_for_new(db, NORTH, [], Purpose.WORDS)
        return {person: keep(db, person) for person in people}

    asked = Statements(store)
    sealed = await store.write(bring_in)

    assert asked.since() == 3  # whether the KEK is known, that it is, and the keys
    assert await store.read(registered) == {RING.current}
    found = await store.read(rows)
    assert {(row.kek_id, row.purpose, len(row.key_id)) for row in found.values()} == {
        (RING.current, "words", 8)
    }
    for person in (people[0], people[-1]):
        assert await opens_elsewhere(database_url, RING, person, sealed[person])
    asked.since()

    def one_more(db: Connection) -> bytes:
        data_keys.make_for_new(db, NORTH, ["q"], Purpose.WORDS)
        return keep(db, "q")

    more = await store.write(one_more)
    assert asked.since() == 1  # the KEK is known by now
    assert await opens_elsewhere(database_url, RING, "q", more)


@pytest.mark.parametrize("together", [True, False])
async def test_what_is_new_is_wrapped_by_the_key_that_another_process_just_made(
    sqlite_database_url: str, tmp_path: Path, together: bool
) -> None:
    ours = await open_store(sqlite_database_url, ring_at(tmp_path / "keys.json"))
    await ours.write(partial(keep, person="p"))
    new = load(tmp_path / "keys.json", NORTH, NOW).add(NOW)

    def bring_in(db: Connection) -> None:
        if together:
            data_keys.make_for_new(db, NORTH, ["q"], Purpose.WORDS)
        else:
            keep(db, "q")

    await ours.write(bring_in)

    assert (await ours.read(rows))["q"].kek_id == new
    assert new in await ours.read(registered)
    await ours.close()


async def test_ending_a_persons_keys_ends_nobody_elses(store: Store, database_url: str) -> None:
    await store.write(lambda db: [keep(db, "p", council) for council in (NORTH, SOUTH)])
    await store.write(partial(keep, person="q"))

    assert await store.write(lambda db: data_keys.destroy(db, NORTH, "p", [Purpose.WORDS])) == 1

    assert set(await store.read(rows)) == {"q"}
    assert set(await store.read(partial(rows, council=SOUTH))) == {"p"}


async def test_a_key_that_is_ended_and_made_anew_in_one_transaction_is_the_new_one(
    store: Store, database_url: str
) -> None:
    def anew(db: Connection) -> bytes:
        keep(db, "p")
        data_keys.destroy(db, NORTH, "p", [Purpose.WORDS])
        return keep(db, "p")

    sealed = await store.write(anew)

    assert await opens_elsewhere(database_url, RING, "p", sealed)


async def test_after_a_key_was_replaced_elsewhere_nothing_is_sealed_under_the_one_in_memory(
    store: Store, database_url: str
) -> None:
    await store.write(partial(keep, person="p"))
    other = await open_store(database_url, RING)
    await other.write(lambda db: data_keys.destroy(db, NORTH, "p", [Purpose.WORDS]) and None)
    theirs = await other.write(partial(keep, person="p"))

    def go_on(db: Connection) -> bytes:
        assert unseal(db, place("p"), theirs) == "said by p"
        return keep(db, "p")

    sealed = await store.write(go_on)

    assert await opens_elsewhere(database_url, RING, "p", sealed)
    await other.close()


async def test_where_the_council_is_known_a_failed_transaction_leaves_no_key_behind(
    store: Store, database_url: str
) -> None:
    await store.write(partial(keep, person="somebody"))

    def fail(db: Connection) -> None:
        keep(db, "p")
        raise ChangedItsMind

    with pytest.raises(ChangedItsMind):
        await store.write(fail)

    assert await opens_elsewhere(
        database_url, RING, "p", await store.write(partial(keep, person="p"))
    )


async def test_a_new_person_costs_two_statements_and_no_look_at_the_ring(store: Store) -> None:
    for council in (NORTH, SOUTH):
        await store.write(partial(keep, person="p", council=council))
    asked = Statements(store)

    def twice(db: Connection) -> None:
        keep(db, "q")
        keep(db, "q")

    await store.write(twice)
    assert asked.since() == 2
    await store.write(lambda db: [keep(db, "r"), keep(db, "s")])
    assert asked.since() == 4


async def test_a_key_that_somebody_else_made_in_the_meantime_is_the_one_that_is_used(
    store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.write(partial(keep, person="p"))
    other = await open_store(database_url, RING)
    read, looked = data_keys._read, 0

    def too_early(*given: Any) -> None:
        nonlocal looked
        looked += 1
        if looked > 1:  # the first look was before the other's commit
            read(*given)

    monkeypatch.setattr(data_keys, "_read", too_early)
    sealed = await other.write(partial(keep, person="p"))
    monkeypatch.undo()

    assert looked == 2
    assert await opens_elsewhere(database_url, RING, "p", sealed)
    await other.close()


async def test_a_ring_that_somebody_else_registered_in_the_meantime_is_looked_at_too(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = data_keys._check

    def meanwhile(db: Connection, looked: list[int], *given: Any) -> None:
        looked.append(1)
        check(*given)
        if len(looked) == 1:
            row = {"council": NORTH, "kek_id": RING.current, "proof": b"of another ring"}
            db.execute(keks.insert(), row)

    def seal_something(db: Connection) -> None:
        monkeypatch.setattr(data_keys, "_check", partial(meanwhile, db, []))
        keep(db, "p")

    with pytest.raises(KeyRingForeign):
        await store.write(seal_something)


async def test_a_ring_that_was_rotated_elsewhere_is_taken_up_before_it_is_called_foreign(
    sqlite_database_url: str, tmp_path: Path
) -> None:
    ring = ring_at(tmp_path / "keys.json")
    other = load(tmp_path / "keys.json", NORTH, NOW)
    other.add(NOW)
    theirs = await open_store(sqlite_database_url, other)
    await theirs.write(partial(keep, person="p"))

    await theirs.read(lambda db: data_keys.check(db, ring, NORTH))

    assert ring.current == other.current
    await theirs.close()


async def test_one_key_that_is_lacking_does_not_hide_that_another_is_foreign(store: Store) -> None:
    await store.write(partial(keep, person="p"))

    def tamper(db: Connection) -> None:
        db.execute(keks.update().values(proof=b"x" * 60))
        db.execute(keks.insert(), {"council": NORTH, "kek_id": "0", "proof": b""})  # comes first

    await store.write(tamper)
    with pytest.raises(KeyRingForeign):
        await store.read(lambda db: data_keys.check(db, RING, NORTH))


FOREIGN = (
    "The data of 'northborough' in this database was sealed by another key ring (SAYSO_KEYS, "
    "SAYSO_DATABASE_URL). Set the ring that belongs to this database, or restore it from escrow."
)


async def test_every_refusal_says_what_to_do_and_rings_the_alarm(
    store: Store, database_url: str
) -> None:
    sealed = await store.write(partial(keep, person="p"))
    foreign = KeyRing.made(NORTH, NOW)
    with pytest.raises(KeyRingForeign) as refused:
        await store.read(lambda db: data_keys.check(db, foreign, NORTH))
    assert str(refused.value) == FOREIGN
    await store.write(partial(_execute, keks.update().values(proof=b"x" * 60)))
    with pytest.raises(KeyRingForeign) as refused:
        await store.read(lambda db: data_keys.check(db, RING, NORTH))
    assert str(refused.value) == FOREIGN

    stranger = await open_store(database_url, foreign)
    with capture_logs() as logs, pytest.raises(KekUnknown):
        await stranger.read(lambda db: unseal(db, place("p"), sealed))
    assert logs == [
        {
            "event": "data_key_broken", "log_level": "critical", "council": NORTH,
            "why": "KekUnknown",
        }
    ]  # fmt: skip
    await stranger.close()
    bare = await open_store(database_url)
    with pytest.raises(KeyRingUnfit) as unfit:
        await bare.write(partial(keep, person="p"))
    assert str(unfit.value) == (
        "This database was opened without its key ring: open_store(url, keys)."
    )
    await bare.close()
