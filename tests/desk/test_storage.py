"""What the desk keeps, on SQLite and on PostgreSQL alike."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest_asyncio
from sqlalchemy import Connection, update

from bot.access.roles import Role
from bot.service import caseload as lists
from bot.service.admission import Admitted
from bot.service.caseload import State
from bot.service.house import House
from conversations.participation import Briefed, Code
from storage import caseload, councils, participation, sign_in_links, staff_sessions, tasks
from storage.contributions import of_review, read_by
from storage.participation import Confirmed
from storage.staff_sessions import KeptSession
from storage.store import Store
from storage.tables import reviews
from storage.tasks import Kind, Task
from tests.desk import northborough
from tests.desk.northborough import AMINA, HANA, KAI, LENA, MAYA, RUTH, TINY, TOM, today

RUTH_HERSELF = Admitted(
    RUTH, Role.UNIT_MANAGER, "Ruth Adeyemi", "", at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
)
NOW = datetime(2026, 11, 24, 9, 30, 15, 123456, tzinfo=UTC)
COUNCIL = "northborough"


@pytest_asyncio.fixture
async def store(store: Store, database_url: str) -> Store:
    """With the tests' council in it."""
    house = northborough.house_on(database_url)
    await store.write(lambda db: northborough.make(db, house))
    return store


CONFIRMED = Confirmed(
    KAI, Code.PN2, Code.PN6, "advocate_spoke", "It was different 🎉",
    Briefed("Jo Advocate", today()), AMINA, NOW,
)  # fmt: skip


async def test_the_first_confirmation_stands(store: Store) -> None:
    second = replace(CONFIRMED, code=Code.PN4, confirmed_by=TOM)

    assert await store.write(lambda db: participation.confirm(db, COUNCIL, CONFIRMED))
    assert not await store.write(lambda db: participation.confirm(db, COUNCIL, second))

    assert await store.read(lambda db: participation.get(db, COUNCIL, KAI)) == CONFIRMED
    assert await store.read(lambda db: participation.get(db, COUNCIL, LENA)) is None


async def test_only_somebody_who_saw_the_newest_corrects_it(store: Store) -> None:
    later = replace(CONFIRMED, code=Code.PN4, briefed=None, confirmed_at=NOW + timedelta(hours=1))
    await store.write(lambda db: participation.confirm(db, COUNCIL, CONFIRMED))

    old = NOW - timedelta(seconds=1)
    assert not await store.write(lambda db: participation.correct(db, COUNCIL, later, old))
    assert await store.write(lambda db: participation.correct(db, COUNCIL, later, NOW))
    assert not await store.write(lambda db: participation.correct(db, COUNCIL, later, NOW))

    assert await store.read(lambda db: participation.get(db, COUNCIL, KAI)) == later


async def test_a_pathway_review_is_confirmed_without_a_code(store: Store) -> None:
    without = Confirmed(HANA, None, None, "spoke", None, None, "dev", NOW)

    await store.write(lambda db: participation.confirm(db, COUNCIL, without))

    assert await store.read(lambda db: participation.get(db, COUNCIL, HANA)) == without


async def test_an_officers_cases_are_theirs_and_a_unit_has_all(store: Store) -> None:
    mine = await store.read(lambda db: caseload.of_officer(db, COUNCIL, AMINA, today()))
    unit = await store.read(lambda db: caseload.of_team(db, COUNCIL, "", today()))
    elsewhere = await store.read(lambda db: caseload.of_team(db, "elsewhere", "", today()))

    assert {case.review.review_id for case in mine} == {KAI, LENA, TINY}
    assert {case.review.review_id for case in unit} == {KAI, LENA, TINY, MAYA, HANA}
    assert elsewhere == []


async def test_a_case_is_read_when_its_own_officer_has_read_the_newest(store: Store) -> None:
    def kai(db: Connection) -> caseload.Standing:
        cases = caseload.of_officer(db, COUNCIL, AMINA, today())
        return next(case for case in cases if case.review.review_id == KAI)

    sent = await store.read(lambda db: of_review(db, COUNCIL, KAI)[0])
    await store.write(lambda db: read_by(db, COUNCIL, sent.contribution_id, 1, TOM, NOW))
    unread = await store.read(kai)
    await store.write(lambda db: read_by(db, COUNCIL, sent.contribution_id, 1, AMINA, NOW))
    read = await store.read(kai)

    assert unread.sent is not None
    assert read.sent is not None
    assert (unread.sent.read_at, read.sent.read_at) == (None, NOW)
    assert read.opened
    assert lists.state_of(unread, today()) is State.READ_IT
    assert lists.state_of(read, today()) is State.CONFIRM


async def test_what_only_the_officer_before_has_read_stays_in_hand(store: Store) -> None:
    """Of a meeting that is confirmed and months ago: who runs it now has not read it."""

    def settle(db: Connection) -> str:
        sent = of_review(db, COUNCIL, KAI)[0]
        db.execute(
            update(reviews)
            .where(reviews.c.council == COUNCIL, reviews.c.review_id == KAI)
            .values(meeting_on=today() - timedelta(days=120))
        )
        participation.confirm(
            db, COUNCIL, Confirmed(KAI, Code.PN1, None, "spoke", None, None, TOM, NOW)
        )
        return sent.contribution_id

    def in_hand(db: Connection) -> bool:
        found = caseload.of_officer(db, COUNCIL, AMINA, today())
        return KAI in {one.review.review_id for one in found}

    sent = await store.write(settle)
    await store.write(lambda db: read_by(db, COUNCIL, sent, 1, TOM, NOW))
    unread = await store.read(in_hand)
    await store.write(lambda db: read_by(db, COUNCIL, sent, 1, AMINA, NOW))

    assert unread
    assert not await store.read(in_hand)


async def test_a_session_ends_for_whoever_left_and_for_whoever_signed_out(store: Store) -> None:
    session = KeptSession("s", AMINA, "full", "password", "Firefox", NOW, NOW)
    await store.write(lambda db: staff_sessions.add(db, COUNCIL, b"hash", session))
    later = NOW + timedelta(minutes=5)
    await store.write(lambda db: staff_sessions.touch(db, COUNCIL, b"hash", later))

    kept = await store.read(lambda db: staff_sessions.get(db, COUNCIL, b"hash"))
    assert kept is not None
    assert (kept.staff_id, kept.started_at, kept.seen_at, kept.revoked_at) == (
        AMINA, NOW, later, None,
    )  # fmt: skip
    assert await store.read(lambda db: staff_sessions.get(db, "elsewhere", b"hash")) is None
    await store.write(lambda db: staff_sessions.revoke(db, COUNCIL, b"hash", later))
    ended = await store.read(lambda db: staff_sessions.get(db, COUNCIL, b"hash"))
    assert ended is not None
    assert ended.revoked_at == later


async def test_a_link_is_taken_once_and_only_in_time(store: Store) -> None:
    await store.write(lambda db: sign_in_links.add(db, COUNCIL, b"link", AMINA, NOW))
    early, late = NOW - timedelta(seconds=1), NOW

    assert await store.write(lambda db: sign_in_links.take(db, COUNCIL, b"link", late)) is None
    assert await store.read(lambda db: sign_in_links.staff_id(db, COUNCIL, b"link", early)) == AMINA
    assert await store.write(lambda db: sign_in_links.take(db, COUNCIL, b"link", early)) == AMINA
    assert await store.write(lambda db: sign_in_links.take(db, COUNCIL, b"link", early)) is None


async def test_what_is_over_is_forgotten(store: Store) -> None:
    await store.write(lambda db: sign_in_links.add(db, COUNCIL, b"old", AMINA, NOW))
    session = KeptSession("s", AMINA, "full", "password", "Firefox", NOW, NOW)
    await store.write(lambda db: staff_sessions.add(db, COUNCIL, b"old", session))
    later = NOW + timedelta(seconds=1)

    await store.write(lambda db: sign_in_links.forget_expired(db, COUNCIL, later))
    await store.write(lambda db: staff_sessions.forget_before(db, COUNCIL, later))

    early = NOW - timedelta(days=1)
    assert await store.read(lambda db: sign_in_links.staff_id(db, COUNCIL, b"old", early)) is None
    assert await store.read(lambda db: staff_sessions.get(db, COUNCIL, b"old")) is None


async def test_the_same_trouble_makes_one_task_and_waits_again_when_it_comes_again(
    store: Store,
) -> None:
    task = Task("t", Kind.DELIVERY_FAILED, None, KAI, {"why": "HTTP 422"})

    assert await store.write(lambda db: tasks.add(db, COUNCIL, task, NOW))
    assert not await store.write(lambda db: tasks.add(db, COUNCIL, task, NOW))
    assert await store.write(lambda db: tasks.done(db, COUNCIL, "t", AMINA, NOW))
    assert not await store.write(lambda db: tasks.done(db, COUNCIL, "t", TOM, NOW))
    assert await store.read(lambda db: tasks.waiting(db, COUNCIL)) == []
    assert await store.write(lambda db: tasks.add(db, COUNCIL, task, NOW))

    assert [one.task_id for one in await store.read(lambda db: tasks.waiting(db, COUNCIL))] == ["t"]


async def test_a_council_is_a_demo_only_if_its_row_says_so(store: Store) -> None:
    assert await store.read(lambda db: councils.is_demo(db, COUNCIL))
    assert not await store.read(lambda db: councils.is_demo(db, "elsewhere"))


async def test_the_unit_counts_every_review_once(store: Store) -> None:
    house: House = northborough.house_on("sqlite+aiosqlite:///:memory:")

    unit = await store.read(lambda db: lists.unit(db, house, RUTH_HERSELF, datetime.now(UTC)))

    assert sum(unit.counts.values()) == 5
    assert sum(officer.total for officer in unit.officers) == 5
    assert [found.case.review.review_id for found in unit.not_heard] == [LENA]
