"""Teams, allocations, broken glass, and the mark of an erased person.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "staff", sa.Column("team", sa.String(length=64), server_default="", nullable=False)
    )
    op.add_column("young_people", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "allocations",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["council", "person_id"],
            ["young_people.council", "young_people.person_id"],
            name=op.f("fk_allocations_council_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["council", "staff_id"],
            ["staff.council", "staff.staff_id"],
            name=op.f("fk_allocations_council_staff_id"),
        ),
        sa.PrimaryKeyConstraint(
            "council", "person_id", "staff_id", "kind", "since", name=op.f("pk_allocations")
        ),
    )
    op.create_index(
        op.f("ix_allocations_council_staff_id"),
        "allocations",
        ["council", "staff_id"],
        unique=False,
    )
    op.create_table(
        "broken_glass",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("glass_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "review_id"],
            ["reviews.council", "reviews.review_id"],
            name=op.f("fk_broken_glass_council_review_id"),
        ),
        sa.ForeignKeyConstraint(
            ["council", "staff_id"],
            ["staff.council", "staff.staff_id"],
            name=op.f("fk_broken_glass_council_staff_id"),
        ),
        sa.PrimaryKeyConstraint("council", "glass_id", name=op.f("pk_broken_glass")),
    )
    op.create_index(
        op.f("ix_broken_glass_council_review_id_staff_id"),
        "broken_glass",
        ["council", "review_id", "staff_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("broken_glass")
    op.drop_table("allocations")
    op.drop_column("young_people", "erased_at")
    op.drop_column("staff", "team")
