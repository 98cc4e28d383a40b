"""Statements of the way of one message: compiled once, so that a run costs little more than itself.

SQLAlchemy's own execution of a compiled statement takes about 25 µs on top of SQLite's 5 to 10; a
message needs five. The statement is SQLAlchemy's, and so is what it does with parameters and
columns; only the looking up anew, each time, is left out. On PostgreSQL, where the way to the
server costs more than all of it, the statement runs as any other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import Select

_Change = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class _Compiled:
    """`parameters` in their order: name, value where none is given, how it is changed."""

    sql: str
    parameters: tuple[tuple[str, Any, _Change], ...]
    columns: tuple[_Change, ...]


@dataclass(slots=True)
class Prepared:
    """One statement. `names`: an insert's or update's columns and parameters, all of them."""

    statement: UpdateBase | Select[Any]
    names: Sequence[str] = ()
    _compiled: _Compiled | None = field(default=None, init=False)

    def first(self, db: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row that is found, its columns in the statement's order."""
        if db.dialect.name != "sqlite":
            found = db.execute(self.statement, values).first()
            return None if found is None else tuple(found)
        cursor = self._run(db, values)
        row = cursor.fetchone()
        cursor.close()
        if row is None:
            return None
        changes = self._compiled.columns if self._compiled else ()
        return tuple(
            value if change is None else change(value)
            for value, change in zip(row, changes, strict=True)
        )

    def run(self, db: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it wrote."""
        if db.dialect.name != "sqlite":
            return db.execute(self.statement, values).rowcount
        cursor = self._run(db, values)
        written: int = cursor.rowcount
        cursor.close()
        return written

    def _run(self, db: Connection, values: Mapping[str, Any]) -> Any:
        compiled = self._compiled
        if compiled is None:
            compiled = self._compiled = _compile(self.statement, self.names, db.dialect)
        given = [
            value if change is None else change(value)
            for value, change in (
                (values.get(name, otherwise), change)
                for name, otherwise, change in compiled.parameters
            )
        ]
        raw: Any = db.connection.dbapi_connection
        try:
            return raw.execute(compiled.sql, given)
        except db.dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(
                compiled.sql, None, error, db.dialect.loaded_dbapi.Error,
                hide_parameters=True, dialect=db.dialect,
            ) from error  # fmt: skip


def _compile(
    statement: UpdateBase | Select[Any], names: Sequence[str], dialect: Dialect
) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names) or None)
    changes = compiled._bind_processors
    otherwise = compiled.construct_params(_check=False)
    return _Compiled(
        str(compiled),
        tuple((name, otherwise[name], changes.get(name)) for name in compiled.positiontup or ()),
        tuple(
            column.type._cached_result_processor(dialect, None)
            for column in compiled._result_columns
        ),
    )
