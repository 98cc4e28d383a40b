"""What became of something taken back, and the notices to those who had read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from storage.tables import contributions, reader_notices, withdrawals


class Became(StrEnum):
    """The three cases of what can be kept of a promise (`domain.md` rule 13)."""

    NOT_OUT = "not_out"  # it had not left for any record, and nobody had opened it
    UNREAD = "unread"
    READ = "read"


class InFile(StrEnum):
    """Whether a case record has the earlier version."""

    NONE = "none"
    KEEPS = "keeps"
    MAY_KEEP = "may_keep"  # it has left, and nobody knows whether it arrived


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Version `version` of a contribution, by which something was taken back; or, `fewer`, by which
    fewer people may hear it."""

    contribution_id: str
    version: int
    fewer: bool
    became: Became
    in_file: InFile
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """To one reader. `fewer`: nothing was taken back, but fewer people may hear it."""

    contribution_id: str
    version: int
    review_id: str
    person_id: str
    fewer: bool
    made_at: datetime


def add(db: Connection, council: str, withdrawal: Withdrawal, readers: Iterable[str]) -> None:
    """Keep it, with a notice to each reader."""
    key = {
        "council": council,
        "contribution_id": withdrawal.contribution_id,
        "version": withdrawal.version,
        "made_at": withdrawal.made_at,
    }
    db.execute(
        insert(withdrawals),
        {
            **key,
            "fewer": withdrawal.fewer,
            "became": withdrawal.became.value,
            "in_file": withdrawal.in_file.value,
        },
    )
    notices = [{**key, "staff_id": staff_id} for staff_id in readers]
    if notices:
        db.execute(insert(reader_notices), notices)


def newest(db: Connection, council: str, contribution_id: str) -> Withdrawal | None:
    row = db.execute(
        select(withdrawals)
        .where(withdrawals.c.council == council, withdrawals.c.contribution_id == contribution_id)
        .order_by(withdrawals.c.version.desc())
        .limit(1)
    ).first()
    return None if row is None else _withdrawal(row)


def of_contribution(db: Connection, council: str, contribution_id: str) -> list[Withdrawal]:
    """All of them, the oldest first."""
    rows = db.execute(
        select(withdrawals)
        .where(withdrawals.c.council == council, withdrawals.c.contribution_id == contribution_id)
        .order_by(withdrawals.c.version)
    )
    return [_withdrawal(row) for row in rows]


def _withdrawal(row: Row[Any]) -> Withdrawal:
    return Withdrawal(
        row.contribution_id,
        row.version,
        row.fewer,
        Became(row.became),
        InFile(row.in_file),
        row.made_at,
    )


def notices_to(db: Connection, council: str, staff_id: str) -> list[Notice]:
    """Those that a reader has not put away, the oldest first."""
    rows = db.execute(
        select(reader_notices, contributions.c.review_id, contributions.c.person_id,
               withdrawals.c.fewer)
        .join(
            contributions,
            (contributions.c.council == reader_notices.c.council)
            & (contributions.c.contribution_id == reader_notices.c.contribution_id)
            & (contributions.c.version == reader_notices.c.version),
        )
        .join(
            withdrawals,
            (withdrawals.c.council == reader_notices.c.council)
            & (withdrawals.c.contribution_id == reader_notices.c.contribution_id)
            & (withdrawals.c.version == reader_notices.c.version),
        )
        .where(
            reader_notices.c.council == council,
            reader_notices.c.staff_id == staff_id,
            reader_notices.c.seen_at.is_(None),
        )
        .order_by(reader_notices.c.made_at)
    )  # fmt: skip
    return [
        Notice(
            row.contribution_id, row.version, row.review_id, row.person_id, row.fewer, row.made_at
        )
        for row in rows
    ]


def seen(
    db: Connection, council: str, contribution_id: str, version: int, staff_id: str, now: datetime
) -> bool:
    """The reader has put their notice away; False if there is none that waits."""
    changed = db.execute(
        update(reader_notices)
        .where(
            reader_notices.c.council == council,
            reader_notices.c.contribution_id == contribution_id,
            reader_notices.c.version == version,
            reader_notices.c.staff_id == staff_id,
            reader_notices.c.seen_at.is_(None),
        )
        .values(seen_at=now)
    )
    return changed.rowcount == 1
