"""Whom a manager thinks of giving to another officer: a plan on paper, by which nothing happens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.unit_tables import caseload_plans


@dataclass(frozen=True, slots=True)
class Moved:
    """One young person of an officer's. `by`: the id of a member of staff."""

    person_id: str
    from_id: str
    to_id: str
    at: datetime
    by: str


def of_officers(db: Connection, council: str, officer_ids: Collection[str]) -> list[Moved]:
    """All that stand in the plan and are these officers'."""
    rows = db.execute(
        select(caseload_plans)
        .where(caseload_plans.c.council == council, caseload_plans.c.from_id.in_(list(officer_ids)))
        .order_by(caseload_plans.c.from_id, caseload_plans.c.person_id)
    )
    return [Moved(row.person_id, row.from_id, row.to_id, row.at, row.by) for row in rows]


def add(db: Connection, council: str, several: Sequence[Moved]) -> None:
    """None of them may stand in the plan already."""
    db.execute(
        insert(caseload_plans),
        [
            {
                "council": council,
                "person_id": one.person_id,
                "from_id": one.from_id,
                "to_id": one.to_id,
                "at": one.at,
                "by": one.by,
            }
            for one in several
        ],
    )


def drop(db: Connection, council: str, from_id: str, person_ids: Collection[str]) -> int:
    """Take them out of the plan; how many were in it."""
    return db.execute(
        delete(caseload_plans).where(
            caseload_plans.c.council == council,
            caseload_plans.c.from_id == from_id,
            caseload_plans.c.person_id.in_(list(person_ids)),
        )
    ).rowcount
