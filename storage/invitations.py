"""Invitations, and what lets someone write to a conversation. Only keyed hashes of secrets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.errors import Unknown
from storage.prepared import Prepared
from storage.sealing import Place, seal
from storage.tables import invitations, keys_to_conversations


@dataclass(frozen=True, slots=True)
class Invitation:
    council: str
    invitation_id: str
    review_id: str
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None
    issued_at: datetime | None = None

    def open(self, now: datetime) -> bool:
        """Whether it may still be used for the first time."""
        return self.used_at is None and self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Hashes:
    """Of the link's secret, the typed code, and Telegram's start payload."""

    link: bytes
    code: bytes
    telegram: bytes | None


def add(
    db: Connection,
    invitation: Invitation,
    hashes: Hashes,
    now: datetime,
    *,
    by: str | None = None,
    reason: str | None = None,
    person_id: str = "",
) -> None:
    """`by`: who made it, as the audit names them; `reason`: why there is a new one, sealed with a
    key of the young person's."""
    place = Place(invitation.council, "invitations", "reason", invitation.invitation_id, person_id)
    db.execute(
        insert(invitations),
        {
            "council": invitation.council,
            "invitation_id": invitation.invitation_id,
            "review_id": invitation.review_id,
            "link_hash": hashes.link,
            "code_hash": hashes.code,
            "telegram_hash": hashes.telegram,
            "issued_at": now,
            "expires_at": invitation.expires_at,
            "issued_by": by,
            "reason": seal(db, place, reason) if reason is not None else None,
        },
    )


def of_review(db: Connection, council: str, review_id: str) -> list[Invitation]:
    """Every invitation to a review, oldest first."""
    rows = db.execute(
        select(invitations)
        .where(invitations.c.council == council, invitations.c.review_id == review_id)
        .order_by(invitations.c.issued_at, invitations.c.invitation_id)
    )
    return [_invitation(row) for row in rows]


def get(db: Connection, council: str, invitation_id: str) -> Invitation | None:
    row = db.execute(
        select(invitations).where(
            invitations.c.council == council, invitations.c.invitation_id == invitation_id
        )
    ).one_or_none()
    return _invitation(row) if row is not None else None


def newest(db: Connection, council: str, review_id: str) -> str:
    """The id of the one that was made last, of this transaction's too; `Unknown`."""
    found = db.execute(
        select(invitations.c.invitation_id)
        .where(
            invitations.c.council == council,
            invitations.c.review_id == review_id,
            invitations.c.revoked_at.is_(None),
            invitations.c.issued_by.is_not(None),
        )
        .order_by(invitations.c.issued_at.desc())
        .limit(1)
    )
    known = found.scalar()
    if known is None:
        raise Unknown(f"an invitation to {review_id}")
    return str(known)


class Secret(StrEnum):
    """By what an invitation is found."""

    LINK = "link"
    CODE = "code"
    TELEGRAM = "telegram"


# A statement for each: asked for any of the three at once, SQLite reads every invitation there is.
_FIND = {
    secret: Prepared(
        select(invitations).where(
            invitations.c.council == bindparam("council"),
            invitations.c[f"{secret.value}_hash"] == bindparam("hash"),
        )
    )
    for secret in Secret
}


def find(db: Connection, council: str, secret: Secret, secret_hash: bytes) -> Invitation | None:
    """By the hash of one of its secrets."""
    row = _FIND[secret].first(db, {"council": council, "hash": secret_hash})
    return _invitation(row) if row is not None else None


_USE = Prepared(
    update(invitations)
    .where(
        invitations.c.council == bindparam("c"),
        invitations.c.invitation_id == bindparam("i"),
        invitations.c.used_at.is_(None),
        invitations.c.revoked_at.is_(None),
        invitations.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now")),
)


def use(db: Connection, invitation: Invitation, now: datetime) -> bool:
    """Use it up; False if somebody was faster, or it is over or revoked."""
    used = _USE.run(db, {"c": invitation.council, "i": invitation.invitation_id, "now": now})
    return used == 1


def revoke_open(db: Connection, council: str, review_id: str, now: datetime) -> int:
    """End every unused invitation to a review, so that one stands at a time."""
    return db.execute(
        update(invitations)
        .where(
            invitations.c.council == council,
            invitations.c.review_id == review_id,
            invitations.c.used_at.is_(None),
            invitations.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    ).rowcount


def revoke_beside(db: Connection, invitation: Invitation, now: datetime) -> int:
    """It was used: the others to the same review that nobody has used yet end. One-time links for a
    chat, which have no maker, are no invitations and stay."""
    return db.execute(
        update(invitations)
        .where(
            invitations.c.council == invitation.council,
            invitations.c.review_id == invitation.review_id,
            invitations.c.invitation_id != invitation.invitation_id,
            invitations.c.issued_by.is_not(None),
            invitations.c.used_at.is_(None),
            invitations.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    ).rowcount


def revoke_all(db: Connection, council: str, review_id: str, now: datetime) -> int:
    """End every invitation to a review, used ones too: whoever holds one is let in no more."""
    return db.execute(
        update(invitations)
        .where(
            invitations.c.council == council,
            invitations.c.review_id == review_id,
            invitations.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    ).rowcount


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        row.council,
        row.invitation_id,
        row.review_id,
        row.expires_at,
        row.used_at,
        row.revoked_at,
        row.issued_at,
    )


class KeyKind(StrEnum):
    """What lets someone write: a browser's cookie, a Telegram chat, a come-back code."""

    BROWSER = "browser"
    TELEGRAM = "telegram"
    COMEBACK = "comeback"


_KEY = ("council", "kind", "key_hash")
_COLUMNS = tuple(column.name for column in keys_to_conversations.c)
_NEW: Mapping[str, postgresql.Insert | sqlite.Insert] = {
    "postgresql": postgresql.insert(keys_to_conversations),
    "sqlite": sqlite.insert(keys_to_conversations),
}
_BIND = {
    dialect: Prepared(
        new.on_conflict_do_update(
            index_elements=_KEY,
            set_={name: new.excluded[name] for name in _COLUMNS if name not in _KEY},
        ),
        _COLUMNS,
    )
    for dialect, new in _NEW.items()
}


def bind(
    db: Connection,
    council: str,
    kind: KeyKind,
    key_hash: bytes,
    conversation_id: str,
    now: datetime,
    expires_at: datetime,
    *,
    address: str | None = None,
    person_id: str = "",
) -> None:
    """Let whoever holds this key write to the conversation. A key opens one at a time; by a double
    click it is bound twice at once, which is no harm.

    `address`: where messages go, sealed by the key of `person_id`, whose conversation it is.
    """
    place = Place(council, "keys_to_conversations", "address", key_hash.hex(), person_id)
    _BIND[db.dialect.name].run(
        db,
        {
            "council": council,
            "kind": kind.value,
            "key_hash": key_hash,
            "conversation_id": conversation_id,
            "address": seal(db, place, address) if address is not None else None,
            "made_at": now,
            "expires_at": expires_at,
            "closed_at": None,
        },
    )


def extend(db: Connection, council: str, conversation_id: str, expires_at: datetime) -> None:
    """Let every key to a conversation be good for longer; never for less."""
    column = keys_to_conversations.c
    db.execute(
        update(keys_to_conversations)
        .where(
            column.council == council,
            column.conversation_id == conversation_id,
            column.expires_at < expires_at,
        )
        .values(expires_at=expires_at)
    )


def lengthen(
    db: Connection, council: str, review_id: str, expires_at: datetime, now: datetime
) -> None:
    """Let the invitation that nobody has opened yet be good for longer; never for less, and none
    that has ended opens again."""
    column = invitations.c
    db.execute(
        update(invitations)
        .where(
            column.council == council,
            column.review_id == review_id,
            column.used_at.is_(None),
            column.revoked_at.is_(None),
            column.expires_at > now,
            column.expires_at < expires_at,
        )
        .values(expires_at=expires_at)
    )


_CONVERSATION_OF = Prepared(
    select(keys_to_conversations.c.conversation_id).where(
        keys_to_conversations.c.council == bindparam("council"),
        keys_to_conversations.c.kind == bindparam("kind"),
        keys_to_conversations.c.key_hash == bindparam("key_hash"),
        keys_to_conversations.c.expires_at > bindparam("now"),
    )
)


def conversation_of(
    db: Connection, council: str, kind: KeyKind, key_hash: bytes, now: datetime
) -> str | None:
    """The id of the conversation that this key opens for writing."""
    key = {"council": council, "kind": kind.value, "key_hash": key_hash, "now": now}
    row = _CONVERSATION_OF.first(db, key)
    return None if row is None else str(row.conversation_id)


def unbind(
    db: Connection,
    council: str,
    kind: KeyKind,
    *,
    key_hash: bytes | None = None,
    conversation_id: str | None = None,
) -> None:
    """Take a key, or all of a conversation's of this kind, away."""
    column = keys_to_conversations.c
    which = [
        column.key_hash == key_hash if key_hash is not None else None,
        column.conversation_id == conversation_id if conversation_id is not None else None,
    ]
    db.execute(
        delete(keys_to_conversations).where(
            and_(
                column.council == council,
                column.kind == kind.value,
                *[clause for clause in which if clause is not None],
            )
        )
    )


def lock_out(db: Connection, council: str, conversation_id: str) -> int:
    """Take every key to a conversation away: browsers, chats, come-back codes. How many."""
    return db.execute(
        delete(keys_to_conversations).where(
            keys_to_conversations.c.council == council,
            keys_to_conversations.c.conversation_id == conversation_id,
        )
    ).rowcount
