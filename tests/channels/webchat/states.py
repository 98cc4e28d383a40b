"""Every page and state of the web chat, by name, each ready to be looked at."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from playwright.async_api import Page, Route

from conversations.hearing import LONGEST, Chosen, Command, Draft, Name
from tests.channels.webchat.young import Young, let_in, only_explained
from tests.sayso import Sayso


async def _nothing(_page: Page) -> None:
    """The page as it arrives."""


@dataclass(frozen=True, slots=True)
class Shown:
    """`name` says what it is; `path` and `cookies` bring it up; `do` is done to it then."""

    name: str
    path: str
    cookies: Mapping[str, str]
    do: Callable[[Page], Awaitable[None]] = _nothing


async def _types_a_wrong_code(page: Page) -> None:
    await page.get_by_label("Type your code").fill("ABCD-EFGH-JKM")
    await page.get_by_role("button", name="Open").click()
    await page.get_by_text("That code did not work.").wait_for()


async def _writes_too_much(page: Page) -> None:
    await page.get_by_label("In your own words").fill("too long " * (LONGEST // 9 + 3))
    await page.get_by_role("button", name="Keep this").click()
    await page.locator("#why").wait_for()


async def _loses_the_connection(page: Page) -> None:
    async def lost(route: Route) -> None:
        if route.request.method == "POST":
            await route.abort("internetdisconnected")
        else:
            await route.continue_()

    await page.route("**/chat", lost)  # until `page.unroute_all`, from another page
    await page.get_by_label("In your own words").fill("I want to see Ayo more")
    await page.get_by_role("button", name="Keep this").click()
    await page.locator(".net-lost").wait_for()


async def _opens_own_words(page: Page) -> None:
    await page.get_by_text("Use my own words").click()


async def _hovers(page: Page) -> None:
    await page.locator("main button[name=choice]").first.hover()


async def _tabs(page: Page) -> None:
    await page.locator("main button[name=choice]").first.focus()


async def without_code(_sayso: Sayso) -> AsyncIterator[Shown]:
    """What anybody sees."""
    yield Shown("invitation", "/i/", {})
    yield Shown("invitation, wrong code", "/i/", {}, _types_a_wrong_code)
    yield Shown("help without a code", "/help", {})
    yield Shown("privacy", "/privacy", {})
    yield Shown("accessibility", "/accessibility", {})
    yield Shown("no such page", "/nothing", {})


async def of_band(sayso: Sayso, band: str) -> AsyncIterator[Shown]:
    """A whole conversation of this band (or of a care leaver), at each kind of place."""
    young = await let_in(sayso, band)

    def now(name: str, do: Callable[[Page], Awaitable[None]] = _nothing) -> Shown:
        return Shown(f"{band}, {name}", "/chat", young.cookies(), do)

    yield Shown(f"{band}, invited again", "/i/", young.cookies())
    for place in ("hello", "words", "rights", "rights.advocate", "start.ok"):
        await young.goes_to(place)
        yield now(place)
    await young.goes_to("home.feeling", only_explained)
    yield now("feeling")
    yield now("feeling, own words", _opens_own_words)
    yield now("feeling, hover", _hovers)
    yield now("feeling, focus", _tabs)
    await young.says(Chosen(option="not_good"))
    question = await young.asked()
    yield now("words")
    yield now("words, too long", _writes_too_much)
    yield now("words, no connection", _loses_the_connection)
    await young.goes_to("home.audience")
    yield now("audience")
    await young.says(Chosen(option="pick"))
    yield now("tell")
    async for shown in _about_the_meeting(young, now):
        yield shown
    await young.says(Draft(words="by the way 🐕", to=question))
    yield now("offer")
    await young.says(Chosen(option="@aside"))
    await young.says(Chosen(option="@map"))
    yield now("map")
    await young.says(Command(name=Name.HELP))
    yield now("help")
    await young.says(Command(name=Name.STOP))
    yield now("stopped")
    await young.says(Chosen(option="@go_on"))
    await young.says(Chosen(option=f"@change:{question}"))
    yield now("change")
    await young.says(Chosen(option="@check"))
    yield now("check")
    yield Shown(f"{band}, check, tomorrow", "/chat", young.cookies(live=False))
    await young.says(Command(name=Name.SEND))
    yield now("sent")


async def _about_the_meeting(young: Young, now: Callable[[str], Shown]) -> AsyncIterator[Shown]:
    await young.says(Chosen(option="@topic:meeting"))
    yield now("choice")
    await young.says(Chosen(option="send_views"))
    yield now("choices")
    await young.goes_to("meeting.day")
    yield now("date")
