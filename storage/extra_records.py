"""What the council's own files say, beside the case system's tables: rows as they are now."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from storage.care_records import changed_rows
from storage.care_tables import (
    education_plans,
    fostering_households,
    populations,
    quality_tools,
)
from storage.keys import Keys
from storage.tables import young_people

TABLES: Mapping[str, tuple[Table, str]] = {
    "fostering_households": (fostering_households, "household_id"),
    "education_plans": (education_plans, "person_id"),
    "quality_tools": (quality_tools, "tool_id"),
    "population": (populations, "year"),
}
"""By file: its table, and the column that names a row."""


def known(db: Connection, council: str, file: str) -> dict[Any, dict[str, Any]]:
    """All rows of a file that are here, by their id."""
    table, key = TABLES[file]
    rows = db.execute(select(table).where(table.c.council == council))
    return {
        getattr(row, key): {
            column.name: getattr(row, column.name)
            for column in table.columns
            if column.name != "council"
        }
        for row in rows
    }


def by_case(db: Connection, council: str, keys: Keys, case_ids: Sequence[str]) -> dict[str, str]:
    """Whom the case system knows by these ids; unknown and erased ones are left out."""
    index = {keys.blind(council, "case_id", one): one for one in case_ids}
    column = young_people.c
    rows = db.execute(
        select(column.person_id, column.case_id_index).where(
            column.council == council, column.case_id_index.in_(list(index))
        )
    )
    return {index[bytes(row.case_id_index)]: row.person_id for row in rows}


def write(
    db: Connection,
    council: str,
    file: str,
    added: Sequence[dict[str, Any]],
    changed: Sequence[dict[str, Any]],
) -> None:
    table, _key = TABLES[file]
    if added:
        db.execute(insert(table), [{"council": council, **row} for row in added])
    changed_rows(db, council, table, changed)
