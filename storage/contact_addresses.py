"""Where young people can be written to. Sealed; whose an address is besides shows by its index."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from storage import data_keys
from storage.data_keys import Purpose
from storage.errors import Unknown
from storage.inviting_tables import contact_addresses
from storage.keys import Keys
from storage.sealing import Place, seal, unseal


class Way(StrEnum):
    """How somebody is written to at an address."""

    SMS = "sms"
    EMAIL = "email"


class How(StrEnum):
    """How whoever confirmed it knows that it is the young person's own."""

    ASKED = "asked"  # the young person said so, face to face or by voice
    WORKER = "worker"  # their social worker or personal adviser said so
    USED = "used"  # they wrote or rang from it


@dataclass(frozen=True, slots=True)
class Address:
    """`address`: a number as +447…, or an e-mail address."""

    address_id: str
    person_id: str
    way: Way
    address: str
    added_by: str
    added_at: datetime
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    confirmed_how: How | None = None
    stopped_by: str | None = None
    stopped_at: datetime | None = None

    @property
    def may_be_written_to(self) -> bool:
        """It is confirmed as theirs, and nobody stopped it."""
        return self.confirmed_at is not None and self.stopped_at is None


def _place(council: str, address_id: str, person_id: str) -> Place:
    return Place(council, "contact_addresses", "address", address_id, person_id)


def index_of(keys: Keys, council: str, way: Way, address: str) -> bytes:
    """By which an address is found without opening any."""
    return keys.blind(council, "contact_address", f"{way.value}:{address.casefold()}")


def add(db: Connection, keys: Keys, council: str, address: Address) -> None:
    db.execute(
        insert(contact_addresses),
        {
            "council": council,
            "address_id": address.address_id,
            "person_id": address.person_id,
            "way": address.way.value,
            "address": seal(
                db, _place(council, address.address_id, address.person_id), address.address
            ),
            "address_index": index_of(keys, council, address.way, address.address),
            "added_by": address.added_by,
            "added_at": address.added_at,
        },
    )


def confirm(
    db: Connection, council: str, address_id: str, by: str, how: How, now: datetime
) -> bool:
    """It is the young person's own, and may be written to (again); False if it may already."""
    column = contact_addresses.c
    changed = db.execute(
        update(contact_addresses)
        .where(
            column.council == council,
            column.address_id == address_id,
            column.confirmed_at.is_(None) | column.stopped_at.is_not(None),
        )
        .values(
            confirmed_by=by,
            confirmed_at=now,
            confirmed_how=how.value,
            stopped_by=None,
            stopped_at=None,
        )
    )
    return changed.rowcount == 1


def stop(db: Connection, council: str, address_id: str, by: str, now: datetime) -> bool:
    """Nothing goes there any more; False if that is so already."""
    column = contact_addresses.c
    changed = db.execute(
        update(contact_addresses)
        .where(
            column.council == council,
            column.address_id == address_id,
            column.stopped_at.is_(None),
        )
        .values(stopped_by=by, stopped_at=now)
    )
    return changed.rowcount == 1


def get(db: Connection, council: str, address_id: str) -> Address:
    """`Unknown`."""
    row = db.execute(
        select(contact_addresses).where(
            contact_addresses.c.council == council, contact_addresses.c.address_id == address_id
        )
    ).one_or_none()
    if row is None:
        raise Unknown(f"address {address_id}")
    return _address(db, row)


def of_people(
    db: Connection, council: str, person_ids: Collection[str]
) -> dict[str, list[Address]]:
    """Each one's addresses, the first first."""
    data_keys.prepare(db, council, set(person_ids), Purpose.IDENTITY)
    rows = db.execute(
        select(contact_addresses)
        .where(
            contact_addresses.c.council == council,
            contact_addresses.c.person_id.in_(list(person_ids)),
        )
        .order_by(contact_addresses.c.added_at, contact_addresses.c.address_id)
    )
    found: dict[str, list[Address]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(_address(db, row))
    return found


def whose(db: Connection, keys: Keys, council: str, way: Way, address: str) -> set[str]:
    """The ids of all young people at whom this address stands and was not stopped."""
    found = select(contact_addresses.c.person_id).where(
        contact_addresses.c.council == council,
        contact_addresses.c.address_index == index_of(keys, council, way, address),
        contact_addresses.c.stopped_at.is_(None),
    )
    return set(db.execute(found).scalars())


def _address(db: Connection, row: Row[Any]) -> Address:
    return Address(
        row.address_id,
        row.person_id,
        Way(row.way),
        unseal(db, _place(row.council, row.address_id, row.person_id), row.address),
        row.added_by,
        row.added_at,
        row.confirmed_by,
        row.confirmed_at,
        How(row.confirmed_how) if row.confirmed_how else None,
        row.stopped_by,
        row.stopped_at,
    )
