"""The picture of whoever runs a review: set by the council's IT, seen by the young person."""

from datetime import datetime

from sqlalchemy import Connection

from bot.service import accounts
from bot.service.house import House
from storage import audit, reviews, staff_pictures
from storage.conversations import Kept
from storage.staff_pictures import Picture

WHO_IT_IS = frozenset({"review.iro", "review.officer", "conference.chair"})
"""Pieces of the explainer that say who it is: there it is shown."""

LONGEST_SIDE = 320
"""Pixels. It is shown small, and has to come over a slow line."""


def put(db: Connection, house: House, who: str, picture: Picture, now: datetime) -> str:
    """Their name; `who`: by e-mail or whole name. `StaffUnknown`."""
    member = accounts.find(db, house, who)
    staff_pictures.put(db, house.id, member.staff_id, picture, now)
    _on_record(db, house, member.staff_id, "set", now)
    return member.name


def remove(db: Connection, house: House, who: str, now: datetime) -> tuple[str, bool]:
    """Their name, and whether there was one. `StaffUnknown`."""
    member = accounts.find(db, house, who)
    gone = staff_pictures.remove(db, house.id, member.staff_id)
    if gone:
        _on_record(db, house, member.staff_id, "removed", now)
    return member.name, gone


def _on_record(db: Connection, house: House, staff_id: str, detail: str, now: datetime) -> None:
    subject = f"staff:{staff_id}"
    audit.add(db, house.id, now, actor="sayso", act="staff_picture", subject=subject, detail=detail)


def is_there(db: Connection, house: House, kept: Kept) -> bool:
    return staff_pictures.has(db, house.id, _officer(db, house, kept))


def of(db: Connection, house: House, kept: Kept) -> Picture | None:
    """None: the council has none."""
    return staff_pictures.get(db, house.id, _officer(db, house, kept))


def _officer(db: Connection, house: House, kept: Kept) -> str:
    return reviews.get(db, house.id, kept.review_id).officer_id
