"""P20: who can write to the database but has no key ring is found out, at the right entry."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, text, update

from benchmarks import audit as benchmark
from storage import audit
from storage.audit_verifying import Broken, Verified, What, heads, verify, verify_chain
from storage.chains import Head, mac_of, written
from storage.store import Store, open_store
from storage.tables import audit as table
from tests.conftest import FULL
from tests.keys import RING as KEYS
from tests.promises import Promise

KEY = KEYS.derive("audit")
OURS, THEIRS = "ours", "theirs"
START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
ACTS = ("review_read", "code_confirmed", "told", "signed_in")
A_CHAIN = 30


@dataclass(slots=True)
class Undo(Exception):
    """Ends the transaction in which everything was tampered with: nothing of it stays."""

    found: list[Any]


def fill(db: Connection, count: int = A_CHAIN) -> None:
    for number in range(count):
        for council in (OURS, THEIRS):
            audit.add(
                db,
                council,
                START + timedelta(seconds=number, microseconds=number * 7),
                actor=f"staff:{number % 5}",
                act=ACTS[number % 4],
                subject=f"review:{number}",
                detail=f"version {number}",
            )


async def three_chains(url: str) -> None:
    """As three processes write them, one after another."""
    for _process in range(3):
        store = await open_store(url, KEYS)
        await store.write(fill)
        await store.close()


def rows_of(db: Connection, council: str, chain: str) -> list[dict[str, Any]]:
    found = select(table).where(table.c.council == council, table.c.chain == chain)
    return [dict(row._mapping) for row in db.execute(found.order_by(table.c.sequence))]


def covering(db: Connection, council: str) -> dict[str, Head]:
    """What a checkpoint that left the machine says."""
    return {
        chain: Head(chain, last, rows_of(db, council, chain)[-1]["mac"])
        for chain, last in heads(db, council).items()
    }


def place(chain: str, sequence: int, council: str = OURS) -> Any:
    return (table.c.council == council) & (table.c.chain == chain) & (table.c.sequence == sequence)


def renumber(db: Connection, chain: str, since: int, by: int) -> None:
    """As SQL does it without breaking the key on the way."""
    later = (table.c.council == OURS) & (table.c.chain == chain) & (table.c.sequence >= since)
    db.execute(update(table).where(later).values(sequence=-table.c.sequence))
    moved = (table.c.council == OURS) & (table.c.chain == chain) & (table.c.sequence < 0)
    db.execute(update(table).where(moved).values(sequence=-table.c.sequence + by))


@dataclass(frozen=True, slots=True)
class Tampering:
    """Where the first broken entry must be found, and as what."""

    chain: str
    sequence: int
    as_: frozenset[What]


Tamper = Callable[[Connection, random.Random, str, list[dict[str, Any]]], Tampering]


def _found_at(chain: str, sequence: int, *as_: What) -> Tampering:
    return Tampering(chain, sequence, frozenset(as_))


def change_a_field(
    db: Connection, chance: random.Random, chain: str, rows: list[dict[str, Any]]
) -> Tampering:
    row = chance.choice(rows)
    name = chance.choice(("entry_id", "at", "actor", "act", "subject", "detail", "mac"))
    other: Any = {
        "entry_id": row["entry_id"] + 1,
        "at": row["at"] + timedelta(microseconds=1),
        "mac": bytes([row["mac"][0] ^ 1]) + row["mac"][1:],
    }.get(name, f"{row[name]}x")
    db.execute(update(table).where(place(chain, row["sequence"])).values({name: other}))
    return _found_at(chain, row["sequence"], What.CHANGED)


def take_one_out(
    db: Connection, chance: random.Random, chain: str, rows: list[dict[str, Any]]
) -> Tampering:
    gone = chance.randint(1, len(rows) - 1)
    db.execute(table.delete().where(place(chain, gone)))
    if chance.random() < 0.5:
        renumber(db, chain, gone + 1, -1)  # and hide the gap
        return _found_at(chain, gone, What.CHANGED, What.INSERTED, What.MISSING)
    return _found_at(chain, gone, What.MISSING)


def put_one_in(
    db: Connection, chance: random.Random, chain: str, rows: list[dict[str, Any]]
) -> Tampering:
    forged = {
        **chance.choice(rows),
        "council": OURS,
        "actor": "staff:mallory",
        "entry_id": chance.getrandbits(62),
        "mac": chance.choice((chance.randbytes(32), rows[-1]["mac"], rows[0]["mac"], b"")),
    }
    match chance.randrange(4):
        case 0:  # behind the last
            number = len(rows) + 1
        case 1:  # between two, the later ones moved on
            number = chance.randint(1, len(rows))
            renumber(db, chain, number, 1)
        case 2:  # a chain that nobody began
            chain, number = f"{chance.getrandbits(128):032x}", 1
        case _:  # an entry of another chain, whole
            source = chance.choice([one for one in heads(db, OURS) if one != chain])
            number = chance.randint(1, len(rows))
            forged = rows_of(db, OURS, source)[number - 1]
            renumber(db, chain, number, 1)
    db.execute(insert(table), {**forged, "chain": chain, "sequence": number})
    return _found_at(chain, number, What.INSERTED)


def swap_two(
    db: Connection, chance: random.Random, chain: str, rows: list[dict[str, Any]]
) -> Tampering:
    first, second = sorted(chance.sample(range(1, len(rows) + 1), 2))
    names = [name for name in rows[0] if name not in ("council", "chain", "sequence")]
    if chance.random() < 0.5:
        names.remove("mac")
    for to, source in ((first, rows[second - 1]), (second, rows[first - 1])):
        values = {name: source[name] for name in names}
        db.execute(update(table).where(place(chain, to)).values(values))
    as_ = (What.REORDERED,) if "mac" in names else (What.REORDERED, What.CHANGED, What.INSERTED)
    return _found_at(chain, first, *as_)


def cut_the_end(
    db: Connection, chance: random.Random, chain: str, rows: list[dict[str, Any]]
) -> Tampering:
    first = chance.randint(1, len(rows))
    kept = (table.c.council == OURS) & (table.c.chain == chain) & (table.c.sequence < first)
    ours = (table.c.council == OURS) & (table.c.chain == chain)
    db.execute(table.delete().where(ours & (table.c.sequence >= first)))
    match chance.randrange(3):
        case 0:
            return _found_at(chain, first, What.TRUNCATED)
        case 1 if first > 1:  # an old tail again in its place
            length = chance.randint(1, first - 1)
            for number, row in enumerate(rows[first - 1 - length : first - 1]):
                db.execute(insert(table), {**row, "sequence": first + number})
            return _found_at(chain, first, What.CHANGED, What.INSERTED)
        case _:  # what was cut off lies under another council
            assert db.execute(select(func.count()).where(kept).select_from(table)).scalar() == (
                first - 1
            )
            for row in rows[first - 1 :]:
                db.execute(insert(table), {**row, "council": THEIRS})
            return _found_at(chain, first, What.MOVED)


MANIPULATIONS: tuple[Tamper, ...] = (
    change_a_field,
    take_one_out,
    put_one_in,
    swap_two,
    cut_the_end,
)


def _free(db: Connection) -> None:
    """The tamperer may do in the database what they like: triggers hold up nobody."""
    names = ("audit_refuses_UPDATE", "audit_refuses_DELETE")
    if db.dialect.name == "postgresql":
        db.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        return
    for name in names:
        db.execute(text(f"DROP TRIGGER {name}"))


def _tamper(db: Connection, way: Tamper, count: int) -> None:
    _free(db)
    covered = covering(db, OURS)
    chains = sorted(covered)
    whole = {chain: rows_of(db, OURS, chain) for chain in chains}
    chance = random.Random(f"{way.__name__} 20")
    missed = []
    for number in range(count):
        db.exec_driver_sql("SAVEPOINT tampering")
        chain = chance.choice(chains)
        expected = way(db, chance, chain, whole[chain])
        found = verify(db, KEY, OURS, covered)
        broken = {one.chain: one for one in found.broken}.get(expected.chain)
        if (
            broken is None
            or broken.council != OURS
            or broken.sequence != expected.sequence
            or broken.what not in expected.as_
        ):
            missed.append((number, expected, found.broken))
        db.exec_driver_sql("ROLLBACK TO tampering")
    assert verify(db, KEY, OURS, covered).broken == ()  # and nothing was wrong but what we did
    raise Undo(missed)


@pytest.mark.parametrize("way", MANIPULATIONS, ids=lambda way: way.__name__)
async def test_every_manipulation_is_found_at_its_first_entry(
    database_url: str, way: Tamper, promise: Promise
) -> None:
    await three_chains(database_url)
    store = await open_store(database_url, KEYS)
    count = (10_000 if store.is_sqlite else 1_000) if FULL else 100

    with pytest.raises(Undo) as undone:
        await store.write(partial(_tamper, way=way, count=count))

    await store.close()
    assert undone.value.found == []
    database = "SQLite" if store.is_sqlite else "PostgreSQL"
    promise(
        "P20", manipulation=way.__name__.replace("_", " "), database=database, times=count, missed=0
    )


# One of each, to be read


async def _broken(
    store: Store, *statements: str, covered: bool = True, council: str = OURS
) -> tuple[Broken, ...]:
    """What a check finds after somebody ran these statements."""

    def tamper(db: Connection) -> None:
        _free(db)
        known = covering(db, council) if covered else {}
        for statement in statements:
            db.execute(text(statement))
        raise Undo([verify(db, KEY, council, known)])

    with pytest.raises(Undo) as undone:
        await store.write(tamper)
    (found,) = undone.value.found
    assert isinstance(found, Verified)
    return found.broken


async def test_an_entry_that_was_changed_is_named(store: Store) -> None:
    await store.write(fill)

    (broken,) = await _broken(store, "UPDATE audit SET actor = 'staff:4' WHERE sequence = 4")

    assert (broken.council, broken.sequence, broken.what) == (OURS, 4, What.CHANGED)


async def test_a_chain_that_was_taken_away_is_missed(store: Store) -> None:
    await store.write(fill)

    (broken,) = await _broken(store, "DELETE FROM audit WHERE council = 'ours'")

    assert (broken.sequence, broken.what) == (1, What.TRUNCATED)


async def test_a_cut_end_that_no_checkpoint_covers_can_not_be_known(store: Store) -> None:
    await store.write(fill)

    assert await _broken(store, "DELETE FROM audit WHERE sequence > 20", covered=False) == ()


async def test_a_whole_chain_moved_to_another_council_is_found_on_both_sides(store: Store) -> None:
    await store.write(fill)
    moved = "UPDATE audit SET council = 'third' WHERE council = 'ours'"

    (lost,) = await _broken(store, moved)
    (gained,) = await _broken(store, moved, covered=False, council="third")

    assert (lost.what, lost.sequence) == (What.MOVED, 1)
    assert gained.what in (What.MOVED, What.INSERTED, What.CHANGED)


async def test_one_entry_moved_to_another_council_is_found_on_both_sides(store: Store) -> None:
    await store.write(fill)
    moved = "UPDATE audit SET council = 'third' WHERE council = 'ours' AND sequence = 7"

    (lost,) = await _broken(store, moved)
    (gained,) = await _broken(store, moved, covered=False, council="third")

    assert (lost.what, lost.sequence) == (What.MOVED, 7)
    assert (gained.what, gained.sequence) == (What.MOVED, 1)


async def test_values_that_no_entry_can_have_are_found_and_stop_nothing(
    sqlite_database_url: str,
) -> None:
    store = await open_store(sqlite_database_url, KEYS)
    await store.write(fill)
    for value in ("x'ff'", "CAST(x'ff80' AS TEXT)", "7", "''"):
        for name in ("actor", "at", "mac", "entry_id", "detail"):
            change = f"UPDATE audit SET {name} = {value} WHERE sequence = 12"  # noqa: S608
            (broken,) = await _broken(store, change)
            assert (broken.sequence, broken.what) == (12, What.CHANGED), (name, value)
    (broken,) = await _broken(
        store, "UPDATE audit SET sequence = 'many' WHERE council = 'ours' AND sequence = 12"
    )
    assert (broken.sequence, broken.what) == (12, What.MISSING)
    await store.close()


async def test_who_has_stolen_the_ring_is_still_found_out_by_what_left_the_machine(
    store: Store,
) -> None:
    await store.write(fill)

    def rewrite(db: Connection) -> None:
        _free(db)
        covered = covering(db, OURS)
        (chain,) = covered
        mac = bytes(32)
        for row in rows_of(db, OURS, chain):
            row["actor"] = "staff:nobody" if row["sequence"] == 5 else row["actor"]
            row["mac"] = mac = mac_of(
                KEY, mac, OURS, chain, row["sequence"], row["entry_id"], written(row["at"]),
                row["actor"], row["act"], row["subject"], row["detail"],
            )  # fmt: skip
            db.execute(update(table).where(place(chain, row["sequence"])).values(row))
        raise Undo([verify(db, KEY, OURS), verify(db, KEY, OURS, covered)])

    with pytest.raises(Undo) as undone:
        await store.write(rewrite)

    without, with_ = undone.value.found
    assert without.broken == ()
    assert [one.what for one in with_.broken] == [What.CHANGED]


async def test_a_ring_of_another_council_opens_no_chain(store: Store) -> None:
    await store.write(fill)

    found = await store.read(lambda db: verify(db, b"another key" * 3, OURS))

    assert [one.sequence for one in found.broken] == [1]


async def test_a_check_counts_what_it_read_and_what_no_checkpoint_covers(store: Store) -> None:
    await store.write(fill)
    told: list[int] = []
    (chain,) = await store.read(lambda db: heads(db, OURS))
    ten = await store.read(lambda db: verify_chain(db, KEY, OURS, chain, most=10))
    assert (ten.head.sequence, ten.entries, ten.broken) == (10, 10, None)

    rest = await store.read(lambda db: verify_chain(db, KEY, OURS, chain, after=ten.head))
    found = await store.read(lambda db: verify(db, KEY, OURS, {chain: ten.head}, told.append))

    assert (rest.head.sequence, rest.entries) == (A_CHAIN, A_CHAIN - 10)
    assert found == Verified(1, A_CHAIN, A_CHAIN - 10, ())
    assert sum(told) == A_CHAIN


async def test_a_million_entries_are_checked_in_the_time_that_is_promised(
    sqlite_database_url: str, full: bool, promise: Promise
) -> None:
    store = await open_store(sqlite_database_url, benchmark.KEYS)
    entries = 1_000_000 if full else 20_000
    await benchmark.fill(store, entries)

    begun = time.process_time()
    seconds, verified = await benchmark.check(store)
    used = time.process_time() - begun
    await store.close()

    assert (verified.entries, verified.broken) == (entries, ())
    if full:  # the promise's own figure; the short run has others beside it, and only reads
        assert used <= benchmark.LIMIT_SECONDS
    promise("P20", entries=entries, seconds=round(seconds, 2), processor_seconds=round(used, 2))


async def test_a_change_is_told_from_a_forgery_by_the_entry_behind_it(store: Store) -> None:
    await store.write(fill)
    no_mac = "mac = x'00'" if store.is_sqlite else r"mac = '\x00'::bytea"
    for change in ("actor = 'staff:4'", no_mac):
        statement = f"UPDATE audit SET {change} WHERE sequence = 4"  # noqa: S608
        (broken,) = await _broken(store, statement, covered=False)
        assert (broken.sequence, broken.what) == (4, What.CHANGED)


async def test_what_is_in_no_checkpoint_is_counted_over_all_chains(
    sqlite_database_url: str,
) -> None:
    await three_chains(sqlite_database_url)
    store = await open_store(sqlite_database_url, KEYS)
    covered = await store.read(lambda db: covering(db, OURS))
    first, second, third = sorted(covered)

    found = await store.read(lambda db: verify(db, KEY, OURS, {first: covered[first]}))
    assert (found.chains, found.entries, found.uncovered) == (3, 3 * A_CHAIN, 2 * A_CHAIN)
    all_of_it = await store.read(lambda db: verify(db, KEY, OURS, covered))
    assert all_of_it.uncovered == 0
    assert second < third
    await store.close()
