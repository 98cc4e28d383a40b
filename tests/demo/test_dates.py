"""The invented council's reviews keep to the law's dates, computed and as they are kept."""

from datetime import date, timedelta

from sqlalchemy import Connection, select

from bot.demo import council, crowd
from bot.demo.dates import timetable, working_days_after
from bot.service.bank_holidays import is_working_day
from bot.service.days import local_day
from bot.service.house import House
from bot.web.context import now
from conversations.timescales import months_after
from storage import caseload, reviews
from storage.caseload import Standing
from storage.reviews import ReviewKind
from storage.store import Store
from storage.tables import reviews as reviews_table
from storage.tables import staff
from tests.desk.northborough import house_on

DAY = timedelta(days=1)


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
    assert len(behind) == 52
    assert sum(case.review.review_id.endswith("-2") for case in cases) == 52
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


def _cases(db: Connection, house: House) -> list[Standing]:
    teams = db.execute(select(staff.c.team).distinct()).scalars()
    day = now().date()
    every = list[Standing]()
    for team in teams:
        every += caseload.of_team(db, house.id, team, day)
        whose = caseload.run_in(house.id, team)
        every += caseload.past(db, house.id, whose, day, most=1000).found
    return [case for case in every if not case.carer]


def _crowd(db: Connection) -> list[reviews.Review]:
    rows = db.execute(select(reviews_table).where(reviews_table.c.review_id.like("LT%")))
    return [reviews.from_row(row) for row in rows]


def _past_due(case: Standing, day: date | None) -> bool:
    return day is not None and case.review.due_on is not None and day > case.review.due_on


def _next(by_id: dict[str, Standing], case: Standing) -> date | None:
    return by_id[f"{case.review.review_id[:-1]}2"].review.due_on
