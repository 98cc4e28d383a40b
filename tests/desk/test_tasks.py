"""Deliveries that went wrong: seen, sent again, or said to have arrived."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from bot.service import disputes, invitations, reissuing
from bot.web.context import now
from storage import contributions, outbox, tasks
from storage.contributions import Destination, Filing
from storage.tables import audit
from storage.tables import outbox as outbox_table
from storage.tasks import Kind, Task
from tests.desk.northborough import AMINA, DEV, KAI, MAYA, RUTH, TOM, today
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


@pytest.mark.parametrize("theirs", [True, False])
@pytest.mark.parametrize("first", ["again", "done", ""])
async def test_what_may_be_somebody_elses_words_is_not_filed_by_sending_it_again(
    desk: Desk, first: str, *, theirs: bool
) -> None:
    """It went wrong, then Kai said *that wasn't me*: only the officer's word lets it go further."""
    contribution_id = await _went_wrong(desk)
    talk = invitations.conversation_of(desk.house, KAI)
    manager, officer = await desk.signed_in(RUTH), await desk.signed_in(AMINA)
    stale = (await manager.get(f"/desk/tasks/{FAILED}")).token
    await desk.store.write(lambda db: disputes.dispute(db, desk.house, talk, now()))
    page = await manager.get(f"/desk/tasks/{FAILED}")
    assert "these words are not theirs" in page.seen
    assert "Send again" not in page.seen
    if first:
        await manager.post(f"/desk/tasks/{FAILED}/{first}", {"token": stale})
        assert await _state(desk, contribution_id) is Filing.STOPPED
    assert await desk.store.read(_waiting) == []

    waiting = await desk.store.read(lambda db: tasks.waiting(db, desk.house.id))
    (not_me,) = (task for task in waiting if task.kind is Kind.NOT_ME)
    token = (await officer.get(f"/desk/tasks/{not_me.task_id}")).token
    settled = "theirs" if theirs else "done"
    await officer.post(f"/desk/tasks/{not_me.task_id}/{settled}", {"token": token})
    if not first:
        await manager.post(f"/desk/tasks/{FAILED}/again", {"token": stale})

    assert await _state(desk, contribution_id) is (Filing.WAITING if theirs else Filing.STOPPED)
    assert await desk.store.read(_waiting) == ([f"{contribution_id}/v1/ordinary"] if theirs else [])


def _waiting(db: Connection) -> list[str]:
    """Of Kai's documents, those that are on their way to the case record."""
    keys = db.execute(
        select(outbox_table.c.idempotency_key).where(
            outbox_table.c.destination == "ordinary", outbox_table.c.person_id == f"person-{KAI}"
        )
    )
    return list(keys.scalars())


async def test_an_advocate_asked_for_is_arranged_and_neither_sent_again_nor_just_done(
    desk: Desk,
) -> None:
    await _went_wrong(desk)
    browser = await desk.signed_in(TOM)
    page = await browser.get(f"/desk/tasks/{ADVOCATE}")
    assert "Send again" not in page.seen
    for act in ("again", "done"):
        gone = await browser.post(f"/desk/tasks/{ADVOCATE}/{act}", {"token": page.token})
        assert gone.status == 404

    fields = {"token": page.token, "outcome": "arranged", "with_whom": "Ann of Voices"}
    bad = await browser.post(f"/desk/tasks/{ADVOCATE}/arranged", {**fields, "with_whom": ""})
    assert bad.status == 422
    assert "Say with whom" in bad.seen
    day = {"on-day": "31", "on-month": "2", "on-year": "2027"}
    bad = await browser.post(f"/desk/tasks/{ADVOCATE}/arranged", {**fields, **day})
    assert bad.status == 422
    assert "There is no 31 February 2027." in bad.seen
    assert 'value="Ann of Voices"' in bad.text

    done = await browser.post(
        f"/desk/tasks/{ADVOCATE}/arranged", {**fields, **day, "on-day": "3", "note": "By phone"}
    )

    assert "Tom Fenwick said so" in done.seen
    assert "Ann of Voices" in done.seen
    assert "3 February 2027" in done.seen
    assert "By phone" in done.seen
    listed = await browser.get("/desk/tasks")
    assert "Asked for, and settled in the last four weeks" in listed.seen
    assert "Ann of Voices" not in (await browser.get("/desk/")).seen
    late = await browser.post(f"/desk/tasks/{ADVOCATE}/arranged", fields)
    assert "Tom Fenwick was quicker. Nothing was done twice." in late.seen


async def test_what_they_asked_for_says_by_when_and_when_that_is_over(desk: Desk) -> None:
    def ask(db: Connection) -> None:
        for task_id, kind, due in (
            ("soon", Kind.ADVOCATE, today() + timedelta(days=3)),
            ("late", Kind.OFFICER_ALONE, today() - timedelta(days=1)),
        ):
            task = Task(
                task_id, kind, f"person-{KAI}", KAI, {"how": "talk"}, does="officer", due_on=due
            )
            tasks.add(db, desk.house.id, task, now())

    await desk.store.write(ask)
    browser = await desk.signed_in(AMINA)

    listed = await browser.get("/desk/tasks")
    assert "Asked to talk alone" in listed.seen
    assert listed.seen.count("Amina Yusuf arranges it, by") == 2
    assert listed.seen.count("Overdue") == 1
    assert listed.seen.count("To arrange") == 1
    assert "Overdue" in (await browser.get("/desk/tasks/late")).seen


async def test_without_tasks_the_page_says_what_would_be_there(desk: Desk) -> None:
    page = await (await desk.signed_in(AMINA)).get("/desk/tasks")

    assert "Nothing went wrong and nobody asked for anything." in page.seen


async def test_new_invitations_of_one_young_person_are_one_row_below_what_is_to_be_read(
    desk: Desk,
) -> None:
    house = desk.house

    def write(db: Connection) -> None:
        for number in range(3):
            at = now() + timedelta(seconds=number)
            reissuing.reissue(db, house, KAI, f"staff:{RUTH}", f"Lost, time {number}", at)
        reissuing.reissue(db, house, MAYA, f"staff:{RUTH}", "Lost, Maya", now())

    await desk.store.write(write)
    browser = await desk.signed_in(AMINA)

    page = await browser.get("/desk/")
    assert page.seen.count("There is a new invitation") == 1
    assert "2 earlier ones with it." in page.seen
    assert page.seen.index("Read: 1") < page.seen.index("There is a new invitation")
    unit = await (await desk.signed_in(RUTH)).get("/desk/unit")
    assert unit.seen.count("There is a new invitation") == 2  # Kai's, and Maya's
    assert unit.seen.index("Overdue") < unit.seen.index("There is a new invitation")

    address = re.search(r'href="(/desk/tasks/[^"]+)"', page.text)
    assert address
    task = await browser.get(address[1])
    for number in range(3):
        assert f"Lost, time {number}" in task.seen
    assert "Maya" not in task.seen

    await browser.post(f"{address[1]}/done", {"token": task.token})

    assert "There is a new invitation" not in (await browser.get("/desk/")).seen
    left = await desk.store.read(lambda db: tasks.waiting(db, house.id))
    assert [one.review_id for one in left] == [MAYA]
    acts = await desk.store.read(lambda db: db.execute(select(audit.c.act)).scalars().all())
    assert acts.count("task_done") == 3


async def test_one_that_came_after_the_page_was_opened_waits_on(desk: Desk) -> None:
    house = desk.house

    async def again(reason: str, seconds: int) -> None:
        at = now() + timedelta(seconds=seconds)
        await desk.store.write(
            lambda db: reissuing.reissue(db, house, KAI, f"staff:{RUTH}", reason, at)
        )

    await again("Lost", 0)
    (first,) = await desk.store.read(lambda db: tasks.waiting(db, house.id))
    browser = await desk.signed_in(AMINA)
    page = await browser.get(f"/desk/tasks/{first.task_id}")
    await again("Lost once more", 5)

    await browser.post(f"/desk/tasks/{first.task_id}/done", {"token": page.token})

    (left,) = await desk.store.read(lambda db: tasks.waiting(db, house.id))
    assert left.about["reason"] == "Lost once more"
