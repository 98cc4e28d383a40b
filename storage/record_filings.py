"""The record of a review as it was filed to the case record, version by version. Never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, insert, select, update

from storage.contributions import Filing
from storage.errors import Unknown
from storage.review_tables import record_filings
from storage.sealing import Place, seal, unseal


@dataclass(frozen=True, slots=True)
class Version:
    """`document`: valid against `docs/schemas/review-record.schema.json`."""

    record_id: str
    version: int
    review_id: str
    person_id: str
    made_at: datetime
    made_by: str
    document: dict[str, Any]
    state: Filing = Filing.WAITING
    filed_at: datetime | None = None
    reference: str = ""


def _place(council: str, column: str, version: Version) -> Place:
    row = f"{version.record_id}/{version.version}"
    return Place(council, "record_filings", column, row, version.person_id)


def add(db: Connection, council: str, version: Version) -> None:
    content = orjson.dumps(version.document).decode()
    db.execute(
        insert(record_filings),
        {
            "council": council,
            "record_id": version.record_id,
            "version": version.version,
            "review_id": version.review_id,
            "person_id": version.person_id,
            "made_at": version.made_at,
            "made_by": version.made_by,
            "state": version.state.value,
            "content": seal(db, _place(council, "content", version), content),
        },
    )


def get(db: Connection, council: str, record_id: str, version: int) -> Version:
    """`Unknown` if it is not there (any more)."""
    row = db.execute(
        select(record_filings).where(
            record_filings.c.council == council,
            record_filings.c.record_id == record_id,
            record_filings.c.version == version,
        )
    ).one_or_none()
    if row is None:
        raise Unknown(f"review record {record_id} version {version}")
    return _version(db, row)


def of_review(db: Connection, council: str, review_id: str) -> tuple[Version, ...]:
    """Every version, the oldest first."""
    rows = db.execute(
        select(record_filings)
        .where(record_filings.c.council == council, record_filings.c.review_id == review_id)
        .order_by(record_filings.c.version)
    )
    return tuple(_version(db, row) for row in rows)


def set_state(
    db: Connection,
    council: str,
    version: Version,
    state: Filing,
    at: datetime | None = None,
    reference: str = "",
) -> None:
    """How far it has come; `reference`: where it is, once it is filed."""
    place = _place(council, "reference", version)
    db.execute(
        update(record_filings)
        .where(
            record_filings.c.council == council,
            record_filings.c.record_id == version.record_id,
            record_filings.c.version == version.version,
        )
        .values(
            state=state.value,
            filed_at=at,
            reference=seal(db, place, reference) if reference else None,
        )
    )


def _version(db: Connection, row: Row[Any]) -> Version:
    bare = Version(
        row.record_id, row.version, row.review_id, row.person_id, row.made_at, row.made_by, {}
    )
    plain = orjson.loads(unseal(db, _place(row.council, "content", bare), row.content))
    place = _place(row.council, "reference", bare)
    return Version(
        bare.record_id,
        bare.version,
        bare.review_id,
        bare.person_id,
        bare.made_at,
        bare.made_by,
        plain,
        Filing(row.state),
        row.filed_at,
        unseal(db, place, row.reference) if row.reference else "",
    )
