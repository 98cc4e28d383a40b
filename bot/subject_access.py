"""`sayso subject-access`: all that is held about one young person, as a ZIP."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyrage
from sqlalchemy import Connection

from bot.backups.envelope import recipients_of
from bot.opening import NotMigrated, opened
from bot.service import erasing, subject_access
from bot.service.house import House
from bot.service.subject_access import Copy
from bot.web.context import now
from storage.errors import Erased, Unknown
from storage.migrate import is_current


class NoCopy(Exception):
    """There is none; the text says why."""


@dataclass(frozen=True, slots=True)
class Made:
    """`rows`: how many of each table; `entries`: of the audit; `sealed`: only a recipient opens
    it."""

    file: str
    rows: dict[str, int]
    entries: int
    sealed: bool


async def make(
    house: House, review_id: str, case_id: str, out: Path, recipients: Sequence[str]
) -> Made:
    """Write it to `out`, readable by its owner only. `NoCopy`, `RecipientUnfit`, `OSError`."""
    keys = recipients_of(recipients)
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        copy = await store.write(lambda db: _make(db, house, review_id, case_id))
    plain = await asyncio.to_thread(subject_access.archive, copy)
    whole = pyrage.encrypt(plain, keys) if keys else plain
    await asyncio.to_thread(_write, out, whole)
    rows = {name: len(found) for name, found in copy.tables.items()}
    return Made(str(out), rows, len(copy.audit), bool(keys))


def _write(out: Path, whole: bytes) -> None:
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise NoCopy(f"{out} is there already, and is not written over.") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(whole)


def _make(db: Connection, house: House, review_id: str, case_id: str) -> Copy:
    try:
        person_id = erasing.find(db, house, review_id=review_id, case_id=case_id)
        return subject_access.make(db, house, person_id, "sayso", now())
    except Erased:
        raise NoCopy("That young person was erased: nothing is held any more.") from None
    except Unknown:
        what = f"review {review_id!r}" if review_id else "young person of this case id"
        raise NoCopy(f"{house.council.name} has no {what}.") from None


def sentence(made: Made) -> str:
    """For people."""
    rows = sum(made.rows.values())
    read = "Only its recipients open it." if made.sealed else "Whoever has the file can read it."
    return f"{made.file}: {rows} rows and {made.entries} entries of the audit. {read}"
