"""Limits on guessing codes. Nobody is refused: who is slowed down solves something or waits, and is
answered then. A right code never counts.

`security.md` section 3: past 10 wrong codes from one address a proof of work, since a children's
home shares one; 5 wrong ones an hour in a Telegram chat, later ones are kept and tried then.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from sqlalchemy import Connection

from bot.access import proofs
from bot.access.proofs import Ticket
from bot.service.house import House
from storage import councils
from storage.tries import Limit

PER_ADDRESS = 10
PER_CHAT = 5
PER_PIN = 5
UNDER_LOAD = 300
"""Wrong codes in a minute, from everywhere together: then every code needs proof first."""

_ADDRESS = Limit(RateLimitItemPerHour(PER_ADDRESS, namespace="address"))
_CHAT = Limit(RateLimitItemPerHour(PER_CHAT, namespace="chat"))
_PIN = Limit(RateLimitItemPerHour(PER_PIN, namespace="pin"))
_LOAD = Limit(RateLimitItemPerMinute(UNDER_LOAD, namespace="load"))
_ONCE = Limit(RateLimitItemPerHour(1, 2, namespace="once"))


def limited(db: Connection, house: House) -> bool:
    """Whether there are limits: `SAYSO_LIMITS=off` counts in a demo's database only."""
    if house.settings.limits:
        return True
    return not (house.council.demo and councils.is_demo(db, house.id))


# From the web: by address


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser brought beside its code. `solution`, `ticket`: fields of the page that asked
    for one of them; `solved`: the challenge that `solution` solves."""

    address: bytes
    solved: str | None = None
    ticket: Ticket | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Not looked at yet: solve the challenge, or come again with the ticket when it is due."""

    ticket: Ticket
    challenge: str
    field: str


def address_of(house: House, remote: str | None) -> bytes:
    """A keyed hash of where a request comes from, all that is ever kept of it. An IPv6 line has a
    /64 to itself, so that is one address."""
    return house.keys.blind(house.id, "address", _line(remote or ""))


def _line(remote: str) -> str:
    try:
        address = ipaddress.ip_address(remote.partition("%")[0])
    except ValueError:
        return remote
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def shown(house: House, remote: str | None, solution: str, ticket: str, now: datetime) -> Shown:
    """What these fields are worth. No database: a forged one costs nobody anything."""
    return Shown(
        address_of(house, remote),
        proofs.solved(house.keys, house.id, solution),
        proofs.from_field(house.keys, house.id, ticket, now),
    )


def turned_away(db: Connection, house: House, what: Shown, now: datetime) -> Wait | None:
    """None: the code may be looked at. What was shown for it is used up then."""
    if not limited(db, house):
        return None
    wrong = _ADDRESS.made(db, house.id, what.address, now)
    if wrong < PER_ADDRESS and not _LOAD.reached(db, house.id, _everybody(house), now):
        return None
    due = what.ticket is not None and what.ticket.due(now)
    for proof in (what.solved, what.ticket.id if what.ticket and due else None):
        if proof is not None and _ONCE.count(db, house.id, _once(house, proof), now):
            return None
    ticket = what.ticket
    if ticket is None or due:
        ticket = proofs.new_ticket(now + proofs.wait_after(wrong, PER_ADDRESS))
    challenge = proofs.challenge(house.keys, house.id, now)
    return Wait(ticket, challenge, proofs.to_field(house.keys, house.id, ticket))


def wrong_code(db: Connection, house: House, what: Shown, now: datetime) -> None:
    """A code or link that let nobody in."""
    if limited(db, house):
        _ADDRESS.count(db, house.id, what.address, now)
        _LOAD.count(db, house.id, _everybody(house), now)


def _everybody(house: House) -> bytes:
    return house.keys.blind(house.id, "load", "")


def _once(house: House, proof: str) -> bytes:
    return house.keys.blind(house.id, "once", proof)


# In a Telegram chat


def chat_waits(db: Connection, house: House, chat: str, now: datetime) -> datetime | None:
    """Until when the codes of a chat are kept and not tried; None: they are tried now."""
    who = house.keys.blind(house.id, "chat tries", chat)
    if not limited(db, house) or not _CHAT.reached(db, house.id, who, now):
        return None
    return _CHAT.ends(db, house.id, who, now)


def wrong_in_chat(db: Connection, house: House, chat: str, now: datetime) -> None:
    if limited(db, house):
        _CHAT.count(db, house.id, house.keys.blind(house.id, "chat tries", chat), now)


# A PIN, or the code for a new one


def pin_waits(db: Connection, house: House, person_id: str, now: datetime) -> datetime | None:
    """Until when no PIN of this person is looked at; None: this try is one of the five, and counts
    until it turns out right."""
    who = house.keys.blind(house.id, "pin tries", person_id)
    if not limited(db, house) or _PIN.count(db, house.id, who, now):
        return None
    return _PIN.ends(db, house.id, who, now)


def right_pin(db: Connection, house: House, person_id: str, now: datetime) -> None:
    _PIN.forgive(db, house.id, house.keys.blind(house.id, "pin tries", person_id), now)
