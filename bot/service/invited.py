"""How far invitations are, review by review: for whoever invites. No word of what was said, and not
whether anything was sent."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.service import invitation_batches as plans
from bot.service import inviting
from bot.service.admission import Admitted, Asked, require
from bot.service.auditing import harmless
from bot.service.days import local_day
from bot.service.house import House
from conversations.wording import YOUNGEST
from storage import audit, caseload, contact_addresses, people, reviews, tasks
from storage import invitation_sendings as sendings
from storage.caseload import Case
from storage.contact_addresses import Address
from storage.invitation_sendings import Opened, Sending, Way
from storage.invitation_sendings import State as SendingState
from storage.people import YoungPerson
from storage.reviews import Review
from storage.tasks import Kind, Task

AHEAD = timedelta(weeks=12)
MOST = 100
"""Rows on a page."""


class State(StrEnum):
    """How far the invitation to a review is, in the order in which it goes."""

    NONE = "none"
    MADE = "made"  # and has not left: a letter that is not printed, a message that waits for day
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    OPENED = "opened"  # somebody was let in by it
    USED = "used"  # and agreed to start
    EXPIRED = "expired"


def state_of(opened: Opened | None, newest: Sending | None, now: datetime) -> State:
    """What is known of it. `newest`: the sending that was made last."""
    if opened is None:
        return State.NONE
    if opened.used_at is not None:
        return State.USED if opened.begun_at is not None else State.OPENED
    if opened.expires_at is None or now >= opened.expires_at:
        return State.EXPIRED
    if newest is None or newest.made_at < (opened.issued_at or newest.made_at):
        return State.SENT  # its code was shown at the desk, and handed over
    match newest.state:
        case SendingState.DELIVERED:
            return State.DELIVERED
        case SendingState.BOUNCED:
            return State.BOUNCED
        case SendingState.SENT:
            return State.SENT
        case SendingState.MADE | SendingState.WITHDRAWN:
            return State.MADE


def how_far(db: Connection, house: House, review_id: str, now: datetime) -> State:
    """How far the invitation to this review is, for whoever was let in to its page."""
    opened = sendings.opened(db, house.id, [review_id]).get(review_id)
    sent = sendings.of_review(db, house.id, review_id)
    return state_of(opened, sent[0] if sent else None, now)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows. Without a state all of them."""

    state: State | None = None
    way: Way | None = None
    weeks: int = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One review that is ahead. `way`: none where a code was handed over, or nobody was invited."""

    case: Case
    officer: str
    state: State
    way: Way | None
    since: datetime | None
    reminders: int
    may_invite: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """`rows`: those that were asked for, the next meeting first, so many as a page holds; `counts`:
    of all, by state; `bounced`: what did not arrive and waits for somebody."""

    rows: tuple[Row, ...]
    found: int
    counts: dict[State, int]
    bounced: tuple[tuple[Task, YoungPerson], ...]


def listed(
    db: Connection, house: House, staff: Admitted, asked: Asked, filter_: Filter, now: datetime
) -> Listed:
    """Reads only. `Unknown` if it is not for them."""
    require(db, house, staff, asked)
    rows = _rows(db, house, staff, filter_, now)
    counts = {state: sum(row.state is state for row in rows) for state in State}
    chosen = [
        row for row in rows if filter_.state in (None, row.state) and filter_.way in (None, row.way)
    ]
    return Listed(tuple(chosen[:MOST]), len(chosen), counts, bounced(db, house, staff))


def _rows(
    db: Connection, house: House, staff: Admitted, filter_: Filter, now: datetime
) -> list[Row]:
    today = local_day(now)
    until = today + timedelta(weeks=filter_.weeks)
    found = []
    for case in plans.theirs(db, house, staff, today):
        day = case.review.meeting_on or case.review.due_on
        ahead = day is not None and today <= day <= until
        if ahead and not case.review.held:
            found.append((day, case))
    found.sort(key=lambda one: (str(one[0]), one[1].review.review_id))
    cases = caseload.named(db, house.id, [case for _day, case in found])
    ids = [case.review.review_id for case in cases]
    opened, sent = sendings.opened(db, house.id, ids), sendings.of_reviews(db, house.id, ids)
    names = {member.staff_id: member.name for member in people.all_staff(db, house.id)}
    return [
        _row(
            case,
            names.get(case.review.officer_id, ""),
            opened.get(case.review.review_id),
            sent.get(case.review.review_id, []),
            now,
        )
        for case in cases
    ]


def _row(
    case: Case, officer: str, opened: Opened | None, sent: Sequence[Sending], now: datetime
) -> Row:
    newest = sent[0] if sent else None
    state = state_of(opened, newest, now)
    current = newest is not None and (
        opened is None or opened.issued_at is None or newest.made_at >= opened.issued_at
    )
    since = opened.issued_at if opened else None
    if opened and opened.used_at:
        since = opened.used_at
    elif newest is not None and current:
        since = newest.ended_at or newest.sent_at or newest.made_at
    return Row(
        case,
        officer,
        state,
        newest.way if newest is not None and current else None,
        since,
        sum(one.number > 0 for one in sent),
        case.person.is_at_least(YOUNGEST, local_day(now)),
    )


def bounced(db: Connection, house: House, staff: Admitted) -> tuple[tuple[Task, YoungPerson], ...]:
    """What did not arrive, of the reviews that they invite to."""
    waiting = tasks.waiting(db, house.id, kinds=[Kind.INVITATION_BOUNCED])
    if not waiting:
        return ()
    about = reviews.several(db, house.id, (one.review_id for one in waiting if one.review_id))
    officers = plans.officers_of(db, house, staff)
    theirs = [
        (one, about[one.review_id])
        for one in waiting
        if one.review_id in about and about[one.review_id].officer_id in officers
    ]
    persons = people.young_people_by_id(db, house.id, {review.person_id for _, review in theirs})
    return tuple(
        (one, persons[review.person_id]) for one, review in theirs if review.person_id in persons
    )


_SAYS = {
    State.NONE: "not invited", State.MADE: "made", State.SENT: "sent",
    State.DELIVERED: "delivered", State.BOUNCED: "did not arrive", State.OPENED: "opened",
    State.USED: "used", State.EXPIRED: "expired",
}  # fmt: skip


def as_csv(
    db: Connection, house: House, staff: Admitted, asked: Asked, filter_: Filter, now: datetime
) -> str:
    """The same list, to keep or to count. That it was taken is on record."""
    require(db, house, staff, asked)
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(("review", "name", "meeting", "due", "officer", "invitation", "way", "since"))
    rows = [
        row
        for row in _rows(db, house, staff, filter_, now)
        if filter_.state in (None, row.state) and filter_.way in (None, row.way)
    ]
    for row in rows:
        review = row.case.review
        write.writerow(
            [
                harmless(one)
                for one in (
                    review.review_id,
                    row.case.person.name,
                    review.meeting_on.isoformat() if review.meeting_on else "",
                    review.due_on.isoformat() if review.due_on else "",
                    row.officer,
                    _SAYS[row.state],
                    row.way.value if row.way else "",
                    row.since.isoformat(timespec="minutes") if row.since else "",
                )
            ]
        )
    audit.add(
        db, house.id, now, actor=staff.actor, act="invitations_exported",
        subject=f"council:{house.id}", detail=f"{len(rows)} reviews",
    )  # fmt: skip
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class One:
    """All about the invitation to one review. `needs_reason`: one is open or used, so that a new
    one ends it; `for_telegram`: they are old enough, and there is Telegram."""

    review: Review
    person: YoungPerson
    officer: str
    state: State
    since: datetime | None
    needs_reason: bool
    sent: tuple[Sending, ...]
    addresses: tuple[Address, ...]
    set_up: frozenset[Way]
    for_telegram: bool
    old_enough: bool
    bounced: tuple[Task, ...]


def one(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> One:
    """Reads only. `Unknown` if it is not for them."""
    require(db, house, staff, asked)
    review = reviews.get(db, house.id, asked.review_id or "")
    person = people.young_person(db, house.id, review.person_id)
    opened = sendings.opened(db, house.id, [review.review_id]).get(review.review_id)
    sent = sendings.of_review(db, house.id, review.review_id)
    officer = people.staff_member(db, house.id, review.officer_id).name
    empty = Case(review, person.carer, None, None, None, None, None, False, person)
    row = _row(empty, officer, opened, sent, now)
    telegram = inviting.is_set_up(house, Way.TELEGRAM)
    bounced = [
        task
        for task in tasks.of_review(db, house.id, review.review_id, [Kind.INVITATION_BOUNCED])
        if task.done_at is None
    ]
    return One(
        review,
        person,
        officer,
        row.state,
        row.since,
        row.state not in (State.NONE, State.EXPIRED),
        tuple(sent),
        tuple(
            contact_addresses.of_people(db, house.id, [person.person_id]).get(person.person_id, [])
        ),
        frozenset(way for way in Way if inviting.is_set_up(house, way)),
        telegram and inviting.may_use_telegram(house, person, now),
        row.may_invite,
        tuple(bounced),
    )


def dealt_with(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> None:
    """What did not arrive is dealt with: they were reached another way. `Unknown`."""
    require(db, house, staff, asked)
    review_id = asked.review_id or ""
    for task in tasks.of_review(db, house.id, review_id, [Kind.INVITATION_BOUNCED]):
        if tasks.done(db, house.id, task.task_id, staff.staff_id, now):
            audit.add(
                db, house.id, now, actor=staff.actor, act="task_done",
                subject=f"task:{task.task_id}", detail=task.kind.value,
            )  # fmt: skip
