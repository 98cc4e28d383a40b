"""A quality note from draft to impact: who wrote what when, two at once, and where it is filed."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import Connection, func, select

from bot.access.roles import Role
from bot.documents.contribution import content_sha256
from bot.documents.papers import paper
from bot.service import notes as service_notes
from bot.service import put_to_me, quality_notes, subject_access
from bot.service.admission import Admitted, Asked
from bot.service.house import House
from bot.service.notes import Meanwhile
from bot.service.quality_notes import Form
from bot.web.context import now
from conversations import quality
from conversations.quality import CHILD_FILE, Judgement, State
from storage import allocations, erasing, keeping, note_filings, notes, outbox, people
from storage.allocations import Allocation
from storage.errors import Unknown
from storage.note_tables import note_entries, officer_notes
from storage.note_tables import note_filings as filings_table
from storage.people import Staff
from storage.store import Store
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, HANA, KAI, RUTH, TOM, WORDS, today

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
JOANNA, MARION = "joanna", "marion"


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


def who(staff_id: str) -> Admitted:
    """As the desk admits them."""
    known = {
        **northborough.STAFF,
        JOANNA: (Role.SOCIAL_WORKER, "Joanna Reid"),
        MARION: (Role.SOCIAL_WORK_MANAGER, "Marion Clegg"),
    }
    role, name = known[staff_id]
    return Admitted(staff_id, role, name, "", now())


def council(db: Connection, house: House) -> None:
    """The tests' council, with a social worker of Kai's and a manager."""
    northborough.make(db, house)
    for staff_id in (JOANNA, MARION):
        one = who(staff_id)
        people.add_staff(db, house.keys, Staff(house.id, staff_id, one.role.value, one.name), now())
    since = today() - timedelta(days=30)
    allocations.add(
        db, Allocation(house.id, f"person-{KAI}", JOANNA, Role.SOCIAL_WORKER.value, since)
    )


def form(act: str = "keep", seen: int = 0, **more: Any) -> Form:
    """All questions answered, unless it says otherwise."""
    judged = {question.id: Judgement.AS_IT_SHOULD_BE.value for question in CHILD_FILE.questions}
    judged |= {"plan.permanence": "gap", "voice.alone": "good_practice"}
    words = {"good": "Joanna sees Kai every week.", "gaps": "No plan B.", "ask": "A plan B by May."}
    return replace(Form(act, seen, judged, words, ("Permanence",)), **more)


def begun(db: Connection, house: House) -> str:
    council(db, house)
    return quality_notes.begin(db, house, who(AMINA), Asked("desk.quality_begun", KAI), now())


def kept(db: Connection, house: House, note_id: str, one: Form, staff_id: str = AMINA) -> Any:
    asked = Asked("desk.quality_kept", note_id=note_id)
    return quality_notes.keep(db, house, who(staff_id), asked, one, now())


def seen(db: Connection, house: House, note_id: str) -> int:
    return notes.get(db, house.id, note_id).entries


def completed(db: Connection, house: House) -> str:
    """Drafted, discussed and put to Joanna."""
    note_id = begun(db, house)
    assert kept(db, house, note_id, form()) is None
    discussed = form("discussed", seen(db, house, note_id), with_whom="Joanna Reid")
    assert kept(db, house, note_id, discussed) is None
    done = form("completed", seen(db, house, note_id), put_to=JOANNA)
    assert kept(db, house, note_id, done) is None
    return note_id


def valid(document: dict[str, Any], name: str) -> None:
    schema = json.loads((SCHEMAS / name).read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(document)
    assert document["content_sha256"] == content_sha256(document)


async def test_a_note_goes_from_draft_to_impact_and_each_change_since_completing_is_filed(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> tuple[Any, ...]:
        note_id = completed(db, house)
        assert len(outbox.of_person(db, house.id, f"person-{KAI}", "note_ordinary")) == 1
        answer = put_to_me.answer(
            db, house, who(JOANNA), Asked("desk.put_to_me_answered", note_id=note_id),
            "A plan B by the end of April.", seen(db, house, note_id), now(),
        )  # fmt: skip
        assert answer is None
        impact = form("impact", seen(db, house, note_id), said="Kai knows what happens next.")
        assert kept(db, house, note_id, impact) is None
        return notes.get(db, house.id, note_id), note_filings.of_note(db, house.id, note_id)

    note, versions = await store.write(play)

    assert note.state == State.IMPACT
    assert note.ended_at is not None
    assert [one.version for one in versions] == [1, 2, 3]
    for one in versions:
        valid(one.document, "quality-assurance.schema.json")
        assert one.document["supersedes"] == (one.version - 1 or None)
    last = versions[-1].document
    assert last["answers"][0]["words"] == "A plan B by the end of April."
    assert last["answers"][0]["recorded_by"] == "Joanna Reid"
    assert last["impact"]["words"] == "Kai knows what happens next."
    assert last["case_id"] == f"NB-{KAI}"
    assert "Kai Brennan" not in json.dumps(last)
    assert paper(last).startswith(b"%PDF")


async def test_nothing_of_a_draft_is_filed(store: Store, house: House) -> None:
    def play(db: Connection) -> int:
        note_id = begun(db, house)
        assert kept(db, house, note_id, form()) is None
        return len(note_filings.of_note(db, house.id, note_id))

    assert await store.write(play) == 0


async def test_what_was_written_before_stays_with_who_and_when(store: Store, house: House) -> None:
    def play(db: Connection) -> service_notes.Page:
        note_id = begun(db, house)
        kept(db, house, note_id, form())
        again = form(seen=seen(db, house, note_id))
        words = {**again.words, "gaps": "No plan B, and no date."}
        assert kept(db, house, note_id, replace(again, words=words)) is None
        note = notes.get(db, house.id, note_id)
        return service_notes.page_of(db, house, AMINA, note, now())

    page = await store.write(play)

    assert page.value("gaps") == "No plan B, and no date."
    assert [one.value for one in page.written["gaps"].earlier] == ["No plan B."]
    assert page.written["gaps"].by == "Amina Yusuf"


async def test_of_two_at_once_nothing_is_overwritten_and_the_second_sees_the_first(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> tuple[Any, ...]:
        note_id = begun(db, house)
        kept(db, house, note_id, form())
        shown = seen(db, house, note_id)
        first = form(seen=shown)
        kept(db, house, note_id, replace(first, words={**first.words, "gaps": "The first."}))
        second = kept(
            db, house, note_id, replace(first, words={**first.words, "gaps": "The second."})
        )
        beside = kept(
            db, house, note_id, replace(first, words={**first.words, "good": "Something else."})
        )
        page = service_notes.page_of(db, house, AMINA, notes.get(db, house.id, note_id), now())
        return second, beside, page

    second, beside, page = await store.write(play)

    assert second == Meanwhile("Amina Yusuf", ("gaps",))
    assert beside is None
    assert page.value("gaps") == "The first."
    assert page.value("good") == "Something else."


async def test_two_taps_on_begin_make_one_note(store: Store, house: House) -> None:
    def play(db: Connection) -> tuple[str, str]:
        first = begun(db, house)
        asked = Asked("desk.quality_begun", KAI)
        return first, quality_notes.begin(db, house, who(AMINA), asked, now())

    first, second = await store.write(play)

    assert first == second


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"judged": {}}, CHILD_FILE.questions[0].id),
        ({"put_to": ""}, "put_to"),
        ({"put_to": TOM}, "put_to"),
        ({"themes": ("Not on the list",)}, "themes"),
        ({"on": today() + timedelta(days=1)}, "on"),
        ({"words": {"good": "", "gaps": "", "ask": ""}}, "good"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_is_kept(
    store: Store, house: House, change: dict[str, Any], field: str
) -> None:
    def play(db: Connection) -> tuple[Any, int, int]:
        note_id = begun(db, house)
        kept(db, house, note_id, form())
        kept(db, house, note_id, form("discussed", seen(db, house, note_id), with_whom="Joanna"))
        before = seen(db, house, note_id)
        one = replace(form("completed", before, put_to=JOANNA), **change)
        return kept(db, house, note_id, one), before, seen(db, house, note_id)

    problems, before, after = await store.write(play)

    assert [one.field for one in problems] == [field]
    assert before == after


async def test_words_that_the_young_person_told_the_officer_alone_do_not_get_into_the_file(
    store: Store, house: House
) -> None:
    copied = "Kai says: " + " ".join(WORDS.split()[:8])

    def play(db: Connection) -> tuple[Any, Any]:
        note_id = begun(db, house)
        one = form()
        one = replace(one, words={**one.words, "gaps": copied})
        refused = kept(db, house, note_id, one)
        notes.change(db, house.id, note_id, restricted=True)
        return refused, kept(db, house, note_id, one)

    refused, restricted = await store.write(play)

    assert [one.field for one in refused] == ["gaps"]
    assert restricted is None


async def test_a_restricted_note_stays_at_the_desk_where_there_is_no_restricted_record(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> Any:
        note_id = begun(db, house)
        kept(db, house, note_id, form(restricted=True))
        kept(db, house, note_id, form("discussed", seen(db, house, note_id), with_whom="Joanna"))
        kept(db, house, note_id, form("completed", seen(db, house, note_id), put_to=JOANNA))
        (version,) = note_filings.of_note(db, house.id, note_id)
        return version.state.value, outbox.of_person(db, house.id, f"person-{KAI}", "note_ordinary")

    state, waiting = await store.write(play)

    assert state == "at_desk"
    assert waiting == []


async def test_only_whom_it_was_put_to_may_answer_and_only_once(store: Store, house: House) -> None:
    def play(db: Connection) -> Any:
        note_id = completed(db, house)
        asked = Asked("desk.put_to_me_answered", note_id=note_id)
        shown = seen(db, house, note_id)
        for somebody in (MARION, TOM, AMINA, RUTH):
            with pytest.raises(Unknown):
                put_to_me.answer(db, house, who(somebody), asked, "Mine", shown, now())
        assert put_to_me.answer(db, house, who(JOANNA), asked, "Mine", shown, now()) is None
        return put_to_me.answer(db, house, who(JOANNA), asked, "Again", shown, now())

    assert isinstance(await store.write(play), Meanwhile)


async def test_a_social_worker_whose_allocation_ended_sees_it_no_more(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> None:
        note_id = completed(db, house)
        yesterday = today() - timedelta(days=1)
        allocations.end(db, house.id, f"person-{KAI}", JOANNA, "social_worker", yesterday)
        assert put_to_me.listed(db, house, who(JOANNA), now()) == ()
        with pytest.raises(Unknown):
            put_to_me.open_note(
                db, house, who(JOANNA), Asked("desk.put_to_me_note", note_id=note_id), now()
            )

    await store.write(play)


async def test_a_pathway_plan_has_a_tool_of_its_own(store: Store, house: House) -> None:
    def play(db: Connection) -> str:
        council(db, house)
        note_id = quality_notes.begin(db, house, who(DEV), Asked("desk.quality_begun", HANA), now())
        return notes.get(db, house.id, note_id).tool

    assert await store.write(play) == quality.PATHWAY_PLAN.name


async def test_an_answer_that_is_late_stands_on_today_and_on_the_managers_page(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> tuple[int, int, int]:
        note_id = completed(db, house)
        on_time = len(service_notes.overdue(db, house, who(AMINA), now()))
        notes.change(db, house.id, note_id, due_on=today() - timedelta(days=2))
        return (
            on_time,
            len(service_notes.overdue(db, house, who(AMINA), now())),
            len(service_notes.overdue(db, house, who(RUTH), now())),
        )

    assert await store.write(play) == (0, 1, 1)


async def test_with_the_young_person_the_words_go_and_that_there_was_a_note_stays(
    store: Store, house: House
) -> None:
    def play(db: Connection) -> tuple[int, ...]:
        completed(db, house)
        erasing.person(db, house.id, f"person-{KAI}", now())
        return tuple(
            db.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (note_entries, filings_table, officer_notes)
        )

    assert await store.write(play) == (0, 0, 1)


async def test_a_note_that_ended_long_ago_loses_its_words(store: Store, house: House) -> None:
    def play(db: Connection) -> tuple[int, int]:
        note_id = completed(db, house)
        keeping.end_decisions(db, house.id, now() + timedelta(days=1))
        open_ones = len(note_filings.of_note(db, house.id, note_id))
        notes.change(db, house.id, note_id, ended_at=now())
        keeping.end_decisions(db, house.id, now() + timedelta(days=1))
        return open_ones, len(note_filings.of_note(db, house.id, note_id))

    assert await store.write(play) == (1, 0)


async def test_who_asks_what_is_held_on_them_gets_the_notes_too(store: Store, house: House) -> None:
    def play(db: Connection) -> str:
        completed(db, house)
        copy = subject_access.make(db, house, f"person-{KAI}", "staff:amina", now())
        return json.dumps(copy.tables["note_entries"], default=str, ensure_ascii=False)

    assert "Joanna sees Kai every week." in await store.write(play)


def test_a_tool_rates_the_file_with_words_and_no_numbers() -> None:
    for tool in quality.TOOLS.values():
        assert len(tool.questions) >= 12
        assert not any(word in one.text for one in tool.questions for word in ("score", "rate"))
    assert not any(any(sign.isdigit() for sign in text) for text in quality.SAID.values())


def test_each_state_follows_the_one_before() -> None:
    order = list(State)
    for here in State:
        may = [there for there in State if quality.may_follow(here, there)]
        assert may == order[order.index(here) + 1 : order.index(here) + 2]
