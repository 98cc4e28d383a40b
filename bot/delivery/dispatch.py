"""The outbox is emptied: rows are delivered side by side, a lane's in their order.

On SQLite one process delivers, so the commit that puts a row out hands it over, and it leaves
without being read again, as soon as there is room. All else is read: rows from before the start or
of other processes, rows that have to wait, and what was too much even for the queue; on PostgreSQL
every row, which is claimed first.

What became of rows is written patiently, with the next commit: nobody waits for it. What can't be
written is tried again later: that is why every delivery is safe to repeat.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.service.outcome import Delivered, Deliverer, GiveUp, Outcome, TryLater, backoff
from bot.service.unopened import hand_over
from bot.web.context import now
from bot.where import without_text
from storage import outbox
from storage.errors import StorageAway
from storage.outbox import Claimed
from storage.store import Store

log = structlog.get_logger()

CLAIM = timedelta(minutes=2)
"""Longer than any delivery may take; after it another worker may try."""

_MOST = 200  # rows taken at once

LOOK_ANYWAY = 2.0
"""Seconds until the outbox is looked at without being woken: other processes on SQLite can't."""


@dataclass(slots=True)
class Dispatcher:
    """Delivers the rows of one deliverer.

    A lane is `_known` while one of its rows is under way or queued for room: what comes after it
    there waits in memory. It is `_behind` where rows lie in the database that were not handed over,
    so that only a look into it tells which is next; `_unseen`: which lanes those are is not known
    yet.
    """

    store: Store
    deliverer: Deliverer
    keep_for: timedelta = CLAIM
    _known: dict[str, deque[Claimed]] = field(default_factory=dict)
    _behind: set[str] = field(default_factory=set)
    _unseen: bool = True
    _in_hand: set[int] = field(default_factory=set)  # ids not yet written off
    _gone: set[int] = field(default_factory=set)  # of those, what stands in nobody's way any more
    _again: dict[int, str] = field(default_factory=dict)  # and what is to be tried again: its lane
    _finished: list[tuple[Claimed, Outcome]] = field(default_factory=list)
    _under_way: set["asyncio.Task[None]"] = field(default_factory=set)
    _queued: deque[Claimed] = field(default_factory=deque)  # of free lanes, until there is room
    _writing: "asyncio.Task[None] | None" = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False

    def wake(self) -> None:
        """There may be something that was not handed over."""
        self._wake.set()

    def put_out(self, rows: Sequence[Claimed]) -> None:
        """Rows that were committed just now, in their order."""
        for row in rows:
            if row.destination not in self.deliverer.destinations or row.outbox_id in self._in_hand:
                continue
            if self._unseen or row.lane in self._behind or row.waits or self._stopping:
                self._leave(row.lane)
            elif row.lane in self._known:
                self._known[row.lane].append(row)
                self._in_hand.add(row.outbox_id)
            elif self._room > 0:
                self._take(row)
            else:
                self._leave(row.lane)

    def _leave(self, lane: str) -> None:
        """The database has it."""
        self._behind.add(lane)
        self.wake()

    @property
    def _room(self) -> int:
        """How many rows may be taken. Where a look reads no more than can leave at once, a crowd
        waits for many looks; but what is claimed from other processes has to leave in time."""
        queue = _MOST if self.store.is_sqlite else 0
        return self.deliverer.at_once + queue - len(self._under_way) - len(self._queued)

    def _take(self, row: Claimed) -> None:
        """A free lane's next row."""
        self._in_hand.add(row.outbox_id)
        self._known[row.lane] = deque()
        if len(self._under_way) < self.deliverer.at_once:
            self._start(row)
        else:
            self._queued.append(row)

    def _start(self, row: Claimed) -> None:
        task = asyncio.create_task(self._deliver(row))
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        if self._queued and not self._stopping and len(self._under_way) < self.deliverer.at_once:
            self._start(self._queued.popleft())

    @property
    def _must_look(self) -> bool:
        """Whether there may be rows that only the database knows."""
        return bool(self._behind) or self._unseen or not self.store.is_sqlite

    async def run(self) -> None:
        """Until `stop`. The database being away only makes it wait, and so does a mistake of ours:
        if this ended, nothing would leave any more and nobody would know."""
        while not self._stopping:
            self._wake.clear()
            try:
                wait = await self._turn()
            except StorageAway:
                log.warning("outbox_out_of_reach")
                await asyncio.sleep(1)
                continue
            except Exception as error:
                log.critical("outbox_not_read", **without_text(error))
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
        if self._writing is not None:
            await self._writing

    async def _turn(self) -> float:
        """Look into the database and send on its way what was not handed over; the seconds until
        it is worth to look again, unless woken."""
        room = 0 if self._stopping else min(self._room, _MOST)
        if room <= 0:
            return LOOK_ANYWAY
        rows, due = await self._next(room)
        for row in rows:
            if row.outbox_id not in self._in_hand and row.lane not in self._known:
                self._take(row)
        if len(rows) == room:
            return 0  # there may be more
        if due is None:
            return LOOK_ANYWAY
        return min(LOOK_ANYWAY, max(0.01, (due - now()).total_seconds()))

    async def _next(self, room: int) -> tuple[list[Claimed], datetime | None]:
        """Rows that may leave now, and when the next one may."""
        names, at = sorted(self.deliverer.destinations), now()
        if not self.store.is_sqlite:
            rows = await self.store.write(
                lambda db: outbox.claim(db, names, at, keep_for=self.keep_for, most=room)
            )
            if rows:
                return rows, at
            return [], await self.store.read(lambda db: outbox.next_due(db, names, at))
        return await self.store.read(lambda db: self._look(db, names, at, room))

    def _look(
        self, db: Connection, names: Sequence[str], at: datetime, room: int
    ) -> tuple[list[Claimed], datetime | None]:
        """Nothing is handed over while this runs: it does not await."""
        most = room + len(self._in_hand)
        ready = outbox.ready(db, names, at, gone=list(self._gone), most=most)
        rows = [row for row in ready if row.outbox_id not in self._in_hand][:room]
        self._unseen = len(rows) == room
        if self._unseen:
            return rows, at
        if self._behind or rows:
            lanes = outbox.lanes(db, names, besides=list(self._in_hand))
            self._behind = lanes | set(self._again.values())
        return rows, at if rows else outbox.next_due(db, names, at)

    async def _deliver(self, row: Claimed) -> None:
        outcome: Outcome
        try:
            outcome = GiveUp() if row.broken else await self.deliverer.deliver(row)
        except Exception as error:
            # A mistake of ours must not stop the lane or lose the row.
            log.error("delivery_failed", outbox_id=row.outbox_id, **without_text(error))
            outcome = TryLater(backoff(row.attempts))
        self._finished.append((row, outcome))
        self._go_on(row, outcome)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_off())

    def _go_on(self, row: Claimed, outcome: Outcome) -> None:
        """The lane's next row, if it is free now."""
        following = self._known.pop(row.lane)
        if isinstance(outcome, TryLater) or self._stopping:
            self._in_hand.difference_update(one.outbox_id for one in following)
            self._behind.add(row.lane)  # they come after it, once it could leave
        if isinstance(outcome, TryLater):
            self._again[row.outbox_id] = row.lane
            return
        self._gone.add(row.outbox_id)
        if following and not self._stopping:
            self._known[row.lane] = following
            self._start(following.popleft())
        elif self._must_look:
            self.wake()

    async def _write_off(self) -> None:
        """Write what became of rows, for as long as any end meanwhile."""
        while self._finished:
            finished, self._finished = self._finished, []
            try:
                await self._keep(finished)
            except StorageAway:
                self._finished = finished + self._finished
                if self._stopping:
                    return  # they stay in the outbox
                log.warning("outbox_out_of_reach")
                await asyncio.sleep(1)
                continue
            except Exception as error:
                log.critical("outcomes_not_kept", **without_text(error))
                finished = await self._each(finished)
            for row, _outcome in finished:
                self._in_hand.discard(row.outbox_id)
                self._gone.discard(row.outbox_id)
                self._again.pop(row.outbox_id, None)
            if self._must_look:
                self.wake()

    async def _each(self, finished: list[tuple[Claimed, Outcome]]) -> list[tuple[Claimed, Outcome]]:
        """Those that could be written alone: one that can't be takes no other's outcome with it.

        It stays in hand, so that it is sent by nobody until a restart; then again, by the same key.
        """
        kept = []
        for one in finished:
            try:
                await self._keep([one])
            except StorageAway:
                self._finished.append(one)
            except Exception as error:
                outbox_id = one[0].outbox_id
                log.critical("outcome_not_kept", outbox_id=outbox_id, **without_text(error))
            else:
                kept.append(one)
        return kept

    async def _keep(self, finished: Sequence[tuple[Claimed, Outcome]]) -> None:
        at = now()
        await self.store.write(lambda db: _keep(db, finished, at), patient=True)


def _keep(db: Connection, finished: Sequence[tuple[Claimed, Outcome]], at: datetime) -> None:
    gone = []
    for row, outcome in finished:
        if row.broken:
            hand_over(db, row)
            continue
        match outcome:
            case Delivered(then=then) | GiveUp(then=then):
                if then is not None:
                    then(db)
                gone.append(row)
            case TryLater(after=after, unknown=unknown):
                outbox.later(db, row, at + after, unknown=unknown)
    outbox.done(db, gone)
