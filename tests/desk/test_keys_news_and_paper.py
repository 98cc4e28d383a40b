"""What only a browser shows: the key that leads to the search, what is new while a page is open,
and what comes out on paper."""

from functools import partial

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from bot.desk import news
from tests.browser import COMPUTER, window
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, LENA
from tests.desk.running import Desk


async def test_a_slash_leads_to_the_search_and_is_typed_where_somebody_types(
    desk: Desk, chromium: Chromium
) -> None:
    async with window(chromium, COMPUTER) as page:
        await page.goto(await desk.link(AMINA))
        await page.goto(desk.base + "/desk/reviews")
        search = page.locator("[data-slash]")

        await page.keyboard.press("/")
        await expect(search).to_be_focused()
        await expect(search).to_have_value("")
        await page.keyboard.press("/")
        await expect(search).to_have_value("/")


async def test_what_comes_while_a_page_is_open_is_said_and_moves_nothing(
    desk: Desk, chromium: Chromium, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "EVERY_SECONDS", 0.2)
    async with window(chromium, COMPUTER) as page:
        await page.goto(await desk.link(AMINA))
        await page.goto(desk.base + "/desk/")
        before = await page.locator("main li").count()

        change = partial(
            northborough.change,
            house=desk.house,
            review_id=KAI,
            question="home.change",
            words="More",
        )
        await desk.store.write(change)

        await expect(page.locator("[data-news] a")).to_contain_text("new: show")
        assert await page.locator("main li").count() == before


async def test_on_paper_the_reading_view_is_words_alone(desk: Desk, chromium: Chromium) -> None:
    aloud = {"family.more": "My nan, on Sundays", "family.tell": "meeting"}
    await desk.store.write(
        lambda db: northborough.say(db, desk.house, LENA, aloud, audience="pick")
    )
    async with window(chromium, COMPUTER) as page:
        await page.goto(await desk.link(AMINA))
        await page.goto(desk.base + f"/desk/reviews/{LENA}/reading")
        words = page.locator(".app-reading .app-words").first
        on_screen = await page.locator("a:visible, button:visible").count()
        assert on_screen

        await page.emulate_media(media="print")

        await expect(words).to_be_visible()
        assert await page.locator("header a:visible, nav a:visible, button:visible").count() == 0
        size = await words.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
        assert size >= 17 / 72 * 96 - 0.5  # 17 pt, to read at arm's length
