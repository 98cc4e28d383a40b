"""The PIN: one may choose it, it shows what one said, and nobody else gets to read by it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection, select, update

from bot.service import pins as service
from bot.service.guessing import PER_PIN
from bot.web.context import now
from conversations.hearing import Chosen, Text
from storage.tables import audit, pins, tasks, unlocked
from storage.tables import tries as tries_table
from tests.channels.webchat.visiting import Seen, Visitor
from tests.channels.webchat.young import WORDS, Young
from tests.promises import Promise
from tests.sayso import Sayso

PIN = "408263"
HERE = "/chat/answers"
FIRST = WORDS.partition("\n")[0]


async def chosen(visitor: Visitor) -> Young:
    """A young person who said everything and chose a PIN in the same session."""
    young = await visitor.comes()
    await young.goes_to("@check")
    page = await visitor.post(HERE, {"act": "choose", "pin": PIN, "again": PIN})
    assert page.state == "answers", page.text
    return young


Tomorrow = Callable[[Young], Awaitable[Visitor]]


@pytest_asyncio.fixture
async def tomorrow(sayso: Sayso) -> AsyncIterator[Tomorrow]:
    """The same browser, a day later: it may write, and shows nothing."""
    async with AsyncExitStack() as stack:

        async def come(young: Young) -> Visitor:
            return await stack.enter_async_context(Visitor.at(sayso, young.cookies(live=False)))

        yield come


def read_cookie(visitor: Visitor) -> str:
    return next(one.value for one in visitor.session.cookie_jar if one.key == "sayso_read")


async def test_a_pin_is_offered_where_one_stops_or_ends_and_nowhere_before_something_was_said(
    visitor: Visitor,
) -> None:
    young = await visitor.comes()
    stopped = await visitor.says(command="stop")
    assert HERE not in stopped.html
    await young.says(Chosen(option="@go_on"))
    await young.goes_to("home.change")
    assert HERE not in (await visitor.get("/chat")).html
    stopped = await visitor.says(command="stop")
    assert "With a PIN you can read your answers here again." in stopped.text
    assert "You don't need one." in (await visitor.get(HERE)).text


async def test_nobody_is_told_that_a_pin_opens_what_was_said_before_it(
    visitor: Visitor, tomorrow: Tomorrow
) -> None:
    young = await visitor.comes()
    await young.goes_to("@check")
    hint = "With a PIN you can read your answers here again."
    assert hint in (await visitor.says(command="stop")).text

    stopped = await (await tomorrow(young)).says(command="stop")

    assert hint not in stopped.text
    assert HERE in stopped.html


async def test_who_chose_a_pin_reads_every_answer_as_they_said_it_also_tomorrow(
    sayso: Sayso, visitor: Visitor, tomorrow: Tomorrow
) -> None:
    young = await chosen(visitor)
    later = await tomorrow(young)
    page = await later.get(HERE)
    assert page.state == "pin-locked"
    assert FIRST not in page.html

    page = await later.post(HERE, {"act": "locked", "pin": PIN[:3] + " " + PIN[3:]})

    assert page.state == "answers"
    kept = await young.conversation()
    words = {answer.words for answer in kept.answers.values() if answer.words}
    shown = re.findall(r'(?s)<blockquote class="words"[^>]*>(.*?)</blockquote>', page.html)
    assert FIRST in page.text
    assert "&lt;b&gt;x&lt;/b&gt;" in page.html  # words, not markup
    assert len(words) == 1
    assert len(shown) > 10
    # … and on the check page too.
    assert f'dir="auto">{FIRST}' in (await later.get("/chat")).html


async def test_a_pin_shows_nothing_that_was_said_before_the_session_it_was_chosen_in(
    sayso: Sayso, visitor: Visitor, tomorrow: Tomorrow
) -> None:
    """Or whoever holds the phone would choose one and read everything."""
    young = await visitor.comes()
    await young.goes_to("home.change")
    await young.says(Text(words="said yesterday"), now() - timedelta(days=1))
    thief = await tomorrow(young)

    page = await thief.post(HERE, {"act": "choose", "pin": PIN, "again": PIN})

    assert page.state == "answers"
    assert "said yesterday" not in page.html
    assert "There is nothing to show here yet." in page.text
    assert "What you said before you had a PIN is kept too." in page.text
    assert "said yesterday" not in (await thief.get("/chat")).html
    await thief.says(choice="@change:home.change")
    await thief.says(words="said by the thief")
    page = await thief.get(HERE)
    assert "said by the thief" in page.text
    assert "said yesterday" not in page.html
    assert "It is not shown here." in page.text


async def test_after_five_wrong_pins_the_right_one_has_to_wait_and_is_good_then(
    sayso: Sayso, visitor: Visitor, tomorrow: Tomorrow
) -> None:
    young = await chosen(visitor)
    later = await tomorrow(young)
    pages = [await later.post(HERE, {"act": "locked", "pin": f"93170{n}"}) for n in range(PER_PIN)]
    assert {page.status for page in pages} == {422}
    assert "That PIN did not work." in pages[0].text

    page = await later.post(HERE, {"act": "locked", "pin": PIN})
    assert page.status == 429
    assert "You can try again at" in page.text
    assert 0 < int(page.headers["Retry-After"]) <= 3601
    assert (await later.get("/chat")).status == 200  # writing goes on

    await sayso.store.write(
        lambda db: db.execute(update(tries_table).values(ends_at=now() - timedelta(seconds=1)))
    )
    assert (await later.post(HERE, {"act": "locked", "pin": PIN})).state == "answers"


async def test_a_right_pin_forgives_the_wrong_ones_before_it(
    sayso: Sayso, visitor: Visitor, tomorrow: Tomorrow
) -> None:
    young = await chosen(visitor)
    later = await tomorrow(young)
    for _round in range(3):
        for n in range(PER_PIN - 1):
            await later.post(HERE, {"act": "locked", "pin": f"93170{n}"})
        assert (await later.post(HERE, {"act": "locked", "pin": PIN})).state == "answers"
        later.session.cookie_jar.clear(lambda one: one.key == "sayso_read")


@pytest.mark.parametrize(
    ("pin", "again", "says"),
    [
        ("12345", "12345", "A PIN is 6 numbers."),
        ("٤٠٨٢٦٣", "٤٠٨٢٦٣", "A PIN is 6 numbers."),
        ("", "", "A PIN is 6 numbers."),
        (PIN, PIN[::-1], "The two PINs are not the same."),
        ("123456", "123456", "Many people pick that PIN."),
        ("987654", "987654", "Many people pick that PIN."),
        ("000000", "000000", "Many people pick that PIN."),
        ("408408", "408408", "Many people pick that PIN."),
        ("\0" * 6, "\0" * 6, "A PIN is 6 numbers."),
    ],
)
async def test_what_makes_no_pin_is_said_and_no_digit_is_shown_back(
    visitor: Visitor, pin: str, again: str, says: str
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.audience")
    page = await visitor.post(HERE, {"act": "choose", "pin": pin, "again": again})
    assert page.status == 422
    assert says in page.text
    assert not pin or f'value="{pin}"' not in page.html


async def test_reading_ends_after_15_minutes_untouched_and_after_24_hours(
    sayso: Sayso, visitor: Visitor, promise: Promise
) -> None:
    await chosen(visitor)

    async def as_if(**ago: timedelta) -> Seen:
        at = now()
        values = {column: at - since for column, since in ago.items()}
        await sayso.store.write(lambda db: db.execute(update(unlocked).values(values)))
        return await visitor.get(HERE)

    minute = timedelta(minutes=1)
    assert (await as_if(seen_at=14 * minute, since=timedelta(hours=23))).state == "answers"
    row = await sayso.store.read(lambda db: db.execute(select(unlocked)).one())
    assert now() - row.seen_at < minute  # reading is a touch
    assert (await as_if(seen_at=16 * minute)).state == "pin-locked"
    assert (await as_if(seen_at=minute, since=timedelta(hours=25))).state == "pin-locked"
    assert (await as_if(seen_at=minute, since=timedelta(hours=1))).state == "answers"
    promise("P17", reading_shown_idle_minutes=14, hidden_idle_minutes=16, hidden_after_hours=25)


async def test_hide_and_leave_end_reading_also_for_who_kept_the_cookie(
    sayso: Sayso, visitor: Visitor
) -> None:
    young = await chosen(visitor)
    for end in ((HERE, {"act": "hide"}), ("/chat", {"command": "leave"})):
        assert (await visitor.post(HERE, {"act": "locked", "pin": PIN})).state == "answers"
        copied = read_cookie(visitor)
        answer = await visitor.post(*end, follow=False)
        assert answer.cookies["sayso_read"].value == ""
        visitor.has({**young.cookies(live=False), "sayso_read": copied})
        assert (await visitor.get(HERE)).state == "pin-locked"


async def test_the_reading_cookie_is_worth_nothing_beside_another_browsers(
    sayso: Sayso, visitor: Visitor
) -> None:
    await chosen(visitor)
    copied = read_cookie(visitor)
    async with Visitor.at(sayso, {"sayso_read": copied}) as alone:
        assert (await alone.get(HERE)).path == "/i/"
    async with Visitor.at(sayso) as other:
        await other.comes("16+", live=False)
        other.has({"sayso_read": copied})
        assert FIRST not in (await other.get(HERE)).html
        assert FIRST not in (await other.get("/chat")).html


async def test_a_pin_that_is_changed_ends_the_old_one_and_other_browsers_reading(
    sayso: Sayso, visitor: Visitor, tomorrow: Tomorrow
) -> None:
    young = await chosen(visitor)
    later = await tomorrow(young)
    assert (await later.post(HERE, {"act": "locked", "pin": PIN})).state == "answers"

    page = await visitor.get(HERE + "?pin")
    assert page.state == "pin-change"
    page = await visitor.post(HERE, {"act": "change", "pin": "550731", "again": "550731"})
    assert page.state == "answers"

    assert (await later.get(HERE)).state == "pin-locked"
    assert (await later.post(HERE, {"act": "locked", "pin": PIN})).status == 422
    page = await later.post(HERE, {"act": "locked", "pin": "550731"})
    assert FIRST in page.text  # it still shows what the first one showed


async def test_who_is_locked_out_can_neither_change_the_pin_nor_choose_another(
    sayso: Sayso, visitor: Visitor, tomorrow: Tomorrow
) -> None:
    young = await chosen(visitor)
    later = await tomorrow(young)
    for act in ("change", "choose", "reset"):
        page = await later.post(HERE, {"act": act, "pin": "550731", "again": "550731", "code": "x"})
        assert page.state == "pin-locked"
        assert FIRST not in page.html
    assert (await later.post(HERE, {"act": "locked", "pin": PIN})).state == "answers"


async def test_who_forgot_it_asks_once_and_the_officer_gets_a_neutral_task(
    sayso: Sayso, visitor: Visitor, tomorrow: Tomorrow
) -> None:
    young = await chosen(visitor)
    later = await tomorrow(young)
    for _again in range(2):
        page = await later.post(HERE, {"act": "forgot"})
        assert "Your IRO can see that you want a new PIN." in page.text
        assert "01632 960 100" in page.text
    rows = await sayso.store.read(
        lambda db: db.execute(select(tasks).where(tasks.c.kind == "new_pin")).all()
    )
    assert len(rows) == 1
    assert rows[0].review_id == young.invited.review_id


async def test_of_a_pin_and_its_cookie_only_hashes_are_stored_and_the_audit_holds_neither(
    sayso: Sayso, visitor: Visitor
) -> None:
    young = await chosen(visitor)

    def everything(db: Connection) -> str:
        return repr([db.execute(select(table)).all() for table in (pins, unlocked, audit)])

    stored = await sayso.store.read(everything)
    assert PIN not in stored
    assert read_cookie(visitor) not in stored
    assert young.token not in stored
    row = await sayso.store.read(lambda db: db.execute(select(pins)).one())
    assert row.pin_hash.startswith("$argon2id$")
    assert {"pin_chosen", "answers_unlocked"} <= set(re.findall(r"'(\w+)'", stored))


async def test_a_copy_of_the_database_does_not_tell_a_pin_by_trying_them_all(
    sayso: Sayso, visitor: Visitor
) -> None:
    await chosen(visitor)
    row = await sayso.store.read(lambda db: db.execute(select(pins)).one())
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(row.pin_hash, PIN)  # the right digits, without the key ring
    started = service.Try(row.person_id, row.pin_hash)
    assert service.is_right(sayso.house, started, PIN)
    assert not service.is_right(sayso.house, service.Try("another", row.pin_hash), PIN)


async def test_leave_and_help_are_on_every_page_of_it_and_help_is_of_their_conversation(
    sayso: Sayso, visitor: Visitor
) -> None:
    young = await visitor.comes()
    await young.goes_to("home.audience")
    pages = [await visitor.get(HERE), await visitor.get("/notme")]
    pages.append(await visitor.post(HERE, {"act": "choose", "pin": PIN, "again": PIN}))
    for page in pages:
        assert {"leave", "help"} <= set(page.buttons("command")), page.state
        assert page.headers["Cache-Control"] == "no-store"
    page = await visitor.post("/chat", {"command": "help"})
    assert page.state == "help"


async def test_another_site_can_neither_choose_nor_hide(visitor: Visitor) -> None:
    await chosen(visitor)
    page = await visitor.post(HERE, {"act": "hide"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status == 403
    assert (await visitor.get(HERE)).state == "answers"
