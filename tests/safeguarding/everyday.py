"""Neutral sentences in their thousands, drawn from the small grammar in `everyday.toml`.

The labelled sets are written by hand, so they hold the harmless sentences that somebody thought of.
The grammar finds the ones that nobody did, where words of two harmless things stand near each
other.
"""

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

GRAMMAR = Path(__file__).parent / "everyday.toml"
_SLOT = re.compile(r"<(\w+)>")
_JOINED = (". ", ", ", " and ", " but ", "\n", " so ")
_LONGEST = 6
"""Sentences of one text."""


@dataclass(frozen=True, slots=True)
class Everyday:
    """`family`: the table of the grammar that a text is from; `long` for several of them."""

    family: str
    text: str


@cache
def _grammar() -> Mapping[str, Any]:
    return tomllib.loads(GRAMMAR.read_text("utf-8"))


def families() -> Sequence[str]:
    return tuple(_grammar()["sentences"])


def everyday(each: int, seed: int = 1) -> Iterator[Everyday]:
    """So many different texts of each family, and as many of several sentences. The same every time
    for a seed. A third is written as on a phone, without capitals; a family may have fewer."""
    chance = random.Random(seed)
    for family in families():
        seen = dict.fromkeys(_written(_sentence(family, chance), chance) for _ in range(each * 2))
        yield from (Everyday(family, text) for text in list(seen)[:each])
    for _ in range(each):
        yield Everyday("long", _written(_several(chance), chance))


def _several(chance: random.Random) -> str:
    many = chance.randint(2, _LONGEST)
    text = _sentence(chance.choice(families()), chance)
    for _ in range(many - 1):
        text += chance.choice(_JOINED) + _sentence(chance.choice(families()), chance)
    return text


def _sentence(family: str, chance: random.Random) -> str:
    words = _grammar()["words"]
    template = chance.choice(_grammar()["sentences"][family])
    return _SLOT.sub(lambda slot: chance.choice(words[slot[1]]), template)


def _written(text: str, chance: random.Random) -> str:
    match chance.randrange(3):
        case 0:
            return text[0].upper() + text[1:]
        case 1:
            return text.lower()
        case _:
            short = _grammar()["styles"]["txt"]
            return re.sub(r"[\w']+", lambda word: short.get(word[0], word[0]), text).lower()
