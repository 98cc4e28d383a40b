"""The case record: a contribution's documents leave for the destinations that the council set."""

import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.delivery import answers
from bot.delivery.filing import File, Filed, Never, NotNow, Record
from bot.delivery.folder import Folder
from bot.delivery.https import Endpoint
from bot.service.attaching_ids import id_of
from bot.service.house import House
from bot.service.outcome import Delivered, GiveUp, NoPaper, Outcome, TryLater, backoff
from bot.web.context import now
from bot.where import place
from storage import attachments, audit, contributions, tasks
from storage.contributions import Destination, Filing, Sent
from storage.errors import Unknown
from storage.outbox import Claimed
from storage.store import Store

log = structlog.get_logger()

TRIES = 12
"""With `backoff` about two hours; then a person is asked."""
PAPER_TRIES = 5
"""Tries to make the PDF, half a minute in all; what stays wrong lies in the document."""
NOWHERE = "no destination is set for it any more"
UNKNOWN_TRIES = 5
"""Tries that may end without a word, each safe to repeat, before a person is asked."""


@dataclass(slots=True)
class CaseRecord:
    """Delivers both kinds of document. The two destinations never wait for each other."""

    store: Store
    house: House
    paper: Callable[[dict[str, Any]], Awaitable[bytes]]  # a document's PDF
    _records: dict[Destination, Record] = field(default_factory=dict)

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset(destination.value for destination in Destination)

    @property
    def at_once(self) -> int:
        return 8

    async def deliver(self, row: Claimed) -> Outcome:
        """File one document; everything that follows from it is one transaction."""
        destination = Destination(row.destination)
        plain = json.loads(row.payload)
        if "ask_id" in plain:
            return await self._deliver_answer(row, plain["ask_id"], plain["answer"], destination)
        contribution_id, version = plain["contribution_id"], plain["version"]

        def leave(db: Connection) -> tuple[Sent, bool]:
            leaves = contributions.leaves(
                db, row.council, contribution_id, version, destination, now()
            )
            return contributions.get(db, row.council, contribution_id, version), leaves

        try:
            sent, leaves = await self.store.write(leave)
        except Unknown:  # erased since the row was taken
            log.info("nothing_left_to_file", outbox_id=row.outbox_id)
            return GiveUp()
        if not leaves:  # *that wasn't me*, or taken back, after the row was claimed
            return GiveUp()
        document = sent.document(destination)
        if document is None:
            raise RuntimeError(f"{row.idempotency_key} has no document.")
        record = self._record(destination)
        if record is None:
            return self._ask_a_person(sent, destination, tasks.Kind.DELIVERY_FAILED, NOWHERE)
        try:
            pdf = await self.paper(document)
        except Exception as error:  # any mistake at all: a child's words must not wait on a layout
            return self._no_paper(row, sent, destination, error)
        try:
            files = await self.store.read(lambda db: self._files(db, sent, document))
        except Unknown:  # erased since it was looked at
            return GiveUp()
        result = await record.file(row.idempotency_key, document, pdf, files)
        match result:
            case Filed(reference=reference):
                log.info("contribution_filed", contribution_id=sent.contribution_id)
                return Delivered(_filed(sent, destination, reference))
            case NotNow(unknown=True) if row.unknown + 1 >= UNKNOWN_TRIES:
                return self._ask_a_person(
                    sent, destination, tasks.Kind.DELIVERY_UNKNOWN, result.why
                )
            case NotNow() if row.attempts >= TRIES:
                return self._ask_a_person(sent, destination, tasks.Kind.DELIVERY_FAILED, result.why)
            case NotNow(after=after, unknown=unknown):
                log.warning("filing_again", key=row.idempotency_key, why=result.why)
                return TryLater(after or backoff(row.attempts), unknown=unknown)
            case Never(why=why):
                return self._ask_a_person(sent, destination, tasks.Kind.DELIVERY_FAILED, why)

    async def _deliver_answer(
        self, row: Claimed, ask_id: str, number: int, destination: Destination
    ) -> Outcome:
        """File the answer to a wish; the same road with a document of another kind."""
        one = await self.store.read(
            lambda db: answers.to_leave(db, row.council, ask_id, number, destination)
        )
        if one is None:
            return GiveUp()

        def ask_a_person(kind: tasks.Kind, why: str) -> GiveUp:
            return GiveUp(answers.needs_a_person(row.council, one, kind, why, now()))

        record = self._record(destination)
        if record is None:
            return ask_a_person(tasks.Kind.DELIVERY_FAILED, NOWHERE)
        try:
            pdf = await self.paper({**one.document, "paper": "ask_answer"})
        except Exception as error:  # any mistake at all: it must not wait on a layout for ever
            how = str(error) if isinstance(error, NoPaper) else type(error).__name__
            if row.attempts >= PAPER_TRIES:
                why = f"the PDF could not be made ({how})"
                return ask_a_person(tasks.Kind.DELIVERY_FAILED, why)
            log.error("no_paper", ask_id=ask_id, why=how)
            return TryLater(backoff(row.attempts))
        result = await record.file(row.idempotency_key, one.document, pdf)
        match result:
            case Filed(reference=reference):
                log.info("ask_answer_filed", ask_id=ask_id)
                return Delivered(answers.filed(row.council, one, reference, now()))
            case NotNow(unknown=True) if row.unknown + 1 >= UNKNOWN_TRIES:
                return ask_a_person(tasks.Kind.DELIVERY_UNKNOWN, result.why)
            case NotNow() if row.attempts >= TRIES:
                return ask_a_person(tasks.Kind.DELIVERY_FAILED, result.why)
            case NotNow(after=after, unknown=unknown):
                log.warning("filing_again", key=row.idempotency_key, why=result.why)
                return TryLater(after or backoff(row.attempts), unknown=unknown)
            case Never(why=why):
                return ask_a_person(tasks.Kind.DELIVERY_FAILED, why)

    def _files(self, db: Connection, sent: Sent, document: dict[str, Any]) -> list[File]:
        """The voice notes and pictures of this document, and no others."""
        named = {
            one["attachment"]["name"]: one["attachment"]
            for one in document["answers"]
            if one.get("attachment")
        }
        files = []
        for name, plain in named.items():
            attachment_id = id_of(self.house, sent.conversation_id, plain["sha256"])
            one = attachments.get(db, sent.council, attachment_id)
            content = attachments.content(db, sent.council, one)
            files.append(File(name, one.about.media_type, content))
        return files

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

    def _no_paper(
        self, row: Claimed, sent: Sent, destination: Destination, error: Exception
    ) -> Outcome:
        told = isinstance(error, NoPaper)
        how = str(error) if told else f"{type(error).__name__} in {place(error)}"
        why = f"the PDF could not be made ({how})"
        if row.attempts >= PAPER_TRIES:
            return self._ask_a_person(sent, destination, tasks.Kind.DELIVERY_FAILED, why)
        log.error("no_paper", contribution_id=sent.contribution_id, why=why)
        return TryLater(backoff(row.attempts))

    def _ask_a_person(
        self, sent: Sent, destination: Destination, kind: tasks.Kind, why: str
    ) -> GiveUp:
        log.error("filing_needs_a_person", contribution_id=sent.contribution_id, why=why)
        task = tasks.Task(
            task_id=str(
                uuid.uuid5(
                    uuid.UUID(sent.contribution_id), f"{sent.version}/{destination.value}/{kind}"
                )
            ),
            kind=kind,
            person_id=sent.person_id,
            review_id=sent.review_id,
            about={
                "contribution_id": sent.contribution_id,
                "version": sent.version,
                "destination": destination.value,
                "why": why,
            },
        )

        def then(db: Connection) -> None:
            which = (sent.council, sent.contribution_id, sent.version, destination)
            if contributions.is_taken_back(db, *which):
                return  # while it was under way: a newer version stands in its place
            tasks.add(db, sent.council, task, now())
            contributions.set_filing(
                db, sent.council, sent.contribution_id, sent.version, destination, Filing.TASK
            )

        return GiveUp(then)

    async def close(self) -> None:
        for record in self._records.values():
            await record.close()


def open_record(where: str, secret: str) -> Record:
    """The destination that a setting names: `folder:PATH` or `https://…`."""
    if where.startswith("folder:"):
        return Folder.at(where.removeprefix("folder:"))
    return Endpoint(where, secret)


def _filed(sent: Sent, destination: Destination, reference: str) -> Callable[[Connection], None]:
    def then(db: Connection) -> None:
        at = now()
        contributions.set_filing(
            db,
            sent.council,
            sent.contribution_id,
            sent.version,
            destination,
            Filing.FILED,
            at=at,
            reference=reference,
        )
        audit.add(
            db,
            sent.council,
            at,
            actor="sayso",
            act="contribution_filed",
            subject=f"contribution:{sent.contribution_id}",
            detail=f"version {sent.version}, {destination.value}",
        )

    return then
