"""What an officer has in hand today, and what a unit has: each review in one state."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.access.permissions import Relation
from bot.service.admission import Admitted, Asked, relation_of
from bot.service.days import local_day
from bot.service.house import House
from bot.service.relations import is_closed
from storage import allocations, caseload, people
from storage.caseload import Case
from storage.reviews import Review, ReviewKind

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


def state_of(case: Case, today: date) -> State:
    """One state for a review, by what its officer does first: reading."""
    return State.READ_IT if _is_unread(case) else standing_of(case, today)


def _is_unread(case: Case) -> bool:
    return case.sent is not None and case.sent.read_at is None


def _standing_of_uncounted(case: Case, today: date) -> State:
    """What is asked after a review, or before one of somebody else: nobody confirms anything."""
    review = case.review
    if _is_unread(case):
        return State.READ_IT
    if review.looks_back_on or meeting_over(review.held, review.meeting_on, today):
        return State.DONE
    return State.WAITING if case.sent is None else State.READY


def standing_of(case: Case, today: date) -> State:
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

    case: Case
    state: State
    behind_glass: bool = False

    @property
    def pathway(self) -> bool:
        return self.case.review.kind is ReviewKind.PATHWAY


@dataclass(frozen=True, slots=True)
class Today:
    """What waits for an officer, in the order of its weight; an empty list is left out.

    `later`: how many reviews more there are where nothing is to be done yet. `carers`: foster
    carers' own forms for reviews ahead, or sent and not read, which no other list has.
    """

    read: tuple[InHand, ...]
    confirm: tuple[InHand, ...]
    overdue: tuple[InHand, ...]
    waiting: tuple[InHand, ...]
    ready: tuple[InHand, ...]
    later: int
    carers: tuple[InHand, ...] = ()

    @property
    def reviews(self) -> list[Review]:
        """All that are listed."""
        listed = (
            *self.read, *self.confirm, *self.overdue, *self.waiting, *self.ready, *self.carers,
        )  # fmt: skip
        return [found.case.review for found in listed]

    @property
    def nothing(self) -> bool:
        theirs = self.read or self.confirm or self.overdue or self.waiting or self.ready
        return not (theirs or self.carers)


def today(db: Connection, house: House, staff: Admitted, now: datetime) -> Today:
    """An officer's own list. Reads only."""
    day = local_day(now)
    every = _of(db, house, staff, day)
    cases = [found for found in every if not found.case.person.carer]
    carers = [
        found
        for found in every
        if found.case.person.carer
        and found.state is not State.DONE
        and (found.state is State.READ_IT or _next_day(found.case, day) <= day + SOON)
    ]

    def only(state: State) -> tuple[InHand, ...]:
        return tuple(found for found in cases if found.state is state)

    waiting = only(State.WAITING)
    soon = tuple(found for found in waiting if _next_day(found.case, day) <= day + SOON)
    return Today(
        read=tuple(sorted(only(State.READ_IT), key=lambda found: _to_read(found.case, day))),
        confirm=only(State.CONFIRM),
        overdue=tuple(sorted(only(State.OVERDUE), key=lambda found: _due(found.case))),
        waiting=tuple(sorted(soon, key=lambda found: _next_day(found.case, day))),
        ready=only(State.READY),
        later=len(waiting) - len(soon),
        carers=tuple(sorted(carers, key=lambda found: _next_day(found.case, day))),
    )


def all_of_mine(db: Connection, house: House, staff: Admitted, now: datetime) -> tuple[InHand, ...]:
    """Every review that an officer runs, by name. Reads only."""
    cases = _of(db, house, staff, local_day(now))
    return tuple(sorted(cases, key=lambda found: (found.case.person.name, _due(found.case))))


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
    nothing sent; `overdue`: those that are counted so.
    """

    officers: tuple[OfficerCounts, ...]
    counts: dict[State, int]
    not_heard: tuple[InHand, ...]
    overdue: tuple[InHand, ...]
    officer_names: dict[str, str]


def unit(db: Connection, house: House, staff: Admitted, now: datetime) -> Unit:
    """What a unit manager answers for: the reviews of their team. Reads only."""
    day = local_day(now)
    cases = [
        found
        for found in _standing(caseload.of_team(db, house.id, staff.team), day)
        if found.case.review.counted and not found.case.person.carer
    ]
    names = {member.staff_id: member.name for member in people.all_staff(db, house.id)}
    officers = [
        OfficerCounts(
            names[officer_id],
            _counts(found for found in cases if found.case.review.officer_id == officer_id),
        )
        for officer_id in {found.case.review.officer_id for found in cases}
    ]
    not_heard = [
        found
        for found in cases
        if found.case.sent is None
        and found.case.confirmed_at is None
        and found.case.review.meeting_on is not None
        and day <= found.case.review.meeting_on <= day + MEETING_SOON
    ]
    overdue = [found for found in cases if found.state is State.OVERDUE]
    return Unit(
        tuple(sorted(officers, key=lambda officer: officer.name)),
        _counts(cases),
        tuple(not_heard),
        tuple(sorted(overdue, key=lambda found: _due(found.case))),
        names,
    )


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
    found: dict[str, list[InHand]] = {}
    for case in _standing(caseload.of_team(db, house.id, staff.team), day):
        review = case.case.review
        asked = Asked("desk.review", review.review_id)
        if relation_of(db, house, staff, asked) is not Relation.TEAM:
            continue
        if _may_need_cover(case, day):
            found.setdefault(review.officer_id, []).append(case)
    colleagues = [
        Colleague(people.staff_member(db, house.id, officer_id).name, tuple(cases))
        for officer_id, cases in found.items()
    ]
    return tuple(sorted(colleagues, key=lambda one: one.name))


def _may_need_cover(found: InHand, day: date) -> bool:
    if found.case.review.looks_back_on:
        return found.state is State.READ_IT
    return found.state in _BEHIND or day <= _next_day(found.case, day) <= day + SOON


def is_overdue(case: Case, today: date) -> bool:
    """Past its due date and not held: overdue, and late only once it is held. A day that it was
    arranged for holds no review: somebody has to say that it took place."""
    review = case.review
    return review.due_on is not None and review.due_on < today and not review.held


def _of(db: Connection, house: House, staff: Admitted, day: date) -> list[InHand]:
    """An officer's own, with those that have closed since."""
    return [
        replace(found, behind_glass=_is_closed(db, house, found.case.review, day))
        for found in _in_hand(caseload.of_officer(db, house.id, staff.staff_id), day)
    ]


def _is_closed(db: Connection, house: House, review: Review, day: date) -> bool:
    return is_closed(review, allocations.of_person(db, house.id, review.person_id), day)


def _in_hand(cases: Iterable[Case], day: date) -> list[InHand]:
    return [InHand(case, state_of(case, day)) for case in cases]


def _standing(cases: Iterable[Case], day: date) -> list[InHand]:
    return [InHand(case, standing_of(case, day)) for case in cases]


def _counts(cases: Iterable[InHand]) -> dict[State, int]:
    counts = dict.fromkeys(State, 0)
    for found in cases:
        counts[found.state] += 1
    return counts


def _due(case: Case) -> date:
    return case.review.due_on or date.max


def _next_day(case: Case, day: date) -> date:
    """The next date of a review: its meeting if that is ahead or today, else when it is due."""
    meeting = case.review.meeting_on
    return meeting if meeting is not None and meeting >= day else _due(case)


def _to_read(case: Case, day: date) -> tuple[bool, int]:
    """The next meeting first; those whose meeting is behind after them, the latest first."""
    meeting = case.review.meeting_on or _due(case)
    return meeting < day, abs((meeting - day).days)
