"""A prepared statement does what SQLAlchemy's own execution does, on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from storage.prepared import Prepared
from storage.store import Store
from storage.tables import councils

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
ADD = Prepared(insert(councils), ("council", "demo", "created_at"))
FIND = Prepared(select(councils).where(councils.c.council == bindparam("name")))


def add(db: Connection) -> int:
    return ADD.run(db, {"council": "c", "demo": True, "created_at": NOW})


async def test_it_writes_and_finds_what_sqlalchemy_writes_and_finds(store: Store) -> None:
    assert await store.write(add) == 1

    found = await store.read(lambda db: FIND.first(db, {"name": "c"}))
    usual = await store.read(lambda db: db.execute(select(councils)).one())

    assert found == tuple(usual) == ("c", True, NOW)
    assert await store.read(lambda db: FIND.first(db, {"name": "none"})) is None


async def test_what_the_database_refuses_is_the_same_error_and_says_no_values(
    store: Store,
) -> None:
    await store.write(add)

    with pytest.raises(IntegrityError) as refused:
        await store.write(add)

    assert "2026" not in str(refused.value)
