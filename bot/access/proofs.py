"""What a browser does before its code is looked at, where too many wrong ones came from its
address: a proof of work (ALTCHA), or without script a wait. Pure but for the proof's own clock.

Both are signed by us and say nothing of the code. Whoever holds one may have one code looked at;
that it is used once is kept by the caller, under the id that `solved` and `waited` give.
"""

import hmac
import json
import math
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import altcha

from storage.keys import Keys

ALGORITHM, COST, PREFIX = "PBKDF2/SHA-256", 2_000, "00"
"""256 derivations on average: about half a second on a computer, some seconds on an old phone.
To check one solution costs us one derivation, well under a millisecond."""

GOOD_FOR = timedelta(hours=1)
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(minutes=5)


def wait_after(wrong: int, most: int) -> timedelta:
    """How long to wait, after so many wrong tries where `most` were free."""
    doublings = min(max(0, wrong // most - 1), 10)
    return min(SHORTEST * (1 << doublings), LONGEST)


def challenge(keys: Keys, council: str, now: datetime) -> str:
    """A new challenge, as JSON for our script."""
    made = altcha.create_challenge(
        ALGORITHM,
        COST,
        key_prefix=PREFIX,
        expires_at=now + GOOD_FOR,
        hmac_secret=_secret(keys, council),
    )
    return json.dumps(made.to_dict(), separators=(",", ":"))


def solved(keys: Keys, council: str, payload: str) -> str | None:
    """The id of the challenge that this solves; None if it solves none of ours."""
    if not payload or len(payload) > 4096:
        return None
    try:
        known = altcha.Payload.from_base64(payload)
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        return None
    if not altcha.verify_solution(known, _secret(keys, council)).verified:
        return None
    return f"challenge:{known.challenge.parameters.nonce}"


def _secret(keys: Keys, council: str) -> bytes:
    return keys.blind(council, "altcha", "challenge")


@dataclass(frozen=True, slots=True)
class Ticket:
    """May have one code looked at from `at` on."""

    at: datetime
    nonce: str

    @property
    def id(self) -> str:
        return f"ticket:{self.nonce}"

    def due(self, now: datetime) -> bool:
        return now >= self.at


def new_ticket(at: datetime) -> Ticket:
    """For this time, rounded up to the second: a page never says a time that is too early."""
    return Ticket(datetime.fromtimestamp(math.ceil(at.timestamp()), UTC), secrets.token_hex(16))


def to_field(keys: Keys, council: str, ticket: Ticket) -> str:
    """As a form carries it."""
    says = f"{int(ticket.at.timestamp())}.{ticket.nonce}"
    return f"{says}.{_mark(keys, council, says)}"


def from_field(keys: Keys, council: str, field: str, now: datetime) -> Ticket | None:
    """The inverse; None for what we did not make, or too long ago."""
    says, _, mark = field[:200].rpartition(".")
    if not says or not field.isascii():
        return None
    if not hmac.compare_digest(mark, _mark(keys, council, says)):
        return None
    seconds, _, nonce = says.partition(".")
    at = datetime.fromtimestamp(int(seconds), UTC)
    return Ticket(at, nonce) if now < at + GOOD_FOR else None


def _mark(keys: Keys, council: str, says: str) -> str:
    return keys.blind(council, "wait ticket", says).hex()
