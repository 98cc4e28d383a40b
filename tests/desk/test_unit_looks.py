"""The manager’s year in a browser: on a phone, wide, on paper, by keyboard, looked over by axe."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser
from playwright.async_api import ViewportSize as Size

from tests.browser import COMPUTER, PHONE, window
from tests.desk import states_unit
from tests.desk.northborough import AMINA, RUTH
from tests.desk.running import Desk
from tests.sheets import Sheet


@pytest.mark.parametrize("size", [PHONE, COMPUTER], ids=["phone", "computer"])
async def test_no_page_has_a_finding_of_axe_or_scrolls_sideways(
    desk: Desk, chromium: Browser, size: Size
) -> None:
    await desk.store.write(lambda db: states_unit.fill(db, desk.house))
    found: list[str] = []
    sheet = Sheet(f"unit-{size['width']}", size)
    context = await chromium.new_context(locale="en-GB", reduced_motion="reduce", viewport=size)
    page = await context.new_page()
    page.on("pageerror", lambda error: found.append(str(error)))
    await page.goto(await desk.link(RUTH))
    for name, address, do in states_unit.states():
        await page.goto(desk.base + address)
        await do(page)
        results = await Axe().run(page)
        found.extend(f"{name}: {one['id']}" for one in results.response["violations"])
        width = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if width > 0:
            found.append(f"{name}: scrolls sideways by {width}")
        await sheet.take(page, name)
    await context.close()
    found.extend(await sheet.lay_out(chromium))
    assert found == []


async def test_each_of_them_is_one_tap_from_the_managers_first_page(
    desk: Desk, chromium: Browser
) -> None:
    async with window(chromium, COMPUTER, script=False) as page:
        await page.goto(await desk.link(RUTH))
        for name, heading in (("Reports", "Reports"), ("Boards", "Boards"),
                              ("Forecast", "Forecast")):  # fmt: skip
            await page.goto(f"{desk.base}/desk/")
            await page.get_by_role("link", name=name, exact=True).first.click()
            await page.get_by_role("heading", name=heading, level=1).wait_for()


async def test_on_paper_a_report_has_its_figures_and_words_and_no_form(
    desk: Desk, chromium: Browser
) -> None:
    await desk.store.write(lambda db: states_unit.fill(db, desk.house))
    async with window(chromium, COMPUTER) as page:
        await page.goto(await desk.link(RUTH))
        await page.goto(f"{desk.base}/desk/reports/2025")

        await page.emulate_media(media="print")

        assert await page.get_by_text(states_unit.WRITTEN).first.is_visible()
        assert await page.locator("table").first.is_visible()
        assert await page.locator(".app-chart svg").first.is_visible()
        for hidden in ("textarea", ".app-contents", ".app-take", "summary", ".app-header"):
            assert not await page.locator(hidden).first.is_visible(), hidden


async def test_on_paper_no_link_has_an_address_of_the_desk_behind_it(
    desk: Desk, chromium: Browser
) -> None:
    async with window(chromium, COMPUTER) as page:
        await page.goto(await desk.link(RUTH))
        await page.goto(f"{desk.base}/desk/forecast")
        await page.emulate_media(media="print")
        links = page.locator("main a[href^='/desk/']")
        assert await links.count() >= 3
        behind = await links.evaluate_all(
            "all => all.map(a => getComputedStyle(a, '::after').content)"
        )
        assert set(behind) == {"none"}


async def test_an_error_of_the_plan_leads_to_its_field_by_keyboard(
    desk: Desk, chromium: Browser
) -> None:
    async with window(chromium, COMPUTER) as page:
        await page.goto(await desk.link(RUTH))
        await page.goto(f"{desk.base}/desk/forecast/plan?from={AMINA}")
        await page.get_by_role("button", name="Put into the plan").focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("alert").get_by_role("link").first.focus()
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "children"
