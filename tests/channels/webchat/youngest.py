"""Every kind of page that a child of 4 to 7 and whoever sits beside them see."""

from collections.abc import AsyncIterator, Awaitable, Callable

from playwright.async_api import Page

from conversations.hearing import Chosen, ChosenSeveral, Command, Name, Text
from tests.channels.webchat.states import Shown
from tests.channels.webchat.young import let_in
from tests.sayso import Sayso

_GO_ON = Chosen(option="on")


async def _nothing(_page: Page) -> None:
    """The page as it arrives."""


async def _keeps_no_name(page: Page) -> None:
    await page.get_by_role("button", name="Keep this").click()
    await page.locator("#why").wait_for()


async def _keeps_no_tick(page: Page) -> None:
    await page.get_by_role("button", name="Keep these").click()
    await page.locator("#why").wait_for()


async def _ticks_two(page: Page) -> None:
    for number in (2, 6):
        await page.get_by_role("checkbox").nth(number).check()


async def _opens_own_words(page: Page) -> None:
    await page.get_by_text("Use my own words").click()


async def of_the_youngest(sayso: Sayso) -> AsyncIterator[Shown]:
    """A whole conversation, at each kind of place; first a helper, then the child alone."""
    young = await let_in(sayso, "4-7")

    def now(name: str, do: Callable[[Page], Awaitable[None]] = _nothing) -> Shown:
        return Shown(name, "/chat", young.cookies(), do)

    yield now("who types")
    await young.says(Chosen(option="teacher"))
    yield now("the helper's name")
    yield now("the helper's name, empty", _keeps_no_name)
    await young.says(Text(words="Jo Marsh"))
    yield now("for the helper")
    await young.says(_GO_ON)
    for name in (
        "hello", "about your words", "if not safe", "whom to talk to", "about reviews",
        "who reads it", "rights",
    ):  # fmt: skip
        yield now(name)
        await young.says(_GO_ON)
    yield now("an advocate")
    await young.says(Chosen(option="no"))
    yield now("OK to start")
    await young.says(Chosen(option="more"))
    yield now("tell me more")
    await young.says(_GO_ON)
    await young.says(Chosen(option="yes"))
    yield now("feeling")
    yield now("feeling, own words", _opens_own_words)
    await young.says(Chosen(option="good"))
    yield now("words")
    await young.says(Text(words="They make pancakes."))
    await young.says(Chosen(option="@topic:family"))
    yield now("pictures to tick")
    yield now("pictures to tick, two", _ticks_two)
    yield now("pictures to tick, none", _keeps_no_tick)
    await young.says(ChosenSeveral(options=("brother", "pet")))
    await young.says(Chosen(option="@topic:self"))
    yield now("what they like")
    await young.says(ChosenSeveral(options=("draw",)))
    await young.says(Chosen(option="@topic:well"))
    await young.says(Command(name=Name.SKIP))
    yield now("a worry")
    await young.says(Chosen(option="a_bit"))
    yield now("a worry, more")
    await young.says(Chosen(option="@topic:meeting"))
    yield now("come or not")
    await young.says(Chosen(option="@map"))
    yield now("map")
    await young.says(Command(name=Name.HELP))
    yield now("help")
    await young.says(Chosen(option="@go_on"))
    await young.says(Chosen(option="@who"))
    yield now("who types now")
    await young.says(Chosen(option="myself"))
    await young.says(Chosen(option="@topic:home"))
    await young.says(Chosen(option="not_good"))
    await young.says(Text(words="I want my own bed"))
    await young.says(Chosen(option="@check"))
    yield now("check, the child alone")
    await young.says(Chosen(option="@who"))
    await young.says(Chosen(option="teacher"))
    await young.says(Text(words="Jo Marsh"))
    await young.says(_GO_ON)
    yield now("check, the helper again")
    await young.says(Command(name=Name.STOP))
    yield now("stopped")
    await young.says(Chosen(option="@go_on"))
    await young.says(Command(name=Name.SEND))
    yield now("sent")
