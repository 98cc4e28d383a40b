"""The statutory return at the desk: how it stands, what is to be mended, and the files."""

import csv
import io
from datetime import date

import pytest
from sqlalchemy import Connection, insert, select

from bot.desk.addresses import review_url
from bot.service.house import House
from bot.service.statutory_return.at_desk import year_wanted
from bot.web.context import now
from conversations.timescales import Care
from storage import care, people, reviews
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind
from storage.tables import audit, participation
from tests.desk.northborough import AMINA, DEV, GRACE, RUTH
from tests.desk.running import Desk

YEAR = 2024
BORN = date(2012, 5, 4)


def _fill(db: Connection, house: House) -> None:
    child = YoungPerson(house.id, "p", "=C1", "Zara Quill", BORN, False)
    people.add_young_person(db, house.keys, child, now())
    care.keep_periods(db, house.id, "p", (Care(date(2023, 1, 9)),))
    for review_id, day, code in (
        ("Z-1", date(2024, 6, 3), "PN1"),
        ("Z 2", date(2024, 12, 2), None),
        ("Z-3", date(2025, 3, 3), "PN0"),
    ):
        review = Review(house.id, review_id, "p", ReviewKind.CIOC, AMINA, day, day, held=True)
        reviews.add(db, review, now())
        if code:
            row = {"council": house.id, "review_id": review_id, "code": code, "proposed": code,
                   "method": "spoke", "confirmed_by": AMINA, "confirmed_at": now()}  # fmt: skip
            db.execute(insert(participation), row)


@pytest.fixture
async def filled(desk: Desk) -> Desk:
    await desk.store.write(lambda db: _fill(db, desk.house))
    return desk


async def test_a_manager_sees_how_it_stands_and_who_mends_what(filled: Desk) -> None:
    page = await (await filled.signed_in(RUTH)).get(f"/desk/return?year={YEAR}")

    assert page.status == 200
    assert "<b>1</b> review goes in, of 1 child" in page.text
    assert "<b>2</b> reviews are left out" in page.text
    for rule in ("167", "440"):
        assert f'data-rule="{rule}"' in page.text
    assert "Z 2" in page.text  # its page is another's to open
    assert "The officer named beside one finds it in their Reviews" in page.seen
    assert 'href="/desk/imports"' in page.text.split("<main")[1]
    assert "periods of care stood in" in page.text
    assert "Zara" not in page.text


async def test_the_officer_finds_by_the_childs_number_what_the_page_names(filled: Desk) -> None:
    officer = await filled.signed_in(AMINA)

    found = "".join(
        [(await officer.get(f"/desk/reviews?q=%3DC1&state={state}")).text
         for state in ("confirm", "past")]
    )  # fmt: skip

    assert review_url("Z 2") in found


async def test_the_files_are_as_the_department_takes_them(filled: Desk) -> None:
    manager = await filled.signed_in(RUTH)

    taken = await manager.get(f"/desk/return/reviews.csv?year={YEAR}")
    xml = await manager.get(f"/desk/return/reviews.xml?year={YEAR}")
    problems = await manager.get(f"/desk/return/problems.csv?year={YEAR}")

    assert taken.text == ("CHILD,DOB,REVIEW,REVIEW_CODE\r\n=C1,04/05/2012,03/06/2024,PN1\r\n")
    assert "<CHILDID>=C1</CHILDID>" in xml.text
    rows = list(csv.DictReader(io.StringIO(problems.text.removeprefix("\ufeff"))))
    assert [(row["rule"], row["child"]) for row in rows] == [("167", "'=C1"), ("440", "'=C1")]
    assert "attachment" in taken.headers["Content-Disposition"]


async def test_taking_a_file_is_on_record_and_looking_is_not(filled: Desk) -> None:
    manager = await filled.signed_in(RUTH)
    await manager.get(f"/desk/return?year={YEAR}")
    await manager.get(f"/desk/return/reviews.csv?year={YEAR}")

    noted = await filled.store.read(
        lambda db: db.execute(
            select(audit.c.actor, audit.c.detail).where(audit.c.act == "return_taken")
        ).all()
    )

    assert [tuple(one) for one in noted] == [
        (f"staff:{RUTH}", f"csv of {YEAR}: 1 reviews, 2 left out")
    ]


async def test_nobody_else_gets_it(filled: Desk) -> None:
    for who in (AMINA, DEV, GRACE):
        browser = await filled.signed_in(who)
        for path in ("return", "return/reviews.csv", "return/reviews.xml", "return/problems.csv"):
            assert (await browser.get(f"/desk/{path}?year={YEAR}")).status == 404, (who, path)


async def test_the_unit_s_page_leads_to_it(filled: Desk) -> None:
    page = await (await filled.signed_in(RUTH)).get("/desk/unit")

    assert 'href="/desk/return"' in page.text


@pytest.mark.parametrize(
    ("given", "today", "number"),
    [
        ("", date(2026, 4, 1), 2025),
        ("", date(2026, 6, 30), 2025),
        ("", date(2026, 7, 1), 2026),
        ("", date(2027, 3, 31), 2026),
        ("2024", date(2026, 7, 1), 2024),
        ("2027", date(2026, 7, 1), 2026),
        ("1066", date(2026, 7, 1), 2026),
        ("²", date(2026, 7, 1), 2026),
        ("9" * 5000, date(2026, 7, 1), 2026),
        ("2024; drop", date(2026, 7, 1), 2026),
    ],
)
def test_the_year_is_the_one_asked_for_or_the_one_to_be_sent_next(
    given: str, today: date, number: int
) -> None:
    assert year_wanted(given, today) == number
