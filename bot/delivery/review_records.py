"""The records of reviews leave for the case record, as contributions do: each once, and surely."""

import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.delivery.filing import Filed, Never, NotNow, Record
from bot.delivery.record import NOWHERE, PAPER_TRIES, TRIES, UNKNOWN_TRIES, open_record
from bot.service.house import House
from bot.service.outcome import Delivered, GiveUp, NoPaper, Outcome, TryLater, backoff
from bot.service.record_filing import DESTINATION
from bot.web.context import now
from bot.where import place
from storage import audit, record_filings, tasks
from storage.contributions import Filing
from storage.errors import Unknown
from storage.outbox import Claimed
from storage.record_filings import Version
from storage.store import Store

log = structlog.get_logger()


@dataclass(slots=True)
class ReviewRecords:
    """Delivers them to the ordinary case record: they hold what its readers may read."""

    store: Store
    house: House
    paper: Callable[[dict[str, Any]], Awaitable[bytes]]
    _record: Record | None = None

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset({DESTINATION})

    @property
    def at_once(self) -> int:
        return 4

    async def deliver(self, row: Claimed) -> Outcome:
        """File one version; everything that follows from it is one transaction."""
        plain, council = json.loads(row.payload), row.council
        try:
            version = await self.store.read(
                lambda db: record_filings.get(db, council, plain["record_id"], plain["version"])
            )
        except Unknown:  # erased since the row was taken
            log.info("nothing_left_to_file", outbox_id=row.outbox_id)
            return GiveUp()
        record = self._open()
        if record is None:
            return self._ask_a_person(council, version, tasks.Kind.DELIVERY_FAILED, NOWHERE)
        try:
            pdf = await self.paper({**version.document, "paper": DESTINATION})
        except Exception as error:  # any mistake at all: filing must not wait on a layout unheard
            return self._no_paper(row, version, error)
        result = await record.file(row.idempotency_key, version.document, pdf)
        match result:
            case Filed(reference=reference):
                log.info("review_record_filed", record_id=version.record_id)
                return Delivered(_filed(council, version, reference))
            case NotNow(unknown=True) if row.unknown + 1 >= UNKNOWN_TRIES:
                kind = tasks.Kind.DELIVERY_UNKNOWN
                return self._ask_a_person(council, version, kind, result.why)
            case NotNow() if row.attempts >= TRIES:
                kind = tasks.Kind.DELIVERY_FAILED
                return self._ask_a_person(council, version, kind, result.why)
            case NotNow(after=after, unknown=unknown):
                log.warning("filing_again", key=row.idempotency_key, why=result.why)
                return TryLater(after or backoff(row.attempts), unknown=unknown)
            case Never(why=why):
                return self._ask_a_person(council, version, tasks.Kind.DELIVERY_FAILED, why)

    def _open(self) -> Record | None:
        settings = self.house.settings
        if self._record is None and settings.case_record:
            self._record = open_record(settings.case_record, settings.case_record_secret)
        return self._record

    def _no_paper(self, row: Claimed, version: Version, error: Exception) -> Outcome:
        told = isinstance(error, NoPaper)
        how = str(error) if told else f"{type(error).__name__} in {place(error)}"
        why = f"the PDF could not be made ({how})"
        if row.attempts >= PAPER_TRIES:
            return self._ask_a_person(row.council, version, tasks.Kind.DELIVERY_FAILED, why)
        log.error("no_paper", record_id=version.record_id, why=why)
        return TryLater(backoff(row.attempts))

    def _ask_a_person(self, council: str, version: Version, kind: tasks.Kind, why: str) -> GiveUp:
        log.error("filing_needs_a_person", record_id=version.record_id, why=why)
        name = uuid.uuid5(uuid.UUID(version.record_id), f"{version.version}/{kind}")
        about = {"record_id": version.record_id, "version": version.version, "why": why}
        task = tasks.Task(str(name), kind, version.person_id, version.review_id, about)

        def then(db: Connection) -> None:
            tasks.add(db, council, task, now())
            record_filings.set_state(db, council, version, Filing.TASK)

        return GiveUp(then)

    async def close(self) -> None:
        if self._record is not None:
            await self._record.close()


def _filed(council: str, version: Version, reference: str) -> Callable[[Connection], None]:
    def then(db: Connection) -> None:
        at = now()
        record_filings.set_state(db, council, version, Filing.FILED, at, reference)
        audit.add(
            db, council, at, actor="sayso", act="record_filed",
            subject=f"review:{version.review_id}", detail=f"version {version.version}",
        )  # fmt: skip

    return then
