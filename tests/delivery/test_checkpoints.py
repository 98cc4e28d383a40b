"""Checkpoints are made while Sayso works and leave the machine, whatever the destination does."""

import asyncio
import json
import socket
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from sqlalchemy import Connection, select, text
from standardwebhooks import Webhook

from bot.auditing import check
from bot.delivery.checkpoints import Leaving, Syslog, open_way
from bot.delivery.dispatch import Dispatcher
from bot.service.checkpointing import DESTINATION, ENTRIES, EVERY, Tying
from bot.service.house import House
from bot.serving import working
from bot.web.context import now
from storage import audit, checkpoints, outbox
from storage.store import Store, open_store
from storage.tables import audit as table
from tests.sayso import house_at

SECRET = "whsec_" + "c2VjcmV0" * 5


def act(db: Connection, house: House, times: int = 1) -> None:
    for number in range(times):
        audit.add(db, house.id, now(), actor="sayso", act="made", subject=f"review:{number}")


async def acted(store: Store, house: House, times: int = 1) -> None:
    await store.write(partial(act, house=house, times=times))


async def lines(store: Store, house: House) -> list[str]:
    return await store.read(lambda db: checkpoints.lines(db, house.id))


async def opened(database_url: str, folder: Path, where: str) -> tuple[Store, House]:
    house = house_at(folder, database_url, audit_checkpoints=where, case_record_secret=SECRET)
    return await open_store(database_url, house.keys), house


async def test_a_checkpoint_is_due_after_many_entries_after_a_while_and_at_the_stop(
    database_url: str, tmp_path: Path
) -> None:
    store, house = await opened(database_url, tmp_path, "")
    tying, at = Tying(store, house), now()
    assert await tying.tie(at) == 0  # there is nothing to tie
    assert await tying.tie(at, at_once=True) == 0

    await acted(store, house)
    assert await tying.tie(at) == 1  # the first
    await acted(store, house)
    assert await tying.tie(at + EVERY - timedelta(seconds=1)) == 0
    assert await tying.tie(at + EVERY) == 1
    await acted(store, house, ENTRIES - 1)
    assert await tying.tie(at + EVERY) == 0
    await acted(store, house)
    assert await tying.tie(at + EVERY) == 1
    await acted(store, house)
    assert await tying.tie(at + EVERY, at_once=True) == 1
    assert await tying.tie(at + 9 * EVERY, at_once=True) == 0

    report = await store.read(lambda db: check(db, house))
    assert report.whole
    assert (report.folded.covered.number, report.verified.uncovered) == (4, 0)
    assert await store.read(lambda db: outbox.waits(db, house.id, DESTINATION)) == 0
    await store.close()


async def test_two_workers_never_make_the_same_checkpoint(
    postgres_database_url: str, tmp_path: Path
) -> None:
    store, house = await opened(postgres_database_url, tmp_path, "")
    one, two = Tying(store, house), Tying(store, house)
    for _round in range(10):
        await acted(store, house)
        made = await asyncio.gather(
            *(tying.tie(now(), at_once=True) for tying in (one, two, one, two))
        )
        assert sum(made) >= 1

    report = await store.read(lambda db: check(db, house))
    assert report.folded.problems == ()
    assert report.verified.uncovered == 0
    await store.close()


async def test_what_was_tampered_with_is_put_on_record_before_the_next_checkpoint(
    database_url: str, tmp_path: Path
) -> None:
    store, house = await opened(database_url, tmp_path, "")
    tying = Tying(store, house)
    await acted(store, house, 5)
    assert await tying.tie(now(), at_once=True) == 1
    await acted(store, house, 5)
    await store.write(partial(_tamper, statement="UPDATE audit SET actor='x' WHERE sequence=8"))

    assert await tying.tie(now(), at_once=True) == 1
    assert await tying.tie(now(), at_once=True) == 1  # for the entry which says that it is broken
    assert await tying.tie(now(), at_once=True) == 0

    acts = await store.read(
        lambda db: db.execute(
            select(table.c.act, table.c.subject, table.c.detail).where(
                table.c.act == "audit_broken"
            )
        ).all()
    )
    assert [(row.act, row.detail) for row in acts] == [("audit_broken", "entry 8, changed")]
    report = await store.read(lambda db: check(db, house))
    assert [(one.sequence, one.what.value) for one in report.verified.broken] == [(8, "changed")]
    assert report.verified.uncovered == 0
    assert report.folded.problems == ()
    await store.close()


async def test_a_chain_that_became_shorter_is_noticed(database_url: str, tmp_path: Path) -> None:
    store, house = await opened(database_url, tmp_path, "")
    await acted(store, house, 5)
    assert await Tying(store, house).tie(now()) == 1
    await store.write(partial(_tamper, statement="DELETE FROM audit WHERE sequence > 3"))

    restarted = Tying(store, house)
    await restarted.tie(now())
    await restarted.tie(now())

    found = await store.read(
        lambda db: list(
            db.execute(select(table.c.detail).where(table.c.act == "audit_broken")).scalars()
        )
    )
    assert found == ["entry 4, truncated"]
    await store.close()


def _tamper(db: Connection, statement: str) -> None:
    if db.dialect.name == "postgresql":
        db.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
    else:
        for act_ in ("UPDATE", "DELETE"):
            db.execute(text(f"DROP TRIGGER IF EXISTS audit_refuses_{act_}"))
    db.execute(text(statement))


async def test_working_ties_and_the_stop_ties_once_more_and_all_of_it_has_left(
    database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "elsewhere" / "checkpoints.jsonl"
    store, house = await opened(database_url, tmp_path, f"file:{file}")
    await acted(store, house)
    async with working(store, house, None):
        async with asyncio.timeout(10):
            while not await lines(store, house):
                await asyncio.sleep(0.02)
        await acted(store, house, 3)

    left = file.read_text().splitlines()
    assert left == await lines(store, house)
    assert len(left) == 2
    report = await store.read(lambda db: check(db, house, left))
    assert report.whole
    assert (report.verified.entries, report.verified.uncovered) == (4, 0)
    await store.close()


async def test_a_file_is_only_added_to_and_a_torn_line_is_left_behind(
    sqlite_database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "checkpoints.jsonl"
    store, house = await opened(sqlite_database_url, tmp_path, f"file:{file}")
    way = open_way(house.settings.audit_checkpoints, "")
    assert await way.leave("k", house.id, "one") is None
    with file.open("a") as torn:
        torn.write("tw")
    assert await way.leave("k", house.id, "two") is None
    assert await way.leave("k", house.id, "three") is None
    await way.close()

    assert file.read_text() == "one\ntw\ntwo\nthree\n"
    blocked = open_way(f"file:{file}/below", "")
    assert await blocked.leave("k", house.id, "x") in ("file: ENOTDIR", "file: EEXIST")
    await store.close()


async def test_syslog_gets_a_line_of_its_own_facility(tmp_path: Path) -> None:
    address = tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(address))
        way = open_way(f"syslog:{address}", "")
        assert await way.leave("k", "c", '{"number":1}') is None
        assert server.recv(10_000) == b'<85>sayso-audit: {"number":1}'
    await way.close()
    address.unlink()
    assert await way.leave("k", "c", "x") == "syslog: ENOENT"
    assert open_way("syslog:", "") == Syslog("/dev/log")


async def test_https_gets_a_signed_event_and_is_asked_until_it_takes_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bot.delivery.checkpoints.backoff", lambda _attempts: timedelta(milliseconds=20)
    )
    taken: list[dict[str, Any]] = []
    answers = iter([503, 400])

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        Webhook(SECRET).verify(body.decode(), dict(request.headers))
        event = json.loads(body)
        assert request.headers["Idempotency-Key"] == event["id"]
        status = next(answers, 200)
        if status == 200:
            taken.append(event)
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/audit", take)
    runner = web.AppRunner(app)
    await runner.setup()
    port = unused_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    store, house = await opened(database_url, tmp_path, f"http://127.0.0.1:{port}/audit")
    tying, leaving = Tying(store, house), Leaving(house)
    dispatcher = Dispatcher(store, leaving)
    running = asyncio.create_task(dispatcher.run())
    for _checkpoint in range(2):
        await acted(store, house)
        await tying.tie(now(), at_once=True)
        dispatcher.wake()
    async with asyncio.timeout(20):
        while len(taken) < 2:
            await asyncio.sleep(0.02)
    await dispatcher.stop()
    await running
    await leaving.close()
    await runner.cleanup()

    assert [event["data"]["line"] for event in taken] == await lines(store, house)
    assert [event["id"] for event in taken] == ["checkpoint/1", "checkpoint/2"]
    assert taken[0]["type"] == "urn:sayso:audit:checkpoint:1"
    await store.close()


async def test_where_the_setting_is_taken_away_what_waits_waits_on() -> None:
    way = open_way("", "")

    assert await way.leave("k", "c", "x") == "SAYSO_AUDIT_CHECKPOINTS is not set"
    await way.close()
