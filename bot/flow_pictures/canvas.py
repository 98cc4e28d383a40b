"""Rectangles, words and arrows as SVG. Colours are the web chat's (`tokens.css`)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from bot.flow_pictures.measuring import width, wrapped

INK, SOFT, LINE, PALE = "#14302c", "#45605a", "#6b8680", "#cbdad4"
GROUND, PAPER, LEAF, ACT, WORDS = "#eaf2ee", "#fffefb", "#cbe3d6", "#0b625a", "#ffe6ae"
PLATES = ("#dcebf7", "#d9efe3", "#fde4d3", "#e9e2f6")

LEADING = 1.32  # of the size, from line to line
FONT = '"Atkinson Hyperlegible Next","Noto Sans",Arial,sans-serif'


@dataclass(frozen=True, slots=True)
class Style:
    size: float = 14
    bold: bool = False
    colour: str = INK

    def lines(self, text: str, room: float) -> list[str]:
        return wrapped(text, self.size, room, bold=self.bold)

    def height(self, text: str, room: float) -> float:
        return len(self.lines(text, room)) * self.size * LEADING

    def width(self, text: str) -> float:
        return width(text, self.size, bold=self.bold)


ASK = Style(14, bold=True)
TELL = Style(13)
NOTE = Style(11.5, colour=SOFT)
OPTION = Style(12.5)
TITLE = Style(17, bold=True)
HEADING = Style(34, bold=True)


@dataclass(slots=True)
class Canvas:
    """What was drawn so far, in the order in which it lies upon each other."""

    drawn: list[str] = field(default_factory=list)

    def box(
        self, x: float, y: float, w: float, h: float, *,
        fill: str = PAPER, edge: str = LINE, round: float = 8, dashed: bool = False,
    ) -> None:  # fmt: skip
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.drawn.append(
            f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{round:g}" '
            f'fill="{fill}" stroke="{edge}"{dash}/>'
        )

    def text(self, x: float, y: float, room: float, text: str, style: Style) -> float:
        """Lines from the top `y`; the `y` below them."""
        weight = ' font-weight="650"' if style.bold else ""
        lines = style.lines(text, room)
        line_height = style.size * LEADING
        spans = "".join(
            f'<tspan x="{x:g}" y="{y + (n + 0.78) * line_height:.1f}">{escape(line)}</tspan>'
            for n, line in enumerate(lines)
        )
        self.drawn.append(
            f'<text font-size="{style.size:g}" fill="{style.colour}"{weight} '
            f'data-room="{x + room:g}">{spans}</text>'
        )
        return y + len(lines) * style.size * LEADING

    def arrow(self, *points: tuple[float, float], dashed: bool = False) -> None:
        """A line through the points, which ends in a head."""
        path = "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.drawn.append(
            f'<path d="{path}" fill="none" stroke="{ACT}" stroke-width="1.8" '
            f'stroke-linejoin="round" marker-end="url(#head)"{dash}/>'
        )

    def picture(self, x: float, y: float, size: float, svg: str) -> None:
        """An OpenMoji picture, whose own ids would stand in the whole picture twice."""
        inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
        inner = _without_ids(inner)
        self.drawn.append(
            f'<svg x="{x:g}" y="{y:g}" width="{size:g}" height="{size:g}" viewBox="0 0 72 72" '
            f'aria-hidden="true">{inner}</svg>'
        )

    def chips(self, x: float, y: float, room: float, labels: Iterable[str]) -> float:
        """Things to choose from, as many a line as fit; the `y` below them."""
        places = chip_places(labels, room)
        for left, top, wide, high, label in places:
            self.box(x + left, y + top, wide, high, fill=LEAF, edge=LINE, round=CHIP / 2)
            self.text(x + left + 10, y + top + 3.5, wide - 14, label, OPTION)
        return y + _bottom(places)


CHIP = 23.0
_GAP = 5.0

Place = tuple[float, float, float, float, str]
"""Left, top, width, height and label of something to choose."""


def chip_places(labels: Iterable[str], room: float) -> list[Place]:
    """What is wider than the room stands on lines of its own."""
    places: list[Place] = []
    left, top = 0.0, 0.0
    for label in labels:
        wide = min(OPTION.width(label) + 20, room)
        high = CHIP if wide < room else OPTION.height(label, wide - 14) + 7
        if left and left + wide > room:
            left, top = 0.0, _bottom(places) + _GAP
        places.append((left, top, wide, high, label))
        left += wide + _GAP
    return places


def _bottom(places: list[Place]) -> float:
    return max((top + high for _left, top, _wide, high, _label in places), default=0.0)


def chips_height(labels: Iterable[str], room: float) -> float:
    return _bottom(chip_places(labels, room))


def _without_ids(svg: str) -> str:
    return re.sub(r'\sid="[^"]*"', "", svg)
