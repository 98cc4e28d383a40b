"""A new invitation in place of one that was lost, taken or opened by somebody else.

It locks out whoever holds the old one: its link, its code, the browsers and chats that were let in
by it, and every browser that shows answers. What the young person said stays.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.service import invitations
from bot.service.admission import Admitted, Asked, require
from bot.service.house import House
from bot.service.invitations import Drawn, Invited
from storage import audit, conversations, pins, reviews, tasks
from storage import invitations as kept_invitations
from storage.tasks import Kind, Task

MOST_LETTERS = 500


class Standing(StrEnum):
    """How the invitation to a review stands. A new one needs a reason while one is used or open."""

    NONE = "none"
    OPEN = "open"
    USED = "used"
    OVER = "over"  # not used in time, or revoked

    @property
    def needs_reason(self) -> bool:
        return self in (Standing.OPEN, Standing.USED)


class Problem(StrEnum):
    """Why nothing was done."""

    NO_REASON = "no_reason"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class State:
    """`since`: when it was made, or first used."""

    standing: Standing
    since: datetime | None = None


def state_of(db: Connection, house: House, review_id: str, now: datetime) -> State:
    """How the invitation to a review stands now. Reads only."""
    found = kept_invitations.of_review(db, house.id, review_id)
    live = [one for one in found if one.revoked_at is None]
    used = [one.used_at for one in live if one.used_at is not None]
    if used:
        return State(Standing.USED, min(used))
    for one in live:
        if one.open(now):
            return State(Standing.OPEN, one.issued_at)
    return State(Standing.OVER if found else Standing.NONE)


def reissue(
    db: Connection,
    house: House,
    review_id: str,
    by: str,
    reason: str,
    now: datetime,
    drawn: Drawn | None = None,
) -> Invited | Problem:
    """Invite, once more or for the first time. `by`: who does it, as the audit names them; the
    officer who runs the review is told if it is somebody else. `drawn`: as for
    `invitations.invite`. `Unknown`."""
    reason = reason.strip()
    review = reviews.lock(db, house.id, review_id)  # of two taps the second is shown, and stands
    standing = state_of(db, house, review_id, now).standing
    if standing.needs_reason and not reason:
        return Problem.NO_REASON
    if len(reason) > MOST_LETTERS:
        return Problem.TOO_LONG
    if standing is not Standing.NONE:
        _lock_out(db, house, review_id, review.person_id, now)
    invited = invitations.invite(
        db, house, review_id, now, by=by, reason=reason or None, drawn=drawn
    )
    if standing.needs_reason:
        audit.add(
            db,
            house.id,
            now,
            actor=by,
            act="invitation_reissued",
            subject=f"review:{review_id}",
            detail=f"the one before was {standing.value}",
        )
        if by != f"staff:{review.officer_id}":
            about = {"by": by, "reason": reason, "was": standing.value}
            task = Task(
                str(uuid.uuid4()), Kind.INVITATION_REISSUED, review.person_id, review_id, about
            )
            tasks.add(db, house.id, task, now)
    return invited


def reissue_at_desk(
    db: Connection, house: House, staff: Admitted, asked: Asked, reason: str, now: datetime
) -> Invited | Problem:
    """The same for somebody who is signed in. `Unknown` if it is not for them."""
    require(db, house, staff, asked)
    return reissue(db, house, asked.review_id or "", staff.actor, reason, now)


def _lock_out(db: Connection, house: House, review_id: str, person_id: str, now: datetime) -> None:
    kept_invitations.revoke_all(db, house.id, review_id, now)
    pins.lock_all(db, house.id, person_id)
    conversation_id = invitations.conversation_of(house, review_id)
    if not conversations.exists(db, house.id, conversation_id):
        return
    kept_invitations.lock_out(db, house.id, conversation_id)
    kept = conversations.lock(db, house.id, conversation_id)
    # Whoever comes next is not at a stop: the come-back code that it showed is gone. One more turn
    # makes the next stop's code another one, and pages that are still open somewhere old ones.
    woken = replace(kept.conversation, pause=None, turns=kept.conversation.turns + 1)
    conversations.save(db, replace(kept, conversation=woken), now)
