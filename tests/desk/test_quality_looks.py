"""Quality notes, challenges and hand-overs in a browser: on a phone and wide, without script, by
keyboard, and looked over by axe."""

import re
from collections.abc import Awaitable, Callable

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page
from playwright.async_api import ViewportSize as Size

from tests.browser import COMPUTER, PHONE, window
from tests.desk.northborough import AMINA, DEV, KAI, RUTH
from tests.desk.noted import JO, MARION, Noted, note_everything
from tests.desk.running import Desk
from tests.sheets import Sheet

Do = Callable[[Page], Awaitable[None]]


async def _nothing(_page: Page) -> None:
    """As it arrives."""


def _presses(name: str) -> Do:
    async def press(page: Page) -> None:
        await page.get_by_role("button", name=name, exact=True).first.click()
        await page.get_by_role("alert").first.wait_for()

    return press


async def _opens_all(page: Page) -> None:
    await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def _pages(noted: Noted) -> list[tuple[str, str, str, Do]]:
    """Name, who, address, and what is done to it."""
    late, formal = f"/desk/quality/{noted.late}", f"/desk/disputes/{noted.formal}"
    return [
        ("today with what is overdue", AMINA, "/desk/", _nothing),
        ("quality and challenge", AMINA, "/desk/quality", _nothing),
        ("quality and challenge of a review", AMINA, f"/desk/reviews/{KAI}/quality", _nothing),
        ("a challenge, nothing said", AMINA, f"/desk/reviews/{KAI}/quality",
         _presses("Raise it")),
        ("a quality note that waits", AMINA, late, _nothing),
        ("a quality note, all opened", AMINA, late, _opens_all),
        ("a quality note, answer missing", AMINA, late, _presses("Keep the answer")),
        ("a quality draft", DEV, f"/desk/quality/{noted.draft}", _nothing),
        ("a challenge at a formal stage", AMINA, formal, _nothing),
        ("a challenge, all opened", AMINA, formal, _opens_all),
        ("a challenge that is answered", AMINA, f"/desk/disputes/{noted.answered}", _nothing),
        ("a challenge, no outcome", AMINA, f"/desk/disputes/{noted.answered}",
         _presses("Keep this")),
        ("unit with what is overdue", RUTH, "/desk/unit", _nothing),
        ("quality and challenge of a team", RUTH, "/desk/quality", _nothing),
        ("a quality note, for a manager", RUTH, late, _nothing),
        ("hand over", RUTH, "/desk/hand-over", _nothing),
        ("hand over from an officer", RUTH, "/desk/hand-over?from=amina", _nothing),
        ("hand over, nobody chosen", RUTH, "/desk/hand-over?from=amina", _presses("Hand over")),
        ("put to me", JO, "/desk/put-to-me", _nothing),
        ("a note put to me", JO, f"/desk/put-to-me/{noted.late}", _nothing),
        ("a challenge put to me, no answer", MARION, f"/desk/put-to-me/{noted.formal}",
         _presses("Answer")),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [PHONE, COMPUTER], ids=["phone", "computer"])
async def test_no_page_has_a_finding_of_axe_or_scrolls_sideways(
    desk: Desk, chromium: Browser, size: Size
) -> None:
    noted = await desk.store.write(lambda db: note_everything(db, desk.house))
    found: list[str] = []
    sheet = Sheet(f"footprint-{size['width']}", size)
    context = await chromium.new_context(locale="en-GB", reduced_motion="reduce", viewport=size)
    page = await context.new_page()
    page.on("pageerror", lambda error: found.append(str(error)))
    signed_in = ""
    for name, staff_id, address, do in _pages(noted):
        if staff_id != signed_in:
            await context.clear_cookies()
            await page.goto(await desk.link(staff_id))
            signed_in = staff_id
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


@pytest.mark.parametrize("size", [PHONE, COMPUTER], ids=["phone", "computer"])
async def test_an_officer_and_a_worker_do_all_of_it_without_script(
    desk: Desk, chromium: Browser, size: Size
) -> None:
    await desk.store.write(lambda db: note_everything(db, desk.house))
    async with window(chromium, size, script=False) as page:
        await page.goto(await desk.link(AMINA))
        await page.goto(f"{desk.base}/desk/reviews/{KAI}")
        await page.get_by_role("link", name="Quality and challenge").last.click()
        await page.get_by_label("What is wrong, and what should happen").fill("No visit since May.")
        await page.get_by_label("Raised with").select_option("Jo Reid")
        await page.get_by_label("Visits and contact").check()
        await page.get_by_role("button", name="Raise it").click()
        await page.get_by_role("heading", name="Informal").wait_for()
        address = page.url.partition("?")[0]
    async with window(chromium, size, script=False) as page:
        await page.goto(await desk.link(JO))
        await page.goto(address.replace("disputes", "put-to-me"))
        await page.get_by_label("Your answer").fill("I visit on Monday, and each week from then.")
        await page.get_by_role("button", name="Answer").click()
        await page.get_by_text("Your answer is kept.").wait_for()
    async with window(chromium, size, script=False) as page:
        await page.goto(await desk.link(AMINA))
        await page.goto(address)
        await page.get_by_text("I visit on Monday").wait_for()
        await page.get_by_role("radio", name="Resolved", exact=True).check()
        await page.get_by_label(re.compile("What changed for Kai")).fill("Kai is seen each week.")
        await page.get_by_role("button", name="Keep this").click()
        await page.get_by_text("It is kept, and filed as the next version.").wait_for()
        await page.get_by_role("heading", name="Challenge Ended").wait_for()


async def test_an_error_leads_to_its_field_by_keyboard(desk: Desk, chromium: Browser) -> None:
    noted = await desk.store.write(lambda db: note_everything(db, desk.house))
    async with window(chromium, COMPUTER) as page:
        await page.goto(await desk.link(MARION))
        await page.goto(f"{desk.base}/desk/put-to-me/{noted.formal}")
        await page.get_by_role("button", name="Answer", exact=True).focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("alert").get_by_role("link", name="Write your answer.").focus()
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "words"
