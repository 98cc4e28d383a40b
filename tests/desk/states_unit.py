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
from bot.web.context import now
from storage import report_words
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
