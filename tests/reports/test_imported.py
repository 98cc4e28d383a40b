"""What was imported is counted: who the children are, their plans, households, the backlog."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert

from bot.reports.charts import says
from bot.reports.figures import counting
from bot.reports.tables import TOTAL
from bot.reports.tables import Table as Counted
from bot.reports.year import Year
from conversations.timescales import Care
from storage import care, particulars, people
from storage.care_tables import (
    care_episodes,
    education_plans,
    fostering_households,
    pathway_states,
    permanence_plans,
    populations,
    quality_tools,
)
from storage.particulars import Particulars
from storage.people import YoungPerson
from storage.store import Store
from tests.desk.northborough import house_on
from tests.reports.council import BEGAN, NOW, YEAR, Unit, fill

HOUSE = house_on("sqlite+aiosqlite://")
UNIT = Unit(children=20, late=0, without_code=0, leavers=8, overdue=3)
LAST = YEAR.span.ends


@pytest.fixture
async def unit(store: Store) -> Store:
    await store.write(lambda db: fill(db, HOUSE, UNIT))
    return store


async def _with(store: Store, put: Callable[[Connection], None]) -> dict[str, Counted]:
    await store.write(put)
    found = await store.read(
        lambda db: counting.count(db, HOUSE.id, YEAR, NOW.date(), issue_within=20)
    )
    return {table.id: table for table in found}


def _rows(db: Connection, table: Table, *rows: Mapping[str, Any]) -> None:
    db.execute(insert(table), [{"council": HOUSE.id, **row} for row in rows])


def _episode(number: int, status: str, place: str, **more: Any) -> dict[str, Any]:
    return {"person_id": f"child-{number}", "episode_id": f"E{number}-{more.get('began', BEGAN)}",
            "began": BEGAN, "ended": None, "legal_status": status, "placement": place,
            "reason_began": "S", "reason_ended": "", **more}  # fmt: skip


def _shown(table: Counted) -> dict[str, int | None]:
    """The rows with anything in them."""
    return {row: table.at(row) for row, _label in table.all_rows if table.at(row)}


async def test_children_are_counted_by_sex_and_ethnicity_by_the_codes_of_the_data_set(
    unit: Store,
) -> None:
    said = (Particulars("F", "WBRI"), Particulars("M", "BAFR"), Particulars("Female", "REFU"),
            Particulars("U", "ZZZZ"))  # fmt: skip

    def put(db: Connection) -> None:
        for number in range(16):
            particulars.keep(db, HOUSE.id, f"child-{number}", said[number % 4])

    tables = await _with(unit, put)

    assert _shown(tables["children_by_sex"]) == {
        "girls": 8, "boys": 4, "not_known": 8, TOTAL: 20,
    }  # fmt: skip
    assert _shown(tables["children_by_ethnicity"]) == {
        "white": 4, "black": 4, "not_known": 12, TOTAL: 20,
    }  # fmt: skip


async def test_where_they_live_is_told_by_the_episode_that_is_open_when_the_year_is_over(
    unit: Store,
) -> None:
    def put(db: Connection) -> None:
        _rows(
            db,
            care_episodes,
            # Two episodes, the later one open; one that ended on the last day; one to come.
            _episode(0, "C1", "U4", ended=date(2025, 5, 6)),
            _episode(0, "C2", "P1", began=date(2025, 5, 6)),
            _episode(1, "C2", "U1", ended=LAST),
            _episode(2, "V2", "H5"),
            _episode(2, "C2", "K2", began=LAST + timedelta(days=1)),
            *(_episode(number, "C2", "U6") for number in range(3, 20)),
        )

    tables = await _with(unit, put)

    assert _shown(tables["children_by_legal_status"]) == {
        "full_care_order": 18, "accommodated": 1, "not_known": 1, TOTAL: 20,
    }  # fmt: skip
    assert _shown(tables["children_by_placement"]) == {
        "foster_other": 17, "parents": 1, "independent": 1, "not_known": 1, TOTAL: 20,
    }  # fmt: skip


async def test_what_is_not_on_record_of_nobody_is_no_row(unit: Store) -> None:
    tables = await _with(
        unit,
        lambda db: _rows(db, care_episodes, *(_episode(one, "C2", "U6") for one in range(20))),
    )

    assert "not_known" not in dict(tables["children_by_placement"].rows)
    assert tables["children_by_sex"].no_data


async def test_the_rate_is_of_the_population_of_that_year(unit: Store) -> None:
    tables = await _with(
        unit,
        lambda db: _rows(
            db, populations, {"year": 2024, "under_18": 999}, {"year": 2025, "under_18": 3_210}
        ),
    )

    assert tables["children_in_care_rate"].at("rate") == 62


async def test_a_child_who_left_care_on_the_years_last_day_is_in_care_no_more(
    unit: Store,
) -> None:
    tables = await _with(
        unit, lambda db: care.keep_periods(db, HOUSE.id, "child-3", [Care(BEGAN, LAST)])
    )

    assert tables["children_in_care"].at(TOTAL) == 19
    assert tables["care_started_and_ceased"].at("ceased") == 1


async def test_placed_for_adoption_is_told_by_the_decision_and_the_day(unit: Store) -> None:
    decided = date(2024, 6, 30)

    def put(db: Connection) -> None:
        plans = ((1, decided, date(2025, 6, 30)), (2, decided, date(2025, 7, 1)),
                 (3, None, date(2025, 7, 1)), (4, decided, date(2026, 4, 1)))  # fmt: skip
        _rows(db, permanence_plans, *(
            {"person_id": f"child-{one}", "permanence_id": f"P{one}", "decided_on": since,
             "placed_on": placed, "order_type": ""}
            for one, since, placed in plans
        ))  # fmt: skip

    adoption = (await _with(unit, put))["adoption"]

    assert _shown(adoption) == {"within": 1, "later": 1, "unknown": 1, TOTAL: 3}


async def test_second_and_later_permanence_plans_are_told_by_how_many_decisions_there_were(
    unit: Store,
) -> None:
    def put(db: Connection) -> None:
        _rows(db, permanence_plans, *(
            {"person_id": f"child-{child}", "permanence_id": f"P{child}-{number}",
             "decided_on": date(2024, 2 + number, 1), "order_type": ""}
            for child in range(5) for number in range(child)
        ))  # fmt: skip

    plans = (await _with(unit, put))["permanence_plans"]

    assert _shown(plans) == {"first": 1, "second": 1, "subsequent": 2, "not_known": 16, TOTAL: 20}


async def test_education_plans_of_the_file_and_of_the_records_are_counted_by_the_later_day(
    unit: Store,
) -> None:
    """The records say of each a plan of 12 January 2026, of every tenth one of 1 June 2025."""

    def put(db: Connection) -> None:
        _rows(
            db,
            education_plans,
            {"person_id": "child-1", "in_place_on": date(2026, 3, 2), "due_on": date(2026, 3, 30)},
            {"person_id": "child-2", "in_place_on": date(2026, 3, 2), "due_on": LAST},
            {"person_id": "child-3", "in_place_on": None, "due_on": None},
            {"person_id": "child-4", "in_place_on": date(2025, 9, 1), "due_on": date(2026, 1, 1)},
            {"person_id": "child-10", "in_place_on": date(2025, 10, 1), "due_on": None},
        )

    peps = (await _with(unit, put))["peps"]

    # 17 were 4 to 15 on the last 31 August: 0, 9 and 18 were 16. Overdue: 1 by its own day.
    assert _shown(peps) == {"current": 16, "overdue": 1, "not_of_age": 3, TOTAL: 20}


async def test_a_child_of_school_age_without_a_plan_in_the_file_has_none(store: Store) -> None:
    def put(db: Connection) -> None:
        fill(db, HOUSE, Unit(children=20, late=0, without_code=20))
        made = ({"in_place_on": date(2026, 1, 5)}, {"in_place_on": None})
        _rows(
            db,
            education_plans,
            *({"person_id": f"child-{one}", **made[one > 9]} for one in range(1, 17)),
        )

    peps = (await _with(store, put))["peps"]

    assert _shown(peps) == {"current": 8, "none": 7, "not_of_age": 3, "not_known": 2, TOTAL: 20}


async def test_a_file_made_long_after_the_year_says_nothing_of_its_education_plans(
    store: Store,
) -> None:
    def put(db: Connection) -> None:
        fill(db, HOUSE, Unit(children=20, late=0, without_code=20))
        _rows(
            db,
            education_plans,
            {"person_id": "child-1", "in_place_on": date(2026, 10, 1)},
            {"person_id": "child-2", "in_place_on": None},
        )

    assert (await _with(store, put))["peps"].no_data


async def test_households_are_those_of_the_file_that_are_approved_on_the_last_day(
    unit: Store,
) -> None:
    def household(number: int, kind: str, **more: date) -> dict[str, Any]:
        return {"household_id": str(number), "kind": kind, "approved_on": date(2020, 1, 1),
                "ended_on": None, "reviewed_on": None, **more}  # fmt: skip

    tables = await _with(unit, lambda db: _rows(
        db, fostering_households,
        household(1, "mainstream", reviewed_on=date(2025, 4, 1)),
        household(2, "mainstream", reviewed_on=date(2025, 3, 31)),
        household(3, "connected"),
        household(4, "connected", ended_on=LAST),
        household(5, "connected", ended_on=LAST + timedelta(days=1)),
        household(6, "connected", approved_on=LAST + timedelta(days=1)),
        household(7, "connected", reviewed_on=LAST + timedelta(days=40)),  # and in the year?
    ))  # fmt: skip

    assert _shown(tables["foster_households"]) == {"mainstream": 2, "connected": 3, TOTAL: 5}
    reviewed = tables["foster_households_reviewed"]
    assert reviewed.at("mainstream", "reviewed") == 1
    assert reviewed.at(TOTAL, "not_reviewed") == 3
    assert reviewed.at("connected", "since") == 1
    assert says(reviewed) == "1 of 4 had a review in the year (25%). Of 1 it is not known."


async def test_tools_of_the_year_are_counted_beside_the_notes_of_the_desk(unit: Store) -> None:
    days = (date(2025, 3, 31), date(2025, 4, 1), LAST, date(2026, 4, 1))
    tools = await _with(unit, lambda db: _rows(db, quality_tools, *(
        {"tool_id": f"{state}-{day}", "state": state, "made_on": day}
        for state in ("completed", "draft") for day in days
    )))  # fmt: skip

    assert _shown(tools["qa_tools"]) == {"completed": 2, "draft": 2, TOTAL: 4}


def _state(person: str, taken: date, reviewed: date) -> dict[str, Any]:
    return {"person_id": person, "taken_on": taken, "reviewed_on": reviewed}


async def test_the_backlog_is_told_by_what_each_import_said_and_the_desk_whichever_is_later(
    store: Store,
) -> None:
    """Reviewed at the desk in June 2024 and, all but 0 to 2, on 1 December 2025."""
    march, october = date(2025, 3, 31), date(2025, 10, 15)

    reviewed = {
        0: (date(2025, 1, 6), date(2025, 9, 10)),  # by the tables alone, in time at first
        1: (date(2024, 7, 1), date(2024, 7, 1)),  # by the tables alone, outstanding throughout
        3: (date(2024, 7, 1), date(2025, 9, 1)),  # the desk's is later
    }

    def put(db: Connection) -> None:
        fill(db, HOUSE, UNIT)
        for number, (first, second) in reviewed.items():
            days = {second: october, first: march}  # of one day twice the first import counts
            states = [_state(f"leaver-{number}", taken, day) for day, taken in days.items()]
            _rows(db, pathway_states, *states)

    backlog = (await _with(store, put))["pathway_outstanding"]

    assert backlog.at("2025-03-31") == 7  # all but 0
    assert backlog.at("2025-07-31") == 8
    assert backlog.at("2025-09-30") == 6  # 0 and 3 were reviewed, which was imported later
    assert backlog.at("2025-12-31") == 2  # 1 and 2, who was at the desk in June 2024 alone
    assert backlog.at("2026-03-31") == 3  # 0 again


async def test_months_before_the_first_import_are_told_by_what_it_says(store: Store) -> None:
    taken = date(2025, 5, 14)

    def put(db: Connection) -> None:
        fill(db, HOUSE, Unit(children=1, leavers=2, overdue=2))
        _rows(
            db,
            pathway_states,
            _state("leaver-0", taken, date(2024, 11, 30)),
        )

    tables = await _with(store, put)

    rows = [row for row, _label in tables["pathway_outstanding"].rows]
    assert rows[:4] == ["2025-03-31", "2025-04-30", "2025-05-31", "2025-06-30"]
    # Of 1 the tables say nothing, but the desk does.
    assert [tables["pathway_outstanding"].at(row) for row in rows[:4]] == [1, 1, 2, 2]


async def test_those_of_whom_no_day_is_on_record_stand_apart(store: Store) -> None:
    def put(db: Connection) -> None:
        fill(db, HOUSE, Unit(children=1, leavers=1, overdue=0))
        for leaver in ("L0", "L1"):
            person = YoungPerson(HOUSE.id, leaver, leaver, "A B", date(2005, 1, 1), True)
            people.add_young_person(db, HOUSE.keys, person, NOW)
        people.mark_erased(db, HOUSE.id, "L1", NOW)
        child = YoungPerson(HOUSE.id, "L2", "L2", "A B", date(2010, 4, 1), True)  # 16 a day later
        people.add_young_person(db, HOUSE.keys, child, NOW)

    tables = await _with(store, put)

    assert tables["pathway_without_date"].at("no_date") == 2  # and Hana


async def test_who_is_25_is_outstanding_no_more(store: Store) -> None:
    """The leavers were born on 1 January 2005."""

    def put(db: Connection) -> None:
        fill(db, HOUSE, Unit(children=1, leavers=1, overdue=1))

    await store.write(put)
    found = await store.read(
        lambda db: counting.count(db, HOUSE.id, Year(2029), date(2030, 6, 1), issue_within=20)
    )
    backlog = next(table for table in found if table.id == "pathway_outstanding")

    assert (backlog.at("2029-12-31"), backlog.at("2030-01-31")) == (1, 0)
