"""Whether a young person can read the answer to a wish here: said to whoever writes it, so that
nobody believes that it was read who could not have been."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.service.house import House
from conversations import typists
from storage import pins
from storage.asks import Ask
from storage.conversations import Kept


class Reach(StrEnum):
    """`pin`: their PIN opens it; `no_pin`: they chose none, and one chosen now would not open what
    was said before; `later_pin`: theirs is newer than the wish; `beside`: somebody sits beside
    them; `closed`: their way in has ended."""

    PIN = "pin"
    NO_PIN = "no_pin"
    LATER_PIN = "later_pin"
    BESIDE = "beside"
    CLOSED = "closed"


def reach(db: Connection, house: House, ask: Ask, kept: Kept | None, now: datetime) -> Reach:
    """Reads only."""
    if kept is None or kept.open_until < now:
        return Reach.CLOSED
    if not typists.reads_back(kept.conversation):
        return Reach.BESIDE
    pin = pins.get(db, house.id, ask.person_id)
    if pin is None:
        return Reach.NO_PIN
    return Reach.PIN if pin.reads_from <= ask.said_since else Reach.LATER_PIN
