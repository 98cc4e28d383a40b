"""`sayso import extra`: the council's own files come in, a thousand rows in a transaction.

Like the case system's tables: the same again changes nothing, a row that says something else is
changed, one that is not there any more is told and stays.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.importing_run import Run, Step
from bot.intake.extra import FILES, PLANS, File, Record, records
from bot.intake.reading import WrongFile
from bot.intake.scratch import Read
from bot.intake.values import shown
from bot.service.days import local_day, whole_day
from bot.service.house import House
from bot.service.import_requests import Outcome, Tally, Unread
from bot.web.context import now
from storage import extra_records, many_rows
from storage.extra_records import TABLES
from storage.store import Store

log = structlog.get_logger()

AT_ONCE = 1_000
_SOURCE = "extra"

Row = dict[str, Any]


@dataclass(slots=True)
class _Count:
    """Of one file: rows that are new, changed, as before; how many were here."""

    file: File
    here: int
    added: int = 0
    changed: int = 0
    same: int = 0

    @property
    def gone(self) -> int:
        return self.here - self.changed - self.same


async def import_extra(
    store: Store, house: House, folder: Path, taken_on: date, by: str, done: Step, *, look: bool
) -> Outcome:
    """Read the files of a folder; `look`: only say what would change. What can't be read is in the
    outcome, the rest goes in."""
    if taken_on > local_day(now()):
        return Outcome(failed=f"{whole_day(taken_on)} lies ahead: the files are not made yet.")
    read = Read()
    files = await asyncio.to_thread(_files, folder, read)
    if not files:
        names = ", ".join(one.name for one in FILES)
        return Outcome(failed=f"In {folder.name} there is none of {names}.")
    run = Run(store, house, _SOURCE, taken_on, by, look)
    return await _Extra(store, house, read, run).go(files, done)


def _files(folder: Path, read: Read) -> list[tuple[File, Path]]:
    names = {one.name: one for one in FILES}
    found = []
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith("."):
            continue
        file = names.get(path.name.casefold())
        if file is None:
            read.note(f"{path.name} is none of the files that are read.")
        else:
            found.append((file, path))
    return found


@dataclass(slots=True)
class _Extra:
    store: Store
    house: House
    read: Read
    run: Run
    counts: list[_Count] = field(default_factory=list)

    async def go(self, files: Sequence[tuple[File, Path]], done: Step) -> Outcome:
        failed = await self.run.begin(_nothing)
        if failed:
            return Outcome(failed=failed)
        await done(0, len(files))
        try:
            for at, (file, path) in enumerate(files, 1):
                await self._file(file, path)
                await done(at, len(files))
        except BaseException:
            await self.run.give_up()
            raise
        outcome = self._outcome()
        await self.run.end(
            outcome,
            f"{outcome.changes} rows of the council’s own files, made on "
            f"{self.run.taken_on.isoformat()}",
        )
        return outcome

    async def _file(self, file: File, path: Path) -> None:
        table = TABLES[file.source.name]
        self.read.files[file.source.name] = path.name
        here = await self.store.read(lambda db: extra_records.count(db, self.house.id, table))
        count = _Count(file, here)
        self.counts.append(count)
        try:
            with closing(
                records(path, file, self.run.taken_on, self.read.note, self.read.refuse)
            ) as found:
                while batch := await asyncio.to_thread(_next, found):
                    await self._batch(file, batch, count)
        except WrongFile as error:
            self.read.refuse(Unread(path.name, 1, "", error.reason, error.mend))

    async def _batch(self, file: File, batch: Sequence[Record], count: _Count) -> None:
        whose: dict[str, str] = {}
        if file is PLANS:
            case_ids = [str(one.key) for one in batch]
            whose = await self.store.read(
                lambda db: extra_records.people_by_case(
                    db, self.house.id, self.house.keys, case_ids
                )
            )
        rows = [row for one in batch if (row := self._row(file, one, whose)) is not None]

        def work(db: Connection) -> tuple[int, int]:
            added, changed = self._compare(db, file, rows)
            if not self.run.look:
                table = TABLES[file.source.name]
                many_rows.add(db, self.house.id, table, added)
                many_rows.change(db, self.house.id, table, changed)
                self.run.went_on(db)
            return len(added), len(changed)

        added, changed = await (
            self.store.read(work) if self.run.look else self.store.write(work, patient=True)
        )
        count.added += added
        count.changed += changed
        count.same += len(rows) - added - changed

    def _row(self, file: File, one: Record, whose: dict[str, str]) -> Row | None:
        if file is not PLANS:
            return dict(one.values)
        person_id = whose.get(str(one.key))
        if person_id is None:
            self.read.refuse(
                Unread(
                    self.read.file_of(file.source), one.line, file.key,
                    f"{shown(str(one.key))} is nobody who is known here.",
                    "Take in the case system’s tables first: sayso import ssd.",
                )
            )  # fmt: skip
            return None
        return {**one.values, "person_id": person_id}

    def _compare(
        self, db: Connection, file: File, rows: Sequence[Row]
    ) -> tuple[list[Row], list[Row]]:
        """What is new, and what is otherwise than before."""
        table = TABLES[file.source.name]
        key = extra_records.key_of(table)
        known = extra_records.known(db, self.house.id, table, [row[key] for row in rows])
        added = [row for row in rows if row[key] not in known]
        changed = [
            row for row in rows
            if row[key] in known and any(known[row[key]][name] != row[name] for name in row)
        ]  # fmt: skip
        return added, changed

    def _outcome(self) -> Outcome:
        read = self.read
        tallies = tuple(
            Tally(one.file.source.name, one.added, one.changed, one.same, one.gone,
                  read.by_file.get(read.file_of(one.file.source), 0))
            for one in self.counts
        )  # fmt: skip
        return Outcome(tallies, tuple(read.refused), read.all_refused, tuple(read.notes))


def _nothing(_db: Connection, _moment: datetime) -> None:
    """Nobody is to be known before."""


def _next(found: Iterator[Record]) -> list[Record]:
    return list(islice(found, AT_ONCE))
