"""What a form at the desk says is wrong, and a rule in words for staff."""

from dataclasses import dataclass

from bot.service.wording import Reader
from conversations.wording import Band, Say

_ADULT = Reader(Band.SIXTEEN)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why nothing was kept. `field`: the form's field that it is about."""

    field: str
    text: str


def read(say: Say) -> str:
    """As staff read it."""
    return _ADULT.read(say)
