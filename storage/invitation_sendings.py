"""How invitations went out, and how they fared. Nothing sealed stands here: an address is named by
its id, and what a link carries is nowhere."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select, update

from storage.inviting_tables import invitation_sendings
from storage.tables import conversations, invitations


class Way(StrEnum):
    """By which an invitation reaches somebody."""

    LETTER = "letter"
    SMS = "sms"
    EMAIL = "email"
    TELEGRAM = "telegram"  # the young person's own link, handed over or shown as a square


class State(StrEnum):
    """How it is with one. What was delivered or bounced stays so: what is heard of it may come
    twice, late, or in another order."""

    MADE = "made"
    SENT = "sent"  # Notify took it; a letter was printed
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    WITHDRAWN = "withdrawn"  # nobody wanted it any more when it was to leave


@dataclass(frozen=True, slots=True)
class Sending:
    """`number`: 0 for the invitation, from 1 on for its reminders."""

    sending_id: str
    invitation_id: str
    review_id: str
    person_id: str
    way: Way
    made_at: datetime
    made_by: str
    address_id: str | None = None
    number: int = 0
    state: State = State.MADE
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    why: str | None = None


_OPEN = (State.MADE.value, State.SENT.value)


def add(db: Connection, council: str, sending: Sending, stop_hash: bytes | None = None) -> None:
    db.execute(
        insert(invitation_sendings),
        {
            "council": council,
            "sending_id": sending.sending_id,
            "invitation_id": sending.invitation_id,
            "review_id": sending.review_id,
            "person_id": sending.person_id,
            "way": sending.way.value,
            "address_id": sending.address_id,
            "number": sending.number,
            "state": sending.state.value,
            "made_at": sending.made_at,
            "made_by": sending.made_by,
            "sent_at": sending.sent_at,
            "stop_hash": stop_hash,
        },
    )


def _mine(council: str, sending_id: str) -> ColumnElement[bool]:
    column = invitation_sendings.c
    return (column.council == council) & (column.sending_id == sending_id)


def get(db: Connection, council: str, sending_id: str) -> Sending | None:
    row = db.execute(select(invitation_sendings).where(_mine(council, sending_id))).one_or_none()
    return _sending(row) if row is not None else None


def sent(
    db: Connection, council: str, sending_id: str, now: datetime, notified: str | None = None
) -> None:
    """It left. What has ended meanwhile keeps how it ended."""
    db.execute(
        update(invitation_sendings)
        .where(_mine(council, sending_id))
        .values(sent_at=now, notified=notified or None)
    )
    db.execute(
        update(invitation_sendings)
        .where(_mine(council, sending_id), invitation_sendings.c.state == State.MADE.value)
        .values(state=State.SENT.value)
    )


def end(
    db: Connection,
    council: str,
    sending_id: str,
    state: State,
    now: datetime,
    why: str | None = None,
) -> bool:
    """How it ended; False if that was known: the first word stands."""
    changed = db.execute(
        update(invitation_sendings)
        .where(_mine(council, sending_id), invitation_sendings.c.state.in_(_OPEN))
        .values(state=state.value, ended_at=now, why=why)
    )
    return changed.rowcount == 1


def by_receipt(db: Connection, council: str, sending_id: str, notified: str) -> Sending | None:
    """The one that a receipt tells of: by our reference, or by Notify's id."""
    column = invitation_sendings.c
    row = db.execute(
        select(invitation_sendings).where(
            column.council == council,
            or_(column.sending_id == sending_id, column.notified == notified),
        )
    ).first()
    return _sending(row) if row is not None else None


def by_stop(db: Connection, council: str, stop_hash: bytes) -> Sending | None:
    column = invitation_sendings.c
    row = db.execute(
        select(invitation_sendings).where(column.council == council, column.stop_hash == stop_hash)
    ).one_or_none()
    return _sending(row) if row is not None else None


def of_review(db: Connection, council: str, review_id: str) -> list[Sending]:
    """All of a review, the newest first."""
    return of_reviews(db, council, [review_id]).get(review_id, [])


def of_reviews(
    db: Connection, council: str, review_ids: Collection[str]
) -> dict[str, list[Sending]]:
    """All of each review, the newest first."""
    column = invitation_sendings.c
    rows = db.execute(
        select(invitation_sendings)
        .where(column.council == council, column.review_id.in_(list(review_ids)))
        .order_by(column.made_at.desc(), column.number.desc(), column.sending_id)
    )
    found: dict[str, list[Sending]] = {}
    for row in rows:
        found.setdefault(row.review_id, []).append(_sending(row))
    return found


def waiting(db: Connection, council: str, now: datetime, most: int, after: str) -> list[Sending]:
    """Invitations that went to an address and are open, by id from there on: who may be reminded.
    Of each the first sending."""
    column = invitation_sendings.c
    rows = db.execute(
        select(invitation_sendings)
        .join(
            invitations,
            (invitations.c.council == column.council)
            & (invitations.c.invitation_id == column.invitation_id),
        )
        .where(
            column.council == council,
            column.number == 0,
            column.address_id.is_not(None),
            column.state.in_((State.SENT.value, State.DELIVERED.value)),
            column.sending_id > after,
            invitations.c.used_at.is_(None),
            invitations.c.revoked_at.is_(None),
            invitations.c.expires_at > now,
        )
        .order_by(column.sending_id)
        .limit(most)
    )
    return [_sending(row) for row in rows]


def still_open(
    db: Connection, council: str, sending_ids: Collection[str], now: datetime
) -> dict[str, datetime]:
    """When those were made whose invitation can still be opened, by the sending's id."""
    column = invitation_sendings.c
    rows = db.execute(
        select(column.sending_id, column.made_at)
        .join(
            invitations,
            (invitations.c.council == column.council)
            & (invitations.c.invitation_id == column.invitation_id),
        )
        .where(
            column.council == council,
            column.sending_id.in_(list(sending_ids)),
            invitations.c.used_at.is_(None),
            invitations.c.revoked_at.is_(None),
            invitations.c.expires_at > now,
        )
    )
    return {row.sending_id: row.made_at for row in rows}


def unsent(db: Connection, council: str, sending_ids: Collection[str]) -> frozenset[str]:
    """Those of them that have not left, by id."""
    column = invitation_sendings.c
    found = db.execute(
        select(column.sending_id).where(
            column.council == council,
            column.sending_id.in_(list(sending_ids)),
            column.state == State.MADE.value,
        )
    )
    return frozenset(found.scalars())


@dataclass(frozen=True, slots=True)
class Opened:
    """How far the invitations to a review are. `issued_at`, `expires_at`: of the newest one that
    is not revoked; `used_at`: somebody was let in; `begun_at`: they agreed to start."""

    issued_at: datetime | None = None
    expires_at: datetime | None = None
    used_at: datetime | None = None
    begun_at: datetime | None = None


def opened(db: Connection, council: str, review_ids: Sequence[str]) -> dict[str, Opened]:
    """By review; those without any invitation are left out."""
    begun = {
        row.review_id: row.started_at
        for row in db.execute(
            select(conversations.c.review_id, conversations.c.started_at).where(
                conversations.c.council == council,
                conversations.c.review_id.in_(review_ids),
            )
        )
    }
    found: dict[str, Opened] = {}
    rows = db.execute(
        select(
            invitations.c.review_id,
            invitations.c.issued_at,
            invitations.c.expires_at,
            invitations.c.used_at,
            invitations.c.revoked_at,
        )
        .where(
            invitations.c.council == council,
            invitations.c.review_id.in_(review_ids),
            invitations.c.issued_by.is_not(None),  # one-time links for a chat have no maker
        )
        .order_by(invitations.c.issued_at)
    )
    for row in rows:
        before = found.get(row.review_id, Opened())
        live = row.revoked_at is None
        found[row.review_id] = Opened(
            row.issued_at if live else before.issued_at or row.issued_at,
            row.expires_at if live else before.expires_at,
            before.used_at or (row.used_at if live else None),
            begun.get(row.review_id),
        )
    return found


def _sending(row: Row[Any]) -> Sending:
    return Sending(
        row.sending_id,
        row.invitation_id,
        row.review_id,
        row.person_id,
        Way(row.way),
        row.made_at,
        row.made_by,
        row.address_id,
        row.number,
        State(row.state),
        row.sent_at,
        row.ended_at,
        row.why,
    )
