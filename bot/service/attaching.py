"""Voice notes, pictures and drawings: taken in with what was said, and given back to who said it.
`docs/showing.md` says it for councils; `listening.py` is what follows once they are sent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.service.attaching_ids import id_of
from bot.service.hear import Answered, Incoming, Push, hear
from bot.service.house import House
from bot.service.made import Made, Wrong
from bot.service.wording import Reader
from conversations import showing_texts
from conversations.attaching import Attachment, Medium
from conversations.conversation import Answer
from conversations.hearing import Attached, Command, Name
from conversations.safeguarding import help_words
from conversations.showing import attached
from conversations.wording import Say
from storage import attachments, conversations
from storage.conversations import Kept
from storage.errors import Unknown
from storage.outbox import Outgoing

_SHORT = 60
"""Characters of words that may say just *help* or *stop*."""


def asked_beside(words: str, locale: str) -> Name | None:
    """What is asked for in the words beside it, where they say nothing else."""
    return help_words.command(words, locale) if len(words) <= _SHORT else None


def as_attachment(house: House, conversation_id: str, made: Made) -> Attachment:
    """What the conversation knows of it."""
    sha256 = hashlib.sha256(made.content).hexdigest()
    return Attachment(
        id_of(house, conversation_id, sha256),
        made.medium,
        made.media_type,
        sha256,
        len(made.content),
        made.seconds,
    )


def attach(
    db: Connection,
    house: House,
    incoming: Incoming,
    made: Made,
    now: datetime,
    push: Push | None = None,
) -> tuple[Say, ...]:
    """Take in one that was made anew; once the transaction is committed all of it is on disk.

    `incoming.heard` is an `Attached`, of which all but the attachment counts; where the words
    beside it say just *help* or *stop*, that happens too. Returns what to say to it.
    `ConversationClosed`, `storage.Unknown`.
    """
    kept = conversations.lock(db, house.id, incoming.conversation_id)
    one = as_attachment(house, incoming.conversation_id, made)
    if not has_room(house, kept, one.id):
        return (Say(showing_texts.TOO_MANY, {"most": house.settings.attachments}),)
    if not isinstance(incoming.heard, Attached):
        raise TypeError("What brings an attachment says so.")
    heard = replace(incoming.heard, attachment=one)
    brings = replace(incoming, heard=heard, content=made.content)
    asks = asked_beside(heard.words, kept.conversation.locale)
    if asks is None or heard.read:
        return hear(db, house, brings, now, push, kept=kept)
    says = hear(db, house, brings, now, kept=kept)
    command = Command(name=asks, channel=heard.channel)
    both = None if push is None else partial(_both, push, says)
    return says + hear(
        db, house, replace(incoming, key=f"{incoming.key}/{asks}", heard=command), now, both
    )


def _both(push: Push, says: tuple[Say, ...], answered: Answered) -> Sequence[Outgoing]:
    """That it was kept, and what was asked for in the words beside it."""
    return push(replace(answered, says=(*says, *answered.says)))


def most_bytes(house: House) -> int:
    """Of a file that is sent."""
    return house.settings.attachment_megabytes * 1024 * 1024


def has_room(house: House, kept: Kept, attachment_id: str = "") -> bool:
    """Whether one more may be kept. What was put away by starting over takes no room, or whoever
    began anew could show nothing."""
    there = attached(replace(kept.conversation, before=()))
    most = house.settings.attachments
    return attachment_id in attached(kept.conversation) or len(there) < most


_SAY = {
    (Wrong.EMPTY, None): showing_texts.EMPTY,
    (Wrong.TOO_BIG, None): showing_texts.TOO_BIG,
    (Wrong.TOO_LONG, None): showing_texts.TOO_LONG,
    (Wrong.TOO_LARGE, None): showing_texts.TOO_LARGE,
    (Wrong.NOT_THIS, Medium.VOICE): showing_texts.NO_SOUND,
    (Wrong.BROKEN, Medium.VOICE): showing_texts.NO_SOUND,
    (Wrong.NOT_THIS, Medium.PICTURE): showing_texts.NO_PICTURE,
    (Wrong.BROKEN, Medium.PICTURE): showing_texts.NO_PICTURE,
}


def say_wrong(house: House, medium: Medium, wrong: Wrong) -> Say:
    """Why a file was not kept, and what to do instead."""
    text = _SAY.get((wrong, medium)) or _SAY[wrong, None]
    return Say(text, {"minutes": house.settings.voice_minutes})


_LABELS = {
    Medium.VOICE: showing_texts.YOUR_SOUND,
    Medium.PICTURE: showing_texts.YOUR_PICTURE,
}


def labelled(reader: Reader, answer: Answer) -> list[tuple[Attachment, str]]:
    """What was said aloud or shown to it, as a page or a paper names it. Each has its number, where
    there are more of its kind."""
    found = []
    for one in answer.attachments:
        same = [other for other in answer.attachments if other.medium is one.medium]
        number = f" {same.index(one) + 1}" if len(same) > 1 else ""
        found.append((one, f"{reader.text(_LABELS[one.medium])}{number}"))
    return found


@dataclass(frozen=True, slots=True)
class Content:
    """What a browser plays or shows."""

    media_type: str
    content: bytes


def mine(db: Connection, house: House, kept: Kept, attachment_id: str) -> Content:
    """For whoever may read the answer that it belongs to, of this conversation or an earlier one.
    `Unknown`."""
    one = attachments.get(db, house.id, attachment_id)
    if one.person_id != kept.person_id:
        raise Unknown(f"attachment {attachment_id}")
    return content_of(db, house, one)


def content_of(db: Connection, house: House, one: attachments.Kept) -> Content:
    return Content(one.about.media_type, attachments.content(db, house.id, one))
