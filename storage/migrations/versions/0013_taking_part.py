"""What young people ask a person for, what they want of the meeting, and who was briefed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("tasks", sa.Column("does", sa.String(length=16), nullable=True))
    op.add_column("tasks", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("tasks", sa.Column("outcome", sa.String(length=16), nullable=True))
    op.create_index(op.f("ix_tasks_council_review_id"), "tasks", ["council", "review_id"])
    op.create_table(
        "meeting_wishes",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("sent_at", moment, nullable=False),
        sa.Column("wishes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "review_id"],
            ["reviews.council", "reviews.review_id"],
            name=op.f("fk_meeting_wishes_council"),
        ),
        sa.PrimaryKeyConstraint("council", "review_id", name=op.f("pk_meeting_wishes")),
    )
    op.create_table(
        "briefings",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("briefing_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("contribution_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(length=36), nullable=False),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "review_id"],
            ["reviews.council", "reviews.review_id"],
            name=op.f("fk_briefings_council"),
        ),
        sa.PrimaryKeyConstraint("council", "briefing_id", name=op.f("pk_briefings")),
    )
    op.create_index(op.f("ix_briefings_council_review_id"), "briefings", ["council", "review_id"])


def downgrade() -> None:
    """Who was briefed, and what was arranged for whom, would be lost."""
    raise NotImplementedError("Restore a backup instead.")
