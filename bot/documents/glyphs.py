"""Which signs our fonts can print. PDF/UA allows no sign without a glyph, so others get a name."""

import unicodedata
from enum import Enum, auto
from functools import cache, lru_cache
from pathlib import Path

FONTS = Path(__file__).with_name("fonts")

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction of all that follows; on paper each sign has its own."""

_MARK = "\ufeff"
"""The byte order mark. Fonts have it, and no PDF/UA-1 may hold it (ISO 14289-1, 7.21.7)."""

_PICTURES = 0x1F000
"""From here on signs are pictures and hang on nothing, those that Python does not know too."""

_JOINER = "\u200d"


class _Is(Enum):
    """What a sign does to the one before it."""

    BREAK = auto()  # ends it: nothing can hang on a space or a line's end
    BASE = auto()  # stands for itself
    HANGS = auto()  # a mark, or a skin colour: drawn upon it, by the same font
    UNSEEN = auto()  # a selector or a tag: says how it looks
    JOINER = auto()  # joins it to the next
    GONE = auto()  # is not printed


@cache
def _fonts() -> tuple[frozenset[int], ...]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - only a worker needs it

    covered = []
    for path in sorted(FONTS.glob("*_400Regular.ttf")):
        with TTFont(path, lazy=True) as font:
            # NUL has a glyph too, and no PDF may hold it.
            covered.append(frozenset(font.getBestCmap()) - {0})
    return tuple(covered)


def printable(words: str) -> str:
    """The words with `[name]` for each sign that no font of ours has.

    Only for paper: the filed JSON holds every sign as it was written. What only says how its
    neighbours look goes where the font has none. A mark needs a sign to stand on, and one font that
    has both: without that it gets a name too.
    """
    printed: list[str] = []
    fonts, joined = 0, False  # the fonts that have all of the sign being built, as bits
    for sign in words:
        having, does = _known(sign)
        match does:
            case _Is.GONE:
                continue
            case _Is.JOINER:
                joined = bool(fonts)
                continue
            case _Is.HANGS | _Is.UNSEEN:
                if fonts & having:
                    fonts &= having
                    printed.append(sign)
                elif does is _Is.HANGS:
                    fonts = 0  # what follows would hang on the bracket
                    printed.append(_named(sign))
            case _Is.BREAK:
                fonts = 0
                printed.append(" " if sign == "\t" else sign)
            case _Is.BASE:
                if joined and fonts & having:
                    printed.append(_JOINER)
                    fonts &= having
                else:
                    fonts = having
                printed.append(sign if having else _named(sign))
        joined = False
    return "".join(printed)


@lru_cache(maxsize=4096)
def _known(sign: str) -> tuple[int, _Is]:
    """The fonts that have it, as bits, and what it does."""
    having = sum(1 << bit for bit, font in enumerate(_fonts()) if ord(sign) in font)
    return having, _does(sign, having)


def _does(sign: str, having: int) -> _Is:
    category = unicodedata.category(sign)
    name = unicodedata.name(sign, "")
    if sign in _TURNS or sign == _MARK:
        return _Is.GONE
    if sign == _JOINER:
        return _Is.JOINER
    if sign in "\n\t" or (category in ("Zs", "Zl", "Zp") and having):
        return _Is.BREAK
    if name.startswith(("VARIATION SELECTOR", "TAG ", "CANCEL TAG", "COMBINING GRAPHEME JOINER")):
        return _Is.UNSEEN
    if category == "Cf" and not having:
        return _Is.GONE
    if category == "Cn" and ord(sign) < _PICTURES:
        return _Is.HANGS  # younger than Python's tables: typst may know it as a mark
    if category.startswith("M") or name.startswith("EMOJI MODIFIER"):
        return _Is.HANGS
    return _Is.BASE


def _named(sign: str) -> str:
    return f"[{unicodedata.name(sign, f'U+{ord(sign):04X}').lower()}]"
