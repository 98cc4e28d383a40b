"""A council's year, looked through child by child: what goes into the return, and what is found.

A few children at a time, each batch a reading of its own: memory stays flat, and a server that does
this answers others in between.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection

from bot.service.house import House
from bot.service.statutory_return.rules import (
    Child,
    Found,
    Header,
    Judged,
    Meeting,
    Rule,
    Year,
    judge,
)
from conversations.episodes import Stays
from conversations.timescales import months_after
from storage import people, year_of_reviews
from storage.reviews import ReviewKind
from storage.store import Store
from storage.year_of_reviews import Batch, Kept, OnRecord, Whose

Done = Callable[[int, int], object]
"""Told how many more young people of how many were looked at."""

AT_ONCE = 1_000
"""Young people a batch, where nobody else waits."""
AT_ONCE_SERVING = 100


def year_from(begins: date) -> Year:
    """Of the 1 April on which it begins."""
    return Year(begins, months_after(begins, 12) - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Known:
    """What could be looked at. `care`: `episodes`, `periods` (of care, where no episodes are on
    record), or `none`; `header`: whether the council's Header file was given, and `without_birth`
    how many of it have no birth date that can be read. `officers`: names."""

    care: str
    header: bool
    young_people: int
    officers: dict[str, str] = field(default_factory=dict)
    without_birth: int = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """What was not looked at, and what to do about it."""
        said = []
        if self.care == "none":
            said.append(
                "No episodes and no periods of care are on record, so nobody looked whether a "
                "child had an episode in the year (rule 1012), had short breaks alone (rule 399) "
                "or was looked after on the day. Import the case system’s episodes first."
            )
        if self.care == "periods":
            said.append(
                "No episodes are on record: periods of care stood in for them (rules 399, 1012)."
            )
        if not self.header:
            said.append(
                "The Header file was not given, so nobody looked whether each child is in it with "
                "the same birth date (rules INT08, INT17): sayso export ssda903 --header FILE."
            )
        if self.without_birth:
            said.append(
                "Children in the Header file without a birth date that can be read, so that nobody "
                f"compared it (rule INT17): {self.without_birth:,}. Days stand there as 31/03/2026."
            )
        return tuple(said)


@dataclass(slots=True)
class Tally:
    """Counted while children go by. `shown`: the first `most` findings. `pathway`: pathway reviews
    that were held in the year, none of which goes in. `left_out`: reviews, each once."""

    most: int
    goes_in: int = 0
    children: int = 0
    left_out: int = 0
    pathway: int = 0
    by_rule: Counter[Rule] = field(default_factory=Counter)
    shown: list[Found] = field(default_factory=list)

    def add(self, judged: Judged) -> None:
        self.goes_in += len(judged.rows)
        self.children += bool(judged.rows)
        out = set()
        for found in judged.found:
            self.by_rule[found.rule] += 1
            if found.declared.left_out:
                out.add(found.meeting.review_id)
        self.left_out += len(out)
        self.shown += judged.found[: max(0, self.most - len(self.shown))]

    @property
    def all_found(self) -> int:
        return sum(self.by_rule.values())


async def known_of(store: Store, house: House, header: Header | None = None) -> Known:
    """What there is to look at; one reading."""

    def ask(db: Connection) -> tuple[OnRecord, dict[str, str]]:
        names = {one.staff_id: one.name for one in people.all_staff(db, house.id)}
        return year_of_reviews.on_record(db, house.id), names

    on_record, names = await store.read(ask)
    care = "episodes" if on_record.episodes else "periods" if on_record.periods else "none"
    without = sum(born is None for born in (header or {}).values())
    return Known(care, header is not None, on_record.young_people, names, without)


async def judged(
    store: Store,
    house: House,
    year: Year,
    today: date,
    known: Known,
    tally: Tally,
    *,
    header: Header | None = None,
    at_once: int = AT_ONCE,
    done: Done = lambda _more, _of: None,
) -> AsyncIterator[list[Judged]]:
    """Children with a review of this year, some at a time; what was counted is in `tally` then."""
    after: str | None = ""
    while after is not None:
        batch = await store.read(_batch(house.id, after, at_once, year))
        some = []
        for whose in batch.people:
            tally.pathway += sum(_is_pathway(one) for one in whose.reviews)
            of_child = _judge(whose, year, today, known, header)
            tally.add(of_child)
            some.append(of_child)
        yield some
        done(batch.looked_at, known.young_people)
        after = batch.last


def _batch(council: str, after: str, most: int, year: Year) -> Callable[[Connection], Batch]:
    return lambda db: year_of_reviews.batch(db, council, after, most, year.begins, year.ends)


def _judge(whose: Whose, year: Year, today: date, known: Known, header: Header | None) -> Judged:
    meetings = tuple(
        Meeting(one.review_id, one.meeting_on, one.code, one.held, one.officer_id)
        for one in whose.reviews
        if one.kind is ReviewKind.CIOC
    )
    if whose.erased:
        held = (one for one in meetings if one.held)
        return Judged((), tuple(Found(Rule.ERASED, "", one) for one in held))
    stays: Stays | None = None
    if known.care != "none":
        stays = whose.episodes if known.care == "episodes" else whose.periods
    return judge(Child(whose.case_id, whose.born, meetings, stays), year, today, header)


def _is_pathway(review: Kept) -> bool:
    return review.kind is ReviewKind.PATHWAY and review.held
