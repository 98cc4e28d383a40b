"""The council's own files come in as the case system's tables do; and both examples are whole."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Table, select

from bot.importing import import_ssd
from bot.importing_extra import import_extra
from bot.intake.extra import FILES as KINDS
from bot.intake.extra import records
from bot.service.house import House
from bot.service.import_requests import Outcome
from bot.web.context import now
from storage import care_records, erasing
from storage.care_records import Run
from storage.care_tables import education_plans, fostering_households, populations, quality_tools
from storage.migrate import migrate
from storage.store import Store
from tests.desk import northborough

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
TAKEN = date(2025, 9, 30)
DAY = timedelta(days=1)
FILES = {
    "fostering_households": ("household_id,kind,approved_on,ended_on,reviewed_on",
                             "H1,mainstream,2019-06-03,,2025-05-20"),
    "quality_tools": ("tool_id,state,made_on,review_id", "T1,completed,2025-04-28,R1004"),
    "population": ("year,under_18", "2025,41800"),
}  # fmt: skip


@dataclass(slots=True)
class Unit:
    house: House
    store: Store
    tmp: Path

    async def takes(self, folder: Path, day: date = TAKEN, *, look: bool = False) -> Outcome:
        return await import_extra(self.store, self.house, folder, day, "sayso", _nothing, look=look)

    async def takes_in(self, day: date = TAKEN, **files: list[str]) -> Outcome:
        """These files only, with these rows below their head."""
        folder = self.tmp / "extra"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, rows in files.items():
            head = "person_id,in_place_on,due_on" if name == "education_plans" else FILES[name][0]
            (folder / f"{name}.csv").write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
        return await self.takes(folder, day)

    async def cases(self) -> Outcome:
        return await import_ssd(self.store, self.house, EXAMPLES / "ssd", TAKEN, "sayso", _nothing)

    async def rows(self, table: Table) -> list[tuple[Any, ...]]:
        key = list(table.primary_key.columns)[1]
        found = await self.store.read(lambda db: db.execute(select(table).order_by(key)).all())
        return [tuple(row)[1:] for row in found]


async def _nothing(_at: int, _of: int) -> None:
    pass


@pytest_asyncio.fixture
async def unit(store: Store, database_url: str, tmp_path: Path) -> AsyncIterator[Unit]:
    house = northborough.house_on(database_url, port=8080)
    await migrate(store)
    await store.write(partial(northborough.make, house=house))
    yield Unit(house, store, tmp_path)


async def test_both_examples_come_in_whole_and_again_without_a_change(unit: Unit) -> None:
    cases, extra = await unit.cases(), await unit.takes(EXAMPLES / "extra")

    assert (cases.failed, cases.all_unread, cases.all_odd) == ("", 0, 0)
    assert {one.file: one.added for one in cases.tallies}["ssd_person"] == 5
    assert (extra.failed, extra.all_unread) == ("", 0)
    assert {one.file: one.added for one in extra.tallies} == {
        "fostering_households": 3, "education_plans": 3, "quality_tools": 2, "population": 2,
    }  # fmt: skip
    assert await unit.rows(populations) == [(2024, 41650), (2025, 41800)]
    assert (await unit.cases()).changes == 0
    assert (await unit.takes(EXAMPLES / "extra")).changes == 0


async def test_looking_changes_nothing_and_counts_the_same(unit: Unit) -> None:
    await unit.cases()
    looked = await unit.takes(EXAMPLES / "extra", look=True)

    assert await unit.rows(fostering_households) == []
    assert (await unit.takes(EXAMPLES / "extra")).tallies == looked.tallies


async def test_a_changed_row_changes_and_a_vanished_one_is_told_and_stays(unit: Unit) -> None:
    await unit.takes_in(
        fostering_households=["H1,mainstream,,,", "H2,Connected person,,,"],
        quality_tools=["T1,draft,2025-04-28,"],
    )
    outcome = await unit.takes_in(
        TAKEN + DAY,
        fostering_households=["H1,mainstream,,,2025-05-20"],
        quality_tools=["T1,completed,2025-04-28,R1"],
    )

    tallies = {one.file: (one.added, one.changed, one.same, one.gone) for one in outcome.tallies}
    assert tallies == {"fostering_households": (0, 1, 0, 1), "quality_tools": (0, 1, 0, 0)}
    assert await unit.rows(fostering_households) == [
        ("H1", "mainstream", None, None, date(2025, 5, 20)),
        ("H2", "connected", None, None, None),
    ]
    assert await unit.rows(quality_tools) == [("T1", "completed", date(2025, 4, 28), "R1")]


@pytest.mark.parametrize(
    ("file", "row", "column"),
    [
        ("fostering_households", ",mainstream,,,", "household_id"),
        ("fostering_households", "H9,big,,,", "kind"),
        ("fostering_households", "H9,mainstream,2025-02-30,,", "approved_on"),
        ("fostering_households", "H9,mainstream,2025-02-01,2025-01-01,", "ended_on"),
        ("fostering_households", "H9,mainstream,2025-02-01,,2026-01-01", "reviewed_on"),
        ("fostering_households", "H1,connected,,,", "household_id"),
        ("quality_tools", "T9,done,2025-04-28,", "state"),
        ("quality_tools", "T9,draft,,", "made_on"),
        ("population", "25,41800", "year"),
        ("population", "2024,forty", "under_18"),
        ("population", "2024,0", "under_18"),
        ("population", "2024,²", "under_18"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_the_rest_goes_in(
    tmp_path: Path, file: str, row: str, column: str
) -> None:
    head, good = FILES[file]
    path = tmp_path / f"{file}.csv"
    path.write_text(f"{head}\r\n{good}\r\n{row}\r\n", encoding="utf-8-sig")
    kind = next(one for one in KINDS if one.source.name == file)
    refused: list[Any] = []

    found = list(records(path, kind, TAKEN, lambda _text: None, refused.append))

    assert [one.line for one in found] == [2]
    assert [(one.line, one.column, bool(one.reason and one.mend)) for one in refused] == [
        (3, column, True)
    ]


async def test_a_plan_of_nobody_who_is_known_is_named(unit: Unit) -> None:
    await unit.cases()
    outcome = await unit.takes_in(education_plans=["10001,2025-06-18,", "99,2025-06-18,"])

    assert [(one.line, one.column) for one in outcome.unread] == [(3, "person_id")]
    (plan,) = await unit.rows(education_plans)
    assert plan[1:] == (None, date(2025, 6, 18))


async def test_the_plan_of_somebody_erased_is_not_touched_any_more(unit: Unit) -> None:
    await unit.cases()
    await unit.takes_in(education_plans=["10001,2025-06-18,"])
    before = await unit.rows(education_plans)  # days without a person stay, as those of reviews do
    person_id, moment = before[0][0], now()
    await unit.store.write(lambda db: erasing.person(db, unit.house.id, person_id, moment))
    outcome = await unit.takes_in(TAKEN + DAY, education_plans=["10001,2025-09-18,"])

    assert outcome.all_unread == 1
    assert await unit.rows(education_plans) == before


async def test_a_folder_without_any_of_the_files_is_told(unit: Unit) -> None:
    outcome = await unit.takes_in()

    assert "fostering_households.csv" in outcome.failed


async def test_older_files_and_two_at_once_are_refused(unit: Unit) -> None:
    await unit.takes_in(population=["2025,41800"])
    assert "are older" in (await unit.takes_in(TAKEN - DAY, population=["2025,1"])).failed

    moment = now()
    run = Run("other", "ssd", TAKEN, moment, "sayso")
    await unit.store.write(lambda db: care_records.begin(db, unit.house.id, run, moment))
    assert "under way" in (await unit.takes_in(population=["2025,1"])).failed
    assert await unit.rows(populations) == [(2025, 41800)]


async def test_an_empty_and_a_wrong_file_are_told_and_the_others_go_in(unit: Unit) -> None:
    folder = unit.tmp / "odd"
    folder.mkdir()
    (folder / "population.csv").write_text("")
    (folder / "quality_tools.csv").write_text("a,b\n1,2\n")
    (folder / "fostering_households.csv").write_text("household_id,kind\nH1,kinship\n")
    (folder / "notes.txt").write_text("x")

    outcome = await unit.takes(folder)

    assert sorted(one.file for one in outcome.unread) == ["population.csv", "quality_tools.csv"]
    assert await unit.rows(fostering_households) == [("H1", "connected", None, None, None)]
    assert any("notes.txt" in note for note in outcome.notes)
