"""Taking back: what became of it, whom it has to be told, and what has left for the case record.

Documents that had not arrived before this may have left: they count as left.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("filings", sa.Column("left_at", moment, nullable=True))
    op.execute("UPDATE filings SET left_at = filed_at WHERE state = 'filed'")
    op.execute(
        "UPDATE filings SET left_at = (SELECT sent_at FROM contributions "
        "WHERE contributions.council = filings.council "
        "AND contributions.contribution_id = filings.contribution_id "
        "AND contributions.version = filings.version) WHERE state IN ('waiting', 'task')"
    )
    op.create_table(
        "withdrawals",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("contribution_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fewer", sa.Boolean(), nullable=False),
        sa.Column("became", sa.String(length=8), nullable=False),
        sa.Column("in_file", sa.String(length=8), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint(
            "council", "contribution_id", "version", name=op.f("pk_withdrawals")
        ),
    )
    op.create_table(
        "reader_notices",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("contribution_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=True),
        sa.PrimaryKeyConstraint(
            "council", "contribution_id", "version", "staff_id", name=op.f("pk_reader_notices")
        ),
    )
    unseen = sa.text("seen_at IS NULL")
    op.create_index(
        "ix_reader_notices_unseen",
        "reader_notices",
        ["council", "staff_id"],
        postgresql_where=unseen,
        sqlite_where=unseen,
    )


def downgrade() -> None:
    """What was taken back would be shown again."""
    raise NotImplementedError("Restore a backup instead.")
