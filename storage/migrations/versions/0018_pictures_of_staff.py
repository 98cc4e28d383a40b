"""A picture of who runs a review, for the young people whom it is about."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_pictures",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=16), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "staff_id"],
            ["staff.council", "staff.staff_id"],
            name=op.f("fk_staff_pictures_council_staff_id_staff"),
        ),
        sa.PrimaryKeyConstraint("council", "staff_id", name=op.f("pk_staff_pictures")),
    )


def downgrade() -> None:
    op.drop_table("staff_pictures")
