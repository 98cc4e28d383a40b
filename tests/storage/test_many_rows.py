"""Many rows in one statement are the same rows as one by one, on SQLite and on PostgreSQL."""

from contextlib import nullcontext
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import DBAPIError

from storage import many_rows
from storage.care_tables import case_imports, fostering_households, imported_people
from storage.store import Store

COUNCIL = "northborough"
AT = datetime(2026, 3, 29, 0, 59, 59, 999_999, UTC)


def _run(number: int, **other: Any) -> dict[str, Any]:
    times = {"taken_on": date(2024, 2, 29), "started_at": AT, "seen_at": AT, "ended_at": None}
    plain = {"import_id": f"I{number}", "source": "ssd", "by": "sayso", "counts": "", **times}
    return plain | other


def _all(db: Connection, table: Table) -> list[dict[str, Any]]:
    key = [column for column in table.primary_key.columns if column.name != "council"]
    return [dict(row._mapping) for row in db.execute(select(table).order_by(*key))]


async def test_every_kind_of_value_comes_back(store: Store) -> None:
    words = ["", "'; --", '{"a",NULL}', "\\", "Ñandú 家 🙂", "=1+1", "NULL", "a\nb\tc"]
    rows = [
        _run(number, counts=text, ended_at=AT if number % 2 else None)
        for number, text in enumerate(words)
    ]
    await store.write(lambda db: many_rows.add(db, COUNCIL, case_imports, rows))
    found = await store.read(lambda db: _all(db, case_imports))
    assert found == [{**row, "council": COUNCIL} for row in rows]


async def test_what_is_too_long_is_never_cut(store: Store) -> None:
    """PostgreSQL refuses it; SQLite has no lengths and keeps all of it."""
    long = [_run(1, import_id="I" * 37)]
    with nullcontext() if store.is_sqlite else pytest.raises(DBAPIError, match="too long"):
        await store.write(lambda db: many_rows.add(db, COUNCIL, case_imports, long))
    found = await store.read(lambda db: _all(db, case_imports))
    assert [row["import_id"] for row in found] == (["I" * 37] if store.is_sqlite else [])


async def test_one_that_is_here_is_set_where_that_is_asked_and_refused_where_not(
    store: Store,
) -> None:
    def seen(index: bytes, person: str, day: int) -> dict[str, Any]:
        return {"case_index": index, "person_id": person, "taken_on": date(2026, 1, day)}

    add = partial(many_rows.add, council=COUNCIL, table=imported_people)
    first = [seen(b"\0a", "P1", 1), seen(b"\xffb", "P2", 1)]
    await store.write(partial(add, rows=first))
    with pytest.raises(DBAPIError):
        await store.write(partial(add, rows=first[:1]))
    again = [seen(b"\0a", "other", 2), seen(b"c", "P3", 2)]
    await store.write(partial(add, rows=again, or_set=["taken_on"]))
    found = await store.read(lambda db: _all(db, imported_people))
    assert {row["person_id"]: row["taken_on"].day for row in found} == {"P1": 2, "P2": 1, "P3": 2}


async def test_each_change_finds_its_row(store: Store) -> None:
    def household(number: int, kind: str) -> dict[str, Any]:
        return {"household_id": f"H{number}", "kind": kind, "approved_on": date(2026, 1, 1),
                "ended_on": None, "reviewed_on": None}  # fmt: skip

    rows = [household(number, "mainstream") for number in range(3)]
    await store.write(lambda db: many_rows.add(db, COUNCIL, fostering_households, rows))
    changes = [{"household_id": "H1", "kind": "connected"}, {"household_id": "H9", "kind": "x"}]
    await store.write(lambda db: many_rows.change(db, COUNCIL, fostering_households, changes))
    found = await store.read(lambda db: _all(db, fostering_households))
    assert [row["kind"] for row in found] == ["mainstream", "connected", "mainstream"]


async def test_nothing_is_no_statement(store: Store) -> None:
    await store.write(lambda db: many_rows.add(db, COUNCIL, case_imports, []))
    await store.write(lambda db: many_rows.change(db, COUNCIL, case_imports, []))
    assert await store.read(lambda db: _all(db, case_imports)) == []


@pytest.mark.parametrize("wanted", [[], [1], list(range(0, 40_000, 2))])
async def test_among_finds_those_however_many(store: Store, wanted: list[int]) -> None:
    if store.is_sqlite:
        wanted = wanted[:30_000]
    await store.write(
        lambda db: many_rows.add(db, COUNCIL, case_imports, [_run(n) for n in range(6)])
    )
    ids = {f"I{one}" for one in wanted}
    column = case_imports.c.import_id
    found = await store.read(
        lambda db: (
            db.execute(select(column).where(many_rows.among(db, column, ids))).scalars().all()
        )
    )
    assert set(found) == ids & {f"I{n}" for n in range(6)}
