"""A voice note or a picture, made anew from what somebody sent; and why there is none."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from conversations.attaching import Medium


class Wrong(StrEnum):
    """Why nothing could be made of a file. Said kindly (`conversations/showing_texts.py`)."""

    EMPTY = "empty"
    TOO_BIG = "too_big"  # more bytes than the council's setting
    TOO_LONG = "too_long"  # more minutes
    TOO_LARGE = "too_large"  # more pixels
    NOT_THIS = "not_this"  # no sound, or no picture, whatever its name says
    BROKEN = "broken"  # it says that it is one, and can't be opened


class CannotMake(Exception):
    """Nothing was kept of a file."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.value)
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Limits:
    """`megapixels` of a picture, `minutes` of sound; `longest_side`: pixels of a picture when it is
    made, by default enough to read a page that somebody photographed."""

    megabytes: int
    megapixels: int
    minutes: int
    longest_side: int = 2048

    @property
    def bytes(self) -> int:
        return self.megabytes * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    """What is kept: sound or pixels and nothing else. `seconds` of sound; 0 for a picture."""

    medium: Medium
    media_type: str
    content: bytes
    seconds: int = 0


class Remake(Protocol):
    """Makes a file anew. `CannotMake`."""

    async def __call__(self, medium: Medium, content: bytes | bytearray) -> Made: ...
