"""How invitations leave: confirmed addresses, sendings with their state, and batches."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "contact_addresses",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("address_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", moment, nullable=True),
        sa.Column("confirmed_how", sa.String(length=16), nullable=True),
        sa.Column("stopped_by", sa.String(length=64), nullable=True),
        sa.Column("stopped_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["council", "person_id"],
            ["young_people.council", "young_people.person_id"],
            name=op.f("fk_contact_addresses_council_person_id"),
        ),
        sa.PrimaryKeyConstraint("council", "address_id", name=op.f("pk_contact_addresses")),
        sa.UniqueConstraint(
            "council",
            "person_id",
            "address_index",
            name=op.f("uq_contact_addresses_council_person_id_address_index"),
        ),
    )
    op.create_index(
        op.f("ix_contact_addresses_council_address_index"),
        "contact_addresses",
        ["council", "address_index"],
    )
    op.create_table(
        "invitation_sendings",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("sending_id", sa.String(length=36), nullable=False),
        sa.Column("invitation_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("address_id", sa.String(length=36), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("why", sa.String(length=48), nullable=True),
        sa.Column("notified", sa.String(length=36), nullable=True),
        sa.Column("stop_hash", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["council", "invitation_id"],
            ["invitations.council", "invitations.invitation_id"],
            name=op.f("fk_invitation_sendings_council_invitation_id"),
        ),
        sa.PrimaryKeyConstraint("council", "sending_id", name=op.f("pk_invitation_sendings")),
        sa.UniqueConstraint(
            "council", "stop_hash", name=op.f("uq_invitation_sendings_council_stop_hash")
        ),
    )
    op.create_index(
        op.f("ix_invitation_sendings_council_notified"),
        "invitation_sendings",
        ["council", "notified"],
    )
    op.create_index(
        op.f("ix_invitation_sendings_council_review_id"),
        "invitation_sendings",
        ["council", "review_id"],
    )
    op.create_table(
        "invitation_batches",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("made_all_at", moment, nullable=True),
        sa.Column("fetched_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("council", "batch_id", name=op.f("pk_invitation_batches")),
    )
    op.create_index(
        op.f("ix_invitation_batches_council_state"), "invitation_batches", ["council", "state"]
    )
    op.create_table(
        "invitation_batch_items",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("address_id", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=True),
        sa.Column("sending_id", sa.String(length=36), nullable=True),
        sa.Column("letter", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["council", "batch_id"],
            ["invitation_batches.council", "invitation_batches.batch_id"],
            name=op.f("fk_invitation_batch_items_council_batch_id"),
        ),
        sa.PrimaryKeyConstraint(
            "council", "batch_id", "number", name=op.f("pk_invitation_batch_items")
        ),
    )


def downgrade() -> None:
    """Nobody would know any more who said that an address is a young person's own."""
    raise NotImplementedError("Restore a backup instead.")
