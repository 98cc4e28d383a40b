"""Views of a list that a member of staff keeps: which filters, under a name of theirs. Never a name
that was searched for."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from storage.sealing import Place, seal, unseal
from storage.tables import saved_views


@dataclass(frozen=True, slots=True)
class View:
    """`query`: the filters as an address has them."""

    view_id: str
    name: str
    query: str


def _place(council: str, view_id: str) -> Place:
    return Place(council, "saved_views", "name", view_id)


def of_staff(db: Connection, council: str, staff_id: str) -> list[View]:
    """All of theirs, the oldest first."""
    rows = db.execute(
        select(saved_views)
        .where(saved_views.c.council == council, saved_views.c.staff_id == staff_id)
        .order_by(saved_views.c.made_at, saved_views.c.view_id)
    )
    return [
        View(row.view_id, unseal(db, _place(council, row.view_id), row.name), row.query)
        for row in rows
    ]


def count(db: Connection, council: str, staff_id: str) -> int:
    theirs = select(func.count()).where(
        saved_views.c.council == council, saved_views.c.staff_id == staff_id
    )
    found: int = db.execute(theirs).scalar_one()
    return found


def add(db: Connection, council: str, staff_id: str, name: str, query: str, now: datetime) -> str:
    """Keep one; its id."""
    view_id = str(uuid.uuid4())
    db.execute(
        insert(saved_views),
        {
            "council": council,
            "view_id": view_id,
            "staff_id": staff_id,
            "name": seal(db, _place(council, view_id), name),
            "query": query,
            "made_at": now,
        },
    )
    return view_id


def remove(db: Connection, council: str, staff_id: str, view_id: str) -> bool:
    """False if there is none of theirs with this id."""
    gone = db.execute(
        delete(saved_views).where(
            saved_views.c.council == council,
            saved_views.c.staff_id == staff_id,
            saved_views.c.view_id == view_id,
        )
    )
    return gone.rowcount == 1
