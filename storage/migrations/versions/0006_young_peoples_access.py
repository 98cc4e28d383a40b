"""Young people's access: wrong tries, PINs, disputed words, and why an invitation was re-issued.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invitations", sa.Column("issued_by", sa.String(length=64), nullable=True))
    op.add_column("invitations", sa.Column("reason", sa.LargeBinary(), nullable=True))
    op.create_table(
        "tries",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("council", "key_hash", name=op.f("pk_tries")),
    )
    op.create_index(op.f("ix_tries_ends_at"), "tries", ["ends_at"], unique=False)
    op.create_table(
        "pins",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.Column("reads_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reset_hash", sa.LargeBinary(), nullable=True),
        sa.Column("reset_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["council", "person_id"],
            ["young_people.council", "young_people.person_id"],
            name=op.f("fk_pins_council_person_id"),
        ),
        sa.PrimaryKeyConstraint("council", "person_id", name=op.f("pk_pins")),
    )
    op.create_table(
        "unlocked",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("council", "token_hash", name=op.f("pk_unlocked")),
    )
    op.create_index(
        op.f("ix_unlocked_council_person_id"), "unlocked", ["council", "person_id"], unique=False
    )
    op.create_table(
        "disputes",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["council", "conversation_id"],
            ["conversations.council", "conversations.conversation_id"],
            name=op.f("fk_disputes_council_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("council", "conversation_id", name=op.f("pk_disputes")),
    )
    op.create_index(
        op.f("ix_disputes_council_review_id"), "disputes", ["council", "review_id"], unique=False
    )


def downgrade() -> None:
    """PINs and wrong tries would be gone, and with them what they guard."""
    raise NotImplementedError("Restore a backup instead.")
