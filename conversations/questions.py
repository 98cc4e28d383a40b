"""The kinds of question, and what a flow is made of: data, checked when it is imported."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from conversations.wording import Band, Text, _

if TYPE_CHECKING:
    from conversations.conversation import Conversation


class Kind(StrEnum):
    """How a question is answered. The value is a page's `data-kind` and the filed `kind`."""

    FEELING = "feeling"
    CHOICE = "choice"
    CHOICES = "choices"
    WORDS = "words"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. `picture` is the OpenMoji code point of its picture; `alone`: it stands
    with no other, and where others were ticked with it, it alone counts; `bands`: who is offered
    it."""

    id: str
    label: Text
    detail: Text | None = None
    picture: str | None = None
    alone: bool = False
    bands: frozenset[Band] = frozenset(Band)


FACES = (
    Option("good", Text(_("Good")), picture="1F642"),
    Option("ok", Text(_("OK")), picture="1F610"),
    Option("not_good", Text(_("Not good")), picture="1F641"),
    Option("mixed", Text(_("Mixed")), picture="1F914"),
    Option("dont_know", Text(_("Don't know")), picture="1F937"),
)

Given = Mapping[str, tuple[str, ...]]
"""The options chosen so far, by question id."""


@dataclass(frozen=True, slots=True)
class When:
    """Asked only if one of `options` was chosen for the earlier question `question`."""

    question: str
    options: frozenset[str]

    def holds(self, given: Given) -> bool:
        return not self.options.isdisjoint(given.get(self.question, ()))


def chose(question: str, *options: str) -> When:
    return When(question, frozenset(options))


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked. Ids are for ever; `version` rises when the wording or meaning changes.

    `lead` is said before the question in the same message; `becomes_ask` makes the answer a wish
    that somebody must answer; `after_any`: asked once one of these questions has an answer;
    `aside`: in these bands asked only of those who go to it.
    """

    id: str
    text: Text
    kind: Kind
    options: tuple[Option, ...] = ()
    lead: tuple[Text, ...] = ()
    when: When | None = None
    after_any: tuple[str, ...] = ()
    aside: frozenset[Band] = frozenset()
    bands: frozenset[Band] = frozenset(Band)
    becomes_ask: bool = False
    version: int = 1

    def offered(self, band: Band) -> tuple[Option, ...]:
        """What this band may choose of."""
        return tuple(option for option in self.options if band in option.bands)

    def option(self, option_id: str) -> Option | None:
        return next((option for option in self.options if option.id == option_id), None)

    def narrowed(self, chosen: Iterable[str]) -> tuple[str, ...]:
        """The options that count of those that were ticked together, in the question's order.

        One that stands alone counts alone. It says less to fewer people than any other, and nobody
        knows which tick came last: who is misread so can add what is missing, while what others
        have read can't be called back (`domain.md` rule 12).
        """
        ticked = set(chosen)
        known = [option for option in self.options if option.id in ticked]
        alone = [option for option in known if option.alone]
        return tuple(option.id for option in (alone[:1] or known))

    def toggled(self, before: Iterable[str], option_id: str) -> tuple[str, ...]:
        """What is ticked once this option was ticked or unticked: here the last tick is known, so
        one that stands alone takes the others out, and any other takes out the one."""
        ticked = set(before)
        option = self.option(option_id)
        if option is None or option_id in ticked:
            return self.narrowed(ticked - {option_id})
        if option.alone:
            return (option_id,)
        gone = {one.id for one in self.options if one.alone}
        return self.narrowed(ticked - gone | {option_id})


@dataclass(frozen=True, slots=True)
class Topic:
    """Questions that belong together and share one sharing choice.

    `explains`: tells before it asks anything; its answers are the record of what was told, never
    part of a contribution. `picture` is an OpenMoji code point.
    """

    id: str
    title: Text
    picture: str
    questions: tuple[Question, ...]
    explains: bool = False


class FlowBroken(Exception):
    """A flow's declaration contradicts itself; the text says where and how to mend it."""


Carry = Callable[["Conversation"], "Conversation"]

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_ID_LENGTH = 28  # question and option together, and two signs more, fit Telegram's 64 bytes


@dataclass(frozen=True, slots=True)
class Flow:
    """What is asked before one kind of review, or `after` it, once it was held.

    `carried[n]` turns a conversation of version n into one of version n + 1. `retired` questions
    are asked no more; what was said to them stays readable and is sent. `chair`: whoever chairs a
    conference reads it, and not the young person's IRO. `carer`: a foster carer answers it about
    their own fostering, an adult to adults; whoever chairs that review reads it. `bands`: for whom
    it is written.
    """

    id: str
    version: int
    title: Text
    pathway: bool
    topics: tuple[Topic, ...]
    after: bool = False
    chair: bool = False
    carer: bool = False
    bands: frozenset[Band] = frozenset(Band)
    retired: tuple[Topic, ...] = ()
    carried: Mapping[int, Carry] = field(default_factory=dict)
    by_id: Mapping[str, tuple[Topic, Question]] = field(init=False, repr=False, compare=False)
    by_band: Mapping[Band, tuple[tuple[Topic, Question], ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        found: dict[str, tuple[Topic, Question]] = {}
        for topic in (*self.topics, *self.retired):
            for question in topic.questions:
                self._check(question, found)
                found[question.id] = (topic, question)
        missing = [n for n in range(1, self.version) if n not in self.carried]
        if missing:
            raise FlowBroken(
                f"{self.id} is at version {self.version} but says not how conversations of "
                f"version {missing[0]} are carried forward: add carried[{missing[0]}]."
            )
        object.__setattr__(self, "by_id", found)
        by_band = {
            band: tuple(
                (topic, question)
                for topic in self.topics
                for question in topic.questions
                if band in question.bands
            )
            for band in Band
        }
        object.__setattr__(self, "by_band", by_band)

    def _check(self, question: Question, earlier: Mapping[str, tuple[Topic, Question]]) -> None:
        where = f"{self.id}: question {question.id!r}"
        ids = [question.id, *(option.id for option in question.options)]
        for name in ids:
            if not _ID.fullmatch(name) or len(name) > _ID_LENGTH:
                raise FlowBroken(f"{where}: {name!r} is no id (a-z, 0-9, _, at most 28 signs).")
        if question.id in earlier:
            raise FlowBroken(f"{where} stands twice. Ids are never used again.")
        if len(set(ids[1:])) != len(ids[1:]):
            raise FlowBroken(f"{where} offers the same option twice.")
        if (question.kind in (Kind.FEELING, Kind.CHOICE, Kind.CHOICES)) != bool(question.options):
            raise FlowBroken(f"{where}: a {question.kind} question and its options do not fit.")
        if question.kind is not Kind.CHOICES and any(option.alone for option in question.options):
            raise FlowBroken(f"{where}: only one is chosen, so none of its options stands alone.")
        if question.when is not None:
            if question.when.question not in earlier:
                raise FlowBroken(f"{where} depends on a question that does not stand before it.")
            source = earlier[question.when.question][1]
            unknown = question.when.options - {option.id for option in source.options}
            if unknown:
                raise FlowBroken(f"{where} waits for an option {unknown} that nobody can choose.")

    def questions(self, band: Band) -> tuple[tuple[Topic, Question], ...]:
        """All that may be asked of a band, in order."""
        return self.by_band[band]
