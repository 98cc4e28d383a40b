"""By when reviews are due, what becomes of their days, and what is on record of them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def _council() -> sa.Column[str]:
    return sa.Column("council", sa.String(length=64), nullable=False)


def _person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["council", "person_id"],
        ["young_people.council", "young_people.person_id"],
        name=op.f(f"fk_{table}_council_person_id_young_people"),
    )


def _review(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["council", "review_id"],
        ["reviews.council", "reviews.review_id"],
        name=op.f(f"fk_{table}_council_review_id_reviews"),
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("council", *columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    op.create_table(
        "care_periods",
        _council(),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("began", sa.Date(), nullable=False),
        sa.Column("ended", sa.Date()),
        sa.Column("short_breaks", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("authorised_on", sa.Date()),
        _person("care_periods"),
        _key("care_periods", "person_id", "began"),
    )
    op.create_table(
        "adoption_placements",
        _council(),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=False),
        _person("adoption_placements"),
        _key("adoption_placements", "person_id", "placed_on"),
    )
    op.create_table(
        "clock_starts",
        _council(),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("timescale", sa.String(length=24), nullable=False),
        sa.Column("began", sa.Date(), nullable=False),
        _person("clock_starts"),
        _key("clock_starts", "person_id", "timescale"),
    )
    op.create_table(
        "review_moves",
        _council(),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("from_on", sa.Date()),
        sa.Column("to_on", sa.Date()),
        sa.Column("clock_time", sa.String(length=5)),
        sa.Column("form", sa.String(length=16)),
        sa.Column("reason", sa.String(length=24)),
        sa.Column("late_days", sa.Integer()),
        sa.Column("words", sa.LargeBinary()),
        _review("review_moves"),
        _key("review_moves", "review_id", "number"),
    )
    op.create_table(
        "record_values",
        _council(),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("fact", sa.String(length=255)),
        sa.Column("words", sa.LargeBinary()),
        _review("record_values"),
        _key("record_values", "review_id", "field", "number"),
    )
    op.create_table(
        "review_decisions",
        _council(),
        sa.Column("decision_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("done_at", _MOMENT),
        sa.Column("done_by", sa.String(length=36)),
        sa.Column("dropped_at", _MOMENT),
        sa.Column("dropped_by", sa.String(length=36)),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _review("review_decisions"),
        _key("review_decisions", "decision_id"),
    )
    op.create_index(
        op.f("ix_review_decisions_council_review_id"), "review_decisions", ["council", "review_id"]
    )
    op.create_index(
        op.f("ix_review_decisions_council_person_id"), "review_decisions", ["council", "person_id"]
    )
    op.create_table(
        "record_filings",
        _council(),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("filed_at", _MOMENT),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("reference", sa.LargeBinary()),
        _review("record_filings"),
        _key("record_filings", "record_id", "version"),
    )
    op.create_index(
        op.f("ix_record_filings_council_review_id"), "record_filings", ["council", "review_id"]
    )


def downgrade() -> None:
    """What was decided would be lost."""
    raise NotImplementedError("Restore a backup instead.")
