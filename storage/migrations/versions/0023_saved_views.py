"""Views of a list that staff keep. And contributions found by whom they are of and by when they
were sent: workers' lists and the count of what is new read all of the council's without it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("view_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("query", sa.String(length=256), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "staff_id"],
            ["staff.council", "staff.staff_id"],
            name=op.f("fk_saved_views_council_staff_id_staff"),
        ),
        sa.PrimaryKeyConstraint("council", "view_id", name=op.f("pk_saved_views")),
    )
    op.create_index(op.f("ix_saved_views_council_staff_id"), "saved_views", ["council", "staff_id"])
    op.create_index(
        op.f("ix_contributions_council_person_id"), "contributions", ["council", "person_id"]
    )
    op.create_index(
        op.f("ix_contributions_council_sent_at"), "contributions", ["council", "sent_at"]
    )
    op.create_index(
        op.f("ix_conversations_council_person_id"), "conversations", ["council", "person_id"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_conversations_council_person_id"), "conversations")
    op.drop_index(op.f("ix_contributions_council_sent_at"), "contributions")
    op.drop_index(op.f("ix_contributions_council_person_id"), "contributions")
    op.drop_table("saved_views")
