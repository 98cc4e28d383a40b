"""An import that is killed in the middle keeps what was whole, and is run again."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from bot.importing import import_ssd
from bot.service.import_requests import Outcome
from storage.care_tables import case_imports, imported_people
from storage.migrate import migrate
from storage.store import open_store
from tests.desk import northborough
from tests.intake.folders import write
from tests.intake.test_again import PERSON, many, tally
from tests.keys import ring_at

TAKEN = date(2026, 4, 1)
CHILDREN, KILLED_AT = 400, 20


async def import_into(url: str, keys: str, folder: str) -> None:
    """What the process does that is killed: two children in a transaction, and say so."""

    async def done(at: int, _of: int) -> None:
        sys.stdout.write(f"done {at}\n")
        sys.stdout.flush()

    house = replace(northborough.house_on(url), keys=ring_at(Path(keys)))
    store = await open_store(url, house.keys)
    await import_ssd(store, house, Path(folder), TAKEN, "sayso", done, at_once=2)


async def _killed(*given: str) -> None:
    program = (
        "import asyncio, sys; from tests.intake.test_killed import import_into; "
        "asyncio.run(import_into(*sys.argv[1:]))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, *given, stdout=PIPE
    )
    assert process.stdout is not None
    try:
        async for line in process.stdout:
            if line.startswith(b"done") and int(line.split()[1]) >= KILLED_AT:
                break
    finally:
        process.kill()
        await process.communicate()
    assert process.returncode == -signal.SIGKILL


async def test_what_was_whole_stays_and_the_rest_comes_in_after(
    database_url: str, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    house = replace(northborough.house_on(database_url), keys=ring_at(keys))
    folder = write(tmp_path / "ssd", **many(CHILDREN))
    store = await open_store(database_url, house.keys)

    async def nothing(_at: int, _of: int) -> None:
        pass

    async def takes_in() -> Outcome:
        return await import_ssd(store, house, folder, TAKEN, "sayso", nothing)

    try:
        await migrate(store)
        await store.write(partial(northborough.make, house=house))
        await _killed(database_url, str(keys), str(folder))
        asked = select(func.count()).select_from(imported_people)
        here = await store.read(lambda db: db.execute(asked).scalar_one())
        assert KILLED_AT <= here < CHILDREN

        # Nobody knows that it was killed until nothing was heard of it for a while.
        assert "Another import is under way" in (await takes_in()).failed
        long_ago = datetime(2026, 1, 1, tzinfo=UTC)
        await store.write(lambda db: db.execute(case_imports.update().values(seen_at=long_ago)))
        outcome = await takes_in()

        assert not outcome.failed
        assert (tally(outcome, PERSON).added, tally(outcome, PERSON).same) == (
            CHILDREN - here, here,
        )  # fmt: skip
        assert (await takes_in()).changes == 0
    finally:
        await store.close()
