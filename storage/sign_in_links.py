"""Links that sign a member of staff in, by the hash of their token."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.tables import sign_in_links, staff

_ACTIVE = (
    select(staff.c.staff_id)
    .where(
        staff.c.council == sign_in_links.c.council,
        staff.c.staff_id == sign_in_links.c.staff_id,
        staff.c.active.is_(True),
    )
    .correlate(sign_in_links)
    .exists()
)


def add(
    db: Connection, council: str, token_hash: bytes, staff_id: str, expires_at: datetime
) -> None:
    db.execute(
        insert(sign_in_links),
        {
            "council": council,
            "token_hash": token_hash,
            "staff_id": staff_id,
            "expires_at": expires_at,
        },
    )


def forget_expired(db: Connection, council: str, now: datetime) -> None:
    """Links that are good no more, for whomever they were."""
    db.execute(
        delete(sign_in_links).where(
            sign_in_links.c.council == council, sign_in_links.c.expires_at <= now
        )
    )


def staff_id(db: Connection, council: str, token_hash: bytes, now: datetime) -> str | None:
    """Whose link this is; none if there is none, it is too old, or they have left."""
    found: str | None = db.execute(
        select(sign_in_links.c.staff_id).where(
            sign_in_links.c.council == council,
            sign_in_links.c.token_hash == token_hash,
            sign_in_links.c.expires_at > now,
            _ACTIVE,
        )
    ).scalar_one_or_none()
    return found


def take(db: Connection, council: str, token_hash: bytes, now: datetime) -> str | None:
    """As `staff_id`, and nobody can use the link again, however close together they press."""
    found: str | None = db.execute(
        delete(sign_in_links)
        .where(
            sign_in_links.c.council == council,
            sign_in_links.c.token_hash == token_hash,
            sign_in_links.c.expires_at > now,
            _ACTIVE,
        )
        .returning(sign_in_links.c.staff_id)
    ).scalar_one_or_none()
    return found
