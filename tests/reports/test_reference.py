"""A real unit's published year comes out of its data again, figure by figure, as JSON and CSV."""

import asyncio
import csv
import io
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.reporting import annual
from bot.reports.report import WITHHELD
from bot.reports.year import Year
from bot.service.house import House
from conversations.timescales import birthday
from storage.store import open_store
from tests.databases import sqlite_url
from tests.desk.northborough import house_on
from tests.keys import RING
from tests.reports.reference_rows import BEGINS, ENDS, Unit
from tests.reports.reference_tables import NOW, load
from tests.reports.reference_unit import CODES, reference_unit

UNIT = reference_unit()
YEAR = Year(2025)


@pytest.fixture(scope="module")
def house(_migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    file = tmp_path_factory.mktemp("reference") / "sayso.db"
    shutil.copy(_migrated_sqlite, file)
    found = house_on(sqlite_url(file), demo=False)
    asyncio.run(_load(found))
    return found


async def _load(house: House) -> None:
    store = await open_store(house.settings.database_url, RING)
    await store.write(lambda db: load(db, house, UNIT))
    await store.close()


@pytest.fixture(scope="module")
def published(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asyncio.run(_written(house, tmp_path_factory.mktemp("published"), exact=False))


@pytest.fixture(scope="module")
def figures(published: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((published / "figures.json").read_text())
    return found


async def _written(house: House, out: Path, *, exact: bool) -> Path:
    await annual(house, YEAR, out, NOW, words=None, exact=exact, done=lambda _more, _of: None)
    return out


def cells(folder: Path, table: str) -> dict[str, list[str]]:
    """A table's CSV: what each row says, by its id."""
    text = (folder / f"{table}.csv").read_text("utf-8-sig")
    return {row[0]: row[2:] for row in csv.reader(io.StringIO(text))}


def assert_the_published_figures(figures: dict[str, Any], folder: Path) -> None:
    """Each, in the JSON and in the CSV."""
    assert figures["children_in_care"] == 563
    assert cells(folder, "children_in_care")["total"] == ["563"]

    assert (figures["reviews_held"], figures["reviews_late"]) == (1_469, 106)
    assert round(100 * figures["reviews_late"] / figures["reviews_held"]) == 7
    assert cells(folder, "reviews_by_stage")["total"] == ["1,363", "106", "1,469"]

    assert figures["participation"]["PN6"] == 632
    assert round(100 * figures["participation"]["PN6"] / figures["reviews_held"]) == 43
    assert cells(folder, "participation")["PN6"] == ["632"]

    assert figures["foster_households"] == {"mainstream": 103, "connected": 74}
    assert cells(folder, "foster_households")["total"] == ["177"]

    backlog = figures["pathway_outstanding"]
    assert (backlog["start"], backlog["end"]) == (190, 4)
    months = list(cells(folder, "pathway_outstanding").items())
    assert months[1] == ("2025-03-31", ["190"])
    assert months[-1] == ("2026-03-31", ["4"])

    assert figures["qa_tools"] == {"completed": 128, "draft": 50}
    assert cells(folder, "qa_tools")["total"] == ["178"]

    assert figures["peps_in_place_percent"] == 87.5
    assert figures["peps_overdue_percent"] == 10.1
    assert cells(folder, "peps")["overdue"] == ["36"]


def test_every_published_figure_is_in_the_report(figures: dict[str, Any], published: Path) -> None:
    assert_the_published_figures(figures, published)


def test_the_reviews_of_the_truth_are_counted_without_any_clock(figures: dict[str, Any]) -> None:
    """What the generator meant: an addition that knows no law."""
    held = UNIT.held_in_year()

    assert figures["reviews_held"] == len(held)
    assert figures["reviews_late"] == sum(one.late for one in held)
    codes = {code: count for code, count in figures["participation"].items() if code != "missing"}
    assert Counter(one.code for one in held) == codes
    stages = {name: one["reviews_late"] for name, one in figures["stage"].items()}
    assert stages == {"first": 20, "second": 10, "later": 76}


def test_the_children_of_the_truth_are_counted_by_what_they_are(figures: dict[str, Any]) -> None:
    of = {one.person_id: one for one in UNIT.people}
    open_episodes = [
        one
        for one in UNIT.episodes
        if one.began <= ENDS
        and (one.ended is None or one.ended > ENDS)
        and one.legal_status != "V4"
    ]
    here = [of[one.person_id] for one in open_episodes]
    by = figures["children_by"]

    assert by["sex"] == {"girls": _count(here, "F"), "boys": _count(here, "M")}
    for status, name in (
        ("C2", "full_care_order"),
        ("C1", "interim_care_order"),
        ("V2", "accommodated"),
    ):
        assert by["legal_status"][name] == sum(one.legal_status == status for one in open_episodes)
    assert by["legal_status"]["placement_order"] is None  # else: none in the rows that are 0
    assert figures["placed_with_parents"] == sum(one.placement == "P1" for one in open_episodes)
    assert by["placement"]["adoption"] == 20
    assert figures["rate_per_10_000"] == 129
    ages = Counter("16_17" for one in here if birthday(one.born, 16) <= ENDS)
    assert by["age"]["16_17"] == ages["16_17"]
    moved = [one for one in UNIT.episodes if one.legal_status != "V4"]
    assert figures["care_started"] == sum(
        BEGINS <= one.began <= ENDS and one.reason_began == "S" for one in moved
    )
    assert figures["care_ceased"] == 200
    assert figures["adoption"] == {"within": 14, "later": 6}
    assert figures["permanence_plans"]["second"] == 12
    assert figures["caseload"]["children"] == 563 + 12  # short breaks, too


def _count(people: list[Any], sex: str) -> int:
    return sum(one.sex == sex for one in people)


async def test_for_the_unit_alone_what_was_stood_down_is_told_to_the_last(
    house: House, tmp_path: Path
) -> None:
    out = await _written(house, tmp_path / "exact", exact=True)

    figures = json.loads((out / "figures.json").read_text())
    assert figures["stood_down"] == {
        "rearranged_in_time": 30, "rearranged_late": 8, "not_rearranged": 0,
    }  # fmt: skip
    assert figures["participation"] == {
        **CODES, "PN0": 180, "PN1": 1_469 - 180 - sum(CODES.values()), "missing": 0,
    }  # fmt: skip
    assert cells(out, "stood_down")["not_rearranged"] == ["0"]


def test_what_is_small_is_withheld_in_it(figures: dict[str, Any], published: Path) -> None:
    assert figures["stood_down"]["not_rearranged"] is None
    assert cells(published, "stood_down")["not_rearranged"] == [WITHHELD]


def test_the_truth_is_the_same_at_every_call() -> None:
    again: Unit = reference_unit()

    assert again == UNIT
