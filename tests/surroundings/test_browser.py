"""The tests' own browser."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page

from tests.browser import PHONE, window

_PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>Hello</title><h1>Hello</h1><form method="post"><input name="words"><button>Keep</button>
</form><script>document.querySelector("h1").textContent = "Hello with script"</script></html>"""


@pytest_asyncio.fixture(loop_scope="session")
async def address() -> AsyncIterator[str]:
    """A server with one page that takes words and shows them."""

    async def show(_request: web.Request) -> web.Response:
        return web.Response(text=_PAGE, content_type="text/html")

    async def keep(request: web.Request) -> web.Response:
        words = (await request.post())["words"]
        return web.Response(text=f"Kept: {words!s}")

    app = web.Application()
    app.add_routes([web.get("/", show), web.post("/", keep)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def test_a_phone_shows_a_page_at_its_size_and_runs_its_script(
    phone: Page, address: str
) -> None:
    await phone.goto(address)

    assert await phone.inner_text("h1") == "Hello with script"
    assert await phone.evaluate("[innerWidth, innerHeight]") == [360, 740]


async def test_a_form_works_without_javascript(phone_without_script: Page, address: str) -> None:
    await phone_without_script.goto(address)
    assert await phone_without_script.inner_text("h1") == "Hello"

    await phone_without_script.fill("input", "I like maths 🧮")
    await phone_without_script.click("button")

    assert await phone_without_script.inner_text("body") == "Kept: I like maths 🧮"


async def test_a_computer_shows_a_page_at_its_size(
    computer: Page, computer_without_script: Page, address: str
) -> None:
    await computer.goto(address)
    await computer_without_script.goto(address)

    assert await computer.evaluate("[innerWidth, innerHeight]") == [1280, 900]
    assert await computer_without_script.inner_text("h1") == "Hello"


@pytest.mark.parametrize(
    ("script", "what"),
    [
        ("setTimeout(() => { throw new Error('the script broke') })", "the script broke"),
        ("new Image().src = 'https://elsewhere.example/spy.gif'", "elsewhere.example"),
    ],
)
async def test_a_broken_script_or_a_picture_from_elsewhere_fails_the_test(
    browser: Browser, address: str, script: str, what: str
) -> None:
    with pytest.raises(AssertionError, match=what):
        await _run_on_a_phone(browser, address, script)


async def _run_on_a_phone(browser: Browser, address: str, script: str) -> None:
    async with window(browser, PHONE) as page:
        await page.goto(address)
        await page.evaluate(script)
        await page.wait_for_timeout(100)
