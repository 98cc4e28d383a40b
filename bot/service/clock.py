"""What the statutory clock says, in words for staff."""

from datetime import date

from bot.service.days import whole_day
from bot.service.wording import Reader
from conversations.wording import Band, Param, Say

_ADULT = Reader(Band.SIXTEEN)


def sentence(say: Say) -> str:
    """`6 months after the review of 3 June 2025: by 3 December 2025.` Each day with its year."""
    return _ADULT.read(Say(say.text, {name: _said(value) for name, value in say.params.items()}))


def _said(value: Param) -> Param:
    return whole_day(value) if type(value) is date else value
