"""What a unit's data is, as plain rows: of the children, their reviews, and what no case system's
data set holds."""

from dataclasses import dataclass, replace
from datetime import date

BEGINS, ENDS = date(2025, 4, 1), date(2026, 3, 31)
BEFORE = date(2025, 3, 31)
"""The reporting year 2025, and the day before it."""


@dataclass(frozen=True, slots=True)
class Person:
    person_id: str
    born: date
    sex: str
    ethnicity: str
    leaver: bool = False


@dataclass(frozen=True, slots=True)
class Episode:
    """`reason_began` and `reason_ended`: RNE and REC."""

    episode_id: str
    person_id: str
    cla_id: str
    began: date
    ended: date | None
    legal_status: str
    placement: str
    reason_began: str
    reason_ended: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """`late`: as this generator meant it, for a count that asks no clock. `cancelled`: it was to be
    on that day."""

    review_id: str
    person_id: str
    cla_id: str
    due: date
    on: date
    late: bool = False
    cancelled: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class Leaver:
    """When their pathway plan was reviewed last, as it was before the year and at its end."""

    person_id: str
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class Permanence:
    permanence_id: str
    person_id: str
    cla_id: str
    decided_on: date
    placed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Household:
    household_id: str
    kind: str
    approved_on: date
    ended_on: date | None
    reviewed_on: date | None


@dataclass(frozen=True, slots=True)
class EducationPlan:
    person_id: str
    due_on: date | None
    in_place_on: date | None


@dataclass(frozen=True, slots=True)
class Tool:
    tool_id: str
    state: str
    made_on: date


@dataclass(frozen=True, slots=True)
class Unit:
    people: tuple[Person, ...]
    episodes: tuple[Episode, ...]
    reviews: tuple[Review, ...]
    leavers: tuple[Leaver, ...]
    permanence: tuple[Permanence, ...]
    households: tuple[Household, ...]
    education: tuple[EducationPlan, ...]
    tools: tuple[Tool, ...]

    def held_in_year(self) -> list[Review]:
        """Those of children who are in care for more than short breaks."""
        short = {one.person_id for one in self.episodes if one.legal_status == "V4"}
        return [
            one
            for one in self.reviews
            if not one.cancelled and BEGINS <= one.on <= ENDS and one.person_id not in short
        ]

    def periods(self) -> list[Episode]:
        """Each period of care once: from its first episode's day to how its last one ended."""
        first: dict[str, date] = {}
        last: dict[str, Episode] = {}
        for one in self.episodes:
            first.setdefault(one.cla_id, one.began)
            last[one.cla_id] = one
        return [replace(one, began=first[cla_id]) for cla_id, one in last.items()]


def as_of(unit: Unit, day: date) -> Unit:
    """What the case system would have had on that day."""
    here = {one.person_id for one in unit.episodes if one.began <= day}
    leavers = {one.person_id for one in unit.leavers}
    return replace(
        unit,
        people=tuple(one for one in unit.people if one.person_id in here | leavers),
        episodes=tuple(_seen(one, day) for one in unit.episodes if one.began <= day),
        reviews=tuple(one for one in unit.reviews if one.on <= day),
        leavers=tuple(
            replace(one, after=one.before if day < BEGINS else one.after) for one in unit.leavers
        ),
        permanence=tuple(
            replace(one, placed_on=one.placed_on if (one.placed_on or ENDS) <= day else None)
            for one in unit.permanence
            if one.decided_on <= day
        ),
    )


def _seen(one: Episode, day: date) -> Episode:
    ended = one.ended is not None and one.ended <= day
    return one if ended else replace(one, ended=None, reason_ended="")
