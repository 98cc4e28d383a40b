"""Alerts leave by text message, e-mail and https: neutral, once, and known where they do not."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy import select
from standardwebhooks import Webhook
from structlog.testing import capture_logs

from bot.delivery import ringing as delivering
from bot.delivery.filing import Filed, Never, NotNow
from bot.delivery.notify import Notify, Taken, token
from bot.delivery.ringing import Ringing, says_of
from bot.service.council import Contact, Weekday
from bot.service.house import House
from bot.service.outcome import Delivered, GiveUp, TryLater
from bot.service.ringing import DESTINATION, RECEIPT, Ring
from bot.web.context import now
from conversations.hearing import Text
from storage import alert_calls, alerts, outbox
from storage.alert_calls import Standing, State, Step, Way
from storage.alerts import Team
from storage.outbox import Claimed
from storage.store import Store
from storage.tables import outbox as outbox_table
from tests.channels.telegram.test_notices import denied
from tests.delivery.case_record import SECRET
from tests.delivery.notify import KEY, SETTINGS, SMS_TEMPLATE, NotifyServer
from tests.desk.northborough import KAI
from tests.sayso import house_at
from tests.service.test_alerts import URGENT, made, raised, says
from tests.service.test_rota import ALL

SMS, EMAIL = "07700 900111", "duty@northborough.example"
LONG_AGO = timedelta(minutes=1)


@dataclass(slots=True)
class Posted:
    """A council's own system: what it was posted, and what it answers."""

    answers: int = 202
    events: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        Webhook(SECRET).verify(body, dict(request.headers))
        self.events.append((dict(request.headers), json.loads(body)))
        return web.Response(status=self.answers, headers={"Retry-After": "3600"})


@pytest_asyncio.fixture
async def notify() -> AsyncIterator[NotifyServer]:
    server = NotifyServer()
    await server.start()
    yield server
    await server.stop()
    assert server.problems == []


@pytest_asyncio.fixture
async def posted() -> AsyncIterator[Posted]:
    system = Posted()
    app = web.Application()
    app.router.add_post("/alerts", system.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    system.url = f"http://127.0.0.1:{runner.addresses[0][1]}/alerts"
    yield system
    await runner.cleanup()


@pytest.fixture
def house(tmp_path: Path, database_url: str, notify: NotifyServer, posted: Posted) -> House:
    plain = house_at(
        tmp_path, database_url, notify_url=notify.url, case_record_secret=SECRET, **SETTINGS
    )
    return telling(plain, sms=(SMS,), email=(EMAIL,), https=(posted.url,))


def telling(house: House, **ways: Any) -> House:
    always = {"opens": time.min, "closes": time.max, "days": tuple(Weekday), "bank_holidays": True}
    hours = ALL.model_copy(update={**always, "team": Contact(**ways)})
    return replace(house, council=house.council.model_copy(update={"duty": hours}))


@pytest_asyncio.fixture
async def calls(store: Store, house: House) -> AsyncIterator["Calls"]:
    await made(store, house)
    talk = await says(store, house, KAI, Text(words=URGENT, to="home.change"), now())
    (alert,) = await raised(store, house, talk)
    found = Calls(store, house, Ringing(store, house, seconds=30.0), alert.alert_id)
    yield found
    await found.ringing.close()


@dataclass(slots=True)
class Calls:
    """One alert's calls, delivered by hand."""

    store: Store
    house: House
    ringing: Ringing
    alert_id: str

    async def rows(self, destination: str = DESTINATION) -> dict[Way, Claimed]:
        query = select(outbox_table).where(outbox_table.c.destination == destination)
        found = await self.store.read(lambda db: outbox._all_claimed(db, db.execute(query).all()))
        return {Ring.of(row.payload).way: row for row in found}

    async def deliver(self, row: Claimed) -> Delivered | TryLater | GiveUp:
        """Deliver it, and keep what became of it as the dispatcher does."""
        outcome = await self.ringing.deliver(row)
        if isinstance(outcome, Delivered | GiveUp):
            then = outcome.then
            if then is not None:
                await self.store.write(then)
            await self.store.write(lambda db: outbox.done(db, [row]))
        return outcome

    async def state(self, way: Way) -> tuple[State, str]:
        found = await self.store.read(
            lambda db: alert_calls.of_alert(db, self.house.id, self.alert_id)
        )
        (call,) = (one for one in found if one.way is way and one.step is Step.TEAM)
        return call.state, call.why


async def test_every_way_takes_the_call_and_says_nothing_of_whom_it_is_about(
    calls: Calls, notify: NotifyServer, posted: Posted
) -> None:
    for row in (await calls.rows()).values():
        assert isinstance(await calls.deliver(row), Delivered)

    sms, email = notify.sent
    assert (sms.kind, sms.to) == ("sms", SMS)
    assert (email.kind, email.to) == ("email", EMAIL)
    assert sms.says["text"].startswith("Sayso: something new waits at the desk since ")
    assert sms.says["text"].endswith(f"{calls.house.settings.public_url}/desk/alerts")
    assert len(sms.says["text"]) <= 160
    ((headers, event),) = posted.events
    assert headers["Idempotency-Key"] == event["id"] == f"alert/{calls.alert_id}/2"
    assert event["type"] == "urn:sayso:alert:waits:1"
    assert set(event["data"]) == {"alert_id", "tell", "raised_at", "acknowledge_by", "link"}
    everything = repr((notify.sent, posted.events))
    for word in ("Kai", "Brennan", "belt", "dad", "NB-", "urgent", "physical"):
        assert word not in everything
    for said in (sms.says["text"], email.says["text"], email.says["subject"]):
        assert denied(said) == []
    for way in Way:
        assert await calls.state(way) == (State.ARRIVED, "")


@pytest.mark.parametrize("again", [False, True])
def test_a_text_message_fits_into_one_and_says_whether_others_were_told(again: bool) -> None:
    at = datetime(2026, 11, 26, 12, 5, tzinfo=UTC)
    waits = Standing("a", Team.CHILDREN, at, at, None, None, None, waits=True)
    ring = Ring("a", 0, Step.TEAM, Way.SMS, SMS, again)
    text = says_of(ring, waits, "https://sayso.northborough.example")["text"]
    assert len(text) <= 160
    assert "since 12:05 on 26/11" in text
    assert ("nobody took it on" in text) is again
    assert denied(text) == []


async def test_one_that_was_taken_without_an_answer_is_looked_up_and_not_sent_again(
    calls: Calls, notify: NotifyServer
) -> None:
    row = (await calls.rows())[Way.SMS]
    notify.lost_answers = 1.0
    calls.ringing.seconds = 0.2
    first = await calls.deliver(row)
    notify.lost_answers = 0.0
    again = await calls.deliver(replace(row, attempts=2))

    assert isinstance(first, TryLater)
    assert first.unknown
    assert isinstance(again, Delivered)
    assert len(notify.to(SMS)) == 1
    assert await calls.state(Way.SMS) == (State.ARRIVED, "")


async def test_what_a_dead_worker_may_have_sent_is_looked_up_first(
    calls: Calls, notify: NotifyServer
) -> None:
    row = (await calls.rows())[Way.SMS]
    await calls.ringing.deliver(row)  # taken, and then the lights go out: nothing is written
    later = replace(row, created_at=row.created_at - LONG_AGO)
    assert isinstance(await calls.deliver(later), Delivered)
    assert len(notify.to(SMS)) == 1


async def test_a_number_that_is_refused_is_not_tried_again_and_is_not_in_the_log(
    calls: Calls, notify: NotifyServer
) -> None:
    notify.wrong = {SMS}
    with capture_logs() as logs:
        outcome = await calls.deliver((await calls.rows())[Way.SMS])

    assert isinstance(outcome, GiveUp)
    state, why = await calls.state(Way.SMS)
    assert (state, why) == (State.NOT_ARRIVED, "GOV.UK Notify: status 400, ValidationError")
    assert SMS not in repr(logs)


async def test_a_number_at_which_nothing_arrives_is_known_by_its_receipt(
    calls: Calls, notify: NotifyServer
) -> None:
    notify.dead = {SMS}
    rows = await calls.rows()
    for way in (Way.SMS, Way.EMAIL):
        await calls.deliver(rows[way])
    assert await calls.state(Way.SMS) == (State.ARRIVED, "")  # Notify took it

    receipts = await calls.rows(RECEIPT)
    assert set(receipts) == {Way.SMS, Way.EMAIL}
    for row in receipts.values():
        await calls.deliver(row)

    assert await calls.state(Way.SMS) == (State.NOT_ARRIVED, "GOV.UK Notify: permanent-failure")
    assert await calls.state(Way.EMAIL) == (State.ARRIVED, "")
    assert await calls.rows(RECEIPT) == {}


async def test_a_notify_that_is_down_is_tried_on_and_after_two_minutes_the_next_is_told(
    calls: Calls, notify: NotifyServer
) -> None:
    notify.down = 503
    row = (await calls.rows())[Way.SMS]

    assert isinstance(await calls.deliver(row), TryLater)
    assert (await calls.state(Way.SMS))[0] is State.WAITING
    old = replace(row, attempts=9, created_at=row.created_at - delivering.FAILING)
    assert isinstance(await calls.deliver(old), TryLater)
    assert await calls.state(Way.SMS) == (State.NOT_ARRIVED, "GOV.UK Notify: status 503, Exception")
    notify.down = 0
    assert isinstance(await calls.deliver(old), Delivered)
    assert await calls.state(Way.SMS) == (State.ARRIVED, "")
    ancient = replace(row, created_at=row.created_at - delivering.GIVE_UP)
    notify.down = 500
    assert isinstance(await calls.ringing.deliver(ancient), GiveUp)


async def test_who_asks_to_wait_an_hour_is_obeyed_and_the_next_is_told_now(
    calls: Calls, posted: Posted
) -> None:
    posted.answers = 503
    outcome = await calls.deliver((await calls.rows())[Way.HTTPS])
    assert outcome == TryLater(timedelta(hours=1))
    assert (await calls.state(Way.HTTPS))[0] is State.NOT_ARRIVED


@pytest.mark.parametrize(
    ("way", "missing", "says"),
    [
        (Way.SMS, "notify_key", "SAYSO_NOTIFY_KEY"),
        (Way.EMAIL, "notify_email_template", "its templates"),
        (Way.HTTPS, "case_record_secret", "SAYSO_CASE_RECORD_SECRET"),
    ],
)
async def test_a_way_that_is_not_set_up_is_said_and_not_tried_for_ever(
    calls: Calls, notify: NotifyServer, way: Way, missing: str, says: str
) -> None:
    settings = calls.house.settings.model_copy(update={missing: ""})
    without = replace(calls, ringing=Ringing(calls.store, replace(calls.house, settings=settings)))
    assert isinstance(await without.deliver((await calls.rows())[way]), GiveUp)
    state, why = await calls.state(way)
    assert state is State.NOT_ARRIVED
    assert says in why
    assert notify.asked == {}


async def test_what_somebody_took_on_meanwhile_does_not_leave(
    calls: Calls, notify: NotifyServer
) -> None:
    row = (await calls.rows())[Way.SMS]
    await calls.store.write(
        lambda db: alerts.acknowledge(db, calls.house.id, calls.alert_id, "amina", now())
    )
    assert isinstance(await calls.deliver(row), GiveUp)
    assert (await calls.state(Way.SMS))[0] is State.NOT_NEEDED
    assert notify.sent == []


# The client


async def _send(server: NotifyServer, key: str = KEY, **more: Any) -> Filed | NotNow | Never:
    client = Notify(server.url, key, 2.0)
    given = {"template": SMS_TEMPLATE, "says": {"text": "x"}, **more}
    result = await client.send(Way.SMS, SMS, reference="alert/a/0", **given)
    await client.close()
    return result


async def test_a_wrong_key_is_refused_for_good() -> None:
    server = NotifyServer()
    await server.start()
    wrong = KEY[:-12] + "0" * 12
    assert await _send(server, wrong) == Never("GOV.UK Notify: status 403, AuthError")
    assert len(server.problems) == 1
    await server.stop()


async def test_a_clock_that_is_wrong_is_said_and_tried_again(notify: NotifyServer) -> None:
    notify.clock = lambda: now().timestamp() + 31
    found = await _send(notify)
    assert isinstance(found, NotNow)
    assert "clock is wrong" in found.why


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_may_pass_is_tried_again(notify: NotifyServer, status: int) -> None:
    notify.down = status
    assert await _send(notify) == NotNow(f"GOV.UK Notify: status {status}, Exception")


async def test_where_nobody_listens_nothing_was_sent() -> None:
    server = NotifyServer()
    await server.start()
    await server.stop()
    assert await _send(server) == NotNow("no connection to GOV.UK Notify")


async def test_a_reference_that_it_does_not_know_is_none_and_one_it_does_is_found(
    notify: NotifyServer,
) -> None:
    client = Notify(notify.url, KEY, 2.0)
    assert await client.taken("alert/a/0") is None
    sent = await _send(notify)
    assert isinstance(sent, Filed)
    assert await client.taken("alert/a/0") == Taken(sent.reference, "delivered")
    assert isinstance(await client.receipt("00000000-0000-0000-0000-000000000000"), Never)
    await client.close()


def test_a_token_has_the_service_and_the_second_and_never_the_secret() -> None:
    made = token(KEY, datetime(2026, 11, 26, 12, tzinfo=UTC))
    assert made.count(".") == 2
    assert KEY[-36:] not in made
    assert "secret" not in repr(Notify("https://x.example", "secret"))


def test_a_status_says_whether_it_arrived() -> None:
    assert [Taken("i", status).arrived for status in ("delivered", "sent")] == [True, True]
    assert [Taken("i", status).arrived for status in ("created", "sending", "pending")] == [
        None
    ] * 3
    assert Taken("i", "technical-failure").arrived is False
