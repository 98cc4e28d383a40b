"""Each figure is counted as its definition says, on both databases."""

from datetime import date

from bot.reports.figures import counting
from bot.reports.tables import TOTAL, Table
from storage.store import Store
from tests.desk.northborough import house_on
from tests.reports.council import IN_TIME, NOW, YEAR, Unit, fill, stand_down

HOUSE = house_on("sqlite+aiosqlite://")
TODAY = NOW.date()


async def _count(store: Store, unit: Unit, today: date = TODAY) -> dict[str, Table]:
    await store.write(lambda db: fill(db, HOUSE, unit))
    return await _tables(store, today)


async def _tables(store: Store, today: date = TODAY) -> dict[str, Table]:
    found = await store.read(lambda db: counting.count(db, HOUSE.id, YEAR, today, issue_within=20))
    return {table.id: table for table in found}


async def test_reviews_are_counted_in_the_year_they_were_held_and_late_by_the_clock(
    store: Store,
) -> None:
    stages = (await _count(store, Unit(children=40, late=8)))["reviews_by_stage"]

    assert stages.at(TOTAL, TOTAL) == 39  # one has no code: left out until it is mended
    assert stages.at("later", "late") == 8
    assert stages.at("first", TOTAL) == 0


async def test_a_review_whose_code_is_missing_is_flagged_and_in_no_total(store: Store) -> None:
    tables = await _count(store, Unit(without_code=3))

    assert tables["reviews_without_code"].at("missing") == 3
    assert tables["participation"].at(TOTAL) == 37


async def test_a_code_that_can_not_be_right_at_that_age_is_flagged(store: Store) -> None:
    tables = await _count(store, Unit(children=4, codes=("PN0",), without_code=0))

    assert tables["reviews_without_code"].at("missing") == 4


async def test_reasons_for_not_coming_are_those_on_record_each_counted_once_a_review(
    store: Store,
) -> None:
    reasons = (await _count(store, Unit(without_code=0, absence="travel,travel,boring")))[
        "absence_reasons"
    ]

    assert reasons.at("travel") == reasons.at("boring") == 20
    assert reasons.at("upsets_me") == 0


async def test_a_review_stood_down_and_held_within_its_timescale_is_rearranged_in_time(
    store: Store,
) -> None:
    await _count(store, Unit(late=1))
    await store.write(lambda db: stand_down(db, HOUSE, "child-9", IN_TIME))
    await store.write(lambda db: stand_down(db, HOUSE, "child-0", IN_TIME))
    await store.write(lambda db: stand_down(db, HOUSE, "child-3", date(2025, 9, 9)))

    became = (await _tables(store))["stood_down"]

    assert became.at("rearranged_in_time") == 1
    assert became.at("rearranged_late") == 1
    assert became.at("not_rearranged") == 1


async def test_why_reviews_were_stood_down_and_late_is_the_last_reason_that_was_given(
    store: Store,
) -> None:
    await _count(store, Unit(late=2))
    await store.write(lambda db: stand_down(db, HOUSE, "child-0", IN_TIME))  # held late
    await store.write(lambda db: stand_down(db, HOUSE, "child-9", IN_TIME))

    tables = await _tables(store)

    assert tables["reviews_late_why"].at("illness") == 1
    assert tables["reviews_late_why"].at("not_said") == 1
    assert tables["stood_down_why"].at("illness") == tables["stood_down_why"].at(TOTAL) == 2


async def test_the_pathway_backlog_is_told_at_the_end_of_each_month(store: Store) -> None:
    backlog = (await _count(store, Unit(leavers=12, overdue=7)))["pathway_outstanding"]

    assert next(row for row, _label in backlog.rows) == "2025-03-31"
    assert len(backlog.rows) == 13
    assert backlog.at("2025-03-31") == 12  # the last ones were in June 2024
    assert backlog.at("2025-11-30") == 12
    assert backlog.at("2025-12-31") == backlog.at("2026-03-31") == 7


async def test_a_plan_of_more_than_six_months_is_in_place_and_overdue(store: Store) -> None:
    peps = (await _count(store, Unit(without_code=0)))["peps"]

    # Five of the 40 were 16 on the last 31 August, one of them with an old plan.
    assert (peps.at("current"), peps.at("overdue"), peps.at("none")) == (32, 3, 0)


async def test_children_in_care_are_counted_on_the_last_day_by_their_age_then(
    store: Store,
) -> None:
    ages = (await _count(store, Unit(children=9)))["children_in_care"]

    assert [ages.at(row) for row in ("5_9", "10_15", "16_17", TOTAL)] == [2, 6, 1, 9]


async def test_what_sayso_does_not_know_is_said_and_is_not_0(store: Store) -> None:
    tables = await _count(store, Unit(children=0, leavers=0))

    for table_id in ("children_in_care", "reviews_by_stage", "foster_households", "alerts", "peps"):
        assert tables[table_id].no_data, table_id
        assert tables[table_id].at(TOTAL) is None, table_id


async def test_a_year_that_goes_on_is_counted_until_today(store: Store) -> None:
    backlog = (await _count(store, Unit(), date(2025, 7, 15)))["pathway_outstanding"]

    assert backlog.rows[-1][0] == "2025-07-15"


def test_every_table_has_an_id_of_its_own_and_a_definition() -> None:
    ids = [one.id for one in counting.DECLARED]
    assert len(set(ids)) == len(ids)
    assert all(one.definition and one.source for one in counting.DECLARED)
