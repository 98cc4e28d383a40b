"""What has to go out. Rows of a lane leave in order; a lane is one person and one destination."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from storage import data_keys
from storage.data_keys import Purpose
from storage.errors import SealBroken
from storage.prepared import Prepared
from storage.sealing import Place, seal, unseal
from storage.store import put_out
from storage.tables import outbox

ASIDE = "aside"
"""The state of a row that can't be opened."""

_last = 0


def rising_id() -> int:
    """Rises with time, also when the clock is set back; unique within a process' transactions."""
    global _last  # noqa: PLW0603 - one counter a process
    _last = max(_last + 1, time.time_ns())
    return _last


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something to push. `payload` is JSON text; `idempotency_key` the same however often it is
    tried; `person_id` orders it with the person's other rows to the same destination."""

    destination: str
    lane: str
    idempotency_key: str
    payload: str
    person_id: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours to deliver. `unknown`: tries that ended without a word from the other
    side; `waits`: it may not leave yet; `broken`: its payload can't be opened."""

    council: str
    outbox_id: int
    destination: str
    lane: str
    idempotency_key: str
    payload: str
    person_id: str | None
    attempts: int
    unknown: int
    created_at: datetime
    waits: bool = False
    broken: bool = False


def _place(council: str, idempotency_key: str, person_id: str | None) -> Place:
    return Place(council, "outbox", "payload", idempotency_key, person_id or "")


_COLUMNS = (
    "council", "outbox_id", "lane", "destination", "person_id", "idempotency_key", "payload",
    "not_before", "created_at",
)  # fmt: skip
_INSERT = Prepared(insert(outbox), _COLUMNS)


def add(db: Connection, council: str, rows: Sequence[Outgoing], now: datetime) -> None:
    """Put rows out, in their order. After the commit whoever delivers gets them or is woken."""
    claimed = [_put_out(council, row, now) for row in rows]
    for row, one in zip(rows, claimed, strict=True):
        place = _place(council, row.idempotency_key, row.person_id)
        _INSERT.run(
            db,
            {
                "council": council,
                "outbox_id": one.outbox_id,
                "lane": row.lane,
                "destination": row.destination,
                "person_id": row.person_id,
                "idempotency_key": row.idempotency_key,
                "payload": seal(db, place, row.payload),
                "not_before": row.not_before or now,
                "created_at": now,
            },
        )
    for one in claimed:
        put_out(db, one.destination, one)


def _put_out(council: str, row: Outgoing, now: datetime) -> Claimed:
    return Claimed(
        council,
        rising_id(),
        row.destination,
        row.lane,
        row.idempotency_key,
        row.payload,
        row.person_id,
        attempts=1,
        unknown=0,
        created_at=now,
        waits=row.not_before is not None and row.not_before > now,
    )


_earlier = outbox.alias("earlier")


def _heads(*besides: ColumnElement[bool]) -> Select[Any]:
    """The first of each lane, if it may leave now; `besides`: what else an earlier one must be."""
    return (
        select(outbox)
        .where(
            outbox.c.not_before <= bindparam("now"),
            or_(
                outbox.c.destination == bindparam("one"), outbox.c.destination == bindparam("other")
            ),
            or_(outbox.c.state == "waiting", outbox.c.claimed_until < bindparam("now")),
            ~exists().where(
                _earlier.c.council == outbox.c.council,
                _earlier.c.lane == outbox.c.lane,
                _earlier.c.outbox_id < outbox.c.outbox_id,
                *besides,
            ),
        )
        .order_by(outbox.c.outbox_id)
        .limit(bindparam("most"))
    )


_READY = _heads().with_for_update(skip_locked=True)
_GONE = func.json_each(bindparam("gone")).table_valued("value")  # one parameter, however many
_READY_HERE = _heads(_earlier.c.outbox_id.not_in(select(_GONE.c.value)))
_CLAIM = (
    update(outbox)
    .where(outbox.c.council == bindparam("c"), outbox.c.outbox_id == bindparam("i"))
    .values(state="claimed", claimed_until=bindparam("until"), attempts=outbox.c.attempts + 1)
)


def claim(
    db: Connection,
    destinations: Sequence[str],
    now: datetime,
    *,
    keep_for: timedelta,
    most: int = 200,
) -> list[Claimed]:
    """The heads of the lanes that may leave now; nobody else gets them until `keep_for` is over.

    `destinations`: one or two. A list of any length would be compiled anew at each call.
    """
    claimed = _all_claimed(db, db.execute(_READY, _asked(destinations, now, most)).all())
    if claimed:
        until = now + keep_for
        db.execute(
            _CLAIM, [{"c": row.council, "i": row.outbox_id, "until": until} for row in claimed]
        )
    return claimed


def ready(
    db: Connection,
    destinations: Sequence[str],
    now: datetime,
    *,
    gone: Sequence[int] = (),
    most: int = 200,
) -> list[Claimed]:
    """The heads of the lanes that may leave now, for the one process that delivers (SQLite).

    `gone`: ids of rows that were delivered but are not yet written off; none waits for them.
    """
    asked = {**_asked(destinations, now, most), "gone": json.dumps(list(gone))}
    return _all_claimed(db, db.execute(_READY_HERE, asked).all())


def _asked(destinations: Sequence[str], now: datetime, most: int) -> dict[str, object]:
    return {"now": now, "one": destinations[0], "other": destinations[-1], "most": most}


def _all_claimed(db: Connection, rows: Sequence[Row[Any]]) -> list[Claimed]:
    for council in {row.council for row in rows}:
        whose = {row.person_id or "" for row in rows if row.council == council}
        data_keys.prepare(db, council, whose, Purpose.TRANSPORT)
    return [_claimed(db, row) for row in rows]


def _claimed(db: Connection, row: Row[Any]) -> Claimed:
    try:
        payload = unseal(db, _place(row.council, row.idempotency_key, row.person_id), row.payload)
    except SealBroken:  # it has rung the alarm; one row must not hold up all the others
        payload = None
    return Claimed(
        row.council,
        row.outbox_id,
        row.destination,
        row.lane,
        row.idempotency_key,
        payload or "",
        row.person_id,
        row.attempts + 1,
        row.unknown,
        row.created_at,
        broken=payload is None,
    )


def of_person(db: Connection, council: str, person_id: str, destination: str) -> list[Claimed]:
    """What is on its way to a destination for one young person, in its order."""
    rows = db.execute(
        select(outbox)
        .where(
            outbox.c.council == council,
            outbox.c.person_id == person_id,
            outbox.c.destination == destination,
        )
        .order_by(outbox.c.outbox_id)
    ).all()
    return _all_claimed(db, rows)


_BESIDES = func.json_each(bindparam("besides")).table_valued("value")
_LANES = (
    select(outbox.c.lane)
    .where(
        or_(outbox.c.destination == bindparam("one"), outbox.c.destination == bindparam("other")),
        outbox.c.state != ASIDE,
        outbox.c.outbox_id.not_in(select(_BESIDES.c.value)),
    )
    .distinct()
)


def lanes(db: Connection, destinations: Sequence[str], *, besides: Sequence[int]) -> set[str]:
    """The lanes that hold rows `besides` these, for the one process that delivers (SQLite)."""
    asked = {"one": destinations[0], "other": destinations[-1], "besides": json.dumps(besides)}
    return set(db.execute(_LANES, asked).scalars())


_DONE = Prepared(
    delete(outbox).where(
        and_(outbox.c.council == bindparam("c"), outbox.c.outbox_id == bindparam("i"))
    )
)


def done(db: Connection, rows: Sequence[Claimed]) -> None:
    """Delivered, or handed to a person: the row and its words are gone from the outbox."""
    if rows:
        _DONE.many(db, [{"c": row.council, "i": row.outbox_id} for row in rows])


def set_aside(db: Connection, row: Claimed) -> None:
    """Keep it where nobody takes it up and nothing waits for it, not even its own next try."""
    ending = f"#{ASIDE}/{row.outbox_id}"
    db.execute(
        update(outbox)
        .where(outbox.c.council == row.council, outbox.c.outbox_id == row.outbox_id)
        .values(
            state=ASIDE,
            lane=row.lane + ending,
            idempotency_key=row.idempotency_key + ending,
            claimed_until=None,
        )
    )


def later(db: Connection, row: Claimed, when: datetime, *, unknown: bool = False) -> None:
    """To be tried again. `unknown`: this try ended without a word from the other side."""
    db.execute(
        update(outbox)
        .where(outbox.c.council == row.council, outbox.c.outbox_id == row.outbox_id)
        .values(
            state="waiting",
            claimed_until=None,
            attempts=row.attempts,
            not_before=when,
            unknown=outbox.c.unknown + (1 if unknown else 0),
        )
    )


def keep_newest(db: Connection, council: str, lane: str, most: int) -> None:
    """Of a lane only the newest rows stay."""
    kept = (
        select(outbox.c.outbox_id)
        .where(outbox.c.council == council, outbox.c.lane == lane)
        .order_by(outbox.c.outbox_id.desc())
        .limit(most)
    )
    ids = list(db.execute(kept).scalars())
    db.execute(
        delete(outbox).where(
            outbox.c.council == council, outbox.c.lane == lane, outbox.c.outbox_id.not_in(ids)
        )
    )


def holds(db: Connection, council: str, key: str) -> bool:
    """Whether a row of this idempotency key still waits or is under way."""
    found = select(outbox.c.outbox_id).where(
        outbox.c.council == council, outbox.c.idempotency_key == key
    )
    return db.execute(found).first() is not None


def withdraw(db: Connection, council: str, key: str, now: datetime) -> bool:
    """Take back the row of this idempotency key, if nobody has claimed it; whether it was."""
    gone = db.execute(
        delete(outbox).where(
            outbox.c.council == council,
            outbox.c.idempotency_key == key,
            or_(outbox.c.state == "waiting", outbox.c.claimed_until < now),
        )
    )
    return gone.rowcount == 1


_NEXT = (
    select(outbox.c.not_before)
    .where(
        or_(outbox.c.destination == bindparam("one"), outbox.c.destination == bindparam("other")),
        outbox.c.state == "waiting",
        outbox.c.not_before > bindparam("now"),
    )
    .order_by(outbox.c.not_before)
    .limit(1)
)


def next_due(db: Connection, destinations: Sequence[str], now: datetime) -> datetime | None:
    """When the next row that has to wait may leave, so that nobody need look before."""
    when: datetime | None = db.execute(
        _NEXT, {"now": now, "one": destinations[0], "other": destinations[-1]}
    ).scalar()
    return when


def waits(db: Connection, council: str, destination: str) -> int:
    """How many rows have not arrived at a destination yet."""
    found = select(func.count()).where(
        outbox.c.council == council, outbox.c.destination == destination
    )
    return int(db.execute(found).scalar_one())
