"""The reviews of children in care that were held in a year, with stage, days late and code: what
every table about them is counted from, in one pass over the rows."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from typing import NamedTuple

from sqlalchemy import Connection, select

from bot.reports.figures.people import Births
from bot.reports.year import Span
from bot.service import bank_holidays
from conversations.participation import Code, too_old, too_young
from conversations.timescales import Care, Rearranged, Timed, rearranged, timed
from storage.review_moves import What
from storage.review_tables import review_moves
from storage.reviews import ReviewKind
from storage.tables import participation, reviews

_AT_ONCE = 1_000
"""Rows that are fetched at once: one by one takes three times as long."""
NOT_KNOWN = "not_known"
"""The stage of a review in no period of care that is on record."""


class Held(NamedTuple):
    """One review. `stage`: of `conversations.timescales.Stage`, or `NOT_KNOWN`; `code`: PN0 to PN7;
    of those that are flagged it is
    missing (None) or can't be right at that age."""

    review_id: str
    person_id: str
    on: date
    stage: str
    late_days: int
    code: str | None


class CalledOff(NamedTuple):
    """A review that was to be on that day. `reason`: of `storage.review_moves.Reason`; empty: not
    said."""

    on: date
    reason: str


class StoodDown(NamedTuple):
    """What became of one, and why it was called off."""

    became: Rearranged
    reason: str


@dataclass(frozen=True, slots=True)
class HeldInYear:
    """`counted`: those with a code; `flagged`: those without one, left out of totals until it is
    mended."""

    counted: list[Held] = field(default_factory=list)
    flagged: list[Held] = field(default_factory=list)
    stood_down: list[StoodDown] = field(default_factory=list)


class _Row(NamedTuple):
    review_id: str
    on: date
    due_on: date | None
    code: str | None


def look(
    db: Connection,
    council: str,
    years: Sequence[Span],
    births: Births,
    cares: Mapping[str, Sequence[Care]],
) -> tuple[HeldInYear, ...]:
    """Of each of the years, in one pass: a child's clock is the same for all of them.

    Source: `domain.md` section 3, *how figures are counted*.
    """
    off = _called_off(db, council)
    first = min(year.begins for year in years)
    found = [HeldInYear([], [], []) for _year in years]
    for person_id, every in _held(db, council, first):
        mine = cares.get(person_id, ())
        called_off = off.pop(person_id, ())
        if _short(mine):
            continue
        rows = every[_since(every, first) :]
        clock = _clock(mine, every, first)
        for year, one in zip(years, found, strict=True):
            one.stood_down.extend(
                StoodDown(rearranged_of(day, mine, clock), why)
                for day, why in called_off
                if year.holds(day)
            )
            part = slice(_since(rows, year.begins), bisect_right(rows, year.ends, key=_day))
            one.counted.extend(map(partial(_review, person_id), rows[part], clock[part]))
    for year, one in zip(years, found, strict=True):
        one.stood_down.extend(
            StoodDown(Rearranged.NOT, why)
            for person_id, called_off in off.items()
            if not _short(cares.get(person_id, ()))
            for day, why in called_off
            if year.holds(day)
        )
    return tuple(_with_codes(one, births) for one in found)


def _short(cares: Sequence[Care]) -> bool:
    """Whether they were in short breaks throughout."""
    return bool(cares) and all(care.short_breaks for care in cares)


def _since(rows: Sequence[_Row], day: date) -> int:
    """The place of the first one from that day on; they are in order."""
    return bisect_left(rows, day, key=_day)


_day = attrgetter("on")


def _review(person_id: str, row: _Row, one: Timed) -> Held:
    if one.due is None:
        return Held(row.review_id, person_id, row.on, NOT_KNOWN, _late_by(row), row.code)
    stage = one.due.step.stage.value
    return Held(row.review_id, person_id, row.on, stage, one.late_days, row.code)


def _with_codes(year: HeldInYear, births: Births) -> HeldInYear:
    """Those whose code can't be right stand apart."""
    born = births.of({one.person_id for one in year.counted})
    counted: list[Held] = []
    for one in year.counted:
        if _is_possible(one.code, born.get(one.person_id), one.on):
            counted.append(one)
        else:
            year.flagged.append(one)
    return HeldInYear(counted, year.flagged, year.stood_down)


def rearranged_of(day: date, cares: Sequence[Care], clock: Sequence[Timed]) -> Rearranged:
    """The next one held answers it; where no period of care is on record, any that came after."""
    if cares:
        return rearranged(day, cares, clock)
    answer = next((one for one in clock if one.held_on >= day), None)
    return Rearranged.IN_TIME if answer else Rearranged.NOT


def _clock(cares: Sequence[Care], rows: Sequence[_Row], since: date) -> tuple[Timed, ...]:
    """Of those from that day on."""
    days = [row.on for row in rows]
    if not cares:
        return tuple(Timed(day, None) for day in days[_since(rows, since) :])
    return timed(cares, days, bank_holidays.england_and_wales(), since)


def _late_by(row: _Row) -> int:
    """Where no clock is about it: by the day that the case system says."""
    return max(timedelta(), row.on - row.due_on).days if row.due_on else 0


_CODES = frozenset(Code)


def _is_possible(code: str | None, born: date | None, day: date) -> bool:
    """Published rules 440 and 441: PN0 is for a child under 4, and no other code is."""
    if code is None or born is None or code not in _CODES or day < born:
        return False
    known = Code(code)
    return not (too_old(known, born, day) or too_young(known, born, day))


def _held(db: Connection, council: str, since: date) -> Iterator[tuple[str, list[_Row]]]:
    """By child, in order: all of those who had one since that day. Two on one day are one."""
    counts = (
        reviews.c.council == council,
        reviews.c.kind == ReviewKind.CIOC.value,
        reviews.c.held.is_(True),
        reviews.c.looks_back_on.is_(None),
    )
    whose = select(reviews.c.person_id).where(*counts, reviews.c.meeting_on >= since)
    asked = (
        select(
            reviews.c.person_id,
            reviews.c.review_id,
            reviews.c.meeting_on,
            reviews.c.due_on,
            participation.c.code,
        )
        .outerjoin(
            participation,
            (participation.c.council == reviews.c.council)
            & (participation.c.review_id == reviews.c.review_id),
        )
        .where(*counts, reviews.c.meeting_on.is_not(None), reviews.c.person_id.in_(whose))
        .order_by(reviews.c.person_id, reviews.c.meeting_on, reviews.c.review_id)
    )
    every = chain.from_iterable(db.execute(asked).partitions(_AT_ONCE))
    for person_id, rows in groupby(every, itemgetter(0)):
        mine: list[_Row] = []
        for _person, review_id, day, due_on, code in rows:
            if not mine or mine[-1].on != day:
                mine.append(_Row(review_id, day, due_on, code))
        yield person_id, mine


def _called_off(db: Connection, council: str) -> dict[str, list[CalledOff]]:
    """Those that were stood down, by child."""
    rows = db.execute(
        select(
            review_moves.c.person_id,
            review_moves.c.from_on,
            reviews.c.due_on,
            review_moves.c.reason,
        )
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
    found: dict[str, list[CalledOff]] = {}
    for person_id, from_on, due_on, reason in rows:
        day = from_on or due_on
        if day is not None:
            found.setdefault(person_id, []).append(CalledOff(day, reason or ""))
    return found
