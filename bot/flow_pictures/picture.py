"""The whole flow as one SVG: the explainer, the map of topics, and what happens at the end.

The layout is our own. What libraries lay out are graphs of any shape; a flow is a tree of depth
two, always: pieces in a row, topics in any order, questions under each. Graphviz needs a program
that is not Python's, grandalf is under the GPL, and neither breaks lines. So questions stand in
their order under their topic, and topics go, one after another, to the shortest column.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from bot.flow_pictures.canvas import (
    ACT,
    ASK,
    FONT,
    GROUND,
    HEADING,
    LINE,
    NOTE,
    PALE,
    PAPER,
    PLATES,
    TELL,
    TITLE,
    WORDS,
    Canvas,
    chips_height,
)
from bot.flow_pictures.reading import Asked, Part, Script
from conversations import texts
from conversations.wording import Param, Text, _

_STATIC = Path(__file__).parents[1] / "channels" / "webchat" / "static"

_MARGIN, _COLUMNS, _COLUMN, _GAP = 44.0, 8, 274.0, 22.0
WIDTH = 2 * _MARGIN + _COLUMNS * (_COLUMN + _GAP) - _GAP
"""With eight columns a flow is about as wide to its height as a sheet of A3 on its side."""

_PAD, _STEP = 12.0, 20.0  # inside a box; between two, for an arrow
_IN = 18.0  # how far a question stands in that is asked only after an answer
_WIDE = 2 * _COLUMN + _GAP
_TALL = 560.0  # a topic's card that is taller stands over two columns

_SUBTITLE = Text(_("{flow}, version {version}, as read by {band}"))
_FIRST = Text(_("1. {topic}"))
_THEN = Text(_("2. Topics, in any order"))
_LAST = Text(_("3. At the end"))
_EACH = Text(_("At the end of each topic"))
_ALWAYS = Text(_("On every screen"))
_NOT_NOW = Text(_("Not now: stop, and come back later"))


def draw(script: Script) -> str:
    """The SVG: it loads nothing from elsewhere."""
    canvas = Canvas()
    y = _heading(canvas, script)
    y = _explainer(canvas, script, y + 16)
    y = _topics(canvas, script, y + 34)
    y = _end(canvas, script, y + 34)
    height = y + _MARGIN
    title = escape(f"{script.title}. {_subtitle(script)}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" '
        f'font-family=\'{FONT}\' role="img" aria-labelledby="flow-title">'
        f'<title id="flow-title">{title}</title>'
        f"<style>{font_face()}</style>"
        '<defs><marker id="head" viewBox="0 0 10 10" refX="8.5" refY="5" markerWidth="7" '
        f'markerHeight="7" orient="auto-start-reverse"><path d="M0 0 L10 5 L0 10 z" fill="{ACT}"/>'
        "</marker></defs>"
        f'<rect width="{WIDTH:g}" height="{height:g}" fill="{GROUND}"/>'
        f"{''.join(canvas.drawn)}</svg>\n"
    )


@cache
def font_face() -> str:
    """The web chat's typeface, packed into the picture."""
    file = _STATIC / "fonts" / "atkinson-hyperlegible-next-latin-wght-normal.woff2"
    packed = base64.b64encode(file.read_bytes()).decode()
    return (
        '@font-face{font-family:"Atkinson Hyperlegible Next";font-weight:200 800;'
        f"src:url(data:font/woff2;base64,{packed})}}"
    )


@cache
def openmoji(code: str) -> str:
    return (_STATIC / "pictures" / f"{code}.svg").read_text()


def _subtitle(script: Script) -> str:
    about: dict[str, Param] = {"flow": script.id, "version": script.version, "band": script.band}
    return script.reader.fill(script.reader.text(_SUBTITLE), about)


def _heading(canvas: Canvas, script: Script) -> float:
    y = canvas.text(_MARGIN, _MARGIN - 8, 900, script.title, HEADING)
    canvas.text(_MARGIN, y, 900, _subtitle(script), TELL)
    buttons = (
        texts.HELP_BUTTON, texts.SKIP_BUTTON, texts.BACK_BUTTON, texts.STOP_BUTTON,
        texts.LEAVE_BUTTON,
    )  # fmt: skip
    left = WIDTH - _MARGIN - 520
    canvas.text(left, _MARGIN - 4, 500, script.say(_ALWAYS), NOTE)
    canvas.chips(left, _MARGIN + 16, 520, [script.say(button) for button in buttons])
    return y + 20


# 1. The explainer: pieces in their order, in rows


def _explainer(canvas: Canvas, script: Script, y: float) -> float:
    y = (
        canvas.text(
            _MARGIN,
            y,
            900,
            script.reader.fill(script.reader.text(_FIRST), {"topic": script.explainer.title}),
            TITLE,
        )
        + 10
    )
    pieces = [one for one in script.explainer.asked if one.helper or not one.only]
    aside = [one for one in script.explainer.asked if one.only and not one.helper]
    for start in range(0, len(pieces), _COLUMNS):
        row = pieces[start : start + _COLUMNS]
        last = start + _COLUMNS >= len(pieces)
        row_height = max(_height(one, _COLUMN) for one in [*row, *(aside if last else [])])
        for column, one in enumerate(row):
            x = _left(column)
            number = start + column + 1
            _box(canvas, one, x, y, _COLUMN, row_height, dashed=bool(one.only), number=number)
            middle = y + row_height / 2
            if column + 1 < len(row):
                canvas.arrow((x + _COLUMN, middle), (_left(column + 1) - 2, middle))
        if last:
            _extras(canvas, script, aside, len(row), y, row_height)
        else:
            below = y + row_height + _STEP / 2
            end, begin = _left(len(row) - 1) + _COLUMN / 2, _left(0) + _COLUMN / 2
            canvas.arrow(
                (end, y + row_height), (end, below), (begin, below), (begin, y + row_height + _STEP)
            )
        y += row_height + _STEP
    x = _left((len(pieces) - 1) % _COLUMNS) + _COLUMN / 2
    canvas.arrow((x, y - _STEP), (x, y + 24))
    return y


def _extras(
    canvas: Canvas, script: Script, aside: Sequence[Asked], column: int, y: float, height: float
) -> None:
    """What the last question leads to besides going on."""
    x = _left(column - 1) + _COLUMN
    for number, one in enumerate(aside):
        left = _left(column + number)
        _box(canvas, one, left, y, _COLUMN, height, dashed=True)
        canvas.arrow((x, y + height / 2), (left - 2, y + height / 2), dashed=True)
    below = x - _COLUMN / 2 + 12
    canvas.text(below, y + height + 6, _COLUMN, script.say(_NOT_NOW), NOTE)


# 2. Topics: each to the column that is shortest so far


def _topics(canvas: Canvas, script: Script, y: float) -> float:
    y = canvas.text(_MARGIN, y, 900, script.say(_THEN), TITLE)
    y = canvas.text(
        _MARGIN, y, 1200, f"{script.say(texts.MAP_ASK)} {script.say(texts.MAP_SAYS)}", TELL
    )
    ways = [script.say(texts.MAP_ONE), script.say(texts.MAP_CHECK)]
    y = canvas.chips(_MARGIN, y + 6, 900, ways) + 14
    ends = [y] * _COLUMNS
    for number, part in enumerate(script.topics):
        if _card_height(part, _COLUMN) > _TALL:  # on the right, over two columns
            end = _card(canvas, part, number, _left(_COLUMNS - 2), max(ends[-2:]), _WIDE)
            ends[-2:] = [end + _GAP] * 2
    for number, part in enumerate(script.topics):
        if _card_height(part, _COLUMN) <= _TALL:
            column = min(range(_COLUMNS), key=lambda one: ends[one])
            ends[column] = _card(canvas, part, number, _left(column), ends[column], _COLUMN) + _GAP
    return max(ends) - _GAP


def _card_height(part: Part, wide: float) -> float:
    asked = sum(_height(one, _room(one, wide)) + _STEP for one in part.own)
    return _head(part, wide) + 2 * _PAD + asked - _STEP


def _head(part: Part, wide: float) -> float:
    return max(50.0, 16 + ASK.height(part.title, wide - 58) + NOTE.height(part.id, wide - 58))


def _card(canvas: Canvas, part: Part, number: int, x: float, y: float, across: float) -> float:
    head, height = _head(part, across), _card_height(part, across)
    canvas.box(x, y, across, height, fill=PAPER, edge=LINE, round=14)
    canvas.box(x, y, across, head, fill=PLATES[number % len(PLATES)], edge=LINE, round=14)
    canvas.picture(x + 8, y + (head - 36) / 2, 36, openmoji(part.picture))
    below = canvas.text(x + 50, y + 6, across - 58, part.title, ASK)
    canvas.text(x + 50, below, across - 58, part.id, NOTE)
    top, bottoms = y + head + _PAD, dict[str | None, float]()
    for place, one in enumerate(part.own):
        wide = _room(one, across)
        high = _height(one, wide)
        left = x + across - _PAD - wide
        if one.after in bottoms:
            source = bottoms[one.after]
            line = x + _PAD + _IN / 2
            canvas.arrow((line, source), (line, top + 16), (left - 2, top + 16), dashed=True)
        elif place:
            middle = x + across / 2 + _IN
            canvas.arrow((middle, top - _STEP), (middle, top - 2))
        _box(canvas, one, left, top, wide, high, dashed=one.after is not None)
        bottoms[one.id] = top + high
        top += high + _STEP
    return y + height


def _room(one: Asked, across: float) -> float:
    return across - 2 * _PAD - (_IN if one.after else 0)


# 3. Who may hear it, check, send, receipt


_CLOSING: tuple[tuple[Text, tuple[Text, ...], tuple[Text, ...]], ...] = (
    (
        texts.CHECK_ASK,
        (texts.CHECK_FILE, texts.WISHES, texts.CHECK_SEND),
        (texts.SEND_BUTTON, texts.CHANGE_BUTTON, texts.SAY_MORE),
    ),
    (
        texts.SENT_TITLE,
        (texts.THANKS, texts.SENT_AT, texts.SENT_READ, texts.SENT_RECEIPT, texts.SENT_KEPT),
        (texts.SENT_CHANGE,),
    ),
    (
        texts.STOPPED_TITLE,
        (texts.STOPPED_KEPT, texts.STOPPED_CODE, texts.STOPPED_UNSENT),
        (texts.GO_ON,),
    ),
)


@dataclass(frozen=True, slots=True)
class _Step:
    title: str
    says: tuple[str, ...]
    options: tuple[str, ...]


def _end(canvas: Canvas, script: Script, y: float) -> float:
    y = canvas.text(_MARGIN, y, 900, script.say(_LAST), TITLE) + 10
    sharing = [one for one in script.topics[0].asked if one.sharing]
    each = script.say(_EACH)
    steps = [_Step(one.ask, (each, *one.lead, one.only), one.options) for one in sharing]
    steps += [
        _Step(script.say(title), tuple(map(script.say, says)), tuple(map(script.say, ways)))
        for title, says, ways in _CLOSING
    ]
    wide = (WIDTH - 2 * _MARGIN - (len(steps) - 1) * 34) / len(steps)
    high = max(_step_height(step, wide - 2 * _PAD) for step in steps)
    for number, step in enumerate(steps):
        x = _MARGIN + number * (wide + 34)
        apart = number == len(steps) - 1  # one may stop anywhere: nothing leads there
        canvas.box(x, y, wide, high, fill=PAPER, edge=LINE, round=14, dashed=apart)
        top = canvas.text(x + _PAD, y + _PAD, wide - 2 * _PAD, step.title, ASK) + 4
        for say in step.says:
            top = canvas.text(x + _PAD, top, wide - 2 * _PAD, say, TELL) + 4
        canvas.chips(x + _PAD, top + 4, wide - 2 * _PAD, step.options)
        if number and not apart:
            canvas.arrow((x - 34, y + high / 2), (x - 2, y + high / 2))
    return y + high


def _step_height(step: _Step, room: float) -> float:
    says = sum(TELL.height(say, room) + 4 for say in step.says)
    return 2 * _PAD + ASK.height(step.title, room) + 8 + says + chips_height(step.options, room)


# One question


def _left(column: int) -> float:
    return _MARGIN + column * (_COLUMN + _GAP)


def _notes(one: Asked) -> list[str]:
    return [note for note in (f"{one.id} · {one.kind}", one.wish) if note]


def _height(one: Asked, wide: float) -> float:
    room = wide - 2 * _PAD
    high = 2 * _PAD + ASK.height(one.ask, room - (20 if one.explains else 0))
    high += sum(NOTE.height(note, room) for note in _notes(one))
    high += sum(TELL.height(lead, room) + 4 for lead in one.lead)
    if one.only:
        high += NOTE.height(one.only, room) + 3
    if one.options:
        high += chips_height(one.options, room) + 8
    return high


def _box(
    canvas: Canvas, one: Asked, x: float, y: float, wide: float, high: float, *,
    dashed: bool = False, number: int | None = None,
) -> None:  # fmt: skip
    room = wide - 2 * _PAD
    canvas.box(x, y, wide, high, fill=PAPER, edge=ACT if dashed else LINE, dashed=dashed)
    if one.wish:
        canvas.box(x, y + 8, 5, high - 16, fill=WORDS, edge=PALE, round=2)
    top, left = y + _PAD, x + _PAD
    if one.only:
        top = canvas.text(left, top, room, one.only, NOTE) + 3
    if one.explains:  # a title, and what is told under it
        count = f"{number}. " if number else ""
        top = canvas.text(left, top, room, f"{count}{one.ask}", ASK) + 4
    for lead in one.lead:
        top = canvas.text(left, top, room, lead, TELL) + 4
    if not one.explains:
        top = canvas.text(left, top, room, one.ask, ASK)
    for note in _notes(one):
        top = canvas.text(left, top, room, note, NOTE)
    if one.options:
        canvas.chips(left, top + 6, room, one.options)
