"""Notes of reviewing officers: what they found in a file, and what they challenged. Append-only."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, insert, select, update

from storage import data_keys
from storage.data_keys import Purpose
from storage.errors import Unknown
from storage.note_tables import note_entries, officer_notes
from storage.reviews import ReviewKind
from storage.sealing import Place, seal, unseal
from storage.tables import reviews, staff, young_people


class NoteKind(StrEnum):
    QUALITY = "quality"
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class Note:
    """`officer_id`: who runs the review now, and so holds the note. `entries`: how many there are;
    `version`: how many documents were put out. `review_kind`: of the review it hangs on."""

    note_id: str
    kind: NoteKind
    tool: str
    review_id: str
    person_id: str
    officer_id: str
    review_kind: ReviewKind
    state: str
    stage: int
    put_to: str | None
    due_on: date | None
    restricted: bool
    entries: int
    version: int
    made_at: datetime
    ended_at: datetime | None

    def is_overdue(self, today: date) -> bool:
        """An answer is owed, and its day is over."""
        return self.due_on is not None and self.due_on < today and self.ended_at is None


@dataclass(frozen=True, slots=True)
class Entry:
    """One value, with who and when. `value` is plain JSON data."""

    number: int
    field: str
    at: datetime
    by: str
    value: Any


def _place(council: str, note_id: str, number: int, person_id: str) -> Place:
    return Place(council, "note_entries", "value", f"{note_id}/{number}", person_id)


def add(
    db: Connection,
    council: str,
    note_id: str,
    *,
    kind: NoteKind,
    tool: str,
    review_id: str,
    person_id: str,
    state: str,
    now: datetime,
    restricted: bool = False,
) -> None:
    db.execute(
        insert(officer_notes),
        {
            "council": council,
            "note_id": note_id,
            "kind": kind.value,
            "tool": tool,
            "review_id": review_id,
            "person_id": person_id,
            "state": state,
            "stage": 0,
            "restricted": restricted,
            "entries": 0,
            "version": 0,
            "made_at": now,
        },
    )


def _notes(council: str) -> Select[Any]:
    return (
        select(officer_notes, reviews.c.officer_id, reviews.c.kind.label("review_kind"))
        .join(
            reviews,
            (reviews.c.council == officer_notes.c.council)
            & (reviews.c.review_id == officer_notes.c.review_id),
        )
        .where(officer_notes.c.council == council)
    )


def get(db: Connection, council: str, note_id: str) -> Note:
    """`Unknown`."""
    row = db.execute(_notes(council).where(officer_notes.c.note_id == note_id)).one_or_none()
    if row is None:
        raise Unknown(f"note {note_id}")
    return _note(row)


def lock(db: Connection, council: str, note_id: str) -> Note:
    """The same for who writes into it: others wait for our commit. `Unknown`."""
    asked = select(officer_notes.c.note_id).where(
        officer_notes.c.council == council, officer_notes.c.note_id == note_id
    )
    db.execute(asked.with_for_update())
    return get(db, council, note_id)


def _list(db: Connection, council: str, *which: ColumnElement[bool]) -> list[Note]:
    """Of young people who are not erased, the newest first."""
    erased = select(young_people.c.person_id).where(
        young_people.c.council == council, young_people.c.erased_at.is_not(None)
    )
    query = (
        _notes(council)
        .where(officer_notes.c.person_id.not_in(erased), *which)
        .order_by(officer_notes.c.made_at.desc(), officer_notes.c.note_id)
    )
    return [_note(row) for row in db.execute(query)]


def of_officer(db: Connection, council: str, officer_id: str, *, ended: bool) -> list[Note]:
    return _list(db, council, reviews.c.officer_id == officer_id, _ended(ended))


def of_team(db: Connection, council: str, team: str, *, ended: bool) -> list[Note]:
    members = select(staff.c.staff_id).where(staff.c.council == council, staff.c.team == team)
    return _list(db, council, reviews.c.officer_id.in_(members), _ended(ended))


def of_person(db: Connection, council: str, person_id: str) -> list[Note]:
    return _list(db, council, officer_notes.c.person_id == person_id)


def put_to(db: Connection, council: str, staff_id: str) -> list[Note]:
    """What somebody was asked to answer, answered or not."""
    return _list(db, council, officer_notes.c.put_to == staff_id)


def _ended(ended: bool) -> ColumnElement[bool]:
    column = officer_notes.c.ended_at
    return column.is_not(None) if ended else column.is_(None)


def write(
    db: Connection,
    council: str,
    note: Note,
    values: Mapping[str, Any],
    by: str,
    now: datetime,
) -> None:
    """Append these fields' values, in their order. Call it with the note locked."""
    number = note.entries
    for field, value in values.items():
        number += 1
        place = _place(council, note.note_id, number, note.person_id)
        db.execute(
            insert(note_entries),
            {
                "council": council,
                "note_id": note.note_id,
                "number": number,
                "person_id": note.person_id,
                "field": field,
                "at": now,
                "by": by,
                "value": seal(db, place, json.dumps(value, ensure_ascii=False)),
            },
        )
    change(db, council, note.note_id, entries=number)


def change(db: Connection, council: str, note_id: str, **values: Any) -> None:
    """Its plain columns."""
    db.execute(
        update(officer_notes)
        .where(officer_notes.c.council == council, officer_notes.c.note_id == note_id)
        .values(**values)
    )


def entries(db: Connection, council: str, note: Note) -> list[Entry]:
    """Everything that was written, in its order."""
    rows = db.execute(
        select(note_entries)
        .where(note_entries.c.council == council, note_entries.c.note_id == note.note_id)
        .order_by(note_entries.c.number)
    ).all()
    data_keys.prepare(db, council, {note.person_id}, Purpose.DECISIONS)
    return [
        Entry(
            row.number,
            row.field,
            row.at,
            row.by,
            json.loads(
                unseal(db, _place(council, row.note_id, row.number, row.person_id), row.value)
            ),
        )
        for row in rows
    ]


def count_open(
    db: Connection, council: str, officer_ids: Collection[str]
) -> dict[tuple[str, str], int]:
    """How many notes have not ended, by officer and young person, of those whom these officers
    review."""
    query = _notes(council).where(
        reviews.c.officer_id.in_(list(officer_ids)), officer_notes.c.ended_at.is_(None)
    )
    found: dict[tuple[str, str], int] = {}
    for row in db.execute(query):
        whose = (row.officer_id, row.person_id)
        found[whose] = found.get(whose, 0) + 1
    return found


def _note(row: Row[Any]) -> Note:
    return Note(
        row.note_id,
        NoteKind(row.kind),
        row.tool,
        row.review_id,
        row.person_id,
        row.officer_id,
        ReviewKind(row.review_kind),
        row.state,
        row.stage,
        row.put_to,
        row.due_on,
        row.restricted,
        row.entries,
        row.version,
        row.made_at,
        row.ended_at,
    )


def remove_empty(db: Connection, council: str, note_id: str) -> None:
    """Nothing was written in it yet."""
    db.execute(
        delete(officer_notes).where(
            officer_notes.c.council == council,
            officer_notes.c.note_id == note_id,
            officer_notes.c.entries == 0,
        )
    )
