"""Who was called hears once that somebody has taken it on, and who was not hears nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from bot.delivery.ringing import TAKEN_ON_WITHIN, says_of
from bot.service import taken_on
from bot.service.outcome import Delivered, GiveUp, TryLater
from bot.service.ringing import DESTINATION, Escalating, Ring
from bot.web.context import now
from storage import alerts, outbox
from storage.alert_calls import Standing, State, Step, Way
from storage.alerts import Team
from storage.outbox import Claimed
from storage.tables import outbox as outbox_table
from tests.channels.telegram.test_notices import denied
from tests.delivery.notify import NotifyServer
from tests.delivery.test_ringing import (
    SMS,
    Calls,
    Posted,
    calls,
    house,
    notify,
    posted,
)

__all__ = ["calls", "house", "notify", "posted"]


async def taken_on_by_somebody(calls: Calls) -> list[Claimed]:
    """Amina takes it on: the rows that say so to others."""
    council, alert_id = calls.house.id, calls.alert_id

    def take(db: Connection) -> None:
        alerts.acknowledge(db, council, alert_id, "amina", now())
        taken_on.tell(db, calls.house, alert_id, Team.CHILDREN, now())

    await calls.store.write(take)
    query = outbox_table.select().where(outbox_table.c.destination == DESTINATION)
    found = await calls.store.read(lambda db: outbox._all_claimed(db, db.execute(query).all()))
    return [row for row in found if Ring.of(row.payload).taken_on]


async def test_each_address_that_was_called_is_told_once_without_a_word_of_what_it_was(
    calls: Calls, notify: NotifyServer, posted: Posted
) -> None:
    for row in (await calls.rows()).values():
        await calls.deliver(row)
    later = now() + timedelta(minutes=50)  # all of them were told, the team twice
    for minutes in (15, 30, 45):
        await Escalating(calls.store, calls.house).step(now() + timedelta(minutes=minutes))
    called = len(notify.sent)

    rows = await taken_on_by_somebody(calls)
    to = [Ring.of(row.payload).to for row in rows]
    assert len(to) == len(set(to)) == 5  # three of the team, the emergency team, the manager

    ours = [row for row in rows if Ring.of(row.payload).step is Step.TEAM]
    for row in ours:
        assert isinstance(await calls.deliver(row), Delivered)
        assert row.created_at < later
    told = notify.sent[called:]
    assert {one.kind for one in told} == {"sms", "email"}
    for one in told:
        assert "was taken on" in one.says["text"]
        assert denied(one.says["text"]) == []
    (_first, (_headers, event)) = posted.events
    assert event["type"] == "urn:sayso:alert:taken-on:1"
    for word in ("Kai", "Brennan", "belt", "NB-", "amina", "Amina"):
        assert word not in repr((told, event))


async def test_who_could_not_be_called_is_not_told_that_it_is_over(
    calls: Calls, notify: NotifyServer
) -> None:
    notify.wrong = {SMS}
    await calls.deliver((await calls.rows())[Way.SMS])
    rows = await taken_on_by_somebody(calls)
    (row,) = (row for row in rows if Ring.of(row.payload).to == SMS)
    sent = len(notify.sent)
    assert isinstance(await calls.deliver(row), GiveUp)
    assert len(notify.sent) == sent


async def test_a_call_that_is_still_on_its_way_is_waited_for_and_taken_back(
    calls: Calls, notify: NotifyServer
) -> None:
    before = (await calls.rows())[Way.SMS]
    rows = await taken_on_by_somebody(calls)
    (row,) = (row for row in rows if Ring.of(row.payload).to == SMS)
    assert isinstance(await calls.deliver(row), TryLater)

    await calls.deliver(before)  # nobody need be called any more
    assert (await calls.state(Way.SMS))[0] is State.NOT_NEEDED
    assert isinstance(await calls.deliver(row), GiveUp)
    assert notify.sent == []


async def test_a_notify_that_is_down_is_tried_on_for_an_hour(
    calls: Calls, notify: NotifyServer
) -> None:
    await calls.deliver((await calls.rows())[Way.SMS])
    rows = await taken_on_by_somebody(calls)
    (row,) = (row for row in rows if Ring.of(row.payload).to == SMS)
    notify.down = 503
    assert isinstance(await calls.deliver(row), TryLater)
    notify.down = 0
    old = replace(row, created_at=row.created_at - TAKEN_ON_WITHIN - timedelta(seconds=1))
    assert isinstance(await calls.ringing.deliver(old), GiveUp)
    assert isinstance(await calls.deliver(replace(row, attempts=2)), Delivered)


def test_the_message_fits_into_one_text() -> None:
    at = datetime(2026, 11, 26, 12, 5, tzinfo=UTC)
    standing = Standing("a", Team.CHILDREN, at, at, None, None, None, waits=False)
    ring = Ring("a", 0, Step.TEAM, Way.SMS, SMS, taken_on=True)
    text = says_of(ring, standing, "https://sayso.northborough.example")["text"]
    assert text == (
        "Sayso: what came to the desk at 12:05 on 26/11 was taken on. By whom: "
        "https://sayso.northborough.example/desk/alerts"
    )
    assert len(text) <= 160
    assert Ring.of(ring.outgoing().payload) == ring
