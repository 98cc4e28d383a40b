"""Small misspellings of the words that matter: `suiside`, `abuesd`, `tuched`.

A key word of five letters or more may have one letter wrong, missing, too many or swapped with its
neighbour; of eight or more, two. The first letter has to be right. Or it is written as it sounds:
the file says how letters do. A real word is never taken for a misspelling: the language's file
lists those that are near (`sucked` is not `fucked`).

Key words are kept under themselves with a letter left out, so that looking one up is a few steps
for each letter of the word and none for each key word (the symmetric delete method, W. Garbe 2012).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

SHORTEST = 5
LONG = 8
"""Letters from which on two may be wrong."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """`near`: each key word by itself and by itself without one of its letters. `sounds`: key words
    by how they sound, by the rules of `heard`. `real`: words that are none."""

    near: Mapping[str, tuple[str, ...]]
    sounds: Mapping[str, str]
    heard: "Heard"
    real: frozenset[str]

    def nearest(self, word: str) -> str:
        """The key word that was meant, or the word itself."""
        if len(word) < SHORTEST - 2 or word in self.real:
            return word
        if len(word) == SHORTEST - 2:
            return self.sounds.get(sound(word, self.heard), word)
        shorter = {word, *_without_one(word)}
        if found := self._within(1, word, shorter):
            return found
        if (heard := self.sounds.get(sound(word, self.heard))) is not None:
            return heard
        if len(word) < LONG - 1:
            return word
        return self._within(2, word, {two for one in shorter for two in _without_one(one)}) or word

    def _within(self, wrong: int, word: str, shorter: Iterable[str]) -> str:
        near = self.near.get
        keys = sorted({key for one in shorter for key in near(one, ())})
        for key in keys:
            if (wrong == 1 or len(key) >= LONG) and within(wrong, word, key):
                return key
        return ""


Heard = Sequence[tuple[re.Pattern[str], str]]
"""Letters, and what stands for how they sound; one after the other."""


def sound(word: str, heard: Heard) -> str:
    """About how a word sounds: in English `tuch` as `touch`, `skaird` as `scared`."""
    for letters, instead in heard:
        word = letters.sub(instead, word)
    return word


def prepared(keys: Iterable[str], real: frozenset[str], heard: Heard) -> Spelling:
    near: dict[str, list[str]] = {}
    sounds: dict[str, str] = {}
    for key in sorted(set(keys)):
        if not key.isalpha():
            continue
        if len(key) >= SHORTEST - 1:
            sounds.setdefault(sound(key, heard), key)
        if len(key) >= SHORTEST:
            for one in {key, *_without_one(key)}:
                near.setdefault(one, []).append(key)
    return Spelling({one: tuple(keys) for one, keys in near.items()}, sounds, heard, real)


def _without_one(word: str) -> Iterator[str]:
    """The word without each of its letters but the first."""
    for index in range(1, len(word)):
        yield word[:index] + word[index + 1 :]


def within(wrong: int, one: str, other: str) -> bool:
    """Whether at most so many letters are wrong, missing, too many or swapped with a neighbour."""
    at = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        at += 1
    one, other = one[at:], other[at:]
    if not one and not other:
        return True
    if not wrong or abs(len(one) - len(other)) > wrong:
        return False
    return (
        within(wrong - 1, one[1:], other[1:])
        or within(wrong - 1, one, other[1:])
        or within(wrong - 1, one[1:], other)
        or (one[:2] == other[1::-1] and within(wrong - 1, one[2:], other[2:]))
    )
