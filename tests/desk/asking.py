"""Wishes at the desk, as tests bring them about."""

from datetime import timedelta

from sqlalchemy import Connection

from bot.access.roles import Role
from bot.service import invitations, pins
from bot.service.days import local_day
from bot.service.house import House
from bot.web.context import now
from storage import allocations, asks, conversations, people
from storage.allocations import Allocation
from storage.asks import Ask
from storage.people import Staff
from tests.desk.northborough import KAI, MAYA, WORDS, today
from tests.desk.running import Desk

SAM, SAMS = "sam", "Sam Whitlow"
"""A social worker, to whom Kai and Maya are allocated."""


async def ask_of(desk: Desk, review_id: str = KAI) -> Ask:
    """The wish that was sent before this review."""
    found = await desk.store.read(lambda db: asks.of_review(db, desk.house.id, review_id))
    return found[0]


def with_worker(db: Connection, house: House) -> None:
    member = Staff(house.id, SAM, Role.SOCIAL_WORKER.value, SAMS)
    people.add_staff(db, house.keys, member, now())
    for review_id in (KAI, MAYA):
        since = today() - timedelta(days=90)
        person_id = f"person-{review_id}"
        allocations.add(db, Allocation(house.id, person_id, SAM, "social_worker", since, None))


def with_pin(db: Connection, house: House, review_id: str = KAI) -> None:
    """A PIN that was chosen before anything was said."""
    kept = conversations.get(db, house.id, invitations.conversation_of(house, review_id))
    long_ago = now() - timedelta(days=1)
    made = pins.make_hash(house, kept.person_id, "482915")
    assert pins.choose(db, house, kept, made, "browser", long_ago, now()) is not None


def form(token: str, seen: int = 0, **fields: str) -> dict[str, str]:
    """An answer as the form sends it."""
    return {"token": token, "seen": str(seen), "state": "agreed", **fields}


def day(days: int) -> dict[str, str]:
    """A day so far ahead, in the form's three boxes."""
    at = local_day(now()) + timedelta(days=days)
    return {"by-day": str(at.day), "by-month": str(at.month), "by-year": str(at.year)}


__all__ = ["SAM", "SAMS", "WORDS", "ask_of", "day", "form", "with_pin", "with_worker"]
