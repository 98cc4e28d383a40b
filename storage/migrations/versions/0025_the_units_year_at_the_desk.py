"""What a unit's manager writes into a year's report, officers' hours, and a caseload plan."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_words",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("section", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("council", "year", "section", name=op.f("pk_report_words")),
    )
    op.create_table(
        "staff_hours",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "staff_id"],
            ["staff.council", "staff.staff_id"],
            name=op.f("fk_staff_hours_council_staff_id_staff"),
        ),
        sa.PrimaryKeyConstraint("council", "staff_id", name=op.f("pk_staff_hours")),
    )
    op.create_table(
        "caseload_plans",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("from_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("to_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "from_id"],
            ["staff.council", "staff.staff_id"],
            name=op.f("fk_caseload_plans_council_from_id_staff"),
        ),
        sa.ForeignKeyConstraint(
            ["council", "to_id"],
            ["staff.council", "staff.staff_id"],
            name=op.f("fk_caseload_plans_council_to_id_staff"),
        ),
        sa.ForeignKeyConstraint(
            ["council", "person_id"],
            ["young_people.council", "young_people.person_id"],
            name=op.f("fk_caseload_plans_council_person_id_young_people"),
        ),
        sa.PrimaryKeyConstraint("council", "from_id", "person_id", name=op.f("pk_caseload_plans")),
    )
    op.create_index(
        op.f("ix_caseload_plans_council_person_id"), "caseload_plans", ["council", "person_id"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_caseload_plans_council_person_id"), "caseload_plans")
    op.drop_table("caseload_plans")
    op.drop_table("staff_hours")
    op.drop_table("report_words")
