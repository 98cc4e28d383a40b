"""The reviews of children in care that were held in a year, with stage, days late and code: what
every table about them is counted from, in one pass over the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from bot.reports.year import Span
from bot.service import bank_holidays
from conversations.participation import Code
from conversations.timescales import Care, Rearranged, Timed, birthday, rearranged, timed
from storage.review_moves import What
from storage.review_tables import review_moves
from storage.reviews import ReviewKind
from storage.tables import participation, reviews

NOT_KNOWN = "not_known"
"""The stage of a review in no period of care that is on record."""
_FOURTH = 4


@dataclass(frozen=True, slots=True)
class Held:
    """One review. `stage`: of `conversations.timescales.Stage`, or `NOT_KNOWN`; `code`: PN0 to PN7;
    None: missing, or it can't be right at that age."""

    review_id: str
    person_id: str
    on: date
    stage: str
    late_days: int
    code: str | None


@dataclass(frozen=True, slots=True)
class HeldInYear:
    """`counted`: those with a code; `flagged`: those without one, left out of totals until it is
    mended. `stood_down`: what became of each that was called off."""

    counted: tuple[Held, ...] = ()
    flagged: tuple[Held, ...] = ()
    stood_down: tuple[Rearranged, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    review_id: str
    on: date
    due_on: date | None


def look(
    db: Connection,
    council: str,
    year: Span,
    born: Mapping[str, date],
    cares: Mapping[str, Sequence[Care]],
) -> HeldInYear:
    """Source: `domain.md` section 3, *how figures are counted*."""
    codes = _codes(db, council)
    off = _called_off(db, council, year)
    counted: list[Held] = []
    flagged: list[Held] = []
    became: list[Rearranged] = []
    for person_id, rows in _held(db, council).items():
        mine = cares.get(person_id, ())
        if mine and all(care.short_breaks for care in mine):
            continue
        clock = _clock(mine, rows)
        became += (rearranged_of(day, mine, clock) for day in off.pop(person_id, ()))
        for row, one in zip(rows, clock, strict=True):
            if not year.holds(row.on):
                continue
            code = _possible(codes.get(row.review_id), born.get(person_id), row.on)
            stage = one.due.step.stage.value if one.due else NOT_KNOWN
            late = one.late_days if one.due else _late_by(row)
            review = Held(row.review_id, person_id, row.on, stage, late, code)
            (counted if code else flagged).append(review)
    became += (Rearranged.NOT for days in off.values() for _day in days)
    return HeldInYear(tuple(counted), tuple(flagged), tuple(became))


def rearranged_of(day: date, cares: Sequence[Care], clock: Sequence[Timed]) -> Rearranged:
    """The next one held answers it; where no period of care is on record, any that came after."""
    if cares:
        return rearranged(day, cares, clock)
    answer = next((one for one in clock if one.held_on >= day), None)
    return Rearranged.IN_TIME if answer else Rearranged.NOT


def _clock(cares: Sequence[Care], rows: Sequence[_Row]) -> tuple[Timed, ...]:
    days = [row.on for row in rows]
    if not cares:
        return tuple(Timed(day, None) for day in days)
    return timed(cares, days, bank_holidays.england_and_wales())


def _late_by(row: _Row) -> int:
    """Where no clock is about it: by the day that the case system says."""
    return max(timedelta(), row.on - row.due_on).days if row.due_on else 0


def _possible(code: str | None, born: date | None, day: date) -> str | None:
    """Published rules 440 and 441: PN0 is for a child under 4, and no other code is."""
    if code is None or born is None or code not in set(Code) or day < born:
        return None
    return code if (code == Code.PN0) == (day < birthday(born, _FOURTH)) else None


def _held(db: Connection, council: str) -> dict[str, list[_Row]]:
    """By child, in order. Two on one day are one."""
    asked = (
        select(reviews.c.person_id, reviews.c.review_id, reviews.c.meeting_on, reviews.c.due_on)
        .where(
            reviews.c.council == council,
            reviews.c.kind == ReviewKind.CIOC.value,
            reviews.c.held.is_(True),
            reviews.c.meeting_on.is_not(None),
            reviews.c.looks_back_on.is_(None),
        )
        .order_by(reviews.c.person_id, reviews.c.meeting_on, reviews.c.review_id)
    )
    found: dict[str, list[_Row]] = {}
    for person_id, review_id, day, due_on in db.execute(asked):
        mine = found.setdefault(person_id, [])
        if not mine or mine[-1].on != day:
            mine.append(_Row(review_id, day, due_on))
    return found


def _codes(db: Connection, council: str) -> dict[str, str]:
    rows = db.execute(
        select(participation.c.review_id, participation.c.code).where(
            participation.c.council == council, participation.c.code.is_not(None)
        )
    )
    return {row.review_id: row.code for row in rows}


def _called_off(db: Connection, council: str, year: Span) -> dict[str, list[date]]:
    """The days in the year on which a review was to be that was stood down, by child."""
    rows = db.execute(
        select(review_moves.c.person_id, review_moves.c.from_on, reviews.c.due_on)
        .join(
            reviews,
            (reviews.c.council == review_moves.c.council)
            & (reviews.c.review_id == review_moves.c.review_id),
        )
        .where(
            review_moves.c.council == council,
            review_moves.c.what == What.STOOD_DOWN.value,
            reviews.c.kind == ReviewKind.CIOC.value,
            reviews.c.looks_back_on.is_(None),
        )
    )
    found: dict[str, list[date]] = {}
    for person_id, from_on, due_on in rows:
        day = from_on or due_on
        if day is not None and year.holds(day):
            found.setdefault(person_id, []).append(day)
    return found
