"""What can be heard of a young person, whatever the channel, and how their words are kept."""

from dataclasses import dataclass
from enum import StrEnum

from conversations.attaching import Attachment
from conversations.conversation import Channel, Helper

LONGEST = 10_000
"""Characters of one answer. Longer is shown back with how much to shorten, never cut."""


class Name(StrEnum):
    """What one may say at any time, as a word, a button or `/name`."""

    HELP = "help"
    STOP = "stop"
    BACK = "back"
    SKIP = "skip"
    SEND = "send"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """How it came. `to` is what was being asked when it was said (None: whatever is asked now),
    `turn` the page's count; `shown` the question as it was read. Who typed is said by the
    conversation (`helping.typed`), never by a channel. `read`: its words were read for danger
    already, when they came in before what they came with."""

    to: str | None = None
    turn: int | None = None
    channel: Channel = Channel.WEBCHAT
    typed_by: str = "young_person"
    helper: Helper | None = None
    shown: str = ""
    read: bool = False


@dataclass(frozen=True, slots=True)
class Command(_Heard):
    name: Name


@dataclass(frozen=True, slots=True)
class Text(_Heard):
    """Words typed. A date field sends an ISO date as its words."""

    words: str


@dataclass(frozen=True, slots=True)
class Chosen(_Heard):
    """One button pressed; `words` typed beside it are kept too."""

    option: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class ChosenSeveral(_Heard):
    """All the boxes ticked when the button was pressed."""

    options: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Toggled(_Heard):
    """One of several, ticked or unticked where every tap is a message of its own."""

    option: str


@dataclass(frozen=True, slots=True)
class Draft(_Heard):
    """Words that came outside the conversation: kept, and offered as an answer later."""

    words: str


@dataclass(frozen=True, slots=True)
class Attached(_Heard):
    """A voice note, a picture or a drawing; `words` typed beside it are kept too."""

    attachment: Attachment
    words: str = ""


Heard = Command | Text | Chosen | ChosenSeveral | Toggled | Draft | Attached


def keepable(words: str) -> tuple[str, int]:
    """The words as they can be kept, and how many characters had to be replaced.

    Line ends become LF. NUL and lone surrogates, which no store holds, become U+FFFD. Nothing else
    is touched: no trimming, no normalising (promise P24).
    """
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    if words.isascii() and "\0" not in words:
        return words, 0
    kept = ["\ufffd" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in words]
    return "".join(kept), sum(a != b for a, b in zip(words, kept, strict=True))
