"""How a try to file one document ended, and what can take documents."""

from collections.abc import Mapping, Sequence
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


class Record(Protocol):
    """A place that takes documents; filing the same again must change nothing."""

    async def file(
        self, key: str, document: dict[str, Any], pdf: bytes, files: Sequence[File] = ()
    ) -> Filed | NotNow | Never:
        """`key` is the same however often this document is tried."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Head:
    """What a case record knows a document by. `id`: what it is a version or an answer of; `name`:
    under which it is filed, without an ending, the same at every try; `made_at`: when it was sent
    or written, ISO 8601; `event`: the type of the CloudEvent that carries it."""

    id: str
    name: str
    made_at: str
    event: str


def head_of(document: Mapping[str, Any]) -> Head:
    """By its `schema`, `urn:sayso:<kind>:<n>`: here alone every kind that is filed is known."""
    urn, _, version = str(document["schema"]).rpartition(":")
    event = f"{urn}:filed:{version}"
    match urn.removeprefix("urn:sayso:"):
        case "contribution":
            return _version(document, "contribution_id", "submitted_at", event)
        case "review-record" | "quality-assurance" | "dispute":
            return _version(document, "record_id", "made_at", event)
        case "ask-answer":
            ask_id = str(document["ask_id"])
            name = f"{ask_id}-a{document['answer']}"
            return Head(ask_id, name, document["answered_at"], event)
        case _:
            raise ValueError(f"Nothing of schema {document['schema']} is filed.")


def _version(document: Mapping[str, Any], of: str, at: str, event: str) -> Head:
    name = str(document[of])
    return Head(name, f"{name}-v{document['version']}", document[at], event)
