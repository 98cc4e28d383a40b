"""Invitations leave by GOV.UK Notify: neutral, once, only to whom they are, and known where they do
not arrive."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from sqlalchemy import func, select

from bot.application import make_application
from bot.delivery import inviting as delivering
from bot.delivery.inviting import Inviting
from bot.service import invitation_reminders, invitations, inviting
from bot.service.council import Invitations
from bot.service.house import House
from bot.service.invitation_reminders import Reminding
from bot.service.invitations import LetIn
from bot.service.inviting import DESTINATION, RECEIPT, By, Leaving, Sent
from bot.service.outcome import Delivered, GiveUp, TryLater
from storage import contact_addresses, outbox, reviews, tasks
from storage import invitation_sendings as sendings
from storage.contact_addresses import Address, How
from storage.invitation_sendings import State, Way
from storage.outbox import Claimed
from storage.store import Store
from storage.tables import audit
from storage.tables import outbox as outbox_table
from tests.channels.telegram.test_notices import denied
from tests.delivery.notify import SETTINGS, NotifyServer
from tests.desk import northborough
from tests.desk.northborough import LENA
from tests.sayso import house_at

NUMBER, MAILBOX = "+447700900123", "lena@example.org"
TOKEN = "a-token-that-the-council-set"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest_asyncio.fixture
async def notify() -> AsyncIterator[NotifyServer]:
    server = NotifyServer()
    await server.start()
    yield server
    await server.stop()
    assert server.problems == []


@pytest.fixture
def house(tmp_path: Path, database_url: str, notify: NotifyServer) -> House:
    return house_at(
        tmp_path,
        database_url,
        notify_url=notify.url,
        notify_callback_token=TOKEN,
        base_url="https://sayso.northborough.example",
        **SETTINGS,
    )


@dataclass(slots=True)
class Out:
    """Lena's invitations, delivered by hand at a time of the test's own."""

    store: Store
    house: House
    deliverer: Inviting
    monkeypatch: pytest.MonkeyPatch

    def at(self, moment: datetime) -> None:
        self.monkeypatch.setattr(delivering, "now", lambda: moment)

    async def address(self, way: contact_addresses.Way, address: str) -> str:
        one = Address(f"A-{way.value}", f"person-{LENA}", way, address, "staff:amina", NOON)

        def go(db: Any) -> None:
            contact_addresses.add(db, self.house.keys, self.house.id, one)
            contact_addresses.confirm(
                db, self.house.id, one.address_id, "staff:amina", How.ASKED, NOON
            )

        await self.store.write(go)
        return one.address_id

    async def send(self, way: Way, address_id: str, now: datetime = NOON) -> Sent:
        made = await self.store.write(
            lambda db: inviting.send(
                db, self.house, LENA, way, address_id, By("staff:amina", "again"), now
            )
        )
        assert isinstance(made, Sent)
        return made

    async def rows(self, destination: str = DESTINATION) -> list[Claimed]:
        query = select(outbox_table).where(outbox_table.c.destination == destination)
        return await self.store.read(lambda db: outbox._all_claimed(db, db.execute(query).all()))

    async def deliver(self, row: Claimed) -> Delivered | TryLater | GiveUp:
        """One try, with what follows from it."""
        outcome = await self.deliverer.deliver(row)
        if not isinstance(outcome, TryLater):
            then = outcome.then

            def end(db: Any) -> None:
                outbox.done(db, [row])
                if then is not None:
                    then(db)

            await self.store.write(end)
        return outcome

    async def state(self, sending_id: str) -> State:
        found = await self.store.read(lambda db: sendings.get(db, self.house.id, sending_id))
        assert found is not None
        return found.state

    async def bounced(self) -> list[tasks.Task]:
        waiting = await self.store.read(lambda db: tasks.waiting(db, self.house.id))
        return [one for one in waiting if one.kind is tasks.Kind.INVITATION_BOUNCED]


@pytest_asyncio.fixture
async def out(store: Store, house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Out]:
    await store.write(lambda db: northborough.make(db, house))
    found = Out(store, house, Inviting(store, house, seconds=2.0), monkeypatch)
    found.at(NOON)
    yield found
    await found.deliverer.close()


@pytest.mark.parametrize(
    ("way", "address"),
    [(contact_addresses.Way.SMS, NUMBER), (contact_addresses.Way.EMAIL, MAILBOX)],
)
async def test_what_leaves_is_a_link_and_how_to_stop_and_says_nothing(
    out: Out, notify: NotifyServer, way: contact_addresses.Way, address: str
) -> None:
    made = await out.send(Way(way.value), await out.address(way, address))
    (row,) = await out.rows()

    assert isinstance(await out.deliver(row), Delivered)

    (sent,) = notify.to(address)
    text = sent.says["text"]
    assert made.invited.url in text
    assert denied(text) == []
    assert denied(sent.says.get("subject", "")) == []
    assert "Lena" not in json.dumps(sent.says)
    assert "Novak" not in json.dumps(sent.says)
    assert made.invited.code not in json.dumps(sent.says)
    assert len(text) <= 160
    assert await out.state(made.sending_id) is State.SENT
    let_in = await out.store.write(
        lambda db: invitations.let_in_by_link(
            db, out.house, text.split("#")[1].split()[0], None, "", NOON
        )
    )
    assert isinstance(let_in, LetIn)


async def test_nobody_is_invited_twice_where_an_answer_was_lost(
    out: Out, notify: NotifyServer
) -> None:
    await out.send(Way.SMS, await out.address(contact_addresses.Way.SMS, NUMBER))
    (row,) = await out.rows()
    notify.lost_answers = 1.0
    first = await out.deliverer.deliver(row)
    notify.lost_answers = 0.0

    assert isinstance(first, TryLater)
    assert first.unknown
    assert isinstance(await out.deliver(replace(row, attempts=2)), Delivered)
    assert len(notify.to(NUMBER)) == 1


async def test_nothing_leaves_that_was_used_replaced_stopped_or_comes_at_night(
    out: Out, notify: NotifyServer
) -> None:
    address_id = await out.address(contact_addresses.Way.SMS, NUMBER)
    first = await out.send(Way.SMS, address_id)
    (old,) = await out.rows()
    second = await out.send(Way.SMS, address_id)
    night = datetime(2026, 11, 27, 23, tzinfo=UTC)
    out.at(night)
    rows = {Leaving.of(row.payload).sending_id: row for row in await out.rows()}

    waits = await out.deliverer.deliver(rows[second.sending_id])
    assert isinstance(waits, TryLater)
    assert (night + waits.after).hour == 8
    out.at(NOON)
    assert isinstance(await out.deliver(old), GiveUp)
    assert await out.state(first.sending_id) is State.WITHDRAWN
    await out.store.write(
        lambda db: contact_addresses.stop(db, out.house.id, address_id, "staff:amina", NOON)
    )
    assert isinstance(await out.deliver(rows[second.sending_id]), GiveUp)
    assert notify.sent == []


async def test_a_wrong_number_makes_a_task_for_business_support(
    out: Out, notify: NotifyServer
) -> None:
    notify.wrong.add(NUMBER)
    made = await out.send(Way.SMS, await out.address(contact_addresses.Way.SMS, NUMBER))
    (row,) = await out.rows()

    assert isinstance(await out.deliver(row), GiveUp)

    assert await out.state(made.sending_id) is State.BOUNCED
    (task,) = await out.bounced()
    assert task.about == {"way": "sms", "why": "not-taken"}


async def test_whether_it_arrived_is_asked_where_nobody_calls_back(
    out: Out, notify: NotifyServer
) -> None:
    notify.dead.add(MAILBOX)
    made = {}
    for way, address in (
        (contact_addresses.Way.SMS, NUMBER),
        (contact_addresses.Way.EMAIL, MAILBOX),
    ):
        made[way] = await out.send(Way(way.value), await out.address(way, address))
        for row in await out.rows():
            await out.deliver(row)

    for row in await out.rows(RECEIPT):
        await out.deliver(row)

    assert await out.state(made[contact_addresses.Way.SMS].sending_id) is State.DELIVERED
    assert await out.state(made[contact_addresses.Way.EMAIL].sending_id) is State.BOUNCED
    (task,) = await out.bounced()
    assert task.about["why"] == "permanent-failure"
    assert await out.rows(RECEIPT) == []


@pytest_asyncio.fixture
async def base(out: Out) -> AsyncIterator[str]:
    """Sayso as GOV.UK Notify reaches it."""
    house = replace(out.house, settings=out.house.settings.model_copy(update={"base_url": ""}))
    runner = web.AppRunner(make_application(out.store, house), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", house.settings.port).start()
    yield f"http://127.0.0.1:{house.settings.port}"
    await runner.cleanup()


async def _call(base: str, said: object, token: str = TOKEN, raw: bytes | None = None) -> int:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = raw if raw is not None else json.dumps(said).encode()
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{base}/notify/receipts", data=body, headers=headers) as answer,
    ):
        return answer.status


async def test_a_receipt_may_come_twice_late_early_and_of_nothing_of_ours(
    out: Out, base: str
) -> None:
    made = await out.send(Way.SMS, await out.address(contact_addresses.Way.SMS, NUMBER))
    reference = f"invitation/{made.sending_id}"
    bounced = {"id": "n-1", "reference": reference, "status": "permanent-failure"}
    delivered = {**bounced, "status": "delivered"}
    unknown = {"id": "n-2", "reference": "invitation/nobodys", "status": "delivered"}

    assert await _call(base, unknown) == 200
    assert await _call(base, {**bounced, "status": "sending"}) == 200
    assert await out.state(made.sending_id) is State.MADE
    assert await _call(base, bounced) == 200  # before we wrote down that it left
    assert await _call(base, bounced) == 200
    assert await _call(base, delivered) == 200  # the first word stands
    assert await out.state(made.sending_id) is State.BOUNCED
    assert len(await out.bounced()) == 1
    await out.store.write(
        lambda db: inviting.left(db, out.house, Leaving(made.sending_id, "", ""), "", "n-1", NOON)
    )
    assert await out.state(made.sending_id) is State.BOUNCED
    acts = select(func.count()).where(audit.c.act == "invitation_bounced")
    assert await out.store.read(lambda db: db.execute(acts).scalar_one()) == 1


async def test_a_receipt_with_a_wrong_token_or_no_sense_changes_nothing(
    out: Out, base: str
) -> None:
    made = await out.send(Way.SMS, await out.address(contact_addresses.Way.SMS, NUMBER))
    said = {"id": "n", "reference": f"invitation/{made.sending_id}", "status": "delivered"}

    for token in ("", "wrong", TOKEN[:-1], TOKEN + "x", "é"):
        assert await _call(base, said, token=token) == 403, token
    for raw in (b"", b"[]", b"nonsense", b'{"id": 1}', b'{"id": "x"}', b"[" * 5000, b"\xff\xfe"):
        assert await _call(base, None, raw=raw) == 400, raw
    assert await _call(base, {"id": "x" * 300, "reference": "y\n", "status": "delivered"}) == 400
    assert await _call(base, None, raw=b" " * (300 * 1024)) == 413
    assert await out.state(made.sending_id) is State.MADE


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
"""As browsers send a form that has a button and no field."""


async def test_whoever_has_the_message_stops_them_and_opening_the_page_does_not(
    out: Out, base: str
) -> None:
    await out.send(Way.SMS, await out.address(contact_addresses.Way.SMS, NUMBER))
    (row,) = await out.rows()
    stop = Leaving.of(row.payload).stop

    async def stopped() -> bool:
        found = await out.store.read(lambda db: contact_addresses.get(db, out.house.id, "A-sms"))
        return found.stopped_at is not None

    async with aiohttp.ClientSession() as session:
        pages = []
        for token in (stop, "WRONG234"):
            async with session.get(f"{base}/s/{token}") as answer:
                assert answer.status == 200
                pages.append((await answer.text()).replace(token, ""))
        assert pages[0] == pages[1]
        assert not await stopped()
        for token in (stop, "WRONG234"):
            async with session.post(
                f"{base}/s/{token}", headers=_FORM | {"Origin": base}
            ) as answer:
                assert answer.status == 200
                pages.append((await answer.text()).replace(token, ""))
        assert pages[2] == pages[3]
        assert "I send no more messages there." in pages[2]
        async with session.post(
            f"{base}/s/{stop}", headers=_FORM | {"Origin": "https://evil.example"}
        ) as answer:
            assert answer.status == 403
    assert await stopped()
    refused = await out.store.write(
        lambda db: inviting.send(
            db, out.house, LENA, Way.SMS, "A-sms", By("staff:amina", "again"), NOON
        )
    )
    assert refused is inviting.Refused.STOPPED


def _planned(out: Out, **plan: Any) -> House:
    council = out.house.council.model_copy(update={"invitations": Invitations(**plan)})
    return replace(out.house, council=council)


async def test_who_does_not_come_is_reminded_as_the_council_plans_it(
    out: Out, notify: NotifyServer
) -> None:
    house = _planned(out, remind_after_days=(2, 4), stop_before_days=1)
    made = await out.send(Way.SMS, await out.address(contact_addresses.Way.SMS, NUMBER))
    (row,) = await out.rows()
    await out.deliver(row)
    reminding = Reminding(out.store, house)

    for hours in (1, 47, 48, 49, 60, 95, 96, 97):
        await reminding.step(NOON + timedelta(hours=hours))
        for row in await out.rows():
            out.at(NOON + timedelta(hours=hours))
            await out.deliver(row)

    texts = [one.says["text"] for one in notify.to(NUMBER)]
    assert len(texts) == 3
    assert texts[1].startswith("Sayso: go on when you like.")
    assert [denied(text) for text in texts] == [[], [], []]
    links = {text.split("#")[1].split()[0] for text in texts}
    assert len(links) == 3  # the first is kept nowhere, so each has its own
    last = texts[2].split("#")[1].split()[0]
    let_in = await out.store.write(
        lambda db: invitations.let_in_by_link(
            db, out.house, last, None, "", NOON + timedelta(days=5)
        )
    )
    assert isinstance(let_in, LetIn)
    letter = await out.store.write(
        lambda db: invitations.let_in_by_code(
            db, out.house, made.invited.code, "", NOON + timedelta(days=5)
        )
    )
    assert not isinstance(letter, LetIn)  # who was let in by one ends the others
    await reminding.step(NOON + timedelta(days=9))
    assert await out.rows() == []


@pytest.mark.parametrize("why", ["night", "too_late", "held", "stopped", "off", "no_plan"])
async def test_nobody_is_reminded_at_night_too_late_or_who_wants_none(out: Out, why: str) -> None:
    plan: dict[str, Any] = {"remind_after_days": (2,), "stop_before_days": 1}
    if why == "no_plan":
        plan["remind_after_days"] = ()
    house = _planned(out, **plan)
    await out.send(Way.SMS, await out.address(contact_addresses.Way.SMS, NUMBER))
    (row,) = await out.rows()
    await out.deliver(row)
    at = NOON + timedelta(days=3)
    if why == "night":
        at = at.replace(hour=22)
    day = at.date() if why == "too_late" else NOON.date() + timedelta(9)

    def change(db: Any) -> None:
        reviews.arrange(db, house.id, LENA, day)
        if why == "held":
            reviews.hold(db, house.id, LENA, NOON.date())
        if why == "off":
            reviews.stand_down(db, house.id, LENA, NOON)
        if why == "stopped":
            contact_addresses.stop(db, house.id, "A-sms", f"young_person:person-{LENA}", NOON)

    await out.store.write(change)

    await Reminding(out.store, house).step(at)

    assert await out.rows() == []


async def test_of_two_workers_one_reminds(out: Out) -> None:
    house = _planned(out, remind_after_days=(2,), stop_before_days=0)
    made = await out.send(Way.SMS, await out.address(contact_addresses.Way.SMS, NUMBER))
    (row,) = await out.rows()
    await out.deliver(row)
    first = await out.store.read(lambda db: sendings.get(db, house.id, made.sending_id))
    assert first is not None
    at = NOON + timedelta(days=3)

    done = [
        await out.store.write(lambda db: invitation_reminders.remind(db, house, first, at))
        for _ in range(2)
    ]

    assert done == [True, False]


async def test_who_was_killed_the_moment_it_was_sent_has_sent_it_once(
    out: Out, notify: NotifyServer
) -> None:
    """The next process begins within a second, and finds the row as it was put out."""
    await out.send(Way.SMS, await out.address(contact_addresses.Way.SMS, NUMBER))
    (row,) = await out.rows()
    row = replace(row, attempts=1)
    first = replace(out.deliverer, since=NOON - timedelta(hours=1))
    await first.deliver(row)  # and is killed: nothing of it is written
    await first.close()
    out.deliverer.since = NOON + timedelta(milliseconds=300)
    out.at(NOON + timedelta(seconds=1))

    assert isinstance(await out.deliver(row), Delivered)

    assert len(notify.to(NUMBER)) == 1
