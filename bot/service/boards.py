"""The boards: this year's figures so far, and how reviews went by team, by officer and by age.

A team is that of the social worker to whom the child was allocated on the day of the review. One
filter is chosen at a time. Which rows are told is one decision for all groups of all filters at
once (`bot.reports.by_group`): whoever may look at one of them looks at all of them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from bot.reports import by_group
from bot.reports.figures import held, people
from bot.reports.figures.reviews import BY_STAGE, PARTICIPATION
from bot.reports.report import WITHHELD, report_of, view
from bot.reports.suppression import THRESHOLD
from bot.reports.tables import TOTAL, Name, Table
from bot.reports.year import Year, year_of
from bot.service.house import House
from bot.service.yearly import Yearly, count
from conversations.participation import Code
from storage.care import periods
from storage.people import staff_by_id
from storage.tables import allocations, reviews, staff

NO_TEAM = "No team on record"
TIMELY = "timely"
_TIMELY: tuple[Name, ...] = (("in_time", "In time"), ("late", "Late"))
_YOUNGER, _OLDER, _FROM = "Under 12", "12 or older", 12


@dataclass(frozen=True, slots=True)
class Filter:
    """Something to look by. `every`: what all of it together is called; `says`: what a group is;
    `others`: what groups are called that are too small to stand alone; `ages`: it leaves out
    children under 4, who have a code of their own."""

    id: str
    title: str
    every: str
    says: str
    others: str = ""
    ages: bool = False


FILTERS = (
    Filter("team", "Social worker’s team", "All teams",
           "By the team of the child’s social worker on the day of the review.",
           "Other teams, or none on record"),
    Filter("officer", "Reviewing officer", "All officers",
           "By the officer who ran the review.", "Other officers"),
    Filter("age", "Age", "All of 4 or older",
           "By age on the day of the review, without children under 4.", ages=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Family:
    """One table by the groups of a filter. `rows`: in order; `told`: those that may be told, and
    None: nothing may be; `whole`: of all groups together, as published, None where withheld."""

    id: str
    title: str
    rows: tuple[Name, ...]
    cells: Mapping[tuple[str, str], int]
    whole: Mapping[str, int | None]
    told: frozenset[str] | None

    def at(self, row: str, group: str) -> int | None:
        """What may be shown; None: withheld."""
        return self.cells[row, group] if self.told and row in self.told else None

    def of_group(self, group: str) -> int:
        return sum(self.cells[row, group] for row, _label in self.rows)


@dataclass(frozen=True, slots=True)
class Filtered:
    """The boards of one filter: `groups` by name, in order, and a family a table. `of_review`: to
    which group each review belongs."""

    filter: Filter
    groups: tuple[str, ...]
    of_review: Mapping[str, str]
    families: tuple[Family, ...]


@dataclass(frozen=True, slots=True)
class Boards:
    """`tables`: all of the year's, with what is withheld; `filtered`: without those filters by
    which nothing may be shown."""

    year: Year
    until: date
    tables: tuple[Table, ...]
    filtered: tuple[Filtered, ...]

    def by(self, filter_id: str) -> Filtered | None:
        """One of them; None: there is none of it."""
        return next((one for one in self.filtered if one.filter.id == filter_id), None)


async def look(yearly: Yearly, today: date) -> Boards:
    """Those of the year that this day is in. `StorageAway`."""
    return await yearly.beside(lambda db: boards(db, yearly.house, year_of(today), today))


async def seen(yearly: Yearly, found: Boards) -> dict[str, Any]:
    """The tables of all teams together as plain words, with their charts."""
    charts = await yearly.charts(found.tables)
    name = yearly.house.council.name
    report = report_of(name, found.year, found.tables, (), {}, until=found.until, exact=False)
    return view(report, lambda table: charts.get(table.id))


def of_group(found: Filtered, group: str) -> list[dict[str, Any]]:
    """The tables of one group beside all of them, as plain words like those of `seen`."""
    return [
        {
            "id": f"{found.filter.id}-{one.id}",
            "title": one.title,
            "columns": [group, found.filter.every],
            "rows": [
                [label, _said(one.at(row, group)), _said(one.whole[row])] for row, label in one.rows
            ]
            + [["All", f"{one.of_group(group):,}", f"{sum(one.cells.values()):,}"]],
        }
        for one in found.families
    ]


def _said(number: int | None) -> str:
    return WITHHELD if number is None else f"{number:,}"


def boards(db: Connection, house: House, year: Year, today: date) -> Boards:
    """All of it. Reads only."""
    (tables,) = count(db, house, [year], today)
    until = min(year.span.ends, today)
    births, cares = people.Births(db, house.id), periods(db, house.id)
    (in_year,) = held.look(db, house.id, [year.span], births, cares)
    by_id = {table.id: table for table in tables}
    if by_id[PARTICIPATION.id].at(TOTAL) is None:  # what the groups add up to
        return Boards(year, until, tables, ())
    every = [
        _filtered(by, by_id, in_year.counted, groups)
        for by, groups in zip(
            FILTERS,
            (
                _teams_on_their_day(db, house, in_year.counted),
                _officers(db, house, in_year.counted),
                _ages(births, in_year.counted),
            ),
            strict=True,
        )
        if not by.ages or by_id[PARTICIPATION.id].at(Code.PN0.value) is not None
    ]
    shown = [one for one in every if all(family.told is not None for family in one.families)]
    return Boards(year, until, tables, _alike(_apart(shown, in_year.counted)))


def _filtered(
    by: Filter, tables: Mapping[str, Table], every: Sequence[held.Held], groups: Mapping[str, str]
) -> Filtered:
    counted = [one for one in every if one.review_id in groups]
    joined = _joined({one.review_id: groups[one.review_id] for one in counted}, by.others)
    names = tuple(sorted(set(joined.values()), key=lambda name: (name == _OLDER, name)))
    stages, codes = tables[BY_STAGE.id], tables[PARTICIPATION.id]
    took_part = Counter((_code(one), joined[one.review_id]) for one in counted)
    rows = tuple(row for row in codes.rows if not (by.ages and row[0] == Code.PN0.value))
    families = [_family(codes.id, PARTICIPATION.title, rows, took_part, names,
                        {row: codes.at(row) for row, _label in rows})]  # fmt: skip
    if not by.ages:  # whether it was in time is the unit's, whatever the age
        timely = Counter((_in_time(one), joined[one.review_id]) for one in counted)
        whole = {row: stages.at(TOTAL, row) for row, _label in _TIMELY}
        families.insert(0, _family(TIMELY, BY_STAGE.title, _TIMELY, timely, names, whole))
    return Filtered(by, names, joined, tuple(families))


def _code(one: held.Held) -> str:
    return one.code or ""


def _in_time(one: held.Held) -> str:
    return "late" if one.late_days else "in_time"


_ROWS = {TIMELY: _in_time, PARTICIPATION.id: _code}
"""By table, in which row a review counts."""


def _apart(filtered: Sequence[Filtered], every: Sequence[held.Held]) -> list[Filtered]:
    """Without those of which a group less the groups of another would be a small number."""
    kept: list[Filtered] = []
    for one in filtered:
        if not any(_small_between(one, other, every) for other in kept):
            kept.append(one)
    return kept


def _small_between(one: Filtered, other: Filtered, every: Sequence[held.Held]) -> bool:
    told = {family.id: family.told or frozenset() for family in other.families}
    for outer, inner in ((one, other), (other, one)):
        for left in by_group.left_over(outer.of_review, inner.of_review):
            rest = [review for review in every if review.review_id in left]
            for family in one.families:
                many = Counter(map(_ROWS[family.id], rest))
                both = (family.told or frozenset()) & told.get(family.id, frozenset())
                if any(many[row] < THRESHOLD for row in both):
                    return True
    return False


def _family(
    id_: str,
    title: str,
    rows: tuple[Name, ...],
    counts: Counter[tuple[str, str]],
    groups: Sequence[str],
    whole: Mapping[str, int | None],
) -> Family:
    cells = {(row, group): counts[row, group] for row, _label in rows for group in groups}
    published = frozenset(row for row, number in whole.items() if number is not None)
    told = by_group.told(cells, [row for row, _label in rows], groups, published)
    return Family(id_, title, rows, cells, whole, told)


def _alike(filtered: Sequence[Filtered]) -> tuple[Filtered, ...]:
    """With the rows that every filter may tell, and no others."""
    kinds: dict[str, list[tuple[frozenset[str], frozenset[str]]]] = {}
    for one in filtered:
        for family in one.families:
            rows = frozenset(row for row, _label in family.rows)
            kinds.setdefault(family.id, []).append((rows, family.told or frozenset()))
    may = {id_: by_group.by_all(several) for id_, several in kinds.items()}
    return tuple(
        replace(
            one,
            families=tuple(
                replace(family, told=(family.told or frozenset()) & may[family.id])
                for family in one.families
            ),
        )
        for one in filtered
    )


def _joined(groups: Mapping[str, str], others: str) -> dict[str, str]:
    """With few reviews a group would end the boards of all: such groups count as one, with the next
    smaller ones until there are enough."""
    many = Counter(groups.values())
    joined: list[str] = []
    for group, number in sorted(many.items(), key=lambda one: (one[1], one[0])):
        if number >= THRESHOLD and sum(many[one] for one in joined) >= (THRESHOLD if joined else 0):
            break
        joined.append(group)
    if not others or not joined or joined == [NO_TEAM]:
        return dict(groups)
    return {review: others if group in joined else group for review, group in groups.items()}


def _officers(db: Connection, house: House, counted: Sequence[held.Held]) -> dict[str, str]:
    """By review, who ran it. Two of one name are told apart by their number."""
    ran: dict[str, str] = {}
    for some in people.in_batches([one.review_id for one in counted]):
        rows = db.execute(
            select(reviews.c.review_id, reviews.c.officer_id).where(
                reviews.c.council == house.id, reviews.c.review_id.in_(some)
            )
        )
        ran |= {row.review_id: row.officer_id for row in rows}
    known = staff_by_id(db, house.id, set(ran.values()))
    names: dict[str, str] = {}
    for number, (staff_id, one) in enumerate(sorted(known.items()), start=1):
        names[staff_id] = one.name if one.name not in names.values() else f"{one.name} ({number})"
    return {review: names[officer] for review, officer in ran.items()}


def _ages(births: people.Births, counted: Sequence[held.Held]) -> dict[str, str]:
    """By review of a child who was 4 or older then."""
    mine = [one for one in counted if one.code != Code.PN0.value]
    born = births.of({one.person_id for one in mine})
    return {
        one.review_id: _YOUNGER if people.age_on(born[one.person_id], one.on) < _FROM else _OLDER
        for one in mine
    }


def _teams_on_their_day(
    db: Connection, house: House, counted: Sequence[held.Held]
) -> dict[str, str]:
    """By review, the team of the social worker to whom the child was allocated then."""
    rows = db.execute(
        select(allocations.c.person_id, allocations.c.since, allocations.c.until, staff.c.team)
        .join(
            staff,
            (staff.c.council == allocations.c.council)
            & (staff.c.staff_id == allocations.c.staff_id),
        )
        .where(allocations.c.council == house.id, allocations.c.kind == "social_worker")
        .order_by(allocations.c.since)
    )
    theirs: dict[str, list[tuple[date, date | None, str]]] = {}
    for person_id, since, until, team in rows:
        theirs.setdefault(person_id, []).append((since, until, team))
    found = {}
    for one in counted:
        teams = [
            team
            for since, until, team in theirs.get(one.person_id, ())
            if since <= one.on and (until is None or one.on <= until)
        ]
        found[one.review_id] = (teams[-1] if teams else "") or NO_TEAM
    return found
