"""Small misspellings of the words that matter: `suiside`, `abuesd`, `tuched`.

A key word of five letters or more may have one letter wrong, missing, too many or swapped with its
neighbour; of eight or more, two; of three or four, two neighbours swapped (`wnat`), of four a vowel
missing (`lck`). The first letter has to be right. Or it is written as it sounds: the file says how
letters do. A real word is never taken for a misspelling: the language's file lists those that are
near (`sucked` is not `fucked`).

Key words are kept under themselves with a letter left out, so that looking one up is a few steps
for each letter of the word and none for each key word (the symmetric delete method, W. Garbe 2012).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

SHORTEST = 5
LONG = 8
"""Letters from which on two may be wrong."""
_UNLIKE = 3
"""Letters that one of two words that sound alike may have and the other not: all vowels sound alike
here, so that *gold* would be `jailed`."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """`near`: each key word by itself and by itself without one of its letters; where there are
    several, with a space between: most often there is one, and it is kept once. `swapped`: short
    key words by themselves with two letters swapped or without a vowel. `sounds`: key words by how
    they sound, by the rules of `heard`. `weights`: every key word, and in how many places of
    phrases it may stand. `real`: words that are none."""

    near: Mapping[str, str]
    swapped: Mapping[str, str]
    sounds: Mapping[str, str]
    heard: "Heard"
    weights: Mapping[str, int]
    real: frozenset[str]

    def nearest(self, word: str) -> str:
        """The key word that was meant, or the word itself."""
        if len(word) < SHORTEST - 2 or word in self.real:
            return word
        if (key := self.swapped.get(word)) is not None:
            return key
        heard = self.sounds.get(sound(word, self.heard), "").split()
        if len(word) == SHORTEST - 2:
            return self._likeliest(word, heard, ()) or word
        shorter = {word, *_without_one(word)}
        if found := self._likeliest(word, heard, self._within(1, word, shorter)):
            return found
        if len(word) < LONG - 1:
            return word
        even_shorter = {two for one in shorter for two in _without_one(one)}
        return self._likeliest(word, (), self._within(2, word, even_shorter)) or word

    def _likeliest(self, word: str, heard: Sequence[str], near: Sequence[str]) -> str:
        """What sounds like it and is near before what is only one of the two; then what has most of
        its letters; then what more phrases speak of; none of none."""
        letters = frozenset(word)
        return min(
            {*near, *(key for key in heard if len(letters ^ frozenset(key)) <= _UNLIKE)},
            key=lambda key: (
                (key not in heard) + (key not in near),
                len(letters ^ frozenset(key)) - (key in heard),
                -self.weights[key],
                key,
            ),
            default="",
        )

    def _within(self, wrong: int, word: str, shorter: Iterable[str]) -> Sequence[str]:
        near = self.near.get
        keys = {key for one in shorter for key in near(one, "").split()}
        long = (key for key in keys if wrong == 1 or len(key) >= LONG)
        return [key for key in long if within(wrong, word, key)]


Heard = Sequence[tuple[re.Pattern[str], str]]
"""Letters, and what stands for how they sound; one after the other."""


def sound(word: str, heard: Heard) -> str:
    """About how a word sounds: in English `tuch` as `touch`, `skaird` as `scared`."""
    for letters, instead in heard:
        word = letters.sub(instead, word)
    return word


def prepared(keys: Mapping[str, int], real: frozenset[str], heard: Heard) -> Spelling:
    near: dict[str, str] = {}
    swapped: dict[str, str] = {}
    sounds: dict[str, str] = {}
    for key in sorted(keys):
        if not key.isalpha():
            continue
        if len(key) >= SHORTEST - 1:
            _add(sounds, sound(key, heard), key)
        if len(key) >= SHORTEST:
            for one in {key, *_without_one(key)}:
                _add(near, one, key)
        elif len(key) >= SHORTEST - 2:
            for one in (*_swapped(key), *_without_a_vowel(key)):
                if one not in real and keys[key] >= keys[swapped.get(one, key)]:
                    swapped[one] = key
    return Spelling(near, swapped, sounds, heard, keys, real)


def _add(words: dict[str, str], written: str, key: str) -> None:
    words[written] = f"{words[written]} {key}" if written in words else key


def _swapped(word: str) -> Iterator[str]:
    """The word with each two neighbours swapped, but never the first letter."""
    for at in range(1, len(word) - 1):
        if word[at] != word[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _without_a_vowel(word: str) -> Iterator[str]:
    """A word of four letters without a vowel within it: `lck`, `hme`."""
    if len(word) == SHORTEST - 1:
        for at in range(1, len(word) - 1):
            if word[at] in "aeiou":
                yield word[:at] + word[at + 1 :]


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
