"""The list of reviews: searched, filtered, a page at a time, and as a file. An officer's own, or a
manager's team's; without a word that anybody said.

Names are sealed, so a search opens those of whom one may see, in memory, and keeps none
(`docs/decisions/0045`). A case id is found by its keyed hash.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil
from urllib.parse import urlencode

from sqlalchemy import Connection, exists

from bot.access.roles import OFFICERS
from bot.service import caseload, due
from bot.service.admission import Admitted, Asked, require
from bot.service.auditing import harmless
from bot.service.caseload import InHand, State
from bot.service.days import local_day
from bot.service.due import ByWhen
from bot.service.house import House
from storage import audit, people, reviews
from storage import caseload as kept
from storage.reviews import ReviewKind
from storage.tables import contributions
from storage.tables import reviews as reviews_table

A_PAGE = 50
MOST_LETTERS = 80
MOST_ROWS = 2_000
"""Of a file: more than a unit has in hand, and less than all that it ever did."""

PAST = "past"
"""Beside the states: what is settled and over."""


class Views(StrEnum):
    """Whether a young person has sent anything."""

    IN = "in"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `name`: the beginnings of names, or a whole case id; `state`: of `State`,
    or `PAST`; `weeks`: due or met within so many; empty and 0: all. `page` from 1."""

    name: str = ""
    state: str = ""
    kind: str = ""
    officer: str = ""
    weeks: int = 0
    views: str = ""
    page: int = 1

    @property
    def filters(self) -> dict[str, str]:
        """All but the name and the page: what may be kept as a view, for it names nobody."""
        every = {
            "state": self.state, "kind": self.kind, "officer": self.officer,
            "weeks": str(self.weeks or ""), "views": self.views,
        }  # fmt: skip
        return {name: value for name, value in every.items() if value}

    def query(self, page: int = 1) -> str:
        """The same as an address has it, on another page."""
        more = {"q": self.name} if self.name else {}
        return urlencode({**more, **self.filters, **({"page": str(page)} if page > 1 else {})})


def wanted_of(given: dict[str, str]) -> Wanted:
    """What an address asks for; what it can't ask for is left out, so that an old link works."""
    state, weeks, page = (given.get(name, "") for name in ("state", "weeks", "page"))
    kind, views = given.get("kind", ""), given.get("views", "")
    return Wanted(
        given.get("q", "").strip()[:MOST_LETTERS],
        state if state in {PAST, *State} else "",
        kind if kind in set(ReviewKind) else "",
        given.get("officer", "")[:36],
        _number(weeks, 52),
        views if views in set(Views) else "",
        max(1, _number(page, 10_000)),
    )


def _number(text: str, most: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text[:6]) <= most else 0


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of it. `all`: how many there are; `officers`: who there is to filter by, by
    id; `dues`: by when each is due, as the clock says."""

    rows: tuple[InHand, ...]
    all: int
    wanted: Wanted
    officers: dict[str, str]
    dues: dict[str, ByWhen]

    @property
    def pages(self) -> int:
        return max(1, ceil(self.all / A_PAGE))


def listed(
    db: Connection, house: House, staff: Admitted, asked: Asked, wanted: Wanted, now: datetime
) -> Listed:
    """A page. A search by name is put on record, without what was searched for."""
    require(db, house, staff, asked)
    found, count = _found(db, house, staff, wanted, now, A_PAGE)
    if wanted.name:
        _note(db, house, staff, "reviews_searched", count, now)
    shown = _named_officers(db, house, staff)
    dues = due.of_reviews(db, house, [one.case.review for one in found], local_day(now))
    return Listed(caseload.named(db, house, found), count, wanted, shown, dues)


def as_csv(
    db: Connection, house: House, staff: Admitted, asked: Asked, wanted: Wanted, now: datetime
) -> str:
    """All of it as CSV, at most `MOST_ROWS` rows: dates as spreadsheets read them, and no cell that
    one would take for a formula. That it left is on record."""
    require(db, house, staff, asked)
    found, _count = _found(db, house, staff, replace(wanted, page=1), now, MOST_ROWS)
    officers = people.staff_by_id(db, house.id, {one.case.review.officer_id for one in found})
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    states = {one.case.review.review_id: one.state.value for one in found}
    for case in kept.named(db, house.id, [one.case for one in found]):
        review = case.review
        cells = (
            case.person.case_id, case.person.name, review.known_as, review.kind.value,
            officers[review.officer_id].name, _iso(review.due_on), _iso(review.meeting_on),
            "yes" if review.held else "no", states[review.review_id],
            "in" if case.sent else "not in", "yes" if case.invited_at else "no",
        )  # fmt: skip
        rows.writerow([harmless(cell) for cell in cells])
    _note(db, house, staff, "reviews_exported", len(found), now)
    return out.getvalue()


COLUMNS = (
    "case_id", "name", "review_id", "kind", "officer", "due_on", "meeting_on", "held", "state",
    "views", "invited",
)  # fmt: skip


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _found(
    db: Connection, house: House, staff: Admitted, wanted: Wanted, now: datetime, most: int
) -> tuple[Sequence[InHand], int]:
    first = (wanted.page - 1) * most
    if wanted.state == PAST:
        return _past(db, house, staff, wanted, now, first, most)
    day = local_day(now)
    find = caseload.of_officer if staff.role in OFFICERS else caseload.of_unit
    found = [one for one in find(db, house, staff, now) if _fits(one, wanted, day)]
    if wanted.name:
        whose = _matching(db, house, wanted.name, {one.case.review.person_id for one in found})
        found = [one for one in found if one.case.review.person_id in whose]
    found.sort(key=lambda one: (one.state is State.DONE, caseload.next_day(one.case, day)))
    return found[first : first + most], len(found)


def _fits(one: InHand, wanted: Wanted, day: date) -> bool:
    review = one.case.review
    within = day + timedelta(weeks=wanted.weeks)
    return (
        (not wanted.state or one.state.value == wanted.state)
        and (not wanted.kind or review.kind.value == wanted.kind)
        and (not wanted.officer or review.officer_id == wanted.officer)
        and (not wanted.weeks or caseload.next_day(one.case, day) <= within)
        and (not wanted.views or (one.case.sent is not None) is (wanted.views == Views.IN))
    )


def _past(
    db: Connection,
    house: House,
    staff: Admitted,
    wanted: Wanted,
    now: datetime,
    first: int,
    most: int,
) -> tuple[Sequence[InHand], int]:
    """Of what is over there are thousands: the database filters and gives a page."""
    day = local_day(now)
    officer = staff.role in OFFICERS
    whose = kept.runs(staff.staff_id) if officer else kept.run_in(house.id, staff.team)
    which = []
    if wanted.kind:
        which.append(reviews_table.c.kind == wanted.kind)
    if wanted.officer:
        which.append(kept.runs(wanted.officer))
    if wanted.views:
        sent = exists().where(
            contributions.c.council == reviews_table.c.council,
            contributions.c.review_id == reviews_table.c.review_id,
        )
        which.append(sent if wanted.views == Views.IN else ~sent)
    if wanted.name:
        everybody = reviews.people_of(db, house.id, whose)
        matching = _matching(db, house, wanted.name, everybody)
        which.append(reviews_table.c.person_id.in_(matching))
    page = kept.past(db, house.id, whose, day, which, first=first, most=most)
    return caseload.in_past(db, house, staff, page.found, day), page.all


def _matching(db: Connection, house: House, name: str, persons: Iterable[str]) -> frozenset[str]:
    """Whose names have a word that begins so for each word asked for; or whose case id it is."""
    asked = [plain(word) for word in name.split()]
    by_case_id = people.by_case_id(db, house.id, house.keys, name)
    return frozenset(
        person_id
        for person_id, full in people.names_of(db, house.id, persons).items()
        if person_id == by_case_id
        or all(any(word.startswith(one) for word in plain(full).split()) for one in asked)
    )


def plain(text: str) -> str:
    """Without capitals and accents: `Zoë` is found by `zoe`."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _named_officers(db: Connection, house: House, staff: Admitted) -> dict[str, str]:
    """Whom a manager may filter by; an officer sees their own alone."""
    if staff.role in OFFICERS:
        return {}
    team = people.staff_by_id(db, house.id, people.members_of(db, house.id, staff.team))
    officers = (one for one in team.values() if one.role in {role.value for role in OFFICERS})
    return {one.staff_id: one.name for one in sorted(officers, key=lambda one: one.name)}


def _note(
    db: Connection, house: House, staff: Admitted, act: str, count: int, now: datetime
) -> None:
    subject = f"staff:{staff.staff_id}"
    audit.add(
        db, house.id, now, actor=staff.actor, act=act, subject=subject, detail=f"{count} reviews"
    )
