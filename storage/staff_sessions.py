"""Sessions of members of staff, by the hash of what their cookie holds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from storage.tables import staff, staff_sessions


@dataclass(frozen=True, slots=True)
class KeptSession:
    staff_id: str
    started_at: datetime
    seen_at: datetime
    revoked_at: datetime | None


def add(db: Connection, council: str, session_hash: bytes, staff_id: str, now: datetime) -> None:
    db.execute(
        insert(staff_sessions),
        {
            "council": council,
            "session_hash": session_hash,
            "staff_id": staff_id,
            "started_at": now,
            "seen_at": now,
        },
    )


def forget_before(db: Connection, council: str, started_before: datetime) -> None:
    """Sessions that began before then: they are over, however they ended."""
    db.execute(
        delete(staff_sessions).where(
            staff_sessions.c.council == council, staff_sessions.c.started_at < started_before
        )
    )


_GET = (
    select(staff_sessions)
    .join(
        staff,
        (staff.c.council == staff_sessions.c.council)
        & (staff.c.staff_id == staff_sessions.c.staff_id),
    )
    .where(
        staff_sessions.c.council == bindparam("c"),
        staff_sessions.c.session_hash == bindparam("h"),
        staff.c.active.is_(True),  # whoever has left is out at once
    )
)


def get(db: Connection, council: str, session_hash: bytes) -> KeptSession | None:
    """The session, of a member of staff who still works here."""
    row = db.execute(_GET, {"c": council, "h": session_hash}).one_or_none()
    if row is None:
        return None
    return KeptSession(row.staff_id, row.started_at, row.seen_at, row.revoked_at)


_ONE = update(staff_sessions).where(
    staff_sessions.c.council == bindparam("c"), staff_sessions.c.session_hash == bindparam("h")
)
_TOUCH = _ONE.values(seen_at=bindparam("now"))
_REVOKE = _ONE.where(staff_sessions.c.revoked_at.is_(None)).values(revoked_at=bindparam("now"))


def touch(db: Connection, council: str, session_hash: bytes, now: datetime) -> None:
    db.execute(_TOUCH, {"c": council, "h": session_hash, "now": now})


def revoke(db: Connection, council: str, session_hash: bytes, now: datetime) -> None:
    db.execute(_REVOKE, {"c": council, "h": session_hash, "now": now})
