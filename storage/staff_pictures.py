"""The picture of a member of staff, sealed under the council's key."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from storage.sealing import Place, seal_bytes, unseal_bytes
from storage.tables import staff_pictures


@dataclass(frozen=True, slots=True)
class Picture:
    """`media_type`: `image/jpeg` or `image/png`."""

    media_type: str
    content: bytes


def put(db: Connection, council: str, staff_id: str, picture: Picture, now: datetime) -> None:
    """In the place of the one before, if there was one."""
    remove(db, council, staff_id)
    row = {
        "council": council,
        "staff_id": staff_id,
        "picture": seal_bytes(db, _place(council, staff_id), picture.content),
        "media_type": picture.media_type,
        "set_at": now,
    }
    db.execute(insert(staff_pictures), row)


def remove(db: Connection, council: str, staff_id: str) -> bool:
    """Whether there was one."""
    return db.execute(delete(staff_pictures).where(_of(council, staff_id))).rowcount > 0


def has(db: Connection, council: str, staff_id: str) -> bool:
    found = select(staff_pictures.c.staff_id).where(_of(council, staff_id))
    return db.execute(found).first() is not None


def get(db: Connection, council: str, staff_id: str) -> Picture | None:
    """None: there is no picture of them."""
    found = select(staff_pictures).where(_of(council, staff_id))
    row = db.execute(found).one_or_none()
    if row is None:
        return None
    return Picture(row.media_type, unseal_bytes(db, _place(council, staff_id), row.picture))


def _of(council: str, staff_id: str) -> ColumnElement[bool]:
    return and_(staff_pictures.c.council == council, staff_pictures.c.staff_id == staff_id)


def _place(council: str, staff_id: str) -> Place:
    return Place(council, "staff_pictures", "picture", staff_id)
