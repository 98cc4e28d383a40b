"""Wrong tries, counted in our own database for `limits`: the same in every process, in the
transaction at hand. A row is a keyed hash of who tried, and lives as long as its limit's window."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from limits import RateLimitItem
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import ColumnElement, Connection, and_, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import tries


class _Rows(Storage):
    """A `limits` storage that is one connection, one council and one moment."""

    STORAGE_SCHEME = None

    def __init__(self, db: Connection, council: str, now: datetime) -> None:
        super().__init__()
        self._db, self._council, self._now = db, council, now

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError  # nothing is wrapped: a database's error is for `Store`

    def _is(self, key: str) -> ColumnElement[bool]:
        hashed = _hash(key)
        return and_(tries.c.council == self._council, tries.c.key_hash == hashed)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        make = postgresql.insert if self._db.dialect.name == "postgresql" else sqlite.insert
        ends_at = self._now + timedelta(seconds=expiry)
        row = {"council": self._council, "key_hash": _hash(key)}
        statement = make(tries).values(**row, count=amount, ends_at=ends_at)
        over = tries.c.ends_at <= self._now
        counted: int = self._db.execute(
            statement.on_conflict_do_update(
                index_elements=[tries.c.council, tries.c.key_hash],
                set_={
                    "count": case((over, amount), else_=tries.c.count + amount),
                    "ends_at": case((over, ends_at), else_=tries.c.ends_at),
                },
            ).returning(tries.c.count)
        ).scalar_one()
        return counted

    def get(self, key: str) -> int:
        found = self._db.execute(
            select(tries.c.count).where(self._is(key), tries.c.ends_at > self._now)
        ).scalar()
        return found or 0

    def get_expiry(self, key: str) -> float:
        found = self._db.execute(
            select(tries.c.ends_at).where(self._is(key), tries.c.ends_at > self._now)
        ).scalar()
        return (found or self._now).timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        return self._db.execute(delete(tries).where(tries.c.council == self._council)).rowcount

    def clear(self, key: str) -> None:
        self._db.execute(delete(tries).where(self._is(key)))


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


@dataclass(frozen=True, slots=True)
class Limit:
    """So many wrong tries in a window. `who` is a keyed hash: nothing else of them is kept."""

    item: RateLimitItem

    def count(self, db: Connection, council: str, who: bytes, now: datetime) -> bool:
        """One more; False if that is one too many."""
        return _limiter(db, council, now).hit(self.item, who.hex())

    def reached(self, db: Connection, council: str, who: bytes, now: datetime) -> bool:
        """Whether there is no try left. Reads only."""
        return not _limiter(db, council, now).test(self.item, who.hex())

    def made(self, db: Connection, council: str, who: bytes, now: datetime) -> int:
        """How many there were in this window. Reads only."""
        return _Rows(db, council, now).get(self.item.key_for(who.hex()))

    def ends(self, db: Connection, council: str, who: bytes, now: datetime) -> datetime:
        """When the window ends; `now` if none is open. Reads only."""
        reset = _limiter(db, council, now).get_window_stats(self.item, who.hex()).reset_time
        return datetime.fromtimestamp(reset, UTC)

    def forgive(self, db: Connection, council: str, who: bytes, now: datetime) -> None:
        """As if there had been none."""
        _limiter(db, council, now).clear(self.item, who.hex())


def _limiter(db: Connection, council: str, now: datetime) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(_Rows(db, council, now))


def anything_to_forget(db: Connection, council: str, now: datetime) -> bool:
    over = select(tries.c.count).where(tries.c.council == council, tries.c.ends_at <= now)
    return db.execute(over.limit(1)).first() is not None


def forget(db: Connection, council: str, now: datetime) -> int:
    """Take away what is over; how many rows."""
    over = delete(tries).where(tries.c.council == council, tries.c.ends_at <= now)
    return db.execute(over).rowcount
