"""How a young person took part in a review, as a person confirmed it. One row for each review."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from conversations.participation import Briefed, Code
from storage.errors import Unknown
from storage.sealing import Place, seal, unseal
from storage.tables import participation, reviews


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


def _place(council: str, column: str, review_id: str, person_id: str) -> Place:
    return Place(council, "participation", column, review_id, person_id)


def get(db: Connection, council: str, review_id: str) -> Confirmed | None:
    """What was confirmed for this review, if anything was."""
    row = db.execute(
        select(participation, reviews.c.person_id)
        .join(
            reviews,
            (reviews.c.council == participation.c.council)
            & (reviews.c.review_id == participation.c.review_id),
        )
        .where(participation.c.council == council, participation.c.review_id == review_id)
    ).one_or_none()
    return _confirmed(db, row) if row is not None else None


def confirm(db: Connection, council: str, confirmed: Confirmed) -> bool:
    """Keep the first confirmation; False, and nothing is kept, if there is one already."""
    make = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    added = db.execute(
        make(participation)
        .values(council=council, review_id=confirmed.review_id, **_values(db, council, confirmed))
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
        .values(**_values(db, council, confirmed))
    )
    return changed.rowcount == 1


def _values(db: Connection, council: str, confirmed: Confirmed) -> dict[str, object]:
    briefed, review_id = confirmed.briefed, confirmed.review_id
    plain = {
        "reason": confirmed.reason or None,
        "briefed": json.dumps({"name": briefed.name, "on": briefed.on.isoformat()})
        if briefed
        else None,
    }
    person_id = db.execute(_PERSON, {"c": council, "r": review_id}).scalar_one_or_none()
    if person_id is None:
        raise Unknown(f"review {review_id}")
    return {
        "code": confirmed.code and confirmed.code.value,
        "proposed": confirmed.proposed and confirmed.proposed.value,
        "method": confirmed.method,
        "confirmed_by": confirmed.confirmed_by,
        "confirmed_at": confirmed.confirmed_at,
        **{
            column: seal(db, _place(council, column, review_id, person_id), value)
            if value is not None
            else None
            for column, value in plain.items()
        },
    }


_PERSON = select(reviews.c.person_id).where(
    reviews.c.council == bindparam("c"), reviews.c.review_id == bindparam("r")
)


def _confirmed(db: Connection, row: Row[Any]) -> Confirmed:
    council, review_id, person_id = row.council, row.review_id, row.person_id
    reason, briefed = None, None
    if row.briefed is not None:
        opened = unseal(db, _place(council, "briefed", review_id, person_id), row.briefed)
        plain = json.loads(opened)
        briefed = Briefed(plain["name"], date.fromisoformat(plain["on"]))
    if row.reason is not None:
        reason = unseal(db, _place(council, "reason", review_id, person_id), row.reason)
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
