"""From the case system's files to the published figures: two imports, a year apart, one report."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.reporting import annual
from bot.reports.year import Year
from bot.service.council import read_council
from bot.service.house import House
from bot.settings import Settings
from tests.commands import ROOT, Installation
from tests.databases import sqlite_url
from tests.keys import ring_at
from tests.reports.reference_files import write_extra, write_ssd
from tests.reports.reference_rows import BEFORE, ENDS
from tests.reports.reference_tables import NOW
from tests.reports.reference_unit import reference_unit
from tests.reports.test_reference import assert_the_published_figures, cells

UNIT = reference_unit()


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the report, after `import ssd` of both days, and `import extra`."""
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
    write_extra(UNIT, folder / "extra")
    said = sayso.run("import", "extra", str(folder / "extra"), "--json",
                     "--taken-on", ENDS.isoformat())  # fmt: skip
    assert not json.loads(said.stdout)["all_unread"], said.stdout
    house = House(
        read_council(folder / "council.toml"),
        ring_at(folder / "keys.json"),
        Settings(database_url=sayso.database_url),
    )
    report = annual(
        house, Year(2025), folder / "report", NOW, words=None, exact=False,
        done=lambda _more, _of: None,
    )  # fmt: skip
    asyncio.run(report)
    return folder / "report"


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
