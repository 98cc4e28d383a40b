"""What a step asks of the world: plain data that `storage` writes in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from conversations.attaching import Attachment
from conversations.conversation import Answer, Helper


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


class Want(StrEnum):
    """What a young person asks a person for. The value is a task's kind."""

    ADVOCATE = "advocate"
    OFFICER_ALONE = "officer_alone"  # whoever runs the review, with nobody else there


@dataclass(frozen=True, slots=True)
class RequestAdvocate:
    """They asked for an advocate: a task for a person."""


@dataclass(frozen=True, slots=True)
class RequestOfficer:
    """They asked to be alone with whoever runs the review: a task for a person. `how`: `see` or
    `talk`."""

    how: str


@dataclass(frozen=True, slots=True)
class TakeBack:
    """They no longer want what they asked for: its task is closed."""

    want: Want


@dataclass(frozen=True, slots=True)
class Stopped:
    """They stopped for now: the channel gives a come-back code."""


@dataclass(frozen=True, slots=True)
class Remind:
    """They want to be reminded: `which` of `conversations.reminding.DAYS`."""

    which: str


@dataclass(frozen=True, slots=True)
class NoReminder:
    """They want none."""


@dataclass(frozen=True, slots=True)
class CameBack:
    """They went on after a stop: no reminder is needed, and they may be older than before."""


class Cause(StrEnum):
    """Why an alert is raised."""

    HELP = "help"  # they pressed or typed *Help me now*
    URGENT = "urgent"
    CONCERN = "concern"
    UNHEARD = "unheard"  # sent as sound or a picture: a person has to listen or look


@dataclass(frozen=True, slots=True)
class RaiseAlert:
    """Somebody may not be safe: a person has to see it.

    `category` of harm; `because`: the reason and the name of the entry of the language's file;
    `words`: as they were written, to `question` if to any. `helped`: somebody may sit beside the
    young person, `helper` as far as they said who, and nobody there is told of it.
    """

    cause: Cause
    category: str = ""
    because: str = ""
    words: str = ""
    question: str | None = None
    helped: bool = False
    helper: Helper | None = None


@dataclass(frozen=True, slots=True)
class SaySafe:
    """What they said to *Are you safe right now?*: it joins the alert. `yes`, `no`, `not_sure`."""

    answer: str


@dataclass(frozen=True, slots=True)
class KeepAttachment:
    """A voice note or a picture belongs to the conversation now: its content is kept with it."""

    attachment: Attachment


@dataclass(frozen=True, slots=True)
class DropAttachment:
    """It was taken out. Its content goes, unless it was sent: then it stays with that version."""

    attachment_id: str


@dataclass(frozen=True, slots=True)
class SaidWhoTypes:
    """They said who types from now on: `young_person`, `with_help` or `helper`, and whose role."""

    typed_by: str
    role: str | None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Of what was sent: take these answers back, let fewer people hear those. `narrowed`: who still
    may, by question. It is the contribution's next `version`."""

    version: int
    taken_back: frozenset[str] = frozenset()
    narrowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SayNotMe:
    """They say that somebody else wrote: nothing more is passed on."""


Effect = (
    RecordAnswer
    | Told
    | Agreed
    | Submit
    | RequestAdvocate
    | RequestOfficer
    | TakeBack
    | Stopped
    | Remind
    | NoReminder
    | CameBack
    | RaiseAlert
    | SaySafe
    | KeepAttachment
    | DropAttachment
    | SaidWhoTypes
    | Withdraw
    | SayNotMe
)
