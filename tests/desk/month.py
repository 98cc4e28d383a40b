"""The month of a review, played through real pages: an officer at the desk, a young person in
the chat, each in a window of their own, and the days between them.

The three kinds of review are the same road; what differs is in a `Month`.
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import time_machine
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Error, Locator, Page

from storage.reviews import ReviewKind
from tests.desk.hands import Hands, write_day
from tests.desk.running import Desk

BEGINS = datetime(2026, 9, 7, 9, 30, tzinfo=UTC)
"""A Monday. The month is always the same one, so that its pictures change only with the pages."""
FIRST_DAY, NEW_DAY = 17, 21
"""When the meeting was to be, and when it is: Thursday 24 and Monday 28 September."""

PIN = "482915"
_AXE = AXE_FILE_PATH.read_text()
_RUN_AXE = "axe.run(document, {resultTypes: ['violations'], preload: false})"
"""Without fetching the style sheets once more, which only a rule about turned phones looks at."""

Act = Callable[["Road"], Awaitable[None]]


def pick(group: str, label: str) -> Act:
    async def act(road: "Road") -> None:
        within = road.at_desk.page.get_by_role("group", name=group)
        await road.at_desk.pick(within.get_by_label(label, exact=True))

    return act


def tick(label: str) -> Act:
    async def act(road: "Road") -> None:
        await road.at_desk.tick(road.at_desk.page.get_by_label(label, exact=True))

    return act


def write(label: str, words: str) -> Act:
    async def act(road: "Road") -> None:
        await road.at_desk.write(road.at_desk.page.get_by_label(label, exact=True), words)

    return act


def on_day(group: str, number: int) -> Act:
    """The day so many days after the month began."""

    async def act(road: "Road") -> None:
        within = road.at_desk.page.get_by_role("group", name=group)
        await write_day(road.at_desk, within, road.day(number))

    return act


@dataclass(frozen=True, slots=True)
class Month:
    """`says`: by question; an option's id, or words. `steps`: what is put on record, by the
    heading of the step. `challenge`: raised by the officer, and with whom; None: not of this
    kind."""

    kind: ReviewKind
    name: str
    age: int
    officer: str
    says: dict[str, str]
    why_off: tuple[str, str] = ("", "")
    steps: dict[str, tuple[Act, ...]] = field(default_factory=dict)
    answer: dict[str, str] = field(default_factory=dict)
    disagrees: str = ""
    answer_again: dict[str, str] = field(default_factory=dict)
    code: str = ""
    challenge: tuple[str, str, str] | None = None

    @property
    def review_id(self) -> str:
        return f"R-{self.name.split()[0].lower()}"

    @property
    def called(self) -> str:
        return self.name.split()[0]


@dataclass(slots=True)
class Road:
    """`shown`: the pictures taken, by name; `found`: what axe finds, and what scrolls sideways."""

    desk: Desk
    month: Month
    at_desk: Hands
    in_chat: Hands
    clock: time_machine.Traveller
    shown: dict[str, bytes] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)

    def day(self, number: int) -> date:
        return (BEGINS + timedelta(days=number)).date()

    async def comes_to(self, number: int) -> None:
        """A later day: the officer signs in again, and a young person's session has ended. It is
        never an earlier one, where two roads are walked side by side."""
        self.clock.move_to(max(BEGINS + timedelta(days=number), datetime.now(UTC)))
        await self.at_desk.page.goto(await self.desk.link(self.month.officer))

    async def look(self, page: Page, name: str) -> None:
        """A picture of the page as it is, and what is wrong with it."""
        assert name not in self.shown, f"{name!r} twice"
        await page.evaluate(_AXE)
        results = await page.evaluate(_RUN_AXE)
        self.found += [
            f"{name}: {one['id']} {one['nodes'][0]['html']}" for one in results["violations"]
        ]
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        self.found += [f"{name}: scrolls sideways by {wide}"] if wide > 0 else []
        self.shown[name] = await page.screenshot(
            full_page=True, scale="css", animations="disabled", caret="hide"
        )

    async def officer_sees(self, name: str) -> None:
        await self.look(self.at_desk.page, name)

    async def young_person_sees(self, name: str) -> None:
        await self.look(self.in_chat.page, name)

    async def follow(self, name: str | re.Pattern[str], *, within: str = "main") -> None:
        """A link of the page, or of the menu, which a phone folds away."""
        link = self.at_desk.page.locator(within).get_by_role("link", name=name).first
        if within == "nav" and not await link.is_visible():
            await self.at_desk.press(self.at_desk.page.get_by_role("button", name="Menu"))
        async with self.at_desk.page.expect_navigation():
            await self.at_desk.press(link)

    async def button(self, name: str) -> None:
        """A button that sends its form."""
        button = self.at_desk.page.get_by_role("button", name=name, exact=True)
        async with self.at_desk.page.expect_navigation():
            await self.at_desk.press(button)

    async def reads(self, text: str | re.Pattern[str]) -> None:
        await self.at_desk.page.get_by_text(text).first.wait_for()

    async def heading(self, name: str | re.Pattern[str]) -> None:
        await self.at_desk.page.get_by_role("heading", name=name).first.wait_for()

    async def to_the_review(self) -> None:
        """From Today, where a line waits there; else by the list of reviews."""
        here = f"main a[href='/desk/reviews/{self.month.review_id}']"
        if not await self.at_desk.page.locator(here).count():
            await self.follow("Reviews", within="nav")
            await self.at_desk.page.wait_for_url("**/desk/reviews")
        await self.at_desk.press(self.at_desk.page.locator(here).first)
        await self.at_desk.page.wait_for_url(f"**/desk/reviews/{self.month.review_id}")

    # The chat

    @property
    def chat(self) -> Page:
        return self.in_chat.page

    async def opens_chat(self) -> None:
        await self.chat.goto(f"{self.desk.base}/chat")

    async def in_the_chat(self, selector: str) -> None:
        """Press something there, and wait for what Sayso says next."""
        turn = await self._turn()
        await self.in_chat.press(self.chat.locator(selector).first)
        async with asyncio.timeout(20):
            while await self._turn() == turn:
                await asyncio.sleep(0.02)

    async def _turn(self) -> str:
        with contextlib.suppress(Error):  # between two pages there is none
            return await self.chat.locator("input[name=turn]").first.input_value(timeout=200)
        return ""

    async def says_everything(self) -> None:
        """To the page where one checks it before it is sent."""
        left = dict(self.month.says)
        for _ in range(90):
            main = self.chat.locator("main")
            state = await main.get_attribute("data-state")
            kind = await main.get_attribute("data-kind")
            question = await main.get_attribute("data-question") or ""
            if state == "check":
                assert not left, f"never asked: {left}"
                return
            said = left.pop(question, "")
            option = f"button[name=choice][value='{said}']"
            if said and kind == "words":
                await self.in_chat.write(self.chat.locator("textarea[name=words]"), said)
                await self.young_person_sees(f"their words, {question}")
                await self.in_the_chat("form#turn > button.do")
            elif said and state == "explain":
                await self.in_the_chat(option)
            elif said and kind == "choices":
                box = self.chat.locator(f"input[name=choice][value='{said}']")
                await self.in_chat.tick(box)
                await self.in_the_chat("button.do[name=ticked]")
            elif said:
                await self.in_the_chat(option)
            elif state == "explain":
                await self.in_the_chat("button[name=choice]")
            elif not left and await self.chat.locator("button[value='@check']").count():
                await self.in_the_chat("button[value='@check']")
            else:
                await self.in_the_chat("button[name=command][value=skip]")
        raise AssertionError("The conversation did not end.")

    async def types_the_pin(self) -> None:
        await self.in_chat.write(self.chat.locator("#pin"), PIN)
        again = self.chat.locator("#again")
        if await again.count():
            await self.in_chat.write(again, PIN)
        await self.in_chat.press(self.chat.locator("#turn button.do").first)
        await self.chat.locator("main[data-state=answers], main[data-state=asks]").wait_for()

    def said_in_chat(self, text: str | re.Pattern[str]) -> Locator:
        return self.chat.locator("main").get_by_text(text).first


async def is_invited(road: Road) -> None:
    """The officer finds the review under Today and makes an invitation; the link is used."""
    await road.comes_to(0)
    await road.officer_sees("today, nobody is invited yet")
    await road.to_the_review()
    await road.officer_sees("the review, nothing is sent")
    await road.follow("Invitation and PIN")
    await road.button("Make an invitation")
    given = road.at_desk.page.locator("[data-invited]")
    await given.wait_for()
    await road.officer_sees("an invitation")
    link = await given.locator(".app-reference").first.inner_text()
    await road.comes_to(2)
    await road.chat.goto(link)
    await road.chat.wait_for_url("**/chat")


async def sends_views(road: Road) -> None:
    await road.young_person_sees("the chat opens")
    await road.says_everything()
    await road.young_person_sees("they check what they said")
    await road.in_the_chat("button[name=command][value=send]")
    await road.young_person_sees("it is sent")
    await road.in_chat.press(road.chat.locator("a[href='/chat/answers']").last)
    await road.chat.locator("main[data-state=pin-choose]").wait_for()
    await road.young_person_sees("they choose a PIN")
    await road.types_the_pin()


async def are_read(road: Road) -> None:
    await road.comes_to(3)
    await road.officer_sees("today, views are in")
    await road.to_the_review()
    await road.officer_sees("their words")


async def is_stood_down(road: Road) -> None:
    await road.comes_to(8)
    await road.to_the_review()
    await road.follow(re.compile("The day of the meeting"))
    await road.officer_sees("the day of the meeting")
    reason, words = road.month.why_off
    page = road.at_desk.page
    await road.at_desk.pick(page.get_by_label(reason, exact=True))
    await road.at_desk.write(page.get_by_label("In your words"), words)
    await road.button("Stand it down")
    await road.heading("Stood down, no new day yet")
    await road.officer_sees("stood down")
    await road.opens_chat()
    await road.said_in_chat(re.compile("off for now")).wait_for()
    await road.young_person_sees("they hear that it is off")


async def is_rearranged(road: Road) -> None:
    await road.comes_to(9)
    await road.to_the_review()
    await road.follow(re.compile("The day of the meeting"))
    page = road.at_desk.page
    day = page.get_by_role("group", name="Day of the meeting")
    await write_day(road.at_desk, day, road.day(NEW_DAY))
    await road.at_desk.write(page.get_by_label("Time", exact=True), "16:00")
    await road.at_desk.pick(page.get_by_label("Face to face", exact=True))
    await road.button("Continue")
    await road.heading(re.compile("inside its timescale"))
    await road.officer_sees("inside its timescale")
    await road.button("Keep this day")
    await road.reads("The day is kept.")
    await road.officer_sees("rearranged")
    await road.opens_chat()
    await road.said_in_chat(re.compile("has a new date")).wait_for()
    await road.young_person_sees("they hear of a new date")
    await road.in_the_chat("button[name=choice]")
    await road.in_chat.press(road.chat.locator("a[href='/chat/answers']").last)
    await road.types_the_pin()
    await road.said_in_chat(re.compile("28 September")).wait_for()
    await road.young_person_sees("the new day, unlocked")


async def is_held(road: Road) -> None:
    """What is said aloud, then the record step by step, as far as decisions."""
    await road.comes_to(NEW_DAY)
    await road.to_the_review()
    if road.month.kind is not ReviewKind.FOSTER_CARER:
        await road.follow(re.compile("Reading view"))
        await road.officer_sees("the reading view")
        await road.at_desk.page.go_back()
    await road.follow("It was held: put it on record")
    await road.follow(re.compile("Fill it in"))
    for title, acts in road.month.steps.items():
        await road.heading(re.compile(f"^{title}$"))
        for act in acts:
            await act(road)
        await road.officer_sees(f"the record, {title.lower()}")
        if title == "Decisions":
            await road.button("Keep this decision")
            await road.reads("The decision is kept.")
        else:
            await road.button("Keep this and go on")
    await road.at_desk.page.goto(f"{road.desk.base}/desk/reviews/{road.month.review_id}")


async def has_its_code(road: Road) -> None:
    await road.reads("Nothing counts until you confirm.")
    await road.officer_sees("how they took part, proposed")
    await road.button(f"Confirm {road.month.code or 'this'}")
    await road.reads("How they took part is confirmed.")
    await road.officer_sees("how they took part, confirmed")


async def is_answered(road: Road) -> None:
    await road.comes_to(NEW_DAY + 1)
    await road.follow("Wishes", within="nav")
    await road.officer_sees("wishes that wait")
    await road.follow(re.compile(road.month.name))
    await _answers(road, road.month.answer)


async def _answers(road: Road, answer: dict[str, str]) -> None:
    page = road.at_desk.page
    entered = dict(answer)
    await road.at_desk.pick(
        page.get_by_role("group", name="What became of it").get_by_label(
            entered.pop("became"), exact=True
        )
    )
    for label, words in entered.items():
        await road.at_desk.write(page.get_by_label(label), words)
    by = page.get_by_role("group", name=re.compile("^By when"))
    await write_day(road.at_desk, by, road.day(NEW_DAY + 12))
    await road.reads(re.compile("Reading age"))
    if answer is road.month.answer:  # the next one looks the same
        await road.officer_sees("an answer, written")
    await road.button(f"See it as {road.month.called} reads it")
    await road.heading(f"As {road.month.called} reads it")
    if answer is road.month.answer:
        await road.officer_sees("an answer, as it is read")
    await road.button(f"Send it to {road.month.called}")
    await road.reads("The answer is sent.")


async def reads_and_disagrees(road: Road) -> None:
    await road.comes_to(NEW_DAY + 2)
    await road.opens_chat()
    await road.said_in_chat(re.compile("There is a message for you")).wait_for()
    await road.young_person_sees("a message, and not a word of it")
    await road.in_chat.press(road.chat.locator("main a[href='/chat/asks']").first)
    await road.chat.locator("main[data-state=pin-locked]").wait_for()
    await road.types_the_pin()
    if await road.chat.locator("main").get_attribute("data-state") != "asks":
        await road.in_chat.press(road.chat.locator("main a[href='/chat/asks']").first)
    asks = road.chat.locator("main[data-state=asks]")
    await asks.wait_for()
    await road.young_person_sees("the answer, read")
    more = asks.locator("details.own").first
    await road.in_chat.press(more.locator("summary"))
    await road.in_chat.write(more.locator("textarea"), road.month.disagrees)
    await road.in_chat.press(more.locator("button[value=not_agree]"))
    await asks.get_by_text(re.compile("Thank you for saying so")).first.wait_for()
    await road.young_person_sees("they do not agree")


async def is_heard_again(road: Road) -> None:
    await road.comes_to(NEW_DAY + 3)
    await road.officer_sees("today, somebody does not agree")
    await road.follow("Wishes", within="nav")
    await road.follow(re.compile(road.month.name))
    await road.reads(road.month.disagrees)
    await road.officer_sees("what they say to it")
    await _answers(road, road.month.answer_again)


async def is_challenged(road: Road) -> None:
    assert road.month.challenge
    words, whom, theme = road.month.challenge
    await road.at_desk.page.goto(f"{road.desk.base}/desk/reviews/{road.month.review_id}")
    await road.follow("Quality and challenge")
    page = road.at_desk.page
    await road.at_desk.write(page.get_by_label("What is wrong, and what should happen"), words)
    await road.at_desk.write(page.get_by_label("Or somebody who has no account here"), whom)
    await road.at_desk.tick(page.get_by_label(theme, exact=True))
    await road.officer_sees("a challenge, written")
    await road.button("Raise it")
    await road.heading(re.compile("^Challenge"))
    await road.officer_sees("a challenge, raised")


async def has_a_next_one(road: Road) -> None:
    """By the clock; and with that the record is filed."""
    review = f"{road.desk.base}/desk/reviews/{road.month.review_id}"
    await road.at_desk.page.goto(f"{review}/record")
    await road.follow(re.compile("The next one"))
    page = road.at_desk.page
    await road.at_desk.pick(page.get_by_label("By the clock"))
    await road.officer_sees("the next one, by the clock")
    await road.button("Keep this and go on")
    await road.reads("It is kept.")
    await road.button("File the record")
    await road.reads("The record is on its way to the case record.")
    await road.officer_sees("the record, filed")
