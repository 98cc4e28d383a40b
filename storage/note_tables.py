"""The tables of what officers do besides reviewing: quality notes, challenges, and hand-overs.

Plain are ids, states, stages, days and who; every word is sealed.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from storage.columns import Moment
from storage.tables import metadata


def _council() -> Column[str]:
    return Column("council", String(64), primary_key=True)


def _of_note() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["council", "note_id"], ["officer_notes.council", "officer_notes.note_id"]
    )


# Whoever runs the review holds the note: there is no second place that says so.
officer_notes = Table(
    "officer_notes",
    metadata,
    _council(),
    Column("note_id", String(36), primary_key=True),
    Column("kind", String(16), nullable=False),  # values of `storage.notes.NoteKind`
    Column("tool", String(32), nullable=False),  # of a quality note, with its version; else empty
    Column("review_id", String(64), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("state", String(16), nullable=False),
    Column("stage", Integer, nullable=False),  # of a challenge: how far up it has gone
    Column("put_to", String(36)),  # who has to answer, if they have an account
    Column("due_on", Date),  # by when
    Column("restricted", Boolean, nullable=False),  # filed to the restricted record
    Column("entries", Integer, nullable=False),  # written so far: who comes second sees it
    Column("version", Integer, nullable=False),  # put out to the case record so far
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
    ForeignKeyConstraint(["council", "review_id"], ["reviews.council", "reviews.review_id"]),
    Index(None, "council", "review_id"),
    Index(None, "council", "put_to"),
    Index(None, "council", "ended_at"),
)

# Append-only: the newest of a field counts, and every earlier one stays with who and when.
note_entries = Table(
    "note_entries",
    metadata,
    _council(),
    Column("note_id", String(36), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("person_id", String(36), nullable=False),
    Column("field", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String(36), nullable=False),
    Column("value", LargeBinary, nullable=False),  # JSON
    _of_note(),
    Index(None, "council", "person_id"),
)

note_filings = Table(
    "note_filings",
    metadata,
    _council(),
    Column("note_id", String(36), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("person_id", String(36), nullable=False),
    Column("destination", String(16), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),  # values of `storage.contributions.Filing`
    Column("filed_at", Moment),
    Column("content", LargeBinary, nullable=False),  # the document
    Column("reference", LargeBinary),
    _of_note(),
    Index(None, "council", "person_id"),
)

hand_overs = Table(
    "hand_overs",
    metadata,
    _council(),
    Column("hand_over_id", String(36), primary_key=True),
    Column("from_id", String(36), nullable=False),
    Column("to_id", String(36), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("made_by", String(36), nullable=False),
    Column("happens_at", Moment, nullable=False),  # until then it can be undone: nobody is told
    Column("undone_at", Moment),
    ForeignKeyConstraint(["council", "from_id"], ["staff.council", "staff.staff_id"]),
    ForeignKeyConstraint(["council", "to_id"], ["staff.council", "staff.staff_id"]),
)

hand_over_children = Table(
    "hand_over_children",
    metadata,
    _council(),
    Column("hand_over_id", String(36), primary_key=True),
    Column("person_id", String(36), primary_key=True),
    Column("done_at", Moment),
    ForeignKeyConstraint(
        ["council", "hand_over_id"], ["hand_overs.council", "hand_overs.hand_over_id"]
    ),
    Index(None, "council", "person_id"),
)

TABLES = (officer_notes, note_entries, note_filings, hand_over_children)
"""Those that hold something about a young person."""
