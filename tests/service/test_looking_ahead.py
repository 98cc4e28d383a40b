"""The forecast is read from what is kept: by the clock, of the manager's own team; and a
plan on paper."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from bot.access.roles import Role
from bot.service import handing_over, looking_ahead
from bot.service.admission import Admitted, Asked
from bot.service.forecast import Risk
from bot.service.handing_over import Entry
from bot.service.house import House
from bot.service.looking_ahead import Page, Plan
from bot.web.context import now
from conversations.timescales import Care, months_after
from storage import care, caseload_plans, erasing, people, reviews, staff_hours
from storage.errors import Unknown
from storage.hand_overs import HandOver
from storage.people import Staff
from storage.reviews import Review, ReviewKind
from storage.store import Store
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, KAI, LENA, MAYA, RUTH, TINY, TOM, today

LOOK, PLAN, PUT = (
    Asked("desk.forecast"), Asked("desk.caseload_plan"), Asked("desk.caseload_planned"),
)  # fmt: skip
HOURS, DROP = Asked("desk.staff_hours"), Asked("desk.caseload_dropped")
KAI_ID, LENA_ID, MAYA_ID = f"person-{KAI}", f"person-{LENA}", f"person-{MAYA}"


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


def ruth(team: str = "") -> Admitted:
    return Admitted(RUTH, Role.UNIT_MANAGER, "Ruth Adeyemi", "", now(), team)


def _look(db: Connection, house: House) -> Page:
    return looking_ahead.look(db, house, ruth(), LOOK, now())


def _plan(db: Connection, house: House, from_id: str = "") -> Plan:
    return looking_ahead.plan(db, house, ruth(), PLAN, from_id, now())


def _held(db: Connection, house: House, review_id: str, person: str, on: date) -> None:
    review = Review(house.id, review_id, person, ReviewKind.CIOC, AMINA, on, on, held=True)
    reviews.add(db, review, now())


async def test_each_review_is_due_when_the_clock_says(store: Store, house: House) -> None:
    last = today() - timedelta(days=100)

    def run(db: Connection) -> Page:
        northborough.make(db, house)
        care.keep_periods(db, house.id, LENA_ID, [Care(last - timedelta(days=400))])
        _held(db, house, "R-before", LENA_ID, last)
        return _look(db, house)

    found = await store.write(run)

    overdue = {one.person_id: one.due for one in found.risks[Risk.OVERDUE].named}
    assert overdue == {LENA_ID: months_after(last, 3)}  # the case system says nine days from now


async def test_a_child_whose_next_review_nobody_put_down_is_due_all_the_same(
    store: Store, house: House
) -> None:
    held = today() - timedelta(days=20)

    def run(db: Connection) -> tuple[Page, Page]:
        northborough.make(db, house)
        reviews.hold(db, house.id, LENA, held)
        before = _look(db, house)
        care.keep_periods(db, house.id, LENA_ID, [Care(held - timedelta(days=20))])
        return before, _look(db, house)

    before, found = await store.write(run)

    assert before.now[AMINA].in_care == 2  # no period of care is on record: nobody knows
    assert found.now[AMINA].in_care == 3
    due = sum(week.all for week in found.weeks.weeks)
    assert due == sum(week.all for week in before.weeks.weeks) + 1


async def test_who_left_care_or_had_a_later_review_is_ahead_of_nobody(
    store: Store, house: House
) -> None:
    held = today() - timedelta(days=40)

    def run(db: Connection) -> Page:
        northborough.make(db, house)
        reviews.hold(db, house.id, LENA, held)
        ended = Care(held - timedelta(days=20), today() - timedelta(days=2))
        care.keep_periods(db, house.id, LENA_ID, [ended])
        return _look(db, house)

    assert (await store.write(run)).now[AMINA].in_care == 2


async def test_a_manager_sees_their_own_team_and_nobody_elses(store: Store, house: House) -> None:
    def run(db: Connection) -> tuple[Page, Page]:
        northborough.make(db, house)
        other = looking_ahead.look(db, house, ruth("Another team"), LOOK, now())
        return _look(db, house), other

    found, other = await store.write(run)

    assert {one.staff_id for one in found.officers} == {AMINA, TOM, DEV}
    assert (found.now[AMINA].in_care, found.now[DEV].leavers) == (3, 1)
    assert other.officers == ()
    assert all(not listed.all for listed in other.risks.values())


async def test_an_officer_opens_no_forecast(store: Store, house: House) -> None:
    amina = Admitted(AMINA, Role.IRO, "Amina Yusuf", "", now())

    def run(db: Connection) -> None:
        northborough.make(db, house)
        for use in (
            lambda: looking_ahead.look(db, house, amina, LOOK, now()),
            lambda: looking_ahead.plan(db, house, amina, PLAN, AMINA, now()),
            lambda: looking_ahead.put(db, house, amina, PUT, AMINA, TOM, [KAI_ID], now()),
            lambda: looking_ahead.drop(db, house, amina, DROP, AMINA, [KAI_ID], now()),
            lambda: looking_ahead.set_hours(db, house, amina, HOURS, {}, "", now()),
        ):
            with pytest.raises(Unknown):
                use()

    await store.write(run)


async def test_a_plan_is_kept_and_shows_both_loads_and_nothing_happens(
    store: Store, house: House
) -> None:
    def run(db: Connection) -> tuple[Plan, str]:
        northborough.make(db, house)
        assert not looking_ahead.put(db, house, ruth(), PUT, AMINA, TOM, [KAI_ID, LENA_ID], now())
        return _plan(db, house, AMINA), reviews.get(db, house.id, KAI).officer_id

    found, officer = await store.write(run)

    assert officer == AMINA
    assert (found.now[AMINA].in_care, found.planned[AMINA].in_care) == (3, 1)
    assert (found.now[TOM].in_care, found.planned[TOM].in_care) == (1, 3)
    assert set(found.theirs) == {f"person-{TINY}"}
    (group,) = found.groups
    assert (group.from_id, group.to_id, group.waits) == (AMINA, TOM, False)
    assert set(group.person_ids) == {KAI_ID, LENA_ID}


async def test_two_managers_at_once_plan_a_child_once(store: Store, house: House) -> None:
    def run(db: Connection) -> tuple[str, ...]:
        northborough.make(db, house)
        looking_ahead.put(db, house, ruth(), PUT, AMINA, TOM, [KAI_ID], now())
        problems = looking_ahead.put(db, house, ruth(), PUT, AMINA, TOM, [KAI_ID], now())
        return tuple(one.text for one in problems)

    assert await store.write(run) == ("In the plan already: Kai Brennan.",)


@pytest.mark.parametrize(
    ("from_id", "to_id", "children", "field"),
    [
        ("nobody", TOM, [KAI_ID], "from"),
        (AMINA, TOM, [], "children"),
        (AMINA, TOM, [MAYA_ID], "children"),
        (AMINA, DEV, [KAI_ID], "to"),
        (AMINA, AMINA, [KAI_ID], "to"),
        (AMINA, "", [KAI_ID], "to"),
    ],
)
async def test_what_makes_no_plan_is_said_and_nothing_is_kept(
    store: Store, house: House, from_id: str, to_id: str, children: list[str], field: str
) -> None:
    def run(db: Connection) -> tuple[list[str], Plan]:
        northborough.make(db, house)
        problems = looking_ahead.put(db, house, ruth(), PUT, from_id, to_id, children, now())
        return [one.field for one in problems], _plan(db, house)

    fields, found = await store.write(run)

    assert fields == [field]
    assert found.groups == ()


async def test_who_is_taken_out_stays_and_another_teams_manager_takes_nobody_out(
    store: Store, house: House
) -> None:
    def run(db: Connection) -> tuple[int, int, Plan]:
        northborough.make(db, house)
        looking_ahead.put(db, house, ruth(), PUT, AMINA, TOM, [KAI_ID, LENA_ID], now())
        other = looking_ahead.drop(db, house, ruth("Another team"), DROP, AMINA, [KAI_ID], now())
        mine = looking_ahead.drop(db, house, ruth(), DROP, AMINA, [KAI_ID], now())
        return other, mine, _plan(db, house)

    other, mine, found = await store.write(run)

    assert (other, mine) == (0, 1)
    assert found.groups[0].person_ids == (LENA_ID,)


async def test_handing_over_for_real_takes_them_off_the_paper_and_counts_them_as_gone(
    store: Store, house: House
) -> None:
    def run(db: Connection) -> Plan:
        northborough.make(db, house)
        looking_ahead.put(db, house, ruth(), PUT, AMINA, TOM, [KAI_ID], now())
        assert looking_ahead.on_paper(db, house, ruth(), AMINA, TOM) == (KAI_ID,)
        entry = Entry(AMINA, TOM, (KAI_ID,), today() + timedelta(days=3))
        one = handing_over.plan(db, house, ruth(), Asked("desk.hand_over_planned"), entry, now())
        assert isinstance(one, HandOver)
        assert caseload_plans.of_officers(db, house.id, [AMINA]) == []
        return _plan(db, house)

    found = await store.write(run)

    assert [(group.to_id, group.waits) for group in found.groups] == [(TOM, True)]
    assert found.planned[TOM].in_care == 2


async def test_who_is_erased_is_in_no_plan(store: Store, house: House) -> None:
    def run(db: Connection) -> int:
        northborough.make(db, house)
        looking_ahead.put(db, house, ruth(), PUT, AMINA, TOM, [KAI_ID], now())
        erasing.person(db, house.id, KAI_ID, now())
        return len(caseload_plans.of_officers(db, house.id, [AMINA]))

    assert await store.write(run) == 0


def _set(db: Connection, house: House, seen: str, **hours: str) -> list[str]:
    problems = looking_ahead.set_hours(db, house, ruth(), HOURS, hours, seen, now())
    return [one.text for one in problems]


async def test_hours_are_kept_and_of_two_at_once_the_later_is_told(
    store: Store, house: House
) -> None:
    def run(db: Connection) -> tuple[list[str], list[str], dict[str, int]]:
        northborough.make(db, house)
        seen = _look(db, house).hours_seen
        first = _set(db, house, seen, amina="18.5", tom="37")
        second = _set(db, house, seen, amina="30", tom="37")
        return first, second, staff_hours.of_council(db, house.id)

    first, second, kept = await store.write(run)

    assert first == []
    assert second == [
        "Somebody else changed the hours meanwhile. Look at theirs, and send yours again."
    ]
    assert kept == {AMINA: 1110, TOM: 2220}


@pytest.mark.parametrize("text", ["many", "0", "-3", "61", "1e1", "٣", "1.2.3"])
async def test_hours_that_are_none_are_said(store: Store, house: House, text: str) -> None:
    def run(db: Connection) -> tuple[list[str], dict[str, int]]:
        northborough.make(db, house)
        problems = _set(db, house, _look(db, house).hours_seen, amina=text, tom="20")
        return problems, staff_hours.of_council(db, house.id)

    problems, kept = await store.write(run)

    assert problems == ["Enter the hours of Amina Yusuf as a number up to 60, such as 18.5."]
    assert kept == {}


async def test_an_officer_who_left_and_holds_nobody_is_left_out(store: Store, house: House) -> None:
    def run(db: Connection) -> Page:
        northborough.make(db, house)
        gone = Staff(house.id, "gone", "iro", "Gone Away", active=False)
        people.add_staff(db, house.keys, gone, now())
        return _look(db, house)

    assert "gone" not in (await store.write(run)).now
