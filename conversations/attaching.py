"""Voice notes, pictures and drawings: what a conversation knows of them. Their content is none of
its business: it is kept beside it (`storage/attachments.py`) under the same id."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Medium(StrEnum):
    """The value is the filed answer's `kind`."""

    VOICE = "voice"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One that belongs to an answer. `sha256` of what is kept, in hex; `seconds` of sound."""

    id: str
    medium: Medium
    media_type: str
    sha256: str
    size: int
    seconds: int = 0


ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "audio/mpeg": "mp3"}
"""How a file of it is named, by media type: there are no others."""


def joined(kept: Iterable[Attachment], more: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Both, each once."""
    return tuple({one.id: one for one in (*kept, *more)}.values())
