"""The day from which a timescale counts, put down on the page of a meeting's day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.service.days import whole_day
from conversations.timescales import months_after
from storage import care
from storage.reviews import ReviewKind
from storage.tables import audit
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, HANA, IRIS, LENA, today
from tests.desk.running import Browser, Desk, Page
from tests.desk.test_meetings import on, opened

CHECKED = "R-checked"


async def put(browser: Browser, page: Page, day: date, review_id: str = HANA) -> Page:
    fields = {"token": page.token, "began_seen": page.hidden("began_seen"), **on("began", day)}
    return await browser.post(f"/desk/reviews/{review_id}/clock", fields)


async def starts(desk: Desk, review_id: str = HANA) -> list[date]:
    person = f"person-{review_id}"
    found = await desk.store.read(lambda db: care.started(db, desk.house.id, [person]))
    return list(found.values())


async def test_the_due_day_follows_at_once_and_each_day_stays_with_who_put_it_down(
    desk: Desk,
) -> None:
    await desk.store.write(lambda db: northborough.noor(db, desk.house))  # with Iris
    first, second = today() - timedelta(days=60), today() - timedelta(days=50)
    officer, page = await opened(desk, HANA, DEV)
    assert "not known yet" in page.seen
    page = await put(officer, page, first)
    assert page.status == 200
    assert f"6 months after the pathway plan of {whole_day(first)}" in page.seen
    support, page = await opened(desk, HANA, IRIS)
    page = await put(support, page, second)

    assert f"by {whole_day(months_after(second, 6))}" in page.seen
    for said in (whole_day(first), "Dev Chaudhry", whole_day(second), "Iris Mbeki"):
        assert said in page.seen
    assert await starts(desk) == [second]
    asked = select(audit.c.actor, audit.c.detail).where(audit.c.act == "clock_started")
    acts = await desk.store.read(lambda db: {tuple(row) for row in db.execute(asked)})
    assert acts == {
        (f"staff:{DEV}", f"pathway {first.isoformat()}"),
        (f"staff:{IRIS}", f"pathway {second.isoformat()}"),
    }


async def test_what_a_colleague_put_down_meanwhile_is_not_overwritten(desk: Desk) -> None:
    await desk.store.write(lambda db: northborough.noor(db, desk.house))
    officer, before = await opened(desk, HANA, DEV)
    support, page = await opened(desk, HANA, IRIS)
    theirs = today() - timedelta(days=9)
    await put(support, page, theirs)

    page = await put(officer, before, today() - timedelta(days=8))

    assert page.status == 422
    assert f"it is {whole_day(theirs)} now" in page.seen
    assert await starts(desk) == [theirs]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (timedelta(days=1), "lies ahead"),
        (timedelta(days=-30 * 366), "was born"),
    ],
)
async def test_a_day_ahead_or_before_birth_is_not_kept(
    desk: Desk, day: timedelta, said: str
) -> None:
    officer, page = await opened(desk, HANA, DEV)
    page = await put(officer, page, today() + day)
    assert page.status == 422
    assert said in page.seen
    assert 'href="#began-day"' in page.text
    assert await starts(desk) == []


async def test_what_is_no_date_is_said_and_not_kept(desk: Desk) -> None:
    officer, page = await opened(desk, HANA, DEV)
    fields = {"token": page.token, "began_seen": ""}
    for typed, said in (
        ({}, "Enter the day the pathway plan was made"),
        ({"began-day": "31", "began-month": "2", "began-year": "2026"}, "no 31 February 2026"),
    ):
        page = await officer.post(f"/desk/reviews/{HANA}/clock", {**fields, **typed})
        assert page.status == 422
        assert said in page.seen
    assert await starts(desk) == []


async def test_a_conference_counts_from_a_strategy_discussion_before_birth_but_no_unknown_year(
    desk: Desk,
) -> None:
    def add(db: Connection) -> None:
        northborough.add(
            db, desk.house, CHECKED, "Bo Reed", 0, AMINA, meeting=5, due=5,
            kind=ReviewKind.CONFERENCE,
        )  # fmt: skip

    await desk.store.write(add)
    officer, page = await opened(desk, CHECKED, AMINA)
    before_birth = date(today().year, 1, 1) - timedelta(days=20)
    page = await put(officer, page, before_birth, CHECKED)
    assert (
        f"15 working days after the strategy discussion of {whole_day(before_birth)}" in page.seen
    )

    page = await put(officer, page, date(1950, 1, 3), CHECKED)

    assert page.status == 422
    assert "bank holidays of 1950 are not known" in page.seen
    assert await starts(desk, CHECKED) == [before_birth]


async def test_a_review_in_care_counts_from_periods_of_care_alone(desk: Desk) -> None:
    officer, page = await opened(desk, LENA, AMINA)
    assert "What its timescale counts from" not in page.seen
    fields = {"token": page.token, **on("began", today())}
    page = await officer.post(f"/desk/reviews/{LENA}/clock", fields)
    assert page.status == 422
    assert await starts(desk, LENA) == []
