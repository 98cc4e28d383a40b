"""A child of 4 to 7 and a helper, on a phone in a real browser, with script and without."""

import pytest
from playwright.async_api import Browser, expect

from storage.contributions import get
from tests.browser import PHONE, window
from tests.channels.webchat.young import invite
from tests.sayso import Sayso


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_a_child_taps_a_helper_types_and_it_is_sent(
    browser: Browser, served: Sayso, *, script: bool
) -> None:
    invited = await invite(served, "4-7")
    async with window(browser, PHONE, script=script) as page:

        async def taps(*labels: str) -> None:
            for label in labels:
                await page.get_by_role("button", name=label, exact=True).click()

        async def is_asked(title: str) -> None:
            await expect(page.get_by_role("heading", level=1)).to_have_text(title)

        await page.goto(f"{served.base}/i/")
        await page.get_by_label("Type your code").fill(invited.code)
        await taps("Open")
        await is_asked("Who types now?")
        await taps("My teacher")
        await page.get_by_label("Name").fill("Jo")
        await taps("Keep this")
        await is_asked("For the helper")
        await taps("Go on")
        for title in ("Hi. I'm Sayso.", "What I do with it", "If someone is not safe",
                      "Who else you can talk to", "What a review is", "Who reads it",
                      "Your rights"):  # fmt: skip
            await is_asked(title)
            await taps("Go on")
        await taps("Not now", "Yes, start")
        await is_asked("How are you looked after?")
        await taps("Good")
        await is_asked("Tell me more.")
        await page.get_by_label("In your own words").fill("Pancakes")
        await taps("Keep this")
        await expect(page.get_by_role("main")).to_have_attribute("data-question", "home.feeling")
        await taps("Choose another topic", "People I see")
        await is_asked("Who do you want to see more?")
        await page.get_by_role("checkbox", name="Brother").check()
        await taps("Keep these")
        await is_asked("Who do you want to see less?")
        await page.get_by_role("checkbox", name="Mum").check()
        await page.get_by_role("checkbox", name="No one").check()
        assert await page.get_by_role("checkbox", name="Mum").is_checked() is not script
        await taps("Keep these")
        await is_asked("Tell me more.")
        await taps("Choose another topic", "That's all. Check it")
        await is_asked("Here is what you said. Is it right?")
        await expect(page.locator("[data-question='feel.more']")).to_have_text("Pancakes")
        await taps("Send")
        await is_asked("It is sent.")
        receipt = await page.locator("main").get_attribute("data-receipt") or ""

    sent = await served.store.read(lambda db: get(db, served.house.id, receipt, 1))
    said = {
        answer["question_id"]: answer
        for document in sent.content.values()
        if document
        for answer in document["answers"]
    }
    assert said["family.see_less"]["choices"] == ["nobody"]  # it alone counts
    assert said["family.see"]["choices"] == ["brother"]
    assert {tuple(answer["audience"]) for answer in said.values()} == {("iro",)}
