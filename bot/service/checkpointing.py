"""The audit's chains are tied together: every few minutes, after many entries, and at the stop.

Whoever delivers does it. Entries are checked before a checkpoint takes them in, so what was
tampered with since the last one is put on record now, and not only when somebody asks.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.service.house import House
from storage import audit, checkpoints, outbox
from storage.audit_verifying import Broken, What, heads, verify_chain
from storage.chains import START, Head
from storage.checkpoints import Checkpoint, Covered
from storage.outbox import Outgoing
from storage.store import Store

log = structlog.get_logger()

EVERY = timedelta(minutes=5)
ENTRIES = 1_000
"""A checkpoint is due when this many entries, or any since this long, are in none."""

DESTINATION = "checkpoint"
_SLICE = 500  # entries checked before others have their turn: a few milliseconds


@dataclass(slots=True)
class Tying:
    """Ties the chains of one council. `covered`: all checkpoints together."""

    store: Store
    house: House
    covered: Covered = field(default_factory=Covered)
    _said: set[str] = field(default_factory=set)  # chains known to be broken

    async def tie(self, now: datetime, *, at_once: bool = False) -> int:
        """Make the checkpoints that are due; how many. `at_once`: for every entry there is."""
        council, key = self.house.id, checkpoints.signing_key(self.house.keys)
        after, public = self.covered.number, key.public_key()
        others = await self.store.read(lambda db: checkpoints.lines(db, council, after))
        if others:
            # At the start all there ever were: years of them take seconds.
            folded = await asyncio.to_thread(
                checkpoints.fold, others, council, public, self.covered
            )
            for problem in folded.problems:
                log.error("audit_checkpoint_wrong", problem=problem)
            self.covered = folded.covered
        lasts = await self.store.read(lambda db: heads(db, council))
        await self._missed(lasts, now)
        if not self._due(lasts, now, at_once=at_once):
            return 0
        reached = [await self._checked(chain, last, now) for chain, last in lasts.items()]
        made = 0
        while checkpoint := checkpoints.next_one(self.covered, council, reached, now):
            line = checkpoints.sign(checkpoint, key)
            try:
                await self.store.write(partial(self._keep, checkpoint=checkpoint, line=line))
            except IntegrityError:
                break  # another worker was first: the next look knows its checkpoint
            self.covered = self.covered.and_(checkpoint, line)
            made += 1
        return made

    def _keep(self, db: Connection, checkpoint: Checkpoint, line: str) -> None:
        checkpoints.add(db, checkpoint, line)
        if self.house.settings.audit_checkpoints:
            outbox.add(db, self.house.id, [outgoing(checkpoint, line)], checkpoint.at)

    def _due(self, lasts: dict[str, int], now: datetime, *, at_once: bool) -> bool:
        waiting = sum(max(0, last - self._known(chain)) for chain, last in lasts.items())
        at = self.covered.at
        return waiting > 0 and (at_once or waiting >= ENTRIES or at is None or now - at >= EVERY)

    def _known(self, chain: str) -> int:
        head = self.covered.heads.get(chain)
        return head.sequence if head is not None else 0

    async def _missed(self, lasts: dict[str, int], now: datetime) -> None:
        """Chains that are shorter than a checkpoint says."""
        for chain, head in self.covered.heads.items():
            last = lasts.get(chain, 0)
            if last < head.sequence:
                await self._tell(Broken(self.house.id, chain, last + 1, What.TRUNCATED), now)

    async def _checked(self, chain: str, last: int, now: datetime) -> Head:
        """A chain's entry `last`, once those behind the last checkpoint were looked at."""
        head = self.covered.heads.get(chain)
        key, council = self.house.keys.derive("audit"), self.house.id
        while head is None or head.sequence < last:
            checked = await self.store.read(
                partial(
                    verify_chain, key=key, council=council, chain=chain, after=head, most=_SLICE
                )
            )
            if checked.broken is not None:
                await self._tell(checked.broken, now)
            if checked.entries == 0:
                break
            head = checked.head
        return head if head is not None else Head(chain, 0, START)

    async def _tell(self, broken: Broken, now: datetime) -> None:
        """Once a chain and process: in the log, and on record for whoever reads the audit."""
        if broken.chain in self._said:
            return
        self._said.add(broken.chain)
        log.error(
            "audit_broken", chain=broken.chain, sequence=broken.sequence, what=broken.what.value
        )
        await self.store.write(lambda db: note_broken(db, self.house, broken, now))


def outgoing(checkpoint: Checkpoint, line: str) -> Outgoing:
    """The outbox row of a checkpoint: all of a council leave in their order."""
    return Outgoing(
        destination=DESTINATION,
        lane=DESTINATION,
        idempotency_key=f"{DESTINATION}/{checkpoint.number}",
        payload=line,
    )


def note_broken(db: Connection, house: House, broken: Broken, now: datetime) -> None:
    """That a chain is not as it was written is on record itself."""
    audit.add(
        db,
        house.id,
        now,
        actor="sayso",
        act="audit_broken",
        subject=f"chain:{broken.chain}",
        detail=f"entry {broken.sequence}, {broken.what.value}",
    )
