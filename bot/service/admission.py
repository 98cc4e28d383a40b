"""Who is at the desk's door, and whether this page is for them. Every desk request passes here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.access import permissions, sessions
from bot.access.permissions import Relation
from bot.access.roles import TITLES, Role
from bot.service.house import House
from storage import people, reviews, tasks
from storage.errors import Unknown


@dataclass(frozen=True, slots=True)
class Admitted:
    """A signed-in member of staff. `touch`: the session's use is to be noted."""

    staff_id: str
    role: Role
    name: str
    form_token: str
    touch: bool = False

    @property
    def title(self) -> str:
        return TITLES[self.role]

    @property
    def sees_the_unit(self) -> bool:
        """Whether lists hold what is their colleagues' too."""
        return permissions.may("desk.task", self.role, Relation.OTHER)

    @property
    def actor(self) -> str:
        """As the audit names them."""
        return f"staff:{self.staff_id}"

    def may_list(self, route: str) -> bool:
        """Whether a page that is about no one review is for them: what the menu shows."""
        return permissions.may(route, self.role, Relation.NONE)


class Refusal(StrEnum):
    """Why there is no page for them."""

    SIGNED_OUT = "signed_out"
    NOT_FOUND = "not_found"  # it is not there, or not for them: nobody can tell which


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request wants: the route's name, and which review or task it is about."""

    route: str
    review_id: str | None = None
    task_id: str | None = None


def who(db: Connection, house: House, secret: str | None, now: datetime) -> Admitted | None:
    """Who this cookie signs in; none if it is good no more."""
    session = sessions.find(db, house.keys, house.id, secret, now) if secret else None
    if session is None or secret is None:
        return None
    member = people.staff_member(db, house.id, session.staff_id)
    token = sessions.form_token(house.keys, house.id, secret)
    return Admitted(member.staff_id, Role(member.role), member.name, token, session.touch)


def admit(
    db: Connection, house: House, secret: str | None, asked: Asked, now: datetime
) -> Admitted | Refusal:
    """Let somebody in, or say why not. Reads only."""
    staff = who(db, house, secret, now)
    if staff is None:
        return Refusal.SIGNED_OUT
    try:
        require(db, house, staff, asked)
    except Unknown:
        return Refusal.NOT_FOUND
    return staff


def require(db: Connection, house: House, staff: Admitted, asked: Asked) -> None:
    """The authorisation table allows it, or `Unknown`. An act asks again in its own transaction:
    the review may have gone to a colleague since the page was opened."""
    relation = _relation(db, house, staff, asked)
    if not permissions.may(asked.route, staff.role, relation):
        raise Unknown(f"{asked.route} for {staff.role} and {relation}")


def _relation(db: Connection, house: House, staff: Admitted, asked: Asked) -> Relation:
    review_id = asked.review_id
    if asked.task_id is not None:
        review_id = tasks.get(db, house.id, asked.task_id).review_id
        if review_id is None:
            return Relation.OTHER  # about no review, so nobody's own: the unit's
    if review_id is None:
        return Relation.NONE
    review = reviews.get(db, house.id, review_id)
    return Relation.OWN if review.officer_id == staff.staff_id else Relation.OTHER
