"""The annual report as it is written: a page, a paper, tables and figures that say the same."""

import asyncio
import csv
import io
import json
import re
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pypdf
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page
from sqlalchemy import Connection

from bot.reporting import CannotReport, annual, quarterly_pathway
from bot.reports.figures import counting
from bot.reports.report import NO_DATA, WITHHELD
from bot.reports.year import Quarter, Year
from bot.service.house import House
from storage import report_words
from storage.report_words import Words
from storage.store import open_store
from tests.databases import sqlite_url
from tests.desk.northborough import RUTH, house_on
from tests.keys import RING
from tests.reports.council import NOW, YEAR, Unit, fill

CODES = ("PN1", "PN6", "PN1", "PN6", "PN5", "PN7")
"""In turn, so that 60 children have 20 of the first two and ten of each other."""
LOOKS = Path(__file__).parents[2] / "build" / "looks" / "report"


@pytest.fixture(scope="module")
def house(_migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A council with a year behind it: read only, so one for all."""
    file = tmp_path_factory.mktemp("year") / "sayso.db"
    shutil.copy(_migrated_sqlite, file)
    found = house_on(sqlite_url(file))
    asyncio.run(_fill(found))
    return found


async def _fill(house: House) -> None:
    store = await open_store(house.settings.database_url, RING)
    await store.write(lambda db: fill(db, house, Unit(children=60, late=8, codes=CODES)))
    await store.close()


@pytest.fixture(scope="module")
def published(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its report, as it may be published."""
    return asyncio.run(_written(house, tmp_path_factory.mktemp("published")))


async def _written(
    house: House, out: Path, *, exact: bool = False, words: Path | None = None
) -> Path:
    await annual(house, YEAR, out, NOW, words=words, exact=exact, done=lambda _more, _of: None)
    return out


def _rows(file: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))


def test_the_figures_have_the_names_that_scripts_read(published: Path) -> None:
    figures = json.loads((published / "figures.json").read_text())

    assert figures["children_in_care"] == 60
    assert (figures["reviews_held"], figures["reviews_late"]) == (59, 8)
    assert figures["participation"]["PN1"] == 20
    assert figures["participation"]["missing"] == 1
    assert set(figures["participation"]) == {*(f"PN{n}" for n in range(8)), "missing"}
    assert figures["pathway_outstanding"]["start"] == 12
    assert figures["pathway_outstanding"]["end"] == 7
    assert set(figures["stood_down"]) == {
        "rearranged_in_time", "rearranged_late", "not_rearranged",
    }  # fmt: skip
    assert set(figures["foster_households"]) == {"mainstream", "connected"}
    assert set(figures["qa_tools"]) == {"completed", "draft"}
    assert set(figures["children_by"]) == {"age", "sex", "ethnicity", "legal_status", "placement"}
    assert {"placed_with_parents", "rate_per_10_000", "care_started", "care_ceased", "adoption",
            "permanence_plans", "peps_overdue_percent"} <= set(figures)  # fmt: skip
    assert set(figures["caseload"]) >= {"officers", "children", "average"}
    assert figures["absence_reasons"]["travel"] == 20
    assert figures["no_data"]["foster_households"]


def test_what_is_withheld_stands_in_no_file(published: Path) -> None:
    figures = json.loads((published / "figures.json").read_text())
    assert figures["participation"]["PN3"] is None
    assert "participation.PN3.count" in figures["withheld"]
    rows = {row[0]: row[2] for row in _rows(published / "participation.csv")}
    assert rows["PN3"] == WITHHELD
    assert rows["PN1"] == "20"
    for file in published.glob("*.csv"):
        shown = _rows(file)
        table = next(one for one in counting.DECLARED if one.id == file.stem)
        numbers = [cell for row in shown[1:] for cell in row[2:]]
        small = [cell for cell in numbers if cell.isdecimal() and int(cell) < 6]
        assert not small or table.counts.value != "people", file.name


async def test_for_the_unit_alone_nothing_is_withheld_and_it_says_so(
    house: House, tmp_path: Path
) -> None:
    out = await _written(house, tmp_path / "out", exact=True)

    figures = json.loads((out / "figures.json").read_text())
    assert figures["participation"]["PN3"] == 0
    assert figures["stage"]["later"] == {"reviews_held": 59, "reviews_late": 8}
    assert not figures["for_publication"]
    assert not figures["withheld"]
    assert "not to be published" in (out / "index.html").read_text()


def test_every_table_is_a_file_and_stands_on_the_page(published: Path) -> None:
    page = (published / "index.html").read_text()
    for one in counting.DECLARED:
        assert f'id="{one.id}"' in page, one.id
        rows = _rows(published / f"{one.id}.csv")
        assert rows[0][:2] == ["id", "row"]
    assert {row[2] for row in _rows(published / "alerts.csv")[1:]} == {NO_DATA}


def test_the_paper_is_tagged_for_those_who_have_it_read_to_them(published: Path) -> None:
    paper = pypdf.PdfReader(published / "report.pdf")
    root: Any = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "PN1" in "".join(page.extract_text() for page in paper.pages)
    about = root["/Metadata"].get_object().get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in about


async def test_what_the_manager_wrote_stands_in_it_and_is_offered_next_year(
    house: House, tmp_path: Path
) -> None:
    out = await _written(house, tmp_path / "out")
    boxes = (out / "words.toml").read_text()
    assert 'reviews = ""' in boxes
    (out / "words.toml").write_text(
        boxes.replace('reviews = ""', 'reviews = "Two officers <b>left</b>."')
    )

    await _written(house, out)
    later = await _written(house, tmp_path / "next", words=out / "words.toml")

    for written in (out, later):
        assert "Two officers &lt;b&gt;left&lt;/b&gt;." in (written / "index.html").read_text()
    assert "Two officers" in (later / "words.toml").read_text()


def _write(house: House, new: Words, db: Connection) -> bool:
    return report_words.put(db, house.id, new)


async def test_what_was_written_at_the_desk_stands_in_it_and_a_filled_in_box_goes_before(
    house: House, tmp_path: Path
) -> None:
    store = await open_store(house.settings.database_url, RING)
    for section in ("voice", "safety"):
        new = Words(YEAR.number, section, 1, NOW, RUTH, f"The desk on {section}.")
        assert await store.write(partial(_write, house, new))
    await store.close()
    words = tmp_path / "w.toml"
    words.write_text('voice = "The file on voice."\nsafety = ""\n')

    plain = await _written(house, tmp_path / "plain")
    page = (await _written(house, tmp_path / "filled", words=words) / "index.html").read_text()

    assert "The desk on voice." in (plain / "index.html").read_text()
    assert "The file on voice." in page
    assert "The desk on voice." not in page
    assert "The desk on safety." in page
    assert "The desk" not in (plain / "words.toml").read_text()  # it would go before a newer one


@pytest.mark.parametrize("words", ['nonsense = "x"', "reviews = 3", "reviews = "])
async def test_words_that_can_not_be_read_are_said_and_nothing_is_written(
    house: House, tmp_path: Path, words: str
) -> None:
    (tmp_path / "w.toml").write_text(words)

    with pytest.raises(CannotReport):
        await _written(house, tmp_path / "out", words=tmp_path / "w.toml")

    assert not (tmp_path / "out").exists()


async def test_a_year_that_has_not_begun_has_no_report(house: House, tmp_path: Path) -> None:
    with pytest.raises(CannotReport, match="1 April 2027"):
        await annual(
            house, Year(2027), tmp_path, NOW, words=None, exact=False, done=lambda _m, _o: None
        )


async def test_a_quarter_tells_the_backlog_at_the_end_of_each_of_its_months(
    house: House, tmp_path: Path
) -> None:
    await quarterly_pathway(house, Quarter(YEAR, 3), tmp_path, NOW, lambda _more, _of: None)

    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["pathway_outstanding"]["months"] == {
        "2025-09-30": 12, "2025-10-31": 12, "2025-11-30": 12, "2025-12-31": 7,
    }  # fmt: skip
    assert "October to December 2025" in (tmp_path / "index.html").read_text()
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


async def test_a_report_of_a_year_that_goes_on_says_until_when(
    house: House, published: Path, tmp_path: Path
) -> None:
    await annual(
        house, Year(2026), tmp_path, NOW, words=None, exact=False, done=lambda _m, _o: None
    )

    said = "So far: until 1 June 2026."
    assert said in (tmp_path / "index.html").read_text()
    assert said in pypdf.PdfReader(tmp_path / "report.pdf").pages[0].extract_text()
    assert "So far" not in (published / "index.html").read_text()


def test_no_table_on_paper_is_torn_from_its_heading(published: Path) -> None:
    """What is counted stands below each table, on the page that its heading is on."""
    paper = pypdf.PdfReader(published / "report.pdf")
    pages = [" ".join(page.extract_text().split()) for page in paper.pages]
    for one in counting.DECLARED:
        (page,) = [text for text in pages if one.definition[:60] in text]
        assert one.title in page, one.id


async def test_the_page_is_well_made_on_a_phone_and_at_a_desk(
    published: Path, phone: Page, computer: Page
) -> None:
    LOOKS.mkdir(parents=True, exist_ok=True)
    for name, page in (("phone", phone), ("computer", computer)):
        await page.goto((published / "index.html").as_uri())
        found = (await Axe().run(page)).response["violations"]
        assert not found, (name, [one["id"] for one in found])
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), name
        await page.screenshot(path=LOOKS / f"annual-{name}.png", full_page=True)


async def test_last_years_own_report_tells_no_more_than_the_column_of_it_in_this_years(
    house: House, published: Path, tmp_path: Path
) -> None:
    """Who lays both reports side by side finds the same cells withheld."""
    await annual(
        house, YEAR.before, tmp_path, NOW, words=None, exact=False, done=lambda _m, _o: None
    )

    page = (published / "index.html").read_text()
    for one in counting.DECLARED:
        section = page.partition(f'<h3 id="{one.id}">')[2].partition("<h3")[0]
        if f"{YEAR.before.called}</th>" not in section:
            continue
        own = [row[-1] for row in _rows(tmp_path / f"{one.id}.csv")[1:]]
        beside = re.findall(r"<td>([^<]*)</td></tr>", section)
        assert beside[-len(own) :] == own, one.id
