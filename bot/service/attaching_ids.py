"""By which id a voice note or a picture is kept."""

import uuid

from bot.service.house import House


def id_of(house: House, conversation_id: str, sha256: str) -> str:
    """The same file is the same one, however often it is sent in a conversation. Its id says
    nothing of it: nobody can try by it, without the ring, which picture it is."""
    digest = house.keys.blind(house.id, "attachment", f"{conversation_id}:{sha256}")
    return str(uuid.UUID(bytes=digest[:16], version=5))
