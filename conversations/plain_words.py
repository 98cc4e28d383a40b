"""How an answer to a young person reads, before it is sent: how old one must be to read it, which
words only people at work use, what a paste brought along, whose name stands in it.

It measures and warns. What is written stays the writer's own: nothing is put in its place but signs
that a word processor leaves behind.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from conversations.wording import Band

READING_AGES: Mapping[Band, int] = {
    Band.FOUR: 7,
    Band.EIGHT: 9,
    Band.TWELVE: 11,
    Band.SIXTEEN: 12,
}
"""The most that a band reads with ease, in years: as for all that Sayso itself says."""

LONG_SENTENCE = 20
"""Words. Nobody has to write by Sayso's own measure of twelve; beyond this a reader is lost."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")


def words_of(text: str) -> list[str]:
    """Its words. Numbers are none: nobody spells them."""
    return _WORD.findall(text)


def sentences_of(text: str) -> list[str]:
    """Its sentences and lines, those that hold a word."""
    return [one for one in _SENTENCE.split(text) if _WORD.search(one)]


def reading_age(text: str) -> float | None:
    """In years: the grade of Flesch-Kincaid and five. None for a text without words.

    0.39 × words a sentence + 11.8 × syllables a word - 15.59 (Kincaid et al. 1975). Syllables are
    counted by rule; tests hold it within a year of textstat, which the tests of our texts use and
    which brings a dictionary of 30 MB along.
    """
    words = words_of(text)
    if not words:
        return None
    sentences = len(sentences_of(text)) or 1
    syllables = sum(syllables_of(word) for word in words)
    grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    return max(grade + 5, 4.0)


_VOWELS = re.compile(r"[aeiouyàáâäæèéêëìíîïòóôöœùúûü]+")
_SILENT = re.compile(r"(?<![aeiouy])(?<![^aeiouy]l)e$|(?<=[^aeioutd])ed$|(?<=[^aeiouscxzgh])es$")
_APART = re.compile(r"(?<=[aeiouy])ing$|(?<=[^aeioutscg])i[ao]")
"""Vowels that stand together and are said apart: go-ing, di-ary."""


@cache
def syllables_of(word: str) -> int:
    """By rule: groups of vowels, without what is silent at the end."""
    plain = word.casefold().replace("’", "'").removesuffix("'s").replace("'", "")
    return max(1, sum(_syllables(part) for part in plain.split("-")))


def _syllables(part: str) -> int:
    heard = _SILENT.sub("", part)
    return len(_VOWELS.findall(heard)) + len(_APART.findall(heard))


@dataclass(frozen=True, slots=True)
class Jargon:
    """A word that only people at work use, as it was written, and what to say instead."""

    word: str
    say: str


@cache
def _list() -> tuple[tuple[re.Pattern[str], str], ...]:
    """`jargon.toml` beside this module, the longest words first."""
    plain = tomllib.loads((files("conversations") / "jargon.toml").read_text())
    entries = [(word, one["say"]) for one in plain["entry"] for word in one["words"]]
    entries.sort(key=lambda entry: -len(entry[0]))
    return tuple((_pattern(word), say) for word, say in entries)


def _pattern(word: str) -> re.Pattern[str]:
    """Abbreviations count in capitals alone: *lac* and *peep* are words of their own."""
    loose = re.escape(word).replace(r"\ ", r"\s+")
    flags = 0 if word.isupper() else re.IGNORECASE
    return re.compile(rf"(?<![\w-]){loose}(?:s|'s|’s)?(?![\w-])", flags)


def jargon(text: str) -> tuple[Jargon, ...]:
    """Each such word once, in the order of the text."""
    found: dict[str, tuple[int, Jargon]] = {}
    taken: list[tuple[int, int]] = []
    for pattern, say in _list():
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue  # it stands in a longer one
            taken.append(match.span())
            found.setdefault(pattern.pattern, (match.start(), Jargon(match[0], say)))
    return tuple(one for _at, one in sorted(found.values(), key=lambda one: one[0]))


_SIGNS = str.maketrans(
    {
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2028": "\n", "\u2029": "\n\n",
        "\u200b": None, "\u2060": None, "\ufeff": None, "\u00ad": None, "\f": "\n", "\v": "\n",
    }
)  # fmt: skip
_BULLET = re.compile(r"^[ \t]*(?:[•·◦▪●○■□❖➢✓\uf000-\uf0ff]|o(?=\t))[ \t]*", re.MULTILINE)
_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Without what a word processor leaves behind and nobody sees: odd spaces, invisible signs,
    signs of a symbol font. Its bullets become `- `. No word is changed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SIGNS)
    lines = _BULLET.sub("- ", lines).replace("\t", " ")
    return _LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines.split("\n"))).strip()


@dataclass(frozen=True, slots=True)
class Pasted:
    """What looks like a piece of a document: `headings`, lines in bullets, a greeting or a close as
    in a letter."""

    headings: tuple[str, ...]
    bullets: int
    letter: bool

    @property
    def any(self) -> bool:
        return bool(self.headings or self.bullets or self.letter)


_HEADING = re.compile(r"^(?:\d+(?:\.\d+)*[.)]?[ \t]+)?[A-Z][^.?!\n]{2,60}:?$", re.MULTILINE)
_LETTER = re.compile(
    r"^(?:Dear|Re:|Yours|Kind regards|Regards|FAO)\b", re.MULTILINE | re.IGNORECASE
)


def pasted(text: str) -> Pasted:
    """Of a cleaned text. A single line is no heading."""
    lines = [line for line in text.split("\n") if line.strip()]
    headings = tuple(
        line
        for line, _below in pairwise(lines)
        if not line.startswith("- ") and _HEADING.fullmatch(line)
    )
    bullets = sum(line.startswith("- ") for line in lines)
    return Pasted(headings, bullets if bullets > 1 else 0, bool(_LETTER.search(text)))


def names_in(text: str, others: Iterable[str], own: Iterable[str] = ()) -> tuple[str, ...]:
    """Which words of it, as they were written, are a part of one of the `others`' names: each with
    a capital, and in no name of `own`. Somebody else may be called so too: it is a warning, and the
    writer knows whom they mean. It never says more of the other than stands there already."""
    theirs = {_bare(part) for name in others for part in words_of(name) if len(part) > 2}
    theirs -= {_bare(part) for name in own for part in words_of(name)}
    found = [word for word in words_of(text) if word[0].isupper() and _bare(word) in theirs]
    return tuple(dict.fromkeys(found))


def _bare(word: str) -> str:
    return word.casefold().replace("’", "'").removesuffix("'s")


@dataclass(frozen=True, slots=True)
class Look:
    """All that is said of an answer while it is written. `age`: in years, one place; `most`: what
    its reader's band reads with ease; `long`: sentences of more than `LONG_SENTENCE` words."""

    age: float | None
    most: int
    jargon: tuple[Jargon, ...]
    long: tuple[str, ...]
    pasted: Pasted
    names: tuple[str, ...]

    @property
    def hard(self) -> bool:
        return self.age is not None and self.age > self.most

    @property
    def nothing(self) -> bool:
        """Nothing to mend."""
        return not (self.hard or self.jargon or self.long or self.pasted.any or self.names)


def look_at(text: str, band: Band, others: Iterable[str] = (), own: Iterable[str] = ()) -> Look:
    """`others`: the names of young people whom it is not for; `own`: of those whom it may name."""
    age = reading_age(text)
    return Look(
        None if age is None else round(age, 1),
        READING_AGES[band],
        jargon(text),
        tuple(one.strip() for one in sentences_of(text) if len(words_of(one)) > LONG_SENTENCE),
        pasted(text),
        names_in(text, others, own),
    )
