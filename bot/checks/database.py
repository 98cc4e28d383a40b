"""Unsafe databases: of another kind of council, not migrated, with a wrong clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, select

from bot.service.house import House
from bot.web.context import now
from storage.errors import StorageAway
from storage.migrate import is_current
from storage.server import is_superuser, server_time
from storage.store import Store
from storage.tables import councils

_SKEW = timedelta(seconds=5)


async def findings(store: Store, house: House, clock: Callable[[], datetime] = now) -> list[str]:
    """What the database itself says; one finding if it can't be reached."""
    try:
        if not await is_current(store):
            return ["SAYSO_DATABASE_URL: the tables are not this version's. Run: sayso migrate"]
        found = await store.read(lambda db: kind_of_council(db, house))
        at = await store.read(server_time)
        if at is not None:
            found += skewed(at, clock())
        if not house.council.demo:
            found += await store.read(may_change_the_audit)
    except StorageAway as error:
        return [away(error)]
    return found


def away(error: StorageAway) -> str:
    return (
        f"SAYSO_DATABASE_URL: the database can't be reached ({error}). Example: "
        "sqlite+aiosqlite:///var/sayso.db or postgresql+asyncpg://sayso@localhost/sayso"
    )


def kind_of_council(db: Connection, house: House) -> list[str]:
    """A demo and a real council never share a database."""
    other = db.execute(select(councils).where(councils.c.demo.is_not(house.council.demo))).first()
    if other is None:
        return []
    if house.council.demo:
        return [
            "SAYSO_DATABASE_URL: this database holds a real council, and SAYSO_COUNCIL is the "
            "demo. Give the demo a database of its own."
        ]
    return [
        "SAYSO_DATABASE_URL: this database holds a demo, whose sign-in links open the desk "
        "with one click. Give the council a new database, and run: sayso migrate"
    ]


def may_change_the_audit(db: Connection) -> list[str]:
    if not is_superuser(db):
        return []
    return [
        "SAYSO_DATABASE_URL: Sayso's user is a superuser of PostgreSQL and could switch off what "
        "keeps the audit unchanged. Run: ALTER ROLE … NOSUPERUSER"
    ]


def skewed(theirs: datetime, ours: datetime) -> list[str]:
    apart = abs(theirs - ours)
    if apart <= _SKEW:
        return []
    return [
        f"SAYSO_DATABASE_URL: the clocks of this machine and of the database are "
        f"{apart.total_seconds():.0f} seconds apart: codes and sessions end too early or too late. "
        "Let both follow a time server (systemd-timesyncd, chrony)."
    ]


def time_zones(zone: Callable[[str], object] = ZoneInfo) -> list[str]:
    """Without the rules of summer time, days and times shown would be wrong."""
    try:
        zone("Europe/London")
    except (ZoneInfoNotFoundError, OSError):
        return ["The rules of the time zone Europe/London are missing. Install Debian's tzdata."]
    return []
