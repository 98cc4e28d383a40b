"""Deliveries that went wrong: seen, sent again, or said to have arrived."""

import asyncio
from datetime import timedelta

from sqlalchemy import Connection, select

from bot.web.context import now
from storage import contributions, outbox, tasks
from storage.contributions import Destination, Filing
from storage.tables import audit
from storage.tasks import Kind, Task
from tests.desk.northborough import AMINA, DEV, KAI, MAYA, RUTH, TOM
from tests.desk.running import Desk

FAILED, ADVOCATE = "task-failed", "task-advocate"


async def _went_wrong(desk: Desk, kind: Kind = Kind.DELIVERY_FAILED) -> str:
    """Kai's contribution was refused by the case record; Maya asked for an advocate."""
    house = desk.house

    def write(db: Connection) -> str:
        sent = contributions.of_review(db, house.id, KAI)[0]
        row = outbox.claim(db, ["ordinary"], now(), keep_for=timedelta(minutes=2))
        outbox.done(db, row)
        contributions.set_filing(
            db, house.id, sent.contribution_id, 1, Destination.ORDINARY, Filing.TASK
        )
        about = {
            "contribution_id": sent.contribution_id,
            "version": 1,
            "destination": "ordinary",
            "why": "HTTP 422",
        }
        tasks.add(db, house.id, Task(FAILED, kind, sent.person_id, KAI, about), now())
        tasks.add(db, house.id, Task(ADVOCATE, Kind.ADVOCATE, f"person-{MAYA}", MAYA), now())
        return sent.contribution_id

    return await desk.store.write(write)


async def _state(desk: Desk, contribution_id: str) -> Filing:
    filed = await desk.store.read(
        lambda db: contributions.filings_of(db, desk.house.id, contribution_id)
    )
    return next(one.state for one in filed if one.destination is Destination.ORDINARY)


async def test_officers_see_their_own_childrens_tasks_and_the_manager_all(desk: Desk) -> None:
    await _went_wrong(desk)
    sees = {AMINA: (True, False), TOM: (False, True), DEV: (False, False), RUTH: (True, True)}

    for staff_id, (failed, advocate) in sees.items():
        browser = await desk.signed_in(staff_id)
        page = await browser.get("/desk/tasks")
        assert ("Filing failed" in page.seen) is failed
        assert ("Asked for an advocate" in page.seen) is advocate
        assert (await browser.get(f"/desk/tasks/{FAILED}")).status == (200 if failed else 404)
        assert (await browser.get(f"/desk/tasks/{ADVOCATE}")).status == (200 if advocate else 404)


async def test_a_task_shows_no_word_that_was_said(desk: Desk) -> None:
    await _went_wrong(desk)
    browser = await desk.signed_in(RUTH)

    page = await browser.get(f"/desk/tasks/{FAILED}")

    assert "HTTP 422" in page.seen
    assert "brother" not in page.text
    assert f"/desk/reviews/{KAI}" not in page.text


async def test_send_again_puts_it_out_once_and_says_who_did_it(desk: Desk) -> None:
    contribution_id = await _went_wrong(desk)
    browser = await desk.signed_in(AMINA)
    token = (await browser.get(f"/desk/tasks/{FAILED}")).token

    pages = await asyncio.gather(
        *(browser.post(f"/desk/tasks/{FAILED}/again", {"token": token}) for _ in range(4))
    )

    assert all("Amina Yusuf dealt with it" in page.seen for page in pages)
    assert sum("Nothing was done twice." in page.seen for page in pages) == 3
    assert await _state(desk, contribution_id) is Filing.WAITING
    rows = await desk.store.write(
        lambda db: outbox.claim(db, ["ordinary"], now(), keep_for=timedelta(minutes=2))
    )
    assert [row.idempotency_key for row in rows].count(f"{contribution_id}/v1/ordinary") == 1
    acts = await desk.store.read(lambda db: db.execute(select(audit.c.act)).scalars().all())
    assert acts.count("delivery_sent_again") == 1


async def test_refused_again_it_waits_again(desk: Desk) -> None:
    await _went_wrong(desk)
    browser = await desk.signed_in(AMINA)
    token = (await browser.get(f"/desk/tasks/{FAILED}")).token
    await browser.post(f"/desk/tasks/{FAILED}/again", {"token": token})
    assert "Filing failed" not in (await browser.get("/desk/tasks")).seen

    await _went_wrong(desk)

    assert "Filing failed" in (await browser.get("/desk/tasks")).seen


async def test_it_arrived_closes_the_task_and_the_page_says_filed(desk: Desk) -> None:
    contribution_id = await _went_wrong(desk, Kind.DELIVERY_UNKNOWN)
    browser = await desk.signed_in(RUTH)
    page = await browser.get(f"/desk/tasks/{FAILED}")
    assert "It may have arrived or not." in page.seen

    await browser.post(f"/desk/tasks/{FAILED}/done", {"token": page.token})

    assert await _state(desk, contribution_id) is Filing.FILED
    page = await (await desk.signed_in(AMINA)).get(f"/desk/tasks/{FAILED}")
    assert "Ruth Adeyemi dealt with it" in page.seen


async def test_a_broken_seal_is_told_plainly_and_can_be_sent_again(desk: Desk) -> None:
    contribution_id = await _went_wrong(desk, Kind.DELIVERY_BROKEN)
    browser = await desk.signed_in(RUTH)
    page = await browser.get(f"/desk/tasks/{FAILED}")
    assert "A seal is broken" in page.seen
    assert "Somebody may have changed the database" in page.seen

    await browser.post(f"/desk/tasks/{FAILED}/again", {"token": page.token})

    assert await _state(desk, contribution_id) is Filing.WAITING


async def test_an_advocate_asked_for_is_done_and_never_sent_again(desk: Desk) -> None:
    await _went_wrong(desk)
    browser = await desk.signed_in(TOM)
    page = await browser.get(f"/desk/tasks/{ADVOCATE}")
    assert "Send again" not in page.seen

    again = await browser.post(f"/desk/tasks/{ADVOCATE}/again", {"token": page.token})
    assert again.status == 404
    done = await browser.post(f"/desk/tasks/{ADVOCATE}/done", {"token": page.token})
    assert "Tom Fenwick dealt with it" in done.seen


async def test_without_tasks_the_page_says_what_would_be_there(desk: Desk) -> None:
    page = await (await desk.signed_in(AMINA)).get("/desk/tasks")

    assert "Nothing went wrong and nobody asked for anything." in page.seen
