"""What young people ask a person for: one task with who and by when, and what becomes of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import Connection, select

from bot.access.roles import Role
from bot.service import asked_for
from bot.service.admission import Admitted, Asked
from bot.service.asked_for import Entry, Fault
from bot.service.hear import Incoming, hear
from bot.service.house import House
from bot.service.invitations import conversation_of
from conversations.effects import Want
from conversations.hearing import Chosen
from conversations.taking_part_texts import ARRANGED, ASKED
from storage import conversations, tasks
from storage.errors import Unknown
from storage.outbox import Outgoing
from storage.store import Store
from storage.tables import audit
from storage.tables import tasks as tasks_table
from storage.tasks import Kind, Outcome, Task
from tests.desk import northborough
from tests.desk.northborough import AMINA, KAI, RUTH, TOM

WEDNESDAY = datetime(2026, 12, 23, 10, tzinfo=UTC)
"""Two bank holidays, one of them moved on to Monday, and a weekend stand between it and the
fifth working day after it."""

OFFICER, TALK = "meeting.alone", "talk"


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


async def council(store: Store, house: House) -> str:
    """The tests' council; Kai's conversation, sent, which the tests go on with."""
    with time_machine.travel(WEDNESDAY - timedelta(hours=1), tick=False):
        await store.write(lambda db: northborough.make(db, house))
    return conversation_of(house, KAI)


def admitted(staff_id: str, at: datetime) -> Admitted:
    role, name = northborough.STAFF[staff_id]
    return Admitted(staff_id, Role(role), name, "token", at)


def says(db: Connection, house: House, talk: str, question: str, option: str, at: datetime) -> None:
    """As if they went to the question and pressed the option."""
    for number, heard in enumerate(
        (Chosen(option=f"@change:{question}"), Chosen(option=option, to=question))
    ):
        key = f"{question}{option}{at.isoformat()}{number}"
        hear(db, house, Incoming(talk, f"web:{talk}", key, "", heard), at)


def every(db: Connection, house: House, kind: Kind) -> list[Task]:
    return tasks.of_review(db, house.id, KAI, [kind])


async def test_an_advocate_asked_for_twice_is_one_task_with_who_and_by_which_working_day(
    store: Store, house: House
) -> None:
    talk = await council(store, house)

    def ask(db: Connection) -> list[Task]:
        for minute, option in enumerate(("yes", "yes", "no", "yes")):
            at = WEDNESDAY + timedelta(minutes=minute)
            says(db, house, talk, "meeting.advocate", option, at)
        return every(db, house, Kind.ADVOCATE)

    (task,) = await store.write(ask)

    assert task.done_at is None
    assert task.does == "officer"
    assert task.due_on == date(2027, 1, 4)  # 24, 29, 30, 31 December, then Monday 4 January


async def test_the_councils_settings_say_who_does_it_and_within_how_many_days(
    store: Store, house: House
) -> None:
    talk = await council(store, house)
    rules = house.council.arranging.model_copy(
        update={"advocate_by": "unit_manager", "advocate_within_days": 2, "alone_within_days": 1}
    )
    other = House(house.council.model_copy(update={"arranging": rules}), house.keys, house.settings)

    def ask(db: Connection) -> tuple[Task, Task]:
        says(db, other, talk, "meeting.advocate", "yes", WEDNESDAY)
        says(db, other, talk, OFFICER, TALK, WEDNESDAY)
        (advocate,), (alone,) = (
            every(db, other, Kind.ADVOCATE),
            every(db, other, Kind.OFFICER_ALONE),
        )
        return advocate, alone

    advocate, alone = await store.write(ask)

    assert (advocate.does, advocate.due_on) == ("unit_manager", date(2026, 12, 29))
    assert (alone.does, alone.due_on) == ("officer", date(2026, 12, 24))


async def test_to_be_seen_rather_than_to_talk_changes_the_task_and_makes_no_other(
    store: Store, house: House
) -> None:
    talk = await council(store, house)

    def ask(db: Connection) -> list[Task]:
        says(db, house, talk, OFFICER, TALK, WEDNESDAY)
        says(db, house, talk, OFFICER, "see", WEDNESDAY + timedelta(minutes=1))
        return every(db, house, Kind.OFFICER_ALONE)

    (task,) = await store.write(ask)

    assert task.about["how"] == "see"


async def test_taking_it_back_closes_the_task_and_asking_again_opens_it(
    store: Store, house: House
) -> None:
    talk = await council(store, house)

    def go(db: Connection, option: str, minutes: int) -> Task:
        says(db, house, talk, OFFICER, option, WEDNESDAY + timedelta(minutes=minutes))
        (task,) = every(db, house, Kind.OFFICER_ALONE)
        return task

    await store.write(lambda db: go(db, "see", 0))
    closed = await store.write(lambda db: go(db, "no", 1))
    again = await store.write(lambda db: go(db, "talk", 2))

    assert (closed.outcome, closed.done_by) == (Outcome.TAKEN_BACK, None)
    assert closed.done_at == WEDNESDAY + timedelta(minutes=1)
    assert (again.outcome, again.done_at, again.about["how"]) == (None, None, "talk")


async def test_an_answer_taken_out_takes_back_what_it_asked_for(store: Store, house: House) -> None:
    talk = await council(store, house)

    def go(db: Connection) -> Task:
        says(db, house, talk, OFFICER, "see", WEDNESDAY)
        remove = Chosen(option=f"@remove:{OFFICER}")
        hear(db, house, Incoming(talk, f"web:{talk}", "remove", "", remove), WEDNESDAY)
        (task,) = every(db, house, Kind.OFFICER_ALONE)
        return task

    assert (await store.write(go)).outcome is Outcome.TAKEN_BACK


async def test_what_was_arranged_and_is_taken_back_is_called_off_by_a_person(
    store: Store, house: House
) -> None:
    talk = await council(store, house)

    def go(db: Connection) -> tuple[Task, list[Task]]:
        says(db, house, talk, "meeting.advocate", "yes", WEDNESDAY)
        (task,) = every(db, house, Kind.ADVOCATE)
        wanted = Asked("desk.task_arranged", task_id=task.task_id)
        entry = Entry("arranged", "Ann Advocate")
        asked_for.arrange(db, house, admitted(AMINA, WEDNESDAY), wanted, entry, WEDNESDAY)
        says(db, house, talk, "meeting.advocate", "no", WEDNESDAY + timedelta(minutes=1))
        (task,) = every(db, house, Kind.ADVOCATE)
        return task, every(db, house, Kind.TAKEN_BACK)

    task, (notice,) = await store.write(go)

    assert task.outcome is Outcome.TAKEN_BACK
    assert notice.done_at is None
    assert notice.about["what"] == "advocate"


async def test_who_arranged_it_when_and_with_whom_is_kept_sealed_and_they_hear_of_it(
    store: Store, house: House
) -> None:
    talk = await council(store, house)
    told: list[Outgoing] = []

    def notice(chat: str, text: str, key: str, person_id: str) -> Outgoing:
        told.append(Outgoing("telegram", "lane", key, text, person_id))
        return told[-1]

    def go(db: Connection) -> tuple[bool | Fault, Task, bytes, tuple[Any, ...], tuple[Any, ...]]:
        says(db, house, talk, "meeting.advocate", "yes", WEDNESDAY)
        kept = conversations.get(db, house.id, talk)
        since = WEDNESDAY - timedelta(days=1)
        before = asked_for.standing(db, house, kept, since)
        assert not asked_for.anything_arranged(db, house, kept)
        (task,) = every(db, house, Kind.ADVOCATE)
        wanted = Asked("desk.task_arranged", task_id=task.task_id)
        entry = Entry("arranged", "Ann Advocate", date(2026, 12, 30), "Rang at 2")
        staff = admitted(AMINA, WEDNESDAY)
        first = asked_for.arrange(db, house, staff, wanted, entry, WEDNESDAY, notice)
        assert asked_for.arrange(db, house, staff, wanted, entry, WEDNESDAY, notice) is False
        assert asked_for.anything_arranged(db, house, kept)
        (task,) = every(db, house, Kind.ADVOCATE)
        raw = db.execute(
            select(tasks_table.c.about).where(tasks_table.c.task_id == task.task_id)
        ).scalar_one()
        return first, task, raw, before, asked_for.standing(db, house, kept, since)

    first, task, raw, before, after = await store.write(go)

    assert first is True
    assert (task.outcome, task.done_by, task.done_at) == (Outcome.ARRANGED, AMINA, WEDNESDAY)
    assert task.about["with"] == "Ann Advocate"
    assert (task.about["on"], task.about["note"]) == ("2026-12-30", "Rang at 2")
    assert b"Ann" not in raw
    assert [say.text for say in before] == [ASKED[Want.ADVOCATE]]
    assert [say.text for say in after] == [ARRANGED[Want.ADVOCATE]]
    assert told == []  # Kai has no chat
    acts = await store.read(lambda db: db.execute(select(audit.c.act)).scalars().all())
    assert acts.count("advocate_asked") == 1
    assert acts.count("ask_arranged") == 1


async def test_who_may_not_read_the_answer_does_not_learn_that_it_was_asked(
    store: Store, house: House
) -> None:
    talk = await council(store, house)

    def go(db: Connection) -> tuple[Any, ...]:
        says(db, house, talk, "meeting.advocate", "yes", WEDNESDAY)
        kept = conversations.get(db, house.id, talk)
        return asked_for.standing(db, house, kept, WEDNESDAY + timedelta(seconds=1))

    assert await store.write(go) == ()


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (Entry(""), Fault.OUTCOME),
        (Entry("taken_back"), Fault.OUTCOME),
        (Entry("arranged", "  "), Fault.WITH_WHOM),
        (Entry("arranged", "x" * 2001), Fault.WITH_WHOM),
        (Entry("not_wanted", note=" "), Fault.NOTE),
        (Entry("arranged", "Ann", note="x" * 2001), Fault.NOTE),
    ],
)
async def test_what_is_missing_is_said_and_nothing_is_kept(
    store: Store, house: House, entry: Entry, fault: Fault
) -> None:
    talk = await council(store, house)

    def go(db: Connection) -> tuple[bool | Fault, Task]:
        says(db, house, talk, "meeting.advocate", "yes", WEDNESDAY)
        (task,) = every(db, house, Kind.ADVOCATE)
        wanted = Asked("desk.task_arranged", task_id=task.task_id)
        found = asked_for.arrange(db, house, admitted(AMINA, WEDNESDAY), wanted, entry, WEDNESDAY)
        return found, every(db, house, Kind.ADVOCATE)[0]

    found, task = await store.write(go)

    assert found is fault
    assert task.done_at is None


async def test_not_wanted_any_more_needs_how_one_knows_and_nobody_is_told_it_is_arranged(
    store: Store, house: House
) -> None:
    talk = await council(store, house)

    def go(db: Connection) -> tuple[Task, bool]:
        says(db, house, talk, "meeting.advocate", "yes", WEDNESDAY)
        (task,) = every(db, house, Kind.ADVOCATE)
        wanted = Asked("desk.task_arranged", task_id=task.task_id)
        entry = Entry("not_wanted", "Ann", note="Kai told me on Monday")
        assert asked_for.arrange(db, house, admitted(RUTH, WEDNESDAY), wanted, entry, WEDNESDAY)
        kept = conversations.get(db, house.id, talk)
        return every(db, house, Kind.ADVOCATE)[0], asked_for.anything_arranged(db, house, kept)

    task, arranged = await store.write(go)

    assert task.outcome is Outcome.NOT_WANTED
    assert task.about["with"] == ""
    assert arranged is False


async def test_it_is_arranged_by_those_whose_job_it_is_and_by_nobody_else(
    store: Store, house: House
) -> None:
    talk = await council(store, house)

    def go(db: Connection) -> None:
        says(db, house, talk, "meeting.advocate", "yes", WEDNESDAY)
        (task,) = every(db, house, Kind.ADVOCATE)
        wanted = Asked("desk.task_arranged", task_id=task.task_id)
        with pytest.raises(Unknown):
            asked_for.arrange(
                db, house, admitted(TOM, WEDNESDAY), wanted, Entry("arranged", "Ann"), WEDNESDAY
            )

    await store.write(go)


async def test_what_is_no_asking_is_never_arranged(store: Store, house: House) -> None:
    await council(store, house)

    def go(db: Connection) -> None:
        tasks.add(db, house.id, Task("pin", Kind.NEW_PIN, f"person-{KAI}", KAI), WEDNESDAY)
        wanted = Asked("desk.task_arranged", task_id="pin")
        with pytest.raises(Unknown):
            asked_for.arrange(
                db, house, admitted(AMINA, WEDNESDAY), wanted, Entry("arranged", "A"), WEDNESDAY
            )

    await store.write(go)
