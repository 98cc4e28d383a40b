"""What is asked after a review looks back on it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reviews", sa.Column("looks_back_on", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """What young people said after their reviews would stand as said before them."""
    raise NotImplementedError("Restore a backup instead.")
