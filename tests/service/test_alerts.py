"""An alert is kept with what was said, for whom it is, and outlasts what is erased."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, func, select

from bot.service import alerts as service
from bot.service.council import read_council
from bot.service.hear import Incoming, hear, show
from bot.service.house import House
from bot.settings import Settings
from conversations.alarm import REPEAT
from conversations.conversation import Pause
from conversations.effects import Cause
from conversations.hearing import Chosen, Command, Draft, Heard, Name, Text
from conversations.wording import Say
from storage import alerts, erasing
from storage import conversations as kept_conversations
from storage.alerts import Alert, Outcome, Team
from storage.data_keys import Purpose
from storage.errors import SealBroken
from storage.sealing import Place, unseal
from storage.store import Store
from storage.tables import alert_words, audit, data_keys, inbox, tasks
from storage.tables import alerts as alerts_table
from storage.tables import conversations as conversations_table
from tests.desk import northborough
from tests.desk.northborough import HANA, KAI
from tests.keys import RING

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)  # a Thursday
NIGHT = datetime(2026, 11, 27, 22, tzinfo=UTC)
URGENT = "my dad hits me with a belt"
CONCERN = "there is never any food in the house"


@pytest.fixture
def house(database_url: str) -> House:
    return House(read_council(None), RING, Settings(database_url=database_url))


async def made(store: Store, house: House) -> None:
    await store.write(partial(northborough.make, house=house))


def talk_of(db: Connection, review_id: str) -> str:
    found = select(conversations_table.c.conversation_id).where(
        conversations_table.c.review_id == review_id
    )
    return str(db.execute(found).scalar_one())


async def says(store: Store, house: House, review_id: str, heard: Heard, now: datetime) -> str:
    """As if it had come from a browser; the conversation's id."""

    def say(db: Connection) -> str:
        talk = talk_of(db, review_id)
        kept = kept_conversations.lock(db, house.id, talk)
        later = replace(kept, open_until=now + timedelta(days=1))
        message = Incoming(talk, f"web:{talk}", uuid.uuid4().hex, "", heard)
        hear(db, house, message, now, kept=later)
        return talk

    return await store.write(say)


async def raised(store: Store, house: House, talk: str) -> list[Alert]:
    def find(db: Connection) -> list[Alert]:
        return [alerts.get(db, house.id, one) for one in alerts.ids_of(db, house.id, talk)]

    return await store.read(find)


async def test_urgent_words_are_an_answer_and_an_alert_with_all_that_is_needed_to_act(
    store: Store, house: House
) -> None:
    await made(store, house)

    talk = await says(store, house, KAI, Chosen(option="@change:home.change"), NOON)
    await says(store, house, KAI, Text(words=URGENT, to="home.change"), NOON)

    (alert,) = await raised(store, house, talk)
    assert (alert.cause, alert.category, alert.team) == (Cause.URGENT, "physical", Team.CHILDREN)
    assert (alert.raised_at, alert.acknowledge_by) == (NOON, NOON + timedelta(minutes=15))
    assert alert.about.name == "Kai Brennan"
    assert alert.about.case_id
    (said,) = await store.read(lambda db: alerts.said_in(db, house.id, alert.alert_id))
    assert (said.words, said.question, said.at) == (URGENT, "home.change", NOON)
    kept = await store.read(lambda db: kept_conversations.get(db, house.id, talk))
    assert kept.conversation.answers["home.change"].words == URGENT
    assert kept.conversation.pause is Pause.URGENT


async def test_what_cannot_be_kept_raises_no_alert_and_an_alert_that_cannot_be_kept_keeps_nothing(
    store: Store, house: House
) -> None:
    await made(store, house)

    def break_off(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("the disk is gone")

    for where, name in ((kept_conversations, "save"), (alerts, "say")):
        with patch.object(where, name, break_off), pytest.raises(RuntimeError, match="the disk"):
            await says(store, house, KAI, Text(words=URGENT, to="home.change"), NOON)

    def left(db: Connection) -> tuple[int, int, int]:
        counts = [
            db.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (alerts_table, alert_words)
        ]
        half = db.execute(select(func.count()).where(inbox.c.received_at == NOON)).scalar_one()
        return counts[0], counts[1], half

    assert await store.read(left) == (0, 0, 0)


@pytest.mark.parametrize(
    ("review_id", "heard", "team"),
    [
        (KAI, Command(name=Name.HELP), Team.CHILDREN),
        (HANA, Command(name=Name.HELP), Team.ADULTS),
        (HANA, Text(words=URGENT, to="plan.change"), Team.ADULTS),
        (KAI, Text(words="help!!", to="home.change"), Team.CHILDREN),
        (KAI, Draft(words="SOS"), Team.CHILDREN),
        (KAI, Text(words=CONCERN, to="home.change"), Team.OFFICER),
    ],
    ids=["help", "help-adult", "urgent-adult", "typed", "typed-doorbell", "concern"],
)
async def test_who_has_to_see_it_follows_age_and_grade(
    store: Store, house: House, review_id: str, heard: Heard, team: Team
) -> None:
    await made(store, house)

    talk = await says(store, house, review_id, heard, NOON)

    assert [alert.team for alert in await raised(store, house, talk)] == [team]


def read(house: House, talk: str, now: datetime, db: Connection) -> str:
    answered = show(db, house, talk, now)
    says: tuple[Say, ...] = (*answered.screen.says, *answered.screen.after)
    return " ".join(answered.reader.read(say) for say in says)


async def test_the_help_screen_tells_the_truth_about_time(store: Store, house: House) -> None:
    await made(store, house)
    talk = await says(store, house, KAI, Command(name=Name.HELP), NOON)

    noon = await store.read(partial(read, house, talk, NOON))
    night = await store.read(partial(read, house, talk, NIGHT))
    adult = await says(store, house, HANA, Command(name=Name.HELP), NOON)
    grown = await store.read(partial(read, house, adult, NOON))
    nobody = replace(house, council=house.council.model_copy(update={"out_of_hours_phone": ""}))
    alone = await store.read(partial(read, nobody, talk, NIGHT))

    assert "I'm telling the duty team at the council, with your name." in noon
    assert "from 09:00 to 17:00" in noon
    assert house.council.duty_phone in noon
    assert "closed until Monday 30 November, 09:00" in night
    assert house.council.out_of_hours_phone in night
    assert "the council's duty team for adults" in grown
    assert house.council.duty_phone_adults in grown
    assert "Please don't wait. Ring one of these numbers." in alone


async def test_a_council_without_duty_hours_keeps_no_alert_and_says_so(
    store: Store, house: House
) -> None:
    await made(store, house)
    off = replace(house, council=house.council.model_copy(update={"duty": None}))

    talk = await says(store, off, KAI, Command(name=Name.HELP), NOON)
    await says(store, off, KAI, Text(words=URGENT, to="home.change"), NOON)
    await says(store, off, KAI, Command(name=Name.HELP), NOON)

    assert await raised(store, off, talk) == []
    assert "tells nobody" in await store.read(partial(read, off, talk, NOON))


async def test_the_same_again_soon_is_one_alert_and_after_it_was_closed_a_new_one(
    store: Store, house: House
) -> None:
    await made(store, house)
    talk = await says(store, house, KAI, Command(name=Name.HELP), NOON)
    await says(store, house, KAI, Command(name=Name.HELP), NOON + REPEAT - timedelta(seconds=1))
    await says(store, house, KAI, Text(words=URGENT, to="home.change"), NOON)

    first, other = await raised(store, house, talk)
    assert sorted((first.times, other.times)) == [1, 2]

    late = NOON + REPEAT + timedelta(minutes=1)
    await says(store, house, KAI, Chosen(option="@go_on"), late)
    await store.write(
        lambda db: [
            alerts.close(db, house.id, one, Outcome.ACTED, "seen", "amina", late)
            for one in (first, other)
        ]
    )
    await says(store, house, KAI, Command(name=Name.HELP), late)
    assert len(await raised(store, house, talk)) == 3


async def test_whether_they_are_safe_joins_the_alert_and_a_closed_one_is_raised_anew(
    store: Store, house: House
) -> None:
    await made(store, house)
    talk = await says(store, house, KAI, Command(name=Name.HELP), NOON)
    await says(store, house, KAI, Chosen(option="@safe:no"), NOON)

    (alert,) = await raised(store, house, talk)
    (said,) = await store.read(lambda db: alerts.said_in(db, house.id, alert.alert_id))
    assert (said.safe, said.words) == ("no", "")

    await says(store, house, KAI, Command(name=Name.HELP), NOON + timedelta(minutes=1))
    await store.write(
        lambda db: alerts.close(db, house.id, alert, Outcome.ACTED, "seen", "amina", NOON)
    )
    await says(store, house, KAI, Chosen(option="@safe:not_sure"), NOON + timedelta(minutes=2))
    assert [one.closed_at is None for one in await raised(store, house, talk)] == [False, True]


async def test_an_alert_outlasts_the_person_s_erasure_and_ends_in_its_own_time_with_its_key(
    store: Store, house: House
) -> None:
    await made(store, house)
    talk = await says(store, house, KAI, Text(words=URGENT, to="home.change"), NOON)
    (alert,) = await raised(store, house, talk)
    person_id = alert.person_id

    await store.write(lambda db: erasing.person(db, house.id, person_id, NOON))

    (still,) = await raised(store, house, talk)
    assert still.about.name == "Kai Brennan"
    (said,) = await store.read(lambda db: alerts.said_in(db, house.id, alert.alert_id))
    assert said.words == URGENT
    queue = await store.read(lambda db: service.queue(db, house, NOON))
    assert [row.alert.alert_id for row in queue] == [alert.alert_id]

    day = timedelta(days=1)
    sealed = await store.read(lambda db: db.execute(select(alert_words.c.said)).scalar_one())
    await store.write(
        lambda db: alerts.close(db, house.id, alert, Outcome.NO_DANGER, "seen", "amina", NOON)
    )
    assert await store.write(lambda db: alerts.end(db, house.id, NOON)) == 0
    assert await store.write(lambda db: alerts.end(db, house.id, NOON + day)) == 1
    assert await raised(store, house, talk) == []
    place = Place(house.id, "alert_words", "said", f"{alert.alert_id}/0", person_id)
    with pytest.raises(SealBroken):
        await store.read(lambda db: unseal(db, place, sealed))
    keys = await store.read(
        lambda db: set(
            db.execute(
                select(data_keys.c.purpose).where(data_keys.c.person_id == person_id)
            ).scalars()
        )
    )
    assert Purpose.ALERTS.value not in keys


async def test_the_audit_and_the_plain_columns_hold_no_word_and_no_name(
    store: Store, house: House
) -> None:
    await made(store, house)
    await says(store, house, KAI, Text(words=URGENT, to="home.change"), NOON)
    await says(store, house, KAI, Command(name=Name.HELP), NOON)

    def plain(db: Connection) -> str:
        rows = [
            [value for value in row if not isinstance(value, bytes)]
            for table in (alerts_table, alert_words, audit, tasks)
            for row in db.execute(select(table))
        ]
        return json.dumps(rows, default=str).lower()

    text = await store.read(plain)
    assert "alert_raised" in text
    for word in ("belt", "dad", "kai ", "brennan"):
        assert word not in text


async def test_a_concern_is_for_the_officer_and_for_the_duty_team_once_they_are_late(
    store: Store, house: House
) -> None:
    await made(store, house)
    talk = await says(store, house, KAI, Text(words=CONCERN, to="home.change"), NOON)
    (alert,) = await raised(store, house, talk)
    assert alert.acknowledge_by == datetime(2026, 12, 1, 17, tzinfo=UTC)  # 3 working days

    on_time, late = alert.acknowledge_by, alert.acknowledge_by + timedelta(minutes=1)
    assert await store.read(lambda db: service.queue(db, house, on_time)) == ()
    (row,) = await store.read(lambda db: service.queue(db, house, late))
    assert row.late
    assert row.alert.alert_id == alert.alert_id
