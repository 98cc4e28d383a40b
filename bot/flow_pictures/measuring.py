"""How much room words take, so that lines break where a picture's boxes end.

SVG breaks no lines. The picture is drawn in Atkinson Hyperlegible, whose packed file can't be
measured without one more package; Noto Sans, which papers are printed in, is a little wider: what
fits in it, fits. A test in Chromium holds that nothing leaves its box.
"""

from functools import cache
from pathlib import Path

_FONTS = Path(__file__).parents[1] / "documents" / "fonts"
_UNKNOWN = 0.6  # of the size: a sign that the font does not have


@cache
def _widths(*, bold: bool) -> dict[int, float]:
    """Of each sign, at size 1."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - half a second that only pictures need

    name = "NotoSans_700Bold.ttf" if bold else "NotoSans_400Regular.ttf"
    with TTFont(_FONTS / name, lazy=True) as font:
        metrics, em = font["hmtx"], font["head"].unitsPerEm
        return {sign: metrics[glyph][0] / em for sign, glyph in font.getBestCmap().items()}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """In the unit of `size`."""
    known = _widths(bold=bold)
    return size * sum(known.get(ord(sign), _UNKNOWN) for sign in text)


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Lines no wider than `room`; a word that is wider stands alone."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and width(longer, size, bold=bold) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines
