"""`sayso import ssd`, and the same at the desk: the case system's tables come in.

Some young people are one transaction, with all that is said of them: whoever is killed in between
runs it again, and what is here already is not written twice. Nothing is ever deleted.
"""

import asyncio
from collections import Counter, deque
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from bot.importing_changes import Counts, compare
from bot.importing_run import Run, Step
from bot.importing_staff import Members, members
from bot.intake.children import child_of
from bot.intake.columns import COMPLETES, PERSON
from bot.intake.scratch import Batch, Read, Scratch
from bot.passing_folder import passing_folder
from bot.service import rearranging
from bot.service.days import local_day, whole_day
from bot.service.house import House
from bot.service.import_requests import Outcome, Tally
from bot.service.rearranging import NoOfficer
from bot.web.context import now
from conversations.timescales import PATHWAY
from storage import audit, care, care_records, people
from storage.care_records import Changes
from storage.store import Store
from storage.tables import participation

AT_ONCE = 250
"""Young people in one transaction of a command: a fifth of a second that nobody else writes in."""
GENTLY = 10
"""The same beside a desk that is served by this process."""
ABREAST = 3
"""Transactions at once, of different young people."""


async def at_desk(
    store: Store, house: House, folder: Path, taken_on: date, by: str, look: bool, done: Step
) -> Outcome:
    """The same in small steps, beside pages that are being served."""
    few = GENTLY if store.is_sqlite else AT_ONCE
    return await import_ssd(store, house, folder, taken_on, by, done, look=look, at_once=few)


async def import_ssd(
    store: Store,
    house: House,
    folder: Path,
    taken_on: date,
    by: str,
    done: Step,
    *,
    look: bool = False,
    at_once: int = AT_ONCE,
) -> Outcome:
    """Read the tables of a folder; `look`: only say what would change. What can't be read is in
    the outcome, the rest goes in."""
    read = Read()
    if taken_on > local_day(now()):
        return Outcome(
            failed=f"{whole_day(taken_on)} lies ahead: the tables are not taken out yet."
        )
    with (
        passing_folder() as beside,
        closing(await asyncio.to_thread(Scratch, beside / "rows.db")) as scratch,
    ):
        await asyncio.to_thread(scratch.fill, folder, read)
        if read.failed:
            return _outcome(read, Counts(), 0)
        run = Run(store, house, "ssd", taken_on, by, look)
        return await _Import(store, house, scratch, read, run, at_once).go(done)


@dataclass(slots=True)
class _Import:
    """`codes`: participation codes that were written."""

    store: Store
    house: House
    scratch: Scratch
    read: Read
    run: Run
    at_once: int
    members: Members = field(init=False)
    codes: int = 0

    async def go(self, done: Step) -> Outcome:
        failed = await self.run.begin(self._meet)
        if failed:
            return Outcome(failed=failed)
        counts = Counts()
        total, at, number = self.scratch.count(), 0, 0
        await done(0, total)
        # While PostgreSQL writes some, the next are put together. SQLite has one writer anyway.
        abreast = 1 if self.store.is_sqlite else ABREAST
        under_way: deque[tuple[asyncio.Task[Counts], int]] = deque()
        batches = self.scratch.batches(self.at_once)
        try:
            while True:
                while len(under_way) < abreast and (batch := next(batches, None)) is not None:
                    under_way.append((asyncio.create_task(self._batch(batch)), len(batch.ids)))
                if not under_way:
                    break
                task, many = under_way.popleft()
                counts.add(await task)
                number += 1
                if not self.run.look and number & (number - 1) == 0:  # the 1st, 2nd, 4th, 8th ...
                    await self.store.write(care_records.look_at_sizes)
                at += many
                await done(at, total)
        except BaseException:
            for task, _many in under_way:
                task.cancel()
            await asyncio.gather(*(task for task, _many in under_way), return_exceptions=True)
            batches.close()
            await self.run.give_up()
            raise
        gone = await self.store.read(
            lambda db: care_records.vanished(db, self.house.id, self.run.taken_on)
        )
        if not self.run.look:
            counts.gone[PERSON.name] += gone
        if left := self.scratch.left_out():
            self.read.note(
                "Neither looked after at any time nor a care leaver, so that nothing of them was "
                f"kept: {left:,} of ssd_person."
            )
        outcome = _outcome(self.read, counts, total)
        await self.run.end(
            outcome,
            f"{outcome.changes} rows, taken out on {self.run.taken_on.isoformat()}; "
            f"{self.codes} participation codes as the case system confirmed them",
        )
        return outcome

    def _meet(self, db: Connection, moment: datetime) -> None:
        """Whom the tables name; who is missing is added."""
        self.members = members(db, self.house, self.scratch)
        if not self.run.look:
            for member in self.members.missing:
                people.add_staff(db, self.house.keys, member, moment)

    async def _batch(self, batch: Batch) -> Counts:
        taken_on = self.run.taken_on
        children = [
            child
            for one in batch.ids
            if (child := child_of(batch, one, taken_on, self.read)) is not None
        ]
        differing = partial(
            compare,
            house=self.house,
            members=self.members,
            taken_on=taken_on,
            tables={name for name, rows in self.read.counts.items() if rows},
            stands=self.read.stands,
            children=children,
        )
        if self.run.look:
            counts, _changes = await self.store.read(differing)
            return counts

        def work(db: Connection) -> tuple[Counts, int]:
            counts, changes = differing(db)
            if here := changes.of_reviews_here():
                # Somebody at the desk may be confirming one: what they did is newer than any table.
                care_records.lock_reviews(db, self.house.id, here)
                counts, changes = differing(db)
            self._write(db, changes, counts)
            return counts, changes.rows_of(participation)

        written, codes = await self.store.write(work, patient=True)
        self.codes += codes
        return written

    def _write(self, db: Connection, changes: Changes, counts: Counts) -> None:
        moment, council, by = now(), self.house.id, self.run.by
        care_records.write(db, council, self.house.keys, changes, self.run.taken_on, moment)
        for person_id, day in changes.clocks.items():
            care.start_clock(db, council, person_id, PATHWAY.id, day)
            audit.add(
                db, council, moment, actor=by, act="clock_started",
                subject=f"young_person:{person_id}", detail=f"{PATHWAY.id} {day.isoformat()}",
            )  # fmt: skip
        for review_id, officer in changes.officers.items():
            try:
                rearranging.hand_over(db, self.house, review_id, officer, by, moment)
            except NoOfficer:
                counts.notes.append(
                    "A new officer can’t sign in here: what is ahead stays with whoever has it "
                    "until a manager hands it over."
                )
        self.run.went_on(db)


def _outcome(read: Read, counts: Counts, total: int) -> Outcome:
    tables = {file: table for table, file in read.files.items()}
    unread = Counter({tables.get(file, file): many for file, many in read.by_file.items()})
    files = [*read.counts, *unread]
    tallies = tuple(
        Tally(name, counts.added[name], counts.changed[name], counts.same[name],
              counts.gone[name], unread[name], read.counts.get(name, 0) if name in COMPLETES else 0,
              COMPLETES.get(name, ""))
        for name in dict.fromkeys(files)
        if name in read.counts or unread[name]
    )  # fmt: skip
    return Outcome(
        tallies, tuple(read.refused), read.all_refused,
        (*read.notes, *dict.fromkeys(counts.notes), *_lost(counts)), read.failed,
        tuple(read.warned), read.all_warned, total,
    )  # fmt: skip


def _lost(counts: Counts) -> list[str]:
    """What is not there any more, by id: was it taken back there, or only left out?"""
    found = []
    for file, ids in counts.lost.items():
        more = counts.gone[file] - len(ids)
        named = ", ".join(ids) + (f" and {more:,} more" if more else "")
        found.append(f"Not in {file} any more, and kept as it was here: {named}.")
    return found
