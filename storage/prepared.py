"""Statements of the way of one message: compiled once, so that a run costs little more than itself.

SQLAlchemy's own execution of a compiled statement takes about 25 µs on top of SQLite's 5 to 10; a
message needs five. The statement is SQLAlchemy's, and so is what it does with parameters and
columns; only the looking up anew, each time, is left out. On PostgreSQL, where the way to the
server costs more than all of it, the statement runs as any other.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    """`parameters` in their order: name, value where none is given, how it is changed. `row`: what
    a row becomes, by its columns' names; `changed`: which columns are changed how on the way."""

    sql: str
    parameters: tuple[tuple[str, Any, _Change], ...]
    row: Callable[[Iterable[Any]], Any]
    changed: tuple[tuple[int, Callable[[Any], Any]], ...]


@dataclass(slots=True)
class Prepared:
    """One statement. `names`: an insert's or update's columns and parameters, all of them."""

    statement: UpdateBase | Select[Any]
    names: Sequence[str] = ()
    _compiled: _Compiled | None = field(default=None, init=False)

    def first(self, db: Connection, values: Mapping[str, Any]) -> Any:
        """The first row that is found, its columns in the statement's order and by name."""
        if db.dialect.name != "sqlite":
            return db.execute(self.statement, values).first()
        cursor = self._run(db, values)
        found = cursor.fetchone()
        cursor.close()
        return None if found is None else _row(self._ready(db), found)

    def all(self, db: Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """Every row that is found."""
        if db.dialect.name != "sqlite":
            return db.execute(self.statement, values).all()
        cursor = self._run(db, values)
        found = cursor.fetchall()
        cursor.close()
        return [_row(self._ready(db), row) for row in found]

    def run(self, db: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it wrote."""
        if db.dialect.name != "sqlite":
            return db.execute(self.statement, values).rowcount
        cursor = self._run(db, values)
        written: int = cursor.rowcount
        cursor.close()
        return written

    def many(self, db: Connection, several: Sequence[Mapping[str, Any]]) -> None:
        """Run for each of them."""
        if db.dialect.name != "sqlite":
            db.execute(self.statement, list(several))
            return
        for values in several:
            self._run(db, values).close()

    def _run(self, db: Connection, values: Mapping[str, Any]) -> Any:
        compiled = self._ready(db)
        get = values.get
        given = [
            get(name, otherwise) if change is None else change(get(name, otherwise))
            for name, otherwise, change in compiled.parameters
        ]
        raw: Any = db.connection.dbapi_connection
        for told in db.dispatch.before_cursor_execute:  # whoever watches statements sees these too
            told(db, None, compiled.sql, given, None, False)
        try:
            return raw.execute(compiled.sql, given)
        except db.dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(
                compiled.sql, None, error, db.dialect.loaded_dbapi.Error,
                hide_parameters=True, dialect=db.dialect,
            ) from error  # fmt: skip

    def _ready(self, db: Connection) -> _Compiled:
        if self._compiled is None:
            self._compiled = _compile(self.statement, self.names, db.dialect)
        return self._compiled


def _row(compiled: _Compiled, found: Sequence[Any]) -> Any:
    values = list(found)
    for place, change in compiled.changed:
        values[place] = change(values[place])
    return compiled.row(values)


def _compile(
    statement: UpdateBase | Select[Any], names: Sequence[str], dialect: Dialect
) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(names) or None)
    changes = compiled._bind_processors
    otherwise = compiled.construct_params(_check=False)
    columns = compiled._result_columns
    make_row: Any = namedtuple  # as SQLAlchemy's rows; its fields are known only now
    row = make_row("Row", [column.keyname for column in columns])
    processors = [column.type._cached_result_processor(dialect, None) for column in columns]
    return _Compiled(
        str(compiled),
        tuple((name, otherwise[name], changes.get(name)) for name in compiled.positiontup or ()),
        row._make,
        tuple((place, change) for place, change in enumerate(processors) if change is not None),
    )
