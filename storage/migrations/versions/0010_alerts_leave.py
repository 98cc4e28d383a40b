"""Alerts leave: who is told next, and who was told by which way.

Alerts from before that nobody has taken on are told of when they are late, or at once if they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("alerts", sa.Column("next_step", sa.String(length=12), nullable=True))
    op.add_column("alerts", sa.Column("next_at", moment, nullable=True))
    op.add_column("alerts", sa.Column("unreached_at", moment, nullable=True))
    nobody_s = sa.text("acknowledged_at IS NULL AND closed_at IS NULL")
    op.execute(
        "UPDATE alerts SET next_step = 'team', next_at = acknowledge_by "
        "WHERE acknowledged_at IS NULL AND closed_at IS NULL"
    )
    op.create_index(
        "ix_alerts_next",
        "alerts",
        ["council", "next_at"],
        postgresql_where=nobody_s,
        sqlite_where=nobody_s,
    )
    op.create_table(
        "alert_calls",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("called_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("why", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "alert_id"],
            ["alerts.council", "alerts.alert_id"],
            name=op.f("fk_alert_calls_council"),
        ),
        sa.PrimaryKeyConstraint("council", "alert_id", "number", name=op.f("pk_alert_calls")),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_alert_calls_waiting",
        "alert_calls",
        ["council", "called_at"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )


def downgrade() -> None:
    """Who was told would be lost."""
    raise NotImplementedError("Restore a backup instead.")
