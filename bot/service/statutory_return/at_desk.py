"""The statutory return for whoever answers for it at the desk: how it stands, and the files. It is
the whole council's, whatever the team: the Department takes one file. Nobody is named but by the
case system's id, and no word is in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.service.admission import Admitted, Asked, require
from bot.service.days import local_day
from bot.service.house import House
from bot.service.statutory_return import files
from bot.service.statutory_return.looking import (
    AT_ONCE_SERVING,
    Known,
    Tally,
    judged,
    known_of,
    year_from,
)
from bot.service.statutory_return.rules import DECLARED, Found, Says, Year
from bot.service.stood_down import year_of
from storage import audit
from storage.store import Store

MOST_SHOWN = 200
"""Findings on the page; all of them are in `problems.csv`."""
FIRST_YEAR = 1990
_SENT_BY = 7
"""A year's return goes off in the first months of the next one: until July it is shown first."""


class Kind(StrEnum):
    """A file to take away."""

    CSV = "csv"
    XML = "xml"
    PROBLEMS = "problems"


@dataclass(frozen=True, slots=True)
class Line:
    """A rule that has something to say, and of how many reviews."""

    rule: str
    says: Says
    count: int


@dataclass(frozen=True, slots=True)
class Shown:
    """`number`: of the year. `before`, `after`: numbers of other years there are."""

    number: int
    year: Year
    tally: Tally
    known: Known
    lines: tuple[Line, ...]
    found: tuple[Found, ...]
    before: int | None
    after: int | None


def year_wanted(given: str, today: date) -> int:
    """The year that is asked for; what can be none is the one to be sent next."""
    latest = year_of(today).year
    if given.isascii() and given.isdecimal() and FIRST_YEAR <= int(given[:5]) <= latest:
        return int(given)
    return latest - 1 if date(latest, _SENT_BY, 1) > today else latest


async def look(
    store: Store, house: House, staff: Admitted, asked: Asked, number: int, now: datetime
) -> Shown:
    """How the return of this year stands. `Unknown`: it is not theirs to see."""

    await store.read(lambda db: require(db, house, staff, asked))
    today = local_day(now)
    year, tally = year_from(date(number, 4, 1)), Tally(MOST_SHOWN)
    known = await known_of(store, house)
    looked = judged(store, house, year, today, known, tally, at_once=AT_ONCE_SERVING)
    async for _some in looked:
        pass
    lines = tuple(
        Line(rule.value, says, tally.by_rule[rule])
        for rule, says in DECLARED.items()
        if tally.by_rule[rule]
    )
    return Shown(
        number,
        year,
        tally,
        known,
        lines,
        tuple(tally.shown),
        number - 1 if number > FIRST_YEAR else None,
        number + 1 if number < year_of(today).year else None,
    )


async def take(
    store: Store,
    house: House,
    staff: Admitted,
    asked: Asked,
    number: int,
    kind: Kind,
    now: datetime,
) -> str:
    """One of the files, to take away: put on record before it is handed out. `Unknown`."""
    await store.read(lambda db: require(db, house, staff, asked))
    year, tally = year_from(date(number, 4, 1)), Tally(0)
    known = await known_of(store, house)
    parts = [_HEADS[kind]()]
    looked = judged(store, house, year, local_day(now), known, tally, at_once=AT_ONCE_SERVING)
    async for some in looked:
        match kind:
            case Kind.CSV:
                parts.append(files.csv_of(row for child in some for row in child.rows))
            case Kind.XML:
                parts += (files.xml_of(child.rows) for child in some)
            case Kind.PROBLEMS:
                said = (one for child in some for one in child.found)
                parts.append(files.problems_of(said, known.officers))
    if kind is Kind.XML:
        parts.append(files.XML_END)

    def note(db: Connection) -> None:
        require(db, house, staff, asked)
        detail = f"{kind} of {number}: {tally.goes_in} reviews, {tally.left_out} left out"
        subject = f"staff:{staff.staff_id}"
        audit.add(
            db, house.id, now, actor=staff.actor, act="return_taken", subject=subject, detail=detail
        )

    await store.write(note)
    return "".join(parts)


_HEADS: dict[Kind, Callable[[], str]] = {
    Kind.CSV: files.csv_head,
    Kind.XML: lambda: files.XML_HEAD,
    Kind.PROBLEMS: files.problems_head,
}
