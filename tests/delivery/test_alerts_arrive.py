"""Promise P12: alerts arrive, whatever happens on the way, and go on to the next in time.

The first delivery is in real time: GOV.UK Notify takes calls without answering, fails, and whoever
delivers is killed again and again. The quarter of an hour until the next is told passes in the
test's own clock, with two workers, of which one dies in every tenth step.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from bot.delivery.dispatch import Dispatcher
from bot.delivery.ringing import CLAIM, Ringing
from bot.demo import crowd
from bot.service import invitations
from bot.service.hear import Incoming, hear
from bot.service.house import House
from bot.service.invitations import LetIn
from bot.service.ringing import DESTINATION, Escalating
from bot.serving import ESCALATE_SECONDS
from bot.web.context import now
from conversations.hearing import Text
from storage import alert_calls, alerts, outbox
from storage.alert_calls import Step
from storage.store import Store
from storage.tables import alert_calls as calls_table
from storage.tables import alert_words, inbox
from storage.tables import alerts as alerts_table
from tests.delivery.notify import SETTINGS, NotifyServer
from tests.delivery.test_ringing import EMAIL, SMS, telling
from tests.promises import FULL, Promise
from tests.sayso import house_at

COUNT = 1_000 if FULL else 100
WITHIN = 60.0
"""Seconds to the first delivery that 99 of 100 alerts have at the most."""
QUARTER = timedelta(minutes=15)
KILLS = 8 if FULL else 3
BETWEEN = 1.5
"""Seconds between kills."""
PATIENCE = 300


@dataclass(slots=True)
class Worker:
    """Delivers calls until it is killed: nothing that it had in hand is written any more."""

    store: Store
    house: House
    kills: int = 0
    _dispatcher: Dispatcher | None = None
    _running: "asyncio.Task[None] | None" = None
    _ringing: list[Ringing] = field(default_factory=list)

    def start(self) -> None:
        self._ringing.append(Ringing(self.store, self.house))
        self._dispatcher = Dispatcher(self.store, self._ringing[-1], CLAIM)
        self.store.takers.append(self._dispatcher.put_out)
        self._running = asyncio.create_task(self._dispatcher.run())

    async def kill(self) -> None:
        dispatcher, running = self._dispatcher, self._running
        assert dispatcher is not None
        assert running is not None
        self.store.takers.remove(dispatcher.put_out)
        dispatcher._stopping = True  # else what ends starts the next
        dying = {running, *dispatcher._under_way}
        if dispatcher._writing is not None:
            dying.add(dispatcher._writing)
        for task in dying:
            task.cancel()
        await asyncio.gather(*dying, return_exceptions=True)
        await self._ringing[-1].close()
        self.kills += 1

    async def stop(self) -> None:
        assert self._dispatcher is not None
        assert self._running is not None
        await self._dispatcher.stop()
        await self._running
        await self._ringing[-1].close()


@asynccontextmanager
async def dying_often(store: Store, house: House) -> AsyncIterator[Worker]:
    worker = Worker(store, house)
    worker.start()

    async def kill_often() -> None:
        for _kill in range(KILLS):
            await asyncio.sleep(BETWEEN)
            await worker.kill()
            worker.start()

    killing = asyncio.create_task(kill_often())
    yield worker
    await killing
    await worker.stop()


class _UndoneError(Exception):
    """The lights go out before the commit."""


async def disclose(store: Store, house: House, chance: random.Random) -> dict[str, float]:
    """Each of a crowd says something urgent; when each alert was committed. Every tenth time it is
    not, and they say it again."""
    invited = await crowd.invite_crowd(store, house, COUNT)
    committed: dict[str, float] = {}

    def say(db: Connection, code: str, *, breaks: bool) -> str:
        let_in = invitations.let_in_by_code(db, house, code, "", now())
        assert isinstance(let_in, LetIn)
        talk = let_in.conversation_id
        said = Text(words="my dad hits me with a belt")
        hear(db, house, Incoming(talk, f"web:{talk}", "urgent", "", said), now())
        if breaks:
            raise _UndoneError
        (alert_id,) = alerts.ids_of(db, house.id, talk)
        return alert_id

    for one in invited:
        if chance.random() < 0.1:
            with pytest.raises(_UndoneError):
                await store.write(partial(say, code=one["code"], breaks=True))
        alert_id = await store.write(partial(say, code=one["code"], breaks=False))
        committed[alert_id] = monotonic()
    return committed


def heard(db: Connection) -> tuple[int, int, int]:
    """How many alerts, words of alerts and messages there are."""
    alarms, words = (
        db.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (alerts_table, alert_words)
    )
    messages = db.execute(select(func.count()).where(inbox.c.key == "urgent")).scalar_one()
    return alarms, words, messages


async def test_alerts_arrive_within_a_minute_and_go_on_after_a_quarter_of_an_hour(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: Any, promise: Promise
) -> None:
    chance = random.Random(12)
    server = NotifyServer(random.Random(7), broken=0.2, lost_answers=0.2)
    await server.start()
    plain = house_at(tmp_path, database_url, notify_url=server.url, **SETTINGS)
    house = telling(plain, sms=(SMS,), email=(EMAIL,))

    await store.listen()
    async with dying_often(store, house) as worker:
        committed = await disclose(store, house, chance)
        async with asyncio.timeout(PATIENCE):
            while await store.read(lambda db: outbox.waits(db, house.id, DESTINATION)):
                await asyncio.sleep(0.2)
    await server.stop()

    assert server.problems == []
    assert await store.read(heard) == (COUNT, COUNT, COUNT)
    first: dict[str, float] = {}
    for one in server.sent:
        alert_id = one.reference.split("/")[1]
        first.setdefault(alert_id, max(0.0, one.at - committed[alert_id]))
    assert set(first) == set(committed)
    waits = sorted(first.values())
    p99 = waits[int(0.99 * len(waits))]
    assert p99 <= WITHIN
    each = Counter(one.reference for one in server.sent)
    assert len(each) == 2 * COUNT  # both ways
    # The faults were real: about as many as the promise names.
    assert server.lost > 0.1 * COUNT
    assert server.failed > 0.1 * COUNT
    assert worker.kills == KILLS

    late, twice, in_vain = await escalated(store, house, chance, monkeypatch)
    assert (twice, in_vain) == (0, 0)
    promise(
        "P12",
        database=store.writer.dialect.name,
        disclosures=COUNT,
        alerts=len(committed),
        never_delivered=len(committed) - len(first),
        first_delivery_p99_seconds=round(p99, 1),
        slowest_first_delivery_seconds=round(waits[-1], 1),
        timeouts_after_acceptance=server.lost,
        errors_5xx=server.failed,
        workers_killed=worker.kills,
        escalated_though_taken_on=in_vain,
        escalated=len(late),
        escalated_twice=twice,
        escalated_after_minutes=f"15.00 to {max(late) / 60:.2f} (simulated)",
    )


async def escalated(
    store: Store, house: House, chance: random.Random, monkeypatch: Any
) -> tuple[list[float], int, int]:
    """Every other alert is taken on; after how many seconds the others went on to the next, how
    many did twice, and how many did that were taken on."""
    raised = await store.read(
        lambda db: {row.alert_id: row.raised_at for row in db.execute(select(alerts_table))}
    )
    taken = set(sorted(raised)[::2])

    def take_on(db: Connection) -> None:
        for alert_id in taken:
            assert alerts.acknowledge(db, house.id, alert_id, "amina", now())

    await store.write(take_on)
    add = alert_calls.add

    def dies(*given: Any) -> list[int]:
        if chance.random() < 0.1:
            raise _UndoneError
        return add(*given)

    monkeypatch.setattr(alert_calls, "add", dies)
    workers = [Escalating(store, house), Escalating(store, house)]
    moment, end = min(raised.values()) + QUARTER, max(raised.values()) + QUARTER
    while moment <= end + timedelta(seconds=60):
        steps = (worker.step(moment) for worker in workers)
        for result in await asyncio.gather(*steps, return_exceptions=True):
            assert isinstance(result, int | _UndoneError), result
        moment += timedelta(seconds=ESCALATE_SECONDS)

    def calls(db: Connection) -> list[tuple[str, datetime]]:
        found = select(calls_table).where(calls_table.c.step == Step.OUT_OF_HOURS.value)
        return [(row.alert_id, row.called_at) for row in db.execute(found)]

    told = await store.read(calls)
    which = {alert_id for alert_id, _at in told}
    assert which >= set(raised) - taken
    late = [(at - raised[alert_id]).total_seconds() for alert_id, at in told]
    assert min(late) >= QUARTER.total_seconds()
    assert max(late) <= QUARTER.total_seconds() + 30
    return late, len(told) - len(which), len(which & taken)
