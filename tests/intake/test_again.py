"""The case system's tables come in once, however often, whoever sends them and whatever breaks."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest_asyncio
from sqlalchemy import Connection, func, select

from bot.importing import import_ssd
from bot.service.house import House
from bot.service.import_requests import Outcome, Tally
from conversations.participation import Code
from storage import erasing, participation, people, review_moves, reviews
from storage.care_tables import care_episodes, imported_people, pathway_states
from storage.migrate import migrate
from storage.participation import Confirmed
from storage.people import YoungPerson
from storage.reviews import Review
from storage.store import Store, open_store
from storage.tables import audit, metadata, young_people
from tests.desk import northborough
from tests.desk.northborough import AMINA, TOM
from tests.intake.folders import rows, write
from tests.keys import RING

TAKEN = date(2026, 4, 1)
DAY = timedelta(days=1)
REVIEWS, PERSON, LEAVERS = "ssd_cla_reviews", "ssd_person", "ssd_care_leavers"
NOBODY: dict[str, list[str] | str] = {
    "ssd_cla_episodes": [], "ssd_cla_placement": [], "ssd_legal_status": [],
    "ssd_cla_reviews": [], "ssd_involvements": [],
}  # fmt: skip


@dataclass(slots=True)
class Unit:
    house: House
    store: Store
    folder: Path

    async def takes_in(self, day: Any = TAKEN, **tables: Any) -> Outcome:
        options = {one: tables.pop(one) for one in ("look", "at_once", "done") if one in tables}
        return await self.takes(write(self.folder, **tables), day, **options)

    async def takes(
        self, folder: Path, day: date, done: Any = None, by: str = "sayso", **more: Any
    ) -> Outcome:
        async def nothing(_at: int, _of: int) -> None:
            pass

        return await import_ssd(self.store, self.house, folder, day, by, done or nothing, **more)

    async def person(self, case_id: str = "1") -> YoungPerson:
        def find(db: Connection) -> YoungPerson:
            known = people.by_case_id(db, self.house.id, self.house.keys, case_id)
            assert known
            return people.young_person(db, self.house.id, known)

        return await self.store.read(find)

    async def review(self, review_id: str) -> Review:
        return await self.store.read(lambda db: reviews.get(db, self.house.id, review_id))

    async def code(self, review_id: str) -> str | None:
        found = await self.store.read(lambda db: participation.get(db, self.house.id, review_id))
        return found.code if found else None

    async def rows(self) -> dict[str, list[str]]:
        """All that is kept, but for when an import was."""

        def look(db: Connection) -> dict[str, list[str]]:
            return {
                table.name: sorted(map(repr, db.execute(select(table)).all()))
                for table in metadata.sorted_tables
                if table.name not in ("case_imports", "audit", "audit_checkpoints", "data_keys")
            }

        return await self.store.read(look)


def tally(outcome: Outcome, table: str) -> Tally:
    return next(one for one in outcome.tallies if one.file == table)


@pytest_asyncio.fixture
async def unit(store: Store, database_url: str, tmp_path: Path) -> AsyncIterator[Unit]:
    house = northborough.house_on(database_url, port=8080)
    await migrate(store)
    await store.write(partial(northborough.make, house=house))
    yield Unit(house, store, tmp_path / "ssd")


def changed(line: int, to: str) -> list[str]:
    found = rows(REVIEWS)
    found[line] = to
    return found


async def test_the_same_again_changes_nothing_at_all(unit: Unit) -> None:
    tables = {
        PERSON: [*rows(PERSON), "7,Ola,Eze,F,BAFR,2006-06-01"],
        LEAVERS: ["7,2025-12-20"],
        REVIEWS: [*rows(REVIEWS), "X1,C1,2024-04-20,,Y,", "R9,C1,,2024-11-01,N,what?"],
    }
    first = await unit.takes_in(**tables)
    before = await unit.rows()
    assert first.changes > 0

    for by in ("sayso", "staff:somebody", "staff:somebody-else"):
        again = await unit.takes(unit.folder, TAKEN, by=by)
        assert again.changes == 0, by
        assert await unit.rows() == before, by


async def test_what_is_looked_at_is_what_then_changes(unit: Unit) -> None:
    before = await unit.rows()
    looked = await unit.takes_in(look=True)
    assert await unit.rows() == before

    taken = await unit.takes_in()
    assert looked.tallies == taken.tallies
    assert tally(taken, "ssd_involvements").added == 1
    # And so it is the second time, where codes are here that the case system confirmed.
    other = {REVIEWS: changed(1, "R2,C1,2024-05-02,2024-05-01,N,PN1")}
    looked = await unit.takes_in(look=True, **other)
    assert tally(looked, REVIEWS).changed == 1
    assert await unit.code("R2") == "PN6"
    assert (await unit.takes_in(**other)).tallies == looked.tallies
    assert await unit.code("R2") == "PN1"


async def test_a_stranger_who_is_allocated_is_counted_when_looked_at(unit: Unit) -> None:
    tables = {"ssd_professionals": ['W1,"Stranger, Sam"']}

    looked = await unit.takes_in(look=True, **tables)

    assert (await unit.takes_in(**tables)).tallies == looked.tallies
    review = await unit.review("R3")
    member = await unit.store.read(
        lambda db: people.staff_member(db, unit.house.id, review.officer_id)
    )
    assert (member.name, member.active) == ("Sam Stranger", False)


async def test_a_code_that_the_case_system_loses_stays(unit: Unit) -> None:
    await unit.takes_in()
    for code in ("", "what?"):
        outcome = await unit.takes_in(
            **{REVIEWS: changed(0, f"R1,C1,2024-02-05,2024-02-02,N,{code}")}
        )

        assert outcome.changes == 0
        assert await unit.code("R1") == "PN1"


async def test_a_code_that_a_person_confirmed_here_stands(unit: Unit) -> None:
    await unit.takes_in()

    def confirm(db: Connection) -> None:
        reviews.hold(db, unit.house.id, "R3", date(2026, 3, 30))
        moment = datetime(2026, 3, 31, tzinfo=UTC)
        done = Confirmed("R3", Code.PN2, None, "advocate_spoke", None, None, AMINA, moment)
        participation.confirm(db, unit.house.id, done)

    await unit.store.write(confirm)
    outcome = await unit.takes_in(
        TAKEN + DAY, **{REVIEWS: changed(2, "R3,C1,2026-05-05,2026-03-29,N,PN7")}
    )

    assert await unit.code("R3") == "PN2"
    assert (await unit.review("R3")).meeting_on == date(2026, 3, 30)
    assert any("stay as they are here" in note for note in outcome.notes)


async def test_codes_are_in_the_audit_as_the_case_systems(unit: Unit) -> None:
    await unit.takes_in()

    (detail,) = await unit.store.read(
        lambda db: (
            db.execute(select(audit.c.detail).where(audit.c.act == "imported")).scalars().all()
        )
    )
    assert "2 participation codes as the case system confirmed them" in str(detail)


async def test_a_review_may_be_cancelled_taken_back_and_cancelled_again(unit: Unit) -> None:
    off, on = "R3,C1,2026-05-05,,Y,", "R3,C1,2026-05-05,2026-05-01,N,"
    await unit.takes_in(**{REVIEWS: changed(2, off)})
    first = (await unit.review("R3")).stood_down
    await unit.takes_in(TAKEN + DAY, **{REVIEWS: changed(2, on)})
    back = await unit.review("R3")
    await unit.takes_in(TAKEN + 2 * DAY, **{REVIEWS: changed(2, off)})

    assert (first, back.stood_down, back.meeting_on) == (True, False, date(2026, 5, 1))
    assert (await unit.review("R3")).stood_down
    moves = await unit.store.read(lambda db: review_moves.of_review(db, unit.house.id, "R3"))
    assert sorted(move.number for move in moves) == [1, 2]


async def test_whoever_hands_them_in_a_cancelled_review_is_answered_by_the_next(unit: Unit) -> None:
    tables = {REVIEWS: [*rows(REVIEWS)[:2], "X1,C1,2026-03-01,2026-02-20,Y,"]}
    await unit.takes(write(unit.folder, **tables), TAKEN, by="staff:ruth")
    tables = {REVIEWS: [*tables[REVIEWS], "R4,C1,2026-03-20,2026-03-28,N,PN1"]}
    await unit.takes(write(unit.folder, **tables), TAKEN + DAY, by="staff:tom")

    assert (await unit.review("X1")).stood_down
    assert await _answered_by(unit, "X1") == "R4"


async def _answered_by(unit: Unit, review_id: str) -> str | None:
    table = metadata.tables["reviews"]
    asked = select(table.c.answered_by).where(table.c.review_id == review_id)
    return await unit.store.read(lambda db: db.execute(asked).scalar_one())


async def test_a_changed_row_changes_and_a_vanished_one_is_told_and_stays(unit: Unit) -> None:
    await unit.takes_in(**{PERSON: [*rows(PERSON), "7,Ola,Eze,F,,2006-06-01"], LEAVERS: ["7,"]})

    outcome = await unit.takes_in(
        TAKEN + DAY,
        **{PERSON: ["1,Kai,Moss,M,WBRI,2012-05-04"], REVIEWS: rows(REVIEWS)[1:], LEAVERS: []},
    )

    assert (await unit.person()).name == "Kai Moss"
    assert (tally(outcome, PERSON).changed, tally(outcome, PERSON).gone) == (1, 1)
    assert tally(outcome, REVIEWS).gone == 1
    assert (await unit.review("R1")).held
    assert (await unit.person("7")).name == "Ola Eze"


async def test_an_erased_child_never_comes_back(unit: Unit) -> None:
    await unit.takes_in()
    kai = await unit.person()
    moment = datetime(2026, 4, 2, tzinfo=UTC)

    def erase(db: Connection) -> None:
        erasing.person(db, unit.house.id, kai.person_id, moment)

    await unit.store.write(erase)
    before = await unit.store.read(_count)
    for number in (1, 2):
        outcome = await unit.takes_in(TAKEN + number * DAY)
        assert any("erased here" in note for note in outcome.notes)
    assert await unit.store.read(_count) == before


def _count(db: Connection) -> list[int]:
    tables = (young_people, metadata.tables["reviews"], care_episodes, imported_people)
    return [db.execute(select(func.count()).select_from(one)).scalar_one() for one in tables]


async def test_a_new_reviewing_officer_has_what_is_ahead_and_not_what_was(unit: Unit) -> None:
    await unit.takes_in()
    await unit.takes_in(
        TAKEN + DAY,
        ssd_professionals=["W1,Amina Yusuf", 'W2,"Fenwick, Tom"'],
        ssd_involvements=["W1,IRO,1,2024-01-08,2026-04-01", "W2,IRO,1,2026-04-02,"],
    )

    assert (await unit.review("R3")).officer_id == TOM
    assert (await unit.review("R1")).officer_id == AMINA


async def test_a_new_officer_who_is_no_staff_here_is_told(unit: Unit) -> None:
    await unit.takes_in()
    outcome = await unit.takes_in(
        TAKEN + DAY,
        ssd_professionals=["W1,Amina Yusuf", "W2,Sam Stranger"],
        ssd_involvements=["W1,IRO,1,2024-01-08,2026-04-01", "W2,IRO,1,2026-04-02,"],
    )

    assert (await unit.review("R3")).officer_id == AMINA
    assert any("until a manager hands it over" in note for note in outcome.notes)


async def test_each_pathway_review_is_kept_and_the_next_one_made(unit: Unit) -> None:
    case_id = "7" * 64  # the longest there is
    ola = {PERSON: [f"{case_id},Ola,Eze,F,BAFR,2006-06-01"], **NOBODY}
    for taken, day in (
        (date(2025, 4, 1), "2025-03-10"), (date(2025, 10, 1), "2025-09-20"), (TAKEN, "2026-03-05"),
    ):  # fmt: skip
        await unit.takes_in(taken, **ola, **{LEAVERS: [f"{case_id},{day}"]})

    person = await unit.person(case_id)
    table = metadata.tables["reviews"]
    asked = select(table).where(table.c.person_id == person.person_id).order_by(table.c.due_on)
    found = await unit.store.read(lambda db: db.execute(asked).all())
    assert [(one.held, one.meeting_on, one.due_on) for one in found] == [
        (True, date(2025, 9, 20), date(2025, 9, 10)),
        (True, date(2026, 3, 5), date(2026, 3, 20)),
        (False, None, date(2026, 9, 5)),
    ]
    assert person.care_leaver
    assert all(case_id not in one.review_id for one in found)
    days = select(pathway_states.c.reviewed_on).order_by(pathway_states.c.reviewed_on)
    kept = await unit.store.read(lambda db: db.execute(days).scalars().all())
    assert list(kept) == [date(2025, 3, 10), date(2025, 9, 20), date(2026, 3, 5)]


async def test_an_earlier_pathway_review_than_before_holds_nothing(unit: Unit) -> None:
    ola = {PERSON: ["7,Ola,Eze,F,BAFR,2006-06-01"], **NOBODY}
    await unit.takes_in(**ola, **{LEAVERS: ["7,2026-01-20"]})
    outcome = await unit.takes_in(TAKEN + DAY, **ola, **{LEAVERS: ["7,2026-01-10"]})
    again = await unit.takes_in(TAKEN + DAY, **ola, **{LEAVERS: ["7,2026-01-10"]})

    person = await unit.person("7")
    review = await unit.review(f"pathway-{person.person_id}-2026-01-20")
    assert (review.held, review.due_on) == (False, date(2026, 7, 20))
    assert any("earlier pathway review" in note for note in outcome.notes)
    assert again.changes == 0


def many(children: int) -> dict[str, list[str]]:
    numbers = range(1, children + 1)
    return {
        PERSON: [f"{one},A{one},B,F,,2012-02-28" for one in numbers],
        "ssd_cla_episodes": [f"E{one},{one},C{one},2024-01-08,S,,," for one in numbers],
        REVIEWS: [f"R{one},C{one},2024-02-05,2024-02-02,N,PN1" for one in numbers],
    }


async def test_of_two_that_begin_at_the_same_moment_one_is_refused(
    unit: Unit, tmp_path: Path
) -> None:
    both = [write(tmp_path / one, **many(30)) for one in ("one", "two")]
    url = unit.house.settings.database_url
    other = unit.store if unit.store.is_sqlite else await open_store(url, RING)
    try:
        second = Unit(unit.house, other, unit.folder)
        outcomes = await asyncio.gather(
            unit.takes(both[0], TAKEN, at_once=1), second.takes(both[1], TAKEN, at_once=1)
        )
    finally:
        if other is not unit.store:
            await other.close()

    refused = [one for one in outcomes if one.failed]
    assert len(refused) == 1
    assert "Another import is under way" in refused[0].failed
    assert (await unit.takes(both[0], TAKEN)).changes == 0
