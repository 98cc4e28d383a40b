"""Every column that holds sealed values, and the place in which each of its values opens.

What has to look at all that is sealed (a restored backup's sample, a rotation) reads it here. A
test compares it with the tables: a sealed column that is not named here fails it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Row, func, select, tuple_

from storage.errors import SealBroken
from storage.sealing import Place, unseal
from storage.tables import (
    contributions,
    conversations,
    filings,
    inbox,
    kept_settings,
    keys_to_conversations,
    metadata,
    outbox,
    participation,
    staff,
    tasks,
    young_people,
)

HASHES = frozenset(
    {
        "invitations.code_hash",
        "invitations.link_hash",
        "invitations.telegram_hash",
        "keys_to_conversations.key_hash",
        "sign_in_links.token_hash",
        "staff.email_index",
        "staff_sessions.session_hash",
        "young_people.case_id_index",
    }
)
"""Binary columns that hold keyed hashes: nothing in them can be opened."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """`row` and `person`: what `Place` says of a row, from its columns."""

    column: Column[Any]
    row: Callable[[Row[Any]], str]
    person: Callable[[Row[Any]], str] = lambda _row: ""

    @property
    def name(self) -> str:
        return f"{self.column.table.name}.{self.column.name}"

    def place(self, row: Row[Any]) -> Place:
        return Place(
            row.council, self.column.table.name, self.column.name, self.row(row), self.person(row)
        )


def _person(row: Row[Any]) -> str:
    return row.person_id or ""


SEALED: Sequence[SealedColumn] = (
    SealedColumn(staff.c.name, lambda row: str(row.staff_id)),
    SealedColumn(staff.c.email, lambda row: str(row.staff_id)),
    SealedColumn(young_people.c.case_id, _person, _person),
    SealedColumn(young_people.c.name, _person, _person),
    SealedColumn(young_people.c.born, _person, _person),
    SealedColumn(conversations.c.state, lambda row: str(row.conversation_id), _person),
    SealedColumn(keys_to_conversations.c.address, lambda row: str(row.key_hash.hex())),
    SealedColumn(inbox.c.body, lambda row: f"{row.source}/{row.key}"),
    SealedColumn(outbox.c.payload, lambda row: str(row.idempotency_key), _person),
    SealedColumn(
        contributions.c.content, lambda row: f"{row.contribution_id}/{row.version}", _person
    ),
    SealedColumn(
        filings.c.reference, lambda row: f"{row.contribution_id}/{row.version}/{row.destination}"
    ),
    SealedColumn(participation.c.reason, lambda row: str(row.review_id)),
    SealedColumn(participation.c.briefed, lambda row: str(row.review_id)),
    SealedColumn(tasks.c.about, lambda row: str(row.task_id)),
    SealedColumn(kept_settings.c.value, lambda row: str(row.name)),
)


def binary_columns() -> set[str]:
    """Every binary column of every table, as `table.column`."""
    return {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }


@dataclass(frozen=True, slots=True)
class Sample:
    """`opened` values of a random sample could be opened; `broken` names columns that hold others,
    and how many of them."""

    opened: int
    broken: dict[str, int]


def open_sample(db: Connection, most: int) -> Sample:
    """Open at most `most` values of each sealed column, chosen by chance. None is kept."""
    opened, broken = 0, dict[str, int]()
    for sealed in SEALED:
        for row in _chosen(db, sealed, most):
            try:
                unseal(sealed.place(row), getattr(row, sealed.column.name))
            except (SealBroken, UnicodeDecodeError):
                broken[sealed.name] = broken.get(sealed.name, 0) + 1
            else:
                opened += 1
    return Sample(opened, broken)


def _chosen(db: Connection, sealed: SealedColumn, most: int) -> Iterator[Row[Any]]:
    """Chosen by their keys: sorting whole rows by chance would sort all that was ever said."""
    table = sealed.column.table
    key = list(table.primary_key.columns)
    keys = db.execute(
        select(*key).where(sealed.column.is_not(None)).order_by(func.random()).limit(most)
    ).all()
    for chosen in range(0, len(keys), 100):
        some = [tuple(one) for one in keys[chosen : chosen + 100]]
        yield from db.execute(select(table).where(tuple_(*key).in_(some)))
