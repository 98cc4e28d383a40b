"""How long officers work in a week, as their manager says it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.unit_tables import staff_hours


def of_council(db: Connection, council: str) -> dict[str, int]:
    """Minutes a week by the id of a member of staff; of whom nobody said it is left out."""
    rows = db.execute(
        select(staff_hours.c.staff_id, staff_hours.c.minutes).where(
            staff_hours.c.council == council
        )
    )
    return {row.staff_id: row.minutes for row in rows}


def put(
    db: Connection, council: str, minutes: Mapping[str, int | None], by: str, now: datetime
) -> None:
    """In place of what was said of these before; None: it is not known (any more)."""
    db.execute(
        delete(staff_hours).where(
            staff_hours.c.council == council, staff_hours.c.staff_id.in_(list(minutes))
        )
    )
    rows = [
        {"council": council, "staff_id": one, "minutes": many, "at": now, "by": by}
        for one, many in minutes.items()
        if many is not None
    ]
    if rows:
        db.execute(insert(staff_hours), rows)
