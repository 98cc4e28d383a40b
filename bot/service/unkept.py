"""Words that could not be kept are read for danger all the same, where it is known whose they are.

They are too long, came beside a file that is none, or after the invitation had ended. Whoever wrote
them was told that a person is told if somebody is not safe; the alert holds them then.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.service import alerts
from bot.service.facts import Facts
from bot.service.hear import reader_of
from bot.service.house import House
from conversations import alarm, texts, typists
from conversations.conversation import ALARMED, Conversation, Pause
from conversations.effects import Effect, RaiseAlert
from conversations.engine import carry_forward
from conversations.hearing import LONGEST, Command, Heard, Name
from conversations.places import asked
from conversations.safeguarding import help_words
from conversations.safeguarding.detecting import detect
from conversations.screens import About, look
from storage import conversations
from storage.conversations import Kept
from storage.errors import Unknown

_SHORT = 60
"""Characters of words that may say just *help*."""


def read(db: Connection, house: House, conversation_id: str, heard: Heard, now: datetime) -> bool:
    """Read what could not be kept, or not yet, of a conversation that is open. Whether the help
    screen comes, as with words that are kept. `storage.Unknown`."""
    kept = conversations.lock(db, house.id, conversation_id)
    before = carry_forward(kept.conversation)
    after = _raised(db, house, replace(kept, conversation=before), heard, now)
    if after != before:
        after = replace(after, turns=before.turns + 1)
        conversations.save(db, replace(kept, conversation=after), now)
    return after.pause is Pause.URGENT and after.pause is not before.pause


def asks_for_help(words: str, locale: str) -> bool:
    """Whether somebody of whom nothing is known wants help, or is not safe."""
    short = len(words) <= _SHORT
    if short and help_words.command(words, locale) is Name.HELP:
        return True
    return bool(words.strip()) and detect(words[:LONGEST], locale) is not None


def read_of_closed(
    db: Connection,
    house: House,
    conversation_id: str | None,
    heard: Iterable[Heard],
    now: datetime,
) -> tuple[str, ...]:
    """The same once the invitation has ended, and nothing is asked any more. *Help me now* counts
    too. What there is to say of whoever is told; nothing where nobody is, or where whoever reads it
    may be the danger. `conversation_id`: none of a browser or chat that nobody let in."""
    if conversation_id is None:
        return ()
    try:
        kept = conversations.lock(db, house.id, conversation_id)
    except Unknown:
        return ()  # it was erased
    ended = replace(carry_forward(kept.conversation), pause=None, safe=None, alarms={})
    for one in heard:
        ended = _raised(db, house, replace(kept, conversation=ended), one, now)
    if ended.pause not in ALARMED:
        return ()
    kept = replace(kept, conversation=ended)
    screen, reader = look(ended, About(Facts(db, house, kept, now))), reader_of(kept)
    return tuple(reader.read(say) for say in screen.says if say.text != texts.HELP_LINES)


def _raised(db: Connection, house: House, kept: Kept, heard: Heard, now: datetime) -> Conversation:
    """The conversation with what an alert makes of it; the same where there is none."""
    conversation = kept.conversation
    if house.council.duty is None:
        return conversation
    effects: tuple[Effect, ...]
    if isinstance(heard, Command):
        if heard.name is not Name.HELP:
            return conversation
        conversation, effect = alarm.help_asked(conversation)
        effects = (effect,)
    else:
        heard = typists.typed(conversation, heard)
        conversation, effects = alarm.read(conversation, heard, asked(conversation), now)
    for one in effects:
        if isinstance(one, RaiseAlert):
            alerts.raise_alert(db, house, kept, one, now)
    return conversation
