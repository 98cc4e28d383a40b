"""Reminders, chats that are closed to us, and reviews that were called off."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "reminders",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "conversation_id"],
            ["conversations.council", "conversations.conversation_id"],
            name=op.f("fk_reminders_council_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("council", "conversation_id", name=op.f("pk_reminders")),
    )
    op.add_column("keys_to_conversations", sa.Column("closed_at", moment, nullable=True))
    op.add_column("reviews", sa.Column("stood_down_at", moment, nullable=True))


def downgrade() -> None:
    """Young people would not be reminded of what they asked for, and would not be told so."""
    raise NotImplementedError("Restore a backup instead.")
