"""A neutral line in a chat that nobody wrote in just now."""

import json

from bot.channels.telegram.replying import DESTINATION
from bot.service.house import House
from storage.outbox import Outgoing


def notice(house: House, chat: str, text: str, key: str, person_id: str) -> Outgoing:
    """The outbox row: in the chat's own lane, with nothing to take out of it."""
    lane = house.keys.blind(house.id, "telegram lane", chat).hex()[:32]
    payload = {"chat": int(chat), "send": {"text": text}, "tidy": None, "callback": None}
    return Outgoing(
        DESTINATION,
        lane=f"telegram/{lane}",
        idempotency_key=key,
        payload=json.dumps(payload),
        person_id=person_id,
    )
