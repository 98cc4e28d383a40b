"""Where a young person can be written to, and who says that it is their own.

Nothing goes to an address that nobody confirmed: a number may be a carer's, a parent's, or one that
somebody else has by now (`docs/invitations.md`).
"""

import re
import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.service.admission import Admitted, Asked, require
from bot.service.house import House
from storage import audit, contact_addresses, people, reviews
from storage.contact_addresses import Address, How, Way
from storage.errors import Unknown

MOST = 6
"""Addresses of one young person."""

_LONGEST = 254
_PUT_BETWEEN = re.compile(r"[ ().-]")
_MOBILE = re.compile(r"(?:\+44|0044|0)7[0-9]{9}")
_ABROAD = re.compile(r"\+[1-9][0-9]{7,14}")
_EMAIL = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)


class Fault(StrEnum):
    """Why an address was not taken, or not confirmed."""

    NOTHING = "nothing"
    UNREADABLE = "unreadable"  # neither a mobile number nor an e-mail address
    LANDLINE = "landline"  # no text message arrives there
    SOMEBODY_ELSES = "somebody_elses"
    THERE = "there"  # it stands there already
    TOO_MANY = "too_many"
    NO_HOW = "no_how"  # how they know that it is the young person's own was not said


def read(typed: str) -> tuple[Way, str] | Fault:
    """What was typed, as it is written to. Letters of other scripts, line ends and what is longer
    than any address is are refused: nobody can check them by eye."""
    said = typed.strip(" \t")
    if not said:
        return Fault.NOTHING
    if len(said) > _LONGEST or not said.isascii() or not said.isprintable():
        return Fault.UNREADABLE
    if "@" in said:
        return (Way.EMAIL, said) if _EMAIL.fullmatch(said) else Fault.UNREADABLE
    digits = _PUT_BETWEEN.sub("", said)
    if _MOBILE.fullmatch(digits):
        return Way.SMS, "+44" + digits[-10:]
    if _ABROAD.fullmatch(digits) and not digits.startswith("+44"):
        return Way.SMS, digits
    if re.fullmatch(r"(?:\+44|0044|0)[1-9][0-9]{8,9}", digits):
        return Fault.LANDLINE
    return Fault.UNREADABLE


def add(
    db: Connection, house: House, staff: Admitted, asked: Asked, typed: str, now: datetime
) -> Address | Fault:
    """Take it down; nothing goes there before somebody confirms it. `Unknown`."""
    found = read(typed)
    if isinstance(found, Fault):
        return found
    person_id = _whose(db, house, staff, asked)
    way, address = found
    theirs = contact_addresses.of_people(db, house.id, [person_id]).get(person_id, [])
    if any((one.way, one.address.casefold()) == (way, address.casefold()) for one in theirs):
        return Fault.THERE
    if len(theirs) >= MOST:
        return Fault.TOO_MANY
    if contact_addresses.whose(db, house.keys, house.id, way, address) - {person_id}:
        return Fault.SOMEBODY_ELSES
    made = Address(str(uuid.uuid4()), person_id, way, address, staff.actor, now)
    contact_addresses.add(db, house.keys, house.id, made)
    _on_record(db, house, staff, "address_added", asked, way, now)
    return made


def confirm(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    address_id: str,
    how: str,
    now: datetime,
) -> Fault | None:
    """It is the young person's own. `Unknown` if it is none of theirs."""
    address = _one(db, house, staff, asked, address_id)
    if how not in {one.value for one in How}:
        return Fault.NO_HOW
    others = contact_addresses.whose(db, house.keys, house.id, address.way, address.address)
    if others - {address.person_id}:
        return Fault.SOMEBODY_ELSES
    if contact_addresses.confirm(db, house.id, address_id, staff.actor, How(how), now):
        _on_record(db, house, staff, "address_confirmed", asked, address.way, now)
    return None


def stop(
    db: Connection, house: House, staff: Admitted, asked: Asked, address_id: str, now: datetime
) -> None:
    """Nothing goes there any more. `Unknown` if it is none of theirs."""
    address = _one(db, house, staff, asked, address_id)
    if contact_addresses.stop(db, house.id, address_id, staff.actor, now):
        _on_record(db, house, staff, "address_stopped", asked, address.way, now)


def _whose(db: Connection, house: House, staff: Admitted, asked: Asked) -> str:
    require(db, house, staff, asked)
    person_id = reviews.get(db, house.id, asked.review_id or "").person_id
    people.lock(db, house.id, person_id)  # of two who add the same the second finds it
    return person_id


def _one(db: Connection, house: House, staff: Admitted, asked: Asked, address_id: str) -> Address:
    person_id = _whose(db, house, staff, asked)
    address = contact_addresses.get(db, house.id, address_id)
    if address.person_id != person_id:
        raise Unknown(f"address {address_id}")
    return address


def _on_record(
    db: Connection, house: House, staff: Admitted, act: str, asked: Asked, way: Way, now: datetime
) -> None:
    subject = f"review:{asked.review_id}"
    audit.add(db, house.id, now, actor=staff.actor, act=act, subject=subject, detail=way.value)
