"""Standing in for a colleague: a reason, some hours, a notice, an audit entry; and no more."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, select, update

from bot.access.roles import Role
from bot.service import glass as breaking
from bot.service.admission import Admitted, Asked, GlassUnbroken, require
from bot.service.house import House
from bot.web.context import now
from storage import glass, participation, people, reviews, tasks
from storage.people import Staff
from storage.reviews import Review, ReviewKind
from storage.store import Store
from storage.tables import audit, broken_glass, staff
from storage.tasks import Kind
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, HANA, KAI, LENA, MAYA, RUTH, TOM, today
from tests.desk.running import Desk, Page

WHY = "Amina is off sick.\nThe meeting is today & nobody else <b>can</b> go 🎉"
COVER = f"/desk/reviews/{KAI}/cover"


async def _break(desk: Desk, staff_id: str, reason: str = WHY) -> tuple[Page, Any]:
    browser = await desk.signed_in(staff_id)
    token = (await browser.get(f"/desk/reviews/{KAI}")).token
    return await browser.post(COVER, {"token": token, "reason": reason}), browser


async def _count(desk: Desk, table: Any) -> int:
    rows = await desk.store.read(lambda db: db.execute(select(table)).all())
    return len(rows)


async def test_a_colleague_is_asked_why_before_a_word_is_shown(desk: Desk) -> None:
    browser = await desk.signed_in(TOM)

    for page in ("", "/versions/1", "/reading"):
        shown = await browser.get(f"/desk/reviews/{KAI}{page}")
        assert shown.status == 404
        assert "Amina Yusuf runs this review" in shown.seen
        assert "Kai Brennan. Review" in shown.seen
        assert "Kai Brennan, 13" not in shown.seen  # the name is enough to know which it is
        assert "spoke to" not in shown.seen
        assert "brother" not in shown.text


async def test_the_page_that_asks_why_is_a_page_and_leads_on_once_it_is_open(desk: Desk) -> None:
    browser = await desk.signed_in(TOM)

    for review in (KAI, LENA):  # Lena has sent nothing, and nobody is told so or told otherwise
        shown = await browser.get(f"/desk/reviews/{review}/cover")
        assert shown.status == 200
        assert "Why you need to open it" in shown.seen
        assert "before it is for Amina" in shown.seen
    await browser.post(COVER, {"token": shown.token, "reason": WHY})

    opened = await browser.get(COVER)
    assert opened.url.endswith(f"/desk/reviews/{KAI}")
    assert "I want to see my brother every week." in opened.seen
    assert (await (await desk.signed_in(AMINA)).get(COVER)).status == 404  # her own needs none


async def test_with_a_reason_it_opens_for_some_hours_and_the_officer_is_told(desk: Desk) -> None:
    page, browser = await _break(desk, TOM)

    assert page.status == 200
    assert page.url.endswith(f"/desk/reviews/{KAI}")
    assert "I want to see my brother every week." in page.seen
    assert "You stand in for Amina Yusuf until" in page.seen
    assert "Only the officer; not in the file" in page.seen
    assert (await browser.get(f"/desk/reviews/{KAI}/reading")).status == 200
    officer = await desk.signed_in(AMINA)
    today_page = await officer.get("/desk/")
    assert "Tom Fenwick opened a review" in today_page.seen
    task = (await desk.store.read(lambda db: tasks.waiting(db, desk.house.id)))[0]
    notice = await officer.get(f"/desk/tasks/{task.task_id}")
    assert "nobody else <b>can</b> go 🎉" in notice.seen
    assert "Tom Fenwick opened this review today at" in notice.seen
    done = await officer.post(f"/desk/tasks/{task.task_id}/done", {"token": notice.token})
    assert "Amina Yusuf dealt with it" in done.seen


async def test_the_audit_has_the_breaking_and_the_reading_and_no_reason(desk: Desk) -> None:
    await _break(desk, TOM)

    rows = await desk.store.read(
        lambda db: db.execute(
            select(audit.c.act, audit.c.subject, audit.c.detail).where(
                audit.c.actor == f"staff:{TOM}", audit.c.act != "signed_in"
            )
        ).all()
    )

    assert [(row.act, row.subject) for row in rows] == [
        ("glass_broken", f"review:{KAI}"),
        ("review_read", f"review:{KAI}"),
    ]
    assert rows[0].detail.startswith("glass ")
    assert rows[1].detail.endswith(", behind broken glass")
    assert not any("sick" in row.detail for row in rows)


async def test_it_is_open_to_who_broke_it_and_to_nobody_else(desk: Desk) -> None:
    await _break(desk, TOM)

    page = await (await desk.signed_in(RUTH)).get(f"/desk/reviews/{KAI}")

    assert page.status == 404
    assert "brother" not in page.text


async def test_without_a_reason_nothing_opens_and_too_long_a_one_is_given_back(desk: Desk) -> None:
    for reason, said in (("", "Say why"), (" \n ", "Say why"), ("x" * 503, "Shorten it by 3")):
        page, browser = await _break(desk, TOM, reason)
        assert page.status == 422
        assert said in page.seen
        assert reason.strip() in page.text
        assert (await browser.get(f"/desk/reviews/{KAI}")).status == 404
    page, _browser = await _break(desk, TOM, "x" * 500)
    assert page.status == 200
    assert await _count(desk, broken_glass) == 1


async def test_two_taps_open_it_once_and_tell_once(desk: Desk) -> None:
    browser = await desk.signed_in(TOM)
    token = (await browser.get(f"/desk/reviews/{KAI}")).token

    pages = await asyncio.gather(
        *(browser.post(COVER, {"token": token, "reason": WHY}) for _ in range(3))
    )

    assert {page.status for page in pages} == {200}
    assert await _count(desk, broken_glass) == 1
    assert len(await desk.store.read(lambda db: tasks.waiting(db, desk.house.id))) == 1


async def test_a_form_without_the_sessions_token_opens_nothing(desk: Desk) -> None:
    browser = await desk.signed_in(TOM)

    page = await browser.post(COVER, {"token": "0" * 64, "reason": WHY})

    assert page.status == 403
    assert await _count(desk, broken_glass) == 0


async def test_a_colleague_who_stands_in_may_say_how_they_took_part(desk: Desk) -> None:
    _page, browser = await _break(desk, TOM)
    page = await browser.get(f"/desk/reviews/{KAI}")

    fields = {"token": page.token, "method": "views_sent", "seen": "", "proposed": "views_sent"}
    page = await browser.post(f"/desk/reviews/{KAI}/code", fields)

    assert "How they took part is confirmed." in page.seen
    kept = await desk.store.read(lambda db: participation.get(db, desk.house.id, KAI))
    assert kept is not None
    assert kept.confirmed_by == TOM


async def test_a_form_that_comes_after_the_hours_keeps_nothing_and_loses_nothing(
    desk: Desk,
) -> None:
    _page, browser = await _break(desk, TOM)
    token = (await browser.get(f"/desk/reviews/{KAI}")).token
    past = now() - timedelta(seconds=1)
    await desk.store.write(lambda db: db.execute(update(broken_glass).values(until=past)))

    fields = {"token": token, "method": "silent", "reason": "Kai came <i>late</i>", "seen": ""}
    page = await browser.post(f"/desk/reviews/{KAI}/code", fields)

    assert page.status == 404
    assert "What you sent was not kept." in page.seen
    assert "Kai came <i>late</i>" in page.seen
    assert await desk.store.read(lambda db: participation.get(db, desk.house.id, KAI)) is None


async def test_a_manager_behind_glass_never_reads_what_is_for_the_officer_alone(
    desk: Desk,
) -> None:
    said = {"home.change": "For the file"}
    await desk.store.write(lambda db: northborough.say(db, desk.house, LENA, said, "file"))

    page, browser = await _break(desk, RUTH)

    assert page.status == 200
    assert "brother" not in page.text
    assert "3 answers are for the officer alone and not shown to you." in page.seen
    assert "Only for the officer" in page.seen
    assert 'id="how-took-part"' not in page.text
    assert "brother" not in (await browser.get(f"/desk/reviews/{KAI}/reading")).text
    held = await browser.post(f"/desk/reviews/{KAI}/held", {"token": page.token})
    assert held.status == 404
    lena = f"/desk/reviews/{LENA}"
    await browser.post(f"{lena}/cover", {"token": page.token, "reason": "To plan the cover"})
    page = await browser.get(lena)
    assert "For the file" in page.seen
    assert "not shown to you" not in page.seen


async def test_an_officer_of_another_kind_of_review_is_no_stand_in(desk: Desk) -> None:
    for staff_id, review in ((TOM, HANA), (DEV, KAI)):
        page = await (await desk.signed_in(staff_id)).get(f"/desk/reviews/{review}")
        assert page.status == 404


async def test_who_broke_the_glass_does_not_close_what_tells_of_it(desk: Desk) -> None:
    await _break(desk, RUTH)
    await _break(desk, TOM)
    waiting = await desk.store.read(lambda db: tasks.waiting(db, desk.house.id))
    assert {task.kind for task in waiting} == {Kind.GLASS_BROKEN}
    assert len(waiting) == 2

    for staff_id in (RUTH, TOM):
        browser = await desk.signed_in(staff_id)
        token = (await browser.get("/desk/tasks")).token
        for task in waiting:
            address = f"/desk/tasks/{task.task_id}"
            assert (await browser.get(address)).status == 404
            assert (await browser.post(f"{address}/done", {"token": token})).status == 404
        assert "opened a review" not in (await browser.get("/desk/tasks")).seen
    assert len(await desk.store.read(lambda db: tasks.waiting(db, desk.house.id))) == 2


async def test_an_officer_who_reopens_their_own_closed_review_is_told_of_to_the_manager(
    desk: Desk,
) -> None:
    long_ago = today() - timedelta(days=366)
    await desk.store.write(lambda db: reviews.hold(db, desk.house.id, KAI, long_ago))
    browser = await desk.signed_in(AMINA)
    page = await browser.get(f"/desk/reviews/{KAI}")
    assert page.status == 404
    assert "You ran it." in page.seen

    page = await browser.post(COVER, {"token": page.token, "reason": "A complaint"})

    assert "You opened this review again." in page.seen
    manager = await desk.signed_in(RUTH)
    assert "Amina Yusuf opened a review" in (await manager.get("/desk/unit")).seen
    task = (await desk.store.read(lambda db: tasks.waiting(db, desk.house.id)))[0]
    assert (await manager.get(f"/desk/tasks/{task.task_id}")).status == 200


async def test_a_notice_about_an_old_review_goes_to_whoever_runs_the_newest(desk: Desk) -> None:
    house = desk.house
    before = today() - timedelta(days=180)
    older = Review(house.id, "R-kai-0", f"person-{KAI}", ReviewKind.CIOC, AMINA, before, before)
    await desk.store.write(lambda db: reviews.add(db, older, now()))
    await desk.store.write(
        lambda db: people.add_staff(
            db, house.keys, Staff(house.id, "sian", Role.IRO.value, "Siân Pritchard"), now()
        )
    )
    browser = await desk.signed_in("sian")
    token = (await browser.get("/desk/cover")).token

    await browser.post("/desk/reviews/R-kai-0/cover", {"token": token, "reason": WHY})

    task = (await desk.store.read(lambda db: tasks.waiting(db, house.id)))[0]
    assert (task.review_id, task.about["review"]) == (KAI, "R-kai-0")
    page = await (await desk.signed_in(AMINA)).get(f"/desk/tasks/{task.task_id}")
    assert "opened an earlier review, R-kai-0," in page.seen


async def test_standing_in_lists_colleagues_reviews_without_a_word(desk: Desk) -> None:
    seen = {
        TOM: ("Kai Brennan", "Lena Novak"),
        AMINA: ("Maya Okafor",),
        RUTH: ("Kai Brennan", "Lena Novak", "Maya Okafor", "Hana Grant"),
        DEV: (),
    }
    everybody = {name for names in seen.values() for name in names}

    for staff_id, names in seen.items():
        page = await (await desk.signed_in(staff_id)).get("/desk/cover")
        assert {name for name in everybody if name in page.seen} == set(names), staff_id
        assert "brother" not in page.text


async def test_another_team_finds_nobody_to_stand_in_for(desk: Desk) -> None:
    await desk.store.write(
        lambda db: db.execute(update(staff).where(staff.c.staff_id == TOM).values(team="Other"))
    )
    browser = await desk.signed_in(TOM)

    assert "No colleague in your team" in (await browser.get("/desk/cover")).seen
    assert (await browser.get(f"/desk/reviews/{KAI}")).status == 404
    assert (await browser.get(f"/desk/reviews/{MAYA}")).status == 200


@pytest_asyncio.fixture
async def council(store: Store, database_url: str) -> AsyncIterator[tuple[Store, House]]:
    house = northborough.house_on(database_url)
    await store.write(lambda db: northborough.make(db, house))
    yield store, house


async def test_the_hours_end_by_the_clock_on_both_databases(
    council: tuple[Store, House],
) -> None:
    store, house = council
    at = now()
    tom = Admitted(TOM, Role.IRO, "Tom Fenwick", "", at=at)
    opening, page = Asked("desk.break_glass", KAI), Asked("desk.review", KAI)
    await store.write(lambda db: breaking.break_it(db, house, tom, opening, "Sick", at))

    for late, opens in ((timedelta(0), True), (timedelta(hours=4), False)):
        moment = at + late
        asker = Admitted(TOM, Role.IRO, "Tom Fenwick", "", at=moment)
        ask = partial(require, house=house, staff=asker, asked=page)
        assert (await store.read(partial(_open, house, moment))) is opens
        if opens:
            await store.read(ask)
        else:
            with pytest.raises(GlassUnbroken):
                await store.read(ask)


def _open(house: House, moment: datetime, db: Connection) -> bool:
    return glass.open_until(db, house.id, KAI, TOM, moment) is not None
