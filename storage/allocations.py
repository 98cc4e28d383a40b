"""Which young person is allocated to whom: the standard dataset's involvements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from storage.tables import allocations


@dataclass(frozen=True, slots=True)
class Allocation:
    """`kind`: the role in which (`social_worker`, `personal_adviser` …); `since` and `until`: its
    first and its last day, no last day while it goes on. `ssd_involvements` has the same."""

    council: str
    person_id: str
    staff_id: str
    kind: str
    since: date
    until: date | None = None

    def is_open(self, today: date) -> bool:
        return self.since <= today and (self.until is None or today <= self.until)

    def is_over(self, today: date) -> bool:
        return self.until is not None and self.until < today


def add(db: Connection, allocation: Allocation) -> None:
    db.execute(
        insert(allocations),
        {
            "council": allocation.council,
            "person_id": allocation.person_id,
            "staff_id": allocation.staff_id,
            "kind": allocation.kind,
            "since": allocation.since,
            "until": allocation.until,
        },
    )


def end(
    db: Connection, council: str, person_id: str, staff_id: str, kind: str, until: date
) -> None:
    """That day is the last of what goes on."""
    db.execute(
        update(allocations)
        .where(
            allocations.c.council == council,
            allocations.c.person_id == person_id,
            allocations.c.staff_id == staff_id,
            allocations.c.kind == kind,
            allocations.c.until.is_(None),
        )
        .values(until=until)
    )


def of_person(db: Connection, council: str, person_id: str) -> Sequence[Allocation]:
    """All that there ever were of a young person, the earliest first."""
    rows = db.execute(
        select(allocations)
        .where(allocations.c.council == council, allocations.c.person_id == person_id)
        .order_by(allocations.c.since, allocations.c.staff_id)
    )
    return [_allocation(row) for row in rows]


def of_people(
    db: Connection, council: str, person_ids: Iterable[str]
) -> dict[str, list[Allocation]]:
    """The same of several at once; of whom there are none is left out."""
    rows = db.execute(
        select(allocations)
        .where(allocations.c.council == council, allocations.c.person_id.in_(set(person_ids)))
        .order_by(allocations.c.since, allocations.c.staff_id)
    )
    found: dict[str, list[Allocation]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(_allocation(row))
    return found


def open_of_staff(
    db: Connection, council: str, staff_id: str, kind: str, today: date
) -> Sequence[Allocation]:
    """Those of a member of staff that are open today."""
    rows = db.execute(
        select(allocations)
        .where(
            allocations.c.council == council,
            allocations.c.staff_id == staff_id,
            allocations.c.kind == kind,
            allocations.c.since <= today,
            or_(allocations.c.until.is_(None), allocations.c.until >= today),
        )
        .order_by(allocations.c.person_id)
    )
    return [_allocation(row) for row in rows]


def _allocation(row: Row[Any]) -> Allocation:
    return Allocation(row.council, row.person_id, row.staff_id, row.kind, row.since, row.until)
