"""What a case system and the council's own files say of the demo's young people, as if they had
been imported: sex, ethnicity, episodes of care, education plans, households, quality tools."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert

from bot.reports.year import year_of
from bot.service.days import local_day
from bot.service.house import House
from conversations.timescales import Care, birthday
from storage import care, data_keys, particulars, people
from storage.care_tables import (
    care_episodes,
    education_plans,
    fostering_households,
    populations,
    quality_tools,
)
from storage.data_keys import Purpose
from storage.particulars import Particulars

_DAY = timedelta(days=1)
_SEXES = "MFFMFMM"
_ETHNICITIES = ("WBRI",) * 9 + ("MWBC", "BAFR", "APKN", "WOTH", "MOTH", "AIND", "")
_STATUSES = ("C2",) * 6 + ("V2",) * 4 + ("C1",) * 3 + ("E1",)
_PLACEMENTS = ("U6",) * 6 + ("U3",) * 3 + ("K2",) * 2 + ("P1", "H5", "U4")
_UNDER_18 = 21_400
_HOUSEHOLDS = {"mainstream": 38, "connected": 21}
_TOOLS = {"completed": 31, "draft": 9}
_OF_SCHOOL_AGE = range(5, 16)


def make(db: Connection, house: House, now: datetime) -> None:
    """Of everybody who has a period of care. The same every time but for its dates."""
    today = local_day(now)
    cares = care.periods(db, house.id)
    born = people.births_of(db, house.id, cares)
    data_keys.prepare(db, house.id, cares, Purpose.IDENTITY)
    plans = []
    for number, person_id in enumerate(sorted(born)):
        said = Particulars(
            _SEXES[number % len(_SEXES)], _ETHNICITIES[number * 5 % len(_ETHNICITIES)]
        )
        particulars.keep(db, house.id, person_id, said)
        _put(db, house, care_episodes, _episodes(number, person_id, cares[person_id]))
        if _age(born[person_id], today) in _OF_SCHOOL_AGE and cares[person_id][-1].ended is None:
            plans.append(_plan(number, person_id, today))
    _put(db, house, education_plans, plans)
    _of_the_council(db, house, today)


def _age(born: date, today: date) -> int:
    years = today.year - born.year
    return years if birthday(born, years) <= today else years - 1


def _episodes(number: int, person_id: str, cares: Sequence[Care]) -> list[dict[str, Any]]:
    """One for each period, and two where it is long enough for a move."""
    found = []
    for place, one in enumerate(cares):
        status = "V3" if one.short_breaks else _STATUSES[number * 3 % len(_STATUSES)]
        here, before = (_PLACEMENTS[(number * 5 + of) % len(_PLACEMENTS)] for of in (0, 1))
        moved = one.began + 120 * _DAY
        parts = [(one.began, one.ended, here, "S", "E4A" if one.ended else "")]
        if one.ended is None or moved < one.ended:
            parts = [
                (one.began, moved, before, "S", "X1"),
                (moved, one.ended, here, "P", "E4A" if one.ended else ""),
            ]
        found += [
            {
                "person_id": person_id,
                "episode_id": f"E{number}-{place}-{part}",
                "began": began,
                "ended": ended,
                "legal_status": status,
                "placement": placement,
                "reason_began": why,
                "reason_ended": ends,
            }
            for part, (began, ended, placement, why, ends) in enumerate(parts)
        ]
    return found


def _plan(number: int, person_id: str, today: date) -> dict[str, Any]:
    """Of eight one has no plan yet; of ten one is to be reviewed since."""
    there = number % 8 != 3
    due = today + (number % 10 - 1) * 14 * _DAY
    in_place = today - (60 + number % 90) * _DAY if there else None
    return {"person_id": person_id, "due_on": due if there else None, "in_place_on": in_place}


def _of_the_council(db: Connection, house: House, today: date) -> None:
    year = year_of(today)
    _put(
        db,
        house,
        populations,
        [
            {"year": one.number, "under_18": _UNDER_18 + 90 * place}
            for place, one in enumerate((year.before.before, year.before, year))
        ],
    )
    _put(
        db,
        house,
        fostering_households,
        [
            {
                "household_id": f"H-{kind}-{number}",
                "kind": kind,
                "approved_on": today - (400 + number * 37) * _DAY,
                "ended_on": None,
                "reviewed_on": today - (30 + number * 7) * _DAY,
            }
            for kind, count in _HOUSEHOLDS.items()
            for number in range(count)
        ],
    )
    _put(
        db,
        house,
        quality_tools,
        [
            {
                "tool_id": f"Q-{state}-{number}",
                "state": state,
                "made_on": today - (20 + number * 17) * _DAY,
                "review_id": None,
            }
            for state, count in _TOOLS.items()
            for number in range(count)
        ],
    )


def _put(db: Connection, house: House, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        db.execute(insert(table), [{"council": house.id, **row} for row in rows])
