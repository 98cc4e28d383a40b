"""Each wish that is sent is an ask, with its answers and what is said to them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def _own(*columns: sa.Column[object]) -> list[sa.Column[object]]:
    return [
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("ask_id", sa.String(length=36), nullable=False),
        *columns,
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
    ]


def _to_ask(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_council_ask_id_asks")
    return sa.ForeignKeyConstraint(
        ["council", "ask_id"], ["asks.council", "asks.ask_id"], name=name
    )


def upgrade() -> None:
    op.create_table(
        "asks",
        *_own(),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("contribution_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("theme", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("said_since", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.String(length=36), nullable=True),
        sa.Column("plan", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["council", "review_id"],
            ["reviews.council", "reviews.review_id"],
            name=op.f("fk_asks_council_review_id_reviews"),
        ),
        sa.PrimaryKeyConstraint("council", "ask_id", name=op.f("pk_asks")),
    )
    for column in ("review_id", "owner_id", "person_id"):
        op.create_index(op.f(f"ix_asks_council_{column}"), "asks", ["council", column])
    op.create_table(
        "ask_answers",
        *_own(sa.Column("number", sa.Integer(), autoincrement=False, nullable=False)),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("written_by", sa.String(length=36), nullable=False),
        sa.Column("written_at", _MOMENT, nullable=False),
        sa.Column("read_at", _MOMENT, nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        _to_ask("ask_answers"),
        sa.PrimaryKeyConstraint("council", "ask_id", "number", name=op.f("pk_ask_answers")),
    )
    op.create_table(
        "ask_replies",
        *_own(
            sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("answer", sa.Integer(), nullable=False),
        ),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("said_at", _MOMENT, nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        _to_ask("ask_replies"),
        sa.PrimaryKeyConstraint("council", "ask_id", "number", name=op.f("pk_ask_replies")),
    )
    op.create_table(
        "ask_filings",
        *_own(
            sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("destination", sa.String(length=16), nullable=False),
        ),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("filed_at", _MOMENT, nullable=True),
        sa.Column("reference", sa.LargeBinary(), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        _to_ask("ask_filings"),
        sa.PrimaryKeyConstraint(
            "council", "ask_id", "number", "destination", name=op.f("pk_ask_filings")
        ),
    )
    for table in ("ask_answers", "ask_replies", "ask_filings"):
        op.create_index(op.f(f"ix_{table}_council_review_id"), table, ["council", "review_id"])


def downgrade() -> None:
    for table in ("ask_filings", "ask_replies", "ask_answers", "asks"):
        op.drop_table(table)
