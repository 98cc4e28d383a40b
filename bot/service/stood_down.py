"""What was stood down since the year of the figures began, and what became of it: rearranged inside
its timescale, outside of it, or not yet. Counted alike for every kind of meeting; nobody is named.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.service import due
from bot.service.admission import Admitted
from bot.service.days import local_day
from bot.service.due import ByWhen
from bot.service.house import House
from bot.service.meeting_kinds import KINDS, MeetingKind
from bot.service.meetings import REASONS
from storage import review_moves
from storage.review_moves import StoodDown
from storage.reviews import Review


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of meeting. A meeting that was stood down twice counts twice. `in_time`, `late`: it
    has a day again, or was held; `no_day`: neither; `why`: how often each reason was given."""

    kind: MeetingKind
    in_time: int
    late: int
    no_day: int
    why: tuple[tuple[str, int], ...]

    @property
    def all(self) -> int:
        return self.in_time + self.late + self.no_day


@dataclass(frozen=True, slots=True)
class Counted:
    since: date
    rows: tuple[Row, ...]


def year_of(day: date) -> date:
    """The 1 April on which the reporting year of this day began."""
    return date(day.year if day >= date(day.year, 4, 1) else day.year - 1, 4, 1)


def of_team(db: Connection, house: House, staff: Admitted, now: datetime) -> Counted:
    """Those of their team's officers. Reads only: a few queries, however many there are."""
    today = local_day(now)
    since = year_of(today)
    found = review_moves.stood_down(db, house.id, staff.team, since)
    by_when = due.of_reviews(db, house, list({one.review for one in found}), today)
    rows = [
        _row(KINDS[kind], [one for one in found if one.review.kind is kind], by_when)
        for kind in KINDS
    ]
    return Counted(since, tuple(row for row in rows if row.all))


def _row(kind: MeetingKind, found: Iterable[StoodDown], by_when: dict[str, ByWhen]) -> Row:
    them = list(found)
    came = Counter(_late(one.review, by_when.get(one.review.review_id)) for one in them)
    why = Counter(REASONS[one.reason] if one.reason else _NOT_SAID for one in them)
    return Row(kind, came[False], came[True], came[None], tuple(why.most_common()))


_NOT_SAID = "Not said"
"""Why, where the case system called it off."""


def _late(review: Review, by_when: ByWhen | None) -> bool | None:
    """Whether its day, or the day it was held, is outside its timescale; None without a day. By the
    clock, and where that knows nothing by the case system's day."""
    if review.meeting_on is None:
        return None
    if by_when is not None:
        return by_when.late_days > 0
    return review.due_on is not None and review.meeting_on > review.due_on
