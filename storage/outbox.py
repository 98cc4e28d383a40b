"""What has to go out. Rows of a lane leave in order; a lane is one person and one destination."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, delete, exists, insert, or_, select, update

from storage.sealing import Place, seal, unseal
from storage.store import wake
from storage.tables import outbox

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
    """A row that is ours to deliver until `claimed_until`. `unknown`: tries that ended without a
    word from the other side."""

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


def _place(council: str, idempotency_key: str, person_id: str | None) -> Place:
    return Place(council, "outbox", "payload", idempotency_key, person_id or "")


_INSERT = insert(outbox)


def add(db: Connection, council: str, rows: Sequence[Outgoing], now: datetime) -> None:
    """Put rows out, in their order. Whoever delivers is woken after the commit."""
    if not rows:
        return
    values = [
        {
            "council": council,
            "outbox_id": rising_id(),
            "lane": row.lane,
            "destination": row.destination,
            "person_id": row.person_id,
            "idempotency_key": row.idempotency_key,
            "payload": seal(_place(council, row.idempotency_key, row.person_id), row.payload),
            "not_before": row.not_before or now,
            "created_at": now,
        }
        for row in rows
    ]
    db.execute(_INSERT, values if len(values) > 1 else values[0])
    for row in rows:
        wake(db, row.destination)


_earlier = outbox.alias("earlier")
_READY_HERE = (
    select(outbox)
    .where(
        outbox.c.not_before <= bindparam("now"),
        or_(outbox.c.destination == bindparam("one"), outbox.c.destination == bindparam("other")),
        or_(outbox.c.state == "waiting", outbox.c.claimed_until < bindparam("now")),
        ~exists().where(
            _earlier.c.council == outbox.c.council,
            _earlier.c.lane == outbox.c.lane,
            _earlier.c.outbox_id < outbox.c.outbox_id,
        ),
    )
    .order_by(outbox.c.outbox_id)
    .limit(bindparam("most"))
)
_READY = _READY_HERE.with_for_update(skip_locked=True)
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
    claimed = ready(db, destinations, now, most=most)
    if claimed:
        until = now + keep_for
        db.execute(
            _CLAIM, [{"c": row.council, "i": row.outbox_id, "until": until} for row in claimed]
        )
    return claimed


def ready(
    db: Connection, destinations: Sequence[str], now: datetime, *, most: int = 200
) -> list[Claimed]:
    """The heads of the lanes that may leave now, for the one process that delivers."""
    rows = db.execute(
        _READY if db.dialect.name == "postgresql" else _READY_HERE,
        {"now": now, "one": destinations[0], "other": destinations[-1], "most": most},
    )
    return [
        Claimed(
            row.council,
            row.outbox_id,
            row.destination,
            row.lane,
            row.idempotency_key,
            unseal(_place(row.council, row.idempotency_key, row.person_id), row.payload),
            row.person_id,
            row.attempts + 1,
            row.unknown,
            row.created_at,
        )
        for row in rows
    ]


_DONE = delete(outbox).where(
    and_(outbox.c.council == bindparam("c"), outbox.c.outbox_id == bindparam("i"))
)


def done(db: Connection, rows: Sequence[Claimed]) -> None:
    """Delivered, or handed to a person: the row and its words are gone from the outbox."""
    if rows:
        db.execute(_DONE, [{"c": row.council, "i": row.outbox_id} for row in rows])


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
