"""The demo council has two years behind it, and nobody's day gets longer by them."""

from datetime import timedelta

from sqlalchemy import Connection, select

from bot.access.roles import Role
from bot.demo import case_system, council, past
from bot.reports.year import year_of
from bot.service import boards, caseload, looking_ahead, yearly
from bot.service.admission import Admitted, Asked
from bot.service.days import local_day
from bot.service.house import House
from bot.web.context import now
from storage import people
from storage.store import Store
from storage.tables import participation, reviews
from tests.desk.northborough import house_on

LOOK = Asked("desk.forecast")


def _manager(db: Connection, house: House) -> Admitted:
    (one,) = [one for one in people.all_staff(db, house.id) if one.role == Role.UNIT_MANAGER]
    return Admitted(one.staff_id, Role.UNIT_MANAGER, one.name, "", now(), one.team)


async def test_reports_boards_and_forecast_are_full_and_today_is_as_it_was(
    store: Store, database_url: str
) -> None:
    house, moment = house_on(database_url), now()
    today = local_day(moment)

    def at_first(db: Connection) -> caseload.Unit:
        council.make(db, house, moment)
        return caseload.unit(db, house, _manager(db, house), moment)

    before = await store.write(at_first)
    await store.write(lambda db: past.make(db, house, moment))
    await store.write(lambda db: case_system.make(db, house, moment))

    def look(db: Connection) -> tuple[caseload.Unit, looking_ahead.Page]:
        ruth = _manager(db, house)
        return caseload.unit(db, house, ruth, moment), looking_ahead.look(
            db, house, ruth, LOOK, moment
        )

    after, forecast = await store.read(look)
    assert (after.all_not_heard, after.all_overdue) == (before.all_not_heard, before.all_overdue)
    assert sum(bool(week.all) for week in forecast.weeks.weeks) >= 20
    assert all(listed.all for listed in forecast.risks.values())
    assert all(load.minutes for load in forecast.now.values())
    assert any(load.conferences for load in forecast.now.values())

    last = year_of(today).before
    (figures,) = await store.read(lambda db: yearly.count(db, house, [last], today))
    shown = {table.id: table for table in figures}
    assert (shown["children_in_care"].at("total") or 0) >= 100
    assert (shown["reviews_by_stage"].at("total", "late") or 0) >= 6
    assert sum(not table.no_data for table in figures) >= 34
    for table in ("children_by_sex", "children_by_placement", "foster_households", "peps"):
        assert not shown[table].no_data, table
    found = await store.read(lambda db: boards.boards(db, house, last, today))
    assert [one.filter.id for one in found.filtered] == ["team", "officer", "age"]


async def test_what_was_made_holds_together(store: Store, database_url: str) -> None:
    house, moment = house_on(database_url), now()

    def make(db: Connection) -> None:
        council.make(db, house, moment)
        past.make(db, house, moment)

    await store.write(make)

    def look(db: Connection) -> list[str]:
        rows = db.execute(
            select(reviews.c.review_id, reviews.c.meeting_on, participation.c.code)
            .outerjoin(participation, participation.c.review_id == reviews.c.review_id)
            .where(reviews.c.council == house.id, reviews.c.kind == "cioc", reviews.c.held)
        ).all()
        lately = local_day(moment) - timedelta(days=25)
        return [
            row.review_id
            for row in rows
            if row.meeting_on > local_day(moment) or (row.code is None and row.meeting_on < lately)
        ]

    assert await store.read(look) == []
