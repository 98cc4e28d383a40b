"""A conversation as it is written in a `.txt` file: `README.md` says how."""

import re
from dataclasses import dataclass, field
from pathlib import Path

CHANNELS = ("rules", "web", "telegram")


@dataclass(frozen=True, slots=True)
class Says:
    """What must stand on the screen, or must not. `channel`: where; empty for everywhere."""

    text: str
    channel: str = ""
    there: bool = True


@dataclass(frozen=True, slots=True)
class Types:
    words: str


@dataclass(frozen=True, slots=True)
class Presses:
    """`until`: as often as it takes until Sayso says this."""

    label: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Ticks:
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Later:
    """They go away and come back."""


@dataclass(frozen=True, slots=True)
class Holds:
    """What stands as an answer. `what`: Kept, Sent, Hears or Typed; `value`: None for nothing."""

    what: str
    question: str
    value: str | None


Line = Says | Types | Presses | Ticks | Later | Holds


@dataclass(frozen=True, slots=True)
class Dialogue:
    """`lines` with their numbers in the file."""

    name: str
    flow: str
    band: str
    channels: tuple[str, ...]
    lines: tuple[tuple[int, Line], ...] = field(repr=False)


class Unreadable(Exception):
    """The line of the file, and what is wrong with it."""


_PRESS = re.compile(r"\[([^\]]+)\]")


def read(path: Path) -> Dialogue:
    """`Unreadable`."""
    about = {"Only": ""}
    lines: list[tuple[int, Line]] = []
    for number, raw in enumerate(path.read_text().splitlines(), 1):
        text = raw.strip()
        if not text or text.startswith("#"):
            continue
        if text == "(later)":
            lines.append((number, Later()))
            continue
        key, colon, rest = text.partition(":")
        value = rest.strip()
        if not colon or not value:
            raise Unreadable(
                f"{path.name}, line {number}: {raw!r} says nothing that can be played."
            )
        if key in ("Flow", "Band", "Only"):
            about[key] = value
        else:
            lines.append((number, _line(key, value, f"{path.name}, line {number}")))
    channels: tuple[str, ...] = (about["Only"],) if about["Only"] else CHANNELS
    if about["Band"] in ("4-7", "8-11"):  # nobody so young may use Telegram
        channels = tuple(channel for channel in channels if channel != "telegram")
    return Dialogue(path.stem, about["Flow"], about["Band"], channels, tuple(lines))


def _line(key: str, value: str, where: str) -> Line:
    match key:
        case "Sayso":
            return Says(value)
        case "Web" | "Telegram":
            return Says(value, key.lower())
        case "Not":
            return Says(value, there=False)
        case "Child" | "Helper" | "Carer" if value.startswith("["):
            return _pressed(value, where)
        case "Child" | "Helper" | "Carer":
            return Types(value)
        case "Child ticks" | "Helper ticks" | "Carer ticks":
            return _ticked(value, where)
        case "Kept" | "Sent" | "Hears" | "Typed":
            question, _, held = value.partition(" = ")
            return Holds(key, question.strip(), None if held == "nothing" else held)
        case _:
            raise Unreadable(f"{where}: nobody is called {key!r}.")


def _pressed(value: str, where: str) -> Line:
    labels = tuple(_PRESS.findall(value))
    rest = _PRESS.sub("", value).strip()
    if len(labels) == 1 and (not rest or rest.startswith("until ")):
        return Presses(labels[0], rest.removeprefix("until ").strip())
    raise Unreadable(f"{where}: {value!r} is no way to press.")


def _ticked(value: str, where: str) -> Line:
    labels = tuple(_PRESS.findall(value))
    if not labels or _PRESS.sub("", value).replace("+", "").strip():
        raise Unreadable(f"{where}: {value!r} is no way to tick.")
    return Ticks(labels)
