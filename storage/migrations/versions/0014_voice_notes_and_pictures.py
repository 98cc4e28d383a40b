"""Voice notes, pictures and drawings belong to answers, sealed in pieces."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "attachments",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("attachment_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("medium", sa.String(length=8), nullable=False),
        sa.Column("kept_at", moment, nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("heard_at", moment, nullable=True),
        sa.Column("heard_by", sa.String(length=36), nullable=True),
        sa.Column("alert_id", sa.String(length=36), nullable=True),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("council", "attachment_id", name=op.f("pk_attachments")),
    )
    for column in ("conversation_id", "review_id"):
        name = op.f(f"ix_attachments_council_{column}")
        op.create_index(name, "attachments", ["council", column])
    op.create_table(
        "attachment_pieces",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("attachment_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "attachment_id"],
            ["attachments.council", "attachments.attachment_id"],
            name=op.f("fk_attachment_pieces_council_attachment_id"),
        ),
        sa.PrimaryKeyConstraint(
            "council", "attachment_id", "number", name=op.f("pk_attachment_pieces")
        ),
    )
    name = op.f("ix_attachment_pieces_council_review_id")
    op.create_index(name, "attachment_pieces", ["council", "review_id"])


def downgrade() -> None:
    """What young people said aloud or showed would be lost."""
    raise NotImplementedError("Restore a backup instead.")
