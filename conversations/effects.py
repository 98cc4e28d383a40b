"""What a step asks of the world: plain data that `storage` writes in the same transaction."""

from dataclasses import dataclass

from conversations.conversation import Answer


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """An answer was given or changed; it stands in the conversation."""

    question: str


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of the explainer was shown and gone on from; its date goes on the record."""

    piece: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """The young person, told what happens with their words, said yes to starting."""

    wording_version: int


@dataclass(frozen=True, slots=True)
class Submit:
    """Send these answers: all that are given, in the flow's order."""

    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class RequestAdvocate:
    """They asked for an advocate: a task for a person."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """They stopped for now: the channel gives a come-back code."""


Effect = RecordAnswer | Told | Agreed | Submit | RequestAdvocate | Stopped
