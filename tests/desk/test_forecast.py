"""The forecast and the caseload plan at the desk, as a manager uses them."""

import asyncio
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import Connection, select

from bot.service import looking_ahead
from bot.service.forecast import Risk
from bot.service.handing_over import DESTINATION
from storage import caseload_plans, reviews, staff_hours
from storage.reviews import ReviewKind
from storage.tables import audit, outbox
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, LENA, RUTH, TINY, TOM, today
from tests.desk.running import Browser, Desk, Page

FORECAST, PLAN = "/desk/forecast", "/desk/forecast/plan"


async def _plan(browser: Browser, *children: str, to: str = TOM) -> Page:
    page = await browser.get(f"{PLAN}?from={AMINA}")
    fields = {"token": page.token, "from": AMINA, "to": to}
    ticked = {f"child-{number}": f"person-{one}" for number, one in enumerate(children)}
    return await browser.post(PLAN, fields | ticked)


async def test_what_is_at_risk_stands_in_one_list_each(desk: Desk) -> None:
    def more(db: Connection) -> None:
        for review_id, name, meeting, due in (
            ("R-late", "Lou Late", 20, 10), ("R-none", "Nia None", None, 30),
            ("R-over", "Ola Over", None, -3), ("R-calm", "Cal Calm", 25, 30),
        ):  # fmt: skip
            northborough.add(db, desk.house, review_id, name, 12, TOM, meeting=meeting, due=due)

    await desk.store.write(more)

    page = await (await desk.signed_in(RUTH)).get(FORECAST)

    for risk in Risk:
        assert page.text.count(f'href="#{risk.value}"') == 1
    overdue, after, none, uninvited, rest = _lists(page)
    assert "Ola Over" in overdue
    assert "Lou Late" in after
    assert "Nia None" in none
    assert "Lena Novak" in uninvited  # meets in six days
    assert f'href="/desk/reviews/{LENA}/invitation"' in page.text
    assert "Cal Calm" not in page.text
    for name in ("Ola Over", "Lou Late", "Nia None", "Lena Novak"):
        assert page.text.count(name) == 1
    assert "Amina Yusuf" in rest


@pytest.mark.parametrize(("address", "counts"), [(FORECAST, "look"), (PLAN, "plan")])
async def test_while_what_is_ahead_is_counted_the_desk_answers(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, address: str, counts: str
) -> None:
    """The counting is made to wait until another page was there."""
    manager, officer = await desk.signed_in(RUTH), await desk.signed_in(AMINA)
    counted, begun, go = getattr(looking_ahead, counts), Event(), Event()

    def waits(*about: object) -> object:
        begun.set()
        assert go.wait(10)
        return counted(*about)

    monkeypatch.setattr(looking_ahead, counts, waits)
    page = asyncio.create_task(manager.get(address))
    while not begun.is_set():
        await asyncio.sleep(0.01)

    assert (await officer.get("/desk/reviews")).status == 200
    go.set()
    assert (await page).status == 200


def _lists(page: Page) -> list[str]:
    ids = ("overdue", "after_due", "no_date", "no_invitation", "caseload")
    starts = [page.text.index(f'id="{one}"') for one in ids]
    return [page.text[first:last] for first, last in zip(starts, [*starts[1:], None], strict=True)]


async def test_hours_are_set_and_caseload_is_told_to_full_time(desk: Desk) -> None:
    browser = await desk.signed_in(RUTH)
    page = await browser.get(FORECAST)
    fields = {"token": page.token, "seen": page.hidden("seen"), f"hours-{AMINA}": "18,5"}

    done = await browser.post("/desk/forecast/hours", fields)

    assert "The hours are kept." in done.seen
    row = done.text.split(f'href="{PLAN}?from={AMINA}"')[1].split("</tr>")[0]
    assert 'data-label="To a full-time officer">6<' in row  # three children in half the hours
    assert await desk.store.read(lambda db: staff_hours.of_council(db, desk.house.id)) == {
        AMINA: 1110
    }


async def test_hours_that_are_none_are_said_beside_their_box_and_nothing_is_lost(
    desk: Desk,
) -> None:
    browser = await desk.signed_in(RUTH)
    page = await browser.get(FORECAST)
    fields = {"token": page.token, "seen": page.hidden("seen")}

    page = await browser.post(
        "/desk/forecast/hours", {**fields, f"hours-{AMINA}": "many", f"hours-{TOM}": "20"}
    )

    assert page.status == 422
    assert f'href="#hours-{AMINA}"' in page.text
    assert "Enter the hours of Amina Yusuf as a number" in page.seen
    assert 'value="many"' in page.text
    assert 'value="20"' in page.text


async def test_a_plan_is_made_seen_taken_back_and_carried_out_by_hand(desk: Desk) -> None:
    browser = await desk.signed_in(RUTH)

    page = await _plan(browser, KAI, TINY)

    assert "The plan is kept. Nobody was told." in page.seen
    assert "Amina Yusuf to Tom Fenwick: 2 young people" in page.seen
    assert "3 now, → 1 by the plan" in page.seen
    nothing = select(outbox).where(outbox.c.destination == DESTINATION)
    assert await desk.store.read(lambda db: db.execute(nothing).first()) is None

    page = await browser.post(
        f"{PLAN}/drop", {"token": page.token, "from": AMINA, "child-1": f"person-{TINY}"}
    )
    assert "They are out of the plan." in page.seen
    assert "Amina Yusuf to Tom Fenwick: 1 young person" in page.seen

    page = await browser.get(f"/desk/hand-over?from={AMINA}&to={TOM}&plan=yes")
    ticked = page.text.split(f'value="person-{KAI}"')[1].split(">")[0]
    assert "checked" in ticked
    assert "checked" not in page.text.split(f'value="person-{LENA}"')[1].split(">")[0]
    day = today() + timedelta(days=2)
    fields = {
        "token": page.token, "from": AMINA, "to": TOM, "child-1": f"person-{KAI}",
        "on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year),
    }  # fmt: skip
    assert "The hand-over is planned." in (await browser.post("/desk/hand-over", fields)).seen

    page = await browser.get(PLAN)
    assert "Hand-over planned" in page.seen
    assert (
        await desk.store.read(lambda db: caseload_plans.of_officers(db, desk.house.id, [AMINA]))
        == []
    )


async def test_what_makes_no_plan_comes_again_as_it_was_entered(desk: Desk) -> None:
    page = await _plan(await desk.signed_in(RUTH), KAI, to="")

    assert page.status == 422
    assert "Choose who would take them on." in page.seen
    assert "checked" in page.text.split(f'value="person-{KAI}"')[1].split(">")[0]


async def test_conferences_are_counted_apart(desk: Desk) -> None:
    await desk.store.write(
        lambda db: northborough.add(
            db, desk.house, "C-1", "Con Ference", 9, AMINA, meeting=9, due=9,
            kind=ReviewKind.CONFERENCE,
        )
    )  # fmt: skip

    page = await (await desk.signed_in(RUTH)).get(FORECAST)

    row = page.text.split(f'href="{PLAN}?from={AMINA}"')[1].split("</tr>")[0]
    assert 'data-label="Children in care">3<' in row
    assert 'data-label="Children before a conference">1<' in row


async def test_acts_are_on_record_without_a_name(desk: Desk) -> None:
    browser = await desk.signed_in(RUTH)
    page = await _plan(browser, KAI)
    await browser.post(
        f"{PLAN}/drop", {"token": page.token, "from": AMINA, "child-1": f"person-{KAI}"}
    )
    page = await browser.get(FORECAST)
    fields = {"token": page.token, "seen": page.hidden("seen"), f"hours-{TOM}": "37"}
    await browser.post("/desk/forecast/hours", fields)

    acts = ("caseload_planned", "caseload_dropped", "staff_hours_set")

    def entries(db: Connection) -> list[tuple[str, str, str]]:
        rows = db.execute(select(audit).where(audit.c.act.in_(acts)).order_by(audit.c.sequence))
        return [(row.act, row.subject, row.detail) for row in rows]

    assert await desk.store.read(entries) == [
        ("caseload_planned", "staff:amina", "1 young people, to tom"),
        ("caseload_dropped", "staff:amina", "1 young people"),
        ("staff_hours_set", "staff:tom", "2220 minutes"),
    ]
    assert (await desk.store.read(lambda db: reviews.get(db, desk.house.id, KAI))).officer_id == (
        AMINA
    )
