"""How a try to file one document ended, and what can take documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Filed:
    """It is there. `reference`: where."""

    reference: str


@dataclass(frozen=True, slots=True)
class NotNow:
    """It may work later. `unknown`: nobody can tell whether it arrived."""

    why: str
    unknown: bool = False
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Never:
    """Trying again will not help."""

    why: str


@dataclass(frozen=True, slots=True)
class File:
    """A voice note or a picture that goes with a document, under the name that stands in it."""

    name: str
    media_type: str
    content: bytes


def made_at(document: dict[str, Any]) -> str:
    """When this version was sent or written, in ISO 8601."""
    return str(document.get("submitted_at") or document["made_at"])


class Record(Protocol):
    """A place that takes documents; filing the same again must change nothing."""

    async def file(
        self, key: str, document: dict[str, Any], pdf: bytes, files: Sequence[File] = ()
    ) -> Filed | NotNow | Never:
        """`key` is the same however often this document is tried."""

    async def close(self) -> None: ...


def id_of(document: dict[str, Any]) -> str:
    """What a document is filed under: a contribution's id, or that of a review's record."""
    name: str = document.get("contribution_id") or document["record_id"]
    return name
