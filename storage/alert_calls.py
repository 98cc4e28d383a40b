"""Whom an alert was told to, by which way, and whether it arrived; and who is told next.

The alert's row says which step comes next and when. It is moved on only by whoever still finds it
as they read it, in the transaction that puts the calls out: a step is neither lost nor done twice,
whoever restarts and however many work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from storage.alerts import Team
from storage.errors import Unknown
from storage.tables import alert_calls, alerts


class Step(StrEnum):
    """Who is told."""

    TEAM = "team"  # the duty team, or that for adults
    OUT_OF_HOURS = "out_of_hours"  # the emergency duty team's contact
    MANAGER = "manager"


class Way(StrEnum):
    """How somebody is told who does not look at the desk."""

    SMS = "sms"
    EMAIL = "email"
    HTTPS = "https"


class State(StrEnum):
    """How it stands with one call."""

    WAITING = "waiting"
    ARRIVED = "arrived"  # the other side has taken it
    NOT_ARRIVED = "not_arrived"  # refused, or not taken in time; it may arrive yet
    NOT_NEEDED = "not_needed"  # somebody took the alert on before


@dataclass(frozen=True, slots=True)
class Call:
    """One message to one address. `number`: its place among the alert's; `why`: of one that did
    not arrive."""

    number: int
    step: Step
    way: Way
    state: State
    called_at: datetime
    changed_at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with telling somebody of an alert. `step`, `at`: who is told next, and when;
    none: nobody. `waits`: nobody has taken it on or closed it."""

    alert_id: str
    team: Team
    raised_at: datetime
    acknowledge_by: datetime
    step: Step | None
    at: datetime | None
    unreached_at: datetime | None
    waits: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Alerts that nobody has taken on: `unreached`, of which nobody could be told by any way;
    `still`, of which somebody should have been told a while ago, and nothing moves."""

    unreached: int
    still: int


def _mine(council: str, alert_id: str) -> ColumnElement[bool]:
    return and_(alerts.c.council == council, alerts.c.alert_id == alert_id)


_WAITS = and_(alerts.c.acknowledged_at.is_(None), alerts.c.closed_at.is_(None))
_STANDING = select(
    alerts.c.alert_id, alerts.c.team, alerts.c.raised_at, alerts.c.acknowledge_by,
    alerts.c.next_step, alerts.c.next_at, alerts.c.unreached_at, _WAITS.label("waits"),
)  # fmt: skip


def due(db: Connection, council: str, now: datetime) -> list[Standing]:
    """Those that nobody has taken on, and that somebody else has to be told of by now."""
    found = _STANDING.where(alerts.c.council == council, _WAITS, alerts.c.next_at <= now)
    return [_standing(row) for row in db.execute(found.order_by(alerts.c.next_at))]


def lock(db: Connection, council: str, alert_id: str) -> Standing:
    """How it stands with one; others wait for our commit. `Unknown`."""
    found = _STANDING.where(_mine(council, alert_id)).with_for_update()
    row = db.execute(found).one_or_none()
    if row is None:
        raise Unknown(f"alert {alert_id}")
    return _standing(row)


def standing(db: Connection, council: str, alert_id: str) -> Standing:
    """The same, to look at. `Unknown`."""
    row = db.execute(_STANDING.where(_mine(council, alert_id))).one_or_none()
    if row is None:
        raise Unknown(f"alert {alert_id}")
    return _standing(row)


def plan(
    db: Connection, council: str, alert_id: str, step: Step | None, at: datetime | None
) -> None:
    """Who is told next, and when."""
    db.execute(update(alerts).where(_mine(council, alert_id)).values(next_step=step, next_at=at))


def move(
    db: Connection, council: str, seen: Standing, step: Step | None, at: datetime | None
) -> bool:
    """The same, if it still stands as it was `seen` and nobody has taken it on; else False, and
    somebody else has done what was to be done."""
    moved = db.execute(
        update(alerts)
        .where(
            _mine(council, seen.alert_id),
            _WAITS,
            alerts.c.next_step == seen.step,
            alerts.c.next_at == seen.at,
        )
        .values(next_step=step, next_at=at)
    )
    return moved.rowcount == 1


def unreached(db: Connection, council: str, alert_id: str, at: datetime | None) -> None:
    """Since when nobody could be told of it; None: somebody was, after all."""
    db.execute(update(alerts).where(_mine(council, alert_id)).values(unreached_at=at))


def add(
    db: Connection, council: str, alert_id: str, step: Step, ways: Sequence[Way], now: datetime
) -> list[int]:
    """Note that somebody is being told by these ways; the calls' numbers."""
    theirs = and_(alert_calls.c.council == council, alert_calls.c.alert_id == alert_id)
    first = db.execute(select(func.count()).select_from(alert_calls).where(theirs)).scalar_one()
    numbers = list(range(first, first + len(ways)))
    if ways:
        db.execute(
            insert(alert_calls),
            [
                {
                    "council": council,
                    "alert_id": alert_id,
                    "number": number,
                    "step": step.value,
                    "way": way.value,
                    "state": State.WAITING.value,
                    "called_at": now,
                    "changed_at": now,
                    "why": "",
                }
                for number, way in zip(numbers, ways, strict=True)
            ],
        )
    return numbers


def set_state(
    db: Connection, council: str, alert_id: str, number: int, state: State, now: datetime,
    why: str = "",
) -> bool:  # fmt: skip
    """How it stands with a call now; False if it stood so before."""
    changed = db.execute(
        update(alert_calls)
        .where(
            alert_calls.c.council == council,
            alert_calls.c.alert_id == alert_id,
            alert_calls.c.number == number,
            alert_calls.c.state != state.value,
        )
        .values(state=state.value, changed_at=now, why=why)
    )
    return changed.rowcount == 1


def of_alert(db: Connection, council: str, alert_id: str) -> tuple[Call, ...]:
    """All of them, in their order."""
    rows = db.execute(
        select(alert_calls)
        .where(alert_calls.c.council == council, alert_calls.c.alert_id == alert_id)
        .order_by(alert_calls.c.number)
    )
    return tuple(
        Call(
            row.number,
            Step(row.step),
            Way(row.way),
            State(row.state),
            row.called_at,
            row.changed_at,
            row.why,
        )
        for row in rows
    )


def trouble(db: Connection, council: str, before: datetime) -> Trouble:
    """Of a council. `before`: what should have moved by then and did not stands still."""
    mine = and_(alerts.c.council == council, _WAITS)
    count = select(func.count()).select_from(alerts)
    waiting = select(alert_calls.c.alert_id).where(
        alert_calls.c.council == council,
        alert_calls.c.state == State.WAITING.value,
        alert_calls.c.called_at < before,
    )
    still = or_(alerts.c.next_at < before, alerts.c.alert_id.in_(waiting))
    return Trouble(
        db.execute(count.where(mine, alerts.c.unreached_at.is_not(None))).scalar_one(),
        db.execute(count.where(mine, still)).scalar_one(),
    )


def _standing(row: Row[Any]) -> Standing:
    return Standing(
        row.alert_id,
        Team(row.team),
        row.raised_at,
        row.acknowledge_by,
        Step(row.next_step) if row.next_step else None,
        row.next_at,
        row.unreached_at,
        bool(row.waits),
    )
