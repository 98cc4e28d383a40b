"""Wishes, and reasons for not coming, by the lists of words that the council keeps. Words are
opened to be counted, for nobody's eyes, and none of them leaves this module."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import func, select

from bot.reports.figures.asked import Asked
from bot.reports.tables import COUNT, Declared, Drawn, Name, Table, counted, without_data
from bot.service.council import slug
from conversations.asks import State
from conversations.word_lists import WordLists, word_lists
from storage import contributions as kept
from storage.ask_tables import asks
from storage.tables import contributions

ASKS = Declared(
    "asks_by_words",
    "What young people asked for, by the council’s words",
    "The same wishes by the lists of words that the council keeps: each counts once under every "
    "theme of which it has a whole word, and under none where it has none, so they add up to "
    "nothing. Voice notes and pictures hold no words that are read.",
    "Wishes as they were sent; [themes].",
    drawn=Drawn.BARS,
)
ABSENCE = Declared(
    "absence_by_words",
    "Why it is hard to come, by the council’s words",
    "What young people said in their own words, in views sent in the year, when they were asked "
    "what makes it hard to come, by the same lists.",
    "Contributions: meeting.why_not; [themes].",
)
DECLARED = (ASKS, ABSENCE)
_NO_LISTS = "The council keeps no list of words ([themes])."
_NO_WISHES = "Nobody sent a wish in words in this year."
_NO_REASONS = "Nobody sent in words in this year what makes it hard to come."
_WHY_NOT = "meeting.why_not"
_AT_ONCE = 500

Version = tuple[str, int]


def tables(asked: Asked) -> tuple[Table, ...]:
    if not asked.themes:
        return tuple(without_data(one, _NO_LISTS) for one in DECLARED)
    lists = word_lists(asked.themes)
    names = tuple((slug(name), name) for name in asked.themes)
    wished, absent = _wished(asked), _sent(asked)
    wishes: list[str] = []
    reasons: list[str] = []
    for version, content in _opened(asked, wished.keys() | absent):
        for question, words in _words(content):
            if question in wished.get(version, ()):
                wishes.append(words)
            if question == _WHY_NOT and version in absent:
                reasons.append(words)
    return (
        _table(ASKS, lists, wishes, names) if wishes else without_data(ASKS, _NO_WISHES),
        _table(ABSENCE, lists, reasons, names) if reasons else without_data(ABSENCE, _NO_REASONS),
    )


def _table(
    declared: Declared, lists: WordLists, texts: list[str], names: tuple[Name, ...]
) -> Table:
    many = Counter(slug(name) for text in texts for name in lists.names_for(text))
    return counted(declared, {(row, COUNT[0]): many[row] for row, _label in names}, names)


def _wished(asked: Asked) -> dict[Version, set[str]]:
    """The questions under which something was wished for in the year, by the newest version."""
    begins, after = asked.year.moments
    rows = asked.db.execute(
        select(asks.c.contribution_id, asks.c.version, asks.c.question_id).where(
            asks.c.council == asked.council,
            asks.c.asked_at >= begins,
            asks.c.asked_at < after,
            asks.c.state != State.TAKEN_BACK.value,
        )
    )
    found: dict[Version, set[str]] = {}
    for contribution_id, version, question_id in rows:
        found.setdefault((contribution_id, version), set()).add(question_id)
    return found


def _sent(asked: Asked) -> set[Version]:
    """The newest version of what was sent first in the year."""
    begins, after = asked.year.moments
    first = select(contributions.c.contribution_id).where(
        contributions.c.council == asked.council,
        contributions.c.version == 1,
        contributions.c.sent_at >= begins,
        contributions.c.sent_at < after,
    )
    rows = asked.db.execute(
        select(contributions.c.contribution_id, func.max(contributions.c.version))
        .where(contributions.c.council == asked.council, contributions.c.contribution_id.in_(first))
        .group_by(contributions.c.contribution_id)
    )
    return {(contribution_id, version) for contribution_id, version in rows}


def _opened(asked: Asked, versions: Iterable[Version]) -> Iterator[tuple[Version, Any]]:
    every = sorted(versions)
    for first in range(0, len(every), _AT_ONCE):
        for one in kept.several(asked.db, asked.council, every[first : first + _AT_ONCE]):
            yield (one.contribution_id, one.version), one.content


def _words(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of each answer in words: which question, and the words. It stands in one of the documents."""
    for document in (content.get("ordinary"), content.get("restricted")):
        for answer in (document or {}).get("answers", ()):
            if answer.get("words"):
                yield answer["question_id"], answer["words"]
