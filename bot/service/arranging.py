"""What business support arranges: which review is when, and how far its invitation is. No word,
and not whether any was sent."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.access import permissions
from bot.service import relations
from bot.service.admission import Admitted
from bot.service.caseload import SOON
from bot.service.days import local_day
from bot.service.house import House
from storage import caseload, people
from storage.caseload import Case
from storage.reviews import ReviewKind

AHEAD = SOON * 3
"""How far ahead reviews are arranged: twelve weeks."""


class Invitation(StrEnum):
    """How far an invitation is."""

    NONE = "none"
    OPENED = "opened"
    WAITING = "waiting"  # made and not opened yet
    ENDED = "ended"  # it ended before anybody opened it


@dataclass(frozen=True, slots=True)
class ToArrange:
    """A review that is not held yet."""

    case: Case
    officer: str
    invitation: Invitation
    may_invite: bool

    @property
    def pathway(self) -> bool:
        return self.case.review.kind is ReviewKind.PATHWAY


@dataclass(frozen=True, slots=True)
class Arranging:
    """`undated`: no meeting is arranged, the one due first before others; `dated`: by the day of
    the meeting."""

    undated: tuple[ToArrange, ...]
    dated: tuple[ToArrange, ...]

    @property
    def to_invite(self) -> int:
        """How many have no invitation that somebody could open or has opened."""
        missing = (Invitation.NONE, Invitation.ENDED)
        return sum(one.invitation in missing for one in (*self.undated, *self.dated))


def to_arrange(db: Connection, house: House, staff: Admitted, now: datetime) -> Arranging:
    """The reviews ahead of their team, and those that nobody gave a day. Reads only."""
    today = local_day(now)
    lasts = timedelta(days=house.council.invitation_days)
    found = [
        ToArrange(
            case,
            people.staff_member(db, house.id, case.review.officer_id).name,
            _invitation(case, now, lasts),
            _may_invite(db, house, staff, case),
        )
        for case in caseload.of_team(db, house.id, staff.team)
        if not case.review.held and _day(case, today) <= today + AHEAD
    ]
    undated = [one for one in found if one.case.review.meeting_on is None]
    dated = [
        one
        for one in found
        if one.case.review.meeting_on is not None and one.case.review.meeting_on >= today
    ]
    return Arranging(
        tuple(sorted(undated, key=lambda one: one.case.review.due_on or date.max)),
        tuple(sorted(dated, key=lambda one: _day(one.case, today))),
    )


def _day(case: Case, today: date) -> date:
    """Its day: one that has neither meeting nor due date is to be arranged now."""
    return case.review.meeting_on or case.review.due_on or today


def _may_invite(db: Connection, house: House, staff: Admitted, case: Case) -> bool:
    """Not once everybody's involvement with the young person has ended."""
    relation = relations.to_review(db, house, staff.asker, case.review.review_id)
    return permissions.may("desk.access", staff.role, relation)


def _invitation(case: Case, now: datetime, lasts: timedelta) -> Invitation:
    if case.opened:
        return Invitation.OPENED
    if case.invited_at is None:
        return Invitation.NONE
    return Invitation.WAITING if now < case.invited_at + lasts else Invitation.ENDED
