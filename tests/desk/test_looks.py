"""The desk in a real browser: on a phone and wide, without script, on paper, by keyboard."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, ViewportSize, async_playwright
from sqlalchemy import Connection

from bot.web.context import now
from storage import participation, tasks
from storage.tasks import Kind, Task
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, HANA, KAI, LENA, MAYA, RUTH, TINY, TOM, WORDS
from tests.desk.running import Desk

PHONE, WIDE = ViewportSize(width=360, height=740), ViewportSize(width=1280, height=900)


@pytest_asyncio.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        await browser.close()


def _fill(db: Connection, desk: Desk) -> None:
    """Something of every kind, so that every page has something to show."""
    house = desk.house
    northborough.change(db, house, KAI, "home.change", WORDS + " And every Sunday.")
    northborough.say(
        db,
        house,
        LENA,
        {"family.more": "Ωαρ " * 400 + "x" * 300, "meeting.how": "come", "meeting.who": "Mum"},
        audience="pick",
    )
    about = {"contribution_id": "c", "version": 1, "destination": "ordinary", "why": "HTTP 422"}
    task = Task("t", Kind.DELIVERY_FAILED, f"person-{KAI}", KAI, about)
    tasks.add(db, house.id, task, now() - timedelta(days=1))


async def _sign_in(desk: Desk, page: Page, staff_id: str) -> None:
    await page.goto(await desk.link(staff_id))


async def test_no_page_has_a_finding_of_axe_or_scrolls_sideways(
    desk: Desk, chromium: Browser
) -> None:
    await desk.store.write(lambda db: _fill(db, desk))
    everything = {
        AMINA: (
            "/desk/", "/desk/reviews", f"/desk/reviews/{KAI}", f"/desk/reviews/{KAI}/versions/1",
            f"/desk/reviews/{KAI}/reading", f"/desk/reviews/{LENA}",
            f"/desk/reviews/{LENA}/reading", f"/desk/reviews/{TINY}",
            f"/desk/reviews/{KAI}/access", f"/desk/reviews/{TINY}/access",
            "/desk/tasks", "/desk/tasks/t", "/desk/nothing",
            "/desk/sign-in", "/desk/sign-in/wrong",
        ),
        TOM: (f"/desk/reviews/{MAYA}",),
        DEV: ("/desk/", f"/desk/reviews/{HANA}"),
        RUTH: ("/desk/unit", "/desk/tasks", "/desk/tasks/t", f"/desk/reviews/{LENA}/access"),
    }  # fmt: skip
    found: list[str] = []

    def broken(error: object) -> None:
        found.append(str(error))

    for size in (PHONE, WIDE):
        page = await chromium.new_page(viewport=size)
        page.on("pageerror", broken)
        for staff_id, addresses in everything.items():
            await _sign_in(desk, page, staff_id)
            for address in addresses:
                await page.goto(desk.base + address)
                for details in await page.locator("details > summary").all():
                    await details.click()
                found += await _findings(page, f"{address} at {size['width']}")
        await page.close()
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

    await page.get_by_role("link", name="Kai Brennan, 13").click()
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
