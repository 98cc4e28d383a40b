"""What a young person sees, on a phone and wide, by day and by night: nothing in anyone's way."""

from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page
from playwright.async_api import ViewportSize as Size

from tests.browser import COMPUTER, PHONE, window
from tests.channels.webchat.states import Shown, of_band, reading_back, without_code
from tests.sayso import Sayso

SMALLEST = Size(width=320, height=568)
_TARGET = 48

_SMALL_TARGETS = """(least) =>
    [...document.querySelectorAll("a, button, summary, input, textarea, label.pick")]
    .filter(one => one.checkVisibility() && !one.closest(".hide") && !one.matches(".hide, .jump"))
    .filter(one => !one.closest("label.pick") || one.matches("label.pick"))
    .filter(one => !(one.matches("a") && one.closest("p:not(.quiet)") && !one.matches(".do")))
    .map(one => [one.textContent.trim().slice(0, 30), one.getBoundingClientRect()])
    .filter(([, box]) => box.height < least - 0.5 || box.width < least - 0.5)
    .map(([text, box]) => `${text}: ${box.width} by ${box.height}`)"""


async def _look(page: Page, sayso: Sayso, shown: Shown) -> list[str]:
    """What is wrong with this page, a line each."""
    await page.goto("about:blank")  # what was still to be sent must not be, once it can be
    await page.unroute_all()
    await page.context.clear_cookies()
    for name, value in shown.cookies.items():
        await page.context.add_cookies([{"name": name, "value": value, "url": sayso.base}])
    await page.goto(sayso.base + shown.path)
    await shown.do(page)
    results = await Axe().run(page)
    found = [
        f"{one['id']}: {node['html'][:120]}"
        for one in results.response["violations"]
        for node in one["nodes"]
    ]
    over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if over > 0:
        found.append(f"scrolls sideways by {over}")
    found += await page.evaluate(_SMALL_TARGETS, _TARGET)
    headings = await page.locator("h1").count()
    if headings != 1:
        found.append(f"{headings} main headings")
    return [f"{shown.name}: {one}" for one in found]


BANDS = ["anybody", "8-11", "12-15", "16+", "care leaver", "reading back", "reading back, 16+"]


@pytest.mark.parametrize("band", BANDS)
async def test_no_page_has_a_finding_of_axe_scrolls_sideways_or_has_a_small_target(
    browser: Browser, served: Sayso, band: str
) -> None:
    states = (
        without_code(served)
        if band == "anybody"
        else reading_back(served, "16+" if band.endswith("16+") else "8-11")
        if band.startswith("reading")
        else of_band(served, band)
    )
    found: list[str] = []
    looks: list[tuple[Size, Literal["light", "dark"]]] = [(PHONE, "light"), (COMPUTER, "dark")]
    async with window(browser, PHONE) as page:
        async for shown in states:
            for size, scheme in looks:
                await page.set_viewport_size(size)
                await page.emulate_media(color_scheme=scheme)
                found += [
                    f"{size['width']} {scheme} {one}" for one in await _look(page, served, shown)
                ]
    assert found == []


async def test_on_the_smallest_phone_and_with_text_twice_as_large_nothing_is_cut_off(
    browser: Browser, served: Sayso
) -> None:
    found: list[str] = []
    async with window(browser, SMALLEST) as page:
        async for shown in of_band(served, "12-15"):
            await page.context.clear_cookies()
            for name, value in shown.cookies.items():
                await page.context.add_cookies([{"name": name, "value": value, "url": served.base}])
            for scale in ("100%", "200%"):
                await page.goto(served.base + shown.path)
                await page.evaluate(
                    "scale => document.documentElement.style.fontSize = scale", scale
                )
                over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                if over > 0:
                    found.append(f"{shown.name} at {scale}: {over} too wide")
    assert found == []


async def test_where_the_browser_chooses_the_colours_every_button_keeps_an_edge(
    browser: Browser, served: Sayso
) -> None:
    async with window(browser, PHONE) as page:
        await page.emulate_media(forced_colors="active")
        async for shown in of_band(served, "16+"):
            for name, value in shown.cookies.items():
                await page.context.add_cookies([{"name": name, "value": value, "url": served.base}])
            await page.goto(served.base + shown.path)
            bare = await page.evaluate(
                """() => [...document.querySelectorAll(".do, .pick, .ring, textarea")]
                .filter(one => one.checkVisibility())
                .filter(one => {
                  const style = getComputedStyle(one);
                  return style.borderBottomStyle === "none" || style.borderBottomWidth === "0px";
                }).map(one => one.textContent.trim())"""
            )
            assert bare == [], shown.name


async def test_nothing_moves_for_who_does_not_want_it(browser: Browser, served: Sayso) -> None:
    async with window(browser, PHONE) as page:  # our windows ask for less motion
        await page.goto(f"{served.base}/i/")
        moving = await page.evaluate(
            """() => [...document.querySelectorAll("*")].filter(one => {
              const style = getComputedStyle(one);
              return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0.01;
            }).map(one => one.className)"""
        )
        assert moving == []
