"""Slowing down whoever guesses. Never for ever: each wrong try is forgotten after a while.

Counted in this process's memory: with several processes before one database somebody who guesses
gets as many times as many tries. A wait is an answer, not a refusal: nothing that a person did
right before is lost by it, and passkeys, which nobody can guess, never wait.
"""

import math
import time
from enum import Enum

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


class Tries(Enum):
    """How many tries, in how many minutes."""

    ACCOUNT_HERE = (5, 5)  # one account's password, from one address
    ACCOUNT = (40, 60)  # one account's password, from wherever
    ADDRESS = (100, 5)  # one address, which a whole office shares
    CODE = (8, 10)  # one account's second factor

    @property
    def item(self) -> RateLimitItem:
        count, minutes = self.value
        return RateLimitItemPerMinute(count, minutes, self.name.lower())


class Slowing:
    """`on`: off for load tests on a demo database only."""

    def __init__(self, *, on: bool = True) -> None:
        self._on = on
        self._kept = MovingWindowRateLimiter(MemoryStorage())

    def wait(self, tries: Tries, *whose: str) -> int:
        """Count one try. 0: go on. Else so many seconds to wait, and this try must not be made."""
        if not self._on or self._kept.hit(tries.item, *whose):
            return 0
        reset = self._kept.get_window_stats(tries.item, *whose).reset_time
        return max(1, math.ceil(reset - time.time()))

    def forget(self, tries: Tries, *whose: str) -> None:
        """It was they: what they mistyped before counts no more."""
        self._kept.clear(tries.item, *whose)
