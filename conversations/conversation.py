"""The state of a conversation: plain, small, and all that has to be kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from conversations.attaching import Attachment, Medium
from conversations.wording import Band


class Channel(StrEnum):
    """Where something was said. The value is what a filed contribution holds."""

    TELEGRAM = "telegram"
    WEBCHAT = "webchat"
    DESK = "desk"


class Pause(StrEnum):
    """Laid over a conversation: what was open stays open."""

    STOPPED = "stopped"
    HELP = "help"  # asked for; nobody is told, as nobody looks at alerts
    TOLD = "told"  # asked for, and an alert was raised
    URGENT = "urgent"  # an alert was raised for what was written


ALARMED = frozenset({Pause.TOLD, Pause.URGENT})
"""Help screens behind which an alert stands."""


@dataclass(frozen=True, slots=True)
class Helper:
    """Who sits beside the young person, as they said: an option of `helper.who`, and a name."""

    role: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to one question, and how it came.

    `words` are verbatim but for line ends and `replaced` characters that no store can hold;
    `shown` is the question as the young person read it. `began` is when the oldest part of it was
    said, where others were added to it later: who may read that decides who may read any of it.
    `attachments`: what was said aloud or shown, in its order.
    `typed_by` is the schema's `who_typed.who`; `helper`: who helped or typed, if somebody did.
    """

    question: str
    at: datetime
    version: int = 1
    choices: tuple[str, ...] = ()
    words: str | None = None
    day: date | None = None
    channel: Channel = Channel.WEBCHAT
    typed_by: str = "young_person"
    locale: str = "en"
    shown: str = ""
    replaced: int = 0
    began: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    helper: Helper | None = None

    @property
    def since(self) -> datetime:
        """When the oldest part of it was said."""
        return self.began or self.at

    def says_the_same(self, other: "Answer | None") -> bool:
        return other is not None and (
            (self.choices, self.words, self.day, self.attachments)
            == (other.choices, other.words, other.day, other.attachments)
        )

    @property
    def says_nothing(self) -> bool:
        return not (self.choices or self.words or self.day or self.attachments)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What was chosen for one answer alone. `hears`: who, by the options' ids (`officer`, `file`,
    `carer` …); none: as for its topic. `aloud`: whether it may be read out at the meeting."""

    at: datetime
    hears: tuple[str, ...] | None = None
    aloud: bool = True


@dataclass(frozen=True, slots=True)
class Sent:
    """One version of the contribution, as it was sent. `heard`: who could hear each answer in it,
    by question; kept for the newest only, and unknown for what was sent before it was."""

    version: int
    at: datetime
    heard: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything said so far. What comes next is computed from it, never stored.

    `place` is only the topic or question that the person chose to be at; `trail` is where they
    were before, for *Back*. `offered` holds words that arrived where nothing could take them: they
    become an answer when the person says so. `turns` counts the steps that changed anything, so
    that a page can tell whether it is still the newest. `unsent`: something changed since the last
    sending. `alarms`: when the screen of each kind of urgent words was last shown, so that it is
    not shown again and again; `safe`: what was said to *Are you safe right now?* on the help screen
    that is open; `concerned`: topics at whose end the help lines are said. `before`: what was said
    before they started over, whole; `news`: what changed meanwhile and is to be said, by the names
    of `texts_later.NEWS`. `own`: the band of their age, where they read in the words of another;
    `joined`: they said once that somebody sits beside them. `sharing`: who hears an
    answer, where that was chosen for it alone; `sharing_before`: the same of what was said
    `before`; `taken_back`: questions whose answers were, and when.
    """

    flow_id: str
    flow_version: int
    band: Band
    locale: str = "en"
    answers: Mapping[str, Answer] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    place: str | None = None
    checking: bool = False
    pause: Pause | None = None
    trail: tuple[str, ...] = ()
    offered: tuple[Answer, ...] = ()
    aside: tuple[Answer, ...] = ()
    sent: tuple[Sent, ...] = ()
    unsent: bool = False
    turns: int = 0
    started_at: datetime | None = None
    alarms: Mapping[str, datetime] = field(default_factory=dict)
    safe: str | None = None
    concerned: frozenset[str] = frozenset()
    before: tuple[Answer, ...] = ()
    news: tuple[str, ...] = ()
    own: Band | None = None
    joined: bool = False
    sharing: Mapping[str, Sharing] = field(default_factory=dict)
    sharing_before: Mapping[str, Sharing] = field(default_factory=dict)
    taken_back: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def young(self) -> bool:
        """Whether they are too young to come alone."""
        return (self.own or self.band) is Band.FOUR

    @property
    def helped(self) -> bool:
        """Whether somebody sits or sat beside them, or may: then nothing that this conversation
        shows ever says that an alert exists (`domain.md` section 7)."""
        return self.young or self.joined

    @property
    def given(self) -> Mapping[str, tuple[str, ...]]:
        return {question: answer.choices for question, answer in self.answers.items()}


def to_plain(conversation: Conversation) -> dict[str, Any]:
    """JSON-ready: only strings, numbers, lists and objects."""
    plain: dict[str, Any] = {
        "flow": [conversation.flow_id, conversation.flow_version],
        "band": conversation.band.value,
        "locale": conversation.locale,
        "answers": [_answer_to_plain(answer) for answer in conversation.answers.values()],
        "skipped": sorted(conversation.skipped),
        "place": conversation.place,
        "checking": conversation.checking,
        "pause": conversation.pause and conversation.pause.value,
        "trail": list(conversation.trail),
        "offered": [_answer_to_plain(answer) for answer in conversation.offered],
        "aside": [_answer_to_plain(answer) for answer in conversation.aside],
        "sent": [_sent_to_plain(sent) for sent in conversation.sent],
        "unsent": conversation.unsent,
        "turns": conversation.turns,
        "started_at": conversation.started_at and conversation.started_at.isoformat(),
    }
    if conversation.alarms:
        plain["alarms"] = {name: at.isoformat() for name, at in conversation.alarms.items()}
    if conversation.safe is not None:
        plain["safe"] = conversation.safe
    if conversation.concerned:
        plain["concerned"] = sorted(conversation.concerned)
    if conversation.before:
        plain["before"] = [_answer_to_plain(answer) for answer in conversation.before]
    if conversation.news:
        plain["news"] = list(conversation.news)
    if conversation.own is not None:
        plain["own"] = conversation.own.value
    if conversation.joined:
        plain["joined"] = True
    for name, sharing in (
        ("sharing", conversation.sharing),
        ("sharing_before", conversation.sharing_before),
    ):
        if sharing:
            plain[name] = {q: _sharing_to_plain(one) for q, one in sharing.items()}
    if conversation.taken_back:
        plain["taken_back"] = {q: at.isoformat() for q, at in conversation.taken_back.items()}
    return plain


def from_plain(plain: Mapping[str, Any]) -> Conversation:
    """The inverse of `to_plain`. `engine.carry_forward` raises it to today's flow."""
    answers = [_answer_from_plain(answer) for answer in plain["answers"]]
    return Conversation(
        flow_id=plain["flow"][0],
        flow_version=plain["flow"][1],
        band=Band(plain["band"]),
        locale=plain["locale"],
        answers={answer.question: answer for answer in answers},
        skipped=frozenset(plain["skipped"]),
        place=plain["place"],
        checking=plain["checking"],
        pause=Pause(plain["pause"]) if plain["pause"] else None,
        trail=tuple(plain["trail"]),
        offered=tuple(_answer_from_plain(answer) for answer in plain["offered"]),
        aside=tuple(_answer_from_plain(answer) for answer in plain["aside"]),
        sent=tuple(_sent_from_plain(*sent) for sent in plain["sent"]),
        unsent=plain["unsent"],
        turns=plain["turns"],
        started_at=datetime.fromisoformat(plain["started_at"]) if plain["started_at"] else None,
        alarms={name: datetime.fromisoformat(at) for name, at in plain.get("alarms", {}).items()},
        safe=plain.get("safe"),
        concerned=frozenset(plain.get("concerned", ())),
        before=tuple(_answer_from_plain(answer) for answer in plain.get("before", ())),
        news=tuple(plain.get("news", ())),
        own=Band(plain["own"]) if "own" in plain else None,
        joined=plain.get("joined", False),
        sharing=_each_from_plain(plain.get("sharing", {})),
        sharing_before=_each_from_plain(plain.get("sharing_before", {})),
        taken_back={q: datetime.fromisoformat(at) for q, at in plain.get("taken_back", {}).items()},
    )


def _sent_to_plain(sent: Sent) -> list[Any]:
    plain: list[Any] = [sent.version, sent.at.isoformat()]
    return [*plain, {q: list(who) for q, who in sent.heard.items()}] if sent.heard else plain


def _sent_from_plain(version: int, at: str, heard: Mapping[str, list[str]] | None = None) -> Sent:
    who = {question: tuple(audience) for question, audience in (heard or {}).items()}
    return Sent(version, datetime.fromisoformat(at), who)


def _sharing_to_plain(sharing: Sharing) -> dict[str, Any]:
    plain: dict[str, Any] = {"at": sharing.at.isoformat()}
    if sharing.hears is not None:
        plain["hears"] = list(sharing.hears)
    if not sharing.aloud:
        plain["aloud"] = False
    return plain


def _each_from_plain(plain: Mapping[str, Mapping[str, Any]]) -> dict[str, Sharing]:
    return {question: _sharing_from_plain(one) for question, one in plain.items()}


def _sharing_from_plain(plain: Mapping[str, Any]) -> Sharing:
    hears = plain.get("hears")
    return Sharing(
        datetime.fromisoformat(plain["at"]),
        None if hears is None else tuple(hears),
        plain.get("aloud", True),
    )


@lru_cache(maxsize=8192)  # all but the newest are the same as at the last step
def _answer_to_plain(answer: Answer) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "q": answer.question,
        "v": answer.version,
        "at": answer.at.isoformat(),
        "channel": answer.channel.value,
        "by": answer.typed_by,
        "locale": answer.locale,
        "shown": answer.shown,
    }
    if answer.choices:
        plain["choices"] = list(answer.choices)
    if answer.words is not None:
        plain["words"] = answer.words
    if answer.day is not None:
        plain["day"] = answer.day.isoformat()
    if answer.replaced:
        plain["replaced"] = answer.replaced
    if answer.began is not None:
        plain["began"] = answer.began.isoformat()
    if answer.attachments:
        plain["attached"] = [
            [one.id, one.medium.value, one.media_type, one.sha256, one.size, one.seconds]
            for one in answer.attachments
        ]
    if answer.helper is not None:
        plain["helper"] = [answer.helper.role, answer.helper.name]
    return plain


def _answer_from_plain(plain: Mapping[str, Any]) -> Answer:
    return Answer(
        question=plain["q"],
        at=datetime.fromisoformat(plain["at"]),
        version=plain["v"],
        choices=tuple(plain.get("choices", ())),
        words=plain.get("words"),
        day=date.fromisoformat(plain["day"]) if "day" in plain else None,
        channel=Channel(plain["channel"]),
        typed_by=plain["by"],
        locale=plain["locale"],
        shown=plain["shown"],
        replaced=plain.get("replaced", 0),
        began=datetime.fromisoformat(plain["began"]) if "began" in plain else None,
        attachments=tuple(
            Attachment(name, Medium(medium), *rest)
            for name, medium, *rest in plain.get("attached", ())
        ),
        helper=Helper(*plain["helper"]) if "helper" in plain else None,
    )
