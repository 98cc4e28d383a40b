"""What a case system says of young people's care, as imported, and the unit's own files."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reviews", sa.Column("answered_by", sa.String(length=64), nullable=True))
    op.create_table(
        "case_imports",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("council", "import_id", name=op.f("pk_case_imports")),
    )
    op.create_index(
        op.f("ix_case_imports_council_started_at"),
        "case_imports",
        ["council", "started_at"],
        unique=False,
    )
    op.create_table(
        "fostering_households",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("council", "household_id", name=op.f("pk_fostering_households")),
    )
    op.create_table(
        "imported_people",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("case_index", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("council", "case_index", name=op.f("pk_imported_people")),
    )
    op.create_table(
        "populations",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("under_18", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("council", "year", name=op.f("pk_populations")),
    )
    op.create_table(
        "quality_tools",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("tool_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("council", "tool_id", name=op.f("pk_quality_tools")),
    )
    op.create_table(
        "care_episodes",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("episode_id", sa.String(length=64), nullable=False),
        sa.Column("began", sa.Date(), nullable=False),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("legal_status", sa.String(length=8), nullable=False),
        sa.Column("placement", sa.String(length=8), nullable=False),
        sa.Column("reason_began", sa.String(length=8), nullable=False),
        sa.Column("reason_ended", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "person_id"],
            ["young_people.council", "young_people.person_id"],
            name=op.f("fk_care_episodes_council_person_id"),
        ),
        sa.PrimaryKeyConstraint(
            "council", "person_id", "episode_id", name=op.f("pk_care_episodes")
        ),
    )
    op.create_index(
        op.f("ix_care_episodes_council_began"), "care_episodes", ["council", "began"], unique=False
    )
    op.create_table(
        "care_particulars",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("particulars", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "person_id"],
            ["young_people.council", "young_people.person_id"],
            name=op.f("fk_care_particulars_council_person_id"),
        ),
        sa.PrimaryKeyConstraint("council", "person_id", name=op.f("pk_care_particulars")),
    )
    op.create_table(
        "education_plans",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("in_place_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["council", "person_id"],
            ["young_people.council", "young_people.person_id"],
            name=op.f("fk_education_plans_council_person_id"),
        ),
        sa.PrimaryKeyConstraint("council", "person_id", name=op.f("pk_education_plans")),
    )
    op.create_table(
        "pathway_states",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "person_id"],
            ["young_people.council", "young_people.person_id"],
            name=op.f("fk_pathway_states_council_person_id"),
        ),
        sa.PrimaryKeyConstraint(
            "council", "person_id", "reviewed_on", name=op.f("pk_pathway_states")
        ),
    )
    op.create_table(
        "permanence_plans",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("permanence_id", sa.String(length=64), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("placement_order_on", sa.Date(), nullable=True),
        sa.Column("placed_on", sa.Date(), nullable=True),
        sa.Column("reversed_on", sa.Date(), nullable=True),
        sa.Column("order_on", sa.Date(), nullable=True),
        sa.Column("order_type", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "person_id"],
            ["young_people.council", "young_people.person_id"],
            name=op.f("fk_permanence_plans_council_person_id"),
        ),
        sa.PrimaryKeyConstraint(
            "council", "person_id", "permanence_id", name=op.f("pk_permanence_plans")
        ),
    )


def downgrade() -> None:
    op.drop_column("reviews", "answered_by")
    op.drop_table("permanence_plans")
    op.drop_table("pathway_states")
    op.drop_table("education_plans")
    op.drop_table("care_particulars")
    op.drop_index(op.f("ix_care_episodes_council_began"), table_name="care_episodes")
    op.drop_table("care_episodes")
    op.drop_table("quality_tools")
    op.drop_table("populations")
    op.drop_table("imported_people")
    op.drop_table("fostering_households")
    op.drop_index(op.f("ix_case_imports_council_started_at"), table_name="case_imports")
    op.drop_table("case_imports")
