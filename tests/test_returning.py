"""The statutory return of an invented council of a few hundred children, with all that may be in
one, as it is written; and the published validator over it."""

import asyncio
import csv
import shutil
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page
from sqlalchemy import Connection, insert

from bot.reports.year import Year
from bot.returning import FILES, CannotReturn, Returned, export
from bot.service.house import House
from bot.service.statutory_return.rules import Child
from conversations.episodes import Episode
from conversations.timescales import Care
from storage import care, people, reviews
from storage.care_tables import care_episodes
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind
from storage.store import open_store
from storage.tables import participation, young_people
from tests.databases import sqlite_url
from tests.desk.northborough import AMINA, DEV, house_on, make
from tests.keys import RING
from tests.service.statutory_return.test_published_validator import Case, _ask, validate

YEAR = Year(2025)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CHILDREN = 300
LOOKS = Path(__file__).parents[1] / "build" / "looks" / "return"


def _day(number: int) -> date:
    """Spread over the year, its first and last day among them."""
    return min(date(2025, 4, 1) + timedelta(days=number * 37 % 366), date(2026, 3, 31))


def _born(number: int) -> date:
    if number % 50 == 0:
        return date(2020, 2, 29)
    return date(2008 + number % 17, 1 + number % 12, 1 + number % 28)


def _fitting(born: date, day: date, number: int) -> str:
    under_4 = day < date(born.year + 4, born.month, born.day)
    return "PN0" if under_4 else f"PN{1 + number % 7}"


def fill(db: Connection, house: House) -> list[Case]:
    """All children are in care or were in the year, a tenth of them in short breaks throughout.
    What the council's Header and Episodes files say of them."""
    make(db, house)
    cases = []
    for number in range(CHILDREN):
        born = _born(number - number % 2) if number % 20 < 2 else _born(number)  # twins among them
        case_id = ("=1+{}", "@{}", "-{}", "+{}", "C,{}", 'C"{}', "<{}&>", "李{}", "C{}")[
            number % 9
        ].format(1000 + number)
        began = max(born, date(2024, 1, 8)) + timedelta(days=number % 400)
        ended = date(2025, 6, 1) if number % 7 == 0 and began < date(2025, 5, 1) else None
        if began >= date(2026, 3, 1):
            began = date(2025, 12, 1)
        short = number % 10 == 9
        episodes = (Episode(began, ended, short),)
        person = f"child-{number:04}"
        people.add_young_person(
            db, house.keys, YoungPerson(house.id, person, case_id, "A B", born, False), NOW
        )
        _episode(db, house, person, episodes[0])
        days = {day for n in range(3) if (day := _day(number + n * 5)) >= max(began, born)}
        for at, day in enumerate(sorted(d for d in days if ended is None or d <= ended)):
            review_id = f"{person}-{at}"
            _held(db, house, review_id, person, ReviewKind.CIOC, day)
            _code(db, house, review_id, _fitting(born, day, number))
        cases.append(Case(Child(case_id, born, (), episodes), born))
    for number in range(20):
        person = f"leaver-{number}"
        people.add_young_person(
            db, house.keys,
            YoungPerson(house.id, person, f"L{number}", "A B", date(2006, 1, 1), True), NOW,
        )  # fmt: skip
        _held(db, house, f"{person}-p", person, ReviewKind.PATHWAY, date(2025, 9, 1), DEV)
    # Sixteen, still in care: a review in care, and a pathway plan with reviews of its own.
    _held(db, house, "child-0001-p", "child-0001", ReviewKind.PATHWAY, date(2025, 9, 2), DEV)
    return cases


def _episode(db: Connection, house: House, person: str, episode: Episode) -> None:
    row = {
        "council": house.id, "person_id": person, "episode_id": "e1", "began": episode.began,
        "ended": episode.ended, "legal_status": "V4" if episode.short_breaks else "C2",
        "placement": "U1", "reason_began": "S", "reason_ended": "",
    }  # fmt: skip
    db.execute(insert(care_episodes), row)


def _held(
    db: Connection,
    house: House,
    review_id: str,
    person: str,
    kind: ReviewKind,
    day: date | None,
    officer: str = AMINA,
) -> None:
    reviews.add(db, Review(house.id, review_id, person, kind, officer, day, day, held=True), NOW)


def _code(db: Connection, house: House, review_id: str, code: str) -> None:
    row = {"council": house.id, "review_id": review_id, "code": code, "proposed": code,
           "method": "spoke", "confirmed_by": AMINA, "confirmed_at": NOW}  # fmt: skip
    db.execute(insert(participation), row)


@pytest.fixture(scope="module")
def council(_migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its database: read only, so one for all; those who write copy it."""
    return tmp_path_factory.mktemp("council") / "sayso.db"


@pytest.fixture(scope="module")
def cases(_migrated_sqlite: Path, council: Path) -> list[Case]:
    shutil.copy(_migrated_sqlite, council)
    house = house_on(sqlite_url(council))
    return asyncio.run(_write(house, fill))


async def _write(house: House, what: object) -> list[Case]:
    store = await open_store(house.settings.database_url, RING)
    result: list[Case] = await store.write(lambda db: what(db, house))  # type: ignore[operator]
    await store.close()
    return result


async def _export(house: House, out: Path, header: Path | None = None) -> Returned:
    return await export(house, YEAR, out, NOW, header=header, done=lambda _more, _of: None)


@pytest.fixture(scope="module")
def written(
    council: Path, cases: list[Case], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Returned]:
    assert cases
    out = tmp_path_factory.mktemp("return")
    return out, asyncio.run(_export(house_on(sqlite_url(council)), out))


def _rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


def test_the_published_validator_finds_nothing_in_it(
    written: tuple[Path, Returned], cases: list[Case]
) -> None:
    out, made = written
    every_rule: tuple[str, ...] = ()

    answer = validate((out / "reviews.csv").read_bytes().decode(), cases, every_rule)

    assert answer["found"] == {}
    assert set(answer["ran"]) >= {"166", "167", "440", "441", "399", "1012", "INT08", "INT17"}
    assert made.goes_in > 400


def test_the_xml_says_the_same_and_the_validator_reads_it_so(
    written: tuple[Path, Returned],
) -> None:
    out, made = written
    head, *rows = _rows(out / "reviews.csv")

    read = _ask({"xml": (out / "reviews.xml").read_bytes().decode()})

    assert head == ["CHILD", "DOB", "REVIEW", "REVIEW_CODE"]
    assert len(rows) == made.goes_in
    assert [[cell.upper() for cell in row] for row in rows] == read
    assert all(all(row) for row in rows)


def test_pathway_reviews_short_breaks_and_other_years_are_not_in_it(
    written: tuple[Path, Returned], cases: list[Case]
) -> None:
    out, made = written
    _head, *rows = _rows(out / "reviews.csv")
    short = {case.child.child for case in cases if case.child.stays and any(
        one.short_breaks for one in case.child.stays)}  # fmt: skip

    assert made.pathway == 21
    assert set(made.by_rule) == {"399"}
    assert made.by_rule["399"] == made.left_out
    assert not {row[0] for row in rows} & short
    assert not [row for row in rows if row[0].startswith("L")]
    days = [datetime.strptime(row[2], "%d/%m/%Y").date() for row in rows]  # noqa: DTZ007
    assert min(days) >= date(2025, 4, 1)
    assert max(days) <= date(2026, 3, 31)


def test_ids_that_a_spreadsheet_would_take_for_a_formula_stay_exact_for_the_department(
    written: tuple[Path, Returned], cases: list[Case]
) -> None:
    out, _made = written
    known = {case.child.child for case in cases}
    ids = {row[0] for row in _rows(out / "reviews.csv")[1:]}

    assert ids <= known
    assert {one[0] for one in ids} >= set("=@-+")
    tree = ET.parse(out / "reviews.xml")  # noqa: S314 - our own
    assert {child.findtext("HEADER/CHILDID") for child in tree.getroot()} == ids
    problems = [row[3] for row in _rows(out / "problems.csv")[1:]]
    assert problems
    assert not [one for one in problems if one[0] in "=+-@"]


def test_nothing_half_written_is_left(written: tuple[Path, Returned]) -> None:
    out, made = written

    assert {file.name for file in out.iterdir()} == set(FILES) == set(made.files)


@pytest.fixture
def house(_migrated_sqlite: Path, tmp_path: Path) -> House:
    """A council of the tests' own young people, who have neither episodes nor periods."""
    shutil.copy(_migrated_sqlite, tmp_path / "sayso.db")
    return house_on(sqlite_url(tmp_path / "sayso.db"))


def _one(db: Connection, house: House) -> list[Case]:
    make(db, house)
    child = YoungPerson(house.id, "child", "C1", "A B", date(2012, 5, 4), False)
    people.add_young_person(db, house.keys, child, NOW)
    _held(db, house, "R1", "child", ReviewKind.CIOC, date(2025, 8, 1))
    _code(db, house, "R1", "PN1")
    return []


async def test_without_episodes_and_periods_all_goes_in_and_it_says_what_nobody_looked_at(
    house: House, tmp_path: Path
) -> None:
    await _write(house, _one)

    made = await _export(house, tmp_path / "out")

    assert _rows(tmp_path / "out" / "reviews.csv")[1:] == [
        ["C1", "04/05/2012", "01/08/2025", "PN1"]
    ]
    assert "rule 1012" in made.not_checked[0]
    assert "1012" in (tmp_path / "out" / "report.html").read_text()


async def test_periods_of_care_stand_in_for_episodes(house: House, tmp_path: Path) -> None:
    def fill_periods(db: Connection, house: House) -> list[Case]:
        _one(db, house)
        another = YoungPerson(house.id, "other", "C2", "A B", date(2012, 5, 4), False)
        people.add_young_person(db, house.keys, another, NOW)
        care.keep_periods(db, house.id, "other", (Care(date(2025, 1, 1)),))
        return []

    await _write(house, fill_periods)

    made = await _export(house, tmp_path / "out")

    assert made.by_rule == {"1012": 1}
    assert made.goes_in == 0
    assert "periods of care stood in" in made.not_checked[0]


async def test_the_header_file_is_compared(house: House, tmp_path: Path) -> None:
    await _write(house, _one)
    header = tmp_path / "header.csv"
    for text, rule in (
        ("CHILD,SEX,DOB\nC1,1,04/05/2012\n", None),
        ("\ufeffCHILD,SEX,DOB\r\nC1,1,05/04/2012\r\n", "INT17"),
        ("DOB,CHILD\n04/05/2012,C2\n", "INT08"),
        ("CHILD,DOB\nC1,2012-04-05 00:00\n", "INT17"),
    ):
        header.write_text(text, encoding="utf-8")
        made = await _export(house, tmp_path / "out", header)
        assert list(made.by_rule) == ([rule] if rule else [])
        assert not [one for one in made.not_checked if "Header" in one]

    header.write_text("CHILD,DOB\nC1,4th of May\nC2,\n")
    made = await _export(house, tmp_path / "out", header)
    assert made.by_rule == {}
    assert "(rule INT17): 2." in made.not_checked[-1]
    header.write_text(f"CHILD,DOB\nC1,{'4' * 200_000}\n")
    with pytest.raises(CannotReturn, match="can’t be read as CSV"):
        await _export(house, tmp_path / "out", header)

    header.write_text("CHILD\nC1\n")
    with pytest.raises(CannotReturn, match="DOB"):
        await _export(house, tmp_path / "out", header)
    header.write_bytes(b"CHILD,DOB\n\xff\xfe,1\n")
    with pytest.raises(CannotReturn, match="UTF-8"):
        await _export(house, tmp_path / "out", header)


async def test_who_was_erased_is_counted_and_not_named(house: House, tmp_path: Path) -> None:
    def erase(db: Connection, house: House) -> list[Case]:
        _one(db, house)
        people.mark_erased(db, house.id, "child", NOW)
        return []

    await _write(house, erase)

    made = await _export(house, tmp_path / "out")

    assert made.by_rule == {"erased": 1}
    assert [row[3] for row in _rows(tmp_path / "out" / "problems.csv")[1:]] == [""]


async def test_a_young_person_without_a_birth_date_is_said(house: House, tmp_path: Path) -> None:
    def forget(db: Connection, house: House) -> list[Case]:
        _one(db, house)
        db.execute(
            young_people.update().where(young_people.c.person_id == "child").values(born=b"")
        )
        return []

    await _write(house, forget)

    assert (await _export(house, tmp_path / "out")).by_rule == {"no-birth-date": 1}


async def test_where_it_fails_the_files_of_before_stay(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _write(house, _one)
    await _export(house, tmp_path / "out")
    before = (tmp_path / "out" / "reviews.csv").read_bytes()

    def fail(_made: object) -> str:
        raise OSError("no space left")

    monkeypatch.setattr("bot.reports.ssda903.html", fail)
    with pytest.raises(OSError, match="no space"):
        await _export(house, tmp_path / "out")

    assert (tmp_path / "out" / "reviews.csv").read_bytes() == before
    assert {file.name for file in (tmp_path / "out").iterdir()} == set(FILES)


async def test_the_page_is_well_made_on_a_phone_and_at_a_desk(
    written: tuple[Path, Returned], phone: Page, computer: Page
) -> None:
    LOOKS.mkdir(parents=True, exist_ok=True)
    for name, page in (("phone", phone), ("computer", computer)):
        await page.goto((written[0] / "report.html").as_uri())
        found = (await Axe().run(page)).response["violations"]
        assert not found, (name, [one["id"] for one in found])
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), name
        await page.screenshot(path=LOOKS / f"return-{name}.png", full_page=True)
