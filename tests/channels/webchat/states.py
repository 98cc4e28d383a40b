"""Every page and state of the web chat, by name, each ready to be looked at."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from unittest.mock import patch

from playwright.async_api import Page, Route
from sqlalchemy import Connection, update

from bot.service import invitations, pins
from bot.service.guessing import PER_ADDRESS
from bot.service.invitations import LetIn
from bot.web.context import now as today
from conversations.conversation import Conversation
from conversations.flows import FLOWS
from conversations.hearing import LONGEST, Chosen, ChosenSeveral, Command, Draft, Heard, Name, Text
from conversations.places import asked
from storage import erasing, reminders, reviews
from storage.conversations import get, save
from storage.errors import StorageAway
from storage.pins import Pin, put
from storage.pins import get as pin_of
from storage.store import Store
from storage.tables import conversations
from tests.channels.webchat.young import Young, let_in, something
from tests.sayso import Sayso

SAID = {
    "home.change": "I want to see my brother every week, not once a month.",
    "home.suits": "It is OK, but the heating is broken. I told them in September.",
    "meeting.who_not": "Nobody whos just there to watch <b>x</b> שלום " + "no" * 60,
}
"""What is said here: as a child writes, and what may break a page."""

PIN = "408263"


def stored(db: Connection, council: str, person_id: str) -> Pin:
    found = pin_of(db, council, person_id)
    assert found is not None
    return found


def _says(conversation: Conversation) -> Heard:
    words = SAID.get(asked(conversation))
    return Text(words=words) if words else something(conversation)


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
    await page.get_by_label("In your own words").fill(SAID["home.change"])
    await page.get_by_role("button", name="Keep this").click()
    await page.locator(".net-lost").wait_for()


async def _keeps_an_empty_box(page: Page) -> None:
    await page.get_by_role("button", name="Keep this").click()
    await page.locator("#why").wait_for()


async def _keeps_no_tick(page: Page) -> None:
    await page.get_by_role("button", name="Keep these").click()
    await page.locator("#why").wait_for()


async def _ticks_two(page: Page) -> None:
    for number in (0, 3):
        await page.get_by_role("checkbox").nth(number).check()


async def _ticks_nobody_else(page: Page) -> None:
    await page.get_by_role("checkbox").first.check()
    await page.get_by_role("checkbox", name="Nobody else").check()


async def _skips_the_check(page: Page) -> None:
    await page.get_by_role("button", name="Skip").click()
    await page.get_by_text("There is nothing to skip here.").wait_for()


async def _posts_without_script(page: Page) -> None:
    """The form as a browser without script would send it."""
    await page.get_by_label("In your own words").fill(SAID["home.change"])
    async with page.expect_navigation():
        await page.evaluate("document.getElementById('turn').submit()")


async def _posts_as_a_stranger(page: Page) -> None:
    await page.context.clear_cookies()
    await _posts_without_script(page)


@contextmanager
def _database_away() -> Iterator[None]:
    async def away(_store: Store, _use_case: object) -> None:
        raise StorageAway("gone")

    with patch.object(Store, "write", away), patch.object(Store, "read", away):
        yield


async def _posts_with_the_database_away(page: Page) -> None:
    with _database_away():
        await _posts_without_script(page)


async def _loads_with_the_database_away(page: Page) -> None:
    with _database_away():
        await page.reload()


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


async def _goes_to_the_page(page: Page) -> None:
    await _types_the_pin(page)
    await page.get_by_role("link", name="A page to bring to my meeting").click()
    await page.locator("[data-state=my-meeting]").wait_for()


async def _ticks_too_much_for_a_page(page: Page) -> None:
    await _goes_to_the_page(page)
    for box in await page.get_by_role("checkbox").all():
        await box.check()
    await page.get_by_role("button", name="Make my page").click()
    await page.locator("#why").wait_for()


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
        return Shown(name, path, young.cookies(), do)

    answers = "/chat/answers"
    yield at("choose a PIN", answers)
    yield at("an easy PIN", answers, _picks_an_easy_pin)
    kept = await sayso.store.read(lambda db: get(db, sayso.house.id, young.conversation_id))
    since = kept.open_until - timedelta(days=400)
    made = pins.make_hash(sayso.house, kept.person_id, PIN)
    await sayso.store.write(
        lambda db: pins.choose(db, sayso.house, kept, made, young.token, since, today())
    )
    yield at("type the PIN", answers)
    yield at("answers", answers, _types_the_pin)
    yield at("change the PIN", answers, _goes_to_change_it)
    await young.says(Command(name=Name.SEND))
    yield at("a page to bring", answers, _goes_to_the_page)
    yield at("a page to bring, too much", answers, _ticks_too_much_for_a_page)
    yield at("a wrong PIN", answers, _types_a_wrong_pin)
    yield at("forgot the PIN", answers, _forgets_the_pin)
    old = replace(
        await sayso.store.read(lambda db: stored(db, sayso.house.id, kept.person_id)),
        pin_hash=None,
        reset_hash=b"x",
        reset_until=today() + timedelta(days=1),
    )
    await sayso.store.write(lambda db: put(db, sayso.house.id, kept.person_id, old))
    yield at("a PIN that was reset", answers)
    yield at("not me", "/notme")
    yield at("not me, said", "/notme", _says_notme)


async def one_answer(sayso: Sayso, band: str) -> AsyncIterator[Shown]:
    """Who hears one answer, taking back, a copy, and the words of two reviews side by side."""
    young = await let_in(sayso, band)

    def now(name: str, do: Callable[[Page], Awaitable[None]] = _nothing) -> Shown:
        return Shown(name, "/chat", young.cookies(), do)

    await young.goes_to("home.audience", _says)
    await young.says(Chosen(option="file"))
    await young.says(Chosen(option="@check"))
    await young.says(Chosen(option="@hears:home.change"))
    yield now("one answer, who hears it")
    await young.says(Chosen(option="@pick"))
    yield now("one answer, who else")
    await young.says(ChosenSeveral(options=("advocate", "meeting"), to=await young.asked()))
    await young.says(Chosen(option="@hears:home.change"))
    await young.says(Chosen(option="@aloud:no"))
    await young.says(Chosen(option="@just:home.feeling"))
    yield now("check, for each answer")
    await young.says(Command(name=Name.SEND))
    yield now("sent, and how to change it")
    await young.says(Chosen(option="@check"))
    await young.says(Chosen(option="@hears:home.change"))
    yield now("one answer, once it is sent")
    await young.says(Chosen(option="@just:"))
    yield now("fewer people hear it")
    await young.says(Chosen(option="@check"))
    await young.says(Chosen(option="@back:home.feeling"))
    yield now("take one back")
    await young.says(Chosen(option="@yes"))
    yield now("one is taken back")
    pin = await _with_a_pin(sayso, young)
    token = await sayso.store.write(lambda db: _next_review(sayso, young, db))
    later = Young(sayso, young.invited, token.conversation_id, token.token, today())
    await later.goes_to("home.audience", _says)
    answers = "/chat/answers"
    yield Shown("answers, and a copy", answers, later.cookies(live=False), pin)
    yield Shown("words over the years", answers, later.cookies(live=False), _looks_at_the_years)
    await young.says(Chosen(option="@back"))
    yield now("take all back")
    await young.says(Chosen(option="@yes"))
    yield now("all is taken back")
    await young.says(Chosen(option="@check"))
    await young.says(Command(name=Name.SEND))
    yield now("nothing is sent now")


async def _with_a_pin(sayso: Sayso, young: Young) -> Callable[[Page], Awaitable[None]]:
    kept = await sayso.store.read(lambda db: get(db, sayso.house.id, young.conversation_id))
    made = pins.make_hash(sayso.house, kept.person_id, PIN)
    since = kept.open_until - timedelta(days=400)
    await sayso.store.write(
        lambda db: pins.choose(db, sayso.house, kept, made, young.token, since, today())
    )
    return _types_the_pin


def _next_review(sayso: Sayso, young: Young, db: Connection) -> LetIn:
    """The same young person is invited again, half a year on."""
    first = reviews.get(db, sayso.house.id, young.invited.review_id)
    day = (first.meeting_on or today().date()) + timedelta(days=182)
    again = replace(first, review_id=f"{first.review_id}-next", meeting_on=day, due_on=day)
    reviews.add(db, again, today())
    invited = invitations.invite(db, sayso.house, again.review_id, today())
    let = invitations.let_in_by_code(db, sayso.house, invited.code, "", today())
    assert isinstance(let, LetIn)
    return let


async def _looks_at_the_years(page: Page) -> None:
    await _types_the_pin(page)
    await page.get_by_role("link", name="My words over the years").click()
    await page.locator("[data-state=years]").wait_for()


async def without_code(sayso: Sayso) -> AsyncIterator[Shown]:
    """What anybody sees: nobody is known here, or no longer."""
    yield Shown("not me, without a code", "/notme", {})
    yield Shown("invitation", "/i/", {})
    yield Shown("invitation, wrong code", "/i/", {}, _types_a_wrong_code)
    yield Shown("help without a code", "/help", {})
    yield Shown("privacy", "/privacy", {})
    yield Shown("accessibility", "/accessibility", {})
    yield Shown("no such page", "/nothing", {})
    young = await let_in(sayso)
    used = "/i/#" + young.invited.url.partition("#")[2]
    yield Shown("link used on another phone", used, {}, _reads_of_the_used_link)
    yield Shown("invited again", "/i/", young.cookies())
    await young.goes_to("home.change")
    cookies = young.cookies()
    yield Shown("words of a stranger", "/chat", cookies, _posts_as_a_stranger)
    yield Shown("database away", "/chat", cookies, _loads_with_the_database_away)
    yield Shown("database away, words", "/chat", cookies, _posts_with_the_database_away)
    await sayso.store.write(lambda db: _close(db, young))
    yield Shown("closed", "/chat", cookies)
    review_id = young.invited.review_id
    await sayso.store.write(lambda db: erasing.words(db, sayso.house.id, [review_id]))
    yield Shown("erased", used, {}, _reads_that_it_is_erased)
    yield Shown("invitation, too many wrong codes", "/i/", {}, _has_to_wait)  # slows what follows


async def _reads_that_it_is_erased(page: Page) -> None:
    await page.get_by_role("heading", name="What was said here is erased.").wait_for()


async def _reads_of_the_used_link(page: Page) -> None:
    await page.get_by_text("This link was opened before.").wait_for()


def _close(db: Connection, young: Young) -> None:
    ended = {"open_until": today() - timedelta(minutes=1)}
    db.execute(
        update(conversations)
        .where(conversations.c.conversation_id == young.conversation_id)
        .values(ended)
    )


async def of_band(sayso: Sayso, band: str) -> AsyncIterator[Shown]:
    """A whole conversation of this band (or of a care leaver), at each kind of place."""
    young = await let_in(sayso, band)

    def now(name: str, do: Callable[[Page], Awaitable[None]] = _nothing) -> Shown:
        return Shown(name, "/chat", young.cookies(), do)

    flow = FLOWS[(await young.conversation()).flow_id]
    for place, name in (
        ("hello", "hello"), ("words", "about your words"), ("words.safe", "if not safe"),
        ("words.talk", "whom to talk to"), ("review", "about reviews"), ("review.iro", "your IRO"),
        ("review.officer", "who runs it"),
        ("rights", "rights"), ("rights.help", "rights, help"), ("rights.later", "rights, later"),
        ("rights.advocate", "an advocate"), ("start.ok", "OK to start"),
    ):  # fmt: skip
        if place not in flow.by_id:
            continue  # what only an IRO owes
        await young.goes_to(place)
        yield now(name)
    await young.says(Chosen(option="more"))
    yield now("tell me more")
    await young.says(Chosen(option="on"))
    await young.says(Chosen(option="not_now"))
    yield now("not now")
    await young.says(Chosen(option="@go_on"))
    await young.says(Chosen(option="yes"))
    await young.says(Chosen(option="@map"))
    yield now("map, at first")
    await young.says(Chosen(option="@check"))
    yield now("check, nothing said")
    await young.says(Chosen(option="@map"))
    await young.says(Chosen(option="@topic:home"))
    yield now("feeling")
    yield now("feeling, own words", _opens_own_words)
    yield now("feeling, hover", _hovers)
    yield now("feeling, focus", _tabs)
    await young.says(Chosen(option="not_good"))
    question = await young.asked()
    yield now("words")
    yield now("words, empty", _keeps_an_empty_box)
    yield now("words, too long", _writes_too_much)
    yield now("words, no connection", _loses_the_connection)
    await young.goes_to("home.audience", _says)
    yield now("audience")
    await young.says(Chosen(option="pick"))
    yield now("who else")
    yield now("who else, nobody", _ticks_nobody_else)
    async for shown in _about_the_meeting(young, now):
        yield shown
    await young.says(Draft(words="And can the dog stay?", to=question))
    yield now("offer")
    await young.says(Chosen(option="@aside"))
    await young.says(Chosen(option="@map"))
    yield now("map")
    await young.says(Command(name=Name.HELP))
    yield now("help")
    await young.says(Chosen(option="@safe:not_sure"))
    yield now("help, answered")
    await young.says(Command(name=Name.STOP))
    yield now("stopped")
    yield now("stopped, by Telegram", _has_a_chat)
    await sayso.store.write(lambda db: _asks_for_a_reminder(db, young))
    yield now("stopped, a reminder")
    await young.says(Chosen(option="@go_on"))
    await young.says(Chosen(option="@start_over"))
    yield now("start over")
    await young.says(Chosen(option="@map"))
    await sayso.store.write(lambda db: _has_a_new_officer(db, young))
    yield now("something has changed")
    await young.says(Chosen(option="@seen"))
    await young.says(Chosen(option=f"@change:{question}"))
    yield now("change")
    await young.says(Chosen(option="@check"))
    await young.says(Chosen(option="@change:home.audience"))
    yield now("change who hears")
    await young.says(Text(words="But not my uncle."))
    yield now("check")
    yield now("check, skipped", _skips_the_check)
    yield Shown("check, tomorrow", "/chat", young.cookies(live=False))
    await young.says(Command(name=Name.SEND))
    yield now("sent")


async def _has_a_chat(page: Page) -> None:
    with patch("bot.service.reminders._chat", return_value="5001"):
        await page.reload()
    await page.get_by_text("Would you like a reminder in Telegram?").wait_for()


def _asks_for_a_reminder(db: Connection, young: Young) -> None:
    kept = get(db, young.sayso.house.id, young.conversation_id)
    tomorrow = today() + timedelta(days=1)
    reminders.put(db, kept.council, kept.conversation_id, kept.person_id, tomorrow, today())


def _has_a_new_officer(db: Connection, young: Young) -> None:
    kept = get(db, young.sayso.house.id, young.conversation_id)
    save(db, replace(kept, conversation=replace(kept.conversation, news=("officer",))), today())


async def _about_the_meeting(young: Young, now: Callable[..., Shown]) -> AsyncIterator[Shown]:
    await young.says(Chosen(option="@topic:meeting"))
    yield now("choice")
    await young.says(Chosen(option="send_views"))
    yield now("choices")
    yield now("choices, ticked", _ticks_two)
    yield now("choices, none", _keeps_no_tick)
    await young.goes_to("meeting.day", _says)
    yield now("date")
    await young.goes_to("meeting.alone", _says)
    yield now("time alone")
    await young.goes_to("meeting.arranger.tell", _says)
    yield now("who sets it up")
