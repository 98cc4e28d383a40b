"""Invented young people by the thousand, for load tests. Demo databases only."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Any

from rich.console import Console
from rich.progress import track
from sqlalchemy import Connection, func, select

from bot.demo import copies, council
from bot.demo.copies import Model
from bot.demo.dates import LATER_MONTHS, working_day_by
from bot.demo.people import FAMILY, GIVEN, YOUNG
from bot.service import invitations
from bot.service.house import House
from bot.web.context import now
from conversations.timescales import months_after
from storage import audit, people, reviews
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind
from storage.store import Store
from storage.tables import young_people

_BATCH = 250

_MODELS = 90
"""Conversations that are really played: each voice, on each of the days that reviews are spread."""

_COPIES = 2_000


async def invite_crowd(store: Store, house: House, count: int) -> list[dict[str, Any]]:
    """`count` invented young people of 16 or more, each with a review and an invitation."""
    invited: list[dict[str, Any]] = []
    for size in _batches(count, "Inviting"):
        invited += await store.write(partial(_invite, house, size))
    return invited


async def finished(store: Store, house: House, count: int) -> None:
    """`count` conversations that were sent: some played through the real engine, the rest copies
    of those. All stand as filed."""
    played = min(count, _MODELS)
    models = await store.write(partial(_models, house, played))
    for size in _batches(count - played, "Copying conversations", _COPIES):
        await store.write(partial(_copy, house, models, size))


def _models(house: House, count: int, db: Connection) -> list[Model]:
    at, made = now() - timedelta(hours=2), []
    for number, review in enumerate(_people(db, house, count)):
        council.say(db, house, review, YOUNG[number % len(YOUNG)], at)
        made.append(copies.model_of(db, house, review.review_id, now()))
    return made


def _copy(house: House, models: list[Model], count: int, db: Connection) -> None:
    known = _count(db, house)
    copies.copy(db, house, models, known, count)
    audit.add(
        db, house.id, now(), actor="sayso", act="copies_made", subject="demo",
        detail=f"{count} finished conversations",
    )  # fmt: skip


def _batches(count: int, what: str, batch: int = _BATCH) -> Iterable[int]:
    sizes = [min(batch, count - done) for done in range(0, count, batch)]
    console = Console(stderr=True)
    return track(sizes, what, console=console, disable=not console.is_terminal)


def _invite(house: House, count: int, db: Connection) -> list[dict[str, Any]]:
    at = now()
    return [
        asdict(invitations.invite(db, house, review.review_id, at))
        for review in _people(db, house, count)
    ]


def _play(house: House, count: int, db: Connection) -> None:
    at = now() - timedelta(hours=2)
    for number, review in enumerate(_people(db, house, count)):
        council.say(db, house, review, YOUNG[number % len(YOUNG)], at)


def _people(db: Connection, house: House, count: int) -> list[Review]:
    council.refuse_real(db)
    if not council.exists(db, house):
        council.make(db, house, now())
    at = now()
    known = _count(db, house)
    officers = [one.staff_id for one in people.all_staff(db, house.id) if one.role == "iro"]
    made = []
    for number in range(known, known + count):
        name = f"{GIVEN[number % len(GIVEN)]} {FAMILY[number % len(FAMILY)]}"
        born = at.date() - timedelta(days=365 * 16 + 30 + number % 600)
        person_id = str(uuid.uuid4())
        person = YoungPerson(house.id, person_id, f"LT{number:07}", name, born, False)
        people.add_young_person(db, house.keys, person, at)
        last = working_day_by(
            months_after(at.date() + timedelta(days=7 + number % 90), -LATER_MONTHS)
        )
        due = months_after(last, LATER_MONTHS)
        day = working_day_by(due)
        officer = officers[number % len(officers)]
        review = Review(house.id, f"LT{number:07}-1", person_id, ReviewKind.CIOC, officer, due, day)
        reviews.add(db, review, at)
        made.append(review)
    return made


def _count(db: Connection, house: House) -> int:
    theirs = select(func.count()).where(young_people.c.council == house.id)
    count: int = db.execute(theirs).scalar_one()
    return count
