"""Quality notes, challenges with their stages, and children who get another officer."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def _key(name: str, length: int = 36) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _of_note(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["council", "note_id"],
        ["officer_notes.council", "officer_notes.note_id"],
        name=op.f(f"fk_{table}_council"),
    )


def upgrade() -> None:
    op.create_table(
        "officer_notes",
        _key("council", 64),
        _key("note_id"),
        _key("kind", 16),
        _key("tool", 32),
        _key("review_id", 64),
        _key("person_id"),
        _key("state", 16),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("put_to", sa.String(length=36), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["council", "review_id"],
            ["reviews.council", "reviews.review_id"],
            name=op.f("fk_officer_notes_council"),
        ),
        sa.PrimaryKeyConstraint("council", "note_id", name=op.f("pk_officer_notes")),
    )
    for column in ("review_id", "put_to", "ended_at"):
        op.create_index(
            op.f(f"ix_officer_notes_council_{column}"), "officer_notes", ["council", column]
        )
    op.create_table(
        "note_entries",
        _key("council", 64),
        _key("note_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _key("person_id"),
        _key("field", 64),
        sa.Column("at", _MOMENT, nullable=False),
        _key("by"),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        _of_note("note_entries"),
        sa.PrimaryKeyConstraint("council", "note_id", "number", name=op.f("pk_note_entries")),
    )
    op.create_table(
        "note_filings",
        _key("council", 64),
        _key("note_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("person_id"),
        _key("destination", 16),
        sa.Column("made_at", _MOMENT, nullable=False),
        _key("state", 16),
        sa.Column("filed_at", _MOMENT, nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=True),
        _of_note("note_filings"),
        sa.PrimaryKeyConstraint("council", "note_id", "version", name=op.f("pk_note_filings")),
    )
    op.create_table(
        "hand_overs",
        _key("council", 64),
        _key("hand_over_id"),
        _key("from_id"),
        _key("to_id"),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        _key("made_by"),
        sa.Column("happens_at", _MOMENT, nullable=False),
        sa.Column("undone_at", _MOMENT, nullable=True),
        *(
            sa.ForeignKeyConstraint(
                ["council", who],
                ["staff.council", "staff.staff_id"],
                name=op.f(f"fk_hand_overs_council_{who}"),
            )
            for who in ("from_id", "to_id")
        ),
        sa.PrimaryKeyConstraint("council", "hand_over_id", name=op.f("pk_hand_overs")),
    )
    op.create_table(
        "hand_over_children",
        _key("council", 64),
        _key("hand_over_id"),
        _key("person_id"),
        sa.Column("done_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["council", "hand_over_id"],
            ["hand_overs.council", "hand_overs.hand_over_id"],
            name=op.f("fk_hand_over_children_council"),
        ),
        sa.PrimaryKeyConstraint(
            "council", "hand_over_id", "person_id", name=op.f("pk_hand_over_children")
        ),
    )
    for table in ("note_entries", "note_filings", "hand_over_children"):
        op.create_index(op.f(f"ix_{table}_council_person_id"), table, ["council", "person_id"])


def downgrade() -> None:
    """What officers found and challenged would be lost."""
    raise NotImplementedError("Restore a backup instead.")
