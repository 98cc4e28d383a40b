"""Passkeys: asking a browser, keeping a new one, taking an answer, each challenge once."""

import secrets
import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.access import passkeys, sessions
from bot.access.passkeys import NotThisPasskey, Place
from bot.access.sessions import Way
from bot.service import signing_in
from bot.service.house import House
from storage import people, staff_challenges, staff_passkeys
from storage.staff_passkeys import Passkey

_LONG = timedelta(minutes=5)
MOST = 10
"""Passkeys that one person may keep."""

__all__ = ["NotThisPasskey", "Purpose"]


class Purpose(StrEnum):
    """What a challenge was given out for: it is good for nothing else."""

    DOOR = "door"  # to sign in with
    HALF = "half"  # as the second factor
    NEW = "new"  # to make a passkey


def place(house: House) -> Place:
    """Where passkeys of this house work."""
    return Place.at(house.settings.public_url, house.council.name)


def work_here(house: House) -> bool:
    return place(house).works


def bound_to_door(house: House, door_secret: str) -> bytes:
    """What is kept of the cookie of a browser that is not signed in."""
    return house.keys.blind(house.id, "staff_door", door_secret)


def bound_to_session(house: House, secret: str) -> bytes:
    return sessions.hash_of(house.keys, house.id, secret)


def _hash(house: House, challenge: bytes) -> bytes:
    return house.keys.blind(house.id, "staff_challenge", challenge.hex())


def _challenge(
    db: Connection, house: House, purpose: Purpose, bound_to: bytes, now: datetime
) -> bytes:
    challenge = secrets.token_bytes(32)
    hashed = _hash(house, challenge)
    staff_challenges.add(db, house.id, hashed, purpose.value, bound_to, now, now + _LONG)
    return challenge


def ask_to_use(
    db: Connection, house: House, purpose: Purpose, bound_to: bytes, now: datetime
) -> str:
    """What a browser is asked, as JSON; its answer counts once, from this browser, soon."""
    return passkeys.ask_to_use(place(house), _challenge(db, house, purpose, bound_to, now))


def ask_to_make(db: Connection, house: House, staff_id: str, bound_to: bytes, now: datetime) -> str:
    """The same to make a new one."""
    member = people.staff_member(db, house.id, staff_id)
    have = [one.credential for one in staff_passkeys.of_staff(db, house.id, staff_id)]
    challenge = _challenge(db, house, Purpose.NEW, bound_to, now)
    account = member.email or member.name
    return passkeys.ask_to_make(place(house), staff_id, account, challenge, have)


def _take(
    db: Connection, house: House, challenge: bytes, purpose: Purpose, bound_to: bytes, now: datetime
) -> None:
    hashed = _hash(house, challenge)
    if not staff_challenges.take(db, house.id, hashed, purpose.value, bound_to, now):
        raise NotThisPasskey


def keep(
    db: Connection, house: House, staff_id: str, text: str, bound_to: bytes, now: datetime
) -> None:
    """Keep a new passkey. `NotThisPasskey`: it can't be, is somebody's already, or one too many."""
    answer = passkeys.read_made(text)
    _take(db, house, answer.challenge, Purpose.NEW, bound_to, now)
    made = passkeys.check_made(place(house), answer)
    have = staff_passkeys.of_staff(db, house.id, staff_id)
    if len(have) >= MOST or staff_passkeys.is_known(db, house.keys, house.id, made.credential):
        raise NotThisPasskey
    passkey_id = str(uuid.uuid4())
    passkey = Passkey(passkey_id, staff_id, made.credential, made.public_key, made.uses, now)
    staff_passkeys.add(db, house.keys, house.id, passkey)
    signing_in.note(db, house, staff_id, "passkey_added", now, passkey_id)


def use(
    db: Connection, house: House, text: str, purpose: Purpose, bound_to: bytes, now: datetime
) -> str:
    """Whose passkey answered. `NotThisPasskey`."""
    answer = passkeys.read_used(text)
    _take(db, house, answer.challenge, purpose, bound_to, now)
    found = staff_passkeys.find(db, house.keys, house.id, answer.credential)
    if found is None:
        raise NotThisPasskey
    uses = passkeys.check_used(place(house), answer, found.public_key, found.uses, found.staff_id)
    staff_passkeys.note_use(db, house.id, found.passkey_id, uses, now)
    return found.staff_id


def sign_in(
    db: Connection, house: House, text: str, door_secret: str, now: datetime, device: str
) -> str | None:
    """By passkey alone: it is both factors. The new session's secret, or none."""
    bound_to = bound_to_door(house, door_secret)
    try:
        staff_id = use(db, house, text, Purpose.DOOR, bound_to, now)
    except NotThisPasskey:
        signing_in.refused(db, house, None, "passkey_refused", now)
        return None
    return signing_in.enter(db, house, staff_id, now, way=Way.PASSKEY, device=device)
