"""`/readyz` is red while an alert reaches nobody, and green once somebody is reached. The chat
goes on all the same."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import Connection

from bot.delivery import ringing as delivering
from bot.service.council import Contact
from bot.service.house import House
from bot.web.context import now
from storage import alert_calls, alerts
from storage.alert_calls import Step, Way
from tests.channels.webchat.visiting import Visitor
from tests.delivery.notify import SETTINGS, NotifyServer
from tests.delivery.test_ringing import EMAIL, SMS, telling
from tests.sayso import Sayso, house_at, running

PATIENCE = 60


@pytest_asyncio.fixture
async def notify() -> AsyncIterator[NotifyServer]:
    server = NotifyServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def house(tmp_path: Path, database_url: str, notify: NotifyServer) -> House:
    plain = house_at(tmp_path, database_url, notify_url=notify.url, **SETTINGS)
    told = telling(plain, sms=(SMS,), email=(EMAIL,))
    hours = told.council.duty
    assert hours is not None
    fewer = hours.model_copy(update={"out_of_hours": Contact(sms=(SMS,)), "manager": Contact()})
    return replace(told, council=told.council.model_copy(update={"duty": fewer}))


async def asked(sayso: Sayso, path: str = "/readyz") -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(sayso.base + path) as answer:
        return answer.status, await answer.text()


async def becomes(sayso: Sayso, *expected: Any) -> None:
    async with asyncio.timeout(PATIENCE):
        while await asked(sayso) != expected:
            await asyncio.sleep(0.1)


async def test_an_alert_that_reaches_nobody_makes_it_red_and_the_next_that_is_reached_green(
    tmp_path: Path, house: House, notify: NotifyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "FAILING", timedelta(seconds=2))
    monkeypatch.setattr(delivering, "_SLOWER", 1.0)
    notify.down = 503
    async with running(house, tmp_path) as sayso, Visitor.at(sayso) as visitor:
        assert await asked(sayso) == (200, "ready\n")
        await visitor.comes()
        await visitor.says(command="help")

        await becomes(sayso, 503, "alerts reach nobody\n")
        assert (await asked(sayso, "/healthz"))[0] == 200  # nobody is locked out of the chat
        assert (await visitor.says(words="the chat goes on")).status == 200
        steps = {call.step for call in await _calls(sayso)}
        assert steps == {Step.TEAM, Step.OUT_OF_HOURS}  # the next one was rung at once

        notify.down = 0
        await becomes(sayso, 200, "ready\n")
    assert notify.sent  # whichever was first


async def test_a_call_that_nobody_carries_makes_it_red_until_somebody_takes_the_alert_on(
    tmp_path: Path, house: House
) -> None:
    async with running(house, tmp_path) as sayso, Visitor.at(sayso) as visitor:
        await visitor.comes()
        await visitor.says(command="help")
        (call, *_) = await _calls(sayso)
        ago = now() - timedelta(minutes=4)

        def left(db: Connection) -> str:
            (alert_id,) = [one.alert_id for one in _waiting(db, house)]
            alert_calls.add(db, house.id, alert_id, Step.TEAM, [Way.SMS], ago)
            return alert_id

        alert_id = await sayso.store.write(left)
        assert call.step is Step.TEAM
        await becomes(sayso, 503, "alerts stand still: nobody delivers them\n")
        await sayso.store.write(
            lambda db: alerts.acknowledge(db, house.id, alert_id, "amina", now())
        )
        await becomes(sayso, 200, "ready\n")


def _waiting(db: Connection, house: House) -> list[alerts.Alert]:
    return alerts.waiting(db, house.id, tuple(alerts.Team), now())


async def _calls(sayso: Sayso) -> tuple[alert_calls.Call, ...]:
    def read(db: Connection) -> tuple[alert_calls.Call, ...]:
        (alert,) = _waiting(db, sayso.house)
        return alert_calls.of_alert(db, sayso.house.id, alert.alert_id)

    return await sayso.store.read(read)
