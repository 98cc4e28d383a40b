"""Asking a young person how their review was, once it was held: *my experience*.

What is asked then stands beside the review in a row of its own that looks back on it: with an
invitation, a conversation, a contribution and an end of its own, found and locked as those before a
review are. It is no meeting. Nothing is due, nobody takes part in it, and it has no code.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.service.admission import Admitted, Asked, require
from bot.service.house import House
from storage import audit, reviews
from storage.errors import Unknown


class NotHeld(Exception):
    """Nobody has said that the review took place, or it is no review of the young person."""


def ask(db: Connection, house: House, review_id: str, by: str, now: datetime) -> str:
    """The id of what looks back on this review, made where there is none; to be invited to like a
    review. `by`: as the audit names them. `NotHeld`, `Unknown`."""
    review = reviews.lock(db, house.id, review_id)  # who asks at the same moment finds it
    if review.looks_back_on is not None:
        return review.review_id
    if not (review.held and review.counted):
        raise NotHeld(review_id)
    known = reviews.looking_back_on(db, review)
    if known is not None:
        return known
    after_id = f"{review_id}~after"
    after = replace(review, review_id=after_id, looks_back_on=review_id)
    reviews.add(db, after, now)
    audit.add(db, house.id, now, actor=by, act="asked_afterwards", subject=f"review:{review_id}")
    return after_id


def ask_at_desk(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> str:
    """The same for somebody who is signed in. `Unknown` if it is not for them, or was not held."""
    require(db, house, staff, asked)
    try:
        return ask(db, house, asked.review_id or "", staff.actor, now)
    except NotHeld:
        raise Unknown(f"a held review {asked.review_id}") from None
