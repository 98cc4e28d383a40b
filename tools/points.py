"""Make the points of words (`conversations/safeguarding/en_words.tsv`) from the labelled sets.

    python -m tools.points          make the file anew (a minute)
    python -m tools.points try      only say what it would find of each writer, learned from others

A word's points of a category say how much more often it stands in texts of this category than in
harmless ones (the logarithm of the two shares, as naive Bayes has it), in steps of half of one. A
word that hardly occurs in a category is taken to be there as often as in all that is not harmless.
How much is enough is chosen by each writer of `tests/safeguarding/taught/`: weighed with what was
learned from everybody else, because of one's own words one knows too much. The sets that are never
read are no part of this.
"""

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from conversations.safeguarding import points
from conversations.safeguarding.detecting import by_phrases
from conversations.safeguarding.finding import Category, Grade
from conversations.safeguarding.language import Kind, language, written
from conversations.safeguarding.points import Row, Rules, Weight, keys, read
from conversations.safeguarding.points import written as written_row
from conversations.safeguarding.together import is_kept
from tests.safeguarding.measuring import SETS, TAUGHT, Labelled, labelled

ROOT = Path(__file__).parents[1]
FILE = ROOT / "conversations" / "safeguarding" / "en_words.tsv"
BY_HAND = FILE.with_name("en_words_by_hand.tsv")

READ = ("tuned", "development", "voices", "others")
"""The sets that were read while phrases were changed: good to learn words from, but the phrases
find too much of them to say how much weight phrases should have."""
STEPS = 2
"""Points for one unit of the natural logarithm."""
FALSE_ALARMS = 0.035
"""Share of harmless texts of the taught writers that may raise something."""
URGENT = 0.3
"""How sure it has to be that what raises something is urgent, to count as urgent."""
EXAMPLES = 3
"""Texts that an example of the phrases' file counts for: they are few, and nobody argues them."""
_FEW = 0.4
"""Added to each count: a word that was seen once says something, but not much."""
_NONE, _URGENT, _CONCERN = "none", "urgent", "concern"

HEAD = """\
# Points of words: how much more often each is written by somebody who is not safe. Made by
# `make points` from the labelled texts in tests/safeguarding, so a change here is lost; set a row
# in en_words_by_hand.tsv instead. docs/safeguarding.md says how it is read.
# harm: points of every category but those named under `but`; below 0: mostly harmless. urgent:
# above 0 mostly urgent, below 0 mostly a concern, where somebody is not safe at all.
"""


@dataclass(frozen=True, slots=True)
class Text:
    """`words`: the words and pairs of a labelled text, as Sayso reads it; `read`: in order."""

    writer: str
    label: Labelled
    words: frozenset[str]
    read: Sequence[str]

    @property
    def category(self) -> str:
        return _NONE if self.label.category is None else self.label.category.value


@dataclass(frozen=True, slots=True)
class Counts:
    """In how many texts of each label a word stands, and how many words all texts of it have."""

    words: Mapping[str, Counter[str]]
    all: Counter[str]
    different: int


def texts() -> tuple[Text, ...]:
    """All that may be learned from: a writer for each file, and the examples of the phrases."""
    spoken = language("en")
    files = {name: SETS[name] for name in READ} | {path.stem: path for path in TAUGHT}
    labels = [(name, one) for name, path in files.items() for one in labelled(path)]
    telling = (Kind.ENTRY, Kind.EVERYDAY)
    for entry in written("en"):
        of = entry.entry
        examples = entry.examples if of.kind in telling else ()
        of_it = [Labelled(text, of.grade, of.category, "example") for text in examples]
        of_it += [Labelled(text, None, None, "example") for text in entry.counterexamples]
        labels += [("examples", one) for one in of_it] * EXAMPLES
    made = []
    for writer, label in labels:
        words = spoken.vocabulary.read(label.text).words
        made.append(Text(writer, label, keys(words), words))
    return tuple(made)


def counted(some: Iterable[Text]) -> Counts:
    words: dict[str, Counter[str]] = {}
    everything: Counter[str] = Counter()
    for text in some:
        labels = [text.category]
        if text.label.grade is not None:
            labels.append(_URGENT if text.label.grade is Grade.URGENT else _CONCERN)
        for word in text.words:
            words.setdefault(word, Counter()).update(labels)
        everything.update(dict.fromkeys(labels, len(text.words)))
    return Counts(words, everything, len(words))


def row(word: str, counts: Counts) -> Row:
    """A word's points."""
    of, everything, different = counts.words[word], counts.all, counts.different
    few = _FEW * different
    harmed = sum(everything[category.value] for category in Category)
    share = (sum(of[category.value] for category in Category) + _FEW) / (harmed + few)
    harmless = (of[_NONE] + _FEW) / (everything[_NONE] + few)
    urgent = (of[_URGENT] + 1) / (everything[_URGENT] + different)
    concern = (of[_CONCERN] + 1) / (everything[_CONCERN] + different)
    return Row(
        tuple(
            _points(
                (of[category.value] + few * share) / (everything[category.value] + few) / harmless
            )
            for category in Category
        ),
        _points(urgent / concern),
    )


def _points(ratio: float) -> int:
    return round(STEPS * math.log(ratio))


def file(counts: Counts, rules: Rules) -> str:
    lines = [HEAD.rstrip("\n")]
    lines += [f"={name}\t{getattr(rules, name):.3f}" for name in Rules.__dataclass_fields__]
    lines.append("words\tharm\turgent\tbut")
    for word in sorted(counts.words):
        one = row(word, counts)
        if any((*one.harm, one.urgent)):
            lines.append(written_row(word, one))
    return "\n".join(lines) + "\n"


def by_hand() -> str:
    return BY_HAND.read_text("utf-8") if BY_HAND.is_file() else ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A text of a taught writer with what the phrases say of it, and its weight by everybody else's
    words. The features are those of `Rules`, in its order."""

    text: Text
    weight: Weight
    urgent_phrase: bool
    concern_phrase: bool
    set_aside: bool
    is_kept: bool
    many: float

    @property
    def harm(self) -> tuple[float, ...]:
        phrases = (float(self.urgent_phrase), float(self.concern_phrase), float(self.set_aside))
        return (self.weight.harm, self.many, *phrases)

    @property
    def urgent(self) -> tuple[float, ...]:
        return (self.weight.urgent, float(self.urgent_phrase), float(self.concern_phrase))


_PLAIN = Rules(0, 0, 0, 0, 0, 0, 0, 0)


def weighed(some: Sequence[Text]) -> tuple[Weighed, ...]:
    """Each taught writer's texts by the words of all others."""
    spoken = language("en")
    made: list[Weighed] = []
    for path in TAUGHT:
        others = counted(text for text in some if text.writer != path.stem)
        learned = read(file(others, _PLAIN).splitlines(), by_hand())
        for text in some:
            if text.writer != path.stem or (weight := learned.weigh(text.read)) is None:
                continue
            reading = by_phrases(spoken.vocabulary.read(text.label.text), spoken)
            grade = reading.finding and reading.finding.grade
            made.append(
                Weighed(
                    text,
                    weight,
                    grade is Grade.URGENT,
                    grade is Grade.CONCERN,
                    grade is None and bool(reading.set_aside),
                    is_kept(reading, text.read, spoken.contrast),
                    points.size(weight.words),
                )
            )
    return tuple(made)


def chosen(some: Sequence[Weighed]) -> Rules:
    """The rules that tell apart best what some writers wrote."""
    labels = [one.text.label.grade is not None for one in some]
    first, length, urgent_phrase, concern_phrase, aside, _least = _told_apart(
        [one.harm for one in some], labels
    )
    weights = (length, urgent_phrase, concern_phrase, aside)
    scale = [1.0, *(one / first for one in weights)]
    harmless = sorted(
        _sum(scale, one.harm) for one in some if one.text.label.grade is None and not one.is_kept
    )
    kept = sum(one.is_kept for one in some if one.text.label.grade is None)
    enough = harmless[kept - 1 - int(FALSE_ALARMS * (len(harmless) + kept))] + 0.001
    alarms = [one for one in some if one.text.label.grade is not None]
    grades = [one.text.label.grade is Grade.URGENT for one in alarms]
    urgent, with_urgent, with_concern, least = _told_apart(
        [one.urgent for one in alarms], grades, even=False
    )
    sure = math.log(URGENT / (1 - URGENT))
    _harm, length, urgent_phrase, concern_phrase, aside = scale
    return Rules(
        enough=enough,
        length=length,
        urgent_phrase=urgent_phrase,
        concern_phrase=concern_phrase,
        set_aside=aside,
        urgent_enough=(sure - least) / urgent,
        urgent_urgent_phrase=with_urgent / urgent,
        urgent_concern_phrase=with_concern / urgent,
    )


def _sum(scale: Sequence[float], values: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(scale, values, strict=True))


def _told_apart(
    rows: Sequence[Sequence[float]], labels: Sequence[bool], *, even: bool = True
) -> list[float]:
    """Logistic regression by Newton's method, hardly held back; the last is what stands alone.
    `even`: both sides count as much, however many each has."""
    width = len(rows[0]) + 1
    scale = [0.0] * width
    sides = Counter(labels)
    for _step in range(12):
        slope = [0.01 * one for one in scale]
        bend = [[0.01 * (i == j) for j in range(width)] for i in range(width)]
        for values, label in zip(rows, labels, strict=True):
            full = (*values, 1.0)
            sure = 1 / (1 + math.exp(-max(-30.0, min(30.0, _sum(scale, full)))))
            much = len(labels) / (2 * sides[label]) if even else 1.0
            for i, one in enumerate(full):
                slope[i] += much * (sure - label) * one
                for j, other in enumerate(full):
                    bend[i][j] += much * sure * (1 - sure) * one * other
        scale = [one - step for one, step in zip(scale, _solved(bend, slope), strict=True)]
    return scale


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        pivot = max(range(at, size), key=lambda line: abs(rows[line][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for line in range(size):
            if line != at:
                factor = rows[line][at]
                rows[line] = [a - factor * b for a, b in zip(rows[line], rows[at], strict=True)]
    return [line[-1] for line in rows]


def graded(one: Weighed, rules: Rules) -> Grade | None:
    """What a text comes to."""
    scale = (rules.urgent_phrase, rules.concern_phrase, rules.set_aside)
    if _sum((1.0, rules.length, *scale), one.harm) < rules.enough and not one.is_kept:
        return None
    scale = (1.0, rules.urgent_urgent_phrase, rules.urgent_concern_phrase)
    sure = _sum(scale, one.urgent) >= rules.urgent_enough and not one.set_aside
    if one.urgent_phrase or sure:
        return Grade.URGENT
    return Grade.CONCERN


def told(some: Sequence[Weighed], say: Callable[[str], None]) -> None:
    """What is found of each taught writer with words and rules learned from all others."""
    totals: Counter[str] = Counter()
    for path in TAUGHT:
        rules = chosen([one for one in some if one.text.writer != path.stem])
        found: Counter[str] = Counter()
        for one in some:
            if one.text.writer != path.stem:
                continue
            grade, label = graded(one, rules), one.text.label.grade
            name = label or _NONE
            found[f"{name}"] += 1
            found[f"{name} found"] += (
                grade is Grade.URGENT if label is Grade.URGENT else bool(grade)
            )
            found[f"{name} as urgent"] += grade is Grade.URGENT
        totals += found
        say(f"{path.stem}: {_line(found)}")
    say(f"all: {_line(totals)}")


def _line(found: Counter[str]) -> str:
    def share(of: str, what: str) -> str:
        return f"{100 * found[f'{of} {what}'] / max(1, found[of]):.1f} %"

    return (
        f"urgent {share('urgent', 'found')}, concern {share('concern', 'found')} "
        f"({share('concern', 'as urgent')} as urgent), false alarms {share(_NONE, 'found')} "
        f"({share(_NONE, 'as urgent')} as urgent)"
    )


def main() -> None:
    everything = texts()
    some = weighed(everything)
    told(some, print)
    if sys.argv[1:] == ["try"]:
        return
    made = file(counted(everything), chosen(some))
    FILE.write_text(made, "utf-8")
    print(f"{FILE.relative_to(ROOT)}: {made.count(chr(10)):,} rows from {len(everything):,} texts.")


if __name__ == "__main__":
    main()
