"""Asks on both databases: made with what is sent, answered once, taken back with the words."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.access.roles import Role
from bot.service import answering, asking_back, own_asks, telling
from bot.service.admission import Admitted, Asked
from bot.service.days import local_day
from bot.service.house import House
from bot.service.pins import Reading
from conversations.asks import Answer, Reply, State
from storage import ask_filings, asks, contributions, conversations, outbox
from storage.asks import Ask, Written
from storage.contributions import Filing
from storage.store import Store
from storage.tables import outbox as outbox_table
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, MAYA, TOM

NOW = datetime.now(UTC)


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


async def _council(store: Store, house: House, review_id: str = KAI) -> Ask:
    await store.write(lambda db: northborough.make(db, house))
    return (await store.read(lambda db: asks.of_review(db, house.id, review_id)))[0]


def _send(
    db: Connection, house: House, ask: Ask, words: str, seen: int = 0, staff_id: str = AMINA
) -> object:
    staff = Admitted(staff_id, Role.IRO, staff_id, "token", NOW)
    answer = Answer(State.AGREED, words)
    asked = Asked("desk.ask_answer", ask.review_id)
    return answering.send(db, house, staff, asked, ask.ask_id, answer, seen, NOW)


async def test_of_many_who_answer_at_once_one_is_first_and_nothing_is_overwritten(
    store: Store, house: House
) -> None:
    ask = await _council(store, house)

    made = await asyncio.gather(
        *(store.write(lambda db, n=n: _send(db, house, ask, f"Answer {n}")) for n in range(6))  # type: ignore[misc]
    )

    first = [one for one in made if isinstance(one, Written)]
    assert len(first) == 1
    assert [one for one in made if one is answering.Stop.OTHERS] == [answering.Stop.OTHERS] * 5
    kept = await store.read(lambda db: asks.answers_of(db, house.id, ask.ask_id))
    assert kept == first
    again = await store.write(lambda db: _send(db, house, ask, "Once more", seen=1))
    assert isinstance(again, Written)
    both = await store.read(lambda db: asks.answers_of(db, house.id, ask.ask_id))
    assert [one.number for one in both] == [1, 2]
    assert both[0] == first[0]


@pytest.mark.parametrize("told", [False, True])
async def test_of_what_they_were_told_face_to_face_no_message_is_sent(
    store: Store, house: House, monkeypatch: pytest.MonkeyPatch, *, told: bool
) -> None:
    rung: list[str] = []

    def tell(_db: Connection, _house: House, person_id: str, *_rest: object) -> bool:
        rung.append(person_id)
        return True

    monkeypatch.setattr(telling, "tell", tell)
    ask = await _council(store, house)
    answer = Answer(State.AGREED, "Every Saturday.", told_on=local_day(NOW) if told else None)
    staff, asked = Admitted(AMINA, Role.IRO, AMINA, "token", NOW), Asked("desk.ask_answer", KAI)

    made = await store.write(
        lambda db: answering.send(db, house, staff, asked, ask.ask_id, answer, 0, NOW)
    )

    assert isinstance(made, Written)
    assert rung == ([] if told else [ask.person_id])
    after = await store.read(lambda db: asks.get(db, house.id, ask.ask_id))
    assert (after.state, after.is_open) == (State.AGREED, False)
    unread = await store.read(lambda db: asks.unread_last(db, house.id, ask.person_id))
    assert (unread is None) is told
    assert (await store.read(lambda db: asks.answers_of(db, house.id, ask.ask_id))) == [made]


async def test_what_is_taken_back_is_answered_by_nobody_and_its_answer_leaves_no_more(
    store: Store, house: House
) -> None:
    """Maya's is in the file, so that its document waits for the case record."""
    ask = await _council(store, house, MAYA)
    assert isinstance(
        await store.write(lambda db: _send(db, house, ask, "Yes", staff_id=TOM)), Written
    )
    (filed,) = await store.read(lambda db: ask_filings.of_ask(db, house.id, ask.ask_id))
    assert filed.state is Filing.WAITING
    sent = (
        await store.read(
            lambda db: contributions.of_contribution(db, house.id, ask.contribution_id)
        )
    )[-1]

    await store.write(lambda db: asking_back.taken_back(db, house, sent, {ask.question_id}, NOW))

    after = await store.read(lambda db: asks.get(db, house.id, ask.ask_id))
    assert after.state is State.TAKEN_BACK
    (filed,) = await store.read(lambda db: ask_filings.of_ask(db, house.id, ask.ask_id))
    assert filed.state is Filing.TAKEN_BACK
    waiting = await store.read(
        lambda db: db.execute(select(outbox_table.c.idempotency_key)).scalars().all()
    )
    assert not [key for key in waiting if key.startswith("ask/")]
    late = await store.write(lambda db: _send(db, house, ask, "Late", seen=1, staff_id=TOM))
    assert late is answering.Stop.OTHERS


async def test_an_answer_and_taking_back_at_once_end_in_one_of_both(
    store: Store, house: House
) -> None:
    ask = await _council(store, house, MAYA)
    sent = (
        await store.read(
            lambda db: contributions.of_contribution(db, house.id, ask.contribution_id)
        )
    )[-1]

    answered, _back = await asyncio.gather(
        store.write(lambda db: _send(db, house, ask, "Yes", staff_id=TOM)),
        store.write(lambda db: asking_back.taken_back(db, house, sent, {ask.question_id}, NOW)),
    )

    after = await store.read(lambda db: asks.get(db, house.id, ask.ask_id))
    assert after.state is State.TAKEN_BACK
    written = await store.read(lambda db: asks.answers_of(db, house.id, ask.ask_id))
    assert len(written) == (1 if isinstance(answered, Written) else 0)
    left = await store.write(
        lambda db: outbox.claim(db, ["ordinary"], NOW, keep_for=timedelta(minutes=2))
    )
    assert not [row for row in left if row.idempotency_key.startswith("ask/")]


async def test_said_twice_at_once_it_is_kept_once(store: Store, house: House) -> None:
    ask = await _council(store, house)
    await store.write(lambda db: _send(db, house, ask, "Yes"))
    kept = await store.read(lambda db: conversations.get(db, house.id, ask.conversation_id))
    found = Reading(ask.person_id, ask.said_since, touch=False)

    await asyncio.gather(
        *(
            store.write(
                lambda db: own_asks.say(
                    db, house, kept, found, ask.ask_id, 1, Reply.NOT_AGREE, "no", NOW
                )
            )
            for _ in range(4)
        )
    )

    said = await store.read(lambda db: asks.replies_of(db, house.id, ask.ask_id))
    assert [(one.reply, one.words) for one in said] == [(Reply.NOT_AGREE, "no")]


async def test_who_waits_for_an_answer_is_let_in_until_after_the_day_it_is_due(
    store: Store, house: House
) -> None:
    ask = await _council(store, house)

    kept = await store.read(lambda db: conversations.get(db, house.id, ask.conversation_id))

    least = timedelta(days=house.council.invitation_days)
    assert kept.open_until.date() >= ask.due_on + least
