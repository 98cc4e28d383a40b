"""Who is let in at the desk's door, by itself: the session, the relation, the table, the glass."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, update

from bot.access import sessions
from bot.access.permissions import Relation
from bot.access.roles import OFFICERS, TITLES, Role
from bot.access.sessions import Stage, Way
from bot.service import admission
from bot.service.admission import Admitted, Asked, GlassUnbroken, Refusal
from bot.service.house import House
from storage import glass
from storage.errors import Unknown
from storage.store import Store
from storage.tables import staff
from tests.access import two_councils
from tests.access.two_councils import MINE, NORTH, SOUTH, staff_id, subject

NOW = datetime.now(UTC)
IRO = staff_id(Role.IRO)


@pytest.fixture
def house(database_url: str) -> House:
    return two_councils.house_of(NORTH, database_url, 8080)


def _fill(db: Connection, house: House) -> None:
    two_councils.make(db, house, NOW)
    two_councils.make(db, two_councils.house_of(SOUTH, "sqlite+aiosqlite:///unused.db", 8080), NOW)


def _signed_in(db: Connection, house: House, who: str, at: datetime = NOW) -> str:
    return sessions.start(
        db, house.keys, house.id, who, at, stage=Stage.FULL, way=Way.PASSKEY, device="Firefox"
    )


def _admitted(role: Role, *, team: str = MINE) -> Admitted:
    return Admitted(staff_id(role), role, "Somebody", "token", NOW, team)


async def test_a_cookie_says_who_is_there_and_all_that_pages_need_of_them(
    store: Store, house: House
) -> None:
    await store.write(lambda db: _fill(db, house))
    secret = await store.write(lambda db: _signed_in(db, house, IRO))
    later = NOW + timedelta(minutes=2)

    found = await store.read(lambda db: admission.who(db, house, secret, NOW))
    used = await store.read(lambda db: admission.who(db, house, secret, later))

    token = sessions.form_token(house.keys, house.id, secret)
    name = f"{IRO} of {NORTH}"
    assert found == Admitted(IRO, Role.IRO, name, token, at=NOW, team=MINE, touch=False)
    assert used == Admitted(IRO, Role.IRO, name, token, at=later, team=MINE, touch=True)


async def test_no_cookie_a_wrong_one_and_one_of_another_council_are_nobody(
    store: Store, house: House
) -> None:
    await store.write(lambda db: _fill(db, house))
    south = two_councils.house_of(SOUTH, "sqlite+aiosqlite:///unused.db", 8080)
    theirs = await store.write(lambda db: _signed_in(db, south, IRO))
    asked = Asked("desk.home")
    for secret in (None, "", "x", theirs):
        found = await store.read(partial(admission.who, house=house, secret=secret, now=NOW))
        assert found is None
        admitted = await store.read(
            partial(admission.admit, house=house, secret=secret, asked=asked, now=NOW)
        )
        assert admitted is Refusal.SIGNED_OUT


async def test_whoever_left_is_out_at_once(store: Store, house: House) -> None:
    await store.write(lambda db: _fill(db, house))
    secret = await store.write(lambda db: _signed_in(db, house, IRO))
    gone = update(staff).where(staff.c.staff_id == IRO, staff.c.council == NORTH)
    await store.write(lambda db: db.execute(gone.values(active=False)))

    assert await store.read(lambda db: admission.who(db, house, secret, NOW)) is None


async def test_the_door_lets_in_asks_for_a_reason_or_knows_of_no_such_page(
    store: Store, house: House
) -> None:
    await store.write(lambda db: _fill(db, house))
    secret = await store.write(lambda db: _signed_in(db, house, IRO))

    async def at_the_door(asked: Asked) -> Admitted | Refusal:
        return await store.read(lambda db: admission.admit(db, house, secret, asked, NOW))

    def review(relation: Relation) -> str:
        return f"R-{subject(NORTH, Role.IRO, relation)}"

    own = await at_the_door(Asked("desk.review", review_id=review(Relation.OWN)))
    assert isinstance(own, Admitted)
    assert own.staff_id == IRO
    assert await at_the_door(Asked("desk.review", review_id=review(Relation.TEAM))) is (
        Refusal.BREAK_GLASS
    )
    for relation in (Relation.OTHER_TEAM, Relation.OTHER_COUNCIL, Relation.ERASED):
        refused = await at_the_door(Asked("desk.review", review_id=review(relation)))
        assert refused is Refusal.NOT_FOUND
    for asked in (Asked("desk.unit"), Asked("desk.new"), Asked("desk.review")):
        assert await at_the_door(asked) is Refusal.NOT_FOUND


async def test_what_is_asked_for_decides_how_somebody_stands(store: Store, house: House) -> None:
    await store.write(lambda db: _fill(db, house))
    worker, officer = _admitted(Role.SOCIAL_WORKER), _admitted(Role.IRO)
    for relation in two_councils.RELATIONS:
        for who, role in ((officer, Role.IRO), (worker, Role.SOCIAL_WORKER)):
            name = subject(NORTH, role, relation)
            for asked in (
                Asked("any", review_id=f"R-{name}"),
                Asked("any", task_id=f"T-{name}"),
                Asked("any", person_id=f"P-{name}"),
            ):
                found = await store.read(
                    partial(admission.relation_of, house=house, staff=who, asked=asked)
                )
                assert found is relation, (role, asked)
    nobody = await store.read(
        lambda db: admission.relation_of(db, house, officer, Asked("desk.home"))
    )
    assert nobody is Relation.NONE


async def test_a_task_is_asked_about_before_its_review(store: Store, house: House) -> None:
    """Some pages carry both; the task is what the act is done to."""
    await store.write(lambda db: _fill(db, house))
    own, far = (subject(NORTH, Role.IRO, one) for one in (Relation.OWN, Relation.OTHER_TEAM))
    both = Asked("any", review_id=f"R-{own}", task_id=f"T-{far}", person_id=f"P-{own}")
    found = await store.read(lambda db: admission.relation_of(db, house, _admitted(Role.IRO), both))
    assert found is Relation.OTHER_TEAM


async def test_a_broken_glass_opens_its_review_to_who_broke_it_until_it_ends(
    store: Store, house: House
) -> None:
    await store.write(lambda db: _fill(db, house))
    review_id = f"R-{subject(NORTH, Role.IRO, Relation.TEAM)}"
    asked, officer = Asked("desk.review", review_id=review_id), _admitted(Role.IRO)
    until = NOW + timedelta(hours=1)

    with pytest.raises(GlassUnbroken, match=r"^desk\.review for iro and team$"):
        await store.read(lambda db: admission.require(db, house, officer, asked))
    await store.write(lambda db: glass.add(db, house.id, "g", review_id, IRO, "ill", NOW, until))

    await store.read(lambda db: admission.require(db, house, officer, asked))
    assert until == await store.read(
        lambda db: admission.covers_until(db, house, officer, review_id)
    )
    late = Admitted(IRO, Role.IRO, "Somebody", "token", until, MINE)
    other = Admitted("mate-um", Role.UNIT_MANAGER, "Somebody", "token", NOW, MINE)
    for who in (late, other):
        with pytest.raises(GlassUnbroken):
            await store.read(partial(admission.require, house=house, staff=who, asked=asked))


async def test_what_is_refused_says_to_whom_and_why_in_the_log_and_is_not_a_glass(
    store: Store, house: House
) -> None:
    await store.write(lambda db: _fill(db, house))
    asked = Asked("desk.unit")
    with pytest.raises(Unknown, match=r"^desk\.unit for iro and none$") as refused:
        await store.read(lambda db: admission.require(db, house, _admitted(Role.IRO), asked))
    assert not isinstance(refused.value, GlassUnbroken)


def test_what_a_member_of_staff_is_called_and_may_list() -> None:
    for role in Role:
        one = _admitted(role)
        assert one.title == TITLES[role]
        assert one.actor == f"staff:{staff_id(role)}"
        assert one.runs_reviews is (role in OFFICERS)
        assert one.may_list("desk.home")
        assert not one.may_list("desk.review")
    assert _admitted(Role.IRO).may_list("desk.reviews")
    assert not _admitted(Role.AUDITOR).may_list("desk.reviews")
    asker = _admitted(Role.IRO, team="Red").asker
    assert (asker.staff_id, asker.role, asker.team) == (IRO, Role.IRO, "Red")


def test_the_day_is_the_one_that_people_live_in() -> None:
    """Half past eleven at night in UTC is the next day already in a British summer."""
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    asker = Admitted(IRO, Role.IRO, "Somebody", "token", late).asker
    assert asker.today.isoformat() == "2026-07-02"
