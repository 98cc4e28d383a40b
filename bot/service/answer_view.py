"""An answer as its young person reads it: on their page, and word for word as a preview before it
is sent."""

from dataclasses import dataclass
from datetime import date

from bot.service.wording import Reader
from conversations import asks, asks_texts
from conversations.asks import Answer, State
from conversations.wording import Param, Say


@dataclass(frozen=True, slots=True)
class Seen:
    """`sign`: the outcome in a word; `paragraphs`: a person's own words; `lines`: the reason, who
    does it and by when; `signed`: by whom and on which day."""

    state: State
    sign: str
    paragraphs: tuple[str, ...]
    lines: tuple[str, ...]
    signed: str


def seen(reader: Reader, answer: Answer, officer: str, day: date) -> Seen:
    """`officer`: the name of who sent it, as they are told who runs their review; `day`: on which,
    if they were not told it face to face."""
    facts: dict[str, Param] = {"officer_name": officer, "day": answer.told_on or day}
    signed = asks_texts.TOLD_BY if answer.told_on else asks_texts.FROM
    return Seen(
        answer.state,
        reader.text(asks.sign(answer.state)),
        tuple(part for part in answer.words.split("\n") if part.strip()),
        tuple(reader.read(say) for say in asks.says(answer)),
        reader.read(Say(signed, facts)),
    )
