"""The audit in chains, and the checkpoints that tie them together.

Entries from before have no MAC, and nobody can vouch for them now: where there are any they stay
as they are, in `audit_before_chains`, which takes no more.

Revision 0005, follows 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = ("audit", "audit_checkpoints")


def _refuse(table: str, *acts: str) -> None:
    """For every program, not only for ours: nothing is changed or removed."""
    text = "audit rows are only ever added"
    if op.get_bind().dialect.name != "postgresql":
        for act in acts:
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{act} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuses BEFORE {' OR '.join(acts)} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
    )


def _set_aside() -> None:
    old = op.get_bind().execute(sa.text("SELECT 1 FROM audit LIMIT 1")).first()
    if old is None:
        op.drop_table("audit")
        return
    op.rename_table("audit", "audit_before_chains")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE audit_before_chains RENAME CONSTRAINT pk_audit TO pk_audit_before_chains"
        )
    _refuse("audit_before_chains", "INSERT")


def upgrade() -> None:
    _set_aside()
    op.create_table(
        "audit",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=96), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("council", "chain", "sequence", name=op.f("pk_audit")),
        sqlite_with_rowid=False,
    )
    for columns in (["at"], ["actor", "at"], ["subject", "at"]):
        op.create_index(
            op.f(f"ix_audit_council_{'_'.join(columns)}"), "audit", ["council", *columns]
        )
    op.create_table(
        "audit_checkpoints",
        sa.Column("council", sa.String(length=64), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("council", "number", name=op.f("pk_audit_checkpoints")),
    )
    for table in _TABLES:
        _refuse(table, "UPDATE", "DELETE")
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
            )
