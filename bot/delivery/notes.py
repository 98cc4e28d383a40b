"""Officers' notes leave for the case record, by lanes of their own beside young people's words."""

import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.delivery.filing import Filed, Never, NotNow, Record
from bot.delivery.record import NOWHERE, PAPER_TRIES, TRIES, UNKNOWN_TRIES, open_record
from bot.service.house import House
from bot.service.note_filing import LANES
from bot.service.outcome import Delivered, GiveUp, Outcome, TryLater, backoff
from bot.web.context import now
from bot.where import place
from storage import audit, note_filings, notes, tasks
from storage.contributions import Destination, Filing
from storage.errors import Unknown
from storage.note_filings import Version
from storage.notes import Note
from storage.outbox import Claimed
from storage.store import Store

log = structlog.get_logger()

_DESTINATIONS = {lane: destination for destination, lane in LANES.items()}


@dataclass(slots=True)
class NoteRecord:
    """Delivers notes; the two destinations never wait for each other."""

    store: Store
    house: House
    paper: Callable[[dict[str, Any]], Awaitable[bytes]]  # a document's PDF
    _records: dict[Destination, Record] = field(default_factory=dict)

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset(_DESTINATIONS)

    @property
    def at_once(self) -> int:
        return 2

    async def deliver(self, row: Claimed) -> Outcome:
        """File one version; what follows from it is one transaction."""
        plain = json.loads(row.payload)

        def find(db: Connection) -> tuple[Note, Version]:
            version = note_filings.get(db, row.council, plain["note_id"], plain["version"])
            return notes.get(db, row.council, plain["note_id"]), version

        try:
            note, version = await self.store.read(find)
        except Unknown:  # erased since the row was taken
            log.info("nothing_left_to_file", outbox_id=row.outbox_id)
            return GiveUp()
        record = self._record(_DESTINATIONS[row.destination])
        if record is None:
            return _ask_a_person(row, note, version, tasks.Kind.DELIVERY_FAILED, NOWHERE)
        try:
            pdf = await self.paper(version.document)
        except Exception as error:  # any mistake of a layout: a person is told, not a log alone
            why = f"the PDF could not be made ({type(error).__name__} in {place(error)})"
            if row.attempts >= PAPER_TRIES:
                return _ask_a_person(row, note, version, tasks.Kind.DELIVERY_FAILED, why)
            log.error("no_paper", note_id=note.note_id, why=why)
            return TryLater(backoff(row.attempts))
        result = await record.file(row.idempotency_key, version.document, pdf)
        match result:
            case Filed(reference=reference):
                log.info("note_filed", note_id=note.note_id)
                return Delivered(_filed(row.council, note, version, reference))
            case NotNow(unknown=True) if row.unknown + 1 >= UNKNOWN_TRIES:
                return _ask_a_person(row, note, version, tasks.Kind.DELIVERY_UNKNOWN, result.why)
            case NotNow() if row.attempts >= TRIES:
                return _ask_a_person(row, note, version, tasks.Kind.DELIVERY_FAILED, result.why)
            case NotNow(after=after, unknown=unknown):
                log.warning("filing_again", key=row.idempotency_key, why=result.why)
                return TryLater(after or backoff(row.attempts), unknown=unknown)
            case Never(why=why):
                return _ask_a_person(row, note, version, tasks.Kind.DELIVERY_FAILED, why)

    def _record(self, destination: Destination) -> Record | None:
        """None: the setting was taken away after the document had been meant for it."""
        if destination not in self._records:
            settings = self.house.settings
            ordinary = destination is Destination.ORDINARY
            where = settings.case_record if ordinary else settings.case_record_restricted
            if not where:
                return None
            self._records[destination] = open_record(where, settings.case_record_secret)
        return self._records[destination]

    async def close(self) -> None:
        for record in self._records.values():
            await record.close()


def _ask_a_person(row: Claimed, note: Note, version: Version, kind: tasks.Kind, why: str) -> GiveUp:
    log.error("filing_needs_a_person", note_id=note.note_id, why=why)
    about = {"note_id": note.note_id, "note_version": version.version, "why": why}
    name = f"{version.version}/{version.destination.value}/{kind}"
    task_id = str(uuid.uuid5(uuid.UUID(note.note_id), name))
    task = tasks.Task(task_id, kind, note.person_id, note.review_id, about)

    def then(db: Connection) -> None:
        tasks.add(db, row.council, task, now())
        note_filings.set_state(db, row.council, version, Filing.TASK)

    return GiveUp(then)


def _filed(
    council: str, note: Note, version: Version, reference: str
) -> Callable[[Connection], None]:
    def then(db: Connection) -> None:
        at = now()
        note_filings.set_state(db, council, version, Filing.FILED, at, reference)
        detail = f"note {note.note_id}, version {version.version}, {version.destination.value}"
        audit.add(
            db,
            council,
            at,
            actor="sayso",
            act="note_filed",
            subject=f"review:{note.review_id}",
            detail=detail,
        )

    return then
