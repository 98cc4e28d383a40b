"""Thousands of rows in one statement, as an import writes them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    String,
    Table,
    any_,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

Plain = Mapping[str, Any]


def add(
    db: Connection,
    council: str,
    table: Table,
    rows: Sequence[Plain],
    *,
    or_set: Collection[str] = (),
) -> None:
    """All have the same columns. `or_set`: what is set where such a row is here."""
    if not rows:
        return
    rows = [{**row, "council": council} for row in rows]
    names = list(rows[0])
    if db.dialect.name == "sqlite":
        plain = sqlite.insert(table)
        db.execute(_or_set(plain, table, or_set), rows)
        return
    # A list for each column: with a statement for each row, binding the values and starting the
    # statement took longer than writing it.
    lists = [_list(table.c[name], [row[name] for row in rows]) for name in names]
    values = func.unnest(*lists).table_valued(*names).render_derived()
    several = postgresql.insert(table).from_select(names, select(*(values.c[one] for one in names)))
    db.execute(_or_set(several, table, or_set))


def among(db: Connection, column: Column[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether it is one of these, however many: on PostgreSQL a statement that is parsed once."""
    if db.dialect.name == "sqlite":
        return column.in_(list(values))
    return column == any_(_list(column, values))


def _list(column: Column[Any], values: Iterable[Any]) -> BindParameter[Any]:
    # Without its length: PostgreSQL cuts what it is told to take for so many characters.
    kind = String() if isinstance(column.type, String) else column.type
    return bindparam(None, list(values), postgresql.ARRAY(kind))


def _or_set(
    statement: "sqlite.Insert | postgresql.Insert", table: Table, columns: Collection[str]
) -> "sqlite.Insert | postgresql.Insert":
    if not columns:
        return statement
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: statement.excluded[name] for name in columns},
    )


def change(db: Connection, council: str, table: Table, rows: Sequence[Plain]) -> None:
    """Each by its whole key; those with the same columns go in one statement."""
    keys = [column.name for column in table.primary_key.columns if column.name != "council"]
    alike: dict[tuple[str, ...], list[Plain]] = {}
    for row in rows:
        alike.setdefault(tuple(sorted(row)), []).append(row)
    for columns, several in alike.items():
        which = [table.c[key] == bindparam(f"key_{key}") for key in keys]
        values: dict[str, Any] = {
            name: bindparam(f"new_{name}") for name in columns if name not in keys
        }
        db.execute(
            update(table).where(table.c.council == council, *which).values(values),
            [
                {(f"key_{name}" if name in keys else f"new_{name}"): row[name] for name in row}
                for row in several
            ],
        )
