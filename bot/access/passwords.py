"""Passwords of members of staff: Argon2id, about 100 ms each, never in the event loop.

RFC 9106 and OWASP: 46 MiB and three passes, one lane, which is what keeps one of two cores busy
for about 100 ms (`python -m benchmarks.passwords` measures it on the machine at hand). Two at a
time, and a bounded number waits: a flood of guesses costs the guessers their turn, not the chat.
"""

import asyncio
import re
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")

SHORTEST, LONGEST = 12, 256
AT_ONCE, WAITING = 2, 64

HASHER = PasswordHasher(time_cost=3, memory_cost=46 * 1024, parallelism=1)
NOBODYS = (
    "$argon2id$v=19$m=47104,t=3,p=1$ids5eU6Qczf3lwQgXUxg8g"
    "$DDISFtnqj6nurv+to0KsH1yZ+T+LvYdBs8XSe03PzvM"
)
"""Checked where there is no such person, so that the answer takes as long. Of 256 random
bits that nobody kept."""


class TooBusy(Exception):
    """So many passwords wait to be checked that this one would wait too long."""


class Passwords:
    """Hashes and checks passwords on threads of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """As it is to be kept. `TooBusy`."""
        return await self._run(_hash, password)

    async def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is the kept one; takes as long where none is kept. `TooBusy`."""
        fits = await self._run(_matches, kept or NOBODYS, password)
        return fits and kept is not None

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[..., T], *args: str) -> T:
        if self._waiting >= WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *args)
        finally:
            self._waiting -= 1


def _normal(password: str) -> str:
    """The same password, however a keyboard composes its accents (NIST SP 800-63B 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _hash(password: str) -> str:
    return HASHER.hash(_normal(password))


def _matches(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


_EASY = (
    "password", "passw", "sayso", "council", "welcome", "letmein", "qwerty", "qwertz", "asdf",
    "zxcvb", "admin", "secret", "login", "changeme", "iloveyou", "monkey", "dragon", "football",
    "sunshine", "princess", "spring", "summer", "autumn", "winter", "monday", "january", "abc",
)  # fmt: skip


def fault(password: str, about: Iterable[str]) -> str | None:
    """What is wrong with a new password, to say to whoever chose it; none if it is good.

    `about`: what others know of them: name, e-mail, council. Length instead of rules about signs
    (NIST SP 800-63B 5.1.1.2); what is left without well-known words and without `about` must still
    be worth guessing.
    """
    plain = _normal(password)
    if len(plain) < SHORTEST:
        return f"Use {SHORTEST} characters or more. Three or four words are easy to remember."
    if len(plain) > LONGEST:
        return f"Use {LONGEST} characters or fewer."
    known = {part for one in about for part in re.split(r"[\W_]+", one.casefold()) if len(part) > 2}
    left = plain.casefold()
    for word in sorted({*known, *_EASY}, key=len, reverse=True):
        left = left.replace(word, "")
    left = "".join(left.split())
    if len(set(left)) < 5 or len(left) < 6 or left.isdigit():
        return "This is easy to guess. Use three or four words that do not belong together."
    return None
