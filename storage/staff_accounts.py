"""How a member of staff proves who they are: password, one-time codes, recovery codes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from storage.keys import Keys
from storage.sealing import Place, seal, unseal
from storage.tables import (
    sign_in_links,
    staff,
    staff_one_time_codes,
    staff_passwords,
    staff_recovery_codes,
)


def by_email(db: Connection, keys: Keys, council: str, email: str) -> str | None:
    """Who signs in by this address and still works here; none if nobody does."""
    found: str | None = db.execute(
        select(staff.c.staff_id).where(
            staff.c.council == council,
            staff.c.email_index == keys.blind(council, "email", email.casefold()),
            staff.c.active.is_(True),
        )
    ).scalar_one_or_none()
    return found


def is_taken(db: Connection, keys: Keys, council: str, email: str) -> bool:
    """Whether this address is anybody's, whether or not they still work here."""
    index = keys.blind(council, "email", email.casefold())
    found = select(staff.c.staff_id).where(staff.c.council == council, staff.c.email_index == index)
    return db.execute(found).first() is not None


def is_active(db: Connection, council: str, staff_id: str) -> bool:
    """Whether they still work here."""
    return bool(
        db.execute(
            select(staff.c.active).where(staff.c.council == council, staff.c.staff_id == staff_id)
        ).scalar()
    )


def set_active(db: Connection, council: str, staff_id: str, *, active: bool) -> None:
    """Whether they work here. Links that would sign them in are forgotten either way."""
    db.execute(
        update(staff)
        .where(staff.c.council == council, staff.c.staff_id == staff_id)
        .values(active=active)
    )
    forget_links(db, council, staff_id)


def forget_links(db: Connection, council: str, staff_id: str) -> None:
    db.execute(
        delete(sign_in_links).where(
            sign_in_links.c.council == council, sign_in_links.c.staff_id == staff_id
        )
    )


def set_role(db: Connection, council: str, staff_id: str, role: str) -> None:
    db.execute(
        update(staff)
        .where(staff.c.council == council, staff.c.staff_id == staff_id)
        .values(role=role)
    )


# Passwords


def _password(council: str, staff_id: str) -> Place:
    return Place(council, "staff_passwords", "password", staff_id)


def password(db: Connection, council: str, staff_id: str) -> str | None:
    """The password's hash, as Argon2 writes it; none if they have none."""
    sealed = db.execute(
        select(staff_passwords.c.password).where(
            staff_passwords.c.council == council, staff_passwords.c.staff_id == staff_id
        )
    ).scalar_one_or_none()
    return None if sealed is None else unseal(db, _password(council, staff_id), sealed)


def set_password(db: Connection, council: str, staff_id: str, hashed: str, now: datetime) -> None:
    drop_password(db, council, staff_id)
    db.execute(
        insert(staff_passwords),
        {
            "council": council,
            "staff_id": staff_id,
            "password": seal(db, _password(council, staff_id), hashed),
            "set_at": now,
        },
    )


def drop_password(db: Connection, council: str, staff_id: str) -> None:
    db.execute(
        delete(staff_passwords).where(
            staff_passwords.c.council == council, staff_passwords.c.staff_id == staff_id
        )
    )


# One-time codes


@dataclass(frozen=True, slots=True)
class Generator:
    """What makes a person's one-time codes. `last_step`: codes up to it are used up."""

    seed: str
    last_step: int


def _seed(council: str, staff_id: str) -> Place:
    return Place(council, "staff_one_time_codes", "seed", staff_id)


def generator(db: Connection, council: str, staff_id: str) -> Generator | None:
    row = db.execute(
        select(staff_one_time_codes).where(
            staff_one_time_codes.c.council == council,
            staff_one_time_codes.c.staff_id == staff_id,
        )
    ).one_or_none()
    if row is None:
        return None
    return Generator(unseal(db, _seed(council, staff_id), row.seed), row.last_step)


def set_generator(
    db: Connection, council: str, staff_id: str, made: Generator, now: datetime
) -> None:
    """Instead of the one they had, if they had one."""
    drop_generator(db, council, staff_id)
    db.execute(
        insert(staff_one_time_codes),
        {
            "council": council,
            "staff_id": staff_id,
            "seed": seal(db, _seed(council, staff_id), made.seed),
            "last_step": made.last_step,
            "made_at": now,
        },
    )


def drop_generator(db: Connection, council: str, staff_id: str) -> None:
    db.execute(
        delete(staff_one_time_codes).where(
            staff_one_time_codes.c.council == council,
            staff_one_time_codes.c.staff_id == staff_id,
        )
    )


def use_step(db: Connection, council: str, staff_id: str, step: int) -> bool:
    """Use the code of this step up; False if it or a later one was used, however close the two."""
    used = db.execute(
        update(staff_one_time_codes)
        .where(
            staff_one_time_codes.c.council == council,
            staff_one_time_codes.c.staff_id == staff_id,
            staff_one_time_codes.c.last_step < step,
        )
        .values(last_step=step)
    )
    return used.rowcount == 1


# Recovery codes


def set_recovery_codes(
    db: Connection, council: str, staff_id: str, hashes: Iterable[bytes], now: datetime
) -> None:
    """These instead of all they had."""
    drop_recovery_codes(db, council, staff_id)
    rows = [
        {"council": council, "code_hash": code_hash, "staff_id": staff_id, "made_at": now}
        for code_hash in hashes
    ]
    db.execute(insert(staff_recovery_codes), rows)


def drop_recovery_codes(db: Connection, council: str, staff_id: str) -> None:
    db.execute(
        delete(staff_recovery_codes).where(
            staff_recovery_codes.c.council == council,
            staff_recovery_codes.c.staff_id == staff_id,
        )
    )


def take_recovery_code(db: Connection, council: str, staff_id: str, code_hash: bytes) -> bool:
    """Use one up; False if it is not theirs or was used."""
    taken = db.execute(
        delete(staff_recovery_codes).where(
            staff_recovery_codes.c.council == council,
            staff_recovery_codes.c.staff_id == staff_id,
            staff_recovery_codes.c.code_hash == code_hash,
        )
    )
    return taken.rowcount == 1


def recovery_codes_left(db: Connection, council: str, staff_id: str) -> int:
    return db.execute(
        select(func.count()).where(
            staff_recovery_codes.c.council == council,
            staff_recovery_codes.c.staff_id == staff_id,
        )
    ).scalar_one()
