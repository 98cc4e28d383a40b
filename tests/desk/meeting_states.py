"""The pages of a meeting's day and of its record, ready to be looked at."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta

from playwright.async_api import Page
from sqlalchemy import Connection

from bot.access.roles import Role
from bot.service import decisions, meetings, recording
from bot.service.admission import Admitted, Asked
from bot.service.house import House
from bot.web.context import now
from conversations.timescales import Care
from storage import care
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, HANA, IRIS, KAI, today

MINA, ARLO = "R-mina", "R-arlo"
"""Mina's meeting was moved and stood down; Arlo's was held, and its record is begun."""

Do = Callable[[Page], Awaitable[None]]


def fill(db: Connection, house: House) -> None:
    """Mina and Arlo, and what was done with their meetings."""
    northborough.add(db, house, MINA, "Mina Pike", 11, AMINA, meeting=6, due=9)
    northborough.add(db, house, ARLO, "Arlo Webb", 4, AMINA, meeting=-1, due=1)
    began = today() - timedelta(days=200)
    for review_id in (MINA, ARLO):
        care.keep_periods(db, house.id, f"person-{review_id}", [Care(began)])
    staff = Admitted(AMINA, Role.IRO, "Amina Yusuf", "", at=now())
    day = meetings.Day(today() + timedelta(days=8), "14:30", "video", "0", sure=True)
    meetings.arrange(db, house, staff, Asked("desk.arrange", MINA), day, now(), None)
    off = meetings.Off("illness", "Mina has the flu. Her carer rang this morning.", "1")
    meetings.stand_down(db, house, staff, Asked("desk.stand_down", MINA), off, now(), None)
    kept = Asked("desk.record_kept", ARLO)
    for step, seen, values in (
        ("meeting", "0/", {"held_on": _yesterday().isoformat(), "form": "hybrid",
                           "came": "social_worker,carers", "came_names": "Joanna Reid, Pat Lund"}),
        ("school", "0", {"pep": "no", "pupil_premium": "A tutor for maths"}),
        ("school", "2", {"pep": "not_of_age", "pupil_premium": "A tutor for maths"}),
    ):  # fmt: skip
        entry = recording.Entry(step, values, seen, sure=True)
        done = recording.keep(db, house, staff, kept, entry, now())
        assert done is recording.Kept.NOW, done
    decision = decisions.Entry(
        "A bed of his own, in the room that looks to the garden", "Joanna Reid, social worker",
        today() + timedelta(days=14), "once",
    )  # fmt: skip
    assert decisions.add(db, house, staff, kept, decision, now()) is recording.Kept.NOW


def _yesterday() -> date:
    return today() - timedelta(days=1)


async def _leads_to_a_check(page: Page) -> None:
    day = today() + timedelta(days=90)
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        await page.get_by_label(part, exact=True).fill(str(value))
    await page.get_by_label("Time").fill("14:30")
    await page.get_by_label("Face to face").check()
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="Keep this day").wait_for()


async def _stands_down_for_no_reason(page: Page) -> None:
    await page.get_by_role("button", name="Stand it down").click()
    await page.get_by_role("alert").wait_for()


async def _keeps_nothing(page: Page) -> None:
    await page.get_by_role("button", name="Keep this").first.click()
    await page.get_by_role("alert").wait_for()


async def _files_too_soon(page: Page) -> None:
    await page.get_by_role("button", name="File the record").click()
    await page.get_by_role("alert").wait_for()


async def _nothing(_page: Page) -> None:
    """The page as it arrives."""


def states() -> Iterator[tuple[str, str, str, Do]]:
    """Name, who is signed in, address, what is done to it."""
    mina, arlo, kai = (f"/desk/reviews/{one}" for one in (MINA, ARLO, KAI))
    step = f"{arlo}/record/step?step="
    yield "the day of a meeting, stood down", AMINA, f"{mina}/when", _nothing
    yield "the day of a meeting, check", AMINA, f"{mina}/when", _leads_to_a_check
    yield "the day of a meeting, no reason", AMINA, f"{kai}/when", _stands_down_for_no_reason
    yield "the day of a meeting, to arrange", IRIS, f"{mina}/when", _nothing
    counts = f"/desk/reviews/{HANA}/when"
    yield "the day of a meeting, what it counts from", DEV, counts, _nothing
    yield "the record of a review", AMINA, f"{arlo}/record", _nothing
    yield "the record, filed too soon", AMINA, f"{arlo}/record", _files_too_soon
    for name in ("meeting", "young_person", "plan", "school", "papers", "decisions", "next"):
        yield f"the record, {name.replace('_', ' ')}", AMINA, step + name, _nothing
    yield "the record, nothing chosen", AMINA, f"{step}next", _keeps_nothing
