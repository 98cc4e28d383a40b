"""A meeting's day and its record in Chromium: on a phone and wide, with and without script."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser as Chromium
from playwright.async_api import Locator, Page
from playwright.async_api import ViewportSize as Size

from bot.service.meeting_kinds import CIOC
from storage import record_filings, review_moves, reviews
from tests.browser import COMPUTER, PHONE, window
from tests.desk import meeting_states, northborough
from tests.desk.northborough import AMINA, KAI, today
from tests.desk.running import Desk

LOOKS = Path(__file__).parents[2] / "build" / "looks" / "meetings"


@pytest.mark.parametrize("size", [PHONE, COMPUTER], ids=["phone", "computer"])
async def test_no_page_of_it_has_a_finding_of_axe_or_scrolls_sideways(
    desk: Desk, chromium: Chromium, size: Size
) -> None:
    await desk.store.write(lambda db: northborough.noor(db, desk.house))
    await desk.store.write(lambda db: meeting_states.fill(db, desk.house))
    LOOKS.mkdir(parents=True, exist_ok=True)
    found: list[str] = []
    async with window(chromium, size) as page:
        signed_in = ""
        for name, staff_id, address, do in meeting_states.states():
            if staff_id != signed_in:
                await page.goto(await desk.link(staff_id))
                signed_in = staff_id
            await page.goto(desk.base + address)
            await do(page)
            results = await Axe().run(page)
            found += [f"{name}: {one['id']}" for one in results.response["violations"]]
            wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{name}: scrolls sideways by {wide}"] if wide > 0 else []
            picture = LOOKS / f"{name.replace(' ', '-')}-{size['width']}.png"
            await page.screenshot(path=picture, full_page=True)
    assert found == []


async def _type_day(within: Page | Locator, day: date) -> None:
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        await within.get_by_label(part, exact=True).first.fill(str(value))


@pytest.mark.parametrize(
    ("size", "script"),
    [(PHONE, True), (PHONE, False), (COMPUTER, True), (COMPUTER, False)],
    ids=["phone", "phone without script", "computer", "computer without script"],
)
async def test_a_meeting_is_moved_stood_down_rearranged_held_and_filed(
    desk: Desk, chromium: Chromium, size: Size, script: bool
) -> None:
    async with window(chromium, size, script=script) as page:
        await page.goto(await desk.link(AMINA))
        await page.goto(f"{desk.base}/desk/reviews/{KAI}")
        await page.get_by_role("link", name="The day of the meeting").click()
        await _arrange(page, today() + timedelta(days=30))
        await page.get_by_label("Papers not ready").check()
        await page.get_by_role("button", name="Stand it down").click()
        await page.get_by_role("heading", name="Stood down, no new day yet").wait_for()
        await _arrange(page, today() + timedelta(days=10))

        await page.get_by_role("link", name="It was held: put it on record").click()
        await page.get_by_role("link", name="Fill it in").first.click()
        await _type_day(page, today())
        await page.get_by_label("By video", exact=True).check()
        await page.get_by_label("Social worker", exact=True).check()
        await page.get_by_role("button", name="Keep this and go on").click()
        await page.get_by_role("heading", name="The young person", exact=True).wait_for()
        await page.get_by_role("button", name="Keep this and go on").click()
        await (
            page.get_by_role("group", name="You ratify the care plan")
            .get_by_label("Yes", exact=True)
            .check()
        )
        await page.get_by_role("button", name="Keep this and go on").click()
        await page.get_by_label("Not of school age").check()
        await page.get_by_role("button", name="Keep this and go on").click()
        await page.get_by_role("button", name="Keep this and go on").click()
        await page.get_by_label("What was decided").fill("See his brother every week")
        await page.get_by_label("Who does it").fill("Joanna Reid")
        await _type_day(page, today() + timedelta(days=7))
        await page.get_by_role("button", name="Keep this decision").click()
        await page.get_by_role("link", name="Go on, there is nothing to add").click()
        await page.get_by_label("On another day").check()
        await _type_day(page, today() + timedelta(days=80))
        await page.get_by_label("Why another day, or none").fill("After the exams")
        await page.get_by_role("button", name="Keep this and go on").click()

        await page.goto(f"{desk.base}/desk/reviews/{KAI}")
        await page.get_by_role("button", name="Confirm PN6").click()
        await page.goto(f"{desk.base}/desk/reviews/{KAI}/record")
        await page.get_by_role("button", name="File the record").click()
        await page.get_by_text("The record is on its way to the case record.").wait_for()

    house = desk.house
    moves, filed, mine = await desk.store.read(
        lambda db: (
            review_moves.of_review(db, house.id, KAI),
            record_filings.of_review(db, house.id, KAI),
            reviews.of_person(db, house.id, f"person-{KAI}"),
        )
    )
    assert [one.what.value for one in moves] == ["moved", "stood_down", "rearranged", "held"]
    assert [one.version for one in filed] == [1]
    assert len(mine) == 2  # the next one is there
    assert {one["step"] for one in filed[0].document["values"]} < {one.title for one in CIOC.steps}


async def _arrange(page: Page, day: date) -> None:
    await _type_day(page, day)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="Keep this day").click()
    await page.get_by_text("The day is kept.").wait_for()
