"""The pages of signing in and of one's account, on a phone and wide: nothing for axe to find."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, ViewportSize

from tests.access.council import EMAIL, PASSWORD, code_now, real_council
from tests.browser import COMPUTER, PHONE, window
from tests.desk.northborough import AMINA


async def _findings(page: Page, where: str) -> list[str]:
    results = await Axe().run(page)
    found = [f"{where}: {one['id']}" for one in results.response["violations"]]
    width = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([f"{where}: scrolls sideways by {width}"] if width > 0 else [])]


@pytest.mark.parametrize("size", [PHONE, COMPUTER])
async def test_every_page_on_the_way_in_is_fit_to_be_used(
    sqlite_database_url: str, browser: Browser, size: ViewportSize
) -> None:
    council = real_council(
        sqlite_database_url,
        host="localhost",
        oidc_issuer="http://127.0.0.1:9",
        oidc_client_id="sayso",
    )
    async with council as desk, window(browser, size) as page:
        found: list[str] = []

        async def look(where: str) -> None:
            found.extend(await _findings(page, where))

        async def press(name: str) -> None:
            await page.get_by_role("button", name=name, exact=True).click()

        await page.goto(desk.base + "/desk/sign-in")
        await look("sign in")
        await page.get_by_label("Password").fill("wrong")
        await press("Go on")
        await look("wrong password")
        assert (await page.title()).startswith("Error: ")
        await page.goto(desk.base + "/desk/sign-in/council")
        await look("council away")
        await page.goto(await desk.link(AMINA))
        await look("link")
        await press("Start")
        await page.get_by_label("New password").fill("short")
        await press("Go on")
        await look("short password")
        await page.get_by_label("New password").fill(PASSWORD)
        await press("Go on")
        await page.get_by_text("The camera can’t read it").click()
        await look("set up")
        assert await page.locator(".app-qr").evaluate("one => one.naturalWidth") > 100
        seed = (await page.locator(".app-seed").text_content() or "").replace(" ", "")
        await page.get_by_label("The six digits").fill(code_now(seed))
        await press("Go on")
        await look("codes")
        for address in ("/desk/account", "/desk/account/app"):
            await page.goto(desk.base + address)
            await look(address)
        await press("Sign out")
        await page.get_by_label("E-mail address").fill(EMAIL)
        await page.get_by_label("Password").fill(PASSWORD)
        await press("Go on")
        await look("second factor")
        for number in range(9):
            await page.get_by_label("Six digits").fill(f"{number:06}")
            await press("Sign in")
        await look("too many tries")
        assert found == []
