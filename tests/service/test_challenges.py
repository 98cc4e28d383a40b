"""A challenge: raised, answered, taken further stage by stage, to Cafcass at any time, ended."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.documents.papers import paper
from bot.service import challenge_clock, challenges, put_to_me
from bot.service import notes as service_notes
from bot.service.admission import Asked
from bot.service.bank_holidays import england_and_wales
from bot.service.challenges import Raise, Step
from bot.service.council import ChallengeStage, Footprint
from bot.service.house import House
from bot.service.notes import Meanwhile
from bot.web.context import now
from conversations import challenge
from conversations.challenge import Stage
from storage import note_filings, notes
from storage.store import Store
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, RUTH, TOM, WORDS, today
from tests.service.test_quality_notes import JOANNA, MARION, council, valid, who

ENTRY = Raise("The move was not discussed. It should stop until the review.", ("Where they live",),
              None, put_to=JOANNA)  # fmt: skip


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


def raised(db: Connection, house: House, entry: Raise = ENTRY) -> str:
    council(db, house)
    asked = Asked("desk.challenge_begun", KAI)
    note_id = challenges.begin(db, house, who(AMINA), asked, entry, now())
    assert isinstance(note_id, str), note_id
    return note_id


def step(db: Connection, house: House, note_id: str, act: str, **more: Any) -> Any:
    seen = more.pop("seen", notes.get(db, house.id, note_id).entries)
    asked = Asked("desk.challenge_kept", note_id=note_id)
    return challenges.step(db, house, who(AMINA), asked, Step(act, seen, **more), now())


def page(db: Connection, house: House, note_id: str) -> service_notes.Page:
    note = notes.get(db, house.id, note_id)
    return service_notes.page_of(db, house, AMINA, note, now())


async def test_a_challenge_goes_through_every_stage_to_an_outcome_and_each_step_is_filed(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> Any:
        note_id = raised(db, house)
        for number in range(3):
            assert (
                step(db, house, note_id, "answered", by_name="Them", words="We think not.") is None
            )
            further: dict[str, Any] = {"outcome": "escalated", "words": "It is not put right."}
            assert step(db, house, note_id, "outcome", **further, put_to=MARION) is None
            assert notes.get(db, house.id, note_id).stage == number + 1
        assert step(db, house, note_id, "cafcass", words="Nothing moves.") is None
        last = step(db, house, note_id, "outcome", outcome="escalated", words="Up", put_to=MARION)
        assert [one.field for one in last] == ["outcome"]
        ends: dict[str, Any] = {"outcome": "in_part", "changed": "Kai stays until the summer."}
        assert step(db, house, note_id, "outcome", **ends) is None
        assert step(db, house, note_id, "more", words="Kai told me that it helped.") is None
        return page(db, house, note_id), note_filings.of_note(db, house.id, note_id)

    found, versions = await store.write(play)

    assert found.note.ended_at is not None
    assert [one.version for one in versions] == list(range(1, 11))
    for one in versions:
        valid(one.document, "dispute.schema.json")
    last = versions[-1].document
    assert [one["stage"] for one in last["stages"]] == [
        "informal", "service_manager", "head_of_service", "director",
    ]  # fmt: skip
    assert last["stages"][-1]["outcome"]["changed"] == "Kai stays until the summer."
    assert last["cafcass"][0]["words"] == "Nothing moves."
    assert last["note_of"]["name"] == "Amina Yusuf"
    assert paper(last).startswith(b"%PDF")


async def test_whom_it_was_put_to_answers_at_the_desk(store: Store, house: House) -> None:
    def play(db: Connection) -> Any:
        note_id = raised(db, house)
        asked = Asked("desk.put_to_me_answered", note_id=note_id)
        seen = notes.get(db, house.id, note_id).entries
        answered = put_to_me.answer(db, house, who(JOANNA), asked, "It stops.", seen, now())
        return answered, page(db, house, note_id)

    answered, found = await store.write(play)

    assert answered is None
    assert found.note.state == "answered"
    assert found.written["answered.0"].by == "Joanna Reid"


async def test_the_clock_counts_working_days_and_what_is_late_stands_out(
    store: Store, house: House
) -> None:
    since = today() - timedelta(days=21)

    def play(db: Connection) -> Any:
        note_id = raised(db, house, replace(ENTRY, on=since))
        return notes.get(db, house.id, note_id), [
            len(service_notes.overdue(db, house, who(one), now())) for one in (AMINA, RUTH, TOM)
        ]

    note, late = await store.write(play)

    assert note.due_on == challenge.answer_due(Stage("x", "x", 5), since, england_and_wales())
    assert late == [1, 1, 0]


async def test_the_formal_procedure_has_a_clock_of_its_own_over_all_its_stages(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> Any:
        note_id = raised(db, house)
        informal = challenge_clock.overall_of(house, page(db, house, note_id))
        step(
            db, house, note_id, "outcome", outcome="escalated", words="Not put right", put_to=MARION
        )
        formal = challenge_clock.overall_of(house, page(db, house, note_id))
        step(db, house, note_id, "answered", by_name="Marion", words="No.")
        return informal, formal, notes.get(db, house.id, note_id).due_on

    informal, formal, owed = await store.write(play)

    assert informal is None
    assert formal == challenge.overall_due(today(), 20, england_and_wales())
    assert owed == formal


async def test_of_two_steps_at_once_the_second_is_told_and_nothing_is_overwritten(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> Any:
        note_id = raised(db, house)
        seen = notes.get(db, house.id, note_id).entries
        assert (
            step(db, house, note_id, "answered", by_name="Joanna", words="One", seen=seen) is None
        )
        second = step(db, house, note_id, "answered", by_name="Joanna", words="Two", seen=seen)
        return second, page(db, house, note_id)

    second, found = await store.write(play)

    assert isinstance(second, Meanwhile)
    assert found.value("answered.0")["words"] == "One"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"words": " "}, "words"),
        ({"put_to": ""}, "put_to"),
        ({"put_to": TOM}, "put_to"),
        ({"on": today() + timedelta(days=1)}, "on"),
        ({"themes": ("Another",)}, "themes"),
        ({"words": "x" * 4001}, "words"),
        ({"words": " ".join(WORDS.split()[:9])}, "words"),
    ],
)
async def test_what_is_wrong_is_said_and_no_challenge_is_raised(
    store: Store, house: House, change: dict[str, Any], field: str
) -> None:
    def play(db: Connection) -> Any:
        council(db, house)
        asked = Asked("desk.challenge_begun", KAI)
        entry = replace(ENTRY, **change)
        found = challenges.begin(db, house, who(AMINA), asked, entry, now())
        return found, notes.of_person(db, house.id, f"person-{KAI}")

    problems, kept = await store.write(play)

    assert [one.field for one in problems] == [field]
    assert kept == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"outcome": "withdrawn"}, "words"),
        ({"outcome": "resolved"}, "changed"),
        ({"outcome": "in_part"}, "changed"),
        ({"outcome": "escalated", "put_to": MARION}, "words"),
        ({"outcome": "escalated", "words": "Not put right"}, "put_to"),
        ({"outcome": "nothing"}, "outcome"),
    ],
)
async def test_an_outcome_says_what_it_has_to(
    store: Store, house: House, more: dict[str, Any], field: str
) -> None:
    problems = await store.write(lambda db: step(db, house, raised(db, house), "outcome", **more))

    assert [one.field for one in problems] == [field]


def test_the_defaults_keep_to_twenty_working_days_and_a_council_cannot_exceed_its_own() -> None:
    known = Footprint()
    assert known.overall_working_days == 20
    assert sum(one.working_days for one in known.stages if one.formal) == 20
    assert known.stages[0].formal is False
    with pytest.raises(ValueError, match="formal stages take 21 working days"):
        Footprint(stages=(ChallengeStage(id="one", name="One", working_days=21),))
    with pytest.raises(ValueError, match="id of its own"):
        Footprint(stages=(known.stages[0], known.stages[0]))


def test_an_answer_is_due_so_many_working_days_on_over_bank_holidays() -> None:
    stage = Stage("informal", "Team manager", 5, formal=False)

    due = challenge.answer_due(stage, date(2026, 12, 22), england_and_wales())

    assert due == date(2026, 12, 31)
