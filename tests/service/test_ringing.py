"""Nobody takes an alert on: the next is told, once, whoever restarts and however many work."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, select

from bot.service import ringing
from bot.service.council import Contact, read_council
from bot.service.house import House
from bot.service.ringing import DESTINATION, Escalating, Ring
from bot.settings import Settings
from conversations.effects import Cause
from conversations.hearing import Command, Name, Text
from storage import alert_calls, alerts
from storage.alert_calls import Call, State, Step, Trouble, Way
from storage.alerts import Alert, Outcome
from storage.outbox import Claimed, _all_claimed
from storage.store import Store, open_store
from storage.tables import audit
from storage.tables import outbox as outbox_table
from tests.desk.northborough import HANA, KAI
from tests.keys import RING
from tests.service.test_alerts import CONCERN, NIGHT, NOON, URGENT, made, raised, says
from tests.service.test_rota import ALL, EDT, MANAGER, TEAM

QUARTER = timedelta(minutes=15)
SECOND = timedelta(seconds=1)


def with_ways(house: House, **contacts: Contact) -> House:
    """Northborough, which tells these."""
    hours = ALL.model_copy(update=contacts)
    return replace(house, council=house.council.model_copy(update={"duty": hours}))


@pytest.fixture
def house(database_url: str) -> House:
    return House(read_council(None), RING, Settings(database_url=database_url))


@pytest.fixture
def telling(house: House) -> House:
    return with_ways(house)


async def help_asked(store: Store, house: House, review: str = KAI, at: datetime = NOON) -> Alert:
    await made(store, house)
    talk = await says(store, house, review, Command(name=Name.HELP), at)
    (alert,) = await raised(store, house, talk)
    return alert


async def calls(store: Store, house: House, alert: Alert) -> tuple[Call, ...]:
    return await store.read(lambda db: alert_calls.of_alert(db, house.id, alert.alert_id))


async def told(store: Store, house: House, alert: Alert) -> list[str]:
    """Each step that told somebody, by the audit."""
    query = (
        select(audit.c.detail)
        .where(audit.c.subject == f"alert:{alert.alert_id}", audit.c.act == "alert_told")
        .order_by(audit.c.at, audit.c.entry_id)
    )
    return await store.read(lambda db: list(db.execute(query).scalars()))


async def rings(store: Store) -> list[Ring]:
    """The calls that wait in the outbox."""

    def read(db: Connection) -> list[Claimed]:
        query = select(outbox_table).where(outbox_table.c.destination == DESTINATION)
        return _all_claimed(db, db.execute(query.order_by(outbox_table.c.outbox_id)).all())

    return [Ring.of(row.payload) for row in await store.read(read)]


async def fails(store: Store, house: House, ring: Ring, at: datetime) -> None:
    await store.write(
        partial(ringing.not_arrived, house=house, ring=ring, why="status 400", now=at)
    )


async def test_the_calls_are_put_out_in_the_transaction_of_the_alert_without_a_name_or_a_word(
    store: Store, telling: House
) -> None:
    await made(store, telling)
    talk = await says(store, telling, KAI, Text(words=URGENT, to="home.change"), NOON)
    (alert,) = await raised(store, telling, talk)

    waiting = await rings(store)
    assert {(ring.way, ring.to) for ring in waiting} == set(TEAM.ways)
    assert {ring.step for ring in waiting} == {Step.TEAM}
    assert {call.state for call in await calls(store, telling, alert)} == {State.WAITING}
    assert await told(store, telling, alert) == ["team: 1 sms, 1 email"]
    rows = await store.read(
        lambda db: db.execute(
            select(outbox_table).where(outbox_table.c.destination == DESTINATION)
        ).all()
    )
    assert {row.person_id for row in rows} == {None}  # an erasure does not take it away
    for ring in waiting:
        for word in ("Kai", "Brennan", "belt", "NB"):
            assert word not in repr(ring)


async def test_an_alert_that_cannot_be_kept_tells_nobody(
    store: Store, telling: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await made(store, telling)

    def breaks(*_args: object, **_more: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(alert_calls, "add", breaks)
    with pytest.raises(RuntimeError, match="the disk"):
        await says(store, telling, KAI, Text(words=URGENT, to="home.change"), NOON)
    assert await rings(store) == []


async def test_nobody_takes_it_on_and_the_next_are_told_a_quarter_of_an_hour_apart(
    store: Store, telling: House
) -> None:
    alert = await help_asked(store, telling)
    escalating = Escalating(store, telling)

    assert await escalating.step(NOON + QUARTER - SECOND) == 0
    assert await escalating.step(NOON + QUARTER) == 1
    assert await escalating.step(NOON + QUARTER + SECOND) == 0
    assert await escalating.step(NOON + 2 * QUARTER) == 1
    assert await escalating.step(NOON + 3 * QUARTER) == 1

    assert await told(store, telling, alert) == [
        "team: 1 sms, 1 email", "out_of_hours: 1 sms", "manager: 1 email", "team: 1 sms, 1 email",
    ]  # fmt: skip
    steps = [call.step for call in await calls(store, telling, alert)]
    assert Counter(steps) == {Step.TEAM: 4, Step.OUT_OF_HOURS: 1, Step.MANAGER: 1}
    assert [ring.again for ring in await rings(store)] == [False] * 2 + [True] * 4


async def test_whoever_takes_it_on_ends_the_telling(store: Store, telling: House) -> None:
    alert = await help_asked(store, telling)
    await store.write(lambda db: alerts.acknowledge(db, telling.id, alert.alert_id, "amina", NOON))

    assert await Escalating(store, telling).step(NOON + timedelta(days=1)) == 0
    (ring, *_) = await rings(store)
    assert await store.read(lambda db: ringing.is_wanted(db, telling, ring)) is None


async def test_a_closed_alert_tells_nobody(store: Store, telling: House) -> None:
    alert = await help_asked(store, telling)
    await store.write(
        lambda db: alerts.close(db, telling.id, alert, Outcome.ACTED, "seen", "amina", NOON)
    )
    assert await Escalating(store, telling).step(NOON + timedelta(days=1)) == 0


async def test_ten_workers_at_once_do_each_step_once(
    store: Store, telling: House, database_url: str
) -> None:
    alert = await help_asked(store, telling)
    other = await open_store(database_url, telling.keys)

    for number in range(1, 4):
        at = NOON + number * QUARTER
        workers = [Escalating(one, telling).step(at) for one in (store, other) for _ in range(5)]
        assert sum(await asyncio.gather(*workers)) == 1

    await other.close()
    assert len(await told(store, telling, alert)) == 4


async def test_a_worker_that_dies_in_a_step_leaves_it_to_the_next_whole(
    store: Store, telling: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = await help_asked(store, telling)

    def dies(*_args: object, **_more: object) -> None:
        raise RuntimeError("the lights go out")

    with monkeypatch.context() as patched:
        patched.setattr(alert_calls, "add", dies)  # it was moved on, and nobody was told yet
        with pytest.raises(RuntimeError, match="the lights"):
            await Escalating(store, telling).step(NOON + QUARTER)

    assert await Escalating(store, telling).step(NOON + QUARTER + SECOND) == 1
    assert await told(store, telling, alert) == ["team: 1 sms, 1 email", "out_of_hours: 1 sms"]


async def test_after_hours_without_a_worker_the_next_is_told_and_the_one_after_has_its_time(
    store: Store, telling: House
) -> None:
    alert = await help_asked(store, telling)
    late = NOON + timedelta(hours=3)

    assert await Escalating(store, telling).step(late) == 1
    assert await Escalating(store, telling).step(late + QUARTER - SECOND) == 0
    assert await Escalating(store, telling).step(late + QUARTER) == 1
    assert len(await told(store, telling, alert)) == 3


async def test_at_night_the_emergency_team_is_told_at_once(store: Store, telling: House) -> None:
    alert = await help_asked(store, telling, at=NIGHT)
    assert await told(store, telling, alert) == ["out_of_hours: 1 sms"]
    assert {ring.to for ring in await rings(store)} == set(EDT.sms)


async def test_from_eighteen_the_team_for_adults_is_told(store: Store, telling: House) -> None:
    alert = await help_asked(store, telling, HANA)
    assert await told(store, telling, alert) == ["team: 1 sms"]
    assert [ring.to for ring in await rings(store)] == ["07700 900114"]


async def test_a_concern_tells_nobody_until_the_officer_is_late(
    store: Store, telling: House
) -> None:
    await made(store, telling)
    talk = await says(store, telling, KAI, Text(words=CONCERN, to="home.change"), NOON)
    (alert,) = await raised(store, telling, talk)
    assert alert.cause is Cause.CONCERN
    assert await rings(store) == []

    # Due at 5 pm on Tuesday, when the team has closed.
    assert await Escalating(store, telling).step(alert.acknowledge_by + timedelta(hours=15)) == 0
    assert await Escalating(store, telling).step(alert.acknowledge_by + timedelta(hours=16)) == 1
    assert await told(store, telling, alert) == ["team: 1 sms, 1 email"]
    assert [ring.again for ring in await rings(store)] == [False, False]


async def test_the_desk_alone_is_told_once_and_nothing_follows(store: Store, house: House) -> None:
    alert = await help_asked(store, house)
    assert await told(store, house, alert) == ["team: at the desk"]
    assert await Escalating(store, house).step(NOON + timedelta(days=2)) == 0
    later = NOON + timedelta(days=2)
    assert await store.read(lambda db: ringing.trouble(db, house, later)) == Trouble(0, 0)


# A silent dead end is impossible


async def test_when_no_way_of_a_step_works_the_next_is_told_at_once(
    store: Store, telling: House
) -> None:
    alert = await help_asked(store, telling)
    sms, email = await rings(store)

    await fails(store, telling, sms, NOON + SECOND)
    assert await Escalating(store, telling).step(NOON + SECOND) == 0  # the e-mail may work
    await fails(store, telling, email, NOON + 2 * SECOND)
    assert await Escalating(store, telling).step(NOON + 2 * SECOND) == 1

    assert await told(store, telling, alert) == ["team: 1 sms, 1 email", "out_of_hours: 1 sms"]
    assert await store.read(lambda db: ringing.trouble(db, telling, NOON)) == Trouble(0, 0)


async def test_what_reaches_nobody_at_all_is_trouble_until_somebody_is_reached(
    store: Store, telling: House
) -> None:
    alert = await help_asked(store, telling)
    escalating, at = Escalating(store, telling), NOON
    seen: set[int] = set()
    for _step in range(3):
        for ring in [one for one in await rings(store) if one.number not in seen]:
            assert (await trouble(store, telling, at)).unreached == 0
            seen.add(ring.number)
            await fails(store, telling, ring, at)
            await fails(store, telling, ring, at)  # tried again, as the others
        at += SECOND
        await escalating.step(at)

    assert len(await told(store, telling, alert)) == 3  # everybody, within seconds; then the round
    assert (await trouble(store, telling, at)).unreached == 1
    acts = await store.read(
        lambda db: Counter(
            db.execute(
                select(audit.c.act).where(audit.c.subject == f"alert:{alert.alert_id}")
            ).scalars()
        )
    )
    assert (acts["alert_not_told"], acts["alert_unreached"]) == (4, 1)

    assert await escalating.step(at + QUARTER) == 1  # from the beginning
    assert (await trouble(store, telling, at)).unreached == 1
    ring = next(one for one in await rings(store) if one.number not in seen)
    await store.write(partial(ringing.arrived, house=telling, ring=ring, now=at + QUARTER))
    assert (await trouble(store, telling, at)).unreached == 0


async def test_two_ways_that_fail_side_by_side_still_tell_the_next(
    store: Store, telling: House
) -> None:
    alert = await help_asked(store, telling)
    await asyncio.gather(*(fails(store, telling, one, NOON) for one in await rings(store)))
    assert await Escalating(store, telling).step(NOON + SECOND) == 1
    assert len(await told(store, telling, alert)) == 2


async def test_whoever_takes_it_on_ends_the_trouble(store: Store, house: House) -> None:
    alone = with_ways(house, team=MANAGER, out_of_hours=Contact(), manager=Contact())
    alert = await help_asked(store, alone)
    (ring,) = await rings(store)
    await fails(store, alone, ring, NOON)
    assert (await trouble(store, alone, NOON)).unreached == 1

    await store.write(lambda db: alerts.acknowledge(db, alone.id, alert.alert_id, "amina", NOON))
    assert await trouble(store, alone, NOON) == Trouble(0, 0)


async def test_a_call_that_failed_late_does_not_hurry_past_who_was_reached(
    store: Store, telling: House
) -> None:
    """Notify says after minutes that a number does not exist; meanwhile others were told."""
    alert = await help_asked(store, telling)
    team = await rings(store)
    await Escalating(store, telling).step(NOON + QUARTER)
    for ring in team:
        await fails(store, telling, ring, NOON + QUARTER + SECOND)
    assert await Escalating(store, telling).step(NOON + QUARTER + 2 * SECOND) == 0
    assert len(await told(store, telling, alert)) == 2


async def test_a_step_or_a_call_that_nobody_takes_up_is_trouble(
    store: Store, telling: House
) -> None:
    await help_asked(store, telling)
    still = ringing.STANDS_STILL

    assert (await trouble(store, telling, NOON + still)).still == 0
    assert (await trouble(store, telling, NOON + still + SECOND)).still == 1  # the calls wait
    for ring in await rings(store):
        await store.write(partial(ringing.arrived, house=telling, ring=ring, now=NOON))
    assert (await trouble(store, telling, NOON + still + SECOND)).still == 0
    assert (await trouble(store, telling, NOON + QUARTER + still)).still == 0
    assert (await trouble(store, telling, NOON + QUARTER + still + SECOND)).still == 1


async def test_an_alert_that_has_had_its_time_takes_its_calls_along(
    store: Store, telling: House
) -> None:
    alert = await help_asked(store, telling)
    (ring, *_) = await rings(store)
    await store.write(
        lambda db: alerts.close(db, telling.id, alert, Outcome.ACTED, "seen", "amina", NOON)
    )
    assert await store.write(lambda db: alerts.end(db, telling.id, NOON + SECOND)) == 1
    assert await calls(store, telling, alert) == ()
    await fails(store, telling, ring, NOON)  # a call that was under way meanwhile
    await store.write(partial(ringing.arrived, house=telling, ring=ring, now=NOON))


async def trouble(store: Store, house: House, at: datetime) -> Trouble:
    return await store.read(partial(ringing.trouble, house=house, now=at))


def test_a_ring_is_the_same_after_its_way_through_the_outbox() -> None:
    ring = Ring("a" * 36, 7, Step.OUT_OF_HOURS, Way.SMS, "07700 900112", again=True)
    assert Ring.of(ring.outgoing().payload) == ring
    assert len(ring.outgoing().lane) <= 96
    receipt = ring.receipt("id", NOON)
    assert Ring.of(receipt.payload) == replace(ring, notified="id")
    assert len(receipt.idempotency_key) <= 96
