"""`detect`: whether a text says that somebody is not safe. Pure, and the same every time.

All phrases of the language's file are found in one pass (`automaton.py`). Then each disclosure is
weighed by what stands around it: an everyday use of the same words, a film or a game, a negation,
the past. At last all words are counted together (`together.py`): they find what no phrase says, and
set aside a phrase among words that hardly anybody writes who is not safe. What is set aside stays
explained.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from conversations.safeguarding import together
from conversations.safeguarding.automaton import END, placed
from conversations.safeguarding.finding import Because, Category, Finding, Grade, Reading
from conversations.safeguarding.language import Entry, Kind, Language, language
from conversations.safeguarding.vocabulary import Words

_REACH: dict[Kind, tuple[int, int]] = {
    Kind.STORIES: (12, 8),
    Kind.QUOTED: (12, 8),
    Kind.PAST: (8, 8),
    Kind.AGAIN: (14, 14),
    Kind.OVER: (0, 14),
    Kind.DENIED: (0, 2),
}
"""How many words may stand between a remark and the words it is about: before them, after them."""
_NEGATION_REACH = 6
_MAY_TELL_MORE = 1
"""Telling words that an everyday use may leave over. More of them say something of their own:
*makes me happy* is everyday, *he makes me feel like dirt* is not."""
_ENOUGH = 8
"""Urgent findings among which the one that says most is named: nothing graver can follow."""

_SAYS = {
    Kind.STORIES: "about a story or a game",
    Kind.QUOTED: "somebody else's words",
    Kind.DENIED: "denied",
    Kind.PAST: "in the past",
    Kind.OVER: "said to be over",
}
_NEGATED = "negated"
_EVERYDAY = "an everyday use"


@dataclass(frozen=True, slots=True)
class _Match:
    entry: Entry
    at: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.at[0]

    @property
    def last(self) -> int:
        return self.at[-1]


def detect(text: str, code: str) -> Finding | None:
    """The gravest thing that a text in a language says, or nothing. Raises `LanguageUnknown`."""
    return read(text, code).finding


def read(text: str, code: str) -> Reading:
    """What `detect` finds, and what it set aside. Raises `LanguageUnknown`."""
    spoken = language(code)
    words = spoken.vocabulary.read(text)
    reading = by_phrases(words, spoken)
    if spoken.points is None:
        return reading
    return together.weighed(reading, words, spoken.points, spoken.together, spoken.contrast)


def by_phrases(words: Words, spoken: Language) -> Reading:
    """What the phrases say alone."""
    disclosures = list(spoken.disclosing.scan(words.words))
    if not disclosures:
        return Reading(None)
    covered: dict[int, Entry] = {}
    remarks: dict[Kind, set[int]] = {kind: set() for kind in Kind}
    for number, end in spoken.remarking.scan(words.words):
        match = _placed(spoken.remarks_from + number, end, words, spoken)
        if match.entry.kind is Kind.EVERYDAY:
            for at in range(match.first, match.last + 1):
                if at not in covered or match.entry.outright:
                    covered[at] = match.entry
        elif match.entry.kind is not Kind.DENIED or _ends_soon(match, words.words, spoken):
            remarks[match.entry.kind].update(match.at)
    best: tuple[bool, int, int] | None = None
    finding: Finding | None = None
    where: tuple[int, int] | None = None
    aside: list[Because] = []
    urgent = 0
    for number, end in disclosures:
        match = _placed(number, end, words, spoken)
        weighed = _weigh(match, words, spoken, covered, remarks)
        if isinstance(weighed, Because):
            aside.append(weighed)
            continue
        rank = (weighed.grade is Grade.URGENT, len(match.at), -match.first)
        if best is None or rank > best:
            best, finding, where = rank, weighed, (match.first, match.last)
        urgent += weighed.grade is Grade.URGENT
        if urgent == _ENOUGH:
            break
    return Reading(finding, tuple(aside), where)


def _placed(number: int, end: int, words: Words, spoken: Language) -> _Match:
    phrase = spoken.phrases[number]
    return _Match(spoken.owners[number], placed(phrase, words.words, end))


def _ends_soon(match: _Match, words: Sequence[str], spoken: Language) -> bool:
    """Whether hardly anything follows: *but I'm not* denies, *but I'm not ready for it* does not,
    nor does *but I don't know*."""
    first, second = (*words[match.last + 1 : match.last + 3], END, END)[:2]
    return first == END or (second == END and first not in spoken.unsure)


def _weigh(
    match: _Match,
    words: Words,
    spoken: Language,
    covered: Mapping[int, Entry],
    remarks: Mapping[Kind, Set[int]],
) -> Finding | Because:
    """The finding at the grade that it has here; why it counts for nothing otherwise."""
    entry = match.entry
    because = Because(entry.id, entry.reason, words.between(match.first, match.last))
    # Words such as *going to* say nothing of whether it is meant, so they don't count.
    telling = [at for at in match.at if words.words[at] not in spoken.light] or match.at
    uses = [covered[at] for at in telling if at in covered]
    if plain := next((use for use in uses if use.outright), None):
        return replace(because, lowered=f"{_EVERYDAY}: {plain.id}")
    if uses and len(uses) * 2 >= len(telling) and len(telling) - len(uses) <= _MAY_TELL_MORE:
        return replace(because, lowered=f"{_EVERYDAY}: {uses[0].id}")
    if _negated(match, words.words, spoken):
        return replace(because, lowered=_NEGATED)

    def near(kind: Kind) -> bool:
        return _is_near(match, words.words, remarks[kind], *_REACH[kind], spoken.contrast)

    for kind in (Kind.QUOTED, *((Kind.STORIES,) if entry.stories else ())):
        if near(kind):
            return replace(because, lowered=_SAYS[kind])
    long_ago, denied = near(Kind.PAST), near(Kind.DENIED)
    if denied and not long_ago:
        return replace(because, lowered=_SAYS[Kind.DENIED])
    if entry.grade is None or entry.category is None:
        raise AssertionError(f"{entry.id} is no disclosure")
    grade, category = entry.grade, entry.category
    if (denied or near(Kind.OVER)) and not near(Kind.AGAIN):
        because = replace(because, lowered=_SAYS[Kind.OVER])
        if grade is Grade.CONCERN:
            return because if entry.fades else Finding(grade, category, because)
        return _lowered(category, because)
    if entry.fades and long_ago and not near(Kind.AGAIN):
        because = replace(because, lowered=_SAYS[Kind.PAST])
        return because if grade is Grade.CONCERN else _lowered(category, because)
    return Finding(grade, category, because)


def _lowered(category: Category, because: Because) -> Finding:
    return Finding(Grade.CONCERN, category, because)


def _is_near(
    match: _Match,
    words: Sequence[str],
    remarks: Set[int],
    before: int,
    after: int,
    contrast: Set[str],
) -> bool:
    """Whether a remark is in the same sentence and within its reach. What was said before a *but*
    is about something else: *we play games but he hits me*."""
    if not remarks:
        return False
    earlier = range(match.first - 1, max(-1, match.first - before - 2), -1)
    later = range(match.last + 1, min(len(words), match.last + after + 2))
    for way in (range(match.first, match.last + 1), earlier, later):
        for at in way:
            if words[at] == END or (way is earlier and words[at] in contrast):
                break
            if at in remarks:
                return True
    return False


def _negated(match: _Match, words: Sequence[str], spoken: Language) -> bool:
    """Whether a negation bears on the match: before it, or on a word within it. Only light words
    may stand between the two: *not really going to* kill myself, but *not because I* …"""
    own = frozenset(match.at)  # *do not want* to live is said with its negation
    if any(
        words[at] not in spoken.denying and _negator_before(at, words, spoken, own)
        for at in _heads(match)  # *we haven't got no food* means it
    ):
        return True
    if any(words[at] in spoken.denying for at in own):
        return False
    return _denied_as_a_thing(match.first, words, spoken) or any(
        _helps_a_negation(at, words, spoken, own) for at in own
    )


def _denied_as_a_thing(at: int, words: Sequence[str], spoken: Language) -> bool:
    """*No thoughts of it*, *no fighting*. Where somebody begins it answers: *no he hits me*."""
    return at > 0 and words[at - 1] in spoken.denying and words[at] not in spoken.doers


def _helps_a_negation(at: int, words: Sequence[str], spoken: Language, own: Set[int]) -> bool:
    """*I do drugs* is no *I do not sell drugs*: there the *do* belongs to the *not*."""
    after = at + 1
    return (
        words[at] in spoken.helping
        and after < len(words)
        and after not in own
        and words[after] in spoken.negators
    )


def _heads(match: _Match) -> Iterator[int]:
    """The first word, and every later one that the word before it is no part of the match of."""
    yield match.first
    for before, at in zip(match.at, match.at[1:], strict=False):
        if at - before > 1:
            yield at


def _negator_before(at: int, words: Sequence[str], spoken: Language, own: Set[int]) -> bool:
    """After an *or* the negation of the words before it holds on: *never hit me or touched me*.
    Not where somebody begins to do something: *don't tell or dad hits me* is a threat."""
    carried = at > 0 and words[at - 1] in spoken.either and words[at] not in spoken.doers
    for index in range(at - 1, max(-1, at - 1 - _NEGATION_REACH), -1):
        if index in own or words[index] == END:
            return False
        if words[index] in spoken.negators:
            return True
        if words[index] not in spoken.light and not carried:
            return False
    return False
