"""Who a member of staff is at the council's own sign-in, by a blind index of issuer and subject."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from storage.tables import staff_identities


def staff_id(db: Connection, council: str, subject_index: bytes) -> str | None:
    """Whose identity this is, whether or not they still work here."""
    found: str | None = db.execute(
        select(staff_identities.c.staff_id).where(
            staff_identities.c.council == council,
            staff_identities.c.subject_index == subject_index,
        )
    ).scalar_one_or_none()
    return found


def is_bound(db: Connection, council: str, of_staff: str) -> bool:
    """Whether this person has signed in by the council's own sign-in before."""
    return (
        db.execute(
            select(staff_identities.c.staff_id).where(
                staff_identities.c.council == council, staff_identities.c.staff_id == of_staff
            )
        ).first()
        is not None
    )


def bind(db: Connection, council: str, of_staff: str, subject_index: bytes, now: datetime) -> None:
    """From now on this identity is this person."""
    db.execute(
        insert(staff_identities),
        {
            "council": council,
            "subject_index": subject_index,
            "staff_id": of_staff,
            "bound_at": now,
        },
    )
