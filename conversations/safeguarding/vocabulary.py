"""A text as the words that it means: `omg he's hittin meeee` is `he is hitting me`.

Case, look-alike letters, digits for letters, repeated letters, spaced letters, shorthand, pictures
and small misspellings are read here, so that a phrase of the language's file is written once.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conversations.safeguarding.automaton import END
from conversations.safeguarding.spelling import Spelling

_WORD = r"[$@]?\w(?:[\w'@$!*|]*[\w$*])?"
_SPACED = r"(?<![\w'])\w(?:[ .*_-]\w){2,}(?![\w'])"
_END = r"[.!?\n]+"
_LONGEST = 24
"""Letters. What is longer is no word, and not looked at for misspellings."""
_AGAIN_AND_AGAIN = re.compile(r"(\w)\1{2,}")
_TWICE = re.compile(r"(\w)\1+")
_LEET = str.maketrans("013457@$!|", "oieastasii")
_LOOK_ALIKES = str.maketrans(
    "’‘ʼ`´“”абвгеёзийкмнорстухіїјѕԁɡαβγεικνορτυχ", "'''''\"\"abbreezuukmhopctyxiijsdgabyeiknoptux"
)


@dataclass(frozen=True, slots=True)
class Words:
    """`words[i]` stands at `text[starts[i]:ends[i]]`; `END` where a sentence ends."""

    text: str
    words: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]

    def between(self, first: int, last: int) -> str:
        """What was written from one word to another, both included."""
        return self.text[self.starts[first] : self.ends[last]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`known`: how a word may be written, and what it is read as (nothing: it is left out).
    `joined`: words that one word is made of, by the last of them."""

    known: Mapping[str, tuple[str, ...]]
    joined: Mapping[str, Mapping[str, str]]
    spelling: Spelling
    pattern: re.Pattern[str]

    def read(self, text: str) -> Words:
        folded, shown = _folded(text)
        words: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        known, joined = self.known.get, self.joined
        otherwise: dict[str, tuple[str, ...]] = {}  # for this text alone: words are not kept
        for match in self.pattern.finditer(folded):
            raw = match[0]
            found = known(raw)
            if found is None:
                found = otherwise.get(raw)
                if found is None:
                    found = otherwise[raw] = self._read(raw)
            for word in found:
                if word in joined and words and words[-1] in joined[word]:
                    words[-1] = joined[word][words[-1]]
                    ends[-1] = match.end()
                    continue
                words.append(word)
                starts.append(match.start())
                ends.append(match.end())
        return Words(shown, words, starts, ends)

    def spelled(self, word: str) -> tuple[str, ...]:
        """A word of the language's file."""
        return self.known.get(word, (word,))

    def _read(self, raw: str) -> tuple[str, ...]:
        """What is written in no list: an end, spaced letters, or a word written in another way."""
        if raw[0] in ".!?\n":
            return () if len(raw) > 1 and raw.strip(".") == "" else (END,)
        if len(raw) > 1 and raw[1] in " .*_-":
            letters = raw[::2]
            return self.known.get(letters) or tuple(
                word for letter in letters for word in self.known.get(letter, (letter,))
            )
        return self._written_otherwise(raw)

    def _written_otherwise(self, raw: str) -> tuple[str, ...]:
        known = self.known.get
        if raw in self.spelling.real:
            return (raw,)
        if "'" in raw:
            if (found := known(raw.replace("'", ""))) is not None:
                return found
            base, _, after = raw.partition("'")
            if after == "s":
                return known(base) or self._written_otherwise(base)
            raw = raw.replace("'", "")
        if not raw.isalpha():
            if raw.isdigit():
                return (raw,)
            if (found := known(raw.translate(_LEET))) is not None:
                return found
            if "!" in raw:
                pieces = (piece for piece in raw.split("!") if piece)
                return tuple(word for piece in pieces for word in known(piece, (piece,)))
            raw = raw.translate(_LEET)
        squeezed = _AGAIN_AND_AGAIN.sub(r"\1\1", raw)
        for once in (squeezed, _TWICE.sub(r"\1", raw)):
            if (found := known(once)) is not None:
                return found
        if len(squeezed) > _LONGEST:
            return (squeezed,)
        return known(self.spelling.nearest(squeezed), (squeezed,))


def _folded(text: str) -> tuple[str, str]:
    """The text in plain small letters, and the text that its places are of: as written, where that
    has the same length."""
    folded = text if text.isascii() else _plain(text)
    folded = folded.lower()
    return folded, (text if len(folded) == len(text) else folded)


def _plain(text: str) -> str:
    """Accents, invisible signs, wide, round and foreign letters that look like plain ones."""
    text = text.lower().translate(_LOOK_ALIKES)
    return text.translate({ord(char): _base(char) for char in set(text) if not char.isascii()})


def _base(char: str) -> str:
    base = unicodedata.normalize("NFKD", char)[0]
    if unicodedata.category(base) in ("Mn", "Cf"):
        return ""
    return base if base.isascii() and base.isalnum() else char


def made(
    known: Mapping[str, tuple[str, ...]],
    joined: Mapping[str, Mapping[str, str]],
    spelling: Spelling,
    pictures: Sequence[str],
) -> Vocabulary:
    """`pictures`: the emoji that `known` reads as words."""
    one_of = "|".join(map(re.escape, sorted(pictures, key=len, reverse=True)))
    pattern = "|".join(filter(None, (_SPACED, _WORD, _END, one_of)))
    return Vocabulary(known, joined, spelling, re.compile(pattern))
