"""Wishes at the desk, as tests bring them about."""

from datetime import timedelta

from sqlalchemy import Connection

from bot.access.roles import Role
from bot.service import invitations, pins
from bot.service.days import local_day
from bot.service.house import House
from bot.web.context import now
from conversations.asks import Answer, Reply, State
from storage import allocations, asks, conversations, people, tasks
from storage.allocations import Allocation
from storage.asks import Ask, Kind, Plan
from storage.people import Staff
from storage.tasks import Kind as TaskKind
from storage.tasks import Task
from tests.desk.northborough import AMINA, KAI, MAYA, WORDS, today
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


def answered(db: Connection, house: House) -> None:
    """Kai's wish is answered and he is not happy with it; Maya's is asked of her social worker."""
    with_worker(db, house)
    (kai,) = asks.of_review(db, house.id, KAI)
    (maya,) = asks.of_review(db, house.id, MAYA)
    answer = Answer(
        State.PART,
        "You will see him every two weeks, on Saturdays.",
        "Every week is too far for him to travel.",
        "Your social worker",
        local_day(now()) + timedelta(days=14),
    )
    written = asks.write(db, house.id, kai, Kind.SENT, answer, AMINA, now())
    assert written is not None
    asks.read(db, house.id, kai.ask_id, written.number, now())
    after = asks.get(db, house.id, kai.ask_id)
    asks.reply(db, house.id, after, 1, Reply.NOT_AGREE, "I can travel to him", now())
    task = Task("reply", TaskKind.ASK_REPLY, kai.person_id, KAI, {"ask_id": kai.ask_id})
    tasks.add(db, house.id, task, now())
    note = "Can she go to her sister on Saturdays, and who takes her?"
    asks.plan(db, house.id, maya, SAM, maya.due_on, Plan(note=note))


def form(token: str, seen: int = 0, **fields: str) -> dict[str, str]:
    """An answer as the form sends it."""
    return {"token": token, "seen": str(seen), "state": "agreed", **fields}


def day(days: int) -> dict[str, str]:
    """A day so far ahead, in the form's three boxes."""
    at = local_day(now()) + timedelta(days=days)
    return {"by-day": str(at.day), "by-month": str(at.month), "by-year": str(at.year)}


__all__ = ["SAM", "SAMS", "WORDS", "answered", "ask_of", "day", "form", "with_pin", "with_worker"]
