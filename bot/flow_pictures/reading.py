"""A flow as one band reads it: the words of each question, ready to be drawn or printed."""

import re
from dataclasses import dataclass, replace

from bot.service.wording import Reader
from conversations import texts
from conversations.questions import Flow, Kind, Question, Topic
from conversations.typists import TOPIC as HELPER
from conversations.wording import Band, Text, _

_KINDS = {
    Kind.FEELING: Text(_("Five faces")),
    Kind.CHOICE: Text(_("Choose one")),
    Kind.CHOICES: Text(_("Choose any")),
    Kind.WORDS: Text(_("Own words")),
    Kind.DATE: Text(_("A day, or own words")),
}
_READ_ON = Text(_("Read, then go on"))
_WISH = Text(_("A wish: somebody must answer it"))
_ONLY_IF = Text(_("Only after: {options}"))
_ONLY_IF_SAID = Text(_("Only if something was said in this topic"))
_ASIDE = Text(_("Only for those who ask for more"))
_ALONE = Text(_("{option} (alone)"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question or piece. `only`: when it is asked; `after`: the question that decides it."""

    id: str
    lead: tuple[str, ...]
    ask: str
    kind: str
    options: tuple[str, ...]
    only: str
    after: str | None
    wish: str
    explains: bool
    sharing: bool
    helper: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One topic."""

    id: str
    title: str
    picture: str
    explains: bool
    asked: tuple[Asked, ...]

    @property
    def own(self) -> tuple[Asked, ...]:
        """Without who may hear, which every topic asks alike."""
        return tuple(one for one in self.asked if not one.sharing)


@dataclass(frozen=True, slots=True)
class Script:
    """A whole flow, for one band."""

    id: str
    version: int
    title: str
    band: str
    reader: Reader
    parts: tuple[Part, ...]
    carer: bool = False

    @property
    def adult(self) -> bool:
        """Whether it may be an adult who reads it: a carer, or who has left care."""
        return self.carer or self.reader.pathway

    @property
    def explainer(self) -> Part:
        """All that comes before the first topic, who types included."""
        told = [part for part in self.parts if part.explains]
        return replace(told[-1], asked=tuple(one for part in told for one in part.asked))

    @property
    def asks_who_hears(self) -> bool:
        return any(one.sharing for one in self.topics[0].asked)

    @property
    def topics(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if not part.explains)

    def say(self, text: Text) -> str:
        return shown(self.reader.text(text), self.reader, adult=self.adult)


_WORDED: dict[str, Text] = {"not_safe": texts.PASSED_ON, "watched": texts.WATCHED}
"""What stands in another text is what matters most in it: it is written out, as it is with people
who look at alerts."""


def shown(words: str, reader: Reader, *, adult: bool) -> str:
    """With `[read by]` where Sayso fills something in, and a text in full where it is one."""

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        lines = texts.LINES_18 if adult else texts.LINES
        text = lines if name == "lines" else _WORDED.get(name)
        return f"[{name.replace('_', ' ')}]" if text is None else reader.text(text)

    return re.sub(r"\{(\w+)\}", fill, words)


def script(flow: Flow, band: Band) -> Script:
    reader = Reader(band, pathway=flow.pathway, chair=flow.chair)
    parts = tuple(
        _part(flow, topic, reader)
        for topic in flow.topics
        if any(band in question.bands for question in topic.questions)
    )
    return Script(
        flow.id, flow.version, reader.text(flow.title), band.value, reader, parts, flow.carer
    )


def _part(flow: Flow, topic: Topic, reader: Reader) -> Part:
    asked = tuple(
        _asked(flow, topic, question, reader)
        for question in topic.questions
        if reader.band in question.bands
    )
    return Part(topic.id, reader.text(topic.title), topic.picture, topic.explains, asked)


def _asked(flow: Flow, topic: Topic, question: Question, reader: Reader) -> Asked:
    adult = flow.carer or flow.pathway
    told = topic.explains and [option.id for option in question.options] == ["on"]
    return Asked(
        id=question.id,
        lead=tuple(
            shown(said, reader, adult=adult)
            for text in question.lead
            if (said := reader.text(text))
        ),
        ask=shown(reader.text(question.text), reader, adult=adult),
        kind=reader.text(_READ_ON if told else _KINDS[question.kind]),
        options=tuple(_options(question, reader)) if not told else (),
        only=_only(flow, question, reader),
        after=question.when.question if question.when else None,
        wish=reader.text(_WISH) if question.becomes_ask else "",
        explains=told,
        sharing=question.id in (f"{topic.id}.audience", f"{topic.id}.tell"),
        helper=topic.id == HELPER,
    )


def _options(question: Question, reader: Reader) -> list[str]:
    labels = []
    for option in question.offered(reader.band):
        label = reader.text(option.label)
        labels.append(
            reader.fill(reader.text(_ALONE), {"option": label}) if option.alone else label
        )
    return labels


def _only(flow: Flow, question: Question, reader: Reader) -> str:
    if question.when is not None:
        source = flow.by_id[question.when.question][1]
        chosen = [o.label for o in source.options if o.id in question.when.options]
        options = " / ".join(reader.text(label) for label in chosen)
        return reader.fill(reader.text(_ONLY_IF), {"options": options})
    if question.after_any:
        return reader.text(_ONLY_IF_SAID)
    return reader.text(_ASIDE) if reader.band in question.aside else ""
