"""The hash of a PIN. Pure but for the hash's own salt; slow on purpose: never on the event loop.

Six digits are soon tried through, so argon2id gets not the PIN but a hash of it under a key that is
not in the database: a copy of the database alone tells nothing.
"""

import re
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from storage.keys import Keys

_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
"""About 100 ms."""

_PIN = re.compile(r"[0-9]{6}", re.ASCII)
_EASY = frozenset(
    {"121212", "112233", "123123", "123321", "101010", "102030", "696969", "159753", "147258"}
)


def typed(pin: str) -> str | None:
    """The six digits that were meant; None if it is no PIN."""
    digits = "".join(pin.split()).replace("-", "")
    return digits if _PIN.fullmatch(digits) else None


def is_easy(pin: str) -> bool:
    """Whether it is among the first that anybody tries. A birthday is not looked for: being told
    that it is one would tell when somebody was born."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return (len(steps) == 1 and steps <= {0, 1, 9}) or pin[:3] == pin[3:] or pin in _EASY


def make(keys: Keys, council: str, person_id: str, pin: str) -> str:
    return _HASHER.hash(_keyed(keys, council, person_id, pin))


def is_right(keys: Keys, council: str, person_id: str, pin: str, pin_hash: str) -> bool:
    try:
        return _HASHER.verify(pin_hash, _keyed(keys, council, person_id, pin))
    except (VerificationError, InvalidHashError):
        return False


def _keyed(keys: Keys, council: str, person_id: str, pin: str) -> bytes:
    return keys.blind(council, "pin", f"{person_id}:{pin}")
