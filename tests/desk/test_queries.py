"""However many rows a page has, it asks the database the same number of times."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from bot.access.permissions import OPEN
from bot.access.roles import Role
from bot.desk.routes import ROUTES
from bot.service import handing_over
from bot.service.admission import Admitted, Asked
from bot.service.handing_over import Entry
from bot.service.house import House
from storage import allocations, people, tasks
from storage.allocations import Allocation
from storage.hand_overs import HandOver
from storage.people import Staff
from storage.prepared import Prepared
from storage.reviews import ReviewKind
from storage.tasks import Kind, Task
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, IRIS, RUTH
from tests.desk.running import Browser, Desk

MOST = 44
"""Of any page, signing in and the table of who may what included: *Unit* has the most kinds of
figures, and what was stood down is asked of the clock."""

_WENDY, _OLU = "wendy", "olu"
PAGES = (
    (AMINA, "/desk/"), (AMINA, "/desk/reviews"), (AMINA, "/desk/reviews?q=ka"),
    (AMINA, "/desk/reviews?state=past"), (AMINA, "/desk/reviews.csv"), (AMINA, "/desk/tasks"),
    (AMINA, "/desk/cover"), (AMINA, "/desk/news"), (DEV, "/desk/"), (RUTH, "/desk/"),
    (RUTH, "/desk/unit"), (RUTH, "/desk/reviews"), (RUTH, "/desk/reviews?q=ka"),
    (RUTH, "/desk/tasks"), (RUTH, "/desk/cover"), (IRIS, "/desk/"), (IRIS, "/desk/arranging"),
    (_WENDY, "/desk/young-people"), (_OLU, "/desk/alerts"), (AMINA, "/desk/asks"),
    (_WENDY, "/desk/asks"), (AMINA, "/desk/quality"), (RUTH, "/desk/quality"),
    (RUTH, "/desk/forecast"), (RUTH, "/desk/forecast/plan"),
    (RUTH, f"/desk/forecast/plan?from={AMINA}"),
    (_WENDY, "/desk/put-to-me"), (RUTH, "/desk/hand-over"), (RUTH, f"/desk/hand-over?from={AMINA}"),
    (AMINA, "/desk/invitations"), (RUTH, "/desk/return"), (RUTH, "/desk/return/reviews.csv"),
    (RUTH, "/desk/return/reviews.xml"), (RUTH, "/desk/return/problems.csv"),
    (IRIS, "/desk/invitations"), (IRIS, "/desk/invitations.csv"), (IRIS, "/desk/invitations/due"),
    (IRIS, "/desk/invitations/batch"), (IRIS, "/desk/imports"),
)  # fmt: skip


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that the database is sent meanwhile: those of SQLAlchemy, and those that go
    past it (`storage.prepared`)."""
    seen: list[str] = []
    run = Prepared._run

    def note(_db: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    def noted(self: Prepared, db: Connection, values: Any) -> Any:
        seen.append(str(self.statement))
        return run(self, db, values)

    event.listen(Engine, "before_cursor_execute", note)
    Prepared._run = noted  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        Prepared._run = run  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", note)


def _more(house: House, first: int, count: int, db: Connection) -> None:
    """So many young people more: of three officers, some heard, some over, each with a task, an
    allocation and a day that lists look at."""
    now = datetime.now(UTC)
    for number in range(first, first + count):
        review_id = f"Q-{number:03}"
        officer = (AMINA, DEV, northborough.TOM)[number % 3]
        kind = ReviewKind.PATHWAY if officer == DEV else ReviewKind.CIOC
        age = 20 if kind is ReviewKind.PATHWAY else 12
        meeting = (6, -2, None)[number // 3 % 3]
        northborough.add(
            db, house, review_id, f"Kai{number} Quill", age, officer, meeting=meeting,
            due=9 - number % 20, kind=kind,
        )  # fmt: skip
        person_id = f"person-{review_id}"
        if number % 2 == 0 and kind is ReviewKind.CIOC:
            northborough.say(db, house, review_id, {"home.change": "A lock"}, audience="file")
        task = Task(f"T-{number}", Kind.ADVOCATE, person_id, review_id, {}, does="officer")
        tasks.add(db, house.id, task, now)
        since = northborough.today() - timedelta(days=30)
        allocations.add(db, Allocation(house.id, person_id, _WENDY, "social_worker", since))


def _staff(house: House, db: Connection) -> None:
    for staff_id, role in (
        (IRIS, "business_support"), (_WENDY, "social_worker"), (_OLU, "duty_worker"),
    ):  # fmt: skip
        people.add_staff(
            db, house.keys, Staff(house.id, staff_id, role, staff_id.title()), datetime.now(UTC)
        )


def _officers(house: House, first: int, count: int, db: Connection) -> None:
    """So many officers more in the team, every other one has left; each with a young person, and
    with another whom they hand over."""
    now = datetime.now(UTC)
    for number in range(first, first + count):
        staff_id = f"officer-{number}"
        member = Staff(house.id, staff_id, "iro", f"Officer {number}", active=number % 2 == 0)
        people.add_staff(db, house.keys, member, now)
        for each in "AB":
            review_id = f"O-{number}{each}"
            northborough.add(
                db, house, review_id, f"Noa{number} {each}ell", 12, staff_id, meeting=9, due=9,
                kind=ReviewKind.CIOC,
            )  # fmt: skip
        planned = handing_over.plan(
            db, house, Admitted(RUTH, Role.UNIT_MANAGER, "Ruth Adeyemi", "", now),
            Asked("desk.hand_over_planned"),
            Entry(staff_id, AMINA, (f"person-{review_id}",), northborough.today()), now,
        )  # fmt: skip
        assert isinstance(planned, HandOver), planned


async def _counted(browsers: dict[str, Browser]) -> dict[tuple[str, str], int]:
    found = {}
    for who, path in PAGES:
        await browsers[who].get(path)  # the keys are in memory, as they are after the first look
        with statements() as seen:
            assert (await browsers[who].get(path)).status == 200, path
        found[who, path] = len(seen)
    return found


async def test_no_page_asks_the_database_more_often_because_it_has_more_rows(desk: Desk) -> None:
    await desk.store.write(partial(_staff, desk.house))
    await desk.store.write(partial(_more, desk.house, 0, 5))
    await desk.store.write(partial(_officers, desk.house, 0, 2))
    browsers = {who: await desk.signed_in(who) for who in {who for who, _path in PAGES}}
    few = await _counted(browsers)

    await desk.store.write(partial(_more, desk.house, 5, 45))
    await desk.store.write(partial(_officers, desk.house, 2, 12))

    assert await _counted(browsers) == few
    assert {page: count for page, count in few.items() if count > MOST} == {}


def test_every_list_of_the_desk_is_among_them() -> None:
    """A page about nobody in particular lists somebody, or says here why it does not."""
    no_list = {
        "/", "/news", "/audit", "/audit.csv", "/installation", "/join", "/account",
        "/account/app", "/account/app.svg", "/reports/",
        "/imports/one", "/imports/unread.csv",  # which rows, and nobody's name
        "/boards",  # it is counted beside the server, and opens a database of its own
    }  # fmt: skip
    no_list |= {path for _, path, route, _ in ROUTES if route in OPEN}
    lists = {
        path
        for method, path, _route, _handler in ROUTES
        if method == "GET" and "{" not in path and path not in no_list
    }
    assert lists <= {path.partition("?")[0].removeprefix("/desk") for _who, path in PAGES}
