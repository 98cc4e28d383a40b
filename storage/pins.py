"""PINs and the browsers they were typed in. Only hashes: of PINs, of codes, of cookies."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import pins, unlocked


@dataclass(frozen=True, slots=True)
class Pin:
    """`pin_hash`: none once it was reset. `reads_from`: nothing said before is shown by it.
    `reset_hash`: of the code with which a new one is chosen, good until `reset_until`."""

    pin_hash: str | None
    reads_from: datetime
    reset_hash: bytes | None = None
    reset_until: datetime | None = None


def get(db: Connection, council: str, person_id: str) -> Pin | None:
    row = db.execute(
        select(pins).where(pins.c.council == council, pins.c.person_id == person_id)
    ).one_or_none()
    if row is None:
        return None
    return Pin(row.pin_hash, row.reads_from, row.reset_hash, row.reset_until)


def put(db: Connection, council: str, person_id: str, pin: Pin) -> None:
    """This PIN, whatever was there before."""
    make = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    values = {
        "pin_hash": pin.pin_hash,
        "reads_from": pin.reads_from,
        "reset_hash": pin.reset_hash,
        "reset_until": pin.reset_until,
    }
    db.execute(
        make(pins)
        .values(council=council, person_id=person_id, **values)
        .on_conflict_do_update(index_elements=[pins.c.council, pins.c.person_id], set_=values)
    )


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A browser that shows the answers."""

    person_id: str
    since: datetime
    seen_at: datetime


def unlock(
    db: Connection,
    council: str,
    token_hash: bytes,
    browser_hash: bytes,
    person_id: str,
    now: datetime,
) -> None:
    db.execute(
        insert(unlocked),
        {
            "council": council,
            "token_hash": token_hash,
            "browser_hash": browser_hash,
            "person_id": person_id,
            "since": now,
            "seen_at": now,
        },
    )


def find(db: Connection, council: str, token_hash: bytes, browser_hash: bytes) -> Unlocked | None:
    row = db.execute(
        select(unlocked).where(
            unlocked.c.council == council,
            unlocked.c.token_hash == token_hash,
            unlocked.c.browser_hash == browser_hash,
        )
    ).one_or_none()
    return None if row is None else Unlocked(row.person_id, row.since, row.seen_at)


def touch(db: Connection, council: str, token_hash: bytes, now: datetime) -> None:
    db.execute(
        update(unlocked)
        .where(unlocked.c.council == council, unlocked.c.token_hash == token_hash)
        .values(seen_at=now)
    )


def lock(db: Connection, council: str, token_hash: bytes) -> None:
    """This browser shows nothing any more."""
    db.execute(
        delete(unlocked).where(unlocked.c.council == council, unlocked.c.token_hash == token_hash)
    )


def lock_all(db: Connection, council: str, person_id: str) -> int:
    """No browser does; how many did."""
    return db.execute(
        delete(unlocked).where(unlocked.c.council == council, unlocked.c.person_id == person_id)
    ).rowcount


def forget_old(db: Connection, council: str, before: datetime) -> None:
    """Take away what was last used before this time."""
    db.execute(delete(unlocked).where(unlocked.c.council == council, unlocked.c.seen_at < before))
