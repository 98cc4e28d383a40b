"""Fostering households by kind, and which were reviewed in the year."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from bot.reports.figures.asked import Asked
from bot.reports.tables import TOTAL, Counts, Declared, Table, counted, of_one, without_data
from storage.care_tables import fostering_households
from storage.review_tables import record_values
from storage.reviews import ReviewKind
from storage.tables import reviews, young_people


def _reviewed_says(table: Table) -> str:
    reviewed, not_reviewed, since = (
        table.at(TOTAL, column) or 0 for column, _says in table.declared.columns
    )
    known = reviewed + not_reviewed
    share = f" ({round(100 * reviewed / known)}%)" if known else ""
    said = f"{reviewed:,} of {known:,} had a review in the year{share}."
    return f"{said} Of {since:,} it is not known." if since else said


_KINDS = (("mainstream", "Mainstream"), ("connected", "Connected persons"))
HOUSEHOLDS = Declared(
    "foster_households",
    "Fostering households",
    "Households that are approved when the year’s last day is over, by kind. Where the council’s "
    "file of them is imported, it alone counts: its households and those at the desk can’t be "
    "matched. Otherwise those whose review is on record by that day and that are not erased since, "
    "by the kind on the record of their last review.",
    "fostering_households.csv, or the record of each foster carers’ review.",
    _KINDS,
    counts=Counts.WORK,
    adds_up=True,
)
REVIEWED = Declared(
    "foster_households_reviewed",
    "Fostering households whose review was held",
    "The same households, by whether a review of theirs was held in the year. The council’s file "
    "tells of the latest alone: where that was after the year, nobody knows of one in it.",
    "The same as fostering households; SI 2011/581 reg 28.",
    _KINDS,
    (
        ("reviewed", "Reviewed in the year"),
        ("not_reviewed", "Not reviewed in it"),
        ("since", "Reviewed after it"),
    ),
    counts=Counts.WORK,
    adds_up=True,
    across=True,
    sentence=_reviewed_says,
)
DECLARED = (HOUSEHOLDS, REVIEWED)


@dataclass(frozen=True, slots=True)
class _Household:
    kind: str
    reviewed_on: date | None


def tables(asked: Asked) -> tuple[Table, ...]:
    households = list(_in_file(asked) or _at_desk(asked))
    if not households:
        why = "No household is imported, and no record of a foster carers’ review says it yet."
        return tuple(without_data(one, why) for one in DECLARED)
    kinds = Counter(one.kind for one in households)
    reviewed = Counter((one.kind, _in_year(asked, one.reviewed_on)) for one in households)
    return of_one(HOUSEHOLDS, kinds.__getitem__), counted(REVIEWED, reviewed)


def _in_year(asked: Asked, day: date | None) -> str:
    if day is not None and day > asked.year.ends:
        return "since"
    return "reviewed" if day is not None and asked.year.holds(day) else "not_reviewed"


def _in_file(asked: Asked) -> list[_Household]:
    column, day = fostering_households.c, asked.until
    rows = asked.db.execute(
        select(column.kind, column.reviewed_on).where(
            column.council == asked.council,
            or_(column.approved_on.is_(None), column.approved_on <= day),
            or_(column.ended_on.is_(None), column.ended_on > day),
        )
    )
    return [_Household(*row) for row in rows]


def _at_desk(asked: Asked) -> Iterable[_Household]:
    """The newest word of each household, in order of time."""
    rows = asked.db.execute(
        select(reviews.c.person_id, record_values.c.fact, reviews.c.meeting_on)
        .join(
            record_values,
            (record_values.c.council == reviews.c.council)
            & (record_values.c.review_id == reviews.c.review_id),
        )
        .join(
            young_people,
            (young_people.c.council == reviews.c.council)
            & (young_people.c.person_id == reviews.c.person_id),
        )
        .where(
            reviews.c.council == asked.council,
            reviews.c.kind == ReviewKind.FOSTER_CARER.value,
            reviews.c.held.is_(True),
            reviews.c.meeting_on <= asked.until,
            record_values.c.field == "household",
            young_people.c.carer.is_(True),
            young_people.c.erased_at.is_(None),
        )
        .order_by(reviews.c.meeting_on, record_values.c.number)
    )
    return {person: _Household(fact, day) for person, fact, day in rows if fact}.values()
