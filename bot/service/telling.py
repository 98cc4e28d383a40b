"""A neutral line in a young person's chat: that there is a message, and a way into the web chat."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.service import quiet
from bot.service.house import House
from bot.service.invitations import link_for
from bot.service.wording import Reader
from conversations import texts
from conversations.wording import Band, Say
from storage import chats, conversations, keeping, outbox
from storage.outbox import Outgoing

Notice = Callable[[str, str, str, str], Outgoing]
"""How a chat is told: the chat, the text, the key by which it is told once, and whose it is."""


def tell(
    db: Connection,
    house: House,
    person_id: str,
    review_id: str,
    notice: Notice | None,
    key: str,
    now: datetime,
    *,
    by_day: bool = False,
) -> bool:
    """Say that there is a message. False: they have no chat, or there is no Telegram. `by_day`:
    not in the council's quiet hours."""
    if notice is None:
        return False
    for one in keeping.of_people(db, house.id, [person_id]):
        if one.review_id != review_id:
            continue
        chat = chats.address_of(db, house.id, one.conversation_id, person_id)
        if chat is None:
            return False
        link = f"{house.settings.public_url}/i/"
        if now < one.open_until:
            link = link_for(db, house, one.conversation_id, now)
        locale = conversations.get(db, house.id, one.conversation_id).conversation.locale
        text = Reader(Band.SIXTEEN, locale).read(Say(texts.DOORBELL_NEW, {"link": link}))
        row = notice(chat, text, key, person_id)
        if by_day:
            row = replace(row, not_before=quiet.until(house.council.reminders, now))
        outbox.add(db, house.id, [row], now)
        return True
    return False
