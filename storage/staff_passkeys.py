"""Passkeys of members of staff: what a browser or a security key proves who they are with."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from storage.keys import Keys
from storage.sealing import Place, seal, unseal
from storage.tables import staff, staff_passkeys


@dataclass(frozen=True, slots=True)
class Passkey:
    """`uses`: as the authenticator counts them; many always say 0."""

    passkey_id: str
    staff_id: str
    credential: bytes
    public_key: bytes
    uses: int
    made_at: datetime
    used_at: datetime | None = None


def _place(council: str, column: str, passkey_id: str) -> Place:
    return Place(council, "staff_passkeys", column, passkey_id)


def _index(keys: Keys, council: str, credential: bytes) -> bytes:
    return keys.blind(council, "passkey", credential.hex())


def add(db: Connection, keys: Keys, council: str, passkey: Passkey) -> None:
    passkey_id = passkey.passkey_id
    db.execute(
        insert(staff_passkeys),
        {
            "council": council,
            "passkey_id": passkey_id,
            "staff_id": passkey.staff_id,
            "credential_index": _index(keys, council, passkey.credential),
            "credential": _sealed(db, council, "credential", passkey_id, passkey.credential),
            "public_key": _sealed(db, council, "public_key", passkey_id, passkey.public_key),
            "uses": passkey.uses,
            "made_at": passkey.made_at,
        },
    )


def _sealed(db: Connection, council: str, column: str, passkey_id: str, value: bytes) -> bytes:
    return seal(db, _place(council, column, passkey_id), base64.b64encode(value).decode())


def find(db: Connection, keys: Keys, council: str, credential: bytes) -> Passkey | None:
    """The passkey of a member of staff who still works here."""
    row = db.execute(
        select(staff_passkeys)
        .join(
            staff,
            (staff.c.council == staff_passkeys.c.council)
            & (staff.c.staff_id == staff_passkeys.c.staff_id)
            & staff.c.active.is_(True),
        )
        .where(
            staff_passkeys.c.council == council,
            staff_passkeys.c.credential_index == _index(keys, council, credential),
        )
    ).one_or_none()
    return None if row is None else _passkey(db, row)


def is_known(db: Connection, keys: Keys, council: str, credential: bytes) -> bool:
    """Whether it is anybody's, whether or not they still work here."""
    return (
        db.execute(
            select(staff_passkeys.c.passkey_id).where(
                staff_passkeys.c.council == council,
                staff_passkeys.c.credential_index == _index(keys, council, credential),
            )
        ).first()
        is not None
    )


def of_staff(db: Connection, council: str, staff_id: str) -> list[Passkey]:
    """Theirs, the oldest first."""
    rows = db.execute(
        select(staff_passkeys)
        .where(staff_passkeys.c.council == council, staff_passkeys.c.staff_id == staff_id)
        .order_by(staff_passkeys.c.made_at, staff_passkeys.c.passkey_id)
    )
    return [_passkey(db, row) for row in rows]


def _passkey(db: Connection, row: Row[Any]) -> Passkey:
    def opened(column: str) -> bytes:
        sealed = getattr(row, column)
        return base64.b64decode(unseal(db, _place(row.council, column, row.passkey_id), sealed))

    return Passkey(
        row.passkey_id,
        row.staff_id,
        opened("credential"),
        opened("public_key"),
        row.uses,
        row.made_at,
        row.used_at,
    )


def note_use(db: Connection, council: str, passkey_id: str, uses: int, now: datetime) -> None:
    db.execute(
        update(staff_passkeys)
        .where(staff_passkeys.c.council == council, staff_passkeys.c.passkey_id == passkey_id)
        .values(uses=uses, used_at=now)
    )


def remove(db: Connection, council: str, staff_id: str, passkey_id: str) -> bool:
    """Whether it was there, and theirs."""
    gone = db.execute(
        delete(staff_passkeys).where(
            staff_passkeys.c.council == council,
            staff_passkeys.c.staff_id == staff_id,
            staff_passkeys.c.passkey_id == passkey_id,
        )
    )
    return gone.rowcount == 1


def remove_all(db: Connection, council: str, staff_id: str) -> None:
    db.execute(
        delete(staff_passkeys).where(
            staff_passkeys.c.council == council, staff_passkeys.c.staff_id == staff_id
        )
    )
