"""Breaking the glass: a colleague opens a review that is not theirs, with a reason, for some hours.

The officer is told by a task at the desk, and the audit has it, in the same transaction. Whoever
stands in reads no more than the table and `reading` let them.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.access import permissions
from bot.access.permissions import Relation
from bot.access.roles import OFFICERS
from bot.service.admission import Admitted, Asked, covers_until, relation_of, require
from bot.service.house import House
from bot.service.problems import Problem
from storage import audit, glass, people, reviews, tasks
from storage.people import YoungPerson
from storage.reviews import Review
from storage.tasks import Kind, Task

LASTS = timedelta(hours=4)
"""Long enough to read, to hold the meeting and to say how they took part."""

MOST_LETTERS = 500


@dataclass(frozen=True, slots=True)
class Pane:
    """What stands before a review that is not theirs. `closed`: it is over; `all_of_it`: they hold
    the role that it was said to, so that they would read everything; `may_invite`: what is about
    invitations and erasing is theirs without it."""

    review: Review
    person: YoungPerson
    officer: str
    officer_is_me: bool
    closed: bool
    all_of_it: bool
    hours: int
    may_invite: bool


def before(db: Connection, house: House, staff: Admitted, review_id: str) -> Pane:
    """What is shown before the glass is broken: whose review it is, and no word. `Unknown` if it
    is not one that they may open so."""
    asked = Asked("desk.break_glass", review_id)
    require(db, house, staff, asked)
    review = reviews.get(db, house.id, review_id)
    return Pane(
        review,
        people.young_person(db, house.id, review.person_id),
        people.staff_member(db, house.id, review.officer_id).name,
        review.officer_id == staff.staff_id,
        relation_of(db, house, staff, asked) is Relation.CLOSED,
        staff.role in OFFICERS,
        int(LASTS.total_seconds() // 3600),
        permissions.may("desk.access", staff.role, relation_of(db, house, staff, asked)),
    )


def break_it(
    db: Connection, house: House, staff: Admitted, asked: Asked, reason: str, now: datetime
) -> Problem | None:
    """Open the review for some hours, and tell its officer; a problem: nothing was opened.

    A second tap while it is open does nothing more.
    """
    require(db, house, staff, asked)
    review = reviews.lock(db, house.id, asked.review_id or "")
    said = reason.strip()
    if not said:
        return Problem("reason", "Say why you need to open it.")
    if len(said) > MOST_LETTERS:
        return Problem("reason", f"Shorten it by {len(said) - MOST_LETTERS} letters.")
    if covers_until(db, house, staff, review.review_id) is not None:
        return None
    until = now + LASTS
    glass_id = str(uuid.uuid4())
    glass.add(db, house.id, glass_id, review.review_id, staff.staff_id, said, now, until)
    newest = reviews.newest_of(db, house.id, review.person_id, review.kind)
    about = {
        "by": staff.staff_id,
        "reason": said,
        "review": review.review_id,
        "until": until.isoformat(),
    }
    notice = Task(glass_id, Kind.GLASS_BROKEN, review.person_id, newest.review_id, about)
    tasks.add(db, house.id, notice, now)
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act="glass_broken",
        subject=f"review:{review.review_id}",
        detail=f"glass {glass_id} until {until.isoformat()}",
    )
    return None
