"""Find what was kept aside without reading all that ever came in."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    only = sa.text("quarantined IS NOT NULL")
    op.create_index(
        "ix_inbox_quarantined",
        "inbox",
        ["council", "received_at"],
        postgresql_where=only,
        sqlite_where=only,
    )


def downgrade() -> None:
    op.drop_index("ix_inbox_quarantined", table_name="inbox")
