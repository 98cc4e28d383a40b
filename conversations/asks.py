"""A wish is an ask: how far it is, what may follow, and what its young person reads of it.

An ask is made when a wish is sent, and a person answers it. Nothing here writes an answer: it says
which parts an answer has to have, and which fixed texts stand round a person's own words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from conversations import asks_texts as texts
from conversations.wording import Param, Say, Text

MOST_LETTERS = 2000
"""Of one field of an answer. A young person reads it on a telephone."""


class State(StrEnum):
    """How far an ask is. `taken_back`: its young person took the wish back, so nobody answers."""

    HEARD = "heard"
    LOOKING = "looking"
    AGREED = "agreed"
    PART = "part"
    NOT_AGREED = "not_agreed"
    DONE = "done"
    TAKEN_BACK = "taken_back"


ANSWERS = (State.LOOKING, State.AGREED, State.PART, State.NOT_AGREED, State.DONE)
"""What a person may answer, as it is offered."""

OPEN = (State.HEARD, State.LOOKING)
"""Somebody still owes an answer."""

_FOLLOWS: Mapping[State, frozenset[State]] = {
    State.HEARD: frozenset(ANSWERS),
    State.LOOKING: frozenset(ANSWERS),
    State.AGREED: frozenset(ANSWERS),
    State.PART: frozenset(ANSWERS),
    # What was refused is not done at once: first somebody agrees to it.
    State.NOT_AGREED: frozenset(ANSWERS) - {State.DONE},
    State.DONE: frozenset(ANSWERS),  # they may say that it never happened
    State.TAKEN_BACK: frozenset(),
}


def may_follow(before: State, after: State) -> bool:
    """Whether somebody may answer so where it stood so."""
    return after in _FOLLOWS[before]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person writes. `words`: what happens, to its young person; `reason`: why not all of
    it; `who`: who does it; `by`: until when, or when they hear more; `told_on`: the day on which
    that person told them face to face, where nothing is sent any more."""

    state: State
    words: str
    reason: str = ""
    who: str = ""
    by: date | None = None
    told_on: date | None = None


class Lack(StrEnum):
    """What an answer lacks; the value is the field of the form."""

    STATE = "state"
    WORDS = "words"
    REASON = "reason"
    WHO = "who"
    BY = "by"
    TOLD = "told"


def lacks(before: State, answer: Answer, today: date, asked_on: date) -> tuple[Lack, ...]:
    """All that has to be mended before it may be sent. `asked_on`: the day the wish was sent."""
    return tuple(_lacks(before, answer, today, asked_on))


def _lacks(before: State, answer: Answer, today: date, asked_on: date) -> Iterator[Lack]:
    said_on = answer.told_on or today
    if not may_follow(before, answer.state):
        yield Lack.STATE
    if not 0 < len(answer.words.strip()) <= MOST_LETTERS:
        yield Lack.WORDS
    needs_reason = answer.state in (State.PART, State.NOT_AGREED)
    if (needs_reason and not answer.reason.strip()) or len(answer.reason) > MOST_LETTERS:
        yield Lack.REASON
    if len(answer.who) > 200:
        yield Lack.WHO
    if answer.state is State.LOOKING and answer.by is None:
        yield Lack.BY  # *you should hear by …*: else nobody has to say anything ever
    elif answer.by is not None and answer.by < said_on and answer.state is not State.DONE:
        yield Lack.BY
    if not asked_on <= said_on <= today:
        yield Lack.TOLD


def sign(state: State) -> Text:
    """The outcome in a word or two, beside its sign."""
    return _SIGNS[state]


_SIGNS: Mapping[State, Text] = {
    State.HEARD: texts.SIGN_HEARD,
    State.LOOKING: texts.SIGN_LOOKING,
    State.AGREED: texts.SIGN_AGREED,
    State.PART: texts.SIGN_PART,
    State.NOT_AGREED: texts.SIGN_NOT_AGREED,
    State.DONE: texts.SIGN_DONE,
    State.TAKEN_BACK: texts.SIGN_TAKEN_BACK,
}


def says(answer: Answer) -> tuple[Say, ...]:
    """What stands under a person's words: who does it and by when, the reason, when they hear."""
    return tuple(_says(answer))


def _says(answer: Answer) -> Iterator[Say]:
    facts: dict[str, Param] = {"who": answer.who.strip(), "reason": answer.reason.strip()}
    if answer.by is not None:
        facts["day"] = answer.by
    if answer.reason.strip() and answer.state in (State.PART, State.NOT_AGREED):
        yield Say(texts.REASON, facts)
    match answer.state:
        case State.LOOKING if answer.by is not None:
            yield Say(texts.HEAR_BY, facts)
        case State.AGREED | State.PART if answer.who.strip() and answer.by is not None:
            yield Say(texts.WHO_BY, facts)
        case State.AGREED | State.PART if answer.who.strip():
            yield Say(texts.WHO, facts)
        case State.AGREED | State.PART if answer.by is not None:
            yield Say(texts.BY, facts)
        case _:
            return


class Reply(StrEnum):
    """What a young person says to an answer. The last four: whether what was agreed came about."""

    NOT_MEANT = "not_meant"
    NOT_AGREE = "not_agree"
    HAPPENED = "happened"
    SOME = "some"
    NOT_HAPPENED = "not_happened"
    TOO_SOON = "too_soon"


GOES_BACK = frozenset({Reply.NOT_MEANT, Reply.NOT_AGREE, Reply.SOME, Reply.NOT_HAPPENED})
"""After these somebody has to look at it again."""

CAME_ABOUT = (Reply.HAPPENED, Reply.SOME, Reply.NOT_HAPPENED, Reply.TOO_SOON)
"""Asked of each ask of which something was agreed, in place of one question about them all."""

REPLIES: Mapping[Reply, Text] = {
    Reply.NOT_MEANT: texts.NOT_MEANT,
    Reply.NOT_AGREE: texts.NOT_AGREE,
    Reply.HAPPENED: texts.HAPPENED,
    Reply.SOME: texts.HAPPENED_SOME,
    Reply.NOT_HAPPENED: texts.NOT_HAPPENED,
    Reply.TOO_SOON: texts.TOO_SOON,
}


def may_reply(state: State, reply: Reply) -> bool:
    """Whether this can be said to an answer of this kind."""
    if reply in CAME_ABOUT:
        return state in (State.AGREED, State.PART, State.DONE)
    return state in ANSWERS
