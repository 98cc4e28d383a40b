"""One form, sent several times at the same moment, as an impatient finger does: no error of ours,
and done once. On PostgreSQL each is a transaction of its own, and all of them run at once."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest_asyncio
from aiohttp.test_utils import unused_port
from sqlalchemy import Connection, func, select

from bot.service import invitations
from bot.service.facts import comeback_code
from bot.web.context import now
from conversations.hearing import Text
from storage import contributions, conversations, outbox, tasks
from storage import invitations as kept_invitations
from storage.contributions import Destination, Filing
from storage.tables import audit
from storage.tasks import Kind, Task
from tests.desk import northborough
from tests.desk.northborough import AMINA, HANA, KAI, LENA, MAYA, RUTH, TOM
from tests.desk.running import Browser, Desk, serve
from tests.desk.test_alerts import URGENT, said
from tests.desk.test_roles import DUTY, people_of_every_role

TIMES = 6
FAILED = "task-failed"


@pytest_asyncio.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    port = unused_port()
    house = northborough.house_on(database_url, port=port)
    there = house.settings.model_copy(update={"backups": tmp_path / "backups"})
    house = replace(house, settings=there)
    async with aclosing(serve(house, port)) as running:
        async for one in running:
            await one.store.write(partial(people_of_every_role, desk=one))
            yield one


async def at_once(browser: Browser, address: str, fields: Mapping[str, str]) -> Counter[int]:
    """What is answered to each."""
    own = {"Origin": browser.desk.base, "Sec-Fetch-Site": "same-origin"}

    async def post() -> int:
        url = browser.desk.base + address
        async with browser.session.post(
            url, data=fields, headers=own, allow_redirects=False
        ) as answer:
            await answer.read()
            return answer.status

    return Counter(await asyncio.gather(*(post() for _time in range(TIMES))))


async def acts(desk: Desk, act: str) -> int:
    count = select(func.count()).select_from(audit).where(audit.c.act == act)
    return int(await desk.store.read(lambda db: db.execute(count).scalar_one()))


async def invited(desk: Desk, review_id: str) -> str:
    made = await desk.store.write(lambda db: invitations.invite(db, desk.house, review_id, now()))
    return made.code


async def let_in(desk: Desk, review_id: str) -> Browser:
    browser = await desk.browser()
    await browser.post("/i/", {"code": await invited(desk, review_id)})
    return browser


def entering(code: str) -> dict[str, str]:
    return {"code": code, "once": "one page's own 0f8fad5bd9cb469fa165"}


async def test_a_code_and_a_come_back_code_let_one_browser_in(desk: Desk) -> None:
    browser, before = await desk.browser(), await acts(desk, "code_accepted")
    first = await at_once(browser, "/i/", entering(await invited(desk, LENA)))
    assert first == {303: TIMES}
    assert await acts(desk, "code_accepted") == before + 1

    turn = (await browser.get("/chat")).hidden("turn")
    await browser.post("/chat", {"turn": turn, "command": "stop"})
    house, talk = desk.house, invitations.conversation_of(desk.house, LENA)
    kept = await desk.store.read(lambda db: conversations.get(db, house.id, talk))
    again = await desk.browser()
    assert await at_once(again, "/i/", entering(comeback_code(house, kept))) == {303: TIMES}
    assert (await again.get("/chat")).status == 200


async def test_an_answer_and_the_sending_are_kept_once(desk: Desk) -> None:
    browser = await let_in(desk, LENA)
    for _question in range(60):
        page = await browser.get("/chat")
        fields = {"turn": page.hidden("turn"), "command": "skip"}
        if 'data-state="check"' in page.text:
            break
        if 'data-state="explain"' in page.text:
            choice = "yes" if 'value="yes"' in page.text else "on"
            fields = {"turn": fields["turn"], "choice": choice}
        assert await at_once(browser, "/chat", fields) == {303: TIMES}
    sending = {"turn": page.hidden("turn"), "command": "send"}
    assert await at_once(browser, "/chat", sending) == {303: TIMES}
    assert 'data-state="sent"' in (await browser.get("/chat")).text


async def test_a_dispute_and_a_pin_are_said_once(desk: Desk) -> None:
    browser = await let_in(desk, KAI)
    chosen = {"act": "choose", "pin": "408263", "again": "408263"}
    answers = await at_once(browser, "/chat/answers", chosen)
    assert set(answers) <= {303, 409}  # the first is kept, the others see that one stands
    assert answers[303] >= 1
    assert await acts(desk, "pin_chosen") == 1
    assert set(await at_once(browser, "/notme", {})) == {200}
    assert await acts(desk, "not_me_said") == 1


@dataclass(frozen=True, slots=True)
class Form:
    """One of the desk's: who sends it, where, what it carries; which act it is on record as."""

    staff_id: str
    address: str
    act: str
    fields: Mapping[str, str] = field(default_factory=dict)


async def _forms(desk: Desk) -> list[Form]:
    house = desk.house

    def fail(db: Connection) -> None:
        for review_id, task_id in ((KAI, FAILED), (MAYA, f"{FAILED}-2")):
            sent = contributions.of_review(db, house.id, review_id)[0]
            contributions.set_filing(
                db, house.id, sent.contribution_id, 1, Destination.ORDINARY, Filing.TASK
            )
            about = {"contribution_id": sent.contribution_id, "version": 1,
                     "destination": "ordinary", "why": "HTTP 422"}  # fmt: skip
            task = Task(task_id, Kind.DELIVERY_FAILED, sent.person_id, review_id, about)
            tasks.add(db, house.id, task, now())
        rows = outbox.claim(db, ["ordinary"], now(), keep_for=timedelta(minutes=2), most=100)
        outbox.done(db, rows)

    await desk.store.write(fail)
    alert = (await said(desk, KAI, Text(words=URGENT, to="home.change"))).alert_id
    reason = {"reason": "Kai lost it."}
    code = {"method": "silent", "reason": "Kai came.", "seen": "", "proposed": "views_sent"}
    held = {"held_on-day": "1", "held_on-month": "2", "held_on-year": "2026"}
    closing = {"outcome": "acted", "reason": "Rang the carer."}
    erasing = {"reason": "Asked for it.", "case_id": f"NB-{HANA}", "unfiled": "yes"}
    return [
        Form(AMINA, f"/desk/tasks/{FAILED}/again", "delivery_sent_again"),
        Form(TOM, f"/desk/tasks/{FAILED}-2/done", "task_done"),
        Form(DUTY, f"/desk/alerts/{alert}/acknowledge", "alert_acknowledged"),
        Form(DUTY, f"/desk/alerts/{alert}/close", "alert_closed", closing),
        Form(TOM, f"/desk/reviews/{KAI}/cover", "glass_broken", reason),
        Form(AMINA, f"/desk/reviews/{KAI}/held", "review_held", held),
        Form(AMINA, f"/desk/reviews/{KAI}/code", "code_confirmed", code),
        *_of_meetings(desk),
        Form(AMINA, f"/desk/reviews/{KAI}/access", "asked_afterwards", {"after": "yes"}),
        Form(RUTH, f"/desk/reviews/{HANA}/erase/confirm", "person_erased", erasing),
    ]


def _of_meetings(desk: Desk) -> list[Form]:
    """A meeting's day, and what is put on record of one that was held."""
    day, step = now().date() + timedelta(days=30), f"/desk/reviews/{KAI}/record/step"
    moving = {"seen": "0", "sure": "yes", "day-day": str(day.day), "day-month": str(day.month),
              "day-year": str(day.year), "clock_time": "14:30"}  # fmt: skip
    school = {"step": "school", "seen": "0", "pep": "not_of_age"}
    decided = {"step": "decisions", "once": "one page's own", "what": "A bed", "owner": "Jo",
               **{name.replace("day-", "due_on-", 1): value for name, value in moving.items()
                  if name.startswith("day-")}}  # fmt: skip
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"sayso:{desk.house.id}:{KAI}:one page's own")
    no_next = {"step": "next", "seen": "0", "next": "none", "next_why": "Moved to Wales."}
    off = {"seen": "0", "reason": "weather"}
    return [
        Form(AMINA, f"/desk/reviews/{LENA}/when", "review_moved", moving),
        Form(TOM, f"/desk/reviews/{MAYA}/stand-down", "review_stood_down", off),
        Form(AMINA, step, "record_kept", school),
        Form(AMINA, step, "decision_added", decided),
        Form(AMINA, f"/desk/reviews/{KAI}/decisions/done", "decision_done",
             {"decision": str(name)}),
        Form(AMINA, step, "next_review_set", no_next),
    ]  # fmt: skip


async def test_of_new_invitations_one_stands(desk: Desk) -> None:
    browser = await desk.signed_in(AMINA)
    token = (await browser.get("/desk/account")).token
    fields = {"reason": "Lost the letter.", "token": token}
    assert await at_once(browser, f"/desk/reviews/{LENA}/access", fields) == {200: TIMES}
    found = await desk.store.read(lambda db: kept_invitations.of_review(db, desk.house.id, LENA))
    assert len(found) == TIMES
    assert sum(one.open(now()) for one in found) == 1


async def test_what_the_desk_does_is_done_once(desk: Desk) -> None:
    for form in await _forms(desk):
        browser = await desk.signed_in(form.staff_id)
        token = (await browser.get("/desk/account")).token
        before = await acts(desk, form.act)
        answers = await at_once(browser, form.address, {**form.fields, "token": token})
        assert not [status for status in answers if status >= 500], (form, answers)
        assert await acts(desk, form.act) == before + 1, (form, answers)
