"""Every page and state of the manager's year, by name: reports, boards, forecast, plan."""

from collections.abc import Awaitable, Callable, Iterator

from playwright.async_api import Page
from sqlalchemy import Connection

from bot.access.roles import Role
from bot.reports.year import year_of
from bot.service import looking_ahead
from bot.service.admission import Admitted, Asked
from bot.service.days import local_day
from bot.service.house import House
from bot.service.import_requests import Outcome, Tally, Unread, written
from bot.web.context import now
from storage import import_requests, report_words
from storage.import_requests import Request, State
from storage.report_words import Words
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, LENA, RUTH, TOM
from tests.reports.council import Unit, add_child, stand_down

Do = Callable[[Page], Awaitable[None]]
WRITTEN = "Two officers went to the schools of those who had never come."


def fill(db: Connection, house: House) -> None:
    """A year behind it and something at every risk ahead."""
    unit = Unit(children=40, late=8)
    for number in range(unit.children):
        add_child(db, house, unit, number)
    stand_down(db, house, "child-1", northborough.today())
    for number, (name, meeting, due) in enumerate(
        (("Lou Late", 20, 10), ("Nia None", None, 30), ("Ola Over", None, -3),
         ("Cal Calm", 25, 30), ("Far Ahead", 100, 100))
    ):  # fmt: skip
        northborough.add(db, house, f"R-f{number}", name, 12, TOM, meeting=meeting, due=due)
    for year in (2024, 2025):
        new = Words(year, "voice", 1, now(), RUTH, WRITTEN)
        assert report_words.put(db, house.id, new)
    ruth = Admitted(RUTH, Role.UNIT_MANAGER, "Ruth Adeyemi", "", now())
    children = [f"person-{KAI}", f"person-{LENA}"]
    put = Asked("desk.caseload_planned")
    assert not looking_ahead.put(db, house, ruth, put, AMINA, TOM, children, now())
    _hand_in(db, house)


def _hand_in(db: Connection, house: House) -> None:
    """Tables of the case system, in each state."""
    tallies = (
        Tally("ssd_person", 2, 1, 560, 1, 1), Tally("ssd_cla_episodes", 3, 12, 1201, 0, 0),
        Tally("ssd_legal_status", 0, 0, 0, 0, 0, 1218, "the episodes"),
        Tally("ssd_cla_reviews", 41, 0, 2930, 0, 2),
    )  # fmt: skip
    unread = (
        Unread("ssd_person.csv", 17, "pers_dob", "“31/02/2012”: there is no such day.",
               "Look the day up in the case system."),
        Unread("ssd_cla_reviews.csv", 204, "clar_cla_review_participation",
               "“PN9” is no participation code.", "Write PN0 to PN7, or DfE’s words for it."),
    )  # fmt: skip
    notes = ("ssd_person.csv: columns that are not needed: pers_upn.",)
    found = written(Outcome(tallies, unread, 3, notes, "", unread[1:], 1, 563))
    failed = written(Outcome(failed="There is no ssd_person.csv. Without it nobody is known."))
    for state, outcome in (
        (State.LOOKING, ""), (State.READY, found), (State.TAKING, found), (State.DONE, found),
        (State.FAILED, failed), (State.DROPPED, ""),
    ):  # fmt: skip
        one = Request(state.value, RUTH, now(), northborough.today(), State.COMING)
        import_requests.add(db, house.id, one)
        import_requests.move(db, house.id, state.value, State.COMING, state, outcome or None)
        import_requests.went_on(db, house.id, state.value, 200, 563, now())


async def _nothing(_page: Page) -> None:
    """As it arrives."""


async def _opens_all(page: Page) -> None:
    await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


async def _writes_too_much(page: Page) -> None:
    await _opens_all(page)
    await page.evaluate(f"document.getElementById('words-voice').value = '{'x ' * 5000}'")
    await page.locator("form:has(#words-voice)").get_by_role("button").click()
    await page.get_by_role("alert").first.wait_for()


async def _plans_nobody(page: Page) -> None:
    await page.get_by_role("button", name="Put into the plan").click()
    await page.get_by_role("alert").first.wait_for()


async def _enters_no_hours(page: Page) -> None:
    await page.get_by_text("Hours a week", exact=True).click()
    await page.get_by_label("Amina Yusuf").fill("many")
    await page.get_by_role("button", name="Keep the hours").click()
    await page.get_by_role("alert").first.wait_for()


async def _keeps_hours(page: Page) -> None:
    await page.get_by_text("Hours a week", exact=True).click()
    await page.get_by_label("Amina Yusuf").fill("18.5")
    await page.get_by_role("button", name="Keep the hours").click()
    await page.get_by_text("The hours are kept.").wait_for()


async def _hands_nothing_in(page: Page) -> None:
    await page.get_by_role("button", name="Hand in and look").click()
    await page.get_by_role("alert").first.wait_for()


def states() -> Iterator[tuple[str, str, Do]]:
    """Name, address, what is done to it; the manager is signed in."""
    this = year_of(local_day(now())).number
    yield "reports", "/desk/reports/", _nothing
    yield "an annual report", "/desk/reports/2025", _nothing
    yield "an annual report, all opened", "/desk/reports/2025", _opens_all
    yield "an annual report, a box too full", "/desk/reports/2025", _writes_too_much
    yield "this year’s report so far", f"/desk/reports/{this}", _nothing
    yield "boards", "/desk/boards", _nothing
    yield "forecast", "/desk/forecast", _nothing
    yield "forecast, hours that are none", "/desk/forecast", _enters_no_hours
    yield "forecast, hours kept", "/desk/forecast", _keeps_hours
    yield "caseload plan", "/desk/forecast/plan", _nothing
    yield "caseload plan for an officer", f"/desk/forecast/plan?from={AMINA}", _nothing
    yield "caseload plan, nobody chosen", f"/desk/forecast/plan?from={AMINA}", _plans_nobody
    yield "import", "/desk/imports", _nothing
    yield "import, no files", "/desk/imports", _hands_nothing_in
    for state in (State.LOOKING, State.READY, State.TAKING, State.DONE, State.FAILED,
                  State.DROPPED):  # fmt: skip
        yield f"import, {state.value}", f"/desk/imports/one?import={state.value}", _nothing
