"""Staff sessions, by themselves: their limits to the second, and what is kept of them."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, insert, select

from bot.access import sessions
from bot.access.sessions import HALFWAY, IDLE, LONGEST, Stage, Way
from storage import people, staff_accounts, staff_sessions
from storage.people import Staff
from storage.sealing import Place, unseal
from storage.store import Store
from storage.tables import councils, staff
from storage.tables import staff_sessions as table
from tests.keys import RING as KEYS

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
COUNCIL, AMINA = "northborough", "amina"


def _begin(
    db: Connection, stage: Stage = Stage.FULL, way: Way = Way.PASSKEY, at: datetime = NOW
) -> str:
    if not db.execute(select(councils.c.council)).first():
        db.execute(insert(councils), {"council": COUNCIL, "demo": False, "created_at": NOW})
        people.add_staff(db, KEYS, Staff(COUNCIL, AMINA, "iro", "Amina Yusuf"), NOW)
    return sessions.start(
        db, KEYS, COUNCIL, AMINA, at, stage=stage, way=way, device="Firefox on Windows"
    )


async def test_a_session_is_what_it_was_begun_as(store: Store) -> None:
    secret = await store.write(_begin)
    found = await store.read(lambda db: sessions.find(db, KEYS, COUNCIL, secret, NOW))

    assert found is not None
    assert (found.staff_id, found.stage, found.way) == (AMINA, Stage.FULL, Way.PASSKEY)
    assert (found.started_at, found.touch) == (NOW, False)
    assert len(secret) == 43
    kept = await store.read(lambda db: staff_sessions.of_staff(db, COUNCIL, AMINA))
    assert [one.session_id for one in kept] == [found.session_id]
    assert len(found.session_id) == 36
    device = await store.read(lambda db: sessions.device(db, KEYS, COUNCIL, secret))
    assert device == "Firefox on Windows"
    assert await store.read(lambda db: sessions.device(db, KEYS, COUNCIL, "none")) == ""


@pytest.mark.parametrize("stage", [Stage.JOINING, Stage.HALF])
async def test_halfway_and_signed_in_are_never_taken_for_each_other(
    store: Store, stage: Stage
) -> None:
    half = await store.write(lambda db: _begin(db, stage))
    full = await store.write(_begin)

    def found(db: Connection) -> list[bool]:
        return [
            find(db, KEYS, COUNCIL, secret, NOW) is not None
            for find in (sessions.find, sessions.find_halfway)
            for secret in (half, full, "unknown")
        ]

    assert await store.read(found) == [False, True, False, True, False, False]


async def test_limits_hold_to_the_second(store: Store) -> None:
    full = await store.write(_begin)
    half = await store.write(lambda db: _begin(db, Stage.HALF))

    async def good(secret: str, at: datetime, *, halfway: bool = False) -> bool:
        find = sessions.find_halfway if halfway else sessions.find
        return await store.read(lambda db: find(db, KEYS, COUNCIL, secret, at)) is not None

    assert await good(full, NOW + IDLE)
    assert not await good(full, NOW + IDLE + SECOND)
    assert await good(half, NOW + HALFWAY, halfway=True)
    for minutes in range(25, 600, 25):
        at = NOW + timedelta(minutes=minutes)
        await store.write(partial(_touch, full=full, half=half, at=at))
    assert await good(full, NOW + LONGEST)
    assert not await good(full, NOW + LONGEST + SECOND)
    assert not await good(half, NOW + HALFWAY + SECOND, halfway=True)


def _touch(db: Connection, full: str, half: str, at: datetime) -> None:
    sessions.touch(db, KEYS, COUNCIL, full, at)
    sessions.touch(db, KEYS, COUNCIL, half, at)


async def test_use_is_noted_once_a_minute(store: Store) -> None:
    secret = await store.write(_begin)
    minute = NOW + timedelta(minutes=1)
    found = await store.read(lambda db: sessions.find(db, KEYS, COUNCIL, secret, minute))
    assert found is not None
    assert not found.touch
    later = minute + SECOND
    found = await store.read(lambda db: sessions.find(db, KEYS, COUNCIL, secret, later))
    assert found is not None
    assert found.touch


async def test_what_is_ended_is_ended_once_and_stays_so(store: Store) -> None:
    secret, other = await store.write(_begin), await store.write(_begin)
    assert await store.write(lambda db: sessions.end(db, KEYS, COUNCIL, secret, NOW)) is True
    assert await store.write(lambda db: sessions.end(db, KEYS, COUNCIL, secret, NOW)) is False
    assert await store.read(lambda db: sessions.find(db, KEYS, COUNCIL, secret, NOW)) is None
    assert await store.read(lambda db: sessions.find(db, KEYS, COUNCIL, other, NOW)) is not None


def _somebody(db: Connection, council: str, staff_id: str, at: datetime = NOW) -> str:
    """Another session: of this person, who is added where they are not known."""
    if council not in db.execute(select(councils.c.council)).scalars().all():
        db.execute(insert(councils), {"council": council, "demo": False, "created_at": NOW})
    if (council, staff_id) not in {
        (row.council, row.staff_id) for row in db.execute(select(staff.c.council, staff.c.staff_id))
    }:
        people.add_staff(db, KEYS, Staff(council, staff_id, "iro", "Somebody"), NOW)
    return sessions.start(
        db, KEYS, council, staff_id, at, stage=Stage.FULL, way=Way.PASSKEY, device="Safari"
    )


def _open(db: Connection, council: str, staff_id: str) -> list[str]:
    return [one.session_id for one in staff_sessions.of_staff(db, council, staff_id)]


async def test_one_session_or_all_are_ended_and_nobody_elses(store: Store) -> None:
    """A colleague, and somebody of another council who has the same id."""
    later = NOW + SECOND

    def begin(db: Connection) -> None:
        for council, staff_id, at in (
            (COUNCIL, AMINA, NOW), (COUNCIL, AMINA, later), (COUNCIL, "tom", NOW),
            ("southborough", AMINA, NOW),
        ):  # fmt: skip
            _somebody(db, council, staff_id, at)

    await store.write(begin)
    newest, oldest = await store.read(lambda db: _open(db, COUNCIL, AMINA))
    (toms,) = await store.read(lambda db: _open(db, COUNCIL, "tom"))
    (elsewhere,) = await store.read(lambda db: _open(db, "southborough", AMINA))

    async def end(session_id: str) -> bool:
        return await store.write(
            lambda db: staff_sessions.revoke_one(db, COUNCIL, AMINA, session_id, later)
        )

    assert [await end(one) for one in (toms, elsewhere, "none")] == [False] * 3
    assert [await end(oldest), await end(oldest)] == [True, False]
    assert await store.read(lambda db: _open(db, COUNCIL, AMINA)) == [newest]
    await store.write(lambda db: _somebody(db, COUNCIL, AMINA))

    async def end_all() -> int:
        return await store.write(
            lambda db: staff_sessions.revoke_all(db, COUNCIL, AMINA, later + SECOND)
        )

    assert [await end_all(), await end_all()] == [2, 0]
    assert await store.read(lambda db: _open(db, COUNCIL, AMINA)) == []
    assert await store.read(lambda db: _open(db, COUNCIL, "tom")) == [toms]
    assert await store.read(lambda db: _open(db, "southborough", AMINA)) == [elsewhere]
    times = select(table.c.revoked_at).where(table.c.session_id.in_([oldest, newest]))
    ended = await store.read(lambda db: sorted(db.execute(times).scalars()))
    assert ended == [later, later + SECOND]


async def test_the_newest_comes_first_and_another_councils_are_not_forgotten_with_ours(
    store: Store,
) -> None:
    times = [NOW - number * SECOND for number in (3, 1, 5, 2, 4, 0)]
    old = NOW - LONGEST

    def begin(db: Connection) -> None:
        _somebody(db, "southborough", AMINA, old)
        for at in times:
            _somebody(db, COUNCIL, AMINA, at)

    await store.write(begin)
    kept = await store.read(lambda db: staff_sessions.of_staff(db, COUNCIL, AMINA))
    assert [one.started_at for one in kept] == sorted(times, reverse=True)
    await store.write(lambda db: _somebody(db, COUNCIL, AMINA, NOW + SECOND))
    assert len(await store.read(lambda db: _open(db, "southborough", AMINA))) == 1


async def test_the_browser_is_sealed_in_a_place_that_never_changes(store: Store) -> None:
    await store.write(_begin)

    def opened(db: Connection) -> str:
        row = db.execute(select(table)).one()
        return unseal(db, Place(COUNCIL, "staff_sessions", "device", row.session_id), row.device)

    assert await store.read(opened) == "Firefox on Windows"


async def test_whoever_has_left_has_no_session(store: Store) -> None:
    secret = await store.write(_begin)
    await store.write(lambda db: staff_accounts.set_active(db, COUNCIL, AMINA, active=False))
    assert await store.read(lambda db: sessions.find(db, KEYS, COUNCIL, secret, NOW)) is None
    assert await store.read(lambda db: _open(db, COUNCIL, AMINA)) == []


async def test_only_hashes_are_kept_and_old_ones_are_forgotten(store: Store) -> None:
    early = await store.write(lambda db: _begin(db, at=NOW - LONGEST - SECOND))
    edge = await store.write(lambda db: _begin(db, at=NOW - LONGEST))
    secret = await store.write(_begin)
    kept = await store.read(lambda db: db.execute(select(table.c.session_hash)).scalars().all())
    assert sorted(kept) == sorted(sessions.hash_of(KEYS, COUNCIL, one) for one in (edge, secret))
    for text in (early, edge, secret):
        assert all(text.encode() not in one for one in kept)


def test_tokens_belong_to_their_session_their_council_and_their_door() -> None:
    made = {
        make(KEYS, council, secret)
        for make in (sessions.form_token, sessions.door_token)
        for council in (COUNCIL, "elsewhere")
        for secret in ("a", "b")
    }
    assert len(made) == 8
    assert all(len(one) == 64 for one in made)
    assert sessions.hash_of(KEYS, COUNCIL, "a").hex() not in made
    assert sessions.form_token(KEYS, COUNCIL, "a") == sessions.form_token(KEYS, COUNCIL, "a")


@pytest.mark.parametrize("wrong", ["", "x", "right ", "Right", "é", "\ud800"])
def test_a_wrong_token_is_wrong_whatever_is_in_it(wrong: str) -> None:
    assert sessions.is_same("right", "right")
    assert not sessions.is_same("right", wrong)


def test_cookies_are_bound_to_the_host_over_https() -> None:
    assert sessions.cookie_name(secure=True) == "__Host-sayso-desk"
    assert sessions.cookie_name(secure=False) == "sayso-desk"
    assert sessions.door_cookie_name(secure=True) == "__Host-sayso-door"
    assert sessions.door_cookie_name(secure=False) == "sayso-door"


def test_the_limits_are_those_promised() -> None:
    assert timedelta(minutes=30) == IDLE
    assert timedelta(hours=10) == LONGEST
    assert timedelta(minutes=30) == HALFWAY


def test_what_is_worked_out_from_a_cookie_never_changes() -> None:
    """Or an update would sign everybody out, and refuse the forms that are open."""
    found = (
        sessions.hash_of(KEYS, COUNCIL, "x"),
        bytes.fromhex(sessions.form_token(KEYS, COUNCIL, "x")),
        bytes.fromhex(sessions.door_token(KEYS, COUNCIL, "x")),
    )
    purposes = ("staff_session", "staff_form", "staff_door_form")
    assert found == tuple(KEYS.blind(COUNCIL, purpose, "x") for purpose in purposes)
