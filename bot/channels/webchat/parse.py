"""What a posted form says: never an error, at worst nothing."""

from dataclasses import dataclass

from bot.web.forms import Form
from conversations.hearing import Chosen, ChosenSeveral, Command, Heard, Name, Text

_COMMANDS = {name.value: name for name in Name}


@dataclass(frozen=True, slots=True)
class Posted:
    """`heard`: what was pressed or typed. `words`: what stood in the box; `draft`: the same, where
    it travelled with a command or a way that can't keep it. `raw` tells this post from any other
    of the same conversation, if it says at which turn it was made."""

    heard: Heard
    words: str
    draft: str
    raw: tuple[tuple[str, str], ...]

    @property
    def chosen(self) -> tuple[str, ...]:
        """The options that were ticked or pressed, to be shown again if they were not kept."""
        match self.heard:
            case Chosen(option=option):
                return (option,)
            case ChosenSeveral(options=options):
                return options
            case _:
                return ()


def parse(form: Form) -> Posted:
    """The fields `turn`, `command`, `choice`, `words` of `/chat`; `ticked` is its button's name."""
    turn, to = _turn(form.one("turn"))
    words = words_of(form)
    chosen = form.all("choice")
    draft = ""
    heard: Heard
    command = _COMMANDS.get(form.one("command"))
    if command is not None:
        heard, draft = Command(name=command, to=to, turn=turn), words
    elif form.one("ticked") or len(chosen) > 1:
        heard = ChosenSeveral(options=chosen, words=words, to=to, turn=turn)
    elif chosen and chosen[0].startswith("@"):
        heard, draft = Chosen(option=chosen[0], to=to, turn=turn), words
    elif chosen:
        heard = Chosen(option=chosen[0], words=words, to=to, turn=turn)
    else:
        heard = Text(words=words, to=to, turn=turn)
    raw = tuple((name, value) for name, values in form.fields.items() for value in values)
    return Posted(heard, words, draft, raw)


def words_of(form: Form) -> str:
    """What stood in the box. A date's page has two fields of this name; both are said in one.

    Browsers send a line's end as two characters: counted so, a text of many lines would be too
    long before its writer can see why.
    """
    said = " ".join(part for part in form.all("words") if part)
    return said.replace("\r\n", "\n")


def _turn(value: str) -> tuple[int | None, str | None]:
    """`17:home.feeling`; anything else says nothing about where it was."""
    count, _, asked = value.partition(":")
    if not asked or not count.isascii() or not count.isdigit() or len(count) > 9:
        return None, None
    return int(count), asked[:64]
