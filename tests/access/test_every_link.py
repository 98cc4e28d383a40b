"""Every link of every page of the desk leads somewhere, for every role."""

import re
from html import unescape

import pytest
from sqlalchemy import Connection

from bot.access.roles import Role
from bot.demo import council
from bot.service import glass, reissuing
from bot.service.admission import Admitted, Asked
from bot.web.context import now
from storage import people, tasks
from storage.people import Staff
from storage.reviews import ReviewKind
from storage.tasks import Kind, Task
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, GRACE, HANA, KAI, LENA, MAYA, RUTH, TINY, TOM
from tests.desk.noted import JO, MARION, note_everything
from tests.desk.running import Desk
from tests.desk.test_roles import ADVISER, DUTY, IT, SUPPORT, WORKER, people_of_every_role

_LINK = re.compile(r'<a\b[^>]*\bhref="([^"#][^"]*)"')
WALKED = {
    Role.IRO: (AMINA, TOM),
    Role.PATHWAY_REVIEW_OFFICER: (DEV,),
    Role.UNIT_MANAGER: (RUTH,),
    Role.BUSINESS_SUPPORT: (SUPPORT,),
    Role.DUTY_WORKER: (DUTY,),
    Role.SOCIAL_WORKER: (WORKER, JO),
    Role.PERSONAL_ADVISER: (ADVISER,),
    Role.SOCIAL_WORK_MANAGER: (MARION,),
    Role.COUNCIL_IT: (IT,),
    Role.AUDITOR: (GRACE,),
}


def _whatever_makes_links(db: Connection, desk: Desk) -> None:
    """Reviews of every age, and a task of every kind, of each officer."""
    house, moment = desk.house, now()
    people_of_every_role(db, desk)
    note_everything(db, house)
    away = Staff(house.id, "away", Role.PATHWAY_REVIEW_OFFICER.value, "Ada Away")
    people.add_staff(db, house.keys, away, moment)
    northborough.add(db, house, "R-long-ago", "Lou Webb", 12, AMINA, meeting=-400, due=-399)
    northborough.add(db, house, "R-late", "Lee Silva", 12, AMINA, meeting=-30, due=-9)
    northborough.add(db, house, "R-undated", "Uma Khan", 12, TOM, meeting=None, due=-2)
    northborough.add(
        db, house, "P-away", "Ash Lund", 19, "away", meeting=3, due=9, kind=ReviewKind.PATHWAY
    )
    northborough.change(db, house, KAI, "home.change", "Changed")
    for review in (KAI, LENA, MAYA, HANA, TINY, "R-late"):
        for kind, about in (
            (Kind.ADVOCATE, {}),
            (Kind.OFFICER_ALONE, {"how": "see"}),
            (Kind.TAKEN_BACK, {"what": "advocate"}),
            (Kind.NOT_ME, {"stopped": 0}),
            (Kind.NEW_PIN, {}),
            (Kind.DELIVERY_UNKNOWN, {}),
        ):
            task = Task(f"{kind.value}-{review}", kind, f"person-{review}", review, about)
            tasks.add(db, house.id, task, moment)
        reissuing.reissue(db, house, review, "sayso", "Lost", moment)
        reissuing.reissue(db, house, review, "sayso", "Lost again", moment)
    ruth = Admitted(RUTH, Role.UNIT_MANAGER, "Ruth Adeyemi", "", at=moment)
    glass.break_it(db, house, ruth, Asked("desk.break_glass", MAYA), "To plan", moment)


@pytest.mark.parametrize("role", Role)
async def test_every_link_that_a_role_is_shown_opens_for_them(desk: Desk, role: Role) -> None:
    await desk.store.write(lambda db: _whatever_makes_links(db, desk))
    for staff_id in WALKED[role]:
        assert await _dead_links(desk, staff_id) == []


async def test_every_link_of_the_demo_opens_for_whoever_is_shown_it(desk: Desk) -> None:
    """The council of `make run`, which stands in place of the tests' own."""
    await desk.store.write(lambda db: council.make(db, desk.house, now()))
    invented = [
        one
        for one in await desk.store.read(lambda db: people.all_staff(db, desk.house.id))
        if one.staff_id not in northborough.STAFF
    ]
    assert {Role(one.role) for one in invented} == set(Role)
    for one in invented:
        assert await _dead_links(desk, one.staff_id) == [], one.name


async def _dead_links(desk: Desk, staff_id: str) -> list[str]:
    """Every link from the start of the desk on, and what does not answer with a page."""
    browser = await desk.signed_in(staff_id)
    waiting, seen, dead = [("", "/desk/")], {"/desk/"}, []
    while waiting:
        came_from, address = waiting.pop()
        page = await browser.get(address)
        if page.status != 200:
            dead.append(f"{came_from} -> {address}: {page.status}")
        for found in _LINK.findall(page.text):
            link = unescape(found).partition("#")[0]
            if link.startswith("/") and link not in seen:
                seen.add(link)
                waiting.append((address, link))
    assert {"/desk/", "/desk/account"} < seen, f"{staff_id} is shown no link"
    return dead
