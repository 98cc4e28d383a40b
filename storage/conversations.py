"""Conversations as they are kept: the whole state in one sealed value."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, and_, bindparam, insert, select, update

from conversations.conversation import Conversation, from_plain, to_plain
from storage.errors import Unknown
from storage.prepared import Prepared
from storage.sealing import Place, seal, unseal
from storage.tables import conversations, keys_to_conversations


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation and what the state does not hold."""

    council: str
    conversation_id: str
    review_id: str
    person_id: str
    open_until: datetime
    conversation: Conversation


# The conversations saved last, as they were stored: an unchanged row need not be read again. Only
# the row itself says whether it still holds, so a transaction that failed does no harm.
_read: dict[tuple[str, str], tuple[bytes, Conversation]] = {}
_MOST_READ = 500


def _place(council: str, conversation_id: str, person_id: str) -> Place:
    return Place(council, "conversations", "state", conversation_id, person_id)


_COLUMNS = (
    conversations.c.conversation_id,
    conversations.c.review_id,
    conversations.c.person_id,
    conversations.c.state,
    conversations.c.open_until,
)
_BY_ID = select(*_COLUMNS).where(
    conversations.c.council == bindparam("council"),
    conversations.c.conversation_id == bindparam("conversation_id"),
)
_GET, _LOCK = Prepared(_BY_ID), Prepared(_BY_ID.with_for_update())
_LOCK_BY_KEY = Prepared(
    select(*_COLUMNS)
    .join(
        keys_to_conversations,
        and_(
            keys_to_conversations.c.council == conversations.c.council,
            keys_to_conversations.c.conversation_id == conversations.c.conversation_id,
        ),
    )
    .where(
        keys_to_conversations.c.council == bindparam("council"),
        keys_to_conversations.c.kind == bindparam("kind"),
        keys_to_conversations.c.key_hash == bindparam("key_hash"),
        keys_to_conversations.c.expires_at > bindparam("now"),
    )
    .with_for_update(of=conversations)
)


def lock(db: Connection, council: str, conversation_id: str) -> Kept:
    """One conversation; others wait for our commit. `Unknown` if there is none."""
    return _known(_LOCK, db, council, conversation_id)


def get(db: Connection, council: str, conversation_id: str) -> Kept:
    """One conversation, to look at. `Unknown` if there is none."""
    return _known(_GET, db, council, conversation_id)


def lock_by_key(
    db: Connection, council: str, kind: str, key_hash: bytes, now: datetime
) -> Kept | None:
    """The conversation that this key (`storage.invitations.KeyKind`) opens for writing."""
    key = {"council": council, "kind": kind, "key_hash": key_hash, "now": now}
    found = _LOCK_BY_KEY.first(db, key)
    return None if found is None else _kept(db, council, found)


def flows_of(db: Connection, council: str, conversation_ids: Iterable[str]) -> dict[str, str]:
    """Which flow each of these is of. Nothing sealed is opened."""
    found = db.execute(
        select(conversations.c.conversation_id, conversations.c.flow_id).where(
            conversations.c.council == council,
            conversations.c.conversation_id.in_(list(conversation_ids)),
        )
    )
    return {row.conversation_id: row.flow_id for row in found}


def exists(db: Connection, council: str, conversation_id: str) -> bool:
    asked = {"council": council, "conversation_id": conversation_id}
    return _GET.first(db, asked) is not None


def _known(query: Prepared, db: Connection, council: str, conversation_id: str) -> Kept:
    found = query.first(db, {"council": council, "conversation_id": conversation_id})
    if found is None:
        raise Unknown(f"conversation {conversation_id}")
    return _kept(db, council, found)


def _kept(db: Connection, council: str, found: tuple[Any, ...]) -> Kept:
    conversation_id, review_id, person_id, state, open_until = found
    cached = _read.get((council, conversation_id))
    if cached is not None and cached[0] == state:
        conversation = cached[1]
    else:
        opened = unseal(db, _place(council, conversation_id, person_id), state)
        conversation = from_plain(orjson.loads(opened))
    return Kept(council, conversation_id, review_id, person_id, open_until, conversation)


def _sealed(db: Connection, kept: Kept) -> bytes:
    plain = orjson.dumps(to_plain(kept.conversation)).decode()
    return seal(db, _place(kept.council, kept.conversation_id, kept.person_id), plain)


_ADDED = (
    "council", "conversation_id", "review_id", "person_id", "flow_id", "state", "turns",
    "changed_at", "open_until",
)  # fmt: skip
_ADD = Prepared(insert(conversations), _ADDED)


def add(db: Connection, kept: Kept, now: datetime) -> None:
    """Begin a conversation. There is one for each review."""
    _ADD.run(
        db,
        {
            "council": kept.council,
            "conversation_id": kept.conversation_id,
            "review_id": kept.review_id,
            "person_id": kept.person_id,
            "flow_id": kept.conversation.flow_id,
            "state": _sealed(db, kept),
            "turns": kept.conversation.turns,
            "changed_at": now,
            "open_until": kept.open_until,
        },
    )


_SAVE = Prepared(
    update(conversations)
    .where(
        conversations.c.council == bindparam("c"), conversations.c.conversation_id == bindparam("i")
    )
    .values(
        state=bindparam("s"),
        turns=bindparam("t"),
        started_at=bindparam("b"),
        changed_at=bindparam("n"),
    ),
)


def save(db: Connection, kept: Kept, now: datetime) -> None:
    sealed = _sealed(db, kept)
    _read[kept.council, kept.conversation_id] = (sealed, kept.conversation)
    if len(_read) > _MOST_READ:
        del _read[next(iter(_read))]
    _SAVE.run(
        db,
        {
            "c": kept.council,
            "i": kept.conversation_id,
            "s": sealed,
            "t": kept.conversation.turns,
            "b": kept.conversation.started_at,
            "n": now,
        },
    )


def forget(council: str, conversation_ids: Iterable[str]) -> None:
    """They are about to be erased: nothing of them stays in memory."""
    for conversation_id in conversation_ids:
        _read.pop((council, conversation_id), None)


def extend(db: Connection, council: str, conversation_id: str, open_until: datetime) -> None:
    """Let it be open for longer; never for less."""
    column = conversations.c
    db.execute(
        update(conversations)
        .where(
            column.council == council,
            column.conversation_id == conversation_id,
            column.open_until < open_until,
        )
        .values(open_until=open_until)
    )


def of_person(db: Connection, council: str, person_id: str) -> list[Kept]:
    """All of one young person, the newest first."""
    ids = db.execute(
        select(conversations.c.conversation_id)
        .where(conversations.c.council == council, conversations.c.person_id == person_id)
        .order_by(conversations.c.changed_at.desc(), conversations.c.conversation_id)
    ).scalars()
    return [get(db, council, conversation_id) for conversation_id in list(ids)]
