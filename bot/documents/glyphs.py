"""Which signs our fonts can print. PDF/UA allows no sign without a glyph, so others get a name."""

import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).with_name("fonts")


_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction of all that follows; on paper each sign has its own."""


@cache
def _printable() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - only a worker needs it

    covered: set[int] = set()
    for path in FONTS.glob("*_400Regular.ttf"):
        with TTFont(path, lazy=True) as font:
            covered |= set(font.getBestCmap())
    return frozenset(covered)


def printable(words: str) -> str:
    """The words with `[name]` for each sign that no font of ours has.

    Only for paper: the filed JSON holds every sign as it was written. Joiners and selectors, which
    only say how their neighbours look, go where the font has none.
    """
    known = _printable()
    words = "".join(sign for sign in words if sign not in _TURNS)
    if all(ord(sign) in known or sign == "\n" for sign in words):
        return words
    return "".join(_printed(sign, known) for sign in words)


def _printed(sign: str, known: frozenset[int]) -> str:
    if sign == "\n" or ord(sign) in known:
        return sign
    if sign == "\t":
        return " "
    if unicodedata.category(sign) == "Cf":
        return ""
    return f"[{_name(sign)}]"


def _name(sign: str) -> str:
    return unicodedata.name(sign, f"U+{ord(sign):04X}").lower()
