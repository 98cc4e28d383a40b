"""Words that count together: how much more often each is written by somebody who is not safe.

A word, and two words that stand side by side, have points for each category of harm and for how
urgent it is. They come from labelled texts (`tools/points.py`, `docs/safeguarding.md`) and stand in
`<language>_words.tsv`, where whoever wants may read them; `<language>_words_by_hand.tsv` overrules
them. A text's points are the sum of those of its words. Nothing else is known of a word here.
"""

import math
import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

from conversations.safeguarding.automaton import END
from conversations.safeguarding.finding import Category

PIECE = 60
"""Words. A longer text is weighed in pieces of whole sentences that are no longer: what matters in
one sentence of many would be lost among what is said around it."""
SHORT, LONG = 8, 30
"""Words. A shorter or longer text is weighed as if it had so many: few were as short or as long of
those that say how much is enough."""
MOST_POINTS = 120
_SLOTS = 1 << 17
_FIELDS = struct.Struct(f"<{len(Category) + 2}H")
_ZERO = 128
"""Points are kept with this added, so that none is below zero."""
_CATEGORIES = tuple(Category)


class PointsWrong(ValueError):
    """A file of points does not hold together; the text names the row and what to mend."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How points are weighed; the rows of the file that begin with `=`.

    A text of `n` words says that somebody is not safe where the points of the category that has
    most, divided by the root of n + 1, and `length` times `size` of n, come to `enough`.
    A phrase that was found adds `urgent_phrase` or `concern_phrase`; where all that were found are
    set aside, `set_aside` is added. `urgent_*`: the same of how urgent it is.
    """

    enough: float
    length: float
    urgent_phrase: float
    concern_phrase: float
    set_aside: float
    urgent_enough: float
    urgent_urgent_phrase: float
    urgent_concern_phrase: float


@dataclass(frozen=True, slots=True)
class Row:
    """The points of a word or a pair: of each category, in its order, and of how urgent it is."""

    harm: tuple[int, ...]
    urgent: int


@dataclass(frozen=True, slots=True)
class Weight:
    """What a text's words come to: `harm` and `urgent` as `Rules` weigh them; the words from
    `first` to `last` are the piece of the text that weighs most, in this category; it has so many
    `words`, the ends of its sentences not counted."""

    harm: float
    urgent: float
    category: Category
    first: int
    last: int
    words: int


@dataclass(frozen=True, slots=True)
class Points:
    """`rows`: every different one, packed; `marks[s]` and `which[s]`: a word's checksum and the
    number of its row, in the first free place from its checksum on.

    87,000 words and pairs take 0.9 MB so, and 13 MB as a dictionary. That two that differ have one
    checksum happens to one in 70,000 words that have no row at all.
    """

    rules: Rules
    rows: Sequence[int]
    marks: Sequence[int]
    which: Sequence[int]

    def weigh(self, words: Sequence[str]) -> Weight | None:
        """The piece of a text that weighs most; nothing if there is no word in it."""
        places = [at for at, word in enumerate(words) if word != END]
        keys, packed = self._looked_up(words, places)
        heaviest: tuple[float, float, Category, int, int, int] | None = None
        for begin, end in _pieces(words, places):
            # The first word's pair is with a word that is not in the piece.
            part = slice(2 * begin + 1, 2 * end)
            harm, urgent, category = self._weighed(
                dict(zip(keys[part], packed[part], strict=True)).values(), end - begin
            )
            if heaviest is None or harm > heaviest[0]:
                found = places[begin], places[end - 1], end - begin
                heaviest = (harm, urgent, category, *found)
        return None if heaviest is None else Weight(*heaviest)

    def telling(self, words: Sequence[str], weight: Weight, most: int) -> list[tuple[int, int]]:
        """The first and the last word of each of the words and pairs that weigh most, as they
        stand in the text."""
        index = _CATEGORIES.index(weight.category)
        places = [at for at in range(weight.first, weight.last + 1) if words[at] != END]
        keys, packed = self._looked_up(words, places)
        told: dict[str, tuple[int, int, int]] = {}
        for number, (key, row) in enumerate(zip(keys, packed, strict=True)):
            if row and (points := _FIELDS.unpack(row.to_bytes(_FIELDS.size, "little"))[1 + index]):
                at = number // 2
                first = at if number % 2 else at - 1
                told.setdefault(key, (points - _ZERO, places[first], places[at]))
        best = sorted((-points, first, last) for points, first, last in told.values() if points > 0)
        chosen: list[tuple[int, int]] = []
        for _points, first, last in best:
            if not any(first <= end and begin <= last for begin, end in chosen):
                chosen.append((first, last))
            if len(chosen) == most:
                break
        return sorted(chosen)

    def _looked_up(
        self, words: Sequence[str], places: Sequence[int]
    ) -> tuple[list[str], list[int]]:
        """For each word the pair that it ends and itself, and the packed row of each, or 0."""
        keys: list[str] = []
        before, last = "", -2
        for at in places:
            word = words[at]
            keys.append(f"{before} {word}" if last == at - 1 else "")
            keys.append(word)
            before, last = word, at
        rows, marks, which, checksum = self.rows, self.marks, self.which, zlib.crc32
        found = {"": 0}
        for key in keys:
            if key not in found:
                mark = checksum(key.encode("utf-8", "replace"))
                slot = mark % _SLOTS
                while (row := which[slot]) and marks[slot] != mark:
                    slot = (slot + 1) % _SLOTS
                found[key] = rows[row]
        return keys, [found[key] for key in keys]

    def _weighed(self, packed: Iterable[int], words: int) -> tuple[float, float, Category]:
        counted, urgent, *harm = _FIELDS.unpack(sum(packed).to_bytes(_FIELDS.size, "little"))
        none = counted * _ZERO
        most = max(harm)
        root = math.sqrt(words + 1)
        return (
            (most - none) / root + self.rules.length * size(words),
            (urgent - none) / root,
            _CATEGORIES[harm.index(most)],
        )


def size(words: int) -> float:
    """How long a text is, as it is weighed: harmless words take off more the more there are."""
    return math.log(min(max(words, SHORT), LONG) + 1)


def _pieces(words: Sequence[str], places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where each piece begins and ends, as numbers of words without the ends of sentences. Each
    begins about in the middle of the one before."""
    if len(places) <= PIECE:
        if places:
            yield 0, len(places)
        return
    begins = [0]
    for number in range(1, len(places)):
        if places[number] != places[number - 1] + 1 or number - begins[-1] == PIECE:
            begins.append(number)
    begins.append(len(places))
    at = 0
    while at < len(begins) - 1:
        upto = at + 1
        while upto < len(begins) - 1 and begins[upto + 1] - begins[at] <= PIECE:
            upto += 1
        yield begins[at], begins[upto]
        if upto == len(begins) - 1:
            return
        middle = (begins[at] + begins[upto]) // 2
        at = next(
            later for later in range(at + 1, upto + 1) if begins[later] > middle or later == upto
        )


def read(made: Iterable[str], by_hand: str = "") -> Points:
    """The rows of both files. Raises `PointsWrong`."""
    rules: dict[str, float] = {}
    rows: dict[int, int] = {0: 0}
    known: dict[str, int] = {}  # many words have the same points: each is read once
    which, marks = array("H", bytes(2 * _SLOTS)), array("I", bytes(4 * _SLOTS))
    for line in (*_lines(by_hand.splitlines()),):
        # The first that is set stands, so those by hand come first.
        *said, reason = line.split("\t")
        if len(said) != 4 or not reason.strip():
            raise PointsWrong(f"“{line}”: set by hand are words, harm, urgent, but, and a reason.")
        _set(said[0], rows.setdefault(_packed(row(said)), len(rows)), marks, which)
    for line in _lines(made):
        words, _tab, points = line.partition("\t")
        if line.startswith("="):
            rules[words[1:]] = float(points)
            continue
        if points not in known:
            known[points] = rows.setdefault(_packed(row(line.split("\t"))), len(rows))
        _set(words, known[points], marks, which)
    if missing := {field.name for field in fields(Rules)} ^ rules.keys():
        raise PointsWrong(f"These rules are missing or unknown: {', '.join(sorted(missing))}.")
    return Points(Rules(**rules), tuple(rows), marks, which)


def _lines(lines: Iterable[str]) -> Iterator[str]:
    for written_line in lines:
        line = written_line.rstrip("\n")
        if line and not line.startswith(("#", "words\t")):
            yield line


def _set(words: str, row_number: int, marks: "array[int]", which: "array[int]") -> None:
    mark = zlib.crc32(words.encode())
    slot = mark % _SLOTS
    while which[slot]:
        if marks[slot] == mark:
            return
        slot = (slot + 1) % _SLOTS
    marks[slot], which[slot] = mark, row_number


def _packed(one: Row) -> int:
    """All points in one number, a field of 16 bits each, so that a text's are one sum. The lowest
    counts how many rows there were: as often `_ZERO` was added to each field."""
    values = [1, one.urgent + _ZERO, *(points + _ZERO for points in one.harm)]
    return int.from_bytes(_FIELDS.pack(*values), "little")


def row(columns: Sequence[str]) -> Row:
    """`hits me`, `4`, `2`, `physical 7, health 1`: points of every category, how urgent, and the
    categories whose points are others. Raises `PointsWrong`."""
    try:
        words, harm, urgent, but = columns
        other = dict(one.split() for one in but.split(",") if one.strip())
        points = {category: int(other.pop(category.value, harm)) for category in Category}
        made = Row(tuple(points.values()), int(urgent))
    except ValueError as error:
        raise PointsWrong(f"“{' | '.join(columns)}” can't be read: {error}") from None
    if other:
        raise PointsWrong(f"“{words}”: there is no category {', '.join(other)}.")
    if any(abs(one) > MOST_POINTS for one in (*made.harm, made.urgent)):
        raise PointsWrong(f"“{words}”: no row has more than {MOST_POINTS} points.")
    return made


def written(words: str, one: Row) -> str:
    """A row as it stands in the file."""
    common = max(sorted(set(one.harm), key=abs), key=one.harm.count)
    but: Mapping[str, int] = {
        category.value: points
        for category, points in zip(Category, one.harm, strict=True)
        if points != common
    }
    others = ", ".join(f"{name} {points}" for name, points in but.items())
    return f"{words}\t{common}\t{one.urgent}\t{others}"


def keys(words: Sequence[str]) -> frozenset[str]:
    """The words of a text and its pairs, each once."""
    pairs = {f"{one} {other}" for one, other in pairwise(words) if END not in (one, other)}
    return frozenset((pairs | set(words)) - {END})
