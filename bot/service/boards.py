"""The boards: this year's figures so far, and how reviews went team by team.

A team is that of the social worker to whom the child was allocated on the day of the review. Which
rows are told by team is one decision for all teams at once (`bot.reports.by_team`): whoever may
look at one team looks at all of them. There is no other filter, since each would be one more table
of the same children, and small numbers would follow from all of them together.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from bot.reports import by_team
from bot.reports.figures import held, people
from bot.reports.figures.reviews import BY_STAGE, PARTICIPATION
from bot.reports.report import WITHHELD, report_of, view
from bot.reports.suppression import THRESHOLD
from bot.reports.tables import TOTAL, Name, Table
from bot.reports.year import Year, year_of
from bot.service.house import House
from bot.service.yearly import Yearly, count
from storage.care import periods
from storage.tables import allocations, staff

NO_TEAM = "No team on record"
OTHERS = "Other teams, or none on record"
TIMELY = "timely"
_TIMELY: tuple[Name, ...] = (("in_time", "In time"), ("late", "Late"))


@dataclass(frozen=True, slots=True)
class Family:
    """One table by team. `rows`: in order; `told`: those that may be told, and None: nothing may
    be; `whole`: of all teams together, as published, None where it is withheld."""

    id: str
    title: str
    rows: tuple[Name, ...]
    cells: Mapping[tuple[str, str], int]
    whole: Mapping[str, int | None]
    told: frozenset[str] | None

    def at(self, row: str, team: str) -> int | None:
        """What may be shown; None: withheld."""
        return self.cells[row, team] if self.told and row in self.told else None

    def of_team(self, team: str) -> int:
        return sum(self.cells[row, team] for row, _label in self.rows)


@dataclass(frozen=True, slots=True)
class Boards:
    """`tables`: all of the year's, with what is withheld; `teams` and `families`: empty where no
    board of a team may be shown."""

    year: Year
    until: date
    tables: tuple[Table, ...]
    teams: tuple[str, ...]
    families: tuple[Family, ...]


async def look(yearly: Yearly, today: date) -> Boards:
    """Those of the year that this day is in. `StorageAway`."""
    return await yearly.beside(lambda db: boards(db, yearly.house, year_of(today), today))


async def seen(yearly: Yearly, found: Boards) -> dict[str, Any]:
    """The tables of all teams together as plain words, with their charts."""
    charts = await yearly.charts(found.tables)
    name = yearly.house.council.name
    report = report_of(name, found.year, found.tables, (), {}, exact=False)
    return view(report, lambda table: charts.get(table.id))


def of_team(found: Boards, team: str) -> list[dict[str, Any]]:
    """The tables of one team beside all of them, as plain words like those of `seen`."""
    return [
        {
            "id": f"team-{one.id}",
            "title": one.title,
            "columns": [team, "All teams"],
            "rows": [
                [label, _said(one.at(row, team)), _said(one.whole[row])] for row, label in one.rows
            ]
            + [["All", f"{one.of_team(team):,}", f"{sum(one.cells.values()):,}"]],
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
    counted = in_year.counted
    teams_of = _joined(_teams_on_their_day(db, house, counted))
    teams = tuple(sorted(set(teams_of.values())))
    families = _families({table.id: table for table in tables}, counted, teams_of, teams)
    if any(one.told is None for one in families):
        return Boards(year, until, tables, (), ())
    return Boards(year, until, tables, teams, families)


def _families(
    tables: Mapping[str, Table],
    counted: Sequence[held.Held],
    teams_of: Mapping[str, str],
    teams: Sequence[str],
) -> tuple[Family, ...]:
    stages, codes = tables[BY_STAGE.id], tables[PARTICIPATION.id]
    timely = Counter(
        ("late" if one.late_days else "in_time", teams_of[one.review_id]) for one in counted
    )
    took_part = Counter((one.code or "", teams_of[one.review_id]) for one in counted)
    return (
        _family(TIMELY, BY_STAGE.title, _TIMELY, timely, teams,
                {row: stages.at(TOTAL, row) for row, _label in _TIMELY}),
        _family(codes.id, PARTICIPATION.title, codes.rows, took_part, teams,
                {row: codes.at(row) for row, _label in codes.rows}),
    )  # fmt: skip


def _family(
    id_: str,
    title: str,
    rows: tuple[Name, ...],
    counts: Counter[tuple[str, str]],
    teams: Sequence[str],
    whole: Mapping[str, int | None],
) -> Family:
    cells = {(row, team): counts[row, team] for row, _label in rows for team in teams}
    published = frozenset(row for row, number in whole.items() if number is not None)
    told = by_team.told(cells, [row for row, _label in rows], teams, published)
    return Family(id_, title, rows, cells, whole, told)


def _joined(teams_of: Mapping[str, str]) -> dict[str, str]:
    """With few reviews a team would end the boards of all: such teams count as one, with the next
    smaller ones until there are enough."""
    many = Counter(teams_of.values())
    joined: list[str] = []
    for team, number in sorted(many.items(), key=lambda one: (one[1], one[0])):
        if number >= THRESHOLD and sum(many[one] for one in joined) >= (THRESHOLD if joined else 0):
            break
        joined.append(team)
    if not joined or joined == [NO_TEAM]:
        return dict(teams_of)
    return {review: OTHERS if team in joined else team for review, team in teams_of.items()}


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
