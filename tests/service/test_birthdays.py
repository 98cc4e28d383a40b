"""A birthday in the middle of a conversation: words, help lines and who is told follow the age."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection

from bot.service import invitations
from bot.service.hear import Answered, Incoming, hear, show
from bot.service.house import House
from bot.service.wording import LONDON
from conversations import texts
from conversations.age_words import read_as
from conversations.conversation import Conversation
from conversations.engine import start
from conversations.flows import FLOWS
from conversations.growing import grown
from conversations.hearing import Chosen, Command, Heard, Name
from conversations.wording import Band, band_of
from storage import alerts, conversations, people, reviews
from storage.alerts import Team
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind
from storage.store import Store
from tests.desk import northborough
from tests.desk.northborough import AMINA

REVIEW = "R-noor"
EVE = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = EVE + timedelta(days=1)


def born_to_be(age: int) -> date:
    """Whose birthday is on `DAY`."""
    return date(DAY.year - age, DAY.month, DAY.day)


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


async def begins(store: Store, house: House, age: int) -> str:
    """Noor, who turns `age` on `DAY`, starts on the eve of it."""

    def begin(db: Connection) -> str:
        northborough.make(db, house)
        person = YoungPerson(house.id, "noor", "NB-noor", "Noor Aziz", born_to_be(age), False)
        people.add_young_person(db, house.keys, person, EVE)
        day = DAY.date() + timedelta(days=9)
        review = Review(house.id, REVIEW, "noor", ReviewKind.CIOC, AMINA, day, day)
        reviews.add(db, review, EVE)
        invited = invitations.invite(db, house, REVIEW, EVE)
        invitations.let_in_by_code(db, house, invited.code, "", EVE)
        return invitations.conversation_of(house, REVIEW)

    return await store.write(begin)


async def does(store: Store, house: House, talk: str, heard: Heard, at: datetime) -> None:
    one = Incoming(talk, "web:noor", f"{heard!r}{at}"[-60:], "", heard)
    await store.write(lambda db: hear(db, house, one, at))


async def band(store: Store, house: House, talk: str) -> Band:
    kept = await store.read(lambda db: conversations.get(db, house.id, talk))
    return kept.conversation.band


@pytest.mark.parametrize(
    ("age", "before", "after"),
    [
        (12, Band.EIGHT, Band.TWELVE),
        (16, Band.TWELVE, Band.SIXTEEN),
        (18, Band.SIXTEEN, Band.SIXTEEN),
    ],
)
async def test_who_comes_back_after_a_birthday_reads_the_words_of_their_age(
    store: Store, house: House, age: int, before: Band, after: Band
) -> None:
    talk = await begins(store, house, age)
    await does(store, house, talk, Command(name=Name.STOP), EVE)
    await does(store, house, talk, Chosen(option="@go_on"), EVE + timedelta(hours=1))
    assert await band(store, house, talk) is before
    await does(store, house, talk, Command(name=Name.STOP), EVE + timedelta(hours=2))

    await does(store, house, talk, Chosen(option="@go_on"), DAY)
    assert await band(store, house, talk) is after
    shown = await store.read(lambda db: show(db, house, talk, DAY))
    assert shown.reader.band is after


def _seen(house: House, talk: str, at: datetime, db: Connection) -> Answered:
    return show(db, house, talk, at)


async def test_at_eighteen_the_lines_and_the_duty_team_are_those_for_adults(
    store: Store, house: House
) -> None:
    talk = await begins(store, house, 18)
    said = []
    for at in (EVE, DAY):
        await does(store, house, talk, Command(name=Name.HELP), at)
        screen = (await store.read(partial(_seen, house, talk, at))).screen
        said.append((screen.says[0].params["lines"], screen.says[1].params["duty_team"]))
    assert said == [(texts.LINES, texts.DUTY_TEAM), (texts.LINES_AT_18, texts.DUTY_TEAM_18)]

    ids = await store.read(lambda db: alerts.ids_of(db, house.id, talk))
    found = await store.read(lambda db: [alerts.get(db, house.id, one) for one in ids])
    assert sorted(one.team for one in found) == [Team.ADULTS, Team.CHILDREN]


async def test_the_birthday_begins_at_midnight_in_england_and_not_an_hour_later(
    store: Store, house: House
) -> None:
    """In summer the day begins at 11 pm by universal time."""
    at = datetime(2026, 7, 1, 0, 30, tzinfo=LONDON)

    def lines(db: Connection) -> object:
        northborough.make(db, house)
        person = YoungPerson(house.id, "noor", "NB-noor", "Noor Aziz", date(2008, 7, 1), False)
        people.add_young_person(db, house.keys, person, at)
        review = Review(house.id, REVIEW, "noor", ReviewKind.CIOC, AMINA, None, date(2026, 7, 9))
        reviews.add(db, review, at)
        invited = invitations.invite(db, house, REVIEW, at)
        invitations.let_in_by_code(db, house, invited.code, "", at)
        talk = invitations.conversation_of(house, REVIEW)
        hear(db, house, Incoming(talk, "web:noor", "1", "", Command(name=Name.HELP)), at)
        return show(db, house, talk, at, later=True).screen.says[0].params["lines"]

    assert await store.write(lines) is texts.LINES_AT_18


CIOC = FLOWS["cioc_review"]


@pytest.mark.parametrize("age", range(4, 26))
def test_words_only_ever_grow_older(age: int) -> None:
    for begun in (Band.EIGHT, Band.TWELVE, Band.SIXTEEN):
        after = grown(start(CIOC, begun), band_of(age)).band
        assert list(Band).index(after) >= list(Band).index(begun)


def test_who_began_beside_a_helper_goes_on_as_they_began() -> None:
    conversation = Conversation("cioc_review", CIOC.version, Band.FOUR)
    assert grown(conversation, Band.EIGHT) is conversation


def test_a_pathway_plan_speaks_to_no_other_age() -> None:
    conversation = start(FLOWS["pathway_review"], Band.SIXTEEN)
    assert grown(conversation, Band.SIXTEEN) is conversation


def test_who_chose_shorter_words_keeps_them_on_every_visit_and_on_a_birthday() -> None:
    chose = read_as(start(CIOC, Band.TWELVE), Band.EIGHT).conversation
    assert grown(chose, Band.TWELVE) is chose
    older = grown(chose, Band.SIXTEEN)
    assert (older.band, older.own) == (Band.EIGHT, Band.SIXTEEN)


def test_who_reads_the_words_for_the_youngest_is_not_taken_for_one_of_them() -> None:
    chose = read_as(start(CIOC, Band.EIGHT), Band.FOUR).conversation
    assert grown(chose, Band.TWELVE).own is Band.TWELVE
    assert grown(chose, Band.TWELVE).band is Band.FOUR
