"""The first tables.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The audit is append-only for every program, not only for ours.
AUDIT_SQLITE = [
    f"CREATE TRIGGER audit_no_{act} BEFORE {act} ON audit "
    "BEGIN SELECT RAISE(ABORT, 'audit rows are only ever added'); END"
    for act in ("update", "delete")
]
AUDIT_POSTGRESQL = [
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION 'audit rows are only ever added'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
]


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=96), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("council", "entry_id", name=op.f("pk_audit")),
    )
    op.create_table(
        "councils",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("council", name=op.f("pk_councils")),
    )
    op.create_table(
        "filings",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("contribution_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("destination", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.LargeBinary(), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint(
            "council", "contribution_id", "version", "destination", name=op.f("pk_filings")
        ),
    )
    op.create_table(
        "inbox",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("quarantined", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("council", "source", "key", name=op.f("pk_inbox")),
    )
    op.create_table(
        "kept_settings",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("council", "name", name=op.f("pk_kept_settings")),
    )
    op.create_table(
        "outbox",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lane", sa.String(length=96), nullable=False),
        sa.Column("destination", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("idempotency_key", sa.String(length=96), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unknown", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("council", "outbox_id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "council", "idempotency_key", name=op.f("uq_outbox_council_idempotency_key")
        ),
    )
    op.create_index(
        op.f("ix_outbox_council_lane_outbox_id"),
        "outbox",
        ["council", "lane", "outbox_id"],
        unique=False,
    )
    op.create_index(op.f("ix_outbox_not_before"), "outbox", ["not_before"], unique=False)
    op.create_table(
        "readings",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("contribution_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "council", "contribution_id", "version", "staff_id", name=op.f("pk_readings")
        ),
    )
    op.create_table(
        "staff",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("council", "staff_id", name=op.f("pk_staff")),
        sa.UniqueConstraint("council", "email_index", name=op.f("uq_staff_council_email_index")),
    )
    op.create_table(
        "tasks",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("review_id", sa.String(length=64), nullable=True),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("council", "task_id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_council_done_at"), "tasks", ["council", "done_at"], unique=False)
    op.create_table(
        "young_people",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("case_id_index", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("born", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=16), server_default="en", nullable=False),
        sa.Column("care_leaver", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("council", "person_id", name=op.f("pk_young_people")),
        sa.UniqueConstraint(
            "council", "case_id_index", name=op.f("uq_young_people_council_case_id_index")
        ),
    )
    op.create_table(
        "reviews",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("officer_id", sa.String(length=36), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("held", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "officer_id"],
            ["staff.council", "staff.staff_id"],
            name=op.f("fk_reviews_council_officer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["council", "person_id"],
            ["young_people.council", "young_people.person_id"],
            name=op.f("fk_reviews_council_person_id"),
        ),
        sa.PrimaryKeyConstraint("council", "review_id", name=op.f("pk_reviews")),
    )
    op.create_index(
        op.f("ix_reviews_council_officer_id_due_on"),
        "reviews",
        ["council", "officer_id", "due_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reviews_council_person_id"), "reviews", ["council", "person_id"], unique=False
    )
    op.create_table(
        "sign_in_links",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "staff_id"],
            ["staff.council", "staff.staff_id"],
            name=op.f("fk_sign_in_links_council_staff_id"),
        ),
        sa.PrimaryKeyConstraint("council", "token_hash", name=op.f("pk_sign_in_links")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("session_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["council", "staff_id"],
            ["staff.council", "staff.staff_id"],
            name=op.f("fk_staff_sessions_council_staff_id"),
        ),
        sa.PrimaryKeyConstraint("council", "session_hash", name=op.f("pk_staff_sessions")),
    )
    op.create_table(
        "contributions",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("contribution_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "review_id"],
            ["reviews.council", "reviews.review_id"],
            name=op.f("fk_contributions_council_review_id"),
        ),
        sa.PrimaryKeyConstraint(
            "council", "contribution_id", "version", name=op.f("pk_contributions")
        ),
    )
    op.create_index(
        op.f("ix_contributions_council_review_id"),
        "contributions",
        ["council", "review_id"],
        unique=False,
    )
    op.create_table(
        "conversations",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("flow_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "review_id"],
            ["reviews.council", "reviews.review_id"],
            name=op.f("fk_conversations_council_review_id"),
        ),
        sa.PrimaryKeyConstraint("council", "conversation_id", name=op.f("pk_conversations")),
        sa.UniqueConstraint(
            "council", "review_id", name=op.f("uq_conversations_council_review_id")
        ),
    )
    op.create_table(
        "invitations",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("invitation_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("link_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("telegram_hash", sa.LargeBinary(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["council", "review_id"],
            ["reviews.council", "reviews.review_id"],
            name=op.f("fk_invitations_council_review_id"),
        ),
        sa.PrimaryKeyConstraint("council", "invitation_id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("council", "code_hash", name=op.f("uq_invitations_council_code_hash")),
        sa.UniqueConstraint("council", "link_hash", name=op.f("uq_invitations_council_link_hash")),
        sa.UniqueConstraint(
            "council", "telegram_hash", name=op.f("uq_invitations_council_telegram_hash")
        ),
    )
    op.create_index(
        op.f("ix_invitations_council_review_id"),
        "invitations",
        ["council", "review_id"],
        unique=False,
    )
    op.create_table(
        "participation",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("review_id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=True),
        sa.Column("proposed", sa.String(length=4), nullable=True),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("briefed", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=36), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "review_id"],
            ["reviews.council", "reviews.review_id"],
            name=op.f("fk_participation_council_review_id"),
        ),
        sa.PrimaryKeyConstraint("council", "review_id", name=op.f("pk_participation")),
    )
    op.create_table(
        "keys_to_conversations",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["council", "conversation_id"],
            ["conversations.council", "conversations.conversation_id"],
            name=op.f("fk_keys_to_conversations_council_conversation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "council", "kind", "key_hash", name=op.f("pk_keys_to_conversations")
        ),
    )
    op.create_index(
        op.f("ix_keys_to_conversations_council_conversation_id_kind"),
        "keys_to_conversations",
        ["council", "conversation_id", "kind"],
        unique=False,
    )
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in AUDIT_POSTGRESQL if postgresql else AUDIT_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """There is nothing before the first tables: start over with an empty database."""
    raise NotImplementedError("0001 is the first revision; restore a backup instead.")
