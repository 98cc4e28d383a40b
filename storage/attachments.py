"""Voice notes, pictures and drawings, sealed in pieces under their young person's key."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from conversations.attaching import Attachment, Medium
from storage.conversations import Kept as Talk
from storage.errors import SealBroken, Unknown
from storage.sealing import Place, seal, seal_bytes, unseal, unseal_bytes
from storage.tables import attachment_pieces, attachments

PIECE = 256 * 1024
"""Bytes that are sealed at once: no value in the database is bigger."""


@dataclass(frozen=True, slots=True)
class About:
    """What is sealed of one. `sha256` of its content, in hex; `seconds` of sound."""

    media_type: str
    sha256: str
    size: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One that is kept. `heard_by`: the member of staff who listened or looked."""

    attachment_id: str
    person_id: str
    review_id: str
    conversation_id: str
    medium: Medium
    kept_at: datetime
    sent_at: datetime | None
    heard_at: datetime | None
    heard_by: str | None
    alert_id: str | None
    about: About


def add(db: Connection, talk: Talk, one: Attachment, content: bytes, now: datetime) -> None:
    """Keep it, whole. It may be there already: taken out once it was sent, and given again."""
    if db.execute(select(attachments.c.sent_at).where(_is(talk.council, one.id))).first():
        return
    about = About(one.media_type, one.sha256, one.size, one.seconds)
    place = _place(talk.council, one.id, talk.person_id)
    whose = {
        "council": talk.council,
        "attachment_id": one.id,
        "person_id": talk.person_id,
        "review_id": talk.review_id,
    }
    db.execute(
        insert(attachments),
        {
            **whose,
            "conversation_id": talk.conversation_id,
            "medium": one.medium.value,
            "kept_at": now,
            "about": seal(db, place, json.dumps(asdict(about))),
        },
    )
    for number, start in enumerate(range(0, len(content), PIECE)):
        piece = _piece_place(talk.council, one.id, number, talk.person_id)
        sealed = seal_bytes(db, piece, content[start : start + PIECE])
        db.execute(insert(attachment_pieces), {**whose, "number": number, "content": sealed})


def drop_unsent(db: Connection, council: str, attachment_id: str) -> bool:
    """Take it away, unless it was sent; whether it went."""
    one = db.execute(
        select(attachments.c.sent_at).where(_is(council, attachment_id)).with_for_update()
    ).first()
    if one is None or one.sent_at is not None:
        return False
    pieces = attachment_pieces.c
    db.execute(
        delete(attachment_pieces).where(
            pieces.council == council, pieces.attachment_id == attachment_id
        )
    )
    db.execute(delete(attachments).where(_is(council, attachment_id)))
    return True


def get(db: Connection, council: str, attachment_id: str) -> Kept:
    """`Unknown` if there is none."""
    row = db.execute(select(attachments).where(_is(council, attachment_id))).one_or_none()
    if row is None:
        raise Unknown(f"attachment {attachment_id}")
    return _kept(db, row)


def of_conversation(db: Connection, council: str, conversation_id: str) -> list[Kept]:
    """All of one, in the order in which they came."""
    column = attachments.c
    rows = db.execute(
        select(attachments)
        .where(column.council == council, column.conversation_id == conversation_id)
        .order_by(column.kept_at, column.attachment_id)
    ).all()
    return [_kept(db, row) for row in rows]


def of_alert(db: Connection, council: str, alert_id: str, review_id: str) -> Kept:
    """The one that an alert asks to listen to or look at. `Unknown` if it was erased."""
    column = attachments.c
    row = db.execute(
        select(attachments).where(
            column.council == council, column.review_id == review_id, column.alert_id == alert_id
        )
    ).first()
    if row is None:
        raise Unknown(f"attachment of alert {alert_id}")
    return _kept(db, row)


def content(db: Connection, council: str, one: Kept) -> bytes:
    """What it is, whole. `SealBroken` if it is not what was kept."""
    pieces = attachment_pieces.c
    rows = db.execute(
        select(pieces.number, pieces.content)
        .where(pieces.council == council, pieces.attachment_id == one.attachment_id)
        .order_by(pieces.number)
    ).all()
    whole = b"".join(
        unseal_bytes(
            db, _piece_place(council, one.attachment_id, row.number, one.person_id), row.content
        )
        for row in rows
    )
    if hashlib.sha256(whole).hexdigest() != one.about.sha256:
        raise SealBroken("The pieces of an attachment are not what was kept.")
    return whole


def mark_sent(db: Connection, council: str, ids: Iterable[str], now: datetime) -> Sequence[str]:
    """They are part of what was sent; those that were not before."""
    column = attachments.c
    fresh = and_(
        column.council == council, column.attachment_id.in_(list(ids)), column.sent_at.is_(None)
    )
    found = db.execute(select(column.attachment_id).where(fresh).order_by(column.kept_at))
    new = list(found.scalars())
    db.execute(update(attachments).where(fresh).values(sent_at=now))
    return new


def set_alert(db: Connection, council: str, attachment_id: str, alert_id: str) -> None:
    db.execute(update(attachments).where(_is(council, attachment_id)).values(alert_id=alert_id))


def hear(db: Connection, council: str, attachment_id: str, by: str, now: datetime) -> bool:
    """Somebody has listened or looked; False if somebody had before."""
    changed = db.execute(
        update(attachments)
        .where(_is(council, attachment_id), attachments.c.heard_at.is_(None))
        .values(heard_at=now, heard_by=by)
    )
    return changed.rowcount == 1


def _is(council: str, attachment_id: str) -> ColumnElement[bool]:
    column = attachments.c
    return and_(column.council == council, column.attachment_id == attachment_id)


def _place(council: str, attachment_id: str, person_id: str) -> Place:
    return Place(council, "attachments", "about", attachment_id, person_id)


def _piece_place(council: str, attachment_id: str, number: int, person_id: str) -> Place:
    return Place(council, "attachment_pieces", "content", f"{attachment_id}/{number}", person_id)


def _kept(db: Connection, row: Row[Any]) -> Kept:
    place = _place(row.council, row.attachment_id, row.person_id)
    return Kept(
        row.attachment_id,
        row.person_id,
        row.review_id,
        row.conversation_id,
        Medium(row.medium),
        row.kept_at,
        row.sent_at,
        row.heard_at,
        row.heard_by,
        row.alert_id,
        About(**json.loads(unseal(db, place, row.about))),
    )
