"""One way to write: all of it or nothing, and nobody is answered before the commit."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError

from storage import (
    audit,
    care_tables,  # noqa: F401 - its tables too
    inbox,
    kept_settings,
    outbox,
    review_tables,  # noqa: F401 - its tables too
    tasks,
    unit_tables,  # noqa: F401 - its tables too
)
from storage.errors import SQLiteTooOld, StorageAway, StorageInUse
from storage.migrate import is_current, migrate
from storage.outbox import Outgoing
from storage.sealing import Place, unseal
from storage.serving import only_server
from storage.sqlite import check_version
from storage.store import Store, open_store
from storage.tables import councils, metadata
from storage.tables import inbox as inbox_table
from tests.keys import RING

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def add_council(db: Connection, name: str) -> str:
    db.execute(insert(councils), {"council": name, "demo": True, "created_at": NOW})
    return name


def names(db: Connection) -> set[str]:
    return set(db.execute(select(councils.c.council)).scalars())


async def test_many_at_once_are_all_kept_and_each_gets_its_own_answer(store: Store) -> None:
    wanted = [f"c{number}" for number in range(200)]

    answers = await asyncio.gather(
        *(store.write(partial(add_council, name=name)) for name in wanted)
    )

    assert answers == wanted
    assert await store.read(names) == set(wanted)


async def test_one_that_fails_takes_nothing_of_its_neighbours_with_it(store: Store) -> None:
    def half_done(db: Connection) -> None:
        add_council(db, "half")
        raise ValueError("changed its mind")

    first = await store.write(lambda db: add_council(db, "before"))
    answers = await asyncio.gather(
        store.write(half_done),
        store.write(lambda db: add_council(db, "before")),
        store.write(lambda db: add_council(db, "after")),
        return_exceptions=True,
    )

    assert first == "before"
    assert isinstance(answers[0], ValueError)
    assert isinstance(answers[1], DBAPIError)  # it is there already
    assert answers[2] == "after"
    assert await store.read(names) == {"before", "after"}


async def test_reading_can_not_write(sqlite_database_url: str) -> None:
    store = await open_store(sqlite_database_url, RING)
    with pytest.raises(StorageAway):
        await store.read(lambda db: add_council(db, "sneaky"))
    assert await store.read(names) == set()
    await store.close()


async def test_a_database_that_is_not_there_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    store = await open_store(f"postgresql+asyncpg://sayso@/none?host={tmp_path}", RING)
    with pytest.raises(StorageAway):
        await store.write(lambda db: add_council(db, "lost"))
    await store.close()


@pytest.mark.parametrize(
    ("code", "away"),
    [
        ("53100", True),  # the disk is full
        ("53200", True),  # no memory
        ("40P01", True),  # two waited for each other, and one had to give way
        ("40001", True),
        ("55P03", True),  # held for too long by another
        ("57014", True),  # ended by a time limit of the server's
        ("57P01", True),  # shut down
        ("58030", True),  # a disk that fails
        ("25006", True),  # a stand-in that only reads, before it takes over
        ("22001", False),
        ("23514", False),
        ("42P01", False),
        ("P0001", False),
    ],
)
async def test_a_postgresql_that_can_not_just_now_is_away_and_no_mistake_of_ours(
    postgres_database_url: str, code: str, *, away: bool
) -> None:
    """Taken for a mistake, a message would be kept aside instead of being brought again."""
    store = await open_store(postgres_database_url, RING)

    def refused(db: Connection) -> None:
        db.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$"))

    for ask in (store.write, store.read):
        with pytest.raises(StorageAway if away else DBAPIError):
            await ask(refused)
    await store.write(lambda db: add_council(db, "afterwards"))
    await store.close()


async def test_postgresql_compiles_no_query_that_is_over_sooner(postgres_database_url: str) -> None:
    store = await open_store(postgres_database_url, RING)
    try:
        for run in (store.read, store.write):
            assert await run(lambda db: db.execute(text("SHOW jit")).scalar_one()) == "off"
    finally:
        await store.close()


async def test_every_sqlite_connection_writes_through_to_the_disk(
    sqlite_database_url: str,
) -> None:
    store = await open_store(sqlite_database_url, RING)

    def pragmas(db: Connection) -> list[object]:
        return [
            db.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        ]

    assert await store.write(pragmas) == ["wal", 2, 1, 1]  # 2 is FULL
    assert (await store.read(pragmas))[:2] == ["wal", 2]
    assert sqlite.sqlite_version_info >= (3, 51, 3)
    await store.close()


def test_a_sqlite_that_loses_commits_is_refused() -> None:
    with pytest.raises(SQLiteTooOld, match=r"3\.40\.1 can lose commits"):
        check_version((3, 40, 1))


async def test_other_commands_write_beside_a_server(sqlite_database_url: str) -> None:
    serving, beside = (
        await open_store(sqlite_database_url, RING),
        await open_store(sqlite_database_url, RING),
    )

    await asyncio.gather(
        *(serving.write(partial(add_council, name=f"s{n}")) for n in range(50)),
        *(beside.write(partial(add_council, name=f"b{n}")) for n in range(50)),
    )

    assert len(await serving.read(names)) == 100
    await serving.close()
    await beside.close()


def test_a_second_server_on_one_file_is_told_who_serves_it(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'sayso.db'}"
    with (
        only_server(url),
        pytest.raises(StorageInUse, match="is served already, by process"),
        only_server(url),
    ):
        pass
    with only_server(url):
        pass  # and once the first is gone it may


async def test_migrating_again_changes_nothing(store: Store) -> None:
    await store.write(lambda db: add_council(db, "kept"))
    await migrate(store)
    assert await is_current(store)
    assert await store.read(names) == {"kept"}


def test_the_council_stands_first_in_every_key() -> None:
    for table in metadata.tables.values():
        assert next(iter(table.primary_key.columns)).name == "council", table.name
        for constraint in table.foreign_key_constraints:
            assert constraint.column_keys[0] == "council", table.name


def _run(statement: str, db: Connection) -> None:
    db.execute(text(statement))


async def test_the_audit_is_only_ever_added_to(store: Store) -> None:
    await store.write(
        lambda db: audit.add(db, "c", NOW, actor="sayso", act="made", subject="review:1")
    )
    for change in ("UPDATE audit SET act = 'nothing'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError):
            await store.write(partial(_run, change))
    rows = await store.read(lambda db: db.execute(text("SELECT act FROM audit")).all())
    assert [row.act for row in rows] == ["made"]


async def test_the_same_message_twice_is_kept_once(store: Store) -> None:
    def take(db: Connection) -> bool:
        return inbox.add(db, "c", "telegram:1", "77", "{}", NOW)

    assert await store.write(take) is True
    assert await store.write(take) is False
    rows = await store.read(lambda db: db.execute(select(inbox_table)).all())
    assert len(rows) == 1


async def test_a_message_says_by_whose_key_it_opens_again(store: Store) -> None:
    def take(db: Connection) -> bool:
        return inbox.add(db, "c", "web:1", "78", "words", NOW, person_id="p")

    await store.write(take)
    row = await store.read(lambda db: db.execute(select(inbox_table)).one())
    place = Place("c", "inbox", "body", "web:1/78", row.person_id)
    assert await store.read(lambda db: unseal(db, place, row.body)) == "words"


def outgoing(lane: str, number: int) -> Outgoing:
    return Outgoing("telegram", lane, f"{lane}/{number}", f'"{number}"')


async def test_a_lane_leaves_in_order_and_waits_for_its_own_head_only(store: Store) -> None:
    rows = [outgoing(lane, number) for number in range(3) for lane in ("a", "b")]
    await store.write(lambda db: outbox.add(db, "c", rows, NOW))

    def claim(db: Connection, at: datetime = NOW) -> list[outbox.Claimed]:
        return outbox.claim(db, ["telegram"], at, keep_for=timedelta(minutes=2))

    first = await store.write(claim)
    assert [row.idempotency_key for row in first] == ["a/0", "b/0"]
    assert await store.write(claim) == []  # the heads are under way

    await store.write(lambda db: outbox.done(db, [first[0]]))
    await store.write(lambda db: outbox.later(db, first[1], NOW + timedelta(minutes=5)))
    assert [row.idempotency_key for row in await store.write(claim)] == ["a/1"]

    late = NOW + timedelta(minutes=6)  # the claim on a/1 has ended, b/0 may be tried again
    again = await store.write(lambda db: claim(db, late))
    assert [(row.idempotency_key, row.attempts) for row in again] == [("b/0", 2), ("a/1", 2)]


async def test_the_same_row_can_not_be_put_out_twice(store: Store) -> None:
    await store.write(lambda db: outbox.add(db, "c", [outgoing("a", 1)], NOW))
    with pytest.raises(DBAPIError):
        await store.write(lambda db: outbox.add(db, "c", [outgoing("a", 1)], NOW))


async def test_two_workers_never_get_the_same_row(postgres_database_url: str) -> None:
    one, two = (
        await open_store(postgres_database_url, RING),
        await open_store(postgres_database_url, RING),
    )
    rows = [outgoing(f"lane{number}", 0) for number in range(100)]
    await one.write(lambda db: outbox.add(db, "c", rows, NOW))

    def claim(db: Connection) -> list[str]:
        claimed = outbox.claim(db, ["telegram"], NOW, keep_for=timedelta(minutes=2), most=10)
        return [row.idempotency_key for row in claimed]

    taken = await asyncio.gather(*((one if n % 2 else two).write(claim) for n in range(30)))

    keys = [key for several in taken for key in several]
    assert sorted(keys) == sorted({f"lane{number}/0" for number in range(100)})
    await one.close()
    await two.close()


async def test_another_process_commit_wakes_the_worker(postgres_database_url: str) -> None:
    worker, web = (
        await open_store(postgres_database_url, RING),
        await open_store(postgres_database_url, RING),
    )
    await worker.listen()

    await web.write(lambda db: outbox.add(db, "c", [outgoing("a", 0)], NOW))

    async with asyncio.timeout(5):
        await worker.woken.wait()
    await worker.close()
    await web.close()


async def test_a_secret_is_made_once_whoever_asks_first(store: Store) -> None:
    made = iter(["first", "second"])

    def get(db: Connection) -> str:
        return kept_settings.get_or_make(db, "c", "telegram_secret", lambda: next(made))

    assert await store.write(get) == "first"
    assert await store.write(get) == "first"


async def test_the_same_trouble_makes_one_task(store: Store) -> None:
    task = tasks.Task("t1", tasks.Kind.DELIVERY_FAILED, "p", "r", {"why": "status 422"})
    await store.write(lambda db: tasks.add(db, "c", task, NOW))
    await store.write(lambda db: tasks.add(db, "c", task, NOW))

    (waiting,) = await store.read(lambda db: tasks.waiting(db, "c"))
    assert waiting.about == {"why": "status 422"}


async def test_a_use_case_that_fails_in_an_odd_way_ends_nobody_elses_writing(store: Store) -> None:
    """`next()` without a default, where there is nothing: no future takes a `StopIteration`."""

    def odd(_db: Connection) -> object:
        return next(iter(()))

    neighbours = [store.write(lambda _db, number=number: number) for number in range(3)]  # type: ignore[misc]
    async with asyncio.timeout(10):
        failed, *others = await asyncio.gather(
            store.write(odd), *neighbours, return_exceptions=True
        )
        assert isinstance(failed, RuntimeError)
        assert others == [0, 1, 2]
        assert await store.write(lambda _db: "goes on") == "goes on"
