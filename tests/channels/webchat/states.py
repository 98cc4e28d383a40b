"""Every page and state of the web chat, by name, each ready to be looked at."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from playwright.async_api import Page, Route
from sqlalchemy import Connection

from bot.service import pins
from bot.service.guessing import PER_ADDRESS
from bot.web.context import now
from conversations.hearing import LONGEST, Chosen, Command, Draft, Name
from storage.conversations import get
from storage.pins import Pin, put
from storage.pins import get as pin_of
from tests.channels.webchat.young import Young, let_in, only_explained
from tests.sayso import Sayso

PIN = "408263"


def stored(db: Connection, council: str, person_id: str) -> Pin:
    found = pin_of(db, council, person_id)
    assert found is not None
    return found


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


async def _types_a_wrong_pin(page: Page) -> None:
    await page.get_by_label("Your PIN").fill("931705")
    await page.get_by_role("button", name="Show my answers").click()
    await page.get_by_text("That PIN did not work.").wait_for()


async def _picks_an_easy_pin(page: Page) -> None:
    await page.get_by_label("New PIN, 6 numbers").fill("123456")
    await page.get_by_label("The same PIN again").fill("123456")
    await page.get_by_role("button", name="Keep this PIN").click()
    await page.locator("#why").wait_for()


async def _types_the_pin(page: Page) -> None:
    await page.get_by_label("Your PIN").fill(PIN)
    await page.get_by_role("button", name="Show my answers").click()
    await page.locator("[data-state=answers]").wait_for()


async def _goes_to_change_it(page: Page) -> None:
    await _types_the_pin(page)
    await page.get_by_role("link", name="Change my PIN").click()
    await page.locator("[data-state=pin-change]").wait_for()


async def _forgets_the_pin(page: Page) -> None:
    await page.get_by_role("button", name="I forgot my PIN").click()
    await page.locator(".told").wait_for()


async def _says_notme(page: Page) -> None:
    await page.get_by_role("button", name="That wasn't me").click()
    await page.locator("[data-state=notme-done]").wait_for()


async def _has_to_wait(page: Page) -> None:
    """Too many wrong codes came from here, and this browser can solve nothing."""
    await page.add_init_script("delete Crypto.prototype.subtle")
    await page.goto(page.url)
    for _one in range(PER_ADDRESS + 1):
        if await page.locator("[data-state=wait]").count():
            return
        await page.get_by_label("Type your code").fill("ABCD-EFGH-JKMN")
        await page.get_by_role("button", name="Open").click()
        await page.wait_for_load_state()
    await page.locator("[data-state=wait]").wait_for()


async def reading_back(sayso: Sayso, band: str) -> AsyncIterator[Shown]:
    """The PIN, the answers, and *that wasn't me*."""
    young = await let_in(sayso, band)
    await young.goes_to("@check")

    def at(name: str, path: str, do: Callable[[Page], Awaitable[None]] = _nothing) -> Shown:
        return Shown(f"{band}, {name}", path, young.cookies(), do)

    answers = "/chat/answers"
    yield at("choose a PIN", answers)
    yield at("an easy PIN", answers, _picks_an_easy_pin)
    kept = await sayso.store.read(lambda db: get(db, sayso.house.id, young.conversation_id))
    since = kept.open_until - timedelta(days=400)
    made = pins.make_hash(sayso.house, kept.person_id, PIN)
    await sayso.store.write(
        lambda db: pins.choose(db, sayso.house, kept, made, young.token, since, now())
    )
    yield at("type the PIN", answers)
    yield at("answers", answers, _types_the_pin)
    yield at("change the PIN", answers, _goes_to_change_it)
    yield at("a wrong PIN", answers, _types_a_wrong_pin)
    yield at("forgot the PIN", answers, _forgets_the_pin)
    old = replace(
        await sayso.store.read(lambda db: stored(db, sayso.house.id, kept.person_id)),
        pin_hash=None,
        reset_hash=b"x",
        reset_until=now() + timedelta(days=1),
    )
    await sayso.store.write(lambda db: put(db, sayso.house.id, kept.person_id, old))
    yield at("a PIN that was reset", answers)
    yield at("not me", "/notme")
    yield at("not me, said", "/notme", _says_notme)


async def without_code(_sayso: Sayso) -> AsyncIterator[Shown]:
    """What anybody sees."""
    yield Shown("not me, without a code", "/notme", {})
    yield Shown("invitation", "/i/", {})
    yield Shown("invitation, wrong code", "/i/", {}, _types_a_wrong_code)
    yield Shown("help without a code", "/help", {})
    yield Shown("privacy", "/privacy", {})
    yield Shown("accessibility", "/accessibility", {})
    yield Shown("no such page", "/nothing", {})
    yield Shown("invitation, too many wrong codes", "/i/", {}, _has_to_wait)


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
