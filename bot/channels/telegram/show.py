"""From a screen to a Telegram message. No earlier answer is ever in it (`domain.md` rule 4)."""

from collections import Counter
from typing import Any

from bot.channels.telegram.heard import to_button
from bot.service import my_meeting
from bot.service.hear import Answered
from bot.service.wording import Reader
from conversations import showing_texts, taking_part_texts, texts
from conversations import texts_taking_back as more
from conversations.places import NEWS, OFFER
from conversations.questions import Kind
from conversations.screens import Pick, Screen, State
from conversations.wording import Say

Markup = list[list[dict[str, str]]]

_WAYS = (
    ("help", texts.HELP_BUTTON),
    ("back", texts.BACK_BUTTON),
    ("skip", texts.SKIP_BUTTON),
    ("stop", texts.STOP_BUTTON),
)
_INSTEAD = {
    texts.HELLO_WAY_OUT: texts.TELEGRAM_WAY_OUT,
    texts.ONLY_FEWER: texts.TELEGRAM_ONLY_FEWER,
}
"""A chat has no button to leave quickly, and no place for a PIN."""
_NOT_HERE = frozenset({texts.STOPPED_CODE})
"""Not said in a chat: it stays, and others may read it."""
_ENDS = (State.SENT, State.STOPPED, State.CHECK)
"""Where it can be said that somebody else wrote. In the web chat that is a page of its own."""
_ONE_OF_SEVERAL = (OFFER, NEWS)
"""Where the next of its kind may be asked under the same name: a second tap is none for that."""
_MANY = 2
"""More things to know at once are a list, not a wall."""


def message(answered: Answered, link: str | None) -> dict[str, Any]:
    """`text` and `keyboard` of what is asked now, after what is said to what was heard."""
    screen, reader = answered.screen, answered.reader
    parts = [reader.read(_here(say)) for say in answered.says]
    if screen.state is State.CHECK:
        parts += _check(answered, link or "")
    else:
        says = [say for say in screen.says if say.text not in _NOT_HERE]
        lead = [reader.read(_here(say)) for say in says]
        if screen.state is State.EXPLAIN and len(lead) > _MANY:
            lead = ["\n".join(f"• {one}" for one in lead)]
        if screen.asked == "words":
            lead.append(reader.text(texts.TELEGRAM_READS))
        ask = reader.read(screen.ask)
        too = screen.aloud and reader.read(Say(showing_texts.TELEGRAM_TOO, screen.aloud.params))
        many = len(screen.picks) > 1 and screen.state is not State.HELP
        told_first = (screen.state is State.ASKING and not screen.title_first) or (
            screen.state is not State.ASKING and many
        )
        parts += [*lead, ask] if told_first else [ask, *lead]
        parts += [too] if too else []
        parts += [reader.read(say) for say in screen.after]
        if screen.state is State.SENT and link:
            if my_meeting.is_offered(answered.kept):
                parts.append(reader.read(Say(taking_part_texts.PAGE_TELEGRAM, {"link": link})))
            else:
                parts.append(reader.read(Say(more.COPY_LINK, {"link": link})))
        if screen.reminder is not None and not screen.reminder.calendar:
            parts.append(reader.read(screen.reminder.says))
    return {"text": "\n\n".join(parts), "keyboard": keyboard(screen, reader)}


def _here(say: Say) -> Say:
    return Say(_INSTEAD.get(say.text, say.text), say.params)


def _check(answered: Answered, link: str) -> list[str]:
    """Topics, how many answers, and who hears them: never the words."""
    screen, reader = answered.screen, answered.reader
    counts = Counter((line.topic.id, line.audience) for line in screen.lines)
    titles = {line.topic.id: reader.text(line.topic.title) for line in screen.lines}
    rows = [
        f"{titles[topic]} ({count}): {_hears(reader, audience)}"
        for (topic, audience), count in counts.items()
    ]
    words = Say(texts.CHECK_TELEGRAM, {**screen.ask.params, "link": link})
    says = [reader.read(say) for say in screen.says]
    if screen.aside:
        says.append(reader.text(showing_texts.TELEGRAM_ASIDE))
    if not rows:
        return [reader.read(screen.ask), *says, reader.read(screen.after[0])]
    return [*says, "\n".join(rows), reader.read(words), reader.read(screen.after[0])]


def _hears(reader: Reader, audience: tuple[str, ...]) -> str:
    if len(audience) == 1:
        return reader.text(texts.HEARS_ONLY[audience[0]])
    return " · ".join(reader.text(texts.HEARS[who]) for who in audience)


def keyboard(screen: Screen, reader: Reader) -> Markup:
    """The choices, a row each, and below them the ways out."""
    several = screen.kind is Kind.CHOICES and screen.state is State.ASKING
    rows = [[_button(screen, pick, reader, several=several)] for pick in screen.picks]
    if several:
        rows.append([_go(screen, "@done", reader.text(texts.DONE))])
    later = screen.reminder.picks if screen.reminder and not screen.reminder.calendar else ()
    rows += [
        [_go(screen, pick.id, reader.read(pick.label))]
        for pick in (*screen.sharing, *screen.ways, *later)
    ]
    if screen.state in _ENDS:
        rows.append([_go(screen, "@not_me", reader.text(texts.NOTME))])
    ways = [
        {"text": reader.text(text), "callback_data": to_button("w", screen.asked, name)}
        for name, text in _WAYS
    ]
    return [*rows, ways[:2], ways[2:]]


def _button(screen: Screen, pick: Pick, reader: Reader, *, several: bool) -> dict[str, str]:
    label = reader.read(pick.label)
    if screen.asked in _ONE_OF_SEVERAL:
        return {"text": label, "callback_data": to_button("c", screen.asked, pick.id, screen.turn)}
    if several:
        label = f"{'☑' if pick.chosen else '☐'} {label}"
    return {
        "text": label,
        "callback_data": to_button("t" if several else "c", screen.asked, pick.id),
    }


def _go(screen: Screen, option: str, label: str) -> dict[str, str]:
    return {"text": label, "callback_data": to_button("c", screen.asked, option)}
