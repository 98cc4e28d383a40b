"""Every route × every role × six relations, with two councils in one database: the table, the
whole table, and nothing beside it (promise P6)."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import unused_port
from sqlalchemy import Connection, Engine, event

from bot.access import permissions
from bot.access.permissions import OPEN, ROWS, Relation, Verdict
from bot.access.roles import ANSWERERS, Role
from bot.application import make_application
from bot.desk.routes import ROUTES
from bot.service import relations
from bot.service.house import House
from bot.service.relations import Asker
from storage.store import Store
from tests.access import two_councils
from tests.access.two_councils import NORTH, RELATIONS, SOUTH, staff_id, subject
from tests.desk.running import Browser, Desk, Page
from tests.promises import Promise

_SIGN_OUT = "desk.sign_out"
_TASKS = {"desk.task_theirs": "D", "desk.task_arranged": "Q"}
"""Which of a review's tasks a route is about, where it is not the delivery that went wrong."""


@pytest_asyncio.fixture
async def desks(store: Store, database_url: str) -> AsyncIterator[dict[str, Desk]]:
    """The desks of both councils, on one store."""
    running: dict[str, Desk] = {}
    runners = []
    for council in (NORTH, SOUTH):
        port = unused_port()
        house = two_councils.house_of(council, database_url, port)
        await store.write(partial(two_councils.make, house=house, now=two_councils.today_now()))
        runner = web.AppRunner(make_application(store, house), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        runners.append(runner)
        running[council] = Desk(f"http://127.0.0.1:{port}", house, store)
    yield running
    for desk in running.values():
        for browser in desk.browsers:
            await browser.session.close()
    for runner in runners:
        await runner.cleanup()


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that any database is sent meanwhile."""
    seen: list[str] = []

    def note(_db: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@dataclass(frozen=True, slots=True)
class Step:
    """One request and what the table says of it."""

    method: str
    address: str
    not_there: str
    verdict: Verdict


def _steps(house: House, role: Role) -> Iterator[Step]:
    """Every route of the router in every relation."""
    for method, path, route, _handler in ROUTES:
        if route in OPEN or route == _SIGN_OUT or route.startswith("desk.account"):
            continue  # one's own account: tests/access/test_account.py
        if "_id}" not in path:
            verdict = permissions.verdict(route, role, Relation.NONE)
            there = path.format(year=two_councils.today_now().year - 1, name="figures.json")
            yield Step(method, f"/desk{there}", "/desk/nothing", verdict)
            continue
        for relation in RELATIONS:
            name = subject(house.id, role, relation)
            ids = {
                "review_id": f"R-{name}",
                "task_id": f"{_TASKS.get(route, 'T')}-{name}",
                "person_id": f"P-{name}",
                "alert_id": f"A-{name}",
                "ask_id": f"K-{name}",
                "note_id": f"{'G' if route.startswith('desk.challenge') else 'N'}-{name}",
                "attachment_id": two_councils.attachment_id(house, name),
            }
            missing = dict.fromkeys(ids, "X-nobody-has-this")
            yield Step(
                method,
                "/desk" + path.format(version=1, **ids),
                "/desk" + path.format(version=1, **missing),
                permissions.verdict(route, role, relation),
            )


async def _ask(browser: Browser, method: str, address: str, token: str) -> Page:
    if method == "GET":
        return await browser.get(address)
    return await browser.post(address, {"token": token})


def _bare(page: Page) -> tuple[int, str, dict[str, str]]:
    """A page without what differs from one answer to the next; a walk may last over midnight."""
    text = re.sub(r"Printed on [^<]*", "", page.text)
    headers = {name: value for name, value in page.headers.items() if name != "Date"}
    return page.status, text, headers


async def _walk(desk: Desk, other: str, role: Role) -> int:
    """Try every step; how many there were."""
    browser = await desk.signed_in(staff_id(role))
    token = (await browser.get("/desk/")).token
    absent: dict[tuple[str, str], Page] = {}
    count = 0
    for step in _steps(desk.house, role):
        page = await _ask(browser, step.method, step.address, token)
        where = f"{role} at {step.method} {step.address}"
        assert other not in page.text.lower(), f"{where} shows the other council's"
        match step.verdict:
            case Verdict.ALLOWED:
                assert page.status in (200, 422), f"{where}: {page.status}"
            case Verdict.BREAK_GLASS:
                assert page.status == 404, f"{where}: {page.status}"
                assert "Why you need to open it" in page.text, where
                assert "say this" not in page.text, f"{where} shows words"
            case Verdict.REFUSED:
                key = step.method, step.not_there
                if key not in absent:
                    absent[key] = await _ask(browser, *key, token)
                assert page.status == 404, f"{where}: {page.status}"
                assert _bare(page) == _bare(absent[key]), f"{where} differs from what is not there"
                assert "say this" not in page.text
                assert "Child-" not in page.text
        count += 1
    return count


async def test_every_route_answers_every_role_in_every_relation_as_the_table_says(
    desks: dict[str, Desk], full: bool, promise: Promise
) -> None:
    """On every run at the desk of one council, in full at both."""
    walked = ((NORTH, SOUTH), (SOUTH, NORTH)) if full else ((NORTH, SOUTH),)
    count = 0
    with statements() as sent:
        for role in Role:
            for here, other in walked:
                count += await _walk(desks[here], other, role)

    about_one = [path for _m, path, route, _h in ROUTES if "_id}" in path and "account" not in path]
    own = [route for _m, _path, route, _h in ROUTES if route.startswith("desk.account")]
    others = len(ROUTES) - len(about_one) - len(OPEN) - len(own) - 1
    assert count == len(walked) * len(Role) * (others + len(about_one) * len(RELATIONS))
    assert {route for _m, _p, route, _h in ROUTES} == set(ROWS) | OPEN
    assert _without_a_council(sent) == []
    promise("P6", routes=len(ROUTES), roles=len(Role), checked=count, leaks=0, without_row=0)


def _without_a_council(sent: list[str]) -> list[str]:
    """Statements that read or change rows of no certain council."""
    ours = [one for one in sent if one.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE"))]
    assert len(ours) > 100
    plain = ("sqlite_version", "alembic_version", "pg_catalog", "pg_notify", "councils.demo")
    return [
        one
        for one in ours
        if " FROM " in f" {' '.join(one.split())} ".upper() or one.startswith("UPDATE")
        if not any(name in one for name in plain)
        if "council = " not in one
    ]


def _stands(house: House, asker: Asker, name: str, db: Connection) -> set[Relation]:
    return {
        relations.to_review(db, house, asker, f"R-{name}"),
        relations.to_task(db, house, asker, f"T-{name}"),
        relations.to_person(db, house, asker, f"P-{name}"),
        relations.to_alert(db, house, asker, f"A-{name}"),
        *(
            {relations.to_note(db, house, asker, f"N-{name}")}
            if asker.role not in ANSWERERS  # of those only: what was put to them by name
            else set()
        ),
    }


async def test_each_subject_stands_in_the_relation_that_it_is_named_for(
    desks: dict[str, Desk],
) -> None:
    house, store = desks[NORTH].house, desks[NORTH].store
    today = two_councils.today_now().date()
    for role in Role:
        asker = Asker(staff_id(role), role, two_councils.MINE, today)
        for relation in RELATIONS:
            name = subject(NORTH, role, relation)
            found = await store.read(partial(_stands, house, asker, name))
            assert found == {relation}, (role, relation)


async def test_a_session_of_one_council_is_none_in_the_other(desks: dict[str, Desk]) -> None:
    browser = await desks[NORTH].signed_in("me-iro")

    page = await browser.get(f"{desks[SOUTH].base}/desk/reviews/R-iro-own")

    assert page.url.endswith("/desk/sign-in")
    assert "Child-" not in page.text
