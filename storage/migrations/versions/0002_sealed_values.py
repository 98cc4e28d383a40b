"""Sealed values: the data keys, and whose key seals what.

Before this, a value was stored as it was behind a zero byte; what is there is sealed now, and what
was found by an index is found by the new one. A conversation's form digests, codes and cookies can
not be made anew: invitations that were given out before have to be given out again.

Revision 0002, after 0001.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage import data_keys
from storage.sealing import Place, seal

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_FRAMED = b"\x00"


def upgrade() -> None:
    op.create_table(
        "keks",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("kek_id", sa.String(length=40), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("council", "kek_id", name=op.f("pk_keks")),
    )
    op.create_table(
        "data_keys",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("kek_id", sa.String(length=40), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "kek_id"],
            ["keks.council", "keks.kek_id"],
            name=op.f("fk_data_keys_council_kek_id"),
        ),
        sa.PrimaryKeyConstraint("council", "person_id", "purpose", name=op.f("pk_data_keys")),
    )
    op.create_index(op.f("ix_data_keys_council_kek_id"), "data_keys", ["council", "kek_id"])
    op.add_column("inbox", sa.Column("person_id", sa.String(length=36), nullable=True))
    op.add_column("filings", sa.Column("person_id", sa.String(length=36), nullable=True))
    op.drop_column("filings", "content_sha256")
    op.execute(
        "UPDATE filings SET person_id = (SELECT person_id FROM contributions c "
        "WHERE c.council = filings.council AND c.contribution_id = filings.contribution_id "
        "AND c.version = filings.version)"
    )
    _seal_all(op.get_bind())


def _seal_all(db: sa.Connection) -> None:
    """Every value that was only framed. A new database has none."""
    people = {
        (row.council, row.review_id): row.person_id
        for row in db.execute(sa.text("SELECT council, review_id, person_id FROM reviews"))
    }
    talking = {
        (row.council, row.conversation_id): row.person_id
        for row in db.execute(
            sa.text("SELECT council, conversation_id, person_id FROM conversations")
        )
    }
    own: Callable[[Any], str] = lambda row: row.person_id or ""  # noqa: E731
    council: Callable[[Any], str] = lambda _row: ""  # noqa: E731
    for table, columns, key, person in (
        ("young_people", ("case_id", "name", "born"), ("person_id",), own),
        ("conversations", ("state",), ("conversation_id",), own),
        ("contributions", ("content",), ("contribution_id", "version"), own),
        ("filings", ("reference",), ("contribution_id", "version", "destination"), own),
        ("inbox", ("body",), ("source", "key"), own),
        ("outbox", ("payload",), ("idempotency_key",), own),
        (
            "keys_to_conversations",
            ("address",),
            ("key_hash",),
            lambda row: talking[row.council, row.conversation_id],
        ),
        ("tasks", ("about",), ("task_id",), own),
        (
            "participation",
            ("reason", "briefed"),
            ("review_id",),
            lambda row: people[row.council, row.review_id],
        ),
        ("staff", ("name", "email"), ("staff_id",), council),
        ("kept_settings", ("value",), ("name",), council),
    ):
        for row in db.execute(sa.text(f"SELECT * FROM {table}")).all():  # noqa: S608 - ours
            _seal_row(db, table, columns, key, row, person(row))


def _seal_row(
    db: sa.Connection,
    table: str,
    columns: tuple[str, ...],
    key: tuple[str, ...],
    row: Any,
    person: str,
) -> None:
    parts = (row._mapping[name] for name in key)
    name = "/".join(part.hex() if isinstance(part, bytes) else str(part) for part in parts)
    changed: dict[str, Any] = {}
    for column in columns:
        value = row._mapping[column]
        if value is None:
            continue
        if value[:1] != _FRAMED:
            raise AssertionError(f"{table}.{column} is not as revision 0001 left it.")
        plain = value[1:].decode()
        changed[column] = seal(db, Place(row.council, table, column, name, person), plain)
        if (table, column) in (("young_people", "case_id"), ("staff", "email")):
            indexed = plain if column == "case_id" else plain.casefold()
            changed[f"{column}_index"] = data_keys.ring(db).blind(row.council, column, indexed)
    if changed:
        where = " AND ".join(f"{part} = :key_{part}" for part in ("council", *key))
        sets = ", ".join(f"{column} = :{column}" for column in changed)
        bound = {f"key_{part}": row._mapping[part] for part in ("council", *key)}
        db.execute(sa.text(f"UPDATE {table} SET {sets} WHERE {where}"), changed | bound)  # noqa: S608
