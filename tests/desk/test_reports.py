"""The annual report and the boards at the desk: what they show, take and keep."""

import asyncio
import csv
import io
import json
import time
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Connection, select, update

from bot.reports.report import SECTIONS
from bot.reports.year import Year, year_of
from bot.service import boards, report_words, yearly
from bot.service.days import local_day
from bot.service.house import House
from bot.web.context import now
from storage import allocations, people
from storage import report_words as kept
from storage.allocations import Allocation
from storage.people import Staff
from storage.tables import audit, reviews
from tests.desk.northborough import AMINA, RUTH, TOM, today
from tests.desk.running import Browser, Desk, Page
from tests.reports.council import Unit, add_child

LAST = Year(2025)
REPORT, FILES = "/desk/reports/2025", "/desk/reports/2025/files"


def _year(house: House, db: Connection) -> None:
    """Forty children whose later review was in 2025/26: it is what a report of then counts."""
    unit = Unit(children=40, late=8)
    for number in range(unit.children):
        add_child(db, house, unit, number)


async def _manager(desk: Desk) -> Browser:
    await desk.store.write(partial(_year, desk.house))
    return await desk.signed_in(RUTH)


async def _write(browser: Browser, section: str, words: str, page: Page | None = None) -> Page:
    shown = page or await browser.get(REPORT)
    seen = _seen(shown, section)
    fields = {"token": shown.token, "section": section, "words": words, "seen": seen}
    return await browser.post(f"{REPORT}/words", fields)


def _seen(page: Page, section: str) -> str:
    box = page.text.split(f'name="section" value="{section}"')[1]
    return box.split('name="seen" value="')[1].split('"')[0]


async def test_every_year_since_the_first_review_has_a_report(desk: Desk) -> None:
    browser = await _manager(desk)

    page = await browser.get("/desk/reports/")

    first, this = 2023, year_of(today()).number  # the first was held in January 2024
    for number in range(first, this + 1):
        assert f'href="/desk/reports/{number}"' in page.text
    assert f"/desk/reports/{first - 1}" not in page.text
    assert page.text.count("So far") == 1


async def test_the_report_shows_every_table_as_it_may_be_published(desk: Desk) -> None:
    browser = await _manager(desk)

    page = await browser.get(REPORT)

    assert page.status == 200
    for section in SECTIONS:
        assert f'id="{section.id}"' in page.text
        for table in section.tables:
            assert f'id="{table.id}"' in page.text, table.id
    assert "40 in all." in page.seen
    assert "withheld" in page.seen
    assert "2024/25" in page.seen
    assert page.text.count("<svg") >= 3
    assert "style=" not in page.text  # no policy lets it through


async def test_while_a_report_is_counted_the_desk_answers(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counting is made to take long: another page is there before it ends."""
    browser, other = await _manager(desk), await desk.signed_in(AMINA)
    counted = yearly.count

    def slowly(*about: object) -> object:
        time.sleep(1.5)
        return counted(*about)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.service.yearly.count", slowly)
    report = asyncio.create_task(browser.get(REPORT))
    await asyncio.sleep(0.3)

    assert (await other.get("/desk/reviews")).status == 200
    assert not report.done()
    assert (await report).status == 200


async def test_words_are_kept_by_year_and_stand_beside_the_box_of_the_next(desk: Desk) -> None:
    browser = await _manager(desk)

    page = await _write(browser, "voice", "Two officers went\r\nto schools. <b>")

    assert page.status == 200
    assert "“How children took part” is kept." in page.seen
    assert "Two officers went\nto schools. &lt;b&gt;" in page.text
    assert "Ruth Adeyemi wrote this" in page.seen
    later = await browser.get("/desk/reports/2026")
    assert "What you wrote last year" in later.seen
    assert "Two officers went" in later.seen
    assert await desk.store.read(lambda db: report_words.written(db, desk.house, LAST)) == {
        "voice": "Two officers went\nto schools. <b>"
    }
    assert "1 of 9 sections" in (await browser.get("/desk/reports/")).seen


async def test_of_two_who_write_at_once_the_later_is_told_and_loses_nothing(desk: Desk) -> None:
    browser = await desk.signed_in(RUTH)
    stale = await browser.get(REPORT)
    await _write(browser, "voice", "What the first wrote.", stale)

    page = await _write(browser, "voice", "What the second wrote.", stale)

    assert page.status == 409
    assert "Ruth Adeyemi wrote into “How children took part” meanwhile." in page.seen
    assert "What the first wrote." in page.seen
    assert "What the second wrote.</textarea>" in page.text
    again = await _write(browser, "voice", "What both wrote.", page)
    assert again.status == 200
    assert "What both wrote." in again.seen


async def test_the_same_words_sent_twice_are_kept_once(desk: Desk) -> None:
    browser = await desk.signed_in(RUTH)
    stale = await browser.get(REPORT)
    await _write(browser, "voice", "The same.", stale)

    assert (await _write(browser, "voice", "The same.", stale)).status == 200

    found = await desk.store.read(lambda db: kept.of_year(db, desk.house.id, LAST.number))
    assert found["voice"].number == 1


async def test_a_box_that_is_too_full_loses_nothing(desk: Desk) -> None:
    browser = await desk.signed_in(RUTH)
    words = "x" * (report_words.MOST + 1)

    page = await _write(browser, "voice", words)

    assert page.status == 422
    assert "has more than 8,000 letters" in page.seen
    assert words in page.text


@pytest.mark.parametrize("address", ["1989", "2999", "nonsense", "20255", "٢٠٢٥"])
async def test_a_year_that_has_no_report_is_not_there(desk: Desk, address: str) -> None:
    browser = await desk.signed_in(RUTH)

    assert (await browser.get(f"/desk/reports/{address}")).status == 404


async def test_a_section_that_is_none_keeps_nothing(desk: Desk) -> None:
    browser = await desk.signed_in(RUTH)
    page = await browser.get(REPORT)

    fields = {"token": page.token, "section": "nonsense", "words": "x", "seen": "0"}
    assert (await browser.post(f"{REPORT}/words", fields)).status == 422

    assert not await desk.store.read(lambda db: kept.of_year(db, desk.house.id, LAST.number))


async def test_files_are_those_of_the_published_report_and_their_leaving_is_on_record(
    desk: Desk,
) -> None:
    browser = await _manager(desk)
    await _write(browser, "voice", "Said at the desk.")

    figures = json.loads((await browser.get(f"{FILES}/figures.json")).text)
    table = list(csv.reader(io.StringIO((await browser.get(f"{FILES}/participation.csv")).text)))
    async with browser.session.get(f"{desk.base}{FILES}/report.pdf") as answer:
        assert answer.headers["Content-Type"] == "application/pdf"
        assert 'filename="sayso-2025-report.pdf"' in answer.headers["Content-Disposition"]
        assert (await answer.read()).startswith(b"%PDF")

    assert figures["for_publication"]
    assert figures["children_in_care"] == 40
    assert ["PN0", "Under 4 at the time (PN0)", "withheld"] in table

    def taken(db: Connection) -> list[tuple[str, str]]:
        rows = db.execute(select(audit).where(audit.c.act == "report_taken"))
        return sorted((row.subject, row.detail) for row in rows)

    assert await desk.store.read(taken) == [
        ("report:2025", "figures.json"),
        ("report:2025", "participation.csv"),
        ("report:2025", "report.pdf"),
    ]


@pytest.mark.parametrize("name", ["nothing.csv", "words.toml", "..%2Freport.pdf", "report.html"])
async def test_a_file_that_is_none_is_not_there_and_not_on_record(desk: Desk, name: str) -> None:
    browser = await desk.signed_in(RUTH)

    assert (await browser.get(f"{FILES}/{name}")).status == 404


async def test_without_a_process_that_draws_the_numbers_stand_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await _manager(desk)
    monkeypatch.setattr("bot.reports.drawing.sys.executable", "/bin/false")

    page = await browser.get(REPORT)

    assert page.status == 200
    assert "<svg" not in page.text.split("<main")[1]
    assert "40 in all." in page.seen


# Boards

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _teams(house: House, db: Connection, *, small: bool) -> None:
    """The same children, of two teams; `small`: one of them has but three."""
    _year(house, db)
    for team in ("North", "South"):
        member = Staff(house.id, f"worker-{team}", "social_worker", f"{team} Worker", team=team)
        people.add_staff(db, house.keys, member, now())
    since = local_day(NOW).replace(year=2024)
    for number in range(40):
        north = number < (3 if small else 20)
        worker = "worker-North" if north else "worker-South"
        one = Allocation(house.id, f"child-{number}", worker, "social_worker", since)
        allocations.add(db, one)


async def _boards(desk: Desk, *, small: bool) -> boards.Boards:
    await desk.store.write(lambda db: _teams(desk.house, db, small=small))
    return await desk.store.read(lambda db: boards.boards(db, desk.house, LAST, local_day(NOW)))


async def test_boards_tell_by_team_what_the_report_tells_of_all(desk: Desk) -> None:
    found = (await _boards(desk, small=False)).by("team")

    assert found is not None
    assert found.groups == ("North", "South")
    took_part = next(one for one in found.families if one.id == "participation")
    assert took_part.told == frozenset({"PN1"})
    assert took_part.whole["PN1"] == sum(took_part.at("PN1", team) or 0 for team in found.groups)
    assert took_part.whole["PN6"] is None  # else the others would be told to be 0
    assert took_part.at("PN6", "North") is None
    timely = next(one for one in found.families if one.id == "timely")
    assert timely.told == frozenset()  # all late ones are of one team: 0 would be told of the other
    assert [timely.of_group(team) for team in found.groups] == [20, 19]


async def test_a_team_with_few_reviews_ends_all_boards_by_team(desk: Desk) -> None:
    assert (await _boards(desk, small=True)).by("team") is None


async def test_one_officer_alone_is_no_filter(desk: Desk) -> None:
    assert (await _boards(desk, small=False)).by("officer") is None


def _filtered(house: House, db: Connection) -> None:
    """Twenty children under 4 besides; of each team's reviews Tom ran half."""
    _teams(house, db, small=False)
    small = Unit(children=60, late=0, codes=("PN0",), without_code=0, births=(2023,))
    since = local_day(NOW).replace(year=2024)
    for number in range(40, 60):
        add_child(db, house, small, number)
        worker = "worker-North" if number < 50 else "worker-South"
        one = Allocation(house.id, f"child-{number}", worker, "social_worker", since)
        allocations.add(db, one)
    toms = [f"child-{number}-c" for number in range(60) if number // 2 % 2]
    db.execute(update(reviews).where(reviews.c.review_id.in_(toms)).values(officer_id=TOM))


async def test_boards_tell_by_officer_and_by_age_without_those_under_4(desk: Desk) -> None:
    await desk.store.write(partial(_filtered, desk.house))
    found = await desk.store.read(lambda db: boards.boards(db, desk.house, LAST, local_day(NOW)))

    assert [one.filter.id for one in found.filtered] == ["team", "officer", "age"]
    officers, ages = found.by("officer"), found.by("age")
    assert officers is not None
    assert ages is not None
    assert officers.groups == ("Amina Yusuf", "Tom Fenwick")
    took_part = officers.families[-1]
    assert [took_part.at("PN0", one) for one in officers.groups] == [10, 10]
    assert [took_part.at("PN1", one) for one in officers.groups] == [10, 10]
    assert ages.groups == ("Under 12", "12 or older")
    (by_age,) = ages.families
    assert [by_age.at("PN1", one) for one in ages.groups] == [8, 12]  # born in 2014 or later
    assert sum(by_age.of_group(one) for one in ages.groups) == 39


async def test_a_line_that_one_filter_withholds_is_in_no_board(desk: Desk) -> None:
    def three_of_toms(db: Connection) -> None:
        _filtered(desk.house, db)
        first = reviews.c.person_id.in_([f"child-{number}" for number in range(0, 30, 2)])
        db.execute(
            update(reviews).where(first, reviews.c.officer_id == TOM).values(officer_id=AMINA)
        )

    await desk.store.write(three_of_toms)
    found = await desk.store.read(lambda db: boards.boards(db, desk.house, LAST, local_day(NOW)))

    for one in found.filtered:  # Tom had 3 in which the child came and spoke
        assert all(one.families[-1].at("PN1", group) is None for group in one.groups)


async def test_boards_of_this_year_are_there_and_a_group_that_is_none_is_everybody(
    desk: Desk,
) -> None:
    browser = await desk.signed_in(RUTH)

    for group in ("team:Nonsense", "nonsense:North", "team", ""):
        page = await browser.get(f"/desk/boards?of={group}")

        assert page.status == 200
        assert f"{year_of(today()).called}, until today" in page.seen
        assert "Not to be shown by social worker’s team, reviewing officer or age" in page.seen
        assert 'id="children_in_care"' in page.text


async def test_one_teams_board_stands_beside_all_teams(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.store.write(lambda db: _teams(desk.house, db, small=False))
    monkeypatch.setattr("bot.service.boards.year_of", lambda _day: LAST)
    browser = await desk.signed_in(RUTH)

    page = await browser.get("/desk/boards?of=team:South")

    assert "Boards: South" in page.seen
    assert "All teams" in page.seen
    assert page.text.count("withheld") >= 10
    assert '<option value="team:South" selected>' in page.text
