"""What was erased, and when a young person was told that a draft is going to be."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("erasure_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("council", "erasure_id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_council_person_id"), "erasures", ["council", "person_id"])
    only = sa.text("noted_at IS NULL")
    op.create_index(
        "ix_erasures_not_noted",
        "erasures",
        ["council", "erasure_id"],
        postgresql_where=only,
        sqlite_where=only,
    )
    op.add_column("conversations", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """What is erased after a restore would not be known any more."""
    raise NotImplementedError("Restore a backup instead.")
