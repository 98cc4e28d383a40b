"""An invented unit's year: children in care, reviews in time and late, codes, records, pathway."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, insert

from bot.reports.year import Year
from bot.service.house import House
from conversations.timescales import Care
from storage import care, people, reviews
from storage.people import YoungPerson
from storage.review_tables import record_values, review_moves
from storage.reviews import Review, ReviewKind
from storage.tables import participation
from tests.desk.northborough import AMINA, DEV, make

YEAR = Year(2025)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BIRTH_YEARS = tuple(range(2009, 2018))
BEGAN = date(2024, 1, 8)
HELD_BEFORE = date(2025, 2, 3)
IN_TIME, LATE = date(2025, 8, 1), date(2025, 8, 20)


@dataclass(frozen=True, slots=True)
class Unit:
    """So many children with a later review in the year, so many of them late; `codes`: of the
    reviews, in turn; `absence`: the reason on each record where the child did not come; `births`:
    years in which they were born, in turn."""

    children: int = 40
    late: int = 8
    codes: tuple[str, ...] = ("PN1", "PN6")
    absence: str = "too_many_people,travel"
    without_code: int = 1
    births: tuple[int, ...] = BIRTH_YEARS
    leavers: int = 12
    overdue: int = 7


def fill(db: Connection, house: House, unit: Unit) -> None:
    make(db, house)
    for number in range(unit.children):
        add_child(db, house, unit, number)
    for number in range(unit.leavers):
        _leaver(db, house, f"leaver-{number}", overdue=number < unit.overdue)


def add_child(db: Connection, house: House, unit: Unit, number: int) -> None:
    person = f"child-{number}"
    born = date(unit.births[number % len(unit.births)], 5, 4)
    child = YoungPerson(house.id, person, f"C{number}", "A B", born, False)
    people.add_young_person(db, house.keys, child, NOW)
    care.keep_periods(db, house.id, person, (Care(BEGAN),))
    # The first is not in time and is of another year; the second begins the clock of the third.
    for name, day in (("a", BEGAN + timedelta(20)), ("b", HELD_BEFORE)):
        _held(db, house, f"{person}-{name}", person, ReviewKind.CIOC, day)
    this = f"{person}-c"
    _held(db, house, this, person, ReviewKind.CIOC, LATE if number < unit.late else IN_TIME)
    if number >= unit.children - unit.without_code:
        return
    code = unit.codes[number % len(unit.codes)]
    db.execute(
        insert(participation),
        {"council": house.id, "review_id": this, "code": code, "proposed": code,
         "method": "spoke", "confirmed_by": AMINA, "confirmed_at": NOW},
    )  # fmt: skip
    facts = {"pep": "yes", "pep_on": "2026-01-12" if number % 10 else "2025-06-01"}
    if code == "PN6":
        facts["absence"] = unit.absence
    for field, fact in facts.items():
        db.execute(
            insert(record_values),
            {"council": house.id, "review_id": this, "field": field, "number": 1,
             "person_id": person, "at": NOW, "by": AMINA, "fact": fact},
        )  # fmt: skip


def _leaver(db: Connection, house: House, person: str, *, overdue: bool) -> None:
    born = date(2005, 1, 1)
    people.add_young_person(
        db, house.keys, YoungPerson(house.id, person, person, "A B", born, True), NOW
    )
    _held(db, house, f"{person}-a", person, ReviewKind.PATHWAY, date(2024, 6, 3), DEV)
    if not overdue:
        _held(db, house, f"{person}-b", person, ReviewKind.PATHWAY, date(2025, 12, 1), DEV)


def stand_down(db: Connection, house: House, person: str, on: date) -> None:
    """A review of theirs that was to be on that day."""
    db.execute(
        insert(review_moves),
        {"council": house.id, "review_id": f"{person}-c", "number": 1, "person_id": person,
         "what": "stood_down", "at": NOW, "by": AMINA, "from_on": on, "reason": "illness"},
    )  # fmt: skip


def _held(
    db: Connection,
    house: House,
    review_id: str,
    person: str,
    kind: ReviewKind,
    day: date,
    officer: str = AMINA,
) -> None:
    review = Review(house.id, review_id, person, kind, officer, day, day, held=True)
    reviews.add(db, review, NOW)
