"""Foster carers who write of their own fostering stand beside young people, marked."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    no = sa.text("false")
    op.add_column(
        "young_people", sa.Column("carer", sa.Boolean(), nullable=False, server_default=no)
    )


def downgrade() -> None:
    """Foster carers would stand as young people, and their forms as what children said."""
    raise NotImplementedError("Restore a backup instead.")
