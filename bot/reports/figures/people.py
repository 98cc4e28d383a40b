"""Whom a report is about: birth dates, opened once for all that is counted by age."""

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import Connection, select

from conversations.timescales import birthday
from storage import people
from storage.tables import young_people

_AT_ONCE = 5_000


def birth_dates(db: Connection, council: str) -> dict[str, date]:
    """Of every young person who is not erased, by id. Foster carers have none."""
    ids = list(
        db.execute(
            select(young_people.c.person_id).where(
                young_people.c.council == council,
                young_people.c.erased_at.is_(None),
                young_people.c.carer.is_(False),
            )
        ).scalars()
    )
    found: dict[str, date] = {}
    for some in in_batches(ids):
        found |= people.births_of(db, council, some)
    return found


def in_batches(ids: Collection[str]) -> Iterator[list[str]]:
    """So many as one statement may name."""
    every = list(ids)
    for first in range(0, len(every), _AT_ONCE):
        yield every[first : first + _AT_ONCE]


def age_on(born: date, day: date) -> int:
    """In whole years; born on 29 February, the birthday is 1 March in common years."""
    years = day.year - born.year
    return years if birthday(born, years) <= day else years - 1
