"""Contact sheets: every page and state as it looks, many pictures on one, each with its name.

A test that brings up every state takes its picture on the way. The pictures and sheets land in
`build/looks/`, where nothing is kept in version control; `make looks` lays the sheets into
`docs/pictures/looks/` as well, and the name of every state into `docs/looks.md`.
"""

import base64
import math
import os
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from playwright.async_api import Browser, Page
from playwright.async_api import ViewportSize as Size

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "build" / "looks"
PICTURES = ROOT / "docs" / "pictures"
PAGE = ROOT / "docs" / "looks.md"

PUBLISH = os.environ.get("SAYSO_TEST_LOOKS") == "1"
"""`make looks`: the sheets go into `docs/` too."""

_STYLE = """
body { margin: 0; padding: 16px; background: #5b6462; font: 15px/1.3 sans-serif; }
main { display: flex; flex-wrap: wrap; gap: 20px 16px; align-items: flex-start; }
figure { margin: 0; width: %dpx; }
img { display: block; width: 100%%; }
div { max-height: %dpx; overflow: hidden; border-radius: 6px; }
.cut { border-bottom: 6px dashed #fff; border-radius: 6px 6px 0 0; }
figcaption { padding-top: 5px; color: #fff; font-weight: bold; }
"""


_LONGEST = 6000
"""In pixels: a page with 10,000 letters in its box goes on and on."""


@dataclass(frozen=True, slots=True)
class Format:
    """How wide a picture stands on its sheet, how much of a long page, and how many in a row."""

    width: int
    height: int
    in_a_row: int
    """At the least: where that would make the sheet too tall for WebP, there are more."""


_TALLEST = 16_383
"""Pixels that WebP can hold; of a taller page Chromium gives nothing at all."""
_BETWEEN = 90
"""Pixels from a picture to the next: its name in up to three lines, and the gap."""
_ON_PHONE = Format(width=240, height=1700, in_a_row=8)
_WIDE = Format(width=480, height=1000, in_a_row=4)


@dataclass(slots=True)
class Sheet:
    """The pictures of one kind of visitor on one kind of screen."""

    name: str
    size: Size
    pictures: dict[str, bytes] = field(default_factory=dict)

    async def take(self, page: Page, name: str) -> None:
        """The whole page as it is now; `name` says what one sees.

        The window grows to the page's length, so that what sticks to its edges hides nothing.
        """
        assert name not in self.pictures, f"{self.name} has {name!r} twice"
        length = await page.evaluate("document.documentElement.scrollHeight")
        long = max(self.size["height"], min(length, _LONGEST))
        await page.set_viewport_size(Size(width=self.size["width"], height=long))
        self.pictures[name] = await page.screenshot(
            scale="css", animations="disabled", caret="hide"
        )
        await page.set_viewport_size(self.size)

    async def lay_out(self, browser: Browser) -> list[str]:
        """Write the pictures and their sheet; which of them `docs/looks.md` does not name."""
        folder = BUILT / self.name
        folder.mkdir(parents=True, exist_ok=True)
        for number, (name, picture) in enumerate(self.pictures.items()):
            (folder / f"{number:02}-{_file_name(name)}.png").write_bytes(picture)
        sheet = await _composed(browser, self.size, self.pictures)
        publish(Path("looks", f"{self.name}.webp"), sheet)
        if PUBLISH:
            PAGE.write_text(_named(PAGE.read_text(), self.name, self.pictures))
        differing = set(self.pictures) ^ named_on(PAGE.read_text(), self.name)
        return [
            f"docs/looks.md and the sheet {self.name} differ in {name!r}: look at it in "
            f"build/looks/{self.name}/, name it there, and run `make looks`"
            for name in sorted(differing)
        ]


def publish(name: Path, picture: bytes) -> None:
    """Into `build/`, and with `make looks` into `docs/pictures/`."""
    for folder in (BUILT.parent, *((PICTURES,) if PUBLISH else ())):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture)


def _named(page: str, sheet: str, names: Iterable[str]) -> str:
    """The page with these names below the picture of the sheet, if it shows that."""
    said = textwrap.fill(" · ".join(names), 100, break_long_words=False, break_on_hyphens=False)
    picture = rf"(\(pictures/looks/{re.escape(sheet)}\.webp\)\n\n).+?(?=\n\n|\Z)"
    return re.sub(picture, lambda found: found[1] + said, page, count=1, flags=re.S)


def named_on(page: str, sheet: str) -> set[str]:
    """The states that the page names below the picture of this sheet: `· a · b`."""
    found = re.search(
        rf"\(pictures/looks/{re.escape(sheet)}\.webp\)\n\n(.+?)(?:\n\n|\Z)", page, re.S
    )
    listed = found[1].replace("\n", " ") if found else ""
    return {name.strip() for name in listed.rstrip(".").split(" · ") if name.strip()}


def _file_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


async def _composed(browser: Browser, size: Size, pictures: dict[str, bytes]) -> bytes:
    form = _ON_PHONE if size["width"] < 600 else _WIDE
    figures = [
        f'<figure><div><img src="data:image/png;base64,{base64.b64encode(picture).decode()}"></div>'
        f"<figcaption>{escape(name)}</figcaption></figure>"
        for name, picture in pictures.items()
    ]
    html = f"<style>{_STYLE % (form.width, form.height)}</style><main>{''.join(figures)}</main>"
    rows = _TALLEST // (form.height + _BETWEEN)
    across = max(min(form.in_a_row, len(figures)), math.ceil(len(figures) / rows))
    return await picture_of(browser, html, across * (form.width + 16) + 16)


async def picture_of(browser: Browser, html: str, width: int, quality: int = 45) -> bytes:
    """A page of ours as WebP, which the screenshots of Playwright itself can't be."""
    context = await browser.new_context(viewport=Size(width=width, height=100))
    page = await context.new_page()
    await page.set_content(html, wait_until="load")
    await page.evaluate(
        """() => document.querySelectorAll("div").forEach(one => {
          if (one.scrollHeight > one.clientHeight + 1) one.classList.add("cut");
        })"""
    )
    height = await page.evaluate("document.documentElement.scrollHeight")
    assert height <= _TALLEST, f"A picture of {height} pixels is none as WebP."
    client = await context.new_cdp_session(page)
    shot = await client.send(
        "Page.captureScreenshot",
        {
            "format": "webp",
            "quality": quality,
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1},
        },
    )
    await context.close()
    return base64.b64decode(shot["data"])
