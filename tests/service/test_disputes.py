"""*That wasn't me*: nothing more is filed, nothing is lost, what is filed is truthfully said."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, select

from bot.access.roles import Role
from bot.delivery.record import CaseRecord
from bot.service import disputes, invitations, sending
from bot.service.admission import Admitted, Asked
from bot.service.house import House
from bot.service.outcome import GiveUp, TryLater
from storage import contributions, outbox
from storage import disputes as kept
from storage import tasks as kept_tasks
from storage.contributions import Destination, Filing
from storage.errors import Unknown
from storage.outbox import Claimed
from storage.store import Store
from storage.tables import audit, tasks
from storage.tables import outbox as outbox_table
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, MAYA, TOM

NOW = datetime.now(UTC)
OFFICER = Admitted(TOM, Role.IRO, "Tom Fenwick", "token", NOW)


async def _house(store: Store) -> House:
    house = northborough.house_on("sqlite+aiosqlite:///unused.db")
    await store.write(lambda db: northborough.make(db, house))
    return house


def _said(house: House, review_id: str = MAYA) -> str:
    return invitations.conversation_of(house, review_id)


async def _states(store: Store, house: House) -> set[Filing]:
    cid = sending.contribution_id(house, _said(house))
    filed = await store.read(lambda db: contributions.filings_of(db, house.id, cid))
    return {one.state for one in filed if one.state is not Filing.AT_DESK}


def _waiting(db: Connection) -> list[str]:
    rows = db.execute(select(outbox_table.c.idempotency_key).order_by(outbox_table.c.outbox_id))
    return list(rows.scalars())


async def _task(store: Store, house: House) -> kept_tasks.Task:
    found = await store.read(lambda db: kept_tasks.waiting(db, house.id))
    (one,) = [task for task in found if task.kind is kept_tasks.Kind.NOT_ME]
    return one


async def test_what_nobody_has_claimed_is_withdrawn_and_other_peoples_goes_on(
    store: Store,
) -> None:
    house = await _house(store)
    mine = sending.contribution_id(house, _said(house))
    before = await store.read(_waiting)
    assert any(key.startswith(mine) for key in before)

    await store.write(lambda db: disputes.dispute(db, house, _said(house), NOW))

    after = await store.read(_waiting)
    assert after == [key for key in before if not key.startswith(mine)]
    assert after
    assert await _states(store, house) == {Filing.STOPPED}
    task = await _task(store, house)
    assert task.review_id == MAYA
    acts = await store.read(lambda db: db.execute(select(audit.c.act)).scalars().all())
    assert acts.count("not_me_said") == 1


async def test_said_twice_it_is_the_same(store: Store) -> None:
    house = await _house(store)
    for _again in range(2):
        await store.write(lambda db: disputes.dispute(db, house, _said(house), NOW))
    await _task(store, house)
    rows = await store.read(
        lambda db: db.execute(select(tasks).where(tasks.c.kind == "not_me")).all()
    )
    assert len(rows) == 1


async def test_what_is_claimed_may_still_arrive_and_then_the_desk_says_that_it_is_filed(
    store: Store,
) -> None:
    house = await _house(store)
    rows = await store.write(
        lambda db: outbox.claim(db, ["ordinary"], NOW, keep_for=timedelta(minutes=2))
    )
    cid = sending.contribution_id(house, _said(house))
    claimed = next(row for row in rows if row.idempotency_key.startswith(cid))

    await store.write(lambda db: disputes.dispute(db, house, _said(house), NOW))
    assert await store.read(lambda db: outbox.holds(db, house.id, claimed.idempotency_key))
    assert await _states(store, house) == {Filing.STOPPED}

    # It had left already: what arrived is said to have arrived.
    await store.write(
        lambda db: contributions.set_filing(
            db, house.id, cid, 1, Destination.ORDINARY, Filing.FILED, at=NOW
        )
    )
    assert await _states(store, house) == {Filing.FILED}


async def test_what_was_claimed_and_failed_is_not_tried_again(store: Store) -> None:
    house = await _house(store)
    rows = await store.write(
        lambda db: outbox.claim(db, ["ordinary"], NOW, keep_for=timedelta(minutes=2))
    )
    cid = sending.contribution_id(house, _said(house))
    claimed = next(row for row in rows if row.idempotency_key.startswith(cid))
    others = next(row for row in rows if not row.idempotency_key.startswith(cid))
    await store.write(lambda db: disputes.dispute(db, house, _said(house), NOW))

    async def paper(_document: object) -> bytes:
        raise AssertionError("it is on its way to the case record")

    record = CaseRecord(store, house, paper)
    assert await record.deliver(claimed) == GiveUp()
    assert isinstance(await record.deliver(others), TryLater)  # its paper is asked for


async def test_what_was_handed_over_in_memory_and_has_not_left_goes_no_further(
    store: Store,
) -> None:
    """On SQLite a commit hands its rows to the dispatcher, which never looks whether they are still
    in the outbox: taking the row back is not enough."""
    house = await _house(store)
    cid = sending.contribution_id(house, _said(house))
    handed: list[Claimed] = []
    store.takers.append(handed.extend)
    await store.write(lambda db: disputes.dispute(db, house, _said(house), NOW))
    task = await _task(store, house)
    asked = Asked("desk.task_theirs", task_id=task.task_id)
    await store.write(lambda db: disputes.settle(db, house, OFFICER, asked, NOW, theirs=True))
    mine = [row for row in handed if row.idempotency_key.startswith(cid)]
    if not store.is_sqlite:
        assert mine == []  # rows are read and claimed there, and claimed ones are tried above
        return
    assert len(mine) == 1

    await store.write(lambda db: disputes.dispute(db, house, _said(house), NOW))  # said again
    assert not await store.read(lambda db: outbox.holds(db, house.id, mine[0].idempotency_key))

    async def paper(_document: object) -> bytes:
        raise AssertionError("it is on its way to the case record")

    assert await CaseRecord(store, house, paper).deliver(mine[0]) == GiveUp()
    assert await _states(store, house) == {Filing.STOPPED}


async def test_what_is_sent_while_it_is_open_is_kept_and_goes_nowhere(store: Store) -> None:
    house = await _house(store)
    await store.write(lambda db: disputes.dispute(db, house, _said(house), NOW))

    def send(db: Connection) -> None:
        sent = contributions.of_review(db, house.id, MAYA)[-1]
        again = json.loads(json.dumps(sent.content))
        contributions.add(db, type(sent)(
            sent.council, sent.contribution_id, 2, sent.review_id, sent.person_id,
            sent.conversation_id, "correction", sent.channel, NOW, again,
        ))  # fmt: skip
        sending.put_out(
            db, house, contributions.get(db, house.id, sent.contribution_id, 2),
            Destination.ORDINARY, NOW,
        )  # fmt: skip

    await store.write(send)

    cid = sending.contribution_id(house, _said(house))
    assert not any(key.startswith(cid) for key in await store.read(_waiting))
    assert await _states(store, house) == {Filing.STOPPED}
    assert len(await store.read(lambda db: contributions.of_review(db, house.id, MAYA))) == 2


@pytest.mark.parametrize("theirs", [True, False])
async def test_the_officer_settles_whose_words_they_are(store: Store, theirs: bool) -> None:
    house = await _house(store)
    before = sorted(await store.read(_waiting))
    await store.write(lambda db: disputes.dispute(db, house, _said(house), NOW))
    task = await _task(store, house)
    asked = Asked("desk.task_theirs", task_id=task.task_id)

    def settle(db: Connection) -> bool:
        return disputes.settle(db, house, OFFICER, asked, NOW, theirs=theirs)

    assert await store.write(settle) is True
    assert await store.write(settle) is False

    assert await _states(store, house) == {Filing.WAITING if theirs else Filing.STOPPED}
    assert (sorted(await store.read(_waiting)) == before) is theirs
    assert await store.read(lambda db: kept.of_review(db, house.id, MAYA)) is None


def _settle(house: House, staff: Admitted, asked: Asked, db: Connection) -> bool:
    return disputes.settle(db, house, staff, asked, NOW, theirs=True)


async def test_nobody_else_settles_it(store: Store) -> None:
    house = await _house(store)
    await store.write(lambda db: disputes.dispute(db, house, _said(house), NOW))
    task = await _task(store, house)
    asked = Asked("desk.task_theirs", task_id=task.task_id)
    others = (
        Admitted(AMINA, Role.IRO, "Amina Yusuf", "token", NOW),
        Admitted("ruth", Role.UNIT_MANAGER, "Ruth Adeyemi", "token", NOW),
    )
    for other in others:
        with pytest.raises(Unknown):
            await store.write(partial(_settle, house, other, asked))
    assert await store.read(lambda db: kept.of_review(db, house.id, MAYA)) is not None
    assert await store.read(lambda db: kept.of_review(db, house.id, KAI)) is None
