"""What had to go out and can't be opened: its seal is broken, so nobody knows what it said."""

import uuid

from sqlalchemy import Connection

from storage import outbox, tasks
from storage.contributions import Destination
from storage.outbox import Claimed
from storage.tasks import Kind, Task


def hand_over(db: Connection, row: Claimed) -> None:
    """The row is kept aside, where it holds up nothing, and a person is told. What it was to file
    lies with the contribution and can be sent again."""
    outbox.set_aside(db, row)
    task = Task(
        str(uuid.uuid5(uuid.NAMESPACE_URL, f"sayso:unopened:{row.council}/{row.outbox_id}")),
        Kind.DELIVERY_BROKEN,
        row.person_id,
        None,
        {"destination": row.destination, **_document(row)},
    )
    tasks.add(db, row.council, task, row.created_at)


def _document(row: Claimed) -> dict[str, object]:
    """Of a filing, which document it is (`sending.filing_key`, `note_filing.outgoing`)."""
    if row.idempotency_key.startswith("note/"):
        _note, note_id, version, _destination = row.idempotency_key.split("/")
        return {"note_id": note_id, "note_version": int(version.removeprefix("v"))}
    if row.destination not in {one.value for one in Destination}:
        return {}
    contribution_id, version, _destination = row.idempotency_key.split("/")
    return {"contribution_id": contribution_id, "version": int(version.removeprefix("v"))}
