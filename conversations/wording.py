"""Texts as data: which words a band reads. Translating and filling them in comes late."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum


def _(english: str) -> str:
    """Mark a text for the catalogue. It is translated when it is shown, not here."""
    return english


class Band(StrEnum):
    """For whom a text is written. The value is what a filed contribution holds."""

    FOUR = "4-7"
    EIGHT = "8-11"
    TWELVE = "12-15"
    SIXTEEN = "16+"


YOUNGEST = 4
"""Under 4 nobody is asked (`PN0`)."""


def band_of(age: int) -> Band:
    """The band of an age in whole years."""
    if age < 8:
        return Band.FOUR
    if age < 12:
        return Band.EIGHT
    if age < 16:
        return Band.TWELVE
    return Band.SIXTEEN


@dataclass(frozen=True, slots=True)
class Text:
    """One thing Sayso says, in the wordings of its bands.

    `plain` is for 12–15 and everyone's fallback: `at4` → `at8` → plain; `pathway` → `at16` →
    plain. `chair`: before a conference, for every band but for `at4`, which fits every flow: it
    names neither an IRO nor a chair. An empty string after a fallback chain says nothing at all.
    `voice.md` section 3.
    """

    plain: str
    at4: str | None = None
    at8: str | None = None
    at16: str | None = None
    pathway: str | None = None
    chair: str | None = None

    def wording(self, band: Band, *, pathway: bool = False, chair: bool = False) -> str:
        """The English wording, which is also the catalogue's key."""
        if band is Band.FOUR and self.at4 is not None:
            return self.at4
        if chair and self.chair is not None:
            return self.chair
        chain: tuple[str | None, ...]
        match band:
            case Band.FOUR:
                chain = (self.at8,)
            case Band.EIGHT:
                chain = (self.at8,)
            case Band.TWELVE:
                chain = (self.pathway if pathway else None,)
            case Band.SIXTEEN:
                chain = (self.pathway if pathway else None, self.at16)
        return next((text for text in chain if text is not None), self.plain)


Param = str | int | date | datetime | time | Text


@dataclass(frozen=True, slots=True)
class Say:
    """One message: a text and what fills its `{x}`. Rendered late, by the channel.

    Dates and times are written out in the reader's language; a `Text` is rendered in turn.
    """

    text: Text
    params: Mapping[str, Param] = field(default_factory=dict)
