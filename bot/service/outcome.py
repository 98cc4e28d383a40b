"""How a try to deliver one outbox row ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy import Connection

from storage.outbox import Claimed

Then = Callable[[Connection], None]
"""What else to write in the transaction that takes the row out of the outbox."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """It arrived."""

    then: Then | None = None


@dataclass(frozen=True, slots=True)
class TryLater:
    """Not now. `unknown`: the try ended without a word from the other side."""

    after: timedelta
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No try will help; `then` hands it to a person."""

    then: Then | None = None


Outcome = Delivered | TryLater | GiveUp


class NoPaper(Exception):
    """The PDF could not be made. Its text says where and by which error, never what was said."""


class TooLong(NoPaper):
    """What is to stand on one page does not fit on it."""


class Deliverer(Protocol):
    """What delivers the rows of some destinations. Errors it does not expect mean: try later."""

    @property
    def destinations(self) -> frozenset[str]: ...

    @property
    def at_once(self) -> int:
        """How many rows may be under way together."""

    async def deliver(self, row: Claimed) -> Outcome: ...


def backoff(attempts: int, *, first: float = 1.0, most: float = 900.0) -> timedelta:
    """Twice as long each time, up to `most` seconds, with full jitter so that none keep step."""
    from random import SystemRandom  # noqa: PLC0415 - only when something failed

    ceiling = min(most, first * 2 ** min(attempts, 20))
    return timedelta(seconds=SystemRandom().uniform(ceiling / 2, ceiling))
