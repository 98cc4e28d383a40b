"""Everything that a database and its key ring show together: all that is sealed, opened."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from storage.errors import SealBroken
from storage.sealed_columns import SEALED, SealedColumn
from storage.sealing import unseal_bytes


def everything(db: Connection) -> Iterator[str]:
    """Each sealed value that can be opened. What was erased can't, wherever it still stands."""
    for sealed in SEALED:
        for row in db.execute(_rows(sealed)):
            value = getattr(row, sealed.column.name)
            if not value:
                continue
            try:
                opened = unseal_bytes(db, sealed.place(row), value)
            except SealBroken:
                continue
            yield opened.decode() if sealed.text else opened.decode("latin-1")


def _rows(sealed: SealedColumn):  # type: ignore[no-untyped-def]  # a Select of any columns
    table = sealed.column.table
    if sealed.through is None:
        return select(table)
    other, by = sealed.through
    same = (other.c.council == table.c.council) & (other.c[by] == table.c[by])
    return select(table, other.c.person_id).join(other, same)


def readable(db: Connection, words: list[str]) -> set[str]:
    """Which of these words anybody who has the ring can read in it."""
    whole = "\n".join(everything(db))
    return {word for word in words if word in whole}
