"""Choosing, and changing, who may hear it: by plain forms, and with script."""

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import Connection

from conversations.flows import FLOWS
from conversations.hearing import Chosen, Text
from conversations.sharing import audience_of
from storage import contributions
from storage.contributions import Sent
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import Young, let_in
from tests.sayso import Sayso

WORDS = "but don't tell my uncle <b>"


async def _audience(young: Young, topic: str = "home") -> tuple[str, ...]:
    return audience_of(FLOWS["cioc_review"], await young.conversation(), topic)


async def _at_the_check(young: Young, choice: str = "file") -> None:
    await young.goes_to("home.audience")
    await young.says(Chosen(option=choice))
    await young.says(Chosen(option="@check"))


async def _sent(young: Young) -> list[Sent]:
    def read(db: Connection) -> list[Sent]:
        return contributions.of_review(db, young.sayso.house.id, young.invited.review_id)

    return await young.sayso.store.read(read)


async def test_nobody_else_ticked_with_others_is_nobody_else(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("home.audience")
    page = await visitor.says(choice="pick")
    assert "Nobody else" in page.text
    assert page.text.count("If you tick this, only this counts.") == 1

    await visitor.says(("choice", "meeting"), ("choice", "nobody"), ("ticked", "1"))

    assert (await young.conversation()).answers["home.tell"].choices == ("nobody",)
    assert await _audience(young) == ("iro",)


async def test_who_hears_it_is_changed_from_the_check_page_before_and_after_sending(
    visitor: Visitor,
) -> None:
    young = await visitor.comes()
    await _at_the_check(young)
    for version in (1, 2):
        page = await visitor.get("/chat")
        assert page.state == "check"
        labels = page.buttons("choice")
        assert labels["@change:home.audience"] == "Change who hears it: Where I live"

        page = await visitor.says(choice="@change:home.audience")
        assert (page.question, page.state) == ("home.audience", "asking")
        assert page.buttons("choice")["file" if version == 1 else "officer"].endswith("kept")
        page = await visitor.says(choice="officer" if version == 1 else "file")

        assert page.state == "check"
        page = await visitor.says(command="send")
        assert page.state == "sent"
        (newest, *_) = reversed(await _sent(young))
        assert newest.version == version
        ordinary = newest.content["ordinary"]
        assert (ordinary["withheld"] == 0) is (version == 2)
        await visitor.says(choice="@check")


async def test_let_me_pick_from_the_check_page_asks_whom_and_leads_back(
    visitor: Visitor,
) -> None:
    young = await visitor.comes()
    await _at_the_check(young)

    await visitor.says(choice="@change:home.audience")
    page = await visitor.says(choice="pick")
    assert page.question == "home.tell"
    page = await visitor.says(("choice", "advocate"), ("ticked", "1"))

    assert page.state == "check"
    assert await _audience(young) == ("iro", "advocate")
    page = await visitor.says(command="back")
    assert page.question == "home.tell"


async def test_words_posted_where_it_is_asked_who_may_hear_are_kept_and_shown(
    visitor: Visitor,
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.audience")

    await visitor.says(words=WORDS)
    page = await visitor.says(choice="@check")

    assert 'data-question="home.audience" dir="auto">but don&#39;t tell my uncle &lt;b&gt;<' in (
        page.html
    )
    assert await _audience(young) == ("iro",)
    assert page.buttons("choice")["@remove:home.audience"].startswith("Take this out")
    await visitor.says(command="send")
    (sent,) = await _sent(young)
    restricted = sent.content["restricted"]
    found = [a for a in restricted["answers"] if a["question_id"] == "home.audience"]
    assert [(one["words"], one["audience"]) for one in found] == [(WORDS, ["iro"])]


async def test_words_that_travel_with_help_from_there_are_kept_too(visitor: Visitor) -> None:
    young = await visitor.comes()
    await young.goes_to("home.audience")

    await visitor.says(words=WORDS, command="help")

    assert [one.words for one in (await young.conversation()).offered] == [WORDS]


async def test_beside_a_wish_it_is_said_what_should_happen_with_it(visitor: Visitor) -> None:
    young = await visitor.comes()
    told = "Your IRO gets each wish, and should tell you what happens."
    await young.goes_to("feel.more")
    await young.says(Text(words="All right."))
    await young.says(Chosen(option="@check"))
    assert told not in (await visitor.get("/chat")).text

    await young.says(Chosen(option="@change:home.change"))
    await young.says(Text(words="A dog."))
    await young.says(Chosen(option="@check"))

    page = await visitor.get("/chat")
    assert told in page.text
    assert page.html.count(">A wish<") == 1


async def _opens(page: Page, young: Young) -> None:
    for name, value in young.cookies().items():
        await page.context.add_cookies(
            [{"name": name, "value": value, "url": young.sayso.base, "httpOnly": True}]
        )
    await page.goto(f"{young.sayso.base}/chat")


async def test_with_script_the_tick_that_stands_alone_takes_out_the_others_and_it_is_said(
    phone: Page, served: Sayso
) -> None:
    young = await let_in(served)
    await young.goes_to("home.audience")
    await young.says(Chosen(option="pick"))
    await _opens(phone, young)
    ticks = {
        name: phone.get_by_role("checkbox", name=name)
        for name in ("Nobody else", "Everyone at my review", "My parents")
    }
    said = phone.get_by_role("status")

    await ticks["Everyone at my review"].check()
    await ticks["My parents"].check()
    await expect(said).to_have_text("")
    await ticks["Nobody else"].check()
    await expect(said).to_have_text("Only “Nobody else” is ticked now.")
    await expect(ticks["Everyone at my review"]).not_to_be_checked()
    await expect(ticks["My parents"]).not_to_be_checked()

    await ticks["My parents"].check()
    await expect(said).to_have_text("“Nobody else” is not ticked any more.")
    await expect(ticks["Nobody else"]).not_to_be_checked()
    await phone.get_by_role("button", name="Keep these").click()
    await expect(phone.locator("main[data-question='home.tell']")).to_have_count(0)
    assert await _audience(young) == ("iro", "parents")


@pytest.mark.parametrize("script", [True, False])
async def test_who_hears_it_is_changed_with_one_tap(
    phone: Page, phone_without_script: Page, served: Sayso, script: bool
) -> None:
    page = phone if script else phone_without_script
    young = await let_in(served)
    await _at_the_check(young)
    await _opens(page, young)

    await page.get_by_role("button", name="Change who hears it: Where I live").click()
    await page.get_by_role("button", name="Just my IRO", exact=True).click()

    await expect(page.locator("main[data-state=check]")).to_be_visible()
    assert await _audience(young) == ("iro",)
