"""What the desk shows of how a young person gets in: no word of what they said."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.access import permissions
from bot.service import pins, reissuing, relations
from bot.service.admission import Admitted, Asked, require
from bot.service.house import House
from storage import people, reviews
from storage.people import YoungPerson
from storage.reviews import Review


@dataclass(frozen=True, slots=True)
class Shown:
    """`may_reset`, `may_erase`: whether that part of the page is for this member of staff. `after`:
    what they are asked after this review, if they are."""

    review: Review
    person: YoungPerson
    invitation: reissuing.State
    pin: pins.Standing
    may_reset: bool
    may_erase: bool
    officer: str
    after: str | None


def shown(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> Shown:
    """Reads only. `Unknown` if it is not for them."""
    page = replace(asked, route="desk.access")
    require(db, house, staff, page)
    review = reviews.get(db, house.id, asked.review_id or "")
    relation = relations.to_review(db, house, staff.asker, review.review_id)
    return Shown(
        review,
        people.young_person(db, house.id, review.person_id),
        reissuing.state_of(db, house, review.review_id, now),
        pins.standing(db, house, review.person_id, now),
        may_reset=permissions.may("desk.reset_pin", staff.role, relation),
        may_erase=permissions.may("desk.erase", staff.role, relation),
        officer=people.staff_member(db, house.id, review.officer_id).name,
        after=reviews.looking_back_on(db, review),
    )
