"""Whether a page would run, or has run, what somebody typed: by parsing it, and in Chromium."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser

from playwright.async_api import Browser, Page

from tests.browser import COMPUTER

_FOREIGN = frozenset(
    {"iframe", "object", "embed", "marquee", "math", "video", "base", "animate", "style"}
)
"""Elements that no page of ours has."""
_SOUND = ("/chat/attachments/", "/desk/")
"""Where what young people said aloud is played from; a recorder has no address yet."""
_ADDRESSES = frozenset({"href", "src", "action", "data", "formaction", "xlink:href", "srcdoc"})


class _Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "audio" and given.get("src") and not given["src"].startswith(_SOUND):
            self.runs.append("<audio>")
        if tag in _FOREIGN or (tag == "script" and not given.get("src", "").startswith("/static/")):
            self.runs.append(f"<{tag}>")
        for name, value in given.items():
            if name.startswith("on") or (name in _ADDRESSES and not _is_ours(value)):
                self.runs.append(f"<{tag} {name}>")


def _is_ours(address: str) -> bool:
    scheme, colon, _rest = address.strip().lower().partition(":")
    return not colon or scheme in ("http", "https", "tel", "sms") or "/" in scheme or "#" in scheme


def would_run(html: str) -> list[str]:
    """What in this page is not ours and would run; empty for a safe page."""
    markup = _Markup()
    markup.feed(html)
    markup.close()
    return markup.runs


@asynccontextmanager
async def without_policy(browser: Browser) -> AsyncIterator[Page]:
    """A page for which our own content security policy is switched off: what would be stopped by
    it alone runs here."""
    context = await browser.new_context(viewport=COMPUTER, bypass_csp=True)
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def has_run(page: Page) -> int:
    """How often a payload has run in what the page shows."""
    count: int = await page.evaluate("window.ran || 0")
    return count
