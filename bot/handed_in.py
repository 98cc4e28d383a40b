"""The worker's part of an import at the desk: look at what was handed in, then take it in.

Where it was killed in the middle another goes on: a claim ends by itself, and an import can be run
again from the start without doing anything twice.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog

from bot.importing_run import STILL
from bot.passing_folder import passing_folder
from bot.service import import_requests as service
from bot.service.house import House
from bot.service.import_requests import Outcome, written
from bot.where import without_text
from storage import import_requests
from storage.errors import StorageAway
from storage.import_requests import Request, State
from storage.store import Store

log = structlog.get_logger()

CLAIM = STILL + timedelta(minutes=1)
"""For so long a worker has one without saying how far it is: whoever goes on after it was killed
must not meet an import that is still under way."""
SWEEP = timedelta(minutes=10)

Step = Callable[[int, int], Awaitable[object]]
"""How many rows are done, of how many."""
Importer = Callable[[Path, date, str, bool, Step], Awaitable[Outcome]]
"""Reads the tables of a folder, taken out on that day, for whom the audit names; only looks, if it
is told so. What can't be read is in its outcome; it raises nothing for what somebody handed in."""


@dataclass(slots=True)
class HandedIn:
    """Does what waits, one at a time."""

    store: Store
    house: House
    importer: Importer
    now: Callable[[], datetime]
    _swept: datetime | None = None

    async def step(self) -> bool:
        """Do the next one; False: there is none."""
        moment, council = self.now(), self.house.id
        if self._swept is None or moment - self._swept > SWEEP:
            self._swept = moment
            await self.store.write(lambda db: service.end_old(db, self.house, moment))
        request = await self.store.write(
            lambda db: import_requests.claim(db, council, moment, moment + CLAIM)
        )
        if request is None:
            return False
        with passing_folder() as folder:
            await self._unpack(request, folder)
            outcome = await self._run(request, folder)
        after = _AFTER[request.state]
        if outcome.failed:
            after = State.FAILED
        await self.store.write(
            lambda db: (
                import_requests.move(
                    db, council, request.request_id, request.state, after, written(outcome)
                ),
                after is not State.READY
                and import_requests.forget(db, council, request.request_id),
            )
        )
        log.info("import_handed_in_done", state=after.value, changes=outcome.changes)
        return True

    async def _run(self, request: Request, folder: Path) -> Outcome:
        async def done(rows: int, of: int) -> None:
            until = self.now() + CLAIM
            await self.store.write(
                lambda db: import_requests.went_on(
                    db, self.house.id, request.request_id, rows, of, until
                )
            )

        look = request.state is State.LOOKING
        try:
            return await self.importer(
                folder, request.taken_on, f"staff:{request.made_by}", look, done
            )
        except StorageAway:
            raise
        except Exception as error:
            # A mistake of ours must not be tried again for ever: whoever waits is told.
            log.error("import_failed", **without_text(error))
            return Outcome(failed=_OURS)

    async def _unpack(self, request: Request, folder: Path) -> None:
        council, request_id = self.house.id, request.request_id
        files = await self.store.read(lambda db: import_requests.files(db, council, request_id))
        for name, count in files.items():
            with (folder / name).open("wb") as file:
                for number in range(count):
                    file.write(await self._piece(request_id, name, number))

    async def _piece(self, request_id: str, name: str, number: int) -> bytes:
        return await self.store.read(
            lambda db: import_requests.piece(db, self.house.id, request_id, name, number)
        )


_OURS = (
    "Something went wrong here, not in your files. What went in until then stays; council IT finds "
    "in the log what it was. The same files can be handed in again."
)
_AFTER = {State.LOOKING: State.READY, State.TAKING: State.DONE}
