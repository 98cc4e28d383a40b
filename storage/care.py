"""From when to when somebody was looked after, and the other days that clocks count from."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, delete, insert, select

from conversations.timescales import Care
from storage.many_rows import among
from storage.review_tables import adoption_placements, care_periods, clock_starts
from storage.tables import reviews

Held = dict[tuple[str, str], list[tuple[date, str]]]
"""By person and kind of review: the days on which one was held, in order, and its id."""


def keep_periods(db: Connection, council: str, person_id: str, cares: Sequence[Care]) -> None:
    """All periods of one person, in place of what was known before."""
    for table in (care_periods, adoption_placements):
        db.execute(delete(table).where(table.c.council == council, table.c.person_id == person_id))
    whose = {"council": council, "person_id": person_id}
    for care in cares:
        db.execute(
            insert(care_periods),
            {
                **whose,
                "began": care.began,
                "ended": care.ended,
                "short_breaks": care.short_breaks,
                "authorised_on": care.authorised_on,
            },
        )
        for day in care.placed_on:
            db.execute(insert(adoption_placements), {**whose, "placed_on": day})


def periods(
    db: Connection, council: str, person_ids: Collection[str] | None = None
) -> dict[str, tuple[Care, ...]]:
    """Those of each who has any, in order; of everybody, where nobody is named."""
    asked_placed = select(adoption_placements).where(adoption_placements.c.council == council)
    column = care_periods.c
    asked = select(
        column.person_id, column.began, column.ended, column.short_breaks, column.authorised_on
    ).where(column.council == council)
    if person_ids is not None:
        placed_of = among(db, adoption_placements.c.person_id, person_ids)
        asked_placed = asked_placed.where(placed_of)
        asked = asked.where(among(db, column.person_id, person_ids))
    placed: dict[str, list[date]] = {}
    for row in db.execute(asked_placed.order_by(adoption_placements.c.placed_on)):
        placed.setdefault(row.person_id, []).append(row.placed_on)
    found: dict[str, list[Care]] = {}
    for person_id, began, ended, short_breaks, authorised_on in db.execute(
        asked.order_by(column.began)
    ).all():
        care = Care(began, ended, short_breaks, (), authorised_on)
        mine = tuple(day for day in placed.get(person_id, ()) if care.holds(day))
        found.setdefault(person_id, []).append(replace(care, placed_on=mine) if mine else care)
    return {person_id: tuple(cares) for person_id, cares in found.items()}


def start_clock(db: Connection, council: str, person_id: str, timescale: str, began: date) -> None:
    """From this day that timescale counts, in place of the day before."""
    db.execute(
        delete(clock_starts).where(
            clock_starts.c.council == council,
            clock_starts.c.person_id == person_id,
            clock_starts.c.timescale == timescale,
        )
    )
    row = {"council": council, "person_id": person_id, "timescale": timescale, "began": began}
    db.execute(insert(clock_starts), row)


def started(
    db: Connection, council: str, person_ids: Collection[str]
) -> dict[tuple[str, str], date]:
    """From which day each clock of these people counts, by person and timescale."""
    rows = db.execute(
        select(clock_starts).where(
            clock_starts.c.council == council, clock_starts.c.person_id.in_(list(person_ids))
        )
    )
    return {(row.person_id, row.timescale): row.began for row in rows}


def held_days(db: Connection, council: str, person_ids: Collection[str]) -> Held:
    """Every review of these people that was held."""
    rows = db.execute(
        select(reviews.c.person_id, reviews.c.kind, reviews.c.meeting_on, reviews.c.review_id)
        .where(
            reviews.c.council == council,
            reviews.c.person_id.in_(list(person_ids)),
            reviews.c.held.is_(True),
            reviews.c.meeting_on.is_not(None),
            reviews.c.looks_back_on.is_(None),
        )
        .order_by(reviews.c.meeting_on, reviews.c.review_id)
    )
    found: Held = {}
    for row in rows:
        found.setdefault((row.person_id, row.kind), []).append((row.meeting_on, row.review_id))
    return found
