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

_MOST = 200  # rows taken at once
_MOMENT = 0.004  # seconds

LOOK_ANYWAY = 2.0
"""Seconds until the outbox is looked at without being woken: other processes on SQLite can't."""


@dataclass(slots=True)
class Dispatcher:
    """One lane of deliveries: rows for one deliverer."""

    store: Store
    deliverer: Deliverer
    _finished: list[tuple[Claimed, Outcome]] = field(default_factory=list)
    _in_hand: set[int] = field(default_factory=set)  # ids not yet written off
    _under_way: set["asyncio.Task[None]"] = field(default_factory=set)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _waking: asyncio.TimerHandle | None = None
    _stopping: bool = False

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Until `stop`. The database being away only makes it wait."""
        while not self._stopping:
            self._wake.clear()
            try:
                wait = await self._turn()
            except StorageAway:
                log.warning("outbox_out_of_reach")
                await asyncio.sleep(1)
                continue
            if wait:
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._wake.wait()

    async def stop(self) -> None:
        """Take no more, let what is under way end, keep how it ended."""
        self._stopping = True
        self._wake.set()
        while self._under_way:
            await asyncio.wait(self._under_way)
        await self._turn()

    async def _turn(self) -> float:
        """Write what became of the last rows, send the next ones on their way; the seconds until
        it is worth to look again, unless woken."""
        await self._write_off()
        room = 0 if self._stopping else min(self.deliverer.at_once - len(self._under_way), _MOST)
        if room <= 0:
            return LOOK_ANYWAY
        rows, due = await self._next(room)
        for row in rows:
            self._in_hand.add(row.outbox_id)
            task = asyncio.create_task(self._deliver(row))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        if len(rows) == room:
            return 0  # there may be more
        if due is None:
            return LOOK_ANYWAY
        return min(LOOK_ANYWAY, max(0.01, (due - now()).total_seconds()))

    async def _write_off(self) -> None:
        finished, self._finished = self._finished, []
        if not finished:
            return
        at = now()
        try:
            await self.store.write(lambda db: _keep(db, finished, at))
        except StorageAway:
            self._finished = finished + self._finished
            raise
        self._in_hand.difference_update(row.outbox_id for row, _outcome in finished)

    async def _next(self, room: int) -> tuple[list[Claimed], datetime | None]:
        """Rows that may leave now, and when the next one may.

        On SQLite nobody else delivers, so that it is known here alone what is in hand: no write,
        and no wait for the disk, before a message leaves.
        """
        names, at = sorted(self.deliverer.destinations), now()
        if not self.store.is_sqlite:
            rows = await self.store.write(
                lambda db: outbox.claim(db, names, at, keep_for=CLAIM, most=room)
            )
            if rows:
                return rows, at
            return [], await self.store.read(lambda db: outbox.next_due(db, names, at))
        in_hand = self._in_hand

        def look(db: Connection) -> tuple[list[Claimed], datetime | None]:
            ready = outbox.ready(db, names, at, most=room + len(in_hand))
            fresh = [row for row in ready if row.outbox_id not in in_hand]
            return fresh, at if fresh else outbox.next_due(db, names, at)

        return await self.store.read(look)

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
        if self._waking is None or self._waking.when() < asyncio.get_running_loop().time():
            # A moment, so that those that end together are written off together.
            self._waking = asyncio.get_running_loop().call_later(_MOMENT, self.wake)


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
