"""Debian's Chromium, as young people and staff have one: on a phone and at a desk.

One browser serves the whole test run, in the test run's own event loop. Playwright's asynchronous
API belongs to the loop that it was started in, and its synchronous one keeps a loop running in the
main thread, in which no other test could then run. So `tests/conftest.py` runs every test that
asks for the browser in that one loop, and all others each in their own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright
from playwright.async_api import ViewportSize as Size

CHROMIUM = "/usr/bin/chromium"
PHONE = Size(width=360, height=740)
COMPUTER = Size(width=1280, height=900)

_ARGUMENTS = (
    "--no-sandbox",  # Chromium refuses to run as root otherwise; it shows our own pages only
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--lang=en-GB",  # a date field is written as its reader's device writes dates
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a microphone that beeps
    "--use-fake-ui-for-media-stream",  # and a young person who lets us hear it
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """The browser, without a window open."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=_ARGUMENTS
        )
        yield browser
        await browser.close()


@asynccontextmanager
async def window(browser: Browser, size: Size, *, script: bool = True) -> AsyncIterator[Page]:
    """A page of a device nobody has used yet, with or without JavaScript.

    Whatever the test looks at: no script may fail, the content security policy may refuse
    nothing, and nothing but another page may be fetched from elsewhere. Asserted at the end.
    """
    handheld = size == PHONE
    context = await browser.new_context(
        viewport=size,
        device_scale_factor=2 if handheld else 1,
        is_mobile=handheld,
        has_touch=handheld,
        java_script_enabled=script,
        locale="en-GB",
        timezone_id="Europe/London",
        reduced_motion="reduce",
    )
    wrong: list[str] = []

    def look_at(request: Request) -> None:
        address = urlsplit(request.url)
        here = address.hostname in ("127.0.0.1", "localhost")
        away = address.scheme in ("http", "https", "ws", "wss") and not here
        if away and not request.is_navigation_request():
            wrong.append(f"{request.frame.url} fetched {request.url}")

    def listen_to(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            wrong.append(message.text)

    context.on("request", look_at)
    context.on("console", listen_to)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    try:
        yield await context.new_page()
    finally:
        await context.close()
    assert not wrong, "\n".join(wrong)
