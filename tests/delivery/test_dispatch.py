"""Rows leave in the order of their lane, whether they were handed over or had to be read."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select
from structlog.testing import capture_logs

from bot.delivery.dispatch import Dispatcher
from bot.service.outcome import Delivered, Outcome, TryLater
from bot.web.context import now
from storage import outbox
from storage.outbox import Claimed, Outgoing
from storage.store import Store
from storage.tables import outbox as outbox_table


@dataclass(slots=True)
class Recorder:
    """Notes what arrives; `fail` says how often a row fails first."""

    at_once: int = 4
    fail: dict[str, int] = field(default_factory=dict)
    arrived: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    busy: int = 0
    most: int = 0

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset({"telegram"})

    async def deliver(self, row: Claimed) -> Outcome:
        self.busy += 1
        self.most = max(self.most, self.busy)
        await asyncio.sleep(0.001)
        self.busy -= 1
        if self.fail.get(row.payload, 0):
            self.fail[row.payload] -= 1
            return TryLater(timedelta(milliseconds=5))
        self.arrived[row.lane].append(row.payload)
        return Delivered()


def row(lane: str, number: int, **more: Any) -> Outgoing:
    return Outgoing("telegram", lane, f"{lane}/{number}", f"{lane}/{number}", **more)


@asynccontextmanager
async def delivering(store: Store, recorder: Recorder) -> AsyncIterator[Dispatcher]:
    dispatcher = Dispatcher(store, recorder)
    store.takers.append(dispatcher.put_out)
    running = asyncio.create_task(dispatcher.run())
    try:
        yield dispatcher
    finally:
        await dispatcher.stop()
        await running


async def empty(store: Store) -> None:
    def left(db: Connection) -> int:
        return db.execute(select(func.count()).select_from(outbox_table)).scalar_one()

    async with asyncio.timeout(30):
        while await store.read(left):
            await asyncio.sleep(0.01)


async def put(store: Store, *rows: Outgoing) -> None:
    await store.write(lambda db: outbox.add(db, "c", rows, now()))


async def test_more_than_may_leave_at_once_all_leave_each_lane_in_its_order(store: Store) -> None:
    recorder = Recorder()
    async with delivering(store, recorder):
        await asyncio.gather(
            *(put(store, *(row(f"l{lane}", n) for n in range(5))) for lane in range(20))
        )
        await empty(store)

    assert recorder.most <= recorder.at_once
    for lane in range(20):
        assert recorder.arrived[f"l{lane}"] == [f"l{lane}/{n}" for n in range(5)]


async def test_a_crowd_leaves_though_each_row_fails_first(store: Store) -> None:
    lanes = [f"l{number}" for number in range(300)]  # more than may be queued
    recorder = Recorder(fail={f"{lane}/0": 1 for lane in lanes})
    async with delivering(store, recorder):
        await put(store, *(row(lane, 0) for lane in lanes))
        await put(store, *(row(lane, 1) for lane in lanes))
        await empty(store)

    assert recorder.most <= recorder.at_once
    assert recorder.arrived == {lane: [f"{lane}/0", f"{lane}/1"] for lane in lanes}


async def test_a_crowd_is_not_read_again_a_few_rows_at_a_time(
    store: Store, monkeypatch: Any
) -> None:
    if not store.is_sqlite:
        return  # every row is claimed there, and no more than can leave in time
    looks, ready = [0], outbox.ready

    def counted(*given: Any, **named: Any) -> Any:
        looks[0] += 1
        return ready(*given, **named)

    monkeypatch.setattr(outbox, "ready", counted)
    recorder = Recorder()
    async with delivering(store, recorder) as dispatcher:
        while dispatcher._unseen:  # what lay there before the start is looked for once
            await asyncio.sleep(0.01)
        await put(store, *(row(f"l{number}", 0) for number in range(150)))
        await empty(store)

    assert len(recorder.arrived) == 150
    assert looks[0] <= 3


async def test_what_has_to_be_tried_again_holds_up_its_lane_and_no_other(store: Store) -> None:
    recorder = Recorder(fail={"a/0": 3, "a/2": 1})
    async with delivering(store, recorder):
        await put(store, row("a", 0), row("b", 0))
        await put(store, row("a", 1), row("a", 2), row("b", 1))
        await put(store, row("a", 3))
        await empty(store)

    assert recorder.arrived["a"] == ["a/0", "a/1", "a/2", "a/3"]
    assert recorder.arrived["b"] == ["b/0", "b/1"]


async def test_a_row_that_waits_holds_back_what_comes_after_it(store: Store) -> None:
    recorder = Recorder()
    async with delivering(store, recorder):
        await put(store, row("a", 0, not_before=now() + timedelta(seconds=0.5)))
        await put(store, row("a", 1))
        await empty(store)

    assert recorder.arrived["a"] == ["a/0", "a/1"]


async def test_what_lay_there_before_the_start_leaves_before_what_comes(store: Store) -> None:
    recorder = Recorder()
    await put(store, row("a", 0), row("a", 1))
    async with delivering(store, recorder):
        await put(store, row("a", 2))
        await empty(store)

    assert recorder.arrived["a"] == ["a/0", "a/1", "a/2"]


async def test_what_a_failed_use_case_put_out_never_leaves(store: Store) -> None:
    recorder = Recorder()

    def half_done(db: Connection) -> None:
        outbox.add(db, "c", [row("a", 0)], now())
        raise ValueError("changed its mind")

    async with delivering(store, recorder):
        await asyncio.gather(
            put(store, row("b", 0)), store.write(half_done), return_exceptions=True
        )
        await empty(store)

    assert recorder.arrived == {"b": ["b/0"]}


async def test_what_is_under_way_at_the_stop_is_written_off(store: Store) -> None:
    recorder = Recorder()
    async with delivering(store, recorder):
        await put(store, *(row("a", n) for n in range(4)))
    left = await store.read(
        lambda db: (
            [r.payload for r in outbox.ready(db, ["telegram"], now())] if store.is_sqlite else []
        )
    )
    assert not set(left) & set(recorder.arrived["a"])


async def test_a_mistake_of_ours_in_reading_ends_nothing(store: Store, monkeypatch: Any) -> None:
    recorder, fails = Recorder(), iter([True])
    for name in ("ready", "claim"):
        real = getattr(outbox, name)

        def failing(*given: Any, real: Any = real, **more: Any) -> Any:
            if next(fails, False):
                raise ZeroDivisionError("what a young person said")
            return real(*given, **more)

        monkeypatch.setattr(outbox, name, failing)

    with capture_logs() as logs:
        async with delivering(store, recorder):
            await put(store, row("a", 0))
            await empty(store)

    assert recorder.arrived["a"] == ["a/0"]
    (log,) = [log for log in logs if log["log_level"] == "critical"]
    assert log["error"] == "ZeroDivisionError"
    assert "said" not in str(log)


async def test_an_outcome_that_cannot_be_written_takes_no_other_with_it(store: Store) -> None:
    def fails(db: Connection) -> None:
        raise ZeroDivisionError("what a young person said")

    class Failing(Recorder):
        async def deliver(self, row: Claimed) -> Outcome:
            await Recorder.deliver(self, row)
            return Delivered(then=fails) if row.lane == "poison" else Delivered()

    recorder = Failing()
    with capture_logs() as logs:
        async with delivering(store, recorder):
            await put(store, row("poison", 0), *(row(lane, 0) for lane in "abc"))
            await put(store, *(row(lane, 1) for lane in "abc"))
            async with asyncio.timeout(30):
                while await store.read(_left) != ["poison/0"]:
                    await asyncio.sleep(0.01)

    assert {lane: len(rows) for lane, rows in recorder.arrived.items()} == {
        "poison": 1, "a": 2, "b": 2, "c": 2,
    }  # fmt: skip
    assert any(log["event"] == "outcome_not_kept" and "outbox_id" in log for log in logs)
    assert "said" not in str(logs)


def _left(db: Connection) -> list[str]:
    return list(db.execute(select(outbox_table.c.idempotency_key)).scalars())
