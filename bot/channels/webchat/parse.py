"""What a posted form says: never an error, at worst nothing."""

from dataclasses import dataclass

from bot.web.forms import Form
from conversations.hearing import Chosen, ChosenSeveral, Command, Heard, Name, Text

_COMMANDS = {name.value: name for name in Name}


@dataclass(frozen=True, slots=True)
class Posted:
    """`heard`: what was pressed or typed. `draft`: words that travelled with a command. `raw` tells
    this post from any other of the same conversation."""

    heard: Heard | None
    to: str | None
    words: str
    draft: str
    raw: tuple[tuple[str, str], ...]


def parse(form: Form) -> Posted:
    """The fields `turn`, `command`, `choice` and `words` of `/chat`."""
    turn, to = _turn(form.one("turn"))
    words = " ".join(part for part in form.all("words") if part)
    chosen = form.all("choice")
    raw = tuple((name, value) for name, values in form.fields.items() for value in values)
    command = _COMMANDS.get(form.one("command"))
    if command is not None:
        return Posted(Command(name=command, to=to, turn=turn), to, words, words, raw)
    if form.one("ticked"):
        heard: Heard = ChosenSeveral(options=chosen, words=words, to=to, turn=turn)
        return Posted(heard, to, words, "", raw)
    if len(chosen) > 1:
        return Posted(
            ChosenSeveral(options=chosen, words=words, to=to, turn=turn), to, words, "", raw
        )
    if chosen and chosen[0].startswith("@"):
        return Posted(Chosen(option=chosen[0], to=to, turn=turn), to, words, words, raw)
    if chosen:
        return Posted(Chosen(option=chosen[0], words=words, to=to, turn=turn), to, words, "", raw)
    return Posted(Text(words=words, to=to, turn=turn), to, words, "", raw)


def _turn(value: str) -> tuple[int | None, str | None]:
    """`17:home.feeling`; anything else says nothing about where it was."""
    count, _, asked = value.partition(":")
    if not asked or not count.isascii() or not count.isdigit() or len(count) > 9:
        return None, None
    return int(count), asked[:64]
