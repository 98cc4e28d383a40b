"""How a phrase of a language's file is written: `<someone> (keep) hits|hit .. me`.

| Written | Means |
|---|---|
| `word` | this word |
| `hit\\|punched` | one of these words |
| `<someone>` | one word of that list; lists and words can be mixed: `<someone>\\|nan` |
| `(really)` | a word, list or choice that may be missing |
| `..` | up to four words of any kind, or none |
| `...` | up to seven words |
| `a & b` | both, in either order, with up to seven words between |

A phrase stays within one sentence. It begins and ends with a word that must be there.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise, permutations

GAPS = {"..": 4, "...": 7}
MOST_PARTS = 3
"""Joined by `&` in one phrase: each more multiplies the orders that are looked for."""
MOST_GAPS = 4
"""In one phrase: more would say nothing about how its words belong together."""


class PhraseWrong(ValueError):
    """A phrase can't be read; the text quotes it and says how to mend it."""

    def __init__(self, phrase: str, why: str) -> None:
        super().__init__(f"The phrase “{phrase}” can't be read: {why}")


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase. `words` empty: any words, up to `most` of them, or none.

    They are in order and no set: ten thousand places take a third of the memory, and few are asked.
    """

    words: tuple[str, ...]
    optional: bool = False
    most: int = 1

    @property
    def gap(self) -> bool:
        return not self.words


Phrase = tuple[Element, ...]
Spelled = Callable[[str], tuple[str, ...]]
"""A word as it is written to the words that a text is read as: `don't` gives `do`, `not`."""


def orders(phrase: str) -> tuple[str, ...]:
    """`a & b` as the phrases that it stands for: `a ... b`, `b ... a`. Raises `PhraseWrong`."""
    parts = phrase.split(" & ")
    if len(parts) > MOST_PARTS:
        raise PhraseWrong(phrase, f"at most {MOST_PARTS} parts can be joined by &.")
    return tuple(" ... ".join(order) for order in permutations(parts))


def parse(phrase: str, lists: Mapping[str, frozenset[str]], spelled: Spelled) -> Phrase:
    """Words that are left out of every text are left out here too. Raises `PhraseWrong`."""
    elements: list[Element] = []
    for piece in phrase.split():
        if piece in GAPS:
            elements.append(Element((), optional=True, most=GAPS[piece]))
            continue
        optional = piece.startswith("(") and piece.endswith(")")
        inner = piece[1:-1] if optional else piece
        if not optional and "|" not in inner and not inner.startswith("<"):
            elements += [Element((word,)) for word in spelled(inner)]
            continue
        choices = [_choice(phrase, one, lists, spelled) for one in inner.split("|")]
        either = frozenset[str]().union(*choices)
        if either:  # else all of it is left out of every text
            elements.append(Element(tuple(sorted(either)), optional))
    if not elements or elements[0].optional or elements[-1].optional:
        raise PhraseWrong(phrase, "it has to begin and end with a word that must be there.")
    if sum(element.gap for element in elements) > MOST_GAPS:
        raise PhraseWrong(phrase, f"at most {MOST_GAPS} gaps can stand in one.")
    if any(one.gap and other.gap for one, other in pairwise(elements)):
        raise PhraseWrong(phrase, "two gaps follow each other.")
    return tuple(elements)


def _choice(
    phrase: str, one: str, lists: Mapping[str, frozenset[str]], spelled: Spelled
) -> frozenset[str]:
    if name := re.fullmatch(r"<([\w-]+)>", one):
        if name[1] not in lists:
            raise PhraseWrong(phrase, f"there is no list <{name[1]}>.")
        return lists[name[1]]
    words = spelled(one)
    if len(words) > 1:
        raise PhraseWrong(phrase, f"“{one}” is read as {len(words)} words; a choice is of one.")
    return frozenset(words)
