"""What a young person sees, on a phone and wide, by day and by night: nothing in anyone's way."""

import base64
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page
from playwright.async_api import ViewportSize as Size
from sqlalchemy import Connection, select

from bot.service import signing_in
from bot.service.house import House
from bot.web.context import now
from storage import contributions
from storage.reviews import Review, from_row
from storage.tables import reviews
from tests.browser import COMPUTER, PHONE, window
from tests.channels.webchat.carers_states import of_carers
from tests.channels.webchat.states import (
    Shown,
    of_band,
    one_answer,
    reading_back,
    without_code,
)
from tests.channels.webchat.young import let_in
from tests.channels.webchat.youngest import of_the_youngest
from tests.sayso import Sayso
from tests.sheets import Sheet, picture_of, publish

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


NIGHTS = {"12-15"}
"""The bands whose pictures are taken by night too; every band is looked over by night."""

BANDS = [
    "anybody", "4-7", "8-11", "12-15", "16+", "care leaver", "foster carer", "reading back",
    "reading back 16+", "one answer 8-11", "one answer 16+",
]  # fmt: skip


@pytest.mark.parametrize("band", BANDS)
async def test_no_page_has_a_finding_of_axe_scrolls_sideways_or_has_a_small_target(
    browser: Browser, served: Sayso, band: str
) -> None:
    states = (
        without_code(served)
        if band == "anybody"
        else of_the_youngest(served)
        if band == "4-7"
        else reading_back(served, "16+" if band.endswith("16+") else "8-11")
        if band.startswith("reading")
        else of_carers(served)
        if band == "foster carer"
        else one_answer(served, band.removeprefix("one answer "))
        if band.startswith("one answer")
        else of_band(served, band)
    )
    found: list[str] = []
    looks: list[tuple[Size, Literal["light", "dark"]]] = [(PHONE, "light"), (COMPUTER, "dark")]
    pictured: list[Literal["light", "dark"]] = ["light", "dark"] if band in NIGHTS else ["light"]
    sheets = {(size["width"], scheme): Sheet(_sheet(band, size, scheme), size)
              for size in (PHONE, COMPUTER) for scheme in pictured}  # fmt: skip
    async with window(browser, PHONE) as page:
        async for shown in states:
            for size, scheme in looks:
                await page.set_viewport_size(size)
                await page.emulate_media(color_scheme=scheme)
                found += [
                    f"{size['width']} {scheme} {one}" for one in await _look(page, served, shown)
                ]
                for lit in pictured:
                    await page.emulate_media(color_scheme=lit)
                    await sheets[size["width"], lit].take(page, shown.name)
            found += [f"{shown.name}: {one}" for one in await _at_its_limits(page)]
    for sheet in sheets.values():
        found += await sheet.lay_out(browser)
    assert found == []


_FRONT = """
<style>
  body { margin: 0; background: #dfece6; }
  main { position: relative; width: 1260px; height: 760px; overflow: hidden; }
  img { position: absolute; border-radius: 14px; box-shadow: 0 10px 40px #14302c40; }
  .desk { left: 40px; top: 44px; width: 940px; }
  .phone { right: 36px; bottom: 36px; width: 300px; border: 9px solid #14302c; }
  .phone { border-radius: 34px; }
</style>
<main>
<img class="desk" src="data:image/png;base64,%s">
<img class="phone" src="data:image/png;base64,%s">
</main>
"""


async def test_the_readme_has_a_picture_of_a_question_and_of_the_words_at_the_desk(
    browser: Browser, served: Sayso
) -> None:
    house = served.house
    review = await served.store.read(lambda db: _with_words_for_everyone(db, house))
    link = await served.store.write(
        lambda db: signing_in.make_link(db, house, review.officer_id, now())
    )
    async with window(browser, COMPUTER) as page:
        await page.goto(link)
        await page.goto(f"{served.base}/desk/reviews/{review.review_id}")
        assert await page.locator("blockquote[data-question]").count() > 2
        desk = await page.screenshot()
    young = await let_in(served)
    await young.goes_to("home.feeling")
    async with window(browser, PHONE) as page:
        for name, value in young.cookies().items():
            await page.context.add_cookies([{"name": name, "value": value, "url": served.base}])
        await page.goto(f"{served.base}/chat")
        assert await page.locator("main[data-kind=feeling]").count() == 1
        phone = await page.screenshot()

    html = _FRONT % (base64.b64encode(desk).decode(), base64.b64encode(phone).decode())
    publish(Path("sayso.webp"), await picture_of(browser, html, 1260, quality=80))


def _with_words_for_everyone(db: Connection, house: House) -> Review:
    for row in db.execute(select(reviews).where(reviews.c.council == house.id)):
        for sent in contributions.of_review(db, house.id, row.review_id):
            if "My brother. Every week" in str(sent.content):
                return from_row(row)
    raise AssertionError("Nobody in the demo says this any more.")


def _sheet(band: str, size: Size, scheme: str) -> str:
    night = "-night" if scheme == "dark" else ""
    return f"chat-{band.strip('+').replace(' ', '-')}-{size['width']}{night}"


_TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
_CUT_OFF = """() => [...document.querySelectorAll("main *, header *, nav *")]
    .filter(one => one.checkVisibility() && !one.closest(".hide, svg, input, textarea"))
    .filter(one => ["hidden", "clip"].includes(getComputedStyle(one).overflowX)
      || ["hidden", "clip"].includes(getComputedStyle(one).overflowY))
    .filter(one => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
    .map(one => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`)"""
_WITHOUT_EDGE = """() => [...document.querySelectorAll(".do, .pick, .ring, textarea, input.code")]
    .filter(one => one.checkVisibility())
    .filter(one => {
      const style = getComputedStyle(one);
      return style.borderBottomStyle === "none" || style.borderBottomWidth === "0px";
    }).map(one => one.textContent.trim() || one.id)"""
_MOVING = """() => [...document.querySelectorAll("*")].filter(one => {
      const style = getComputedStyle(one);
      return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0.01;
    }).map(one => `${one.tagName} ${one.className}`)"""


async def _at_its_limits(page: Page) -> list[str]:
    """The page as it stands there: on the smallest phone, with text twice as large, in colours that
    the browser chooses, and for who wants nothing to move (as our windows say)."""
    found = [f"moves: {one}" for one in await page.evaluate(_MOVING)]
    await page.emulate_media(forced_colors="active")
    found += [f"without an edge: {one}" for one in await page.evaluate(_WITHOUT_EDGE)]
    await page.emulate_media(forced_colors="none")
    await page.set_viewport_size(SMALLEST)
    for scale in ("100%", "200%"):
        await page.evaluate("scale => document.documentElement.style.fontSize = scale", scale)
        over = await page.evaluate(_TOO_WIDE)
        if over > 0:
            found.append(f"at {scale} {over} too wide")
        found += [f"at {scale} cut off: {one}" for one in await page.evaluate(_CUT_OFF)]
    return found


async def test_what_is_wrong_at_a_pages_limits_would_be_seen(browser: Browser) -> None:
    async with window(browser, PHONE) as page:
        await page.set_content(
            """<main><a class="do" style="border: 0; transition: color 2s">Go on</a>
            <p style="width: 40rem">wide</p>
            <p style="overflow: hidden; height: 1rem">One line, and another one, and a third.</p>
            </main>"""
        )
        found = " ".join(await _at_its_limits(page))
    for wrong in ("moves: A do", "without an edge: Go on", "too wide", "cut off: P"):
        assert wrong in found
