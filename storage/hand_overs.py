"""Young people who get another officer from a day on: planned, undone, done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from storage.errors import Unknown
from storage.note_tables import hand_over_children, hand_overs


@dataclass(frozen=True, slots=True)
class HandOver:
    """`happens_at`: until then it can be undone. `children`: each with when it was done, if it
    was."""

    hand_over_id: str
    from_id: str
    to_id: str
    from_on: date
    made_at: datetime
    made_by: str
    happens_at: datetime
    undone_at: datetime | None
    children: dict[str, datetime | None]

    @property
    def waits(self) -> bool:
        return self.undone_at is None and not all(self.children.values())

    @property
    def begun(self) -> bool:
        return any(self.children.values())


def add(db: Connection, council: str, one: HandOver) -> None:
    db.execute(
        insert(hand_overs),
        {
            "council": council,
            "hand_over_id": one.hand_over_id,
            "from_id": one.from_id,
            "to_id": one.to_id,
            "from_on": one.from_on,
            "made_at": one.made_at,
            "made_by": one.made_by,
            "happens_at": one.happens_at,
        },
    )
    db.execute(
        insert(hand_over_children),
        [
            {"council": council, "hand_over_id": one.hand_over_id, "person_id": person_id}
            for person_id in one.children
        ],
    )


def lock(db: Connection, council: str, hand_over_id: str) -> HandOver:
    """Others wait for our commit: of undoing it and its happening, one is first. `Unknown`."""
    row = db.execute(
        select(hand_overs)
        .where(hand_overs.c.council == council, hand_overs.c.hand_over_id == hand_over_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise Unknown(f"hand-over {hand_over_id}")
    return _hand_overs(db, council, [row])[0]


def made_from(
    db: Connection, council: str, officer_ids: Collection[str], since: datetime
) -> list[HandOver]:
    """Those of these officers' children that happen, or happened, after this time. Two queries,
    however many."""
    rows = db.execute(
        select(hand_overs)
        .where(
            hand_overs.c.council == council,
            hand_overs.c.from_id.in_(list(officer_ids)),
            hand_overs.c.happens_at >= since,
        )
        .order_by(hand_overs.c.made_at.desc(), hand_overs.c.hand_over_id)
    ).all()
    return _hand_overs(db, council, rows)


def undo(db: Connection, council: str, hand_over_id: str, now: datetime) -> None:
    db.execute(
        update(hand_overs)
        .where(hand_overs.c.council == council, hand_overs.c.hand_over_id == hand_over_id)
        .values(undone_at=now)
    )


def done(db: Connection, council: str, hand_over_id: str, person_id: str, now: datetime) -> None:
    db.execute(
        update(hand_over_children)
        .where(
            hand_over_children.c.council == council,
            hand_over_children.c.hand_over_id == hand_over_id,
            hand_over_children.c.person_id == person_id,
        )
        .values(done_at=now)
    )


def _hand_overs(db: Connection, council: str, rows: Sequence[Row[Any]]) -> list[HandOver]:
    """With their children, those of all of them in one go."""
    found = db.execute(
        select(hand_over_children)
        .where(
            hand_over_children.c.council == council,
            hand_over_children.c.hand_over_id.in_([row.hand_over_id for row in rows]),
        )
        .order_by(hand_over_children.c.person_id)
    )
    children: dict[str, dict[str, datetime | None]] = {row.hand_over_id: {} for row in rows}
    for one in found:
        children[one.hand_over_id][one.person_id] = one.done_at
    return [
        HandOver(
            row.hand_over_id,
            row.from_id,
            row.to_id,
            row.from_on,
            row.made_at,
            row.made_by,
            row.happens_at,
            row.undone_at,
            children[row.hand_over_id],
        )
        for row in rows
    ]
