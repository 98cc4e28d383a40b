"""The reference unit straight in the database, as an import leaves it."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert

from bot.access.roles import Role
from bot.service.house import House
from storage import data_keys, people
from storage.care_tables import (
    care_episodes,
    care_particulars,
    education_plans,
    fostering_households,
    pathway_states,
    permanence_plans,
    populations,
    quality_tools,
)
from storage.data_keys import Purpose
from storage.people import Staff
from storage.review_tables import adoption_placements, care_periods, review_moves
from storage.reviews import ReviewKind
from storage.sealing import Place, seal
from storage.tables import allocations, councils, participation, reviews, young_people
from tests.reports.reference_rows import BEFORE, BEGINS, ENDS, Episode, Person, Review, Unit
from tests.reports.reference_unit import OFFICERS, UNDER_18, officer_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def load(db: Connection, house: House, unit: Unit) -> None:
    """A council of its own, as it was at the year's end."""
    begin(db, house)
    add(db, house, unit)
    add_extra(db, house.id, unit)


def add_extra(db: Connection, council: str, unit: Unit) -> None:
    """What no case system's data set holds."""
    _put(db, council, education_plans, (
        {"person_id": one.person_id, "due_on": one.due_on, "in_place_on": one.in_place_on}
        for one in unit.education
    ))  # fmt: skip
    _put(db, council, fostering_households, (
        {"household_id": one.household_id, "kind": one.kind, "approved_on": one.approved_on,
         "ended_on": one.ended_on, "reviewed_on": one.reviewed_on} for one in unit.households
    ))  # fmt: skip
    _put(db, council, quality_tools, (
        {"tool_id": one.tool_id, "state": one.state, "made_on": one.made_on} for one in unit.tools
    ))  # fmt: skip
    _put(db, council, populations, [{"year": BEGINS.year, "under_18": UNDER_18}])


def begin(db: Connection, house: House) -> None:
    """The council and its officers."""
    row = {"council": house.id, "demo": house.council.demo, "created_at": NOW}
    db.execute(insert(councils), row)
    for number, name in enumerate(OFFICERS):
        member = Staff(house.id, f"iro-{number}", Role.IRO.value, name)
        people.add_staff(db, house.keys, member, NOW)


def add(db: Connection, house: House, unit: Unit) -> None:
    """The unit's people with all that is about them, in few statements: a benchmark adds many."""
    council = house.id
    data_keys.make_for_new(db, council, (one.person_id for one in unit.people), Purpose.IDENTITY)
    _put(db, council, young_people, (_person(db, house, one) for one in unit.people))
    _put(db, council, care_particulars, (_particulars(db, council, one) for one in unit.people))
    _periods(db, council, unit)
    _put(db, council, care_episodes, (_episode(one) for one in unit.episodes))
    _reviews(db, council, unit.reviews)
    _put(db, council, allocations, (
        {"person_id": one.person_id, "staff_id": f"iro-{officer_of(one.person_id)}", "kind": "iro",
         "since": one.began, "until": one.ended}
        for one in unit.periods()
    ))  # fmt: skip
    _put(db, council, permanence_plans, (
        {"person_id": one.person_id, "permanence_id": one.permanence_id,
         "decided_on": one.decided_on, "placed_on": one.placed_on, "order_type": ""}
        for one in unit.permanence
    ))  # fmt: skip
    named = {(one.person_id, one.after): ENDS for one in unit.leavers} | {
        (one.person_id, one.before): BEFORE for one in unit.leavers
    }
    _put(db, council, pathway_states, (
        {"person_id": person_id, "reviewed_on": day, "taken_on": taken}
        for (person_id, day), taken in named.items() if day
    ))  # fmt: skip


def _put(db: Connection, council: str, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    db.execute(insert(table), [{"council": council, **row} for row in rows])


def _person(db: Connection, house: House, one: Person) -> dict[str, Any]:
    def sealed(column: str, value: str) -> bytes:
        place = Place(house.id, "young_people", column, one.person_id, one.person_id)
        return seal(db, place, value)

    return {"person_id": one.person_id, "case_id": sealed("case_id", one.person_id),
            "case_id_index": house.keys.blind(house.id, "case_id", one.person_id),
            "name": sealed("name", "A B"), "born": sealed("born", one.born.isoformat()),
            "care_leaver": one.leaver, "created_at": NOW}  # fmt: skip


def _particulars(db: Connection, council: str, one: Person) -> dict[str, Any]:
    place = Place(council, "care_particulars", "particulars", one.person_id, one.person_id)
    said = json.dumps({"sex": one.sex, "ethnicity": one.ethnicity})
    return {"person_id": one.person_id, "particulars": seal(db, place, said)}


def _periods(db: Connection, council: str, unit: Unit) -> None:
    short = {one.cla_id for one in unit.episodes if one.legal_status == "V4"}
    _put(db, council, care_periods, (
        {"person_id": one.person_id, "began": one.began, "ended": one.ended,
         "short_breaks": one.cla_id in short}
        for one in unit.periods()
    ))  # fmt: skip
    _put(db, council, adoption_placements, (
        {"person_id": one.person_id, "placed_on": one.began}
        for one in unit.episodes if one.placement == "A5"
    ))  # fmt: skip


def _episode(one: Episode) -> dict[str, Any]:
    return {"person_id": one.person_id, "episode_id": one.episode_id, "began": one.began,
            "ended": one.ended, "legal_status": one.legal_status, "placement": one.placement,
            "reason_began": one.reason_began, "reason_ended": one.reason_ended}  # fmt: skip


def _reviews(db: Connection, council: str, every: tuple[Review, ...]) -> None:
    _put(db, council, reviews, (
        {"review_id": one.review_id, "person_id": one.person_id, "kind": ReviewKind.CIOC.value,
         "officer_id": f"iro-{officer_of(one.person_id)}", "due_on": one.due, "created_at": NOW,
         "held": not one.cancelled, "meeting_on": None if one.cancelled else one.on}
        for one in every
    ))  # fmt: skip
    _put(db, council, participation, (
        {"review_id": one.review_id, "code": one.code, "proposed": None, "method": "imported",
         "confirmed_by": "iro-0", "confirmed_at": _noon(one.on)}
        for one in every if one.code
    ))  # fmt: skip
    _put(db, council, review_moves, (
        {"review_id": one.review_id, "number": 1, "person_id": one.person_id, "what": "stood_down",
         "at": _noon(one.on), "by": "import", "from_on": one.on}
        for one in every if one.cancelled
    ))  # fmt: skip


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
