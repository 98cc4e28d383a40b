"""The authorisation table itself: what may be in it, and that nothing starts without a row."""

import itertools

import pytest
from aiohttp import web

from bot.access import permissions
from bot.access.permissions import OPEN, ROWS, Relation, RouteWithoutRow, Verdict, may, verdict
from bot.access.roles import ANSWERERS, OFFICERS, WORKERS, Role
from bot.desk.routes import ROUTES, require_rows
from tools import permissions as page

WORDS = ("desk.review", "desk.version", "desk.reading")
ACTS = ("desk.code", "desk.held")


def _cells(route: str, wanted: Verdict) -> set[tuple[Role, Relation]]:
    return {cell for cell in itertools.product(Role, Relation) if verdict(route, *cell) is wanted}


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


def test_all_routes_without_a_row_are_named_at_once() -> None:
    with pytest.raises(RouteWithoutRow) as refused:
        permissions.require_rows(["desk.b", "desk.home", "desk.sign_in", "desk.a"])
    assert str(refused.value) == (
        "No row in the authorisation table for: desk.a, desk.b. Decide who may open it in "
        "bot/access/permissions.py (ROWS), or add it to OPEN if anyone may."
    )


def test_the_table_and_the_router_name_the_same_routes() -> None:
    names = {name for _method, _path, name, _handler in ROUTES}

    assert names == set(ROWS) | OPEN
    assert not set(ROWS) & OPEN


def test_nobody_may_what_is_not_in_the_table() -> None:
    for role, relation in itertools.product(Role, Relation):
        for route in ("desk.new", "", "desk.sign_in"):
            assert verdict(route, role, relation) is Verdict.REFUSED
            assert not may(route, role, relation)


def test_words_are_for_who_runs_the_review_and_behind_glass_for_who_stands_in() -> None:
    for route in WORDS + ACTS:
        assert _cells(route, Verdict.ALLOWED) == {(role, Relation.OWN) for role in OFFICERS}
    behind = set(
        itertools.product((*OFFICERS, Role.UNIT_MANAGER), (Relation.TEAM, Relation.CLOSED))
    )
    for route in WORDS:
        assert _cells(route, Verdict.BREAK_GLASS) == behind


def test_a_pin_is_reset_and_a_dispute_settled_by_who_runs_the_review_alone() -> None:
    own = {(role, Relation.OWN) for role in OFFICERS}
    for route in ("desk.reset_pin", "desk.task_theirs"):
        assert _cells(route, Verdict.ALLOWED) == own
        assert not _cells(route, Verdict.BREAK_GLASS)


def test_a_manager_never_says_how_somebody_took_part() -> None:
    for route in ACTS:
        assert {role for role, _ in _cells(route, Verdict.BREAK_GLASS)} == set(OFFICERS)


def test_who_is_asked_for_a_reason_may_give_one_and_nobody_else() -> None:
    assert _cells("desk.break_glass", Verdict.ALLOWED) == _cells("desk.review", Verdict.BREAK_GLASS)


ALERTS = (
    "desk.alert",
    "desk.alert_acknowledge",
    "desk.alert_close",
    "desk.alert_shown",
    "desk.alert_heard",
)
INVITING = (
    "desk.access",
    "desk.invite",
    "desk.invitation",
    "desk.letter_picture",
    "desk.invitation_sent",
    "desk.address",
)


ARRANGING = ("desk.meeting", "desk.when", "desk.arrange", "desk.clock_start")


def test_support_duty_it_and_auditors_are_let_in_to_nobodys_page_but_support_arranges() -> None:
    for role in (Role.BUSINESS_SUPPORT, Role.DUTY_WORKER, Role.COUNCIL_IT, Role.AUDITOR):
        for route, relation in itertools.product(ROWS, Relation):
            if route in ALERTS and role is Role.DUTY_WORKER:
                continue
            invites = role is Role.BUSINESS_SUPPORT and route in (*INVITING, *ARRANGING)
            if invites and relation in (Relation.OWN, Relation.TEAM):
                assert verdict(route, role, relation) is Verdict.ALLOWED
            elif relation is not Relation.NONE:
                assert verdict(route, role, relation) is Verdict.REFUSED, (route, role)


def test_a_duty_worker_opens_every_alert_and_an_officer_those_of_their_reviews() -> None:
    there = {relation for relation in Relation if relation is not Relation.OTHER_COUNCIL}
    duty = {(Role.DUTY_WORKER, relation) for relation in there - {Relation.NONE}}
    for route in ALERTS:
        officers = {(role, Relation.OWN) for role in OFFICERS}
        assert _cells(route, Verdict.ALLOWED) == duty | officers
        assert not _cells(route, Verdict.BREAK_GLASS)


def test_workers_open_the_young_people_allocated_to_them_and_no_review() -> None:
    theirs = (
        "desk.young_person", "desk.shared_shown", "desk.worker_ask", "desk.worker_ask_draft",
        "desk.worker_ask_measure",
    )  # fmt: skip
    for route in theirs:
        assert _cells(route, Verdict.ALLOWED) == {(role, Relation.OWN) for role in WORKERS}
    put_to = ("desk.put_to_me_note", "desk.put_to_me_answered")
    for route in put_to:
        assert _cells(route, Verdict.ALLOWED) == {(role, Relation.OWN) for role in ANSWERERS}
    for role, route in itertools.product(WORKERS, ROWS):
        if route not in theirs + put_to:
            particular = [verdict(route, role, relation) for relation in list(Relation)[1:]]
            assert set(particular) == {Verdict.REFUSED}


def test_nothing_crosses_a_council_or_another_team_or_shows_an_erased_person() -> None:
    closed_doors = (Relation.OTHER_COUNCIL, Relation.OTHER_TEAM, Relation.ERASED)
    for route, role, relation in itertools.product(ROWS, Role, closed_doors):
        if route in ALERTS and role is Role.DUTY_WORKER and relation in closed_doors[1:]:
            continue
        assert verdict(route, role, relation) is Verdict.REFUSED, (route, role, relation)


def test_only_what_is_about_nobody_in_particular_is_opened_without_a_relation() -> None:
    for _method, path, route, _handler in ROUTES:
        roles = [role for role in Role if may(route, role, Relation.NONE)]
        one_s_own = route.startswith("desk.account")  # which nobody else's id opens
        assert not (roles and "_id}" in path and not one_s_own), route
        if route in ("desk.home", "desk.sign_out"):
            assert roles == list(Role)


def test_every_role_has_one_start_page_at_the_most_that_no_other_kind_of_role_opens() -> None:
    assert _cells("desk.arranging", Verdict.ALLOWED) == {(Role.BUSINESS_SUPPORT, Relation.NONE)}
    assert _cells("desk.alerts", Verdict.ALLOWED) == {(Role.DUTY_WORKER, Relation.NONE)}
    assert _cells("desk.installation", Verdict.ALLOWED) == {(Role.COUNCIL_IT, Relation.NONE)}
    assert _cells("desk.unit", Verdict.ALLOWED) == {(Role.UNIT_MANAGER, Relation.NONE)}
    assert _cells("desk.young_people", Verdict.ALLOWED) == {
        (role, Relation.NONE) for role in WORKERS
    }


def test_notes_are_written_by_who_runs_the_review_and_read_by_their_manager() -> None:
    own = {(role, Relation.OWN) for role in OFFICERS}
    for route in ("desk.quality_kept", "desk.challenge_kept", "desk.quality_begun"):
        assert _cells(route, Verdict.ALLOWED) == own
    for route in ("desk.quality", "desk.challenge"):
        others = _cells(route, Verdict.ALLOWED) - own
        assert {role for role, _relation in others} == {Role.UNIT_MANAGER}
        assert not _cells(route, Verdict.BREAK_GLASS)
    for route in ("desk.hand_over", "desk.hand_over_planned", "desk.hand_over_undone"):
        assert _cells(route, Verdict.ALLOWED) == {(Role.UNIT_MANAGER, Relation.NONE)}


def test_the_page_for_people_says_what_the_table_says() -> None:
    assert page.PAGE.read_text() == page.text(), "Run: python -m tools.permissions"
