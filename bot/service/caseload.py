"""What an officer has in hand today, and what a unit has: each review in one state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.access.permissions import Relation
from bot.service import relations
from bot.service.admission import Admitted
from bot.service.days import local_day
from bot.service.house import House
from bot.service.relations import is_closed
from storage import allocations, caseload, people
from storage.caseload import Standing
from storage.reviews import ReviewKind

SOON = timedelta(days=28)
"""How far ahead *Today* looks for reviews where nothing was said yet."""

MEETING_SOON = timedelta(days=14)


class State(StrEnum):
    """Where a review stands, the weightiest first. The value is its `data-state`."""

    READ_IT = "read"  # sent, and not read by who runs the review
    OVERDUE = "overdue"  # past its due date, and nobody has said that it was held
    CONFIRM = "confirm"  # the meeting is over, how they took part is not confirmed
    WAITING = "waiting"  # nothing was sent yet
    READY = "ready"  # read, the meeting is ahead
    DONE = "done"


def state_of(case: Standing, today: date) -> State:
    """One state for a review, by what its officer does first: reading."""
    return State.READ_IT if _is_unread(case) else standing_of(case, today)


def _is_unread(case: Standing) -> bool:
    return case.sent is not None and case.sent.read_at is None


def _standing_of_uncounted(case: Standing, today: date) -> State:
    """What is asked after a review, or before one of somebody else: nobody confirms anything."""
    review = case.review
    if _is_unread(case):
        return State.READ_IT
    if review.looks_back_on or meeting_over(review.held, review.meeting_on, today):
        return State.DONE
    return State.WAITING if case.sent is None else State.READY


def standing_of(case: Standing, today: date) -> State:
    """One state for a review, by what its unit answers for first: that it is held in time, and that
    it is known how the young person took part."""
    if not case.review.counted:
        return _standing_of_uncounted(case, today)
    if case.confirmed_at is not None:
        return State.DONE
    if is_overdue(case, today):
        return State.OVERDUE
    if meeting_over(case.review.held, case.review.meeting_on, today):
        return State.CONFIRM
    if case.sent is None:
        return State.WAITING
    return State.READY if case.sent.read_at is not None else State.READ_IT


STANDINGS = (
    State.OVERDUE, State.CONFIRM, State.WAITING, State.READ_IT, State.READY, State.DONE,
)  # fmt: skip
"""In the order in which a unit looks at them."""


def meeting_over(held: bool, meeting_on: date | None, today: date) -> bool:
    """Whether the meeting may have taken place, so that a person can say how it was."""
    return held or (meeting_on is not None and meeting_on <= today)


@dataclass(frozen=True, slots=True)
class InHand:
    """A case with its state. `behind_glass`: it is over, and its officer too says why first."""

    case: Standing
    state: State
    behind_glass: bool = False

    @property
    def pathway(self) -> bool:
        return self.case.review.kind is ReviewKind.PATHWAY


def of_officer(db: Connection, house: House, staff: Admitted, now: datetime) -> tuple[InHand, ...]:
    """What an officer has in hand, the next meeting first. Nobody's name is opened: `named`."""
    day = local_day(now)
    found = caseload.of_officer(db, house.id, staff.staff_id, day)
    return _with_glass(db, house, [InHand(case, state_of(case, day)) for case in found], day)


def of_person(
    db: Connection, house: House, staff: Admitted, person_id: str, now: datetime
) -> tuple[InHand, ...]:
    """The reviews of one young person that this officer runs, however long they are over."""
    day = local_day(now)
    found = caseload.of_person(db, house.id, staff.staff_id, person_id)
    return _with_glass(db, house, [InHand(case, state_of(case, day)) for case in found], day)


def of_unit(db: Connection, house: House, staff: Admitted, now: datetime) -> tuple[InHand, ...]:
    """What their team has in hand, by `standing_of`."""
    day = local_day(now)
    return _standing(caseload.of_team(db, house.id, staff.team, day), day)


def in_past(
    db: Connection, house: House, staff: Admitted, found: Sequence[Standing], day: date
) -> tuple[InHand, ...]:
    """The same for what is over; an officer's is behind glass once it is closed."""
    cases = [InHand(case, State.DONE) for case in found]
    return _with_glass(db, house, cases, day) if staff.runs_reviews else tuple(cases)


def named(db: Connection, house: House, found: Sequence[InHand]) -> tuple[InHand, ...]:
    """The same with whom they are about: the cases of what is about to be shown, and of no other.
    Their keys are read by one statement."""
    cases = {
        case.review.review_id: case
        for case in caseload.named(db, house.id, [one.case for one in found])
    }
    return tuple(
        replace(one, case=cases[one.case.review.review_id])
        for one in found
        if one.case.review.review_id in cases
    )


def _with_glass(
    db: Connection, house: House, found: Sequence[InHand], day: date
) -> tuple[InHand, ...]:
    """Which of them have closed since. Only of what is past it is asked who is involved."""
    past = [one.case.review for one in found if is_past(one.case, day)]
    involved = allocations.of_people(db, house.id, (review.person_id for review in past))
    closed = {
        review.review_id
        for review in past
        if is_closed(review, involved.get(review.person_id, ()), day)
    }
    return tuple(replace(one, behind_glass=one.case.review.review_id in closed) for one in found)


def is_past(case: Standing, day: date) -> bool:
    on = case.review.meeting_on or case.review.due_on
    return on is not None and on < day


@dataclass(frozen=True, slots=True)
class OfficerCounts:
    """How many reviews of one officer stand where."""

    name: str
    counts: dict[State, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's reviews, without a word that a young person said.

    `counts`: each review once, by `standing_of`; `not_heard`: a meeting within two weeks and
    nothing sent; `overdue`: those that are counted so. Of both the first by name, and `all_…`: how
    many there are.
    """

    officers: tuple[OfficerCounts, ...]
    counts: dict[State, int]
    not_heard: tuple[InHand, ...]
    overdue: tuple[InHand, ...]
    officer_names: dict[str, str]
    all_not_heard: int
    all_overdue: int


def unit(db: Connection, house: House, staff: Admitted, now: datetime) -> Unit:
    """What a unit manager answers for: the reviews of their team. Reads only."""
    day = local_day(now)
    cases = [
        found
        for found in of_unit(db, house, staff, now)
        if found.case.review.counted and not found.case.carer
    ]
    members = people.staff_by_id(db, house.id, {one.case.review.officer_id for one in cases})
    names = {member.staff_id: member.name for member in members.values()}
    officers = [
        OfficerCounts(
            names[officer_id],
            _counts(found for found in cases if found.case.review.officer_id == officer_id),
        )
        for officer_id in {found.case.review.officer_id for found in cases}
    ]
    not_heard = [one for one in cases if is_unheard(one.case, day)]
    overdue = sorted(
        (found for found in cases if found.state is State.OVERDUE),
        key=lambda found: due(found.case),
    )
    return Unit(
        tuple(sorted(officers, key=lambda officer: officer.name)),
        _counts(cases),
        named(db, house, not_heard[:MOST_NAMED]),
        named(db, house, overdue[:MOST_NAMED]),
        names,
        len(not_heard),
        len(overdue),
    )


MOST_NAMED = 25
"""How many of a list stand on a page that has several; the rest one finds in the whole list."""


def is_unheard(case: Standing, day: date) -> bool:
    """A meeting within two weeks, and nothing sent."""
    meeting = case.review.meeting_on
    waits = case.sent is None and case.confirmed_at is None
    return waits and meeting is not None and day <= meeting <= day + MEETING_SOON


_BEHIND = (State.OVERDUE, State.CONFIRM)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A colleague with the reviews of theirs that somebody may have to take over now."""

    name: str
    cases: tuple[InHand, ...]


def to_cover(db: Connection, house: House, staff: Admitted, now: datetime) -> tuple[Colleague, ...]:
    """Whose reviews one could stand in for, with those whose day is within four weeks, that are
    overdue or whose meeting nobody has said anything about yet: what `desk.glass` opens for them.
    No word of what was sent. Reads only."""
    day = local_day(now)
    cases = [one for one in of_unit(db, house, staff, now) if _may_need_cover(one, day)]
    stands = relations.to_reviews(db, house, staff.asker, [one.case.review for one in cases])
    team = [one for one in cases if stands[one.case.review.review_id] is Relation.TEAM]
    found: dict[str, list[InHand]] = {}
    for one in named(db, house, team):
        found.setdefault(one.case.review.officer_id, []).append(one)
    members = people.staff_by_id(db, house.id, found)
    colleagues = [
        Colleague(members[officer_id].name, tuple(cases)) for officer_id, cases in found.items()
    ]
    return tuple(sorted(colleagues, key=lambda one: one.name))


def _may_need_cover(found: InHand, day: date) -> bool:
    if found.case.review.looks_back_on:
        return found.state is State.READ_IT
    return found.state in _BEHIND or day <= next_day(found.case, day) <= day + SOON


def is_overdue(case: Standing, today: date) -> bool:
    """Past its due date and not held: overdue, and late only once it is held. A day that it was
    arranged for holds no review: somebody has to say that it took place."""
    review = case.review
    return review.due_on is not None and review.due_on < today and not review.held


def _standing(cases: Iterable[Standing], day: date) -> tuple[InHand, ...]:
    return tuple(InHand(case, standing_of(case, day)) for case in cases)


def _counts(cases: Iterable[InHand]) -> dict[State, int]:
    counts = dict.fromkeys(State, 0)
    for found in cases:
        counts[found.state] += 1
    return counts


def due(case: Standing) -> date:
    return case.review.due_on or date.max


def next_day(case: Standing, day: date) -> date:
    """The next date of a review: its meeting if that is ahead or today, else when it is due."""
    meeting = case.review.meeting_on
    return meeting if meeting is not None and meeting >= day else due(case)


def to_read(case: Standing, day: date) -> tuple[bool, int]:
    """The next meeting first; those whose meeting is behind after them, the latest first."""
    meeting = case.review.meeting_on or due(case)
    return meeting < day, abs((meeting - day).days)
