"""*That wasn't me*, said in the browser, or by the link or code in the letter."""

import re

import pytest
from playwright.async_api import Browser
from sqlalchemy import select, update

from bot.service.guessing import PER_ADDRESS
from storage.tables import disputes, invitations
from tests.browser import PHONE, window
from tests.channels.webchat.visiting import Visitor
from tests.channels.webchat.young import WORDS, invite, let_in
from tests.sayso import Sayso

DONE = "Thank you for telling me."
SAYS = (
    "Your IRO can see that you say it wasn't you. No more is passed on. "
    "What went before can't be called back."
)


async def said(sayso: Sayso) -> int:
    return len(await sayso.store.read(lambda db: db.execute(select(disputes)).all()))


async def test_in_the_browser_it_takes_two_taps_and_says_what_it_does_first(
    sayso: Sayso, visitor: Visitor
) -> None:
    young = await visitor.comes()
    await young.goes_to("@sent")
    assert 'href="/notme"' in (await visitor.get("/chat")).html

    page = await visitor.get("/notme")
    assert (page.state, await said(sayso)) == ("notme", 0)
    assert "What was written stays kept." in page.text

    page = await visitor.post("/notme", {})

    assert (page.status, page.state, await said(sayso)) == (200, "notme-done", 1)
    assert SAYS in page.text
    assert "999" in page.text
    assert WORDS.partition("\n")[0] not in page.html
    again = await visitor.get("/chat")
    assert again.state == "sent"  # nobody is shut out by it


async def test_who_finds_their_link_opened_says_so_right_there(sayso: Sayso) -> None:
    invited = await invite(sayso)
    secret = invited.url.partition("#")[2]
    async with Visitor.at(sayso) as somebody_else:
        await somebody_else.post("/i/", {"secret": secret, "code": ""})
    async with Visitor.at(sayso) as young:
        page = await young.post("/i/", {"secret": secret, "code": ""})
        assert "Did someone else open it? You can tell me." in page.text
        _before, form, after = page.html.partition('action="/notme"')
        assert form
        assert f'name="secret" value="{secret}"' in after

        page = await young.post("/notme", {"secret": secret})

        assert (page.state, await said(sayso)) == ("notme-done", 1)


async def test_by_a_code_that_is_used_up_and_by_no_other(sayso: Sayso, visitor: Visitor) -> None:
    young = await let_in(sayso)
    page = await visitor.post("/notme", {"code": "ABCD-EFGH-JKMN"})
    assert (page.status, await said(sayso)) == (422, 0)
    assert "That code did not work." in page.text

    page = await visitor.post("/notme", {"code": young.invited.code})
    assert (page.state, await said(sayso)) == ("notme-done", 1)

    await sayso.store.write(
        lambda db: db.execute(update(invitations).values(revoked_at=young.since))
    )
    page = await visitor.post("/notme", {"code": young.invited.code})
    assert page.status == 422


async def test_it_is_no_way_to_guess_codes(sayso: Sayso, visitor: Visitor) -> None:
    young = await let_in(sayso)
    for _one in range(PER_ADDRESS):
        await visitor.post("/notme", {"code": "ABCD-EFGH-JKMN"})
    page = await visitor.post("/notme", {"code": young.invited.code})
    assert (page.status, await said(sayso)) == (429, 0)
    assert 'action="/notme"' in page.html
    found = re.search(r'name="code" value="([^"]*)"', page.html) or re.search(
        r'id="code"[^>]* value="([^"]*)"', page.html
    )
    assert found
    assert found[1] == young.invited.code


async def test_an_invitation_that_nobody_has_used_disputes_nothing(
    sayso: Sayso, visitor: Visitor
) -> None:
    invited = await invite(sayso)
    page = await visitor.post("/notme", {"code": invited.code})
    assert (page.state, await said(sayso)) == ("notme-done", 0)
    page = await visitor.post("/i/", {"code": invited.code})
    assert page.path == "/chat"  # and it is not used up by it


async def test_another_site_can_not_say_it(sayso: Sayso, visitor: Visitor) -> None:
    await visitor.comes()
    page = await visitor.post("/notme", {}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (page.status, await said(sayso)) == (403, 0)


@pytest.mark.parametrize("script", [True, False])
async def test_a_notices_link_opens_the_page_and_does_nothing_by_itself(
    browser: Browser, served: Sayso, script: bool
) -> None:
    young = await let_in(served)
    secret = young.invited.url.partition("#")[2]
    async with window(browser, PHONE, script=script) as page:
        await page.goto(f"{served.base}/notme#{secret}")
        await page.get_by_role("heading", name="Did someone else write here?").wait_for()
        assert await said(served) == 0
        if not script:
            await page.get_by_label("Type your code").fill(young.invited.code)
        await page.get_by_role("button", name="That wasn't me").click()
        await page.get_by_role("heading", name=DONE).wait_for()
        assert await said(served) == 1
        assert secret not in page.url
