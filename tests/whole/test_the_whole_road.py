"""From the invitation to the case record, in a real browser, with and without JavaScript.

The run also takes a picture of every page and state that it comes by, at both sizes; with
`CONTACT_SHEET=1` they are laid out in `docs/contact-sheet/`.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Browser, Page, Route

from bot.demo import council as demo
from bot.service import invitations, signing_in
from bot.web.context import now
from storage import people
from tests.browser import COMPUTER, PHONE, window
from tests.channels.telegram.test_playing import check_document, filed
from tests.sayso import Sayso, house_at, running

SAID = "<b>I'd</b> like to see Ayo more 🐕\nשלום e\u0301"
SHEET = Path("docs/contact-sheet") if os.environ.get("CONTACT_SHEET") else None
_AXE = AXE_FILE_PATH.read_text()


@asynccontextmanager
async def sayso_at(tmp_path: Path, database_url: str) -> AsyncIterator[Sayso]:
    async with running(house_at(tmp_path, database_url), tmp_path) as sayso:
        yield sayso


async def invited_to(sayso: Sayso, band: str) -> invitations.Invited:
    def invite(db: Any) -> invitations.Invited:
        review = demo.unused(db, sayso.house, now())[band][0]
        return invitations.invite(db, sayso.house, review.review_id, now())

    return await sayso.store.write(invite)


async def desk_link(sayso: Sayso, review_id: str) -> str:
    """A sign-in link of the officer who runs this review."""
    from storage import reviews  # noqa: PLC0415

    def link(db: Any) -> str:
        officer = reviews.get(db, sayso.house.id, review_id).officer_id
        return signing_in.make_link(db, sayso.house, officer, now())

    return await sayso.store.write(link)


class Walk:
    """One young person at one device; looks at every state once."""

    def __init__(self, page: Page, name: str, *, script: bool) -> None:
        self.page, self.name, self.script = page, name, script
        self.seen: set[str] = set()
        self.findings: list[str] = []

    async def look(self, state: str) -> None:
        """A picture, and what axe finds, the first time a state is come by."""
        if state in self.seen:
            return
        self.seen.add(state)
        if SHEET is not None:
            SHEET.mkdir(parents=True, exist_ok=True)
            path = SHEET / f"{self.name}-{len(self.seen):02}-{state.replace('.', '-')}.png"
            await self.page.screenshot(path=path, full_page=False)
        if self.script:
            await self.page.evaluate(_AXE)
            found = await self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            self.findings += [f"{state}: {v['id']} {v['nodes'][0]['html']}"
                              for v in found["violations"]]  # fmt: skip
            wide = await self.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
            assert not wide, f"{state} scrolls sideways"

    async def press(self, selector: str) -> None:
        """Press, and wait for the next screen."""
        turn = await self.turn()
        await self.page.locator(selector).first.click()
        async with asyncio.timeout(20):
            while await self.turn() == turn:
                await asyncio.sleep(0.02)

    async def turn(self) -> str:
        with contextlib.suppress(Exception):
            return await self.page.locator("input[name=turn]").first.input_value(timeout=300)
        return ""

    async def answer_everything(self) -> None:
        """Until the check page."""
        for _step in range(80):
            main = self.page.locator("main")
            state = await main.get_attribute("data-state")
            question = await main.get_attribute("data-question") or ""
            kind = await main.get_attribute("data-kind")
            await self.look(f"{state}-{question}")
            if state == "check":
                return
            if state == "explain":
                await self.press("button[name=choice]")
            elif kind == "words":
                await self.page.fill("textarea[name=words]", SAID)
                await self.press("form#turn > button.do")
            elif kind == "date":
                await self.page.fill("input[type=date]", "2026-12-20")
                await self.press("form#turn > button.do")
            elif kind == "choices":
                await self.page.locator("input[type=checkbox]").nth(1).check()
                await self.press("form#turn > button.do")
            elif question == "home.audience":
                await self.press("button[name=choice][value=file]")
            elif question == "feel.audience":
                await self.press("button[name=choice][value=pick]")
            elif question == "meeting.how":
                await self.press("button[name=choice][value=send_views]")
            else:
                await self.press("button[name=choice]")
        raise AssertionError("The conversation did not end.")


@pytest.mark.parametrize(
    ("size", "script", "band"),
    [
        (PHONE, True, "12-15"),
        (PHONE, False, "8-11"),
        (COMPUTER, True, "16+"),
        (COMPUTER, False, "care leaver"),
    ],
    ids=["phone", "phone-without-script", "computer", "computer-without-script"],
)
async def test_from_the_invitation_to_the_case_record_and_the_desk(
    browser: Browser, tmp_path: Path, sqlite_database_url: str, size: Any, script: bool, band: str
) -> None:
    async with (
        sayso_at(tmp_path, sqlite_database_url) as sayso,
        window(browser, size, script=script) as page,
    ):
        invited = await invited_to(sayso, band)
        walk = Walk(page, f"{size['width']}-{band.replace(' ', '-')}", script=script)
        await page.goto(f"{sayso.base}/i/")
        await walk.look("invitation")
        if script:
            await page.goto(invited.url)
        else:
            await page.fill("#code", f" {invited.code.lower()} ")
            await page.click("form#turn button.do")
        await page.wait_for_url("**/chat")

        await walk.answer_everything()

        words = page.locator("blockquote[data-question='home.change']")
        if band != "care leaver":
            assert (await words.inner_text()).strip() == SAID
        await walk.press("button[name=command][value=help]")
        await walk.look("help")
        await walk.press("button[name=choice][value='@go_on']")
        await walk.press("button[name=choice][value='@map']")
        await walk.look("map")
        await walk.press("button[name=command][value=back]")
        await walk.press("button[name=command][value=stop]")
        await walk.look("stopped")
        await walk.press("button[name=choice][value='@go_on']")
        await walk.press("button[name=command][value=send]")
        await walk.look("sent")

        receipt = await page.locator("main").get_attribute("data-receipt")
        kind = "cioc" if band != "care leaver" else "pathway"
        document = await filed(sayso, invited.review_id)
        check_document(document)
        assert document["contribution_id"] == receipt
        assert document["channel"] == "webchat"
        assert document["review"]["kind"] == kind
        assert (document["proposed_participation"] is None) == (kind == "pathway") or (
            document["taking_part"]["intention"] == "not_said"
        )
        await both_documents_hold_every_answer_once(sayso, document)
        assert walk.findings == []
        await read_at_the_desk(sayso, browser, size, invited.review_id, script=script)


async def both_documents_hold_every_answer_once(sayso: Sayso, ordinary: dict[str, Any]) -> None:
    case = ordinary["case_id"]
    name = f"{ordinary['contribution_id']}-v1.json"
    async with asyncio.timeout(10):
        while not (path := sayso.folder / "restricted" / case / name).exists():
            await asyncio.sleep(0.05)
    restricted = json.loads(path.read_text())
    check_document(restricted)
    here = [answer["question_id"] for answer in ordinary["answers"]]
    there = [answer["question_id"] for answer in restricted["answers"]]
    assert len({*here, *there}) == len(here) + len(there)
    assert ordinary["withheld"] == len(there)
    reader = "personal_adviser" if ordinary["review"]["kind"] == "pathway" else "social_worker"
    assert all(reader in answer["audience"] for answer in ordinary["answers"])
    assert all(reader not in answer["audience"] for answer in restricted["answers"])
    for answer in (*ordinary["answers"], *restricted["answers"]):
        if answer["kind"] == "words":
            assert answer["words"] == SAID


async def read_at_the_desk(
    sayso: Sayso, browser: Browser, size: Any, review_id: str, *, script: bool
) -> None:
    """The officer opens it, and sees each word as it was said."""
    async with window(browser, size, script=script) as page:
        walk = Walk(page, f"{size['width']}-desk", script=script)
        await page.goto(await desk_link(sayso, review_id))
        await walk.look("today")
        await page.goto(f"{sayso.base}/desk/reviews/{review_id}")
        await walk.look("review")
        said = await page.locator("blockquote[data-question]").all_inner_texts()
        assert sum(text.strip() == SAID for text in said) >= 8
        for path in ("reviews", "tasks", f"reviews/{review_id}/reading"):
            await page.goto(f"{sayso.base}/desk/{path}")
            await walk.look(path.replace("/", "-").replace(review_id, "one"))
        assert walk.findings == []


async def test_an_officer_sees_nothing_of_a_colleagues_children(
    browser: Browser, tmp_path: Path, sqlite_database_url: str
) -> None:
    async with (
        sayso_at(tmp_path, sqlite_database_url) as sayso,
        window(browser, COMPUTER) as page,
    ):
        invited = await invited_to(sayso, "12-15")

        def colleague(db: Any) -> str:
            from storage import reviews  # noqa: PLC0415

            officer = reviews.get(db, sayso.house.id, invited.review_id).officer_id
            other = next(
                one
                for one in people.all_staff(db, sayso.house.id)
                if one.role == "iro" and one.staff_id != officer
            )
            return signing_in.make_link(db, sayso.house, other.staff_id, now())

        await page.goto(await sayso.store.write(colleague))
        answer = await page.goto(f"{sayso.base}/desk/reviews/{invited.review_id}")
        assert answer is not None
        assert answer.status == 404


async def test_words_survive_a_lost_connection_in_the_pages_memory_and_nowhere_else(
    browser: Browser, tmp_path: Path, sqlite_database_url: str
) -> None:
    async with (
        sayso_at(tmp_path, sqlite_database_url) as sayso,
        window(browser, PHONE) as page,
    ):
        invited = await invited_to(sayso, "12-15")
        walk = Walk(page, "360-offline", script=False)
        await page.goto(invited.url)
        await page.wait_for_url("**/chat")
        while await page.locator("main").get_attribute("data-kind") != "words":
            await walk.press("button[name=choice]")
        await page.fill("textarea[name=words]", "my own words")
        await page.context.set_offline(True)
        await page.locator("form#turn > button.do").first.click()
        await page.wait_for_selector(".net-lost")
        await walk.look("offline")
        assert await page.input_value("textarea[name=words]") == "my own words"
        stored = await page.evaluate("[localStorage.length, sessionStorage.length]")
        assert stored == [0, 0]
        turn = await walk.turn()

        await page.context.set_offline(False)

        async with asyncio.timeout(20):
            while await walk.turn() == turn:
                await asyncio.sleep(0.05)
        said = await page.locator("[data-from=me]").inner_text()
        assert said.split() == ["my", "own", "words", "kept"]


async def _weather(route: Route) -> None:
    await route.fulfill(status=200, content_type="text/html", body="<title>Weather</title>")


async def test_leaving_quickly_shows_no_words_when_going_back(
    browser: Browser, tmp_path: Path, sqlite_database_url: str
) -> None:
    async with sayso_at(tmp_path, sqlite_database_url) as sayso:
        invited = await invited_to(sayso, "12-15")
        for script in (True, False):
            async with window(browser, PHONE, script=script) as page:
                await page.route("https://www.bbc.co.uk/**", _weather)
                await page.goto(f"{sayso.base}/i/")
                if script:
                    await page.goto(invited.url)
                else:
                    code = (await invited_to(sayso, "8-11")).code
                    await page.fill("#code", code)
                    await page.click("form#turn button.do")
                await page.wait_for_url("**/chat")
                walk = Walk(page, "leave", script=False)
                while await page.locator("main").get_attribute("data-kind") != "words":
                    await walk.press("button[name=choice]")
                await page.fill("textarea[name=words]", "nobody should see this")

                await page.locator("button[value=leave]").click()

                await page.wait_for_url("https://www.bbc.co.uk/**")
                await page.go_back()
                assert "nobody should see this" not in await page.content()
                boxes = await page.locator("textarea").all()
                assert [await box.input_value() for box in boxes] in ([], [""])
