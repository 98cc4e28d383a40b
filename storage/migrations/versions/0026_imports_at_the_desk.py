"""Files that are handed in at the desk to be imported."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_requests",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_row", sa.Integer(), nullable=False),
        sa.Column("of_rows", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("council", "request_id", name=op.f("pk_import_requests")),
    )
    op.create_index(
        op.f("ix_import_requests_council_state"),
        "import_requests",
        ["council", "state"],
        unique=False,
    )
    op.create_table(
        "import_pieces",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "request_id"],
            ["import_requests.council", "import_requests.request_id"],
            name=op.f("fk_import_pieces_council_request_id"),
        ),
        sa.PrimaryKeyConstraint(
            "council", "request_id", "file", "number", name=op.f("pk_import_pieces")
        ),
    )


def downgrade() -> None:
    op.drop_table("import_pieces")
    op.drop_index(op.f("ix_import_requests_council_state"), table_name="import_requests")
    op.drop_table("import_requests")
