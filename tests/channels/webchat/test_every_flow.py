"""Every flow in Chromium, screen by screen: axe has no finding; and a whole conversation with the
keyboard alone."""

from dataclasses import dataclass

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser import PHONE, window
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import invite as invite_to_review
from tests.dialogues.players import invite
from tests.dialogues.script import Dialogue
from tests.sayso import Sayso


@dataclass(frozen=True, slots=True)
class Whose:
    flow: str
    band: str


EVERY = (
    Whose("conference", "4-7"),
    Whose("conference", "8-11"),
    Whose("disruption", "4-7"),
    Whose("disruption", "12-15"),
    Whose("foster_carer_review", "4-7"),
    Whose("foster_carer_review", "12-15"),
    Whose("my_experience", "4-7"),
    Whose("my_experience", "16+"),
    Whose("my_experience_pathway", "care leaver"),
    Whose("pathway_review", "care leaver"),
)
"""The flows beside the review of a child in care, whose pages `test_looks.py` looks over."""

SCREENS = 90
WORDS = "I want to see Ayo more"


async def _goes_on(page: Page) -> None:
    """Answer what is asked, as it comes."""
    for name in ("Send", "Go on", "Not now", "Yes, start", "I do it myself"):
        if (
            await page.get_by_role("button", name=name, exact=True).count()
            and await _where(page) != "start.ok"
        ):
            await _presses(page, name)
            return
    if await _where(page) == "start.ok":
        await _presses(page, "Yes, start")
    elif await page.locator("textarea:visible").count():
        await page.locator("textarea:visible").fill(WORDS)
        await _presses(page, "Keep this")
    elif await page.get_by_role("checkbox").count():
        await page.get_by_role("checkbox").first.check()
        await _presses(page, "Keep these")
    else:
        before = await _turn(page)
        await page.locator("main button.pick").first.click()
        await _changed(page, before)


async def _where(page: Page) -> str:
    return await page.locator("main").get_attribute("data-question") or ""


async def _turn(page: Page) -> str:
    return await page.locator("input[name=turn]").input_value()


async def _presses(page: Page, name: str) -> None:
    before = await _turn(page)
    await page.get_by_role("button", name=name, exact=True).first.click()
    await _changed(page, before)


async def _changed(page: Page, before: str) -> None:
    await expect(page.locator("input[name=turn]")).not_to_have_value(before)


@pytest.mark.parametrize("whose", EVERY, ids=lambda whose: f"{whose.flow}-{whose.band}")
async def test_no_screen_of_a_flow_has_a_finding_of_axe(
    browser: Browser, served: Sayso, whose: Whose
) -> None:
    invited = await invite(Dialogue("", whose.flow, whose.band, (), ()), served)
    found: list[str] = []
    seen: list[str] = []
    async with window(browser, PHONE) as page:
        await page.goto(f"{served.base}/i/")
        await page.get_by_label("Type your code").fill(invited.code)
        await page.get_by_role("button", name="Open").click()
        await page.wait_for_url("**/chat")
        for _screen in range(SCREENS):
            results = await Axe().run(page)
            found += [
                f"{await _where(page)}: {one['id']}: {node['html'][:120]}"
                for one in results.response["violations"]
                for node in one["nodes"]
            ]
            seen.append(await _where(page))
            if await page.locator("main[data-state=sent]").count():
                break
            await _goes_on(page)
    assert found == []
    assert seen[-1] == "sent", seen
    assert len(seen) > 15, seen


async def _tabs_to(page: Page, name: str) -> None:
    """Tab, as often as it takes, until this has the focus and shows that it has it."""
    for _press in range(60):
        await page.keyboard.press("Tab")
        here = await page.evaluate(
            """() => {
              const one = document.activeElement;
              const label = one.labels && one.labels[0];
              const ringed = [one, label].filter(Boolean).map(getComputedStyle).some(
                (style) => style.outlineStyle !== "none" || style.boxShadow !== "none");
              return [(label || one).textContent.trim(), ringed];
            }"""
        )
        if here[0].startswith(name):
            assert here[1], f"{name} does not show the focus"
            return
    raise AssertionError(f"The keyboard does not come to {name}.")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
async def test_a_whole_conversation_by_keyboard_alone(
    browser: Browser, served: Sayso, script: bool
) -> None:
    """A code, the explainer, a face, words, who hears it, ticks, the check page, *Send*; and help
    on the way. The mouse is never used."""
    invited = await invite_to_review(served, "12-15")
    async with window(browser, PHONE, script=script) as page:

        async def presses(name: str) -> None:
            before = await page.locator("h1").inner_text()
            await _tabs_to(page, name)
            await page.keyboard.press("Enter")
            await expect(page.locator("h1")).not_to_have_text(before)

        await page.goto(f"{served.base}/i/")
        await _tabs_to(page, "Type your code")
        await page.keyboard.type(invited.code)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/chat")
        while await _where(page) != "rights.advocate":
            await presses("Go on")
        await presses("Not now")
        await presses("Yes, start")
        await presses("Help me now")
        await expect(page.locator("main[data-state=help]")).to_be_visible()
        await presses("Go on")
        await presses("Not good")
        await _tabs_to(page, "In your own words")
        await page.keyboard.type(WORDS)
        await presses("Keep this")
        await presses("Let me pick")
        await _tabs_to(page, "People I live with")
        await page.keyboard.press("Space")
        await _tabs_to(page, "My advocate")
        await page.keyboard.press("Space")
        await presses("Keep these")
        await presses("Choose another topic")
        await presses("That's all. Check it")
        await expect(page.get_by_text(WORDS).first).to_be_visible()
        await presses("Send")
        await expect(page.locator("main[data-state=sent]")).to_be_visible()


async def test_the_pages_are_read_out_in_the_order_in_which_they_are_seen(
    browser: Browser, served: Sayso
) -> None:
    """What a screen reader says one after the other is from top to bottom what is on the page:
    what was asked, the ways to answer, help. Nothing is shown that is not said."""
    async with Visitor.at(served) as visitor, window(browser, PHONE) as page:
        young = await visitor.comes("8-11")
        for name, value in young.cookies().items():
            await page.context.add_cookies([{"name": name, "value": value, "url": served.base}])
        await young.goes_to("home.change")
        await page.goto(f"{served.base}/chat")
        said = await page.locator("body").aria_snapshot()
    order = [
        "Go to the question", "Back", "Leave quickly", "Where I live",
        "What would you change there", "In your own words", "Keep this", "Help me now",
        "Stop for now", "Skip",
    ]  # fmt: skip
    places = [said.find(one) for one in order]
    assert -1 not in places, said
    assert places == sorted(places), said
