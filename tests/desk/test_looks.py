"""The desk in a real browser: on a phone and wide, without script, on paper, by keyboard."""

import shutil
from collections.abc import AsyncIterator

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from storage import participation
from tests.browser import COMPUTER as WIDE
from tests.browser import PHONE
from tests.desk.northborough import AMINA, KAI, WORDS
from tests.desk.running import Desk
from tests.desk.states import fill, states
from tests.sheets import Sheet


@pytest_asyncio.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        await browser.close()


async def _sign_in(desk: Desk, page: Page, staff_id: str) -> None:
    await page.goto(await desk.link(staff_id))


async def test_no_page_has_a_finding_of_axe_or_scrolls_sideways(
    desk: Desk, chromium: Browser
) -> None:
    await desk.store.write(lambda db: fill(db, desk))
    found: list[str] = []
    context = await chromium.new_context(locale="en-GB", reduced_motion="reduce")
    page = await context.new_page()
    page.on("pageerror", lambda error: found.append(str(error)))
    sheets = [Sheet(f"desk-{size['width']}", size) for size in (PHONE, WIDE)]
    signed_in = None
    for shown in states():
        for sheet in sheets:
            await page.set_viewport_size(sheet.size)
            if shown.staff_id is None:
                await context.clear_cookies()
            elif shown.staff_id != signed_in or not await context.cookies():
                await _sign_in(desk, page, shown.staff_id)
            signed_in = shown.staff_id
            await page.goto(desk.base + shown.address)
            await shown.do(page)
            found += await _findings(page, f"{shown.name} at {sheet.size['width']}")
            await sheet.take(page, shown.name)
    await context.close()
    for sheet in sheets:
        found += await sheet.lay_out(chromium)
    assert found == []


async def _findings(page: Page, where: str) -> list[str]:
    results = await Axe().run(page)
    found = [f"{where}: {one['id']}" for one in results.response["violations"]]
    width = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([f"{where}: scrolls sideways by {width}"] if width > 0 else [])]


async def test_a_new_invitation_fits_a_phone_and_an_error_leads_to_the_reason(
    desk: Desk, chromium: Browser
) -> None:
    for size in (PHONE, WIDE):
        page = await chromium.new_page(viewport=size)
        await _sign_in(desk, page, AMINA)
        await page.goto(f"{desk.base}/desk/reviews/{KAI}/access")
        await page.get_by_role("button", name="Make a new invitation").click()
        await page.get_by_role("alert").get_by_role("link").first.click()
        assert await page.evaluate("document.activeElement.id") == "reason"
        assert await _findings(page, "no reason") == []
        await page.get_by_label("Why is there a new one?").fill("The letter was lost")
        await page.get_by_role("button", name="Make a new invitation").click()
        await page.locator("[data-invited]").wait_for()
        assert await _findings(page, f"invited at {size['width']}") == []
        await page.close()


async def test_errors_lead_to_their_fields_and_axe_finds_nothing(
    desk: Desk, chromium: Browser
) -> None:
    for size in (PHONE, WIDE):
        page = await chromium.new_page(viewport=size)
        await _sign_in(desk, page, AMINA)
        await page.goto(f"{desk.base}/desk/reviews/{KAI}")
        await page.get_by_text("It was different").click()
        await page.get_by_label("PN5: ").check()
        await page.get_by_role("button", name="Keep this", exact=True).click()

        summary = page.get_by_role("alert")
        await summary.get_by_role("link").first.click()
        assert await page.evaluate("document.activeElement.id") == "briefed_name"
        assert await page.get_by_label("PN5: ").is_checked()
        assert (await page.title()).startswith("Error: ")
        assert await _findings(page, f"errors at {size['width']}") == []
        await page.close()


async def test_words_stand_in_the_strip_exactly_as_they_were_written(
    desk: Desk, chromium: Browser
) -> None:
    page = await chromium.new_page(viewport=PHONE)
    await _sign_in(desk, page, AMINA)

    await page.goto(f"{desk.base}/desk/reviews/{KAI}")

    words = page.locator('blockquote[data-question="home.change"]')
    assert await words.evaluate("one => one.textContent") == WORDS
    style = await words.evaluate("one => getComputedStyle(one).whiteSpace")
    assert style == "pre-wrap"


async def test_without_script_an_officer_reads_confirms_and_signs_out(
    desk: Desk, chromium: Browser
) -> None:
    context = await chromium.new_context(java_script_enabled=False, viewport=PHONE)
    page = await context.new_page()
    await _sign_in(desk, page, AMINA)

    await page.locator(f"a[href='/desk/reviews/{KAI}']").first.click()
    await page.get_by_role("button", name="Confirm PN6").click()
    assert await page.get_by_text("How they took part is confirmed.").is_visible()
    await page.get_by_text("Correct it").click()
    await page.get_by_label("PN4: ").check()
    await page.get_by_label("What happened").fill("Kai came and said nothing.")
    await page.get_by_role("button", name="Keep this", exact=True).click()
    kept = await desk.store.read(lambda db: participation.get(db, desk.house.id, KAI))
    assert kept is not None
    assert (kept.code, kept.reason) == ("PN4", "Kai came and said nothing.")

    await page.get_by_role("button", name="Sign out").click()
    assert page.url.endswith("/desk/sign-in")
    await context.close()


async def test_by_keyboard_alone_one_reads_and_confirms(desk: Desk, chromium: Browser) -> None:
    page = await chromium.new_page(viewport=WIDE)
    await _sign_in(desk, page, AMINA)

    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to main content"
    await page.keyboard.press("Enter")
    await _tab_to(page, "Kai Brennan, 13")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/desk/reviews/{KAI}")
    await _tab_to(page, "Confirm PN6")
    await page.keyboard.press("Enter")

    await page.get_by_text("How they took part is confirmed.").wait_for()


async def _tab_to(page: Page, text: str) -> None:
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent.trim()") == text:
            return
    raise AssertionError(f"The keyboard never reaches {text!r}.")


async def test_on_paper_the_words_stand_without_menus_and_forms(
    desk: Desk, chromium: Browser
) -> None:
    page = await chromium.new_page(viewport=WIDE)
    await _sign_in(desk, page, AMINA)
    await page.goto(f"{desk.base}/desk/reviews/{KAI}")

    await page.emulate_media(media="print")

    assert await page.locator("blockquote").first.is_visible()
    for hidden in (".app-header", ".govuk-service-navigation", ".app-code form", ".app-footer"):
        assert not await page.locator(hidden).first.is_visible(), hidden
