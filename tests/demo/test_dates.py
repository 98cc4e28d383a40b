"""The invented council's reviews keep to the law's dates, computed and as they are kept."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.demo import council, crowd
from bot.demo.dates import (
    bank_holidays,
    is_working_day,
    months_after,
    timetable,
    working_days_after,
)
from bot.service.days import local_day
from bot.service.house import House
from bot.web.context import now
from storage import caseload, reviews
from storage.caseload import Case
from storage.reviews import ReviewKind
from storage.store import Store
from storage.tables import reviews as reviews_table
from storage.tables import staff
from tests.desk.northborough import house_on

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("looked_after", "due"),
    [
        (date(2024, 12, 20), date(2025, 1, 22)),
        (date(2025, 4, 1), date(2025, 5, 1)),
        (date(2025, 4, 14), date(2025, 5, 15)),
        (date(2025, 9, 1), date(2025, 9, 29)),
        (date(2025, 12, 12), date(2026, 1, 14)),
        (date(2026, 3, 20), date(2026, 4, 21)),
    ],
)
def test_a_first_review_is_due_twenty_working_days_on(looked_after: date, due: date) -> None:
    assert working_days_after(looked_after, 20) == due


def test_months_are_calendar_months_clamped_to_their_end() -> None:
    assert months_after(date(2026, 8, 31), 3) == date(2026, 11, 30)
    assert months_after(date(2023, 8, 31), 6) == date(2024, 2, 29)
    assert months_after(date(2026, 11, 26), 6) == date(2027, 5, 26)
    assert months_after(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert months_after(date(2026, 1, 15), -13) == date(2024, 12, 15)


@pytest.mark.parametrize(
    ("year", "last"),
    [
        (2020, [date(2020, 12, 25), date(2020, 12, 26), date(2020, 12, 28)]),
        (2021, [date(2021, 12, 25), date(2021, 12, 26), date(2021, 12, 27), date(2021, 12, 28)]),
        (2022, [date(2022, 12, 25), date(2022, 12, 26), date(2022, 12, 27)]),
        (2026, [date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 28)]),
    ],
)
def test_christmas_at_a_weekend_gives_the_weekdays_after_it(year: int, last: list[date]) -> None:
    """As gov.uk/bank-holidays has them."""
    assert [day for day in sorted(bank_holidays(year)) if day.month == 12] == last


def test_bank_holidays_of_2026_and_2028_are_those_of_england_and_wales() -> None:
    assert sorted(bank_holidays(2026))[:6] == [
        date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25),
        date(2026, 8, 31),
    ]  # fmt: skip
    assert min(bank_holidays(2028)) == date(2028, 1, 3)  # 1 January is a Saturday


def test_every_timetable_of_two_years_follows_from_the_rules() -> None:
    for offset in range(731):
        today = date(2026, 1, 1) + offset * DAY
        for number in range(40):
            for pathway in (False, True):
                when = timetable(number, today, pathway=pathway)
                where = f"{number} on {today}, pathway: {pathway}"
                months = 3 if when.first else 6
                assert when.ahead_due == months_after(when.last_on, months), where
                if when.first:
                    assert when.last_due == working_days_after(when.since, 20), where
                else:
                    assert when.last_due == months_after(when.since, 3 if when.second else 6), where
                    assert is_working_day(when.since), where
                assert when.since < when.last_on < today, where
                assert is_working_day(when.last_on), where
                if when.ahead_on is not None:
                    assert today < when.ahead_on, where
                    assert is_working_day(when.ahead_on), where


async def test_the_whole_demo_has_lawful_dates_some_late_and_some_ahead(
    store: Store, database_url: str
) -> None:
    house = house_on(database_url)
    moment = now()
    today = local_day(moment)
    await store.write(lambda db: council.make(db, house, moment))

    cases = await store.read(lambda db: _cases(db, house))
    by_id = {case.review.review_id: case for case in cases}
    behind = [case for case in cases if case.review.review_id.endswith("-1")]
    assert (len(cases), len(behind)) == (104, 52)
    for case in behind:
        last, ahead = case.review, by_id[f"{case.review.review_id[:-1]}2"].review
        assert last.meeting_on is not None
        assert is_working_day(last.meeting_on)
        assert ahead.due_on in {months_after(last.meeting_on, 3), months_after(last.meeting_on, 6)}
        if last.kind is ReviewKind.PATHWAY:
            assert ahead.due_on == months_after(last.meeting_on, 6)
        if ahead.meeting_on is not None:
            assert is_working_day(ahead.meeting_on)
            assert ahead.meeting_on > today
        recent = last.meeting_on > today - council.LATELY
        assert (case.confirmed_at is None) is recent
        assert last.held or recent
    late = [one for one in behind if one.review.held and _past_due(one, one.review.meeting_on)]
    overdue = [one for one in cases if not one.review.held and _past_due(one, today)]
    undated = [one for one in overdue if one.review.meeting_on is None]
    ahead_of_us = [one for one in cases if not one.review.held and not _past_due(one, today)]
    assert 2 <= len(late) <= 12
    assert 2 <= len(overdue) <= 14
    assert undated
    assert len(ahead_of_us) >= 40
    months = [months_after(one.review.meeting_on or today, 3) for one in behind]
    second = [due for one, due in zip(behind, months, strict=True) if _next(by_id, one) == due]
    assert second  # some had their first one, and the next is due sooner


async def test_the_crowds_meetings_are_on_working_days_and_due_by_months(
    store: Store, database_url: str
) -> None:
    house = house_on(database_url)
    await store.write(lambda db: council.make(db, house, now()))

    await crowd.invite_crowd(store, house, 90)

    found = await store.read(_crowd)
    assert len(found) == 90
    for review in found:
        assert review.meeting_on is not None
        assert review.due_on is not None
        assert is_working_day(review.meeting_on)
        assert review.due_on - 5 * DAY <= review.meeting_on <= review.due_on


def _cases(db: Connection, house: House) -> list[Case]:
    teams = db.execute(select(staff.c.team).distinct()).scalars()
    every = [case for team in teams for case in caseload.of_team(db, house.id, team)]
    return [case for case in every if not case.person.carer]


def _crowd(db: Connection) -> list[reviews.Review]:
    rows = db.execute(select(reviews_table).where(reviews_table.c.review_id.like("LT%")))
    return [reviews.from_row(row) for row in rows]


def _past_due(case: Case, day: date | None) -> bool:
    return day is not None and case.review.due_on is not None and day > case.review.due_on


def _next(by_id: dict[str, Case], case: Case) -> date | None:
    return by_id[f"{case.review.review_id[:-1]}2"].review.due_on
