"""Foster carers of a household that is reviewed: one adds their review, so that they can be invited
to their own form.

A household has a record of its own in the case system, apart from every child's: so have their rows
here (`docs/decisions/0033`). Until they are imported, somebody of the council names them.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.access.roles import Role
from bot.service import accounts
from bot.service.house import House
from storage import audit, people, reviews
from storage.errors import Unknown
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind


class CannotAdd(Exception):
    """Nothing was added; the text says why and what would be right."""


@dataclass(frozen=True, slots=True)
class Household:
    """`name`: as the carers write themselves; `case_id`, `review_id`: the case system's; `chair`:
    the e-mail address or whole name of who chairs the review."""

    name: str
    case_id: str
    review_id: str
    chair: str
    due_on: date
    meeting_on: date | None = None


def add(db: Connection, house: House, household: Household, by: str, now: datetime) -> Review:
    """Add a review of a household, and the household with its first one. `by`: as the audit names
    them. `CannotAdd`, `accounts.StaffUnknown`."""
    _refuse_empty(household)
    chair = accounts.find(db, house, household.chair)
    if chair.role != Role.IRO or not chair.active:
        raise CannotAdd(f"{chair.name} is no reviewing officer: name an IRO who chairs the review.")
    _refuse_known_review(db, house, household.review_id)
    person_id = people.by_case_id(db, house.id, house.keys, household.case_id)
    if person_id is None:
        person_id = _add_person(db, house, household, now)
    elif not people.is_carer(db, house.id, person_id):
        raise CannotAdd(
            f"{household.case_id} is a young person's record. A household has one of its own: "
            "nothing of the two is ever mixed."
        )
    review = Review(
        house.id,
        household.review_id,
        person_id,
        ReviewKind.FOSTER_CARER,
        chair.staff_id,
        household.due_on,
        household.meeting_on,
    )
    reviews.add(db, review, now)
    subject = f"review:{review.review_id}"
    audit.add(db, house.id, now, actor=by, act="carers_review_added", subject=subject)
    return review


def _refuse_empty(household: Household) -> None:
    for name, value in (
        ("name", household.name),
        ("case id", household.case_id),
        ("review's id", household.review_id),
    ):
        if not value.strip():
            raise CannotAdd(f"The {name} is empty.")
    if len(household.review_id) > 64:
        raise CannotAdd("The review's id is longer than 64 characters.")


def _refuse_known_review(db: Connection, house: House, review_id: str) -> None:
    try:
        reviews.get(db, house.id, review_id)
    except Unknown:
        return
    raise CannotAdd(f"There is a review {review_id} already.")


def _add_person(db: Connection, house: House, household: Household, now: datetime) -> str:
    person = YoungPerson(
        house.id,
        str(uuid.uuid4()),
        household.case_id,
        household.name.strip(),
        None,
        care_leaver=False,
        carer=True,
    )
    people.add_young_person(db, house.keys, person, now)
    return person.person_id
