"""*That wasn't me*: a conversation in which somebody else wrote goes no further until settled."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import disputes


@dataclass(frozen=True, slots=True)
class Dispute:
    """Said at this time, and open until somebody settles it."""

    conversation_id: str
    review_id: str
    said_at: datetime


def open_(db: Connection, council: str, dispute: Dispute) -> bool:
    """Say it; False if it stands already. One that was settled and is said again stands again."""
    make = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    again = {"said_at": dispute.said_at, "settled_at": None, "settled_by": None}
    row = {
        "council": council,
        "conversation_id": dispute.conversation_id,
        "review_id": dispute.review_id,
    }
    opened = db.execute(
        make(disputes)
        .values(**row, **again)
        .on_conflict_do_update(
            index_elements=[disputes.c.council, disputes.c.conversation_id],
            set_=again,
            where=disputes.c.settled_at.is_not(None),
        )
    )
    return opened.rowcount == 1


def of_conversation(db: Connection, council: str, conversation_id: str) -> Dispute | None:
    """The open dispute of a conversation."""
    return _one(db, council, disputes.c.conversation_id == conversation_id)


def of_review(db: Connection, council: str, review_id: str) -> Dispute | None:
    """The open dispute about what was said before a review."""
    return _one(db, council, disputes.c.review_id == review_id)


def _one(db: Connection, council: str, which: ColumnElement[bool]) -> Dispute | None:
    row = db.execute(
        select(disputes).where(
            disputes.c.council == council, which, disputes.c.settled_at.is_(None)
        )
    ).first()
    return None if row is None else Dispute(row.conversation_id, row.review_id, row.said_at)


def settle(db: Connection, council: str, conversation_id: str, by: str, now: datetime) -> bool:
    """Somebody found out whose words they are; False if somebody had before."""
    settled = db.execute(
        update(disputes)
        .where(
            disputes.c.council == council,
            disputes.c.conversation_id == conversation_id,
            disputes.c.settled_at.is_(None),
        )
        .values(settled_at=now, settled_by=by)
    )
    return settled.rowcount == 1
