"""Officers' notes on their way to the case record: version n+1 on each change, once and surely.

The document is made and its outbox row written in the note's own transaction; the row's key is the
same however often it is tried.
"""

import json
from datetime import datetime

from sqlalchemy import Connection

from bot.documents import note as documents
from bot.service.challenge_clock import overall_of
from bot.service.house import House
from bot.service.notes import page_of
from storage import note_filings, notes, outbox, people
from storage.contributions import Destination, Filing
from storage.note_filings import Version
from storage.notes import NoteKind
from storage.outbox import Outgoing

LANES = {Destination.ORDINARY: "note_ordinary", Destination.RESTRICTED: "note_restricted"}
"""The outbox's destinations: lanes of their own, so that no note holds up what somebody said."""


def put_out(db: Connection, house: House, note_id: str, now: datetime) -> None:
    """The note as it stands, as the next version. Without a restricted record it stays sealed at
    the desk, as a young person's words do."""
    note = notes.get(db, house.id, note_id)
    officer = people.staff_member(db, house.id, note.officer_id)
    page = page_of(db, house, officer.staff_id, note, now)
    about = documents.About(
        house.id, officer.role, house.council.lawful_basis, overall_of(house, page)
    )
    make = (
        documents.quality_document if note.kind is NoteKind.QUALITY else documents.dispute_document
    )
    document = make(page, about, now)
    destination = Destination(document["destination"])
    at_desk = note.restricted and not house.settings.case_record_restricted
    state = Filing.AT_DESK if at_desk else Filing.WAITING
    version = Version(
        note_id, document["version"], note.person_id, destination, now, document, state
    )
    note_filings.add(db, house.id, version)
    notes.change(db, house.id, note_id, version=version.version)
    if not at_desk:
        outbox.add(db, house.id, [outgoing(version)], now)


def outgoing(version: Version) -> Outgoing:
    """The outbox row of one document: ids only, the words stay where they are."""
    lane = LANES[version.destination]
    return Outgoing(
        destination=lane,
        lane=f"{version.person_id}/{lane}",
        idempotency_key=f"note/{version.note_id}/v{version.version}/{version.destination.value}",
        payload=json.dumps({"note_id": version.note_id, "version": version.version}),
        person_id=version.person_id,
    )
