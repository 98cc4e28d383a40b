"""Every route of the desk has a row: who may, and everybody else gets the page for *not there*."""

import itertools

import pytest
from aiohttp import web

from bot.access import permissions
from bot.access.permissions import OPEN, ROWS, Relation, RouteWithoutRow, may
from bot.access.roles import Role
from bot.desk import routes
from bot.desk.routes import require_rows
from tests.desk.northborough import AMINA, DEV, HANA, KAI, MAYA, RUTH, TOM
from tests.desk.running import Desk


def test_a_route_that_nobody_decided_on_stops_the_start() -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response()

    desk = web.Application()
    desk.router.add_get("/", page, name="desk.home")
    require_rows(desk)
    desk.router.add_get("/new", page, name="desk.new")

    with pytest.raises(RouteWithoutRow, match=r"desk\.new.*bot/access/permissions\.py"):
        require_rows(desk)


def test_a_route_without_a_name_stops_the_start_too() -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response()

    desk = web.Application()
    desk.router.add_get("/secret", page)

    with pytest.raises(RouteWithoutRow):
        require_rows(desk)


def test_the_table_and_the_router_name_the_same_routes() -> None:
    names = {name for _method, _path, name, _handler in routes._ROUTES}

    assert names == set(ROWS) | OPEN


def test_nobody_may_what_is_not_in_the_table() -> None:
    for role, relation in itertools.product(Role, Relation):
        assert not may("desk.new", role, relation)
        assert not may("", role, relation)


def test_words_are_for_the_officer_who_runs_the_review_alone() -> None:
    for route in ("desk.review", "desk.version", "desk.reading", "desk.code", "desk.held"):
        allowed = {(role, rel) for role in Role for rel in Relation if may(route, role, rel)}
        assert allowed == {
            (Role.IRO, Relation.OWN),
            (Role.PATHWAY_REVIEW_OFFICER, Relation.OWN),
        }


async def test_every_route_answers_each_role_as_the_table_says(desk: Desk) -> None:
    """Every route, role and relation, over HTTP: the page, or the one for *not there*."""
    people = {
        Role.IRO: (AMINA, TOM),
        Role.PATHWAY_REVIEW_OFFICER: (DEV,),
        Role.UNIT_MANAGER: (RUTH,),
    }
    own = {AMINA: KAI, TOM: MAYA, DEV: HANA}
    checked = 0
    for role, staff_ids in people.items():
        for staff_id in staff_ids:
            browser = await desk.signed_in(staff_id)
            token = (await browser.get("/desk/")).token
            for method, path, name, _handler in routes._ROUTES:
                if name in OPEN or name == "desk.sign_out" or "task_id" in path:
                    continue
                for review in (KAI, MAYA, HANA) if "review_id" in path else ("",):
                    relation = (
                        Relation.NONE
                        if not review
                        else Relation.OWN
                        if own.get(staff_id) == review
                        else Relation.OTHER
                    )
                    address = "/desk" + path.format(review_id=review, version=1)
                    if method == "GET":
                        page = await browser.get(address)
                    else:
                        page = await browser.post(address, {"token": token})
                    allowed = permissions.may(name, role, relation)
                    assert (page.status != 404) is allowed, (staff_id, address)
                    checked += 1
    assert checked == 4 * (4 + 8 * 3)
