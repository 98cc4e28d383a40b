"""Officers' notes as they were filed to the case record, version by version. Never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from storage.contributions import Destination, Filing
from storage.errors import Unknown
from storage.note_tables import note_filings
from storage.sealing import Place, seal, unseal


@dataclass(frozen=True, slots=True)
class Version:
    """`document`: valid against its schema under `docs/schemas/`."""

    note_id: str
    version: int
    person_id: str
    destination: Destination
    made_at: datetime
    document: dict[str, Any]
    state: Filing = Filing.WAITING
    filed_at: datetime | None = None
    reference: str = ""


def _place(council: str, column: str, note_id: str, version: int, person_id: str) -> Place:
    return Place(council, "note_filings", column, f"{note_id}/{version}", person_id)


def add(db: Connection, council: str, version: Version) -> None:
    place = _place(council, "content", version.note_id, version.version, version.person_id)
    db.execute(
        insert(note_filings),
        {
            "council": council,
            "note_id": version.note_id,
            "version": version.version,
            "person_id": version.person_id,
            "destination": version.destination.value,
            "made_at": version.made_at,
            "state": version.state.value,
            "content": seal(db, place, orjson.dumps(version.document).decode()),
        },
    )


def get(db: Connection, council: str, note_id: str, version: int) -> Version:
    """`Unknown` if it is not there (any more)."""
    row = db.execute(select(note_filings).where(*_one(council, note_id, version))).one_or_none()
    if row is None:
        raise Unknown(f"note {note_id} version {version}")
    return _version(db, row)


def of_note(db: Connection, council: str, note_id: str) -> list[Version]:
    """Every version, the oldest first."""
    rows = db.execute(
        select(note_filings)
        .where(note_filings.c.council == council, note_filings.c.note_id == note_id)
        .order_by(note_filings.c.version)
    )
    return [_version(db, row) for row in rows]


def set_state(
    db: Connection,
    council: str,
    version: Version,
    state: Filing,
    at: datetime | None = None,
    reference: str = "",
) -> None:
    """How far it has come. It may have been erased meanwhile: then nothing is kept."""
    one = (version.note_id, version.version)
    place = _place(council, "reference", *one, version.person_id)
    db.execute(
        update(note_filings)
        .where(*_one(council, *one))
        .values(
            state=state.value,
            filed_at=at,
            reference=seal(db, place, reference) if reference else None,
        )
    )


def _one(council: str, note_id: str, version: int) -> tuple[ColumnElement[bool], ...]:
    return (
        note_filings.c.council == council,
        note_filings.c.note_id == note_id,
        note_filings.c.version == version,
    )


def _version(db: Connection, row: Row[Any]) -> Version:
    which = (row.note_id, row.version, row.person_id)
    content = unseal(db, _place(row.council, "content", *which), row.content)
    place = _place(row.council, "reference", *which)
    return Version(
        row.note_id,
        row.version,
        row.person_id,
        Destination(row.destination),
        row.made_at,
        orjson.loads(content),
        Filing(row.state),
        row.filed_at,
        unseal(db, place, row.reference) if row.reference else "",
    )
