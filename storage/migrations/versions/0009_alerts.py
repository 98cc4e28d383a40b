"""Alerts: that somebody may not be safe, and what was written."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "alerts",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("cause", sa.String(length=8), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("team", sa.String(length=8), nullable=False),
        sa.Column("raised_at", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("acknowledge_by", moment, nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.Column("acknowledged_at", moment, nullable=True),
        sa.Column("acknowledged_by", sa.String(length=36), nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("closed_by", sa.String(length=36), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("council", "alert_id", name=op.f("pk_alerts")),
    )
    for column in ("conversation_id", "person_id"):
        op.create_index(op.f(f"ix_alerts_council_{column}"), "alerts", ["council", column])
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_alerts_open",
        "alerts",
        ["council", "raised_at"],
        postgresql_where=still_open,
        sqlite_where=still_open,
    )
    op.create_table(
        "alert_words",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("said_at", moment, nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "alert_id"],
            ["alerts.council", "alerts.alert_id"],
            name=op.f("fk_alert_words_council"),
        ),
        sa.PrimaryKeyConstraint("council", "alert_id", "number", name=op.f("pk_alert_words")),
    )


def downgrade() -> None:
    """Alerts would be lost."""
    raise NotImplementedError("Restore a backup instead.")
