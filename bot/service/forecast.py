"""What lies ahead of a unit, counted: what falls due in which week, what is at risk, and how much
each officer holds, now and by a plan.

Pure: the reviews, the day and the plan go in. By when each is due says the statutory clock
(`bot.service.due`); nothing is worked out here again.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from storage.reviews import ReviewKind

WEEKS = 26
WITHOUT_DATE = timedelta(weeks=6)
"""A review without a day is at risk once it is due within so long."""
_WEEK = timedelta(weeks=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A review that is to be held. `due`: None where no clock and no case system says it;
    `review_id`: None where it is due and nobody has put it down yet."""

    person_id: str
    kind: ReviewKind
    officer_id: str
    due: date | None
    meeting_on: date | None = None
    invited: bool = False
    review_id: str | None = None


class Risk(StrEnum):
    """Why a review may not be held in time, or be held without the young person."""

    OVERDUE = "overdue"
    AFTER_DUE = "after_due"
    NO_DATE = "no_date"
    NO_INVITATION = "no_invitation"


def risk_of(one: Ahead, today: date, invite_before: timedelta) -> Risk | None:
    """The weightiest, so that each review is in one list. `invite_before`: so long before a meeting
    the council invites."""
    if one.due is not None and one.due < today:
        return Risk.OVERDUE
    if one.meeting_on is None:
        near = one.due is not None and one.due <= today + WITHOUT_DATE
        return Risk.NO_DATE if near else None
    if one.due is not None and one.meeting_on > one.due:
        return Risk.AFTER_DUE
    if not one.invited and today <= one.meeting_on <= today + invite_before:
        return Risk.NO_INVITATION
    return None


def at_risk(
    ahead: Iterable[Ahead], today: date, invite_before: timedelta
) -> dict[Risk, tuple[Ahead, ...]]:
    """Each list in the order of days; empty ones too."""
    found: dict[Risk, list[Ahead]] = {risk: [] for risk in Risk}
    for one in ahead:
        risk = risk_of(one, today, invite_before)
        if risk is not None:
            found[risk].append(one)
    return {risk: tuple(sorted(several, key=_next_day)) for risk, several in found.items()}


def _next_day(one: Ahead) -> tuple[date, str]:
    return one.due or one.meeting_on or date.max, one.person_id


@dataclass(frozen=True, slots=True)
class Week:
    """`begins`: its Monday; `of`: how many fall due in it, by officer."""

    begins: date
    of: Mapping[str, int]

    @property
    def all(self) -> int:
        return sum(self.of.values())


@dataclass(frozen=True, slots=True)
class Weeks:
    """From this week on. Apart are those that are `overdue`, `later` than the last week, and those
    of which nobody knows (`unknown`): with them it is all that is ahead."""

    weeks: tuple[Week, ...]
    overdue: int
    later: int
    unknown: int


def by_week(ahead: Iterable[Ahead], today: date, count: int = WEEKS) -> Weeks:
    """What falls due in each week, Monday to Sunday; in this week from today on."""
    monday = today - today.weekday() * _DAY
    weeks: list[Counter[str]] = [Counter() for _week in range(count)]
    apart: Counter[str] = Counter()
    for one in ahead:
        if one.due is None:
            apart["unknown"] += 1
        elif one.due < today:
            apart["overdue"] += 1
        elif (place := (one.due - monday) // _WEEK) < count:
            weeks[place][one.officer_id] += 1
        else:
            apart["later"] += 1
    return Weeks(
        tuple(Week(monday + place * _WEEK, week) for place, week in enumerate(weeks)),
        apart["overdue"],
        apart["later"],
        apart["unknown"],
    )


@dataclass(frozen=True, slots=True)
class Load:
    """How many people an officer holds, by what for: each once in each. `minutes`: how long they
    work in a week, None where nobody said so; `due`: reviews that fall due within the weeks."""

    officer_id: str
    in_care: int
    leavers: int
    conferences: int
    households: int
    due: int
    minutes: int | None

    def to_full_time(self, people: int, full_time_minutes: float) -> float | None:
        """So many would somebody hold who works full time; None where hours are not known."""
        return people * full_time_minutes / self.minutes if self.minutes else None


_IN_CARE = (ReviewKind.CIOC, ReviewKind.DISRUPTION)


def loads(
    ahead: Sequence[Ahead],
    officer_ids: Iterable[str],
    minutes: Mapping[str, int],
    today: date,
    count: int = WEEKS,
) -> dict[str, Load]:
    """By officer; who holds nobody too."""
    theirs: dict[str, list[Ahead]] = {one: [] for one in officer_ids}
    for one in ahead:
        theirs.setdefault(one.officer_id, []).append(one)
    falls = Counter[str]()
    for week in by_week(ahead, today, count).weeks:
        falls.update(week.of)
    return {
        officer: Load(
            officer,
            _people(held, _IN_CARE),
            _people(held, (ReviewKind.PATHWAY,)),
            _people(held, (ReviewKind.CONFERENCE,)),
            _people(held, (ReviewKind.FOSTER_CARER,)),
            falls[officer],
            minutes.get(officer),
        )
        for officer, held in theirs.items()
    }


def _people(held: Iterable[Ahead], kinds: Collection[ReviewKind]) -> int:
    return len({one.person_id for one in held if one.kind in kinds})


Moves = Mapping[tuple[str, str], str]
"""To whom somebody goes, by the officer whose they are and the young person."""


def moved(ahead: Iterable[Ahead], moves: Moves) -> tuple[Ahead, ...]:
    """The same once a plan is carried out: all of a young person's reviews with one officer go."""
    return tuple(
        replace(one, officer_id=moves.get((one.officer_id, one.person_id), one.officer_id))
        for one in ahead
    )
