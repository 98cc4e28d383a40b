"""Every act is in a chain, in its own transaction; no chain forks or has a gap that nobody made."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from storage import audit
from storage.audit_verifying import heads, verify
from storage.chains import START, Chains, Head, chains_of, mac_of, new_chain, written
from storage.checkpoints import printed, signing_key
from storage.errors import AuditUnchained, StorageAway
from storage.migrate import migrate
from storage.store import Store, open_store
from storage.tables import audit as table
from tests.keys import RING as KEYS

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
KEY = KEYS.derive("audit")


def act(db: Connection, number: int = 0, council: str = "c") -> int:
    audit.add(db, council, NOW, actor="sayso", act="made", subject=f"review:{number}")
    return number


def acts(db: Connection, council: str = "c") -> list[str]:
    found = select(table.c.subject).where(table.c.council == council).order_by(table.c.entry_id)
    return list(db.execute(found).scalars())


async def whole(store: Store, council: str = "c") -> int:
    """How many entries there are; all chains are as they were written."""
    verified = await store.read(lambda db: verify(db, KEY, council))
    assert verified.broken == ()
    return verified.entries


async def test_an_act_and_its_entry_are_kept_together_or_not_at_all(store: Store) -> None:
    def half_done(db: Connection) -> None:
        act(db, 2)
        raise ValueError("changed its mind")

    await store.write(partial(act, number=1))
    with pytest.raises(ValueError, match="changed its mind"):
        await store.write(half_done)
    await store.write(partial(act, number=3))

    assert await store.read(acts) == ["review:1", "review:3"]
    assert await whole(store) == 2
    assert len(await store.read(lambda db: heads(db, "c"))) == 1  # one chain went on


async def test_use_cases_that_share_a_commit_leave_no_gap_where_one_is_undone(
    store: Store,
) -> None:
    def sometimes(db: Connection, number: int) -> int:
        act(db, number)
        if number % 3 == 0:
            raise ValueError(number)
        return number

    await asyncio.gather(
        *(store.write(partial(sometimes, number=number)) for number in range(60)),
        return_exceptions=True,
    )

    assert await whole(store) == 40
    if store.is_sqlite:
        assert list((await store.read(lambda db: heads(db, "c"))).values()) == [40]


async def test_a_commit_that_fails_is_followed_by_a_new_chain(store: Store) -> None:
    await store.write(partial(act, number=1))
    failing = [True]

    def fail(connection: Connection) -> None:
        if failing and failing.pop():
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

    event.listen(store.writer.sync_engine, "commit", fail)
    answers = await asyncio.gather(
        *(store.write(partial(act, number=number)) for number in (2, 3)), return_exceptions=True
    )
    event.remove(store.writer.sync_engine, "commit", fail)
    await store.write(partial(act, number=4))

    kept = {2, 3} - {n for n, a in zip((2, 3), answers, strict=True) if isinstance(a, StorageAway)}
    assert await store.read(acts) == [f"review:{n}" for n in sorted({1, 4} | kept)]
    assert await whole(store) == 2 + len(kept)
    if store.is_sqlite:
        assert kept == {2, 3}  # each was run again, alone


async def test_two_councils_of_one_connection_have_a_chain_each(store: Store) -> None:
    def both(db: Connection) -> None:
        for council in ("a", "b", "a"):
            act(db, council=council)

    await store.write(both)

    assert await whole(store, "a") == 2
    assert await whole(store, "b") == 1


async def test_connections_that_write_at_once_never_wait_for_a_head(
    postgres_database_url: str,
) -> None:
    store = await open_store(postgres_database_url, KEYS)
    inside = asyncio.Barrier(4)
    loop = asyncio.get_running_loop()

    def together(db: Connection) -> None:
        from sqlalchemy.util import await_only  # noqa: PLC0415

        act(db)
        assert asyncio.get_running_loop() is loop
        await_only(inside.wait())  # four transactions, each with its entry written, are open now

    async with asyncio.timeout(20):
        await asyncio.gather(*(store.write(together) for _ in range(4)))
    await asyncio.gather(*(store.write(partial(act, number=n)) for n in range(200)))

    assert await whole(store) == 204
    assert len(await store.read(lambda db: heads(db, "c"))) >= 4
    await store.close()


WRITING = """
import asyncio, sys
from datetime import UTC, datetime
from storage import audit
from tests.keys import RING
from storage.store import open_store

async def main():
    store = await open_store(sys.argv[1], RING)
    print("ready", flush=True)
    def act(db):
        audit.add(db, "c", datetime.now(UTC), actor="sayso", act="made", subject="review:1")
    while True:
        await asyncio.gather(*(store.write(act) for _ in range(20)))
        print("kept", flush=True)

asyncio.run(main())
"""


async def test_a_process_that_is_killed_leaves_a_whole_chain_and_the_next_begins_its_own(
    database_url: str,
) -> None:
    for _kill in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITING, database_url], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for _line in range(6):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
    store = await open_store(database_url, KEYS)
    await store.write(act)

    assert await whole(store) >= 3 * 20 + 1
    assert len(await store.read(lambda db: heads(db, "c"))) >= 4
    await store.close()


async def test_without_the_key_ring_nothing_that_must_be_audited_happens(
    database_url: str,
) -> None:
    store = await open_store(database_url)
    with pytest.raises(AuditUnchained, match="key ring"):
        await store.write(act)
    assert await store.read(acts) == []
    await store.close()


async def test_nothing_is_audited_outside_of_a_transaction_that_will_be_kept(
    store: Store,
) -> None:
    with pytest.raises(AuditUnchained):
        await store.read(act)


async def test_entries_are_only_ever_added_for_every_program(store: Store) -> None:
    await store.write(act)
    for change in ("UPDATE audit SET act = 'nothing'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError):
            await store.write(lambda db, change=change: db.execute(text(change)))  # type: ignore[misc]
    assert await whole(store) == 1


async def test_entries_from_before_the_chains_are_kept_aside_and_vouched_for_by_nobody(
    tmp_path: Path, empty_postgres_url: str
) -> None:
    from alembic import command  # noqa: PLC0415

    from storage.migrate import _config  # noqa: PLC0415

    def first(db: Connection) -> None:
        config = _config()
        config.attributes["connection"] = db
        command.upgrade(config, "0001")
        db.execute(
            text(
                "INSERT INTO audit (council, entry_id, at, actor, act, subject, detail) "
                "VALUES ('c', 1, '2026-11-24 09:30:00', 'sayso', 'made', 'review:1', '')"
            )
        )

    def set_aside(db: Connection) -> list[str]:
        return list(db.execute(text("SELECT subject FROM audit_before_chains")).scalars())

    for url in (f"sqlite+aiosqlite:///{tmp_path / 'old.db'}", empty_postgres_url):
        store = await open_store(url, KEYS)
        await store.write(first)
        await migrate(store)
        await store.write(partial(act, number=2))

        assert await store.read(set_aside) == ["review:1"]
        assert await store.read(acts) == ["review:2"]
        for change in (
            "DELETE FROM audit_before_chains",
            "UPDATE audit_before_chains SET act = ''",
            "INSERT INTO audit_before_chains SELECT council, 2, at, actor, act, subject, detail "
            "FROM audit_before_chains",
        ):
            with pytest.raises(DBAPIError):
                await store.write(lambda db, change=change: db.execute(text(change)))  # type: ignore[misc]
        await store.close()


def test_a_head_follows_its_transaction() -> None:
    chains = Chains(KEY)
    first, second, third = (Head("x", number, bytes([number])) for number in (1, 2, 3))
    chains.begin()
    chains.advance("c", first)
    savepoint = chains.mark()
    chains.advance("c", second)
    assert chains.head("c") == second
    chains.back_to(savepoint)
    assert chains.head("c") == first
    chains.committed()

    before = chains.begin()
    chains.advance("c", third)
    chains.undone(before)
    assert chains.begin() == {"c": first}  # all of it was undone: the chain goes on

    assert chains.begin() == {}  # nobody said how the last one ended: a new chain
    assert chains.head("c").sequence == 0


def test_a_new_chain_has_a_name_of_its_own_that_rises_with_time() -> None:
    one, two = new_chain(), new_chain()

    assert one.chain < two.chain
    assert (one.sequence, one.mac) == (0, START)
    assert len(one.chain) == len(two.chain) == 32


def test_a_time_is_written_alike_whatever_its_zone_and_the_machines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = timezone(timedelta(hours=5, minutes=30))
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        elsewhere = written(NOW)
    finally:
        monkeypatch.undo()
        time.tzset()

    assert elsewhere == written(NOW)
    assert written(NOW.astimezone(there)) == written(NOW) == "2026-11-24 09:30:00.000000"


def test_no_two_entries_read_alike() -> None:
    fields = ("c", "x", 1, 2, "t", "a", "b", "s", "d")
    macs = {mac_of(KEY, START, *fields)}
    for place, value in enumerate(fields):
        other = list(fields)
        other[place] = value + 1 if isinstance(value, int) else f"{value}1:"
        macs.add(mac_of(KEY, START, *other))  # type: ignore[arg-type]
    shifted = [
        ("c", "x", 1, 2, "t", "ab", "", "s", "d"),
        ("c", "x", 12, 2, "t", "a", "b", "s", "d"),
        ("c", "x", 1, 2, "t", "", "ab", "s", "d"),
        ("cx", "", 1, 2, "t", "a", "b", "s", "d"),
        ("c", "x", 1, 2, "t", "a", "b", "sd", ""),
        ("c", "x", 1, 2, "t", "a", "bs", "", "d"),
    ]
    macs |= {mac_of(KEY, START, *one) for one in shifted}
    macs.add(mac_of(KEY, bytes([1]) * 32, *fields))
    macs.add(mac_of(b"another key", START, *fields))

    assert len(macs) == 1 + len(fields) + len(shifted) + 2


def test_a_chain_never_shows_its_key() -> None:
    assert KEY.hex() not in repr(Chains(KEY))
    assert repr(KEY) not in repr(Chains(KEY))


async def test_a_connection_that_was_lost_begins_a_new_chain(postgres_database_url: str) -> None:
    store = await open_store(postgres_database_url, KEYS)
    await store.write(act)

    def end_own_session(db: Connection) -> None:
        act(db)
        db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(StorageAway):
        await store.write(end_own_session)
    await store.write(act)

    assert await whole(store) == 2
    assert sorted((await store.read(lambda db: heads(db, "c"))).values()) == [1, 1]
    await store.close()


async def test_chains_belong_to_the_connection(store: Store) -> None:
    def look(db: Connection) -> int:
        act(db)
        return chains_of(db).head("c").sequence

    assert await store.write(look) == 1
    assert await store.write(look) == 2


def test_what_is_kept_for_years_is_still_worked_out_the_same_way() -> None:
    """A change here makes every audit that there is look tampered with."""
    assert KEY.hex() == "831e343935c16333aa7105801706086f6985dc27881669980dd28b9086872a2c"
    first = mac_of(KEY, START, "c", "x", 1, 2, "t", "a", "b", "s", "d")
    assert first.hex() == "a5157593f8583156720fea5fa9001aa6fddec31bceea15f5786a3926a9754f93"
    public = printed(signing_key(KEYS).public_key())
    assert public == "29d5253135ce0e6d37d93beac32b38692518a8e1f2cbc88ca94e16747ab17a1f"


async def test_an_entry_is_kept_as_it_was_given_and_says_nothing_more(store: Store) -> None:
    def entry(db: Connection) -> None:
        audit.add(db, "c", NOW, actor="sayso", act="made", subject="review:1")
        audit.add(
            db, "c", NOW, actor="staff:1", act="review_read", subject="review:2", detail="version 1"
        )

    await store.write(entry)

    rows = await store.read(lambda db: db.execute(select(table).order_by(table.c.sequence)).all())
    assert [(row.council, row.sequence, row.at) for row in rows] == [("c", 1, NOW), ("c", 2, NOW)]
    assert [(row.actor, row.act, row.subject, row.detail) for row in rows] == [
        ("sayso", "made", "review:1", ""),
        ("staff:1", "review_read", "review:2", "version 1"),
    ]
    assert rows[0].entry_id < rows[1].entry_id
