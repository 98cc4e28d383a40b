"""How a young person took part in a review, as a person confirmed it. One row for each review."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from conversations.participation import Briefed, Code
from storage.sealing import Place, seal, unseal
from storage.tables import participation


@dataclass(frozen=True, slots=True)
class Confirmed:
    """`code` is PN0 to PN7, none for a pathway review; `method` says the same in words of ours;
    `reason`: why it is another than the proposed one."""

    review_id: str
    code: Code | None
    proposed: Code | None
    method: str
    reason: str | None
    briefed: Briefed | None
    confirmed_by: str
    confirmed_at: datetime


def _place(council: str, column: str, review_id: str) -> Place:
    return Place(council, "participation", column, review_id)


def get(db: Connection, council: str, review_id: str) -> Confirmed | None:
    """What was confirmed for this review, if anything was."""
    row = db.execute(
        select(participation).where(
            participation.c.council == council, participation.c.review_id == review_id
        )
    ).one_or_none()
    return _confirmed(row) if row is not None else None


def confirm(db: Connection, council: str, confirmed: Confirmed) -> bool:
    """Keep the first confirmation; False, and nothing is kept, if there is one already."""
    make = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    added = db.execute(
        make(participation)
        .values(council=council, review_id=confirmed.review_id, **_values(council, confirmed))
        .on_conflict_do_nothing()
    )
    return added.rowcount == 1


def correct(db: Connection, council: str, confirmed: Confirmed, seen_at: datetime) -> bool:
    """Put it in place of the one confirmed at `seen_at`; False, and nothing is kept, if that one
    is not the newest any more."""
    changed = db.execute(
        update(participation)
        .where(
            participation.c.council == council,
            participation.c.review_id == confirmed.review_id,
            participation.c.confirmed_at == seen_at,
        )
        .values(**_values(council, confirmed))
    )
    return changed.rowcount == 1


def _values(council: str, confirmed: Confirmed) -> dict[str, object]:
    reason, briefed, review_id = confirmed.reason, confirmed.briefed, confirmed.review_id
    plain = json.dumps({"name": briefed.name, "on": briefed.on.isoformat()}) if briefed else None
    return {
        "code": confirmed.code and confirmed.code.value,
        "proposed": confirmed.proposed and confirmed.proposed.value,
        "method": confirmed.method,
        "reason": seal(_place(council, "reason", review_id), reason) if reason else None,
        "briefed": seal(_place(council, "briefed", review_id), plain) if plain else None,
        "confirmed_by": confirmed.confirmed_by,
        "confirmed_at": confirmed.confirmed_at,
    }


def _confirmed(row: Row[Any]) -> Confirmed:
    council, review_id, briefed = row.council, row.review_id, None
    if row.briefed is not None:
        plain = json.loads(unseal(_place(council, "briefed", review_id), row.briefed))
        briefed = Briefed(plain["name"], date.fromisoformat(plain["on"]))
    reason = unseal(_place(council, "reason", review_id), row.reason) if row.reason else None
    return Confirmed(
        review_id,
        Code(row.code) if row.code else None,
        Code(row.proposed) if row.proposed else None,
        row.method,
        reason,
        briefed,
        row.confirmed_by,
        row.confirmed_at,
    )
