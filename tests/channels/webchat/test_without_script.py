"""Promise P25: the whole web chat without JavaScript, in a browser that has none.

Every form there is: the code, each kind of answer, the five ways, changing an answer, sending, the
PIN and reading by it, *that wasn't me*.
"""

from playwright.async_api import Page, expect

from conversations.hearing import LONGEST
from tests.channels.webchat.test_in_chromium import SAID, _is_sent, _open, _play
from tests.channels.webchat.young import invite, let_in
from tests.promises import Promise
from tests.sayso import Sayso

PIN = "408263"


async def _state(page: Page, state: str) -> None:
    await expect(page.locator(f'main[data-state="{state}"]')).to_have_count(1)


async def _comes_in(page: Page, sayso: Sayso) -> str:
    """By the typed code, mistyped at first; the code."""
    invited = await invite(sayso)
    await page.goto(invited.url)
    box = page.get_by_label("Type your code")
    await box.fill("ABCD-EFGH-JKMN")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("That code did not work.")).to_be_visible()
    await box.fill(invited.code)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/chat")
    return invited.code


async def _five_ways(page: Page) -> int:
    """Help, stop, back and skip do what they say at the first question; leave has a test of its
    own (`test_in_chromium.py`)."""
    await page.get_by_role("button", name="Help me now").click()
    await _state(page, "help")
    await expect(page.get_by_text("999").first).to_be_visible()
    await page.get_by_role("button", name="Yes").click()  # safe right now
    await expect(page.get_by_role("button", name="Yes")).to_have_count(0)
    await page.get_by_role("button", name="Go on").click()
    await expect(page.locator('main[data-state="help"]')).to_have_count(0)
    asked = page.locator("main")
    first = await asked.get_attribute("data-question")
    assert first is not None
    await page.get_by_role("button", name="Stop for now").click()
    await _state(page, "stopped")
    await page.locator("#turn button[name=choice]").first.click()
    await expect(asked).to_have_attribute("data-question", first)
    await page.get_by_role("button", name="Skip").click()
    await expect(asked).not_to_have_attribute("data-question", first)
    await page.get_by_role("button", name="Back").click()
    await expect(asked).to_have_attribute("data-question", first)
    return 5


async def test_every_form_of_the_web_chat_works_without_script(
    phone_without_script: Page, served: Sayso, promise: Promise
) -> None:
    page, forms = phone_without_script, 2
    for paper in ("/help", "/privacy", "/accessibility"):
        await page.goto(served.base + paper)
        await expect(page.locator("h1")).to_be_visible()
    code = await _comes_in(page, served)
    forms += await _five_ways(page)

    await _is_sent(served, receipt := await _play(page))
    assert receipt
    forms += 3  # choices, words, send
    await page.goto(f"{served.base}/chat/answers")
    await _state(page, "pin-choose")
    for name, again in ((PIN, "1"), (PIN, PIN)):
        await page.locator("#pin").fill(name)
        await page.locator("#again").fill(again)
        await page.locator("button[name=act][value=choose]").click()
    await _state(page, "answers")
    await expect(page.get_by_text(SAID.splitlines()[0]).first).to_be_visible()
    await page.locator("button[name=act][value=hide]").click()
    await page.goto(f"{served.base}/chat/answers")
    await _state(page, "pin-locked")
    assert SAID.splitlines()[0] not in await page.content()
    await page.locator("#pin").fill(PIN)
    await page.locator("button[name=act][value=locked]").click()
    await _state(page, "answers")
    forms += 3

    await page.goto(f"{served.base}/notme")
    await page.locator("#turn button.do").click()
    await _state(page, "notme-done")
    assert code not in await page.content()
    promise("P25", chat_pages=3, chat_forms=forms + 1, broken=0)


async def test_what_is_too_long_or_empty_is_said_beside_the_box_without_script(
    phone_without_script: Page, served: Sayso
) -> None:
    """And what was typed is still in it."""
    page, young = phone_without_script, await let_in(served)
    await young.goes_to("feel.more")
    await _open(page, young)
    box = page.get_by_label("In your own words")
    await page.get_by_role("button", name="Keep this").click()
    await expect(page.get_by_text("The box is empty")).to_be_visible()
    await box.fill("x" * (LONGEST + 7))
    await page.get_by_role("button", name="Keep this").click()
    await expect(page.locator(".why")).to_contain_text("7")
    assert len(await box.input_value()) == LONGEST + 7
