"""How it stands with what comes in and goes out: counts, nothing of any person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from storage.tables import alerts, inbox, outbox, tasks


@dataclass(frozen=True, slots=True)
class Lane:
    """What waits for one destination. `retried`: rows that failed at least once."""

    destination: str
    rows: int
    oldest_seconds: float
    retried: int


@dataclass(frozen=True, slots=True)
class Queues:
    """`tasks`: open ones by kind. A filing that a person has to look at is one of them. `alerts`:
    those that nobody has taken on; of these `late`: somebody should have by now; `unreached`:
    nobody could be told of them by any way."""

    lanes: list[Lane]
    tasks: dict[str, int]
    quarantined: int
    alerts: int
    late: int
    unreached: int


def look(db: Connection, now: datetime) -> Queues:
    """All councils of this database together. Only what is waiting is counted: the tables of what
    is done grow for years, and on SQLite nothing else happens meanwhile."""
    waiting = db.execute(
        select(
            outbox.c.destination,
            func.count().label("rows"),
            func.min(outbox.c.created_at).label("oldest"),
        ).group_by(outbox.c.destination)
    ).all()
    again = db.execute(
        select(outbox.c.destination, func.count())
        .where(outbox.c.attempts > 0, outbox.c.state == "waiting")
        .group_by(outbox.c.destination)
    )
    tried: dict[str, int] = {row[0]: row[1] for row in again}
    lanes = [
        Lane(
            row.destination,
            row.rows,
            max(0.0, (now - row.oldest).total_seconds()),
            tried.get(row.destination, 0),
        )
        for row in waiting
    ]
    undone = db.execute(
        select(tasks.c.kind, func.count()).where(tasks.c.done_at.is_(None)).group_by(tasks.c.kind)
    )
    quarantined = db.execute(
        select(func.count()).select_from(inbox).where(inbox.c.quarantined.is_not(None))
    ).scalar_one()
    nobody_s = (alerts.c.closed_at.is_(None), alerts.c.acknowledged_at.is_(None))
    waits = select(func.count()).select_from(alerts).where(*nobody_s)
    raised = db.execute(waits).scalar_one()
    late = db.execute(waits.where(alerts.c.acknowledge_by < now)).scalar_one()
    unreached = db.execute(waits.where(alerts.c.unreached_at.is_not(None))).scalar_one()
    open_tasks = {row[0]: row[1] for row in undone}
    return Queues(lanes, open_tasks, quarantined, raised, late, unreached)
