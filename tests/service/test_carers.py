"""Foster carers and their own form: kept apart from every child, counted nowhere, told nothing."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, select

from bot.service import afterwards, auditing, carers, erasing, invitations, subject_access
from bot.service.carers import CannotAdd, Household
from bot.service.council import Fostering
from bot.service.hear import show
from bot.service.house import House
from bot.service.invitations import conversation_of
from conversations.conversation import Conversation, to_plain
from conversations.effects import Cause, RaiseAlert
from conversations.engine import start, step
from conversations.flows import FLOWS
from conversations.hearing import Chosen, Command, Draft, Heard, Name, Text
from conversations.wording import Band
from storage import alerts as kept_alerts
from storage import contributions, people, reviews
from storage.alerts import Alert, Team
from storage.people import YoungPerson
from storage.reviews import ReviewKind
from storage.store import Store
from storage.tables import data_keys
from tests.desk import northborough
from tests.desk.northborough import KAI, WORDS
from tests.service.test_alerts import says

FORM = "F-lund"
HOUSEHOLD = Household("Jo and Pat Lund", "NF-77", FORM, "Amina Yusuf", date(2027, 1, 29))
SAID = "Three changes of social worker in one year"
NOW = datetime.now(UTC)
HARM = "My husband hits the little one with a belt"


def _house(database_url: str) -> House:
    return northborough.house_on(database_url)


async def _made(store: Store, house: House, household: Household = HOUSEHOLD) -> str:
    """A council with one household; the carer's id."""
    await store.write(lambda db: northborough.make(db, house))
    review = await store.write(lambda db: carers.add(db, house, household, "sayso", NOW))
    return review.person_id


async def _begun(store: Store, house: House) -> None:
    def work(db: Connection) -> None:
        invited = invitations.invite(db, house, FORM, NOW)
        invitations.let_in_by_code(db, house, invited.code, "", NOW)

    await store.write(work)


async def test_a_household_has_a_record_of_its_own_and_no_birth_date(
    store: Store, database_url: str
) -> None:
    house = _house(database_url)
    person_id = await _made(store, house)

    carer = await store.read(lambda db: people.young_person(db, house.id, person_id))
    review = await store.read(lambda db: reviews.get(db, house.id, FORM))

    assert (carer.carer, carer.born, carer.age(NOW.date())) == (True, None, None)
    assert (carer.name, carer.case_id) == ("Jo and Pat Lund", "NF-77")
    assert (review.kind, review.counted) == (ReviewKind.FOSTER_CARER, False)
    assert carer.is_at_least(18, NOW.date())
    with pytest.raises(afterwards.NotHeld):
        await store.write(lambda db: afterwards.ask(db, house, FORM, "sayso", NOW))


async def test_next_years_review_is_of_the_same_household(store: Store, database_url: str) -> None:
    house = _house(database_url)
    person_id = await _made(store, house)

    again = replace(HOUSEHOLD, review_id="F-lund-2028", due_on=date(2028, 1, 29))
    review = await store.write(lambda db: carers.add(db, house, again, "sayso", NOW))

    assert review.person_id == person_id


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"case_id": f"NB-{KAI}"}, "is a young person's record"),
        ({"review_id": KAI}, "There is a review"),
        ({"chair": "Ruth Adeyemi"}, "is no reviewing officer"),
        ({"chair": "Dev Chaudhry"}, "is no reviewing officer"),
        ({"name": "  "}, "The name is empty"),
        ({"case_id": ""}, "The case id is empty"),
        ({"review_id": "F" * 65}, "longer than 64"),
    ],
)
async def test_what_would_mix_them_up_with_a_child_is_refused(
    store: Store, database_url: str, wrong: dict[str, str], why: str
) -> None:
    house = _house(database_url)
    await store.write(lambda db: northborough.make(db, house))
    household = replace(HOUSEHOLD, **wrong)  # type: ignore[arg-type]

    with pytest.raises(CannotAdd, match=why):
        await store.write(lambda db: carers.add(db, house, household, "sayso", NOW))


def test_a_carer_with_a_birth_date_or_a_child_without_can_not_be_made() -> None:
    for born, carer in ((date(1980, 1, 1), True), (None, False)):
        with pytest.raises(ValueError, match="birth date"):
            YoungPerson("c", "p", "1", "Jo", born, False, carer=carer)
    with pytest.raises(ValueError, match="foster carer"):
        _ = YoungPerson("c", "p", "1", "Jo", None, False, carer=True).birth_date


async def test_they_are_invited_to_their_own_form_and_may_use_telegram_as_an_adult(
    store: Store, database_url: str
) -> None:
    house = _house(database_url)
    settings = house.settings.model_copy(
        update={"telegram_token": "1:x", "telegram_minimum_age": 18}
    )
    house = House(house.council, house.keys, settings)
    await _made(store, house)

    invited = await store.write(lambda db: invitations.invite(db, house, FORM, NOW))
    await store.write(lambda db: invitations.let_in_by_code(db, house, invited.code, "", NOW))

    assert (invited.kind, invited.band) == ("foster_carer", "adult")
    assert invited.telegram_start is not None
    kept = await store.read(lambda db: show(db, house, conversation_of(house, FORM), NOW))
    assert kept.kept.conversation.flow_id == "foster_carer_form"
    assert kept.kept.conversation.band is Band.SIXTEEN
    facts = kept.screen.says[0].params
    assert facts["file_readers"] == "The fostering team and the panel"
    assert facts["child_phone"] == house.council.duty_phone


async def test_what_is_held_on_a_child_and_on_a_carer_are_two_things(
    store: Store, database_url: str
) -> None:
    """Subject access, keys and erasure of one hold, open and end nothing of the other."""
    house = _house(database_url)
    person_id = await _made(store, house)
    await store.write(lambda db: northborough.say(db, house, FORM, {"year.hard": SAID}))

    def copies(db: Connection) -> tuple[str, str]:
        made = [
            subject_access.make(db, house, one, "sayso", NOW)
            for one in (person_id, f"person-{KAI}")
        ]
        pages = [subject_access.archive(one) for one in made]
        assert len(pages) == 2
        carer, child = (
            json.dumps([one.tables, one.audit], default=str, ensure_ascii=False) for one in made
        )
        return carer, child

    carer, child = await store.write(copies)
    assert SAID in carer
    assert SAID not in child
    assert json.dumps(WORDS, ensure_ascii=False)[1:10] in child
    assert json.dumps(WORDS, ensure_ascii=False)[1:10] not in carer
    assert "The foster carer" in carer
    assert "The young person" not in carer
    assert "foster carer" not in child

    await store.write(
        lambda db: erasing.erase(
            db, house, person_id, "sayso", "They asked for it.", NOW, unfiled_too=True
        )
    )
    left = await store.read(lambda db: set(db.execute(select(data_keys.c.person_id)).scalars()))
    assert f"person-{KAI}" in left
    assert await store.read(lambda db: people.is_erased(db, house.id, person_id))
    assert await store.read(lambda db: contributions.of_review(db, house.id, KAI))


# Nothing tells


def _talk() -> Conversation:
    talk = start(FLOWS["foster_carer_form"], Band.SIXTEEN)
    for question in ("hello", "why", "words", "words.safe", "words.talk", "readers", "advice"):
        talk = step(talk, Chosen(option="on", to=question), NOW).conversation
    return step(talk, Chosen(option="yes", to="start.ok"), NOW).conversation


HEARD: tuple[Heard, ...] = (
    Chosen(option="mixed"),
    Text(words=HARM),
    Text(words="I want to kill myself"),
    Chosen(option="officer"),
    Draft(words=HARM),
    Command(name=Name.HELP),
    Chosen(option="@go_on"),
    Text(words="there is never any food in the house", to="year.well"),
    Command(name=Name.STOP),
    Chosen(option="@go_on"),
    Chosen(option="@check"),
    Command(name=Name.SEND),
)


def test_the_conversation_is_the_same_to_the_last_letter_whether_alerts_are_raised_or_not() -> None:
    """What is shown, sent, copied and read again is computed from it: no screen can differ."""
    watched = alone = _talk()
    raised: list[RaiseAlert] = []
    for number, heard in enumerate(HEARD):
        at = NOW + timedelta(minutes=number)
        turn = step(watched, heard, at, watched=True)
        other = step(alone, heard, at, watched=False)
        raised += [one for one in turn.effects if isinstance(one, RaiseAlert)]
        watched, alone = turn.conversation, other.conversation
        assert turn.says == other.says
        assert to_plain(watched) == to_plain(alone)
    assert [one.cause for one in raised] == [
        Cause.URGENT, Cause.URGENT, Cause.URGENT, Cause.HELP, Cause.CONCERN,
    ]  # fmt: skip
    assert raised[0].words == HARM


async def _raised(store: Store, house: House) -> list[Alert]:
    def find(db: Connection) -> list[Alert]:
        ids = kept_alerts.ids_of(db, house.id, conversation_of(house, FORM))
        return [kept_alerts.get(db, house.id, one) for one in ids]

    return await store.read(find)


@pytest.mark.parametrize("team", list(Team)[:2])
async def test_the_alert_goes_to_the_team_that_the_council_chose(
    store: Store, database_url: str, team: Team
) -> None:
    """The duty team for children unless it says otherwise: children live with whoever writes."""
    house = _house(database_url)
    if team is Team.ADULTS:
        fostering = Fostering(alerts_to="adults")
        council = house.council.model_copy(update={"fostering": fostering})
        house = House(council, house.keys, house.settings)
    await _made(store, house)
    await _begun(store, house)

    await says(store, house, FORM, Text(words=HARM, to="year.hard"), NOW)

    (alert,) = await _raised(store, house)
    assert (alert.team, alert.cause, alert.category) == (team, Cause.URGENT, "other_at_risk")
    assert (alert.about.name, alert.about.born) == ("Jo and Pat Lund", None)
    said = await store.read(lambda db: kept_alerts.said_in(db, house.id, alert.alert_id))
    assert said[0].words == HARM


async def test_the_audit_says_that_it_was_a_foster_carer(store: Store, database_url: str) -> None:
    house = _house(database_url)
    person_id = await _made(store, house)
    await store.write(lambda db: northborough.say(db, house, FORM, {"year.hard": SAID}))

    lines = await store.read(partial(_lines, house=house, person_id=person_id))

    assert {"The foster carer", "Sayso"} == {line.who for line in lines}
    assert "added the review of a foster carer" in {line.did for line in lines}
    child = await store.read(partial(_lines, house=house, person_id=f"person-{KAI}"))
    assert "The foster carer" not in {line.who for line in child}


def _lines(db: Connection, house: House, person_id: str) -> tuple[auditing.Line, ...]:
    return auditing.about_person(db, house, person_id, 100)
