"""What is on record of a year's meetings: the newest of each field that figures are made of, read
once for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from bot.reports.year import Span
from storage.review_tables import record_values
from storage.tables import reviews

FIELDS = ("absence", "role_explained", "pep", "pep_on", "reports", "issued_on", "permanence")


@dataclass(frozen=True, slots=True)
class Record:
    """Of one meeting. `facts`: by the field of `bot.service.meeting_kinds`; empty: nothing is."""

    person_id: str
    kind: str
    on: date
    facts: Mapping[str, str]


def look(db: Connection, council: str, year: Span) -> tuple[Record, ...]:
    """Of each meeting held in the year of which any of it is on record, in order of their days."""
    rows = db.execute(
        select(
            reviews.c.review_id,
            reviews.c.person_id,
            reviews.c.kind,
            reviews.c.meeting_on,
            record_values.c.field,
            record_values.c.fact,
        )
        .join(
            record_values,
            (record_values.c.council == reviews.c.council)
            & (record_values.c.review_id == reviews.c.review_id),
        )
        .where(
            reviews.c.council == council,
            reviews.c.held.is_(True),
            reviews.c.looks_back_on.is_(None),
            reviews.c.meeting_on >= year.begins,
            reviews.c.meeting_on <= year.ends,
            record_values.c.field.in_(FIELDS),
        )
        .order_by(reviews.c.meeting_on, reviews.c.review_id, record_values.c.number)
    )
    facts: dict[str, dict[str, str]] = {}
    found: list[Record] = []
    for review_id, person_id, kind, day, name, fact in rows:
        if review_id not in facts:
            facts[review_id] = {}
            found.append(Record(person_id, kind, day, facts[review_id]))
        facts[review_id][name] = fact or ""
    return tuple(found)
