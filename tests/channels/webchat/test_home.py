"""A children's home shares one address: who mistypes slows others down and shuts nobody out."""

import re
from datetime import timedelta

from playwright.async_api import Browser, Page
from sqlalchemy import Connection

from bot.access import proofs
from bot.demo import council as demo
from bot.service import invitations
from bot.service.guessing import PER_ADDRESS
from bot.service.invitations import Invited
from bot.web.context import now
from tests.browser import PHONE, window
from tests.channels.webchat.visiting import Seen, Visitor
from tests.sayso import Sayso


async def ten_children(sayso: Sayso) -> list[Invited]:
    def invite(db: Connection) -> list[Invited]:
        found = [review for reviews in demo.unused(db, sayso.house, now()).values()
                 for review in reviews]  # fmt: skip
        return [invitations.invite(db, sayso.house, one.review_id, now()) for one in found[:10]]

    children = await sayso.store.write(invite)
    assert len(children) == 10
    return children


def mistyped(code: str) -> str:
    return code[:-1] + ("A" if code[-1] != "A" else "B")


def field(page: Seen, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page.html)
    assert found, name
    return found[1]


async def nine_mistype(sayso: Sayso, children: list[Invited]) -> list[Seen]:
    """Nine of ten, each twice, without script."""
    seen = []
    for child in children[:9]:
        async with Visitor.at(sayso) as browser:
            for _again in range(2):
                seen.append(await browser.post("/i/", {"code": mistyped(child.code)}))
    return seen


async def test_of_ten_children_behind_one_address_nine_mistype_and_all_ten_get_in(
    sayso: Sayso,
) -> None:
    """Without script: with the wait, which is as long as the page says and no longer."""
    children = await ten_children(sayso)
    seen = await nine_mistype(sayso, children)
    assert [page.status for page in seen] == [422] * PER_ADDRESS + [429] * 8

    for child in children:
        async with Visitor.at(sayso) as browser:
            page = await browser.post("/i/", {"code": child.code})
            assert page.status == 429
            assert "You can try again at" in page.text
            assert f'value="{child.code}"' in page.html  # kept, not to be typed again
            assert int(page.headers["Retry-After"]) <= 31

            early = await browser.post("/i/", {"code": child.code, "ticket": field(page, "ticket")})
            assert early.status == 429
            assert field(early, "ticket") == field(page, "ticket")  # no later for having asked

            ticket = proofs.new_ticket(now() - timedelta(seconds=1))  # as half a minute later
            due = proofs.to_field(sayso.house.keys, sayso.house.id, ticket)
            page = await browser.post("/i/", {"code": child.code, "ticket": due})
            assert (page.path, page.question) == ("/chat", "hello")


async def test_with_script_the_browser_solves_something_and_the_child_notices_a_moment(
    browser: Browser, served: Sayso
) -> None:
    children = await ten_children(served)
    await nine_mistype(served, children)

    async with window(browser, PHONE) as page:
        await _types(page, served, children[0].code)
        await page.wait_for_url("**/chat")
        await page.get_by_role("heading", name="Hi. I'm Sayso.").wait_for()

    async with window(browser, PHONE) as page:  # a link, too
        await page.goto(children[1].url)
        await page.wait_for_url("**/chat")

    async with window(browser, PHONE) as page:  # and a wrong one is still only wrong
        await _types(page, served, mistyped(children[2].code))
        await page.get_by_text("That code did not work.").wait_for()


async def _types(page: Page, sayso: Sayso, code: str) -> None:
    await page.goto(f"{sayso.base}/i/")
    await page.get_by_label("Type your code").fill(code)
    await page.get_by_role("button", name="Open").click()


async def test_where_the_browser_can_solve_nothing_the_page_says_the_time(
    browser: Browser, served: Sayso
) -> None:
    children = await ten_children(served)
    await nine_mistype(served, children)
    async with window(browser, PHONE) as page:
        await page.add_init_script("delete Crypto.prototype.subtle")
        await _types(page, served, children[0].code)
        await page.get_by_text("You can try again at").wait_for()
        assert await page.get_by_label("Type your code").input_value() == children[0].code


async def test_a_wrong_a_used_and_a_right_code_that_have_to_wait_look_alike(sayso: Sayso) -> None:
    children = await ten_children(sayso)
    await nine_mistype(sayso, children)
    shown = set()
    for code in (children[0].code, mistyped(children[0].code), "x", ""):
        async with Visitor.at(sayso) as browser:
            page = await browser.post("/i/", {"code": code})
            assert page.status == 429
            plain = re.sub(r'(value|data-challenge)="[^"]*"', "", page.html)
            shown.add(re.sub(r"again at \d+:\d+", "", plain))
    assert len(shown) == 1
