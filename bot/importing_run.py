"""One run of an import: alone, of tables that are not older than those before, and over when it has
ended or stood still."""

import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import Connection

from bot.service.days import whole_day
from bot.service.house import House
from bot.service.import_requests import Outcome
from bot.service.wording import LONDON
from bot.web.context import now
from storage import audit, care_records
from storage.errors import StorageAway
from storage.store import Store

log = structlog.get_logger()

STILL = timedelta(minutes=2)
"""After so long without a batch an import is over, whoever ran it."""

Step = Callable[[int, int], Awaitable[object]]


@dataclass(slots=True)
class Run:
    """`source`: ssd, extra. `look`: nothing is written, and nobody waits for it."""

    store: Store
    house: House
    source: str
    taken_on: date
    by: str
    look: bool
    run_id: str = ""

    async def begin(self, first: Callable[[Connection, datetime], None]) -> str:
        """Why it can't begin; empty: it has. `first`: what is written with its beginning."""
        council, moment = self.house.id, now()
        newest = await self.store.read(lambda db: care_records.newest(db, council, self.source))
        if newest is not None and newest > self.taken_on:
            return (
                f"Tables of {whole_day(newest)} are here already: those of "
                f"{whole_day(self.taken_on)} are older. Nothing was changed."
            )
        if self.look:
            await self.store.read(lambda db: first(db, moment))
            return ""
        self.run_id = str(uuid.uuid4())
        run = care_records.Run(self.run_id, self.source, self.taken_on, moment, self.by)

        def begin(db: Connection) -> datetime | None:
            care_records.alone(db, council)
            other = care_records.under_way(db, council, moment - STILL)
            if other is None:
                care_records.begin(db, council, run, moment)
                first(db, moment)
            return other

        other = await self.store.write(begin, patient=True)
        if other is None:
            return ""
        return (
            f"Another import is under way since {other.astimezone(LONDON):%H:%M}. Wait until it is "
            "over; if it was broken off, try again in two minutes."
        )

    def went_on(self, db: Connection) -> None:
        care_records.went_on(db, self.house.id, self.run_id, now())

    async def give_up(self) -> None:
        """The next one need not wait."""
        if self.run_id:
            try:
                await self.store.write(
                    lambda db: care_records.give_up(db, self.house.id, self.run_id)
                )
            except StorageAway:
                log.warning("import_broke_off")  # after two minutes it counts as over

    async def end(self, outcome: Outcome, detail: str) -> None:
        """`detail`: for the audit."""
        if self.look:
            return
        counts = {
            one.file: [one.added, one.changed, one.same, one.gone, one.unread]
            for one in outcome.tallies
        }

        def end(db: Connection) -> None:
            moment = now()
            care_records.end(db, self.house.id, self.run_id, json.dumps(counts), moment)
            audit.add(
                db, self.house.id, moment, actor=self.by, act="imported",
                subject=f"import:{self.run_id}", detail=detail,
            )  # fmt: skip

        await self.store.write(end, patient=True)
