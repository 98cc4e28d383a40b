"""Promise P11: 5 GB are backed up, and back within half an hour (a smaller one on every run)."""

import os
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, insert, make_url

from bot.backups import making, restoring
from bot.service.house import House
from bot.web.context import now
from storage.sealing import Place, seal
from storage.store import open_store
from storage.tables import inbox
from tests.backups.conftest import Escrow
from tests.promises import FULL, Promise

MEGABYTES = 5000 if FULL else 40
MOST_SECONDS = 30 * 60.0
_ROWS = 128  # of 8 KB each: a megabyte


def fill(db: Connection, *, council: str, number: int) -> None:
    """A megabyte of messages, which like sealed ones can't be packed."""
    rows = []
    for row in range(_ROWS):
        source, key = "web:filler", f"{number}/{row}"
        place = Place(council, "inbox", "body", f"{source}/{key}")
        body = seal(db, place, os.urandom(4096).hex())
        rows.append(
            {"council": council, "source": source, "key": key, "received_at": now(), "body": body}
        )
    db.execute(insert(inbox), rows)


async def test_a_large_database_is_back_within_half_an_hour(
    house: House, escrow: Escrow, scratch: str, tmp_path: Path, promise: Promise
) -> None:
    store = await open_store(house.settings.database_url, house.keys)
    for number in range(MEGABYTES):
        await store.write(partial(fill, council=house.id, number=number))
    await store.close()

    made = await making.make(house.council, house.settings)
    result = await restoring.drill(made.file, escrow.file, house, scratch, aside=tmp_path)

    assert result.problems == []
    assert made.bytes > MEGABYTES * 1_000_000
    assert result.seconds < MOST_SECONDS
    promise(
        "P11",
        database=make_url(house.settings.database_url).get_backend_name(),
        megabytes=round(made.bytes / 1e6),
        backup_seconds=round(made.seconds, 1),
        restore_seconds=round(result.seconds, 1),
    )
