"""Sessions of members of staff, by the hash of what their cookie holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from storage.sealing import Place, seal, unseal
from storage.tables import staff, staff_sessions


@dataclass(frozen=True, slots=True)
class KeptSession:
    """`session_id` names it and opens nothing; `stage` is a value of `bot.access.sessions.Stage`,
    `way` how they signed in, `device` the browser in a few words."""

    session_id: str
    staff_id: str
    stage: str
    way: str
    device: str
    started_at: datetime
    seen_at: datetime
    revoked_at: datetime | None = None


def _place(council: str, session_id: str) -> Place:
    return Place(council, "staff_sessions", "device", session_id)


def add(db: Connection, council: str, session_hash: bytes, session: KeptSession) -> None:
    db.execute(
        insert(staff_sessions),
        {
            "council": council,
            "session_hash": session_hash,
            "session_id": session.session_id,
            "staff_id": session.staff_id,
            "stage": session.stage,
            "way": session.way,
            "device": seal(db, _place(council, session.session_id), session.device),
            "started_at": session.started_at,
            "seen_at": session.seen_at,
        },
    )


def forget_before(db: Connection, council: str, started_before: datetime) -> None:
    """Sessions that began before then: they are over, however they ended."""
    db.execute(
        delete(staff_sessions).where(
            staff_sessions.c.council == council, staff_sessions.c.started_at < started_before
        )
    )


_WORKING_HERE = select(staff_sessions).join(
    staff,
    (staff.c.council == staff_sessions.c.council)
    & (staff.c.staff_id == staff_sessions.c.staff_id)
    & staff.c.active.is_(True),  # whoever has left is out at once
)
_GET = _WORKING_HERE.where(
    staff_sessions.c.council == bindparam("c"), staff_sessions.c.session_hash == bindparam("h")
)


def get(db: Connection, council: str, session_hash: bytes) -> KeptSession | None:
    """The session, of a member of staff who still works here."""
    row = db.execute(_GET, {"c": council, "h": session_hash}).one_or_none()
    return None if row is None else _kept(db, row)


def of_staff(db: Connection, council: str, staff_id: str) -> list[KeptSession]:
    """Those of one person that were not ended, the newest first."""
    rows = db.execute(
        _WORKING_HERE.where(
            staff_sessions.c.council == council,
            staff_sessions.c.staff_id == staff_id,
            staff_sessions.c.revoked_at.is_(None),
        ).order_by(staff_sessions.c.started_at.desc())
    )
    return [_kept(db, row) for row in rows]


def _kept(db: Connection, row: Row[Any]) -> KeptSession:
    return KeptSession(
        row.session_id,
        row.staff_id,
        row.stage,
        row.way,
        unseal(db, _place(row.council, row.session_id), row.device),
        row.started_at,
        row.seen_at,
        row.revoked_at,
    )


_ONE = update(staff_sessions).where(
    staff_sessions.c.council == bindparam("c"), staff_sessions.c.session_hash == bindparam("h")
)
_TOUCH = _ONE.values(seen_at=bindparam("now"))
_LIVING = staff_sessions.c.revoked_at.is_(None)
_REVOKE = _ONE.where(_LIVING).values(revoked_at=bindparam("now"))


def touch(db: Connection, council: str, session_hash: bytes, now: datetime) -> None:
    db.execute(_TOUCH, {"c": council, "h": session_hash, "now": now})


def revoke(db: Connection, council: str, session_hash: bytes, now: datetime) -> bool:
    """End it; whether it had not been ended before."""
    return db.execute(_REVOKE, {"c": council, "h": session_hash, "now": now}).rowcount == 1


def revoke_one(db: Connection, council: str, staff_id: str, session_id: str, now: datetime) -> bool:
    """End the session of this name, if it is theirs."""
    ended = db.execute(
        update(staff_sessions)
        .where(
            staff_sessions.c.council == council,
            staff_sessions.c.staff_id == staff_id,
            staff_sessions.c.session_id == session_id,
            _LIVING,
        )
        .values(revoked_at=now)
    )
    return ended.rowcount == 1


def revoke_all(db: Connection, council: str, staff_id: str, now: datetime) -> int:
    """End all sessions of a person; how many there were."""
    return db.execute(
        update(staff_sessions)
        .where(
            staff_sessions.c.council == council,
            staff_sessions.c.staff_id == staff_id,
            _LIVING,
        )
        .values(revoked_at=now)
    ).rowcount
