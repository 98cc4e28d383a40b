"""The case system's tables come in: once, whole, again without doing anything, and as they are."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, func, select

from bot.importing import import_ssd
from bot.importing_changes import MOST_LOST
from bot.importing_run import STILL
from bot.service import next_review
from bot.service.house import House
from bot.service.import_requests import Outcome
from bot.web.context import now
from conversations.participation import Code
from conversations.timescales import PATHWAY, Care
from storage import (
    allocations,
    audit_reading,
    care,
    care_records,
    caseload,
    erasing,
    participation,
    people,
    review_moves,
    reviews,
)
from storage.care_tables import care_episodes, pathway_states
from storage.migrate import migrate
from storage.participation import Confirmed
from storage.people import YoungPerson
from storage.reviews import Review
from storage.store import Store
from storage.tables import metadata, young_people
from storage.tables import reviews as reviews_table
from tests.desk import northborough
from tests.desk.northborough import AMINA, TOM
from tests.intake.tables import TAKEN, Tables

BY = f"staff:{northborough.RUTH}"


@dataclass(slots=True)
class Unit:
    house: House
    store: Store
    folder: Path

    async def takes_in(self, tables: Tables, day: date = TAKEN, **more: Any) -> Outcome:
        async def done(_at: int, _of: int) -> None:
            pass

        folder = tables.write(self.folder)
        return await import_ssd(self.store, self.house, folder, day, BY, done, **more)

    async def person(self, case_id: str = "1") -> YoungPerson:
        def find(db: Connection) -> YoungPerson:
            known = people.by_case_id(db, self.house.id, self.house.keys, case_id)
            assert known
            return people.young_person(db, self.house.id, known)

        return await self.store.read(find)

    async def review(self, review_id: str) -> Review:
        return await self.store.read(lambda db: reviews.get(db, self.house.id, review_id))

    async def rows(self) -> dict[str, list[str]]:
        """All that is kept, but for when an import was."""

        def all_rows(db: Connection) -> dict[str, list[str]]:
            return {
                table.name: sorted(map(repr, db.execute(select(table)).all()))
                for table in metadata.sorted_tables
                if table.name not in ("case_imports", "audit", "audit_checkpoints", "data_keys")
            }

        return await self.store.read(all_rows)


@pytest_asyncio.fixture
async def unit(store: Store, database_url: str, tmp_path: Path) -> AsyncIterator[Unit]:
    house = northborough.house_on(database_url, port=8080)
    await migrate(store)
    await store.write(partial(northborough.make, house=house))
    yield Unit(house, store, tmp_path / "ssd")


async def test_a_child_comes_in_with_all_that_is_said_of_them(unit: Unit) -> None:
    outcome = await unit.takes_in(Tables())

    assert (outcome.all_unread, outcome.all_odd, outcome.failed) == (0, 0, "")
    kai = await unit.person()
    assert (kai.name, kai.born, kai.care_leaver) == ("Kai Doe", date(2012, 5, 4), False)
    periods = await unit.store.read(lambda db: care.periods(db, unit.house.id, [kai.person_id]))
    assert periods[kai.person_id] == (Care(date(2024, 1, 8)),)
    episodes = await unit.store.read(
        lambda db: db.execute(
            select(care_episodes.c.legal_status, care_episodes.c.placement)
            .where(care_episodes.c.person_id == kai.person_id)
            .order_by(care_episodes.c.began)
        ).all()
    )
    assert [tuple(one) for one in episodes] == [("C2", "U6"), ("C2", "K2")]
    held, ahead = await unit.review("R3"), await unit.review("R4")
    assert (held.held, held.meeting_on, held.officer_id) == (True, date(2024, 11, 5), AMINA)
    assert (ahead.held, ahead.meeting_on, ahead.due_on) == (False, None, date(2025, 5, 5))
    code = await unit.store.read(lambda db: participation.get(db, unit.house.id, "R3"))
    assert code is not None
    assert code.code == "PN7"


async def test_the_same_again_changes_nothing(unit: Unit) -> None:
    await unit.takes_in(Tables())
    before = await unit.rows()

    outcome = await unit.takes_in(Tables())

    assert outcome.changes == 0
    assert await unit.rows() == before


async def test_looking_changes_nothing_and_counts_the_same(unit: Unit) -> None:
    before = await unit.rows()

    looked = await unit.takes_in(Tables(), look=True)

    assert await unit.rows() == before
    taken = await unit.takes_in(Tables())
    assert looked.tallies == taken.tallies
    assert looked.changes == 8  # a child, two episodes, four reviews, an allocation


async def test_a_changed_row_changes_and_a_vanished_one_stays(unit: Unit) -> None:
    await unit.takes_in(Tables())
    tables = Tables()
    tables.reviews[3] = ("R4", "C1", "2025-05-05", "2025-05-02", "N", "PN2")
    del tables.reviews[0]

    outcome = await unit.takes_in(tables, TAKEN + timedelta(1))

    tally = next(one for one in outcome.tallies if one.file == "ssd_cla_reviews")
    assert (tally.added, tally.changed, tally.same, tally.gone) == (0, 1, 2, 1)
    assert "Not in ssd_cla_reviews any more, and kept as it was here: R1." in outcome.notes
    assert (await unit.review("R4")).meeting_on == date(2025, 5, 2)
    assert (await unit.review("R1")).held


async def test_a_child_of_whom_no_row_is_left_is_told_from_a_table_that_is_left_out(
    unit: Unit,
) -> None:
    tables = Tables()
    tables.person.append(("2", "Kim", "Doe", "F", "WBRI", "04/05/2012"))
    tables.episodes.append(("E8", "2", "C2", "08/01/2024", "S", "", "", ""))
    tables.leavers.append(("2", ""))
    tables.permanence += [("A1", "1", "2025-05-01", "", ""), ("A2", "2", "2025-05-01", "", "")]
    tables.reviews.append(("R8", "C2", "2024-02-05", "2024-02-02", "N", "PN2"))
    await unit.takes_in(tables)
    tables.reviews.pop()
    tables.episodes.pop()
    tables.permanence.pop()

    outcome = await unit.takes_in(tables, TAKEN + timedelta(1))

    assert "Not in ssd_cla_reviews any more, and kept as it was here: R8." in outcome.notes
    assert "Not in ssd_cla_episodes any more, and kept as it was here: E8." in outcome.notes
    assert "Not in ssd_permanence any more, and kept as it was here: A2." in outcome.notes
    (folder := unit.folder).joinpath("ssd_cla_reviews.csv").unlink()
    (folder / "ssd_cla_episodes.csv").unlink()
    (folder / "ssd_permanence.csv").unlink()
    left_out = await import_ssd(
        unit.store, unit.house, folder, TAKEN + timedelta(1), BY, _nothing_to_say
    )
    assert not [one for one in left_out.notes if one.startswith("Not in")]


async def _nothing_to_say(_at: int, _of: int) -> None:
    pass


async def test_a_review_that_was_made_at_the_desk_is_missed_in_no_table(unit: Unit) -> None:
    await unit.takes_in(Tables())
    made = replace(
        await unit.review("R4"),
        review_id=next_review.id_after(unit.house, "R4"),
        due_on=date(2026, 11, 5),
    )
    await unit.store.write(lambda db: reviews.add(db, made, now()))

    outcome = await unit.takes_in(Tables(), TAKEN + timedelta(1))

    assert not [one for one in outcome.notes if one.startswith("Not in")]
    tally = next(one for one in outcome.tallies if one.file == "ssd_cla_reviews")
    assert (tally.same, tally.gone) == (4, 0)


async def test_of_many_that_vanished_the_first_are_named(unit: Unit) -> None:
    tables = Tables()
    tables.episodes += [
        (f"X{number:02}", "1", "C0", f"{2013 + number // 12}-{1 + number % 12:02}-01", "S",
         f"{2013 + number // 12}-{1 + number % 12:02}-02", "E8", "")
        for number in range(MOST_LOST + 3)
    ]  # fmt: skip
    await unit.takes_in(tables)

    outcome = await unit.takes_in(Tables(), TAKEN + timedelta(1))

    (note,) = [one for one in outcome.notes if one.startswith("Not in ssd_cla_episodes")]
    assert note.endswith(" and 3 more.")
    assert "X00, X01" in note


async def test_whoever_vanished_is_counted_and_stays(unit: Unit) -> None:
    tables = Tables()
    tables.person.append(("2", "Lena", "Roe", "F", "", "2014-02-28"))
    tables.episodes.append(("E9", "2", "C9", "2024-01-08", "S", "", "", ""))
    await unit.takes_in(tables)

    outcome = await unit.takes_in(Tables(), TAKEN + timedelta(1))

    tally = next(one for one in outcome.tallies if one.file == "ssd_person")
    assert tally.gone == 1
    assert (await unit.person("2")).name == "Lena Roe"


async def test_a_review_with_the_id_of_a_brothers_comes_in_and_again_without_a_change(
    unit: Unit,
) -> None:
    """Mosaic's reviews of brothers and sisters; whichever of them was here before keeps the id."""
    tables = Tables()
    assert (await unit.takes_in(tables)).changes
    tables.person.append(("2", "Kim", "Doe", "F", "WBRI", "04/05/2012"))
    tables.episodes.append(("E8", "2", "C2", "08/01/2024", "S", "", "", ""))
    tables.reviews += [
        ("R1", "C2", "2024-02-05", "2024-02-02", "N", "PN2"),
        ("R8", "C2", "2024-05-01", "", "Y", ""),
        ("R8", "C1", "2024-05-01", "", "Y", ""),
        ("R3", "C2", "2024-11-01", "2024-11-05", "N", "PN7"),
    ]

    looked = await unit.takes_in(tables, look=True)
    outcome = await unit.takes_in(tables)

    assert outcome.all_unread == 0
    assert looked.tallies == outcome.tallies
    assert next(one.added for one in outcome.tallies if one.file == "ssd_cla_reviews") == 4
    kim = (await unit.person("2")).person_id
    kept = await unit.review(f"R1-{kim[:8]}")
    assert (kept.person_id, kept.meeting_on) == (kim, date(2024, 2, 2))
    assert (await unit.review("R1")).person_id != kim
    answered = select(reviews_table.c.answered_by).where(
        reviews_table.c.review_id == f"R8-{kim[:8]}"
    )
    assert await unit.store.read(lambda db: db.scalar(answered)) == f"R3-{kim[:8]}"
    before = await unit.rows()
    assert (await unit.takes_in(tables)).changes == 0
    assert await unit.rows() == before


@pytest.mark.parametrize("at_once", [1, 250])
async def test_a_review_that_is_put_over_to_another_child_comes_in_for_them(
    unit: Unit, at_once: int
) -> None:
    """As where two records of one child are made one. It stood in the way of every import."""
    tables = Tables()
    tables.person.append(("2", "Kim", "Doe", "F", "WBRI", "04/05/2012"))
    tables.episodes.append(("E8", "2", "C2", "08/01/2024", "S", "", "", ""))
    await unit.takes_in(tables)
    tables.reviews[1] = ("R2", "C2", "2024-05-02", "2024-05-01", "N", "PN6")

    outcome = await unit.takes_in(tables, TAKEN + timedelta(1), at_once=at_once)

    assert outcome.all_unread == 0
    assert [one for one in outcome.notes if "stays with the other" in one]
    assert "Not in ssd_cla_reviews any more, and kept as it was here: R2." in outcome.notes
    kim = (await unit.person("2")).person_id
    assert (await unit.review(f"R2-{kim[:8]}")).meeting_on == date(2024, 5, 1)
    assert (await unit.review("R2")).person_id != kim
    again = await unit.takes_in(tables, TAKEN + timedelta(1), at_once=at_once)
    assert again.changes == 0


async def test_a_review_that_was_a_brothers_too_stays_one_when_his_row_is_gone(unit: Unit) -> None:
    tables = Tables()
    tables.person.append(("2", "Kim", "Doe", "F", "WBRI", "04/05/2012"))
    tables.episodes.append(("E8", "2", "C2", "08/01/2024", "S", "", "", ""))
    tables.reviews.append(("R1", "C2", "2024-02-05", "2024-02-02", "N", "PN2"))
    await unit.takes_in(tables)
    tables.reviews.pop()

    outcome = await unit.takes_in(tables, TAKEN + timedelta(1))

    tally = next(one for one in outcome.tallies if one.file == "ssd_cla_reviews")
    assert (tally.added, tally.same, tally.gone) == (0, 4, 1)
    kai = (await unit.person()).person_id
    on_that_day = select(func.count()).where(
        reviews_table.c.person_id == kai, reviews_table.c.meeting_on == date(2024, 2, 2)
    )
    assert await unit.store.read(lambda db: db.scalar(on_that_day)) == 1


async def test_a_review_that_came_over_from_another_child_is_told_once(unit: Unit) -> None:
    tables = Tables()
    tables.person.append(("2", "Kim", "Doe", "F", "WBRI", "04/05/2012"))
    tables.episodes.append(("E8", "2", "C2", "08/01/2024", "S", "", "", ""))
    await unit.takes_in(tables)
    tables.reviews[1] = ("R2", "C2", "2024-05-02", "2024-05-01", "N", "PN6")
    first = await unit.takes_in(tables, TAKEN + timedelta(1))

    again = await unit.takes_in(tables, TAKEN + timedelta(2))

    assert [one for one in first.notes if "stays with the other" in one]
    assert not [one for one in again.notes if "stays with the other" in one]


async def test_what_is_there_and_cant_be_read_is_not_told_to_be_there_no_more(unit: Unit) -> None:
    await unit.takes_in(Tables())
    tables = Tables()
    tables.reviews[1] = ("R2", "C1", "2024-05-02", "in May", "N", "PN6")
    tables.reviews[2] = ("R3", "C1", "", "", "N", "PN7")
    tables.reviews[3] = ("R4", "C7", "2026-05-05", "", "N", "")
    tables.episodes[0] = ("E1", "1", "C1", "in May", "S", "01/03/2025", "X1", "P1")

    outcome = await unit.takes_in(tables, TAKEN + timedelta(1))

    assert outcome.all_unread == 4
    assert not [one for one in outcome.notes if one.startswith("Not in")]


async def test_tables_that_complete_others_say_how_many_rows_were_read(unit: Unit) -> None:
    outcome = await unit.takes_in(Tables())

    assert {one.file: (one.read, one.completes) for one in outcome.tallies if one.completes} == {
        "ssd_cla_placement": (2, "the episodes"),
        "ssd_legal_status": (1, "the episodes"),
        "ssd_professionals": (1, "who is allocated"),
    }


async def test_older_tables_change_nothing(unit: Unit) -> None:
    await unit.takes_in(Tables())

    outcome = await unit.takes_in(Tables(), TAKEN - timedelta(30))

    assert "are older" in outcome.failed


def _confirmed_here(db: Connection, council: str) -> None:
    reviews.hold(db, council, "R4", date(2025, 5, 2))
    at = datetime(2025, 5, 3, tzinfo=UTC)
    done = Confirmed("R4", Code.PN2, None, "advocate_spoke", None, None, AMINA, at)
    participation.confirm(db, council, done)


async def _otherwise_in_the_tables(unit: Unit) -> None:
    """The case system has another code and day for it, and what a person confirmed here stands."""
    tables = Tables()
    tables.reviews[3] = ("R4", "C1", "2025-05-05", "2025-05-03", "N", "PN7")
    outcome = await unit.takes_in(tables, TAKEN + timedelta(1))

    code = await unit.store.read(lambda db: participation.get(db, unit.house.id, "R4"))
    assert code is not None
    assert code.code == "PN2"
    assert (await unit.review("R4")).meeting_on == date(2025, 5, 2)
    assert any("stay as they are" in note for note in outcome.notes)


async def test_a_code_that_a_person_confirms_while_the_tables_come_in_stands(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever confirms at that moment holds the review; the import waits, and looks again."""
    await unit.takes_in(Tables())
    lock = care_records.lock_reviews

    def locked(db: Connection, council: str, review_ids: Collection[str]) -> None:
        _confirmed_here(db, council)
        lock(db, council, review_ids)

    monkeypatch.setattr(care_records, "lock_reviews", locked)
    await _otherwise_in_the_tables(unit)


async def test_a_code_that_a_person_confirmed_here_stands(unit: Unit) -> None:
    await unit.takes_in(Tables())
    await unit.store.write(lambda db: _confirmed_here(db, unit.house.id))

    await _otherwise_in_the_tables(unit)


async def test_an_erased_child_does_not_come_back(unit: Unit) -> None:
    await unit.takes_in(Tables())
    kai = await unit.person()

    def erase(db: Connection) -> None:
        erasing.person(db, unit.house.id, kai.person_id, datetime(2026, 4, 2, tzinfo=UTC))

    await unit.store.write(erase)
    count = await unit.store.read(_how_many)
    outcome = await unit.takes_in(Tables(), TAKEN + timedelta(1))

    assert await unit.store.read(_how_many) == count
    assert any("was erased here" in note for note in outcome.notes)


def _how_many(db: Connection) -> int:
    return int(db.execute(select(func.count()).select_from(young_people)).scalar_one())


async def test_a_cancelled_review_is_answered_by_the_next_one_held(unit: Unit) -> None:
    tables = Tables()
    tables.reviews += [
        ("X1", "C1", "2024-10-20", "", "Y", ""),  # its date is empty: the due date counts
        ("X2", "C1", "2026-03-01", "2026-02-20", "Y", ""),  # nobody held another since
    ]
    outcome = await unit.takes_in(tables)

    assert outcome.all_unread == 0
    answered, open_ = await unit.review("X1"), await unit.review("X2")
    assert (answered.stood_down, open_.stood_down) == (True, True)
    assert not answered.held
    (move,) = await unit.store.read(lambda db: review_moves.of_review(db, unit.house.id, "X1"))
    assert (move.what, move.from_on) == ("stood_down", date(2024, 10, 20))
    hand = await unit.store.read(
        lambda db: {
            one.review.review_id for one in caseload.of_officer(db, unit.house.id, AMINA, TAKEN)
        }
    )
    assert {"X2", "R4"} <= hand
    assert "X1" not in hand


async def test_a_new_reviewing_officer_has_what_is_ahead(unit: Unit) -> None:
    await unit.takes_in(Tables())
    tables = Tables(professionals=[("W1", "Amina Yusuf"), ("W2", "Fenwick, Tom")])
    tables.involved = [
        ("W1", "IRO", "1", "2024-01-08", "2026-04-01"), ("W2", "IRO", "1", "2026-04-02", ""),
    ]  # fmt: skip

    await unit.takes_in(tables, TAKEN + timedelta(3))

    assert (await unit.review("R4")).officer_id == TOM
    assert (await unit.review("R3")).officer_id == AMINA
    kai = await unit.person()
    found = await unit.store.read(
        lambda db: allocations.of_person(db, unit.house.id, kai.person_id)
    )
    assert [(one.staff_id, one.until) for one in found] == [
        (AMINA, date(2026, 4, 1)), (TOM, None),
    ]  # fmt: skip
    # A manager's hand-over at the desk stands until the case system names somebody new.
    await unit.store.write(lambda db: reviews.hand_over(db, unit.house.id, "R4", AMINA))
    await unit.takes_in(tables, TAKEN + timedelta(4))
    assert (await unit.review("R4")).officer_id == AMINA


async def test_whom_nobody_added_here_is_kept_by_name_and_cant_sign_in(unit: Unit) -> None:
    tables = Tables(professionals=[("W1", "Stranger, Sam")])

    await unit.takes_in(tables)

    review = await unit.review("R4")
    member = await unit.store.read(
        lambda db: people.staff_member(db, unit.house.id, review.officer_id)
    )
    assert (member.name, member.active, member.role) == ("Sam Stranger", False, "iro")


async def test_a_care_leaver_has_their_next_review_and_every_earlier_one_is_known(
    unit: Unit,
) -> None:
    tables = Tables(
        person=[("7", "Ola", "Eze", "F", "BAFR", "2006-06-01")], episodes=[], placement=[],
        legal=[], reviews=[], involved=[], leavers=[("7", "2024-09-10")],
    )  # fmt: skip
    await unit.takes_in(tables, date(2025, 4, 1))
    tables.leavers = [("7", "2026-01-20")]
    await unit.takes_in(tables, TAKEN)

    ola = await unit.person("7")
    assert ola.care_leaver
    first = await unit.review(f"pathway-{ola.person_id}-2024-09-10")
    following = await unit.review(f"pathway-{ola.person_id}-2026-01-20")
    assert (first.held, first.meeting_on) == (True, date(2026, 1, 20))
    assert (following.held, following.due_on) == (False, date(2026, 7, 20))
    days = await unit.store.read(
        lambda db: list(
            db.execute(
                select(pathway_states.c.reviewed_on)
                .where(pathway_states.c.person_id == ola.person_id)
                .order_by(pathway_states.c.reviewed_on)
            ).scalars()
        )
    )
    assert days == [date(2024, 9, 10), date(2026, 1, 20)]
    started = await unit.store.read(lambda db: care.started(db, unit.house.id, [ola.person_id]))
    assert started[ola.person_id, PATHWAY.id] == date(2026, 1, 20)
    acts = await unit.store.read(
        lambda db: audit_reading.of_act(
            db, unit.house.id, "clock_started", f"young_person:{ola.person_id}"
        )
    )
    assert len(acts) == 2


async def test_two_at_once_are_refused_kindly(unit: Unit) -> None:
    moment = now()
    run = care_records.Run("other", "ssd", TAKEN, moment, "sayso")
    await unit.store.write(lambda db: care_records.begin(db, unit.house.id, run, moment))

    outcome = await unit.takes_in(Tables())

    assert "Another import is under way" in outcome.failed


async def test_one_that_was_killed_is_over_after_a_while_and_goes_on(unit: Unit) -> None:
    long_ago = now() - STILL - timedelta(seconds=5)
    run = care_records.Run("killed", "ssd", TAKEN, long_ago, "sayso")
    await unit.store.write(lambda db: care_records.begin(db, unit.house.id, run, long_ago))

    outcome = await unit.takes_in(Tables())

    assert not outcome.failed
    assert (await unit.person()).name == "Kai Doe"


async def test_what_breaks_off_in_the_middle_is_done_again_and_nothing_twice(unit: Unit) -> None:
    tables = Tables()
    for number in range(2, 8):
        tables.person.append((str(number), "A", "B", "F", "", "2014-02-28"))
        tables.episodes.append(
            (f"F{number}", str(number), f"C{number}", "2024-01-08", "S", "", "", "")
        )

    class Killed(Exception):
        pass

    async def dies(at: int, _of: int) -> None:
        if at >= 4:
            raise Killed

    with pytest.raises(Killed):
        await import_ssd(
            unit.store, unit.house, tables.write(unit.folder), TAKEN, BY, dies, at_once=2
        )
    outcome = await unit.takes_in(tables)

    tally = next(one for one in outcome.tallies if one.file == "ssd_person")
    assert tally.same >= 4  # on PostgreSQL several go abreast, and may have been through
    assert tally.added + tally.same == 7
    assert (await unit.person("7")).name == "A B"


async def test_short_breaks_and_a_placement_for_adoption_are_told_to_the_clock(unit: Unit) -> None:
    tables = Tables()
    tables.person += [
        ("2", "A", "B", "F", "", "2018-02-28"),
        ("3", "C", "D", "F", "", "2021-02-28"),
    ]
    tables.episodes += [
        ("F2", "2", "C2", "2024-01-08", "S", "", "", ""),
        ("F3", "3", "C3", "2024-01-08", "S", "2025-02-01", "X1", "P8"),
        ("G3", "3", "C3", "2025-02-01", "B", "", "", "P9"),
    ]
    tables.legal += [
        ("L2", "2", "V3", "2024-01-08", ""), ("L3", "3", "C2", "2024-01-08", "2024-12-01"),
        ("L4", "3", "E1", "2024-12-01", ""),
    ]  # fmt: skip
    tables.placement += [
        ("P8", "C3", "3", "2024-01-08", "2025-02-01", "U1"),
        ("P9", "C3", "3", "2025-02-01", "", "A5"),
    ]
    tables.permanence = [("Q", "3", "2024-10-01", "2024-12-01", "2025-02-01")]

    await unit.takes_in(tables)

    two, three = await unit.person("2"), await unit.person("3")
    found = await unit.store.read(
        lambda db: care.periods(db, unit.house.id, [two.person_id, three.person_id])
    )
    assert found[two.person_id][0].short_breaks
    (placed,) = found[three.person_id]
    assert (placed.placed_on, placed.authorised_on) == ((date(2025, 2, 1),), date(2024, 12, 1))
