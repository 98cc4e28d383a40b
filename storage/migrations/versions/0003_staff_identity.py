"""Passwords, second factors, passkeys, the council's own sign-in; what a session may reach.

Revision 0003, after 0002.

Sessions are made anew: everybody signs in once more, by a way that has a second factor.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _of_staff(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["council", "staff_id"],
        ["staff.council", "staff.staff_id"],
        name=op.f(f"fk_{table}_council_staff_id"),
    )


def _council() -> "sa.Column[str]":
    return sa.Column("council", sa.String(length=64), nullable=False)


def _staff() -> "sa.Column[str]":
    return sa.Column("staff_id", sa.String(length=36), nullable=False)


def upgrade() -> None:
    op.drop_table("staff_sessions")
    op.create_table(
        "staff_sessions",
        _council(),
        sa.Column("session_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        _staff(),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        _of_staff("staff_sessions"),
        sa.PrimaryKeyConstraint("council", "session_hash", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint(
            "council", "session_id", name=op.f("uq_staff_sessions_council_session_id")
        ),
    )
    op.create_index(
        op.f("ix_staff_sessions_council_staff_id"), "staff_sessions", ["council", "staff_id"]
    )
    op.create_table(
        "staff_passwords",
        _council(),
        _staff(),
        sa.Column("password", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        _of_staff("staff_passwords"),
        sa.PrimaryKeyConstraint("council", "staff_id", name=op.f("pk_staff_passwords")),
    )
    op.create_table(
        "staff_one_time_codes",
        _council(),
        _staff(),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _of_staff("staff_one_time_codes"),
        sa.PrimaryKeyConstraint("council", "staff_id", name=op.f("pk_staff_one_time_codes")),
    )
    op.create_table(
        "staff_recovery_codes",
        _council(),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        _staff(),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _of_staff("staff_recovery_codes"),
        sa.PrimaryKeyConstraint("council", "code_hash", name=op.f("pk_staff_recovery_codes")),
    )
    op.create_index(
        op.f("ix_staff_recovery_codes_council_staff_id"),
        "staff_recovery_codes",
        ["council", "staff_id"],
    )
    op.create_table(
        "staff_passkeys",
        _council(),
        sa.Column("passkey_id", sa.String(length=36), nullable=False),
        _staff(),
        sa.Column("credential_index", sa.LargeBinary(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        _of_staff("staff_passkeys"),
        sa.PrimaryKeyConstraint("council", "passkey_id", name=op.f("pk_staff_passkeys")),
        sa.UniqueConstraint(
            "council", "credential_index", name=op.f("uq_staff_passkeys_council_credential_index")
        ),
    )
    op.create_index(
        op.f("ix_staff_passkeys_council_staff_id"), "staff_passkeys", ["council", "staff_id"]
    )
    op.create_table(
        "staff_identities",
        _council(),
        sa.Column("subject_index", sa.LargeBinary(), nullable=False),
        _staff(),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        _of_staff("staff_identities"),
        sa.PrimaryKeyConstraint("council", "subject_index", name=op.f("pk_staff_identities")),
        sa.UniqueConstraint(
            "council", "staff_id", name=op.f("uq_staff_identities_council_staff_id")
        ),
    )
    op.create_table(
        "staff_challenges",
        _council(),
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("bound_to", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("council", "challenge_hash", name=op.f("pk_staff_challenges")),
    )


def downgrade() -> None:
    """An older version would ask for no second factor."""
    raise NotImplementedError("Restore a backup instead: 0003 holds who may sign in, and how.")
