"""Every page and state of the desk, by name, each ready to be looked at."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import patch

from playwright.async_api import Page
from sqlalchemy import Connection

from bot.access.roles import Role
from bot.service import asked_for, briefing, carers
from bot.service.admission import Admitted, Asked
from bot.service.carers import Household
from bot.service.checkpointing import note_broken
from bot.service.hear import Incoming, hear
from bot.service.house import House
from bot.web.context import now
from conversations.hearing import Command, Name, Text
from storage import alert_calls, alerts, contributions, people, tasks
from storage.alert_calls import State, Step, Way
from storage.audit_verifying import Broken, What
from storage.errors import StorageAway
from storage.people import Staff
from storage.store import Store
from storage.tasks import Kind, Task
from tests.desk import meeting_states, northborough, states_inviting
from tests.desk.asking import SAM, answered
from tests.desk.northborough import (
    AMINA,
    DEV,
    GRACE,
    HANA,
    IRIS,
    KAI,
    LENA,
    MAYA,
    NOOR,
    RUTH,
    TINY,
    TOM,
)
from tests.desk.running import Desk

Do = Callable[[Page], Awaitable[None]]


RAE, CARERS = "rae", "F-lund"


async def _nothing(_page: Page) -> None:
    """The page as it arrives."""


@dataclass(frozen=True, slots=True)
class Shown:
    """`name` says what it is; `staff_id` is signed in, or nobody; `do` is done to it then."""

    name: str
    staff_id: str | None
    address: str
    do: Do = _nothing


def fill(db: Connection, desk: Desk) -> None:
    """Something of every kind, so that every page has something to show."""
    house = desk.house
    answered(db, house)
    northborough.change(
        db,
        house,
        KAI,
        "home.change",
        "I want to see my brother every week, not once a month.\n\nAnd the dog.",
    )
    northborough.say(
        db,
        house,
        LENA,
        {
            "family.more": "Ωαρ " * 60 + "x" * 300,
            "family.tell": "meeting",
            "meeting.how": "come",
            "meeting.who": "Mum",
        },
        audience="pick",
    )
    about = {"contribution_id": "c", "version": 1, "destination": "ordinary", "why": "HTTP 422"}
    _household(db, house)
    failed = Task("t", Kind.DELIVERY_FAILED, f"person-{KAI}", KAI, about)
    tasks.add(db, house.id, failed, now() - timedelta(days=1))
    told = Task(
        "told", Kind.PIN_RESET, f"person-{KAI}", KAI, {"by": f"staff:{TOM}", "reason": "Lost"}
    )
    tasks.add(db, house.id, told, now() - timedelta(hours=2))
    soon, late = northborough.today() + timedelta(days=4), northborough.today() - timedelta(days=2)
    asked = Task(
        "a", Kind.ADVOCATE, f"person-{LENA}", LENA, {"how": ""}, does="officer", due_on=soon
    )
    tasks.add(db, house.id, asked, now() - timedelta(hours=2))
    about = {"how": "talk"}
    alone = Task("o", Kind.OFFICER_ALONE, f"person-{KAI}", KAI, about, does="officer", due_on=late)
    tasks.add(db, house.id, alone, now() - timedelta(days=9))
    northborough.noor(db, house, arranger="yes")
    states_inviting.fill(db, desk)
    meeting_states.fill(db, house)
    _briefs(db, desk)
    broken = Task("b", Kind.DELIVERY_BROKEN, f"person-{KAI}", None, {"destination": "telegram"})
    tasks.add(db, house.id, broken, now() - timedelta(minutes=3))
    people.add_staff(db, house.keys, Staff(house.id, RAE, "duty_worker", "Rae Collins"), now())
    for one in (
        Text(words="my dad hits me with a belt", to="home.change"),
        Command(name=Name.HELP),
    ):
        talk = contributions.of_review(db, house.id, MAYA)[0].conversation_id
        hear(db, house, Incoming(talk, f"web:{talk}", f"{type(one)}", "", one), now())
    for alert_id in alerts.ids_of(db, house.id, talk):
        alert_calls.add(db, house.id, alert_id, Step.TEAM, [Way.SMS, Way.EMAIL], now())
        why = "GOV.UK Notify: status 400, ValidationError"
        alert_calls.set_state(db, house.id, alert_id, 0, State.NOT_ARRIVED, now(), why)
        alert_calls.set_state(db, house.id, alert_id, 1, State.NOT_ARRIVED, now(), why)
    alert_calls.unreached(db, house.id, alert_id, now())
    note_broken(db, house, Broken(house.id, "f" * 32, 7, What.CHANGED), now())


def _household(db: Connection, house: House) -> None:
    """Foster carers who sent their own form, and wrote something that raised an alert."""
    day = northborough.today() + timedelta(days=9)
    household = Household("Jo and Pat Lund", "NF-lund", CARERS, "Amina Yusuf", day, day)
    carers.add(db, house, household, "sayso", now())
    said = {
        "year.feeling": "mixed",
        "year.well": "We found our feet after Easter.",
        "support.breaks": "no",
        "support.change": "One weekend off in spring, planned ahead.",
        "approval.change": "ages",
    }
    talk = northborough.say(db, house, CARERS, said, audience="file")
    harm = Text(words="My husband hits the little one with a belt", to="year.hard")
    hear(db, house, Incoming(talk, f"web:{talk}", "harm", "", harm), now())


def _briefs(db: Connection, desk: Desk) -> None:
    """Noor's advocate was briefed, and Noor has said something else since."""
    house, moment = desk.house, now()
    staff = Admitted(AMINA, Role.IRO, "Amina Yusuf", "", at=moment)
    (task,) = asked_for.of_review(db, house, NOOR)
    entry = asked_for.Entry(
        "arranged", "Ann Holloway of Northborough Voices", note="Rings on Monday."
    )
    asked_for.arrange(
        db, house, staff, Asked("desk.task_arranged", task_id=task.task_id), entry, moment
    )
    told = briefing.Entry("Ann Holloway", "Amina Yusuf", northborough.today(), 1)
    briefing.hand_over(db, house, staff, Asked("desk.advocate_briefed", NOOR), told, moment)
    northborough.change(db, house, NOOR, "home.change", "A room of my own, and a desk")


async def _says_nothing_of_it(page: Page) -> None:
    await page.get_by_role("button", name="Keep this", exact=True).click()
    await page.get_by_role("alert").wait_for()


async def _opens_what_is_arranged(page: Page) -> None:
    await page.get_by_role("link", name="Asked for an advocate").last.click()
    await page.get_by_text("Ann Holloway").first.wait_for()


async def _opens_all(page: Page) -> None:
    await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


async def _leaves_out_who_was_briefed(page: Page) -> None:
    await page.get_by_text("It was different").click()
    await page.get_by_label("PN5: ").check()
    await _keeps(page)
    await page.get_by_role("alert").wait_for()


async def _keeps(page: Page) -> None:
    await page.get_by_role("button", name="Keep this", exact=True).click()


async def _fills_in(page: Page) -> None:
    await page.get_by_text("It was different").click()
    await page.get_by_label("PN4: ").check()
    await page.get_by_label("What happened").fill("Kai came and said nothing.")


async def _signed_out_meanwhile(page: Page) -> None:
    await _fills_in(page)
    await page.context.clear_cookies()
    await _keeps(page)
    await page.wait_for_load_state()


async def _signed_in_anew_meanwhile(page: Page) -> None:
    await _fills_in(page)
    await page.evaluate(
        "document.querySelectorAll('input[name=token]').forEach(one => one.value = '0'.repeat(64))"
    )
    await _keeps(page)
    await page.get_by_role("heading", name="Send it again?").wait_for()


async def _types_too_much(page: Page) -> None:
    await _fills_in(page)
    await page.evaluate("document.getElementById('reason').value = 'x'.repeat(300000)")
    await _keeps(page)
    await page.wait_for_load_state()


@contextmanager
def _database_away() -> Iterator[None]:
    async def away(_store: Store, _use_case: object) -> None:
        raise StorageAway("gone")

    with patch.object(Store, "write", away), patch.object(Store, "read", away):
        yield


async def _loads_with_the_database_away(page: Page) -> None:
    with _database_away():
        await page.reload()


async def _keeps_with_the_database_away(page: Page) -> None:
    await _fills_in(page)
    with _database_away():
        await _keeps(page)
        await page.get_by_role("button", name="Try again").wait_for()


async def _confirms(page: Page) -> None:
    if await page.get_by_role("button", name="Confirm PN6").is_visible():
        await page.get_by_role("button", name="Confirm PN6").click()
    else:  # it was, at another size of the window
        await page.goto(f"{page.url}?done=confirmed")
    await page.get_by_text("How they took part is confirmed.").wait_for()


async def _makes_a_copy_for_nobody(page: Page) -> None:
    await page.get_by_role("button", name="Make the copy").click()
    await page.get_by_role("alert").wait_for()


async def _opens_an_alert(page: Page) -> None:
    await page.get_by_role("link", name="Maya Okafor").first.click()
    await page.get_by_role("button", name="I take it on").wait_for()


async def _opens_an_alert_of_carers(page: Page) -> None:
    await page.get_by_role("link", name="Jo and Pat Lund").first.click()
    await page.get_by_role("button", name="I take it on").wait_for()


async def _closes_without_a_reason(page: Page) -> None:
    await _opens_an_alert(page)
    await page.get_by_role("button", name="Close it").click()
    await page.get_by_role("alert").wait_for()


async def _erases_for_no_reason(page: Page) -> None:
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("alert").wait_for()


async def _erases_with_a_reason(page: Page) -> None:
    await page.get_by_label("Why are they erased?").fill("Maya asked for it, letter of 3 May.")
    unfiled = page.get_by_label("What has not reached the case record goes too")
    if await unfiled.is_visible():
        await unfiled.check()
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("heading", name="Check before you erase").wait_for()


async def _opens_a_wish(page: Page) -> None:
    await page.get_by_role("link", name="Answer").first.click()
    await page.get_by_role("heading", name="How it reads").wait_for()


async def _answers_with_words_from_work(page: Page) -> None:
    """What is said while it is written, without waiting for the form."""
    await _opens_a_wish(page)
    await page.get_by_label("It is agreed", exact=True).check()
    await page.get_by_label("What happens, to Maya").fill(
        "Contact with your siblings will be facilitated by the local authority once the "
        "placement has been reviewed by everybody who is concerned with it. Ask Kai."
    )
    await page.get_by_text("Words from work").wait_for()


async def _answers_and_looks(page: Page) -> None:
    await _opens_a_wish(page)
    await page.get_by_label("It is agreed", exact=True).check()
    await page.get_by_label("What happens, to Maya").fill(
        "You will see your sister every Saturday.\nTell me if it does not happen."
    )
    await page.get_by_label("Who does it").fill("Your social worker")
    await page.get_by_role("button", name="See it as Maya reads it").click()
    await page.get_by_role("heading", name="As Maya reads it").wait_for()


async def _answers_nothing(page: Page) -> None:
    await _opens_a_wish(page)
    await page.get_by_role("button", name="See it as").click()
    await page.get_by_role("alert").wait_for()


async def _opens_what_they_are_asked(page: Page) -> None:
    await page.get_by_role("link", name="Maya Okafor").first.click()
    await page.get_by_role("button", name="Hand in the draft").wait_for()


async def _erases_another(page: Page) -> None:
    await _erases_with_a_reason(page)
    await page.get_by_label("Their number in the case system").fill("NB-another")
    await page.get_by_role("button", name="Erase").click()
    await page.get_by_role("alert").wait_for()


async def _erases(page: Page) -> None:
    review_id = MAYA
    if not await page.get_by_role("button", name="Continue").is_visible():
        review_id = TINY  # Maya was, at another size of the window
        await page.goto(page.url.replace(MAYA, TINY))
    await _erases_with_a_reason(page)
    await page.get_by_label("Their number in the case system").fill(f"NB-{review_id}")
    await page.get_by_role("button", name="Erase").click()
    await page.get_by_role("heading", name="Erased").wait_for()


async def _keeps_a_view(page: Page) -> None:
    await page.get_by_text("Keep this as a view").click()
    await page.get_by_label("What to call it").fill("Nothing sent yet")
    await page.get_by_role("button", name="Keep the view").click()
    await page.get_by_role("link", name="Nothing sent yet").first.wait_for()


async def _keeps_nothing(page: Page) -> None:
    await page.get_by_text("Keep this as a view").click()
    await page.get_by_role("button", name="Keep the view").click()
    await page.get_by_role("heading", name="Nothing was kept yet").wait_for()


def states() -> Iterator[Shown]:
    """In an order that lets them follow each other: the last ones change something for good."""
    kai = f"/desk/reviews/{KAI}"
    yield Shown("today", AMINA, "/desk/")
    yield Shown("my reviews", AMINA, "/desk/reviews")
    yield Shown("my reviews, searched", AMINA, "/desk/reviews?q=kai&state=read", _opens_all)
    yield Shown("my reviews, nothing found", AMINA, "/desk/reviews?q=nobody")
    yield Shown("my reviews, a view kept", AMINA, "/desk/reviews?state=waiting", _keeps_a_view)
    yield Shown("my reviews, a view without a name", AMINA, "/desk/reviews", _keeps_nothing)
    yield Shown("a contribution", AMINA, kai)
    yield Shown("a contribution, all opened", AMINA, kai, _opens_all)
    yield Shown("an earlier version", AMINA, f"{kai}/versions/1")
    yield Shown("reading view, nothing for everyone", AMINA, f"{kai}/reading")
    yield Shown("long words, the day not come", AMINA, f"/desk/reviews/{LENA}", _opens_all)
    yield Shown("reading view", AMINA, f"/desk/reviews/{LENA}/reading")
    yield Shown("nothing sent", AMINA, f"/desk/reviews/{TINY}", _opens_all)
    yield Shown("a contribution for the file", TOM, f"/desk/reviews/{MAYA}")
    yield Shown("foster carers’ own form", AMINA, f"/desk/reviews/{CARERS}", _opens_all)
    yield Shown("today, pathway reviews", DEV, "/desk/")
    yield Shown("a care leaver", DEV, f"/desk/reviews/{HANA}", _opens_all)
    yield Shown("today, the manager", RUTH, "/desk/")
    yield Shown("the team’s reviews", RUTH, "/desk/reviews")
    yield Shown("unit", RUTH, "/desk/unit")
    yield Shown("statutory return", RUTH, "/desk/return")
    yield Shown("tasks", RUTH, "/desk/tasks")
    yield Shown("tasks, something to be seen", AMINA, "/desk/tasks")
    yield Shown("no tasks", DEV, "/desk/tasks")
    yield Shown("a task", AMINA, "/desk/tasks/t")
    yield Shown("an advocate asked for", AMINA, "/desk/tasks/a")
    yield Shown("an advocate asked for, nothing said", AMINA, "/desk/tasks/a", _says_nothing_of_it)
    yield Shown("time alone, overdue", AMINA, "/desk/tasks/o")
    yield Shown("an advocate is arranged", AMINA, "/desk/tasks", _opens_what_is_arranged)
    yield Shown("how Noor takes part", AMINA, f"/desk/reviews/{NOOR}")
    yield Shown("brief an advocate", AMINA, f"/desk/reviews/{NOOR}/advocate")
    yield Shown(
        "brief an advocate, no name", AMINA, f"/desk/reviews/{NOOR}/advocate", _says_nothing_of_it
    )
    yield Shown("brief an advocate, nothing for one", AMINA, f"{kai}/advocate")
    yield Shown("today, business support", IRIS, "/desk/")
    yield Shown("reviews to arrange", IRIS, "/desk/arranging")
    yield Shown("what is wanted of a meeting", IRIS, f"/desk/reviews/{NOOR}/meeting")
    yield Shown("nothing wanted of a meeting", IRIS, f"/desk/reviews/{TINY}/meeting")
    yield Shown("wishes that wait", AMINA, "/desk/asks")
    yield Shown("wishes of a review, said to and taken back", AMINA, f"{kai}/asks")
    yield Shown("a wish, answered and said to", AMINA, f"{kai}/asks", _opens_a_wish)
    yield Shown(
        "an answer, measured", TOM, f"/desk/reviews/{MAYA}/asks", _answers_with_words_from_work
    )
    yield Shown("an answer, nothing said", TOM, f"/desk/reviews/{MAYA}/asks", _answers_nothing)
    yield Shown("an answer as it is read", TOM, f"/desk/reviews/{MAYA}/asks", _answers_and_looks)
    yield Shown("wishes before pathway reviews", DEV, "/desk/asks")
    yield Shown("a review without a wish", AMINA, f"/desk/reviews/{TINY}/asks")
    yield Shown("wishes of a social worker", SAM, "/desk/asks")
    yield Shown("a wish, asked of a social worker", SAM, "/desk/asks", _opens_what_they_are_asked)
    yield Shown("a broken seal", RUTH, "/desk/tasks/b")
    for name, staff_id, address in states_inviting.STATES:
        yield Shown(name, staff_id, address)
    for name, staff_id, address, do in meeting_states.states():
        yield Shown(name, staff_id, address, do)
    yield Shown("invitation and PIN", AMINA, f"{kai}/access")
    yield Shown("a first invitation, by a manager", RUTH, f"/desk/reviews/{TINY}/access")
    yield Shown("audit", GRACE, "/desk/audit")
    yield Shown("audit of a review", GRACE, f"/desk/audit?review={KAI}")
    yield Shown("audit, no such day", GRACE, "/desk/audit?day-day=31&day-month=2")
    yield Shown("audit, nothing found", GRACE, "/desk/audit?actor=nobody")
    yield Shown("alerts", RAE, "/desk/alerts")
    yield Shown("an alert", RAE, "/desk/alerts", _opens_an_alert)
    yield Shown("an alert, foster carers", RAE, "/desk/alerts", _opens_an_alert_of_carers)
    yield Shown("an alert, not closed", RAE, "/desk/alerts", _closes_without_a_reason)
    yield Shown("not there, or not theirs", AMINA, "/desk/nothing")
    yield Shown("sign-in", None, "/desk/sign-in")
    yield Shown("a link that is used", None, "/desk/sign-in/wrong")
    yield Shown("code form with errors", AMINA, kai, _leaves_out_who_was_briefed)
    yield Shown("signed out meanwhile", AMINA, kai, _signed_out_meanwhile)
    yield Shown("signed in anew meanwhile", AMINA, kai, _signed_in_anew_meanwhile)
    yield Shown("too much at once", AMINA, kai, _types_too_much)
    yield Shown("database away", AMINA, kai, _loads_with_the_database_away)
    yield Shown("database away, typed", AMINA, kai, _keeps_with_the_database_away)
    yield Shown("code confirmed", AMINA, kai, _confirms)
    yield Shown("code confirmed, all opened", AMINA, kai, _opens_all)
    yield Shown("a copy for the young person", AMINA, f"{kai}/copy")
    yield Shown("a copy, nobody asked", AMINA, f"{kai}/copy", _makes_a_copy_for_nobody)
    maya = f"/desk/reviews/{MAYA}"
    yield Shown("erase", RUTH, f"{maya}/erase")
    yield Shown("erase, without a reason", RUTH, f"{maya}/erase", _erases_for_no_reason)
    yield Shown("erase, check", RUTH, f"{maya}/erase", _erases_with_a_reason)
    yield Shown("erase, another number", RUTH, f"{maya}/erase", _erases_another)
    yield Shown("erased", RUTH, f"{maya}/erase", _erases)
