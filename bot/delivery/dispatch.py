"""The outbox is emptied: rows are claimed, delivered side by side, and what became of them kept.

Woken by the commit that filled the outbox. A claim, and the outcomes since the last one, share a
transaction. A row whose outcome can't be written stays claimed and is tried again when the claim
ends: that is why every delivery is safe to repeat.
"""

import asyncio
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.service.outcome import Delivered, Deliverer, GiveUp, Outcome, TryLater, backoff
from bot.web.context import now
from storage import outbox
from storage.errors import StorageAway
from storage.outbox import Claimed
from storage.store import Store

log = structlog.get_logger()

CLAIM = timedelta(minutes=2)
"""Longer than any delivery may take; after it another worker may try."""

LOOK_ANYWAY = 2.0
"""Seconds until the outbox is looked at without being woken: other processes on SQLite can't."""


@dataclass(slots=True)
class Dispatcher:
    """One lane of deliveries: rows for one deliverer."""

    store: Store
    deliverer: Deliverer
    _finished: list[tuple[Claimed, Outcome]] = field(default_factory=list)
    _under_way: set["asyncio.Task[None]"] = field(default_factory=set)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Until `stop`. The database being away only makes it wait."""
        while not self._stopping:
            self._wake.clear()
            try:
                claimed = await self._turn()
            except StorageAway:
                log.warning("outbox_out_of_reach")
                await asyncio.sleep(1)
                continue
            if claimed:
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(await self._until_due()):
                    await self._wake.wait()

    async def stop(self) -> None:
        """Take no more, let what is under way end, keep how it ended."""
        self._stopping = True
        self._wake.set()
        while self._under_way:
            await asyncio.wait(self._under_way)
        await self._turn()

    async def _turn(self) -> bool:
        """Write what became of the last rows, claim the next ones, send them on their way."""
        finished, self._finished = self._finished, []
        room = 0 if self._stopping else self.deliverer.at_once - len(self._under_way)
        at = now()

        def write(db: Connection) -> list[Claimed]:
            _keep(db, finished, at)
            if room <= 0:
                return []
            names = sorted(self.deliverer.destinations)
            return outbox.claim(db, names, at, keep_for=CLAIM, most=min(room, 200))

        if not finished and room <= 0:
            return False
        try:
            claimed = await self.store.write(write)
        except StorageAway:
            self._finished = finished + self._finished
            raise
        for row in claimed:
            task = asyncio.create_task(self._deliver(row))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return bool(claimed)

    async def _deliver(self, row: Claimed) -> None:
        try:
            outcome = await self.deliverer.deliver(row)
        except Exception as error:
            # A mistake of ours must not stop the lane or lose the row.
            # Where it happened, not its text: that may hold what was said.
            where = traceback.extract_tb(error.__traceback__)[-1]
            log.error(
                "delivery_failed",
                outbox_id=row.outbox_id,
                error=type(error).__name__,
                where=f"{where.name}:{where.lineno}",
            )
            outcome = TryLater(backoff(row.attempts))
        self._finished.append((row, outcome))
        self._wake.set()

    async def _until_due(self) -> float:
        if self._finished:
            return 0
        try:
            names = sorted(self.deliverer.destinations)
            due = await self.store.read(lambda db: outbox.next_due(db, names))
        except StorageAway:
            return 1
        if due is None:
            return LOOK_ANYWAY
        return min(LOOK_ANYWAY, max(0.01, (due - now()).total_seconds()))


def _keep(db: Connection, finished: Sequence[tuple[Claimed, Outcome]], at: datetime) -> None:
    gone = []
    for row, outcome in finished:
        match outcome:
            case Delivered(then=then) | GiveUp(then=then):
                if then is not None:
                    then(db)
                gone.append(row)
            case TryLater(after=after, unknown=unknown):
                outbox.later(db, row, at + after, unknown=unknown)
    outbox.done(db, gone)
