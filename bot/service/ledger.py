"""The erasure ledger: what was erased, kept where no restore takes it back.

A file of lines, only ever added to, beside the backups or on another machine. A line holds ids,
what was erased and when, and a MAC by a key of the ring: whoever can write to the file can't make
Sayso erase somebody by it. After a restore, and at every start, what stands in it and not in the
database is erased again.

    {"at": "2026-11-26T10:45:00+00:00", "by": "staff:…", "council": "northborough", "id": 1764…,
     "mac": "…", "person": "…", "review": null, "what": "person"}
"""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from pathlib import Path

import structlog
from sqlalchemy import Connection

from bot.service.appending import append
from bot.service.disk import clean_disk
from bot.service.erasing import repeat
from bot.service.house import House
from bot.web.context import now
from storage import erasures
from storage.erasures import Erasure, What
from storage.store import Store

log = structlog.get_logger()

_AT_ONCE = 20  # erasures repeated in one transaction


@dataclass(frozen=True, slots=True)
class Ledger:
    """What stands in one or more files. `problems`: lines that can't be believed, each in words."""

    erasures: tuple[Erasure, ...]
    problems: tuple[str, ...] = ()


def line(house: House, erasure: Erasure) -> str:
    """As it stands in the ledger."""
    plain = {
        "at": erasure.at.isoformat(),
        "by": erasure.by,
        "council": erasure.council,
        "id": erasure.erasure_id,
        "person": erasure.person_id,
        "review": erasure.review_id,
        "what": erasure.what.value,
    }
    return json.dumps({**plain, "mac": _mac(house, plain)}, sort_keys=True)


def _mac(house: House, plain: dict[str, object]) -> str:
    text = json.dumps(plain, sort_keys=True)
    return house.keys.blind(house.id, "erasure ledger", text).hex()


def read(house: House, files: Iterable[Path]) -> Ledger:
    """What stands in these files of this council, each erasure once. `OSError`."""
    found: dict[int, Erasure] = {}
    problems = []
    for file in files:
        for number, text in enumerate(file.read_text(errors="replace").splitlines(), 1):
            try:
                erasure = _read(house, text)
            except (ValueError, KeyError, TypeError):
                problems.append(f"{file}: line {number} is not as Sayso wrote it, and is left out.")
                continue
            if erasure is not None:
                found[erasure.erasure_id] = erasure
    return Ledger(tuple(found[one] for one in sorted(found)), tuple(problems))


def _read(house: House, text: str) -> Erasure | None:
    """None: another council's, whose keys we have not."""
    plain = json.loads(text)
    mac = plain.pop("mac")
    if plain["council"] != house.id:
        return None
    if not compare_digest(mac, _mac(house, plain)):
        raise ValueError("its MAC is another")
    return Erasure(
        plain["council"],
        plain["id"],
        What(plain["what"]),
        plain["person"],
        plain["review"],
        datetime.fromisoformat(plain["at"]),
        plain["by"],
    )


async def note(store: Store, house: House) -> Sequence[Erasure]:
    """Put into the ledger what is not in it yet; what that was. `OSError`: what could not be is
    tried again by whoever delivers, in a minute."""
    waiting = await store.read(lambda db: erasures.not_noted(db, house.id))
    if not waiting:
        return ()
    path = house.settings.erasure_ledger
    for erasure in waiting:  # twice in it is no harm: it is read once
        await asyncio.to_thread(append, path, line(house, erasure), mode=0o600)
    ids = [erasure.erasure_id for erasure in waiting]
    at = now()
    await store.write(lambda db: erasures.note(db, house.id, ids, at))
    return waiting


def missing(db: Connection, house: House, ledger: Ledger) -> list[Erasure]:
    """What stands in the ledger, and of which this database does not know."""
    known = {erasure.erasure_id for erasure in erasures.all_of(db, house.id)}
    return [erasure for erasure in ledger.erasures if erasure.erasure_id not in known]


def repeat_all(db: Connection, house: House, them: Sequence[Erasure], at: datetime) -> int:
    """Erase again, in one transaction; how many that were."""
    for erasure in them:
        repeat(db, house, erasure, at)
    return len(them)


async def catch_up(store: Store, house: House) -> int:
    """At a start: erase again what an older database, restored by whatever way, does not know of.
    How many that were."""
    path = house.settings.erasure_ledger
    if not await asyncio.to_thread(path.exists):
        return 0
    ledger = await asyncio.to_thread(read, house, [path])
    for problem in ledger.problems:
        log.error("erasure_ledger_wrong", problem=problem)
    them = await store.read(lambda db: missing(db, house, ledger))
    for start in range(0, len(them), _AT_ONCE):
        some = them[start : start + _AT_ONCE]
        await store.write(lambda db, some=some: repeat_all(db, house, some, now()))  # type: ignore[misc]
    if them:
        await clean_disk(store, house)
        log.warning("erased_again", erasures=len(them))
    return len(them)
