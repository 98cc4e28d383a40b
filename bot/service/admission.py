"""Who is at the desk's door, and whether this page is for them. Every desk request passes here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from sqlalchemy import Connection

from bot.access import permissions, sessions
from bot.access.permissions import Relation, Verdict
from bot.access.roles import OFFICERS, TITLES, Role
from bot.service import relations
from bot.service.days import local_day
from bot.service.house import House
from bot.service.relations import Asker
from storage import glass, people
from storage.errors import Unknown


class GlassUnbroken(Unknown):
    """It is not theirs, and they may open it by giving a reason first. Whoever does not know what
    that means treats it as what it is until then: not there."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A signed-in member of staff. `at`: when they asked; `touch`: the session's use is to be
    noted."""

    staff_id: str
    role: Role
    name: str
    form_token: str
    at: datetime
    team: str = ""
    touch: bool = False

    @property
    def title(self) -> str:
        return TITLES[self.role]

    @property
    def actor(self) -> str:
        """As the audit names them."""
        return f"staff:{self.staff_id}"

    def may_list(self, route: str) -> bool:
        """Whether a page that is about no one review is for them: what the menu shows."""
        return permissions.may(route, self.role, Relation.NONE)

    @property
    def runs_reviews(self) -> bool:
        """Whether they say how somebody took part."""
        return self.role in OFFICERS

    @property
    def runs_pathway_reviews(self) -> bool:
        return self.role is Role.PATHWAY_REVIEW_OFFICER

    @property
    def asker(self) -> Asker:
        """As relations are worked out for."""
        return Asker(self.staff_id, self.role, self.team, local_day(self.at))


class Refusal(StrEnum):
    """Why there is no page for them."""

    SIGNED_OUT = "signed_out"
    NOT_FOUND = "not_found"  # it is not there, or not for them: nobody can tell which
    BREAK_GLASS = "break_glass"  # not theirs; they may open it by giving a reason


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request wants: the route's name, and which review, task, young person, alert or note
    it is about."""

    route: str
    review_id: str | None = None
    task_id: str | None = None
    person_id: str | None = None
    alert_id: str | None = None
    note_id: str | None = None


def who(db: Connection, house: House, secret: str | None, now: datetime) -> Admitted | None:
    """Who this cookie signs in; none if it is good no more."""
    session = sessions.find(db, house.keys, house.id, secret, now) if secret else None
    if session is None or secret is None:
        return None
    member = people.staff_member(db, house.id, session.staff_id)
    return Admitted(
        member.staff_id,
        Role(member.role),
        member.name,
        sessions.form_token(house.keys, house.id, secret),
        at=now,
        team=member.team,
        touch=session.touch,
    )


def admit(
    db: Connection, house: House, secret: str | None, asked: Asked, now: datetime
) -> Admitted | Refusal:
    """Let somebody in, or say why not. Reads only."""
    staff = who(db, house, secret, now)
    if staff is None:
        return Refusal.SIGNED_OUT
    try:
        require(db, house, staff, asked)
    except GlassUnbroken:
        return Refusal.BREAK_GLASS
    except Unknown:
        return Refusal.NOT_FOUND
    return staff


def require(db: Connection, house: House, staff: Admitted, asked: Asked) -> None:
    """The authorisation table allows it, or `Unknown`. An act asks again in its own transaction:
    the review may have gone to a colleague since the page was opened. `GlassUnbroken` where a
    reason has to be given first."""
    relation = relation_of(db, house, staff, asked)
    match permissions.verdict(asked.route, staff.role, relation):
        case Verdict.ALLOWED:
            return
        case Verdict.BREAK_GLASS:
            if covers_until(db, house, staff, asked.review_id or "") is None:
                raise GlassUnbroken(f"{asked.route} for {staff.role} and {relation}")
        case Verdict.REFUSED:
            raise Unknown(f"{asked.route} for {staff.role} and {relation}")
        case never:
            assert_never(never)


def covers_until(db: Connection, house: House, staff: Admitted, review_id: str) -> datetime | None:
    """Until when they have broken the glass before this review; none if they have not."""
    return glass.open_until(db, house.id, review_id, staff.staff_id, staff.at)


def relation_of(db: Connection, house: House, staff: Admitted, asked: Asked) -> Relation:
    """How they stand to what is asked for."""
    if asked.task_id is not None:
        return relations.to_task(db, house, staff.asker, asked.task_id)
    if asked.review_id is not None:
        return relations.to_review(db, house, staff.asker, asked.review_id)
    if asked.alert_id is not None:
        return relations.to_alert(db, house, staff.asker, asked.alert_id)
    if asked.note_id is not None:
        return relations.to_note(db, house, staff.asker, asked.note_id)
    if asked.person_id is not None:
        return relations.to_person(db, house, staff.asker, asked.person_id)
    return Relation.NONE
