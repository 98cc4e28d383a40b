"""The reference unit straight in the database, by the functions that an import uses, too."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Table, insert

from bot.access.roles import Role
from bot.service.house import House
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
from storage.people import Staff, YoungPerson
from storage.review_tables import review_moves
from storage.reviews import ReviewKind
from storage.tables import allocations, councils, participation, reviews
from tests.reports.reference_rows import BEFORE, BEGINS, ENDS, Episode, Review, Unit
from tests.reports.reference_unit import OFFICERS, UNDER_18, officer_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def load(db: Connection, house: House, unit: Unit) -> None:
    """A council of its own, as it was at the year's end."""
    council = house.id
    db.execute(insert(councils), {"council": council, "demo": False, "created_at": NOW})
    for number, name in enumerate(OFFICERS):
        member = Staff(council, f"iro-{number}", Role.IRO.value, name)
        people.add_staff(db, house.keys, member, NOW)
    for one in unit.people:
        person = YoungPerson(council, one.person_id, one.person_id, "A B", one.born, one.leaver)
        people.add_young_person(db, house.keys, person, NOW)
        said = Particulars(one.sex, one.ethnicity)
        particulars.keep(db, council, one.person_id, said)
    for person_id, mine in groupby(unit.episodes, attrgetter("person_id")):
        care.keep_periods(db, council, person_id, [_period(list(mine))])
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
    _put(db, council, pathway_states, (
        {"person_id": one.person_id, "taken_on": taken, "plan_on": None, "reviewed_on": day,
         "eligible_on": None, "import_id": taken.isoformat()}
        for one in unit.leavers for taken, day in ((BEFORE, one.before), (ENDS, one.after))
    ))  # fmt: skip
    _put(db, council, fostering_households, (
        {"household_id": one.household_id, "kind": one.kind, "approved_on": one.approved_on,
         "ended_on": one.ended_on, "reviewed_on": one.reviewed_on} for one in unit.households
    ))  # fmt: skip
    _put(db, council, education_plans, (
        {"person_id": one.person_id, "due_on": one.due_on, "in_place_on": one.in_place_on}
        for one in unit.education
    ))  # fmt: skip
    _put(db, council, quality_tools, (
        {"tool_id": one.tool_id, "state": one.state, "made_on": one.made_on} for one in unit.tools
    ))  # fmt: skip
    _put(db, council, populations, [{"year": BEGINS.year, "under_18": UNDER_18}])


def _put(db: Connection, council: str, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    db.execute(insert(table), [{"council": council, **row} for row in rows])


def _period(episodes: list[Episode]) -> Care:
    placed = tuple(one.began for one in episodes if one.placement == "A5")
    short = all(one.legal_status == "V4" for one in episodes)
    return Care(episodes[0].began, episodes[-1].ended, short, placed)


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
