"""What is on record of a review that was held, value by value, with who put it down and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from storage.review_tables import record_values
from storage.sealing import Place, seal, unseal


@dataclass(frozen=True, slots=True)
class Value:
    """One value of one field. `number`: from 1 on, the newest stands. `fact`: a day or what was
    chosen; `words`: what was written. Both empty: it was taken out again."""

    review_id: str
    person_id: str
    field: str
    number: int
    at: datetime
    by: str
    fact: str = ""
    words: str = ""


def _place(council: str, value: Value) -> Place:
    row = f"{value.review_id}/{value.field}/{value.number}"
    return Place(council, "record_values", "words", row, value.person_id)


def put(db: Connection, council: str, value: Value) -> None:
    """Whoever puts one down holds the review's lock, and gives it the next number."""
    db.execute(
        insert(record_values),
        {
            "council": council,
            "review_id": value.review_id,
            "field": value.field,
            "number": value.number,
            "person_id": value.person_id,
            "at": value.at,
            "by": value.by,
            "fact": value.fact or None,
            "words": seal(db, _place(council, value), value.words) if value.words else None,
        },
    )


def of_review(db: Connection, council: str, review_id: str) -> dict[str, tuple[Value, ...]]:
    """By field: every value that it had, in order."""
    rows = db.execute(
        select(record_values)
        .where(record_values.c.council == council, record_values.c.review_id == review_id)
        .order_by(record_values.c.number)
    )
    found: dict[str, tuple[Value, ...]] = {}
    for row in rows:
        found[row.field] = (*found.get(row.field, ()), _value(db, row))
    return found


def _value(db: Connection, row: Row[Any]) -> Value:
    bare = Value(
        row.review_id, row.person_id, row.field, row.number, row.at, row.by, row.fact or ""
    )
    if not row.words:
        return bare
    words = unseal(db, _place(row.council, bare), row.words)
    return Value(
        bare.review_id, bare.person_id, bare.field, bare.number, bare.at, bare.by, bare.fact, words
    )
