"""What the person who sets up a meeting sees of what a young person wants of it. One row a review:
what was sent last."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from conversations.arranger import Wishes
from storage.sealing import Place, seal, unseal
from storage.tables import meeting_wishes


@dataclass(frozen=True, slots=True)
class Sent:
    """What they sent, and when."""

    review_id: str
    person_id: str
    conversation_id: str
    sent_at: datetime
    wishes: Wishes


def _place(council: str, review_id: str, person_id: str) -> Place:
    return Place(council, "meeting_wishes", "wishes", review_id, person_id)


def put(db: Connection, council: str, sent: Sent) -> None:
    """In place of what was sent before."""
    make = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    place = _place(council, sent.review_id, sent.person_id)
    again = {
        "person_id": sent.person_id,
        "conversation_id": sent.conversation_id,
        "sent_at": sent.sent_at,
        "wishes": seal(db, place, json.dumps(_plain(sent.wishes))),
    }
    db.execute(
        make(meeting_wishes)
        .values(council=council, review_id=sent.review_id, **again)
        .on_conflict_do_update(
            index_elements=[meeting_wishes.c.council, meeting_wishes.c.review_id], set_=again
        )
    )


def remove(db: Connection, council: str, review_id: str) -> None:
    """Nothing is wanted any more, or it was taken back."""
    db.execute(
        delete(meeting_wishes).where(
            meeting_wishes.c.council == council, meeting_wishes.c.review_id == review_id
        )
    )


def get(db: Connection, council: str, review_id: str) -> Sent | None:
    row = db.execute(
        select(meeting_wishes).where(
            meeting_wishes.c.council == council, meeting_wishes.c.review_id == review_id
        )
    ).one_or_none()
    if row is None:
        return None
    plain = json.loads(unseal(db, _place(council, review_id, row.person_id), row.wishes))
    return Sent(review_id, row.person_id, row.conversation_id, row.sent_at, _wishes(plain))


def of_reviews(db: Connection, council: str, review_ids: Iterable[str]) -> frozenset[str]:
    """Of which of these something is known. Nothing is opened."""
    found = select(meeting_wishes.c.review_id).where(
        meeting_wishes.c.council == council, meeting_wishes.c.review_id.in_(set(review_ids))
    )
    return frozenset(db.execute(found).scalars())


def _plain(wishes: Wishes) -> dict[str, Any]:
    return {
        "picks": {question: list(picked) for question, picked in wishes.picks.items()},
        "day": wishes.day and wishes.day.isoformat(),
        "words": dict(wishes.words),
    }


def _wishes(plain: dict[str, Any]) -> Wishes:
    return Wishes(
        {question: tuple(picked) for question, picked in plain["picks"].items()},
        date.fromisoformat(plain["day"]) if plain["day"] else None,
        plain["words"],
    )
