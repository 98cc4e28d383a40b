"""The Telegram chats of conversations: where to write, and which let us write nothing."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select, update

from storage.invitations import KeyKind
from storage.sealing import Place, unseal
from storage.tables import keys_to_conversations


def address_of(db: Connection, council: str, conversation_id: str, person_id: str) -> str | None:
    """The chat of a conversation that can be written to, whether or not the conversation is still
    open; the newest if there are several, None if there is none."""
    row = db.execute(
        select(keys_to_conversations.c.key_hash, keys_to_conversations.c.address)
        .where(
            keys_to_conversations.c.council == council,
            keys_to_conversations.c.conversation_id == conversation_id,
            keys_to_conversations.c.kind == KeyKind.TELEGRAM.value,
            keys_to_conversations.c.address.is_not(None),
            keys_to_conversations.c.closed_at.is_(None),
        )
        .order_by(keys_to_conversations.c.made_at.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    name = row.key_hash.hex()
    place = Place(council, "keys_to_conversations", "address", name, person_id)
    return unseal(db, place, row.address)


def close(db: Connection, council: str, key_hash: bytes, now: datetime) -> str | None:
    """This chat lets us write nothing more; the conversation that it belongs to, if any."""
    return _set(db, _one(council, key_hash), now)


def open_again(db: Connection, council: str, key_hash: bytes) -> str | None:
    """This chat lets us write again; the conversation that it belongs to, if any."""
    return _set(db, _one(council, key_hash), None)


def _set(db: Connection, which: ColumnElement[bool], at: datetime | None) -> str | None:
    found = db.execute(
        update(keys_to_conversations)
        .where(which)
        .values(closed_at=at)
        .returning(keys_to_conversations.c.conversation_id)
    )
    conversation_id: str | None = found.scalar()
    return conversation_id


def _one(council: str, key_hash: bytes) -> ColumnElement[bool]:
    return and_(
        keys_to_conversations.c.council == council,
        keys_to_conversations.c.kind == KeyKind.TELEGRAM.value,
        keys_to_conversations.c.key_hash == key_hash,
    )
