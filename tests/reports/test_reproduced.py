"""From the case system's files to the published figures: two imports, a year apart, one report."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.reporting import annual
from bot.reports.year import Year
from bot.service.council import read_council
from bot.service.house import House
from bot.settings import Settings
from storage import people
from storage.store import open_store
from tests.commands import ROOT, Installation
from tests.databases import sqlite_url
from tests.keys import ring_at
from tests.reports.reference_files import write_extra, write_ssd
from tests.reports.reference_rows import BEFORE, ENDS
from tests.reports.reference_tables import NOW, add_extra
from tests.reports.reference_unit import reference_unit
from tests.reports.test_reference import assert_the_published_figures, cells

UNIT = reference_unit()


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the report, after `sayso import ssd` of both days' tables."""
    folder = tmp_path_factory.mktemp("reproduced")
    council = (ROOT / "bot/demo/northborough.toml").read_text()
    (folder / "council.toml").write_text(council.replace("demo = true", "demo = false"))
    settings = {"SAYSO_KEYS": str(folder / "keys.json"),
                "SAYSO_COUNCIL": str(folder / "council.toml")}  # fmt: skip
    sayso = Installation(folder, sqlite_url(folder / "sayso.db"), settings=settings)
    sayso.run("keys", "new")
    sayso.run("migrate")
    for day in (BEFORE, ENDS):
        write_ssd(UNIT, folder / day.isoformat(), day)
        said = sayso.run("import", "ssd", str(folder / day.isoformat()), "--json",
                         "--taken-on", day.isoformat())  # fmt: skip
        outcome = json.loads(said.stdout)
        assert (outcome["all_unread"], outcome["all_odd"]) == (0, 0), outcome
    house = House(
        read_council(folder / "council.toml"),
        ring_at(folder / "keys.json"),
        Settings(database_url=sayso.database_url),
    )
    asyncio.run(_report(house, folder / "report"))
    return folder / "report"


async def _report(house: House, out: Path) -> None:
    store = await open_store(house.settings.database_url, house.keys)
    await store.write(lambda db: _extra(db, house))
    await store.close()
    await annual(house, Year(2025), out, NOW, words=None, exact=False, done=lambda _more, _of: None)


def _extra(db: Connection, house: House) -> None:
    ids = {
        one.person_id: people.by_case_id(db, house.id, house.keys, one.person_id) or ""
        for one in UNIT.education
    }
    add_extra(db, house.id, UNIT, ids)


def test_every_published_figure_comes_out_of_the_files(reported: Path) -> None:
    figures = json.loads((reported / "figures.json").read_text())

    assert_the_published_figures(figures, reported)


def test_what_was_stood_down_and_who_came_and_left_is_told_too(reported: Path) -> None:
    figures = json.loads((reported / "figures.json").read_text())

    assert figures["stood_down"]["rearranged_in_time"] == 30
    assert (figures["care_started"], figures["care_ceased"]) == (163, 200)
    assert figures["rate_per_10_000"] == 129
    assert figures["adoption"] == {"within": 14, "later": 6}
    assert cells(reported, "children_by_placement")["adoption"] == ["20"]
    assert cells(reported, "caseload")["officers"] == ["6"]


def test_the_councils_own_files_have_the_columns_that_are_asked_for(tmp_path: Path) -> None:
    write_extra(UNIT, tmp_path)

    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "education_plans.csv", "fostering_households.csv", "population.csv", "quality_tools.csv",
    ]  # fmt: skip
    first = (tmp_path / "education_plans.csv").read_text().splitlines()[0]
    assert first == "person_id,due_on,in_place_on"
