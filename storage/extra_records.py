"""What the council's own files say of households, education plans, quality tools and population: as
many rows at once as an import brings, in a few statements."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Table, func, select

from storage.care_tables import education_plans, fostering_households, populations, quality_tools
from storage.keys import Keys
from storage.tables import young_people

TABLES = {
    "fostering_households": fostering_households,
    "education_plans": education_plans,
    "quality_tools": quality_tools,
    "population": populations,
}
"""By the name of the file that holds them."""


def key_of(table: Table) -> str:
    """The column beside the council that tells its rows apart."""
    (name,) = (one.name for one in table.primary_key.columns if one.name != "council")
    return name


def known(
    db: Connection, council: str, table: Table, ids: Collection[str | int]
) -> dict[str | int, dict[str, Any]]:
    """Those of these that are here, by id."""
    key = table.c[key_of(table)]
    rows = db.execute(select(table).where(table.c.council == council, key.in_(list(ids))))
    return {row._mapping[key.name]: dict(row._mapping) for row in rows}


def count(db: Connection, council: str, table: Table) -> int:
    """How many there are."""
    asked = select(func.count()).select_from(table).where(table.c.council == council)
    return int(db.execute(asked).scalar_one())


def people_by_case(
    db: Connection, council: str, keys: Keys, case_ids: Collection[str]
) -> dict[str, str]:
    """Who these are, by their id in the case system; whoever is not here is left out."""
    column = young_people.c
    indexes = {keys.blind(council, "case_id", one): one for one in case_ids}
    rows = db.execute(
        select(column.case_id_index, column.person_id).where(
            column.council == council,
            column.case_id_index.in_(list(indexes)),
            column.erased_at.is_(None),
        )
    )
    return {indexes[bytes(row.case_id_index)]: row.person_id for row in rows}
