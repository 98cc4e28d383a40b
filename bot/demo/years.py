"""A council with years behind it: children by the hundred, each with a review every half year. For
load tests of the desk; demo databases only."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, insert

from bot.access.roles import Role
from bot.demo import copies, council
from bot.demo.copies import Model, Rows
from bot.demo.people import FAMILY, GIVEN, YOUNG
from bot.service import days, invitations
from bot.service.house import House
from bot.service.wording import LONDON
from storage import data_keys, people, reviews, tasks
from storage.data_keys import Purpose
from storage.people import Staff, YoungPerson
from storage.reviews import Review, ReviewKind
from storage.sealing import Place, seal
from storage.store import Store
from storage.tables import (
    allocations,
    contributions,
    councils,
    meeting_wishes,
    participation,
    readings,
    young_people,
)
from storage.tables import reviews as reviews_table
from storage.tasks import Kind, Task

TEAM = "Review unit"
EVERY = timedelta(days=182)
_AT_ONCE = 100  # children in one transaction

_STAFF = (
    ("iro", Role.IRO, 8),
    ("pathway", Role.PATHWAY_REVIEW_OFFICER, 2),
    ("manager", Role.UNIT_MANAGER, 1),
    ("support", Role.BUSINESS_SUPPORT, 1),
    ("duty", Role.DUTY_WORKER, 1),
    ("worker", Role.SOCIAL_WORKER, 30),
    ("adviser", Role.PERSONAL_ADVISER, 5),
    ("it", Role.COUNCIL_IT, 1),
    ("auditor", Role.AUDITOR, 1),
)  # fmt: skip
"""So many of each, as a council with 600 children in care has them: `iro-0` to `iro-7` …"""


@dataclass(frozen=True, slots=True)
class Years:
    """How much of it. Of each child's reviews the first are held, read and confirmed, and the last
    is ahead: every other child has sent their views, or will."""

    children: int = 600
    reviews: int = 12


async def make(store: Store, house: House, years: Years, now: datetime) -> None:
    """All of it."""
    models = await store.write(partial(_begin, house, now))
    for first in range(0, years.children, _AT_ONCE):
        last = min(first + _AT_ONCE, years.children)
        await store.write(partial(_children, house, models, years, range(first, last), now))


def staff_id(kind: str, number: int = 0) -> str:
    return f"{kind}-{number}"


def _begin(house: House, now: datetime, db: Connection) -> list[Model]:
    council.refuse_real(db)
    db.execute(insert(councils), {"council": house.id, "demo": True, "created_at": now})
    for kind, role, count in _STAFF:
        for number in range(count):
            member = staff_id(kind, number)
            name = f"{GIVEN[len(member) + number]} {FAMILY[number % len(FAMILY)]}"
            team = TEAM if role in _OF_UNIT else kind
            people.add_staff(db, house.keys, Staff(house.id, member, role, name, team=team), now)
    return [_model(db, house, number, now) for number in range(len(YOUNG))]


_OF_UNIT = (Role.IRO, Role.PATHWAY_REVIEW_OFFICER, Role.UNIT_MANAGER, Role.BUSINESS_SUPPORT)


def _model(db: Connection, house: House, number: int, now: datetime) -> Model:
    """What one young person says is played through the real engine, and copied for the others."""
    person_id, born = str(uuid.uuid4()), now.date() - timedelta(days=365 * 16 + 30)
    person = YoungPerson(house.id, person_id, f"MODEL{number}", f"Model {number}", born, False)
    people.add_young_person(db, house.keys, person, now)
    day = days.local_day(now) + timedelta(days=7)
    review = Review(
        house.id, f"MODEL{number}-1", person_id, ReviewKind.CIOC, staff_id("iro"), day, day
    )
    reviews.add(db, review, now)
    council.say(db, house, review, YOUNG[number], now - timedelta(hours=2))
    return copies.model_of(db, house, review.review_id, now)


def _children(
    house: House, models: list[Model], years: Years, which: range, now: datetime, db: Connection
) -> None:
    ids = {number: str(uuid.UUID(int=secrets.randbits(128))) for number in which}
    for purpose in (Purpose.IDENTITY, Purpose.WORDS, Purpose.DECISIONS):
        data_keys.make_for_new(db, house.id, ids.values(), purpose)
    rows = copies.no_rows() | {readings: [], participation: [], allocations: [], meeting_wishes: []}
    for number, person_id in ids.items():
        _child(db, house, models[number % len(models)], years, number, person_id, rows, now)
    for table, several in rows.items():
        if several:
            db.execute(insert(table), several)
    for number, person_id in ids.items():
        if number % 20 == 0:  # of each officer's children three or four asked for something
            _task(db, house, person_id, f"C{number:06}-{years.reviews}", now)


def _child(
    db: Connection,
    house: House,
    model: Model,
    years: Years,
    number: int,
    person_id: str,
    rows: Rows,
    now: datetime,
) -> None:
    case_id = f"C{number:06}"
    name = f"{GIVEN[number % len(GIVEN)]} {FAMILY[number // len(GIVEN) % len(FAMILY)]}"
    pathway = number % 10 == 9
    officer = staff_id("pathway", number // 10 % 2) if pathway else staff_id("iro", number % 8)
    row = copies.person_of(db, house, model, person_id, case_id, name)
    rows[young_people].append(row)
    worker = staff_id("worker", number % 30)
    since = days.local_day(now) - timedelta(days=400)
    rows[allocations].append(
        {"council": house.id, "person_id": person_id, "staff_id": worker,
         "kind": "social_worker", "since": since, "until": None}
    )  # fmt: skip
    # Spread over the half year to come, and a few that are some days over.
    ahead = days.local_day(now) + timedelta(days=number * 37 % EVERY.days - 3)
    for place in range(1, years.reviews + 1):
        day = ahead - (years.reviews - place) * EVERY
        review_id = f"{case_id}-{place}"
        whose = {"person_id": person_id, "review_id": review_id}
        past = place < years.reviews
        rows[reviews_table].append(
            model.review
            | whose
            | {"officer_id": officer, "due_on": day, "meeting_on": day, "held": past,
               "kind": (ReviewKind.PATHWAY if pathway else ReviewKind.CIOC).value}
        )  # fmt: skip
        if past or (number % 2 == 0 and (day - days.local_day(now)).days < 28):
            sent = copies.said_before(db, house, model, person_id, case_id, review_id, rows)
            at = now - timedelta(hours=number % 48) if not past else _at(day - timedelta(days=3))
            rows[contributions][-1]["sent_at"] = at
            if past or number % 4 == 0:
                rows[readings].append(_read(house, sent, model, officer, at))
            if number % 3 == 0:
                rows[meeting_wishes].append(_wishes(db, house, whose, at))
        if past:
            rows[participation].append(_confirmed(house, review_id, officer, day))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(16), LONDON)


def _read(house: House, sent: str, model: Model, officer: str, at: datetime) -> dict[str, Any]:
    version = model.contribution["version"]
    return {"council": house.id, "contribution_id": sent, "version": version,
            "staff_id": officer, "read_at": at + timedelta(hours=1)}  # fmt: skip


def _confirmed(house: House, review_id: str, officer: str, day: date) -> dict[str, Any]:
    return {
        "council": house.id, "review_id": review_id, "code": "PN1", "proposed": "PN1",
        "method": "spoke", "reason": None, "briefed": None,
        "confirmed_by": officer, "confirmed_at": _at(day + timedelta(days=1)),
    }  # fmt: skip


def _wishes(db: Connection, house: House, whose: dict[str, str], at: datetime) -> dict[str, Any]:
    review_id, person_id = whose["review_id"], whose["person_id"]
    place = Place(house.id, "meeting_wishes", "wishes", review_id, person_id)
    picks = '{"picks": {"meeting.where": ["school"]}, "words": {}, "day": null}'
    return {
        "council": house.id, **whose, "sent_at": at, "wishes": seal(db, place, picks),
        "conversation_id": invitations.conversation_of(house, review_id),
    }  # fmt: skip


def _task(db: Connection, house: House, person_id: str, review_id: str, now: datetime) -> None:
    due = days.local_day(now) + timedelta(days=5)
    task = Task(
        str(uuid.uuid4()), Kind.ADVOCATE, person_id, review_id, {}, does="officer", due_on=due
    )
    tasks.add(db, house.id, task, now - timedelta(days=1))
