"""The auditor's page: who read and did what, without a word or a name of a young person."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import Connection, select

from bot.auditing import check
from bot.service.auditing import PAGE, SENTENCES, harmless
from bot.service.checkpointing import Tying, note_broken
from bot.service.house import House
from bot.web.context import now
from storage import audit
from storage.audit_verifying import Broken, What
from storage.tables import audit as table
from tests.desk.northborough import AMINA, GRACE, HANA, KAI, LENA, MAYA, RUTH, TOM
from tests.desk.running import Browser, Desk, Page

NAMES = ("Kai", "Brennan", "Lena", "Novak", "Maya", "Okafor", "Hana Grant")


def _rows(page: Page) -> list[str]:
    """Every entry as it is read."""
    found = re.findall(r"<tr[^>]*data-act=.*?</tr>", page.text, re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in found]


async def _read(desk: Desk, staff_id: str, review_id: str) -> None:
    browser = await desk.signed_in(staff_id)
    assert (await browser.get(f"/desk/reviews/{review_id}")).status == 200


async def _auditor(desk: Desk) -> Browser:
    return await desk.signed_in(GRACE)


def _add(db: Connection, house: House, count: int, at: datetime, actor: str = "sayso") -> None:
    for number in range(count):
        audit.add(db, house.id, at, actor=actor, act="told", subject=f"review:{number}")


async def test_who_opened_whose_words_stands_there_as_a_sentence(desk: Desk) -> None:
    await _read(desk, AMINA, KAI)
    page = await (await _auditor(desk)).get("/desk/audit")

    (reading,) = [row for row in _rows(page) if "opened" in row]
    assert reading.startswith("Amina Yusuf opened the young person’s words.")
    assert reading.endswith(KAI)
    assert "Grace Whitlock signed in." in _rows(page)[0]


async def test_no_word_and_no_name_of_a_young_person_is_shown_or_exported(desk: Desk) -> None:
    for staff_id, review in ((AMINA, KAI), (TOM, MAYA)):
        await _read(desk, staff_id, review)
    browser = await _auditor(desk)
    texts = [
        (await browser.get("/desk/audit")).text,
        (await browser.get("/desk/audit.csv")).text,
    ]

    for text in texts:
        assert [name for name in NAMES if name in text] == []
        assert "brother" not in text


async def test_entries_are_found_by_day_by_who_and_by_review(desk: Desk) -> None:
    await _read(desk, AMINA, KAI)
    await _read(desk, TOM, MAYA)
    past = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    await desk.store.write(partial(_add, house=desk.house, count=1, at=past))
    browser = await _auditor(desk)

    mine = _rows(await browser.get(f"/desk/audit?actor={AMINA}"))
    assert mine
    assert all(row.startswith("Amina Yusuf") for row in mine)
    of_maya = _rows(await browser.get(f"/desk/audit?review={MAYA}"))
    assert all(MAYA in row for row in of_maya)
    assert any("opened" in row for row in of_maya)
    assert any("sent what they think" in row for row in of_maya)  # a contribution is the review's
    young = _rows(await browser.get("/desk/audit?actor=young_person"))
    assert young
    assert all(row.startswith("The young person") for row in young)
    sayso = _rows(await browser.get("/desk/audit?actor=sayso&day-day=28&day-month=3&day-year=2026"))
    assert len(sayso) == 1
    day_after = await browser.get("/desk/audit?day-day=29&day-month=3&day-year=2026")
    assert "There is no such entry." in day_after.seen


async def test_from_a_review_it_leads_to_all_that_is_about_the_young_person(desk: Desk) -> None:
    await _read(desk, AMINA, KAI)
    browser = await _auditor(desk)
    page = await browser.get(f"/desk/audit?review={KAI}")
    (address,) = re.findall(r'href="(/desk/audit\?person=[^"]+)"', page.text)

    about = await browser.get(address)

    assert "All that is about one young person." in about.seen
    assert all(KAI in row for row in _rows(about))
    assert len(_rows(about)) >= len(_rows(page)) > 0


async def test_pages_follow_one_another_without_a_gap_or_a_repeat(desk: Desk) -> None:
    at = now() - timedelta(days=1)
    await desk.store.write(partial(_add, house=desk.house, count=2 * PAGE + 7, at=at))
    browser = await _auditor(desk)
    address, seen = "/desk/audit?actor=sayso", []
    for _page in range(10):
        page = await browser.get(address)
        rows = re.findall(r'data-act="told".*?<bdi>(\d+)</bdi>', page.text, re.S)
        seen += rows
        older = re.search(r'href="([^"]+)">Older entries', page.text)
        if older is None:
            break
        address = older[1].replace("&amp;", "&")

    assert seen == [str(number) for number in reversed(range(2 * PAGE + 7))]
    assert "Newest entries" in page.seen


@pytest.mark.parametrize("place", ["x", "2026-01-01/1", "2026-01-01T00:00:00+00:00/-1", "%00"])
async def test_a_place_that_is_none_is_not_found(desk: Desk, place: str) -> None:
    assert (await (await _auditor(desk)).get(f"/desk/audit?before={place}")).status == 404


async def test_a_day_that_there_is_not_is_said_at_its_field(desk: Desk) -> None:
    page = await (await _auditor(desk)).get("/desk/audit?day-day=31&day-month=2&day-year=2026")

    assert page.status == 422
    assert "Enter a day that there is" in page.seen
    assert 'href="#day-day"' in page.text
    csv_page = await (await _auditor(desk)).get(
        "/desk/audit.csv?day-day=31&day-month=2&day-year=2026"
    )
    assert (csv_page.status, csv_page.url.partition("?")[0]) == (422, f"{desk.base}/desk/audit")


async def test_an_export_is_the_same_as_the_page_and_is_on_record(desk: Desk) -> None:
    await _read(desk, AMINA, KAI)
    browser = await _auditor(desk)

    page = await browser.get(f"/desk/audit.csv?actor={AMINA}")

    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.headers["Content-Disposition"].startswith('attachment; filename="audit-')
    rows = list(csv.DictReader(io.StringIO(page.text.removeprefix("\ufeff"))))
    assert {row["name"] for row in rows} == {"Amina Yusuf"}
    assert {row["act"] for row in rows} >= {"review_read", "signed_in"}
    assert [row["review"] for row in rows if row["act"] == "review_read"] == [KAI]
    exported = await desk.store.read(
        lambda db: db.execute(select(table).where(table.c.act == "audit_exported")).all()
    )
    assert [(row.actor, row.detail) for row in exported] == [
        (f"staff:{GRACE}", f"{len(rows)} entries")
    ]


@given(some.text())
def test_no_cell_is_a_formula_and_none_loses_a_sign(cell: str) -> None:
    safe = harmless(cell)

    assert safe in (cell, f"'{cell}")
    assert not re.match(r"[=+\-@\t\r\n\0]", safe)


async def test_a_formula_in_the_audit_reaches_no_spreadsheet(desk: Desk) -> None:
    def formulas(db: Connection) -> None:
        for start in ("=", "+", "-", "@", "\t=", "\r="):
            audit.add(
                db, desk.house.id, now(), actor="sayso", act="told", subject="review:x",
                detail=f"{start}cmd|' /C calc'!A0",
            )  # fmt: skip

    await desk.store.write(formulas)
    text = (await (await _auditor(desk)).get("/desk/audit.csv")).text.removeprefix("\ufeff")

    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert sum("calc" in cell for cell in cells) == 6
    assert [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell] == []


async def test_whether_it_is_whole_is_said_first(desk: Desk) -> None:
    browser = await _auditor(desk)
    before = (await browser.get("/desk/audit")).seen
    assert "None yet. IT runs it with sayso audit verify" in before
    assert "SAYSO_AUDIT_CHECKPOINTS" in before
    assert "not as it was written" not in before

    await Tying(desk.store, desk.house).tie(now())
    broken = Broken(desk.house.id, "0123", 7, What.CHANGED)
    await desk.store.write(lambda db: note_broken(db, desk.house, broken, now()))
    after = (await browser.get("/desk/audit")).seen

    assert "Number 1, today at" in after
    assert "The audit is not as it was written." in after
    assert "entry 7, changed, in chain 0123" in re.sub(r"\s+,", ",", after)


async def test_the_auditor_comes_home_to_it_and_nobody_else_may_open_it(desk: Desk) -> None:
    home = await (await _auditor(desk)).get("/desk/")
    assert home.url == f"{desk.base}/desk/audit"

    for staff_id in (AMINA, RUTH):
        browser = await desk.signed_in(staff_id)
        for address in ("/desk/audit", "/desk/audit.csv"):
            assert (await browser.get(address)).status == 404
        assert "/desk/audit" not in (await browser.get("/desk/")).text
    for review in (KAI, LENA, HANA):
        assert (await (await _auditor(desk)).get(f"/desk/reviews/{review}")).status == 404


async def test_an_act_that_has_no_sentence_yet_is_shown_by_its_name(desk: Desk) -> None:
    def act(db: Connection) -> None:
        for actor, subject in (("staff:gone", "staff:also_gone"), ("sayso", f"staff:{TOM}")):
            audit.add(db, desk.house.id, now(), actor=actor, act="a_new_act", subject=subject)

    await desk.store.write(act)

    rows = _rows(await (await _auditor(desk)).get("/desk/audit"))[1:4]

    assert any(row.startswith("Sayso a new act for Tom Fenwick .") for row in rows)
    gone = "Somebody who is no longer here a new act for somebody who is no longer here ."
    assert any(row.startswith(gone) for row in rows)


async def test_what_the_page_shows_is_what_the_chains_hold(desk: Desk) -> None:
    await _read(desk, AMINA, KAI)

    report = await desk.store.read(lambda db: check(db, desk.house))

    assert report.whole
    assert report.verified.entries > 10
    assert set(SENTENCES) >= set(
        await desk.store.read(lambda db: db.execute(select(table.c.act).distinct()).scalars().all())
    )
