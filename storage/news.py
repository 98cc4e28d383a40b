"""Counts of what has come since a moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from storage.alerts import Team
from storage.tables import alerts, contributions, reviews, staff, tasks


def of_officer(db: Connection, council: str, officer_id: str, then: datetime) -> int:
    """What was sent before reviews of this officer, what waits for them, what they have to read."""
    mine = reviews.c.officer_id == officer_id
    sent = _about(contributions, council).where(mine, contributions.c.sent_at > then)
    to_read = _about(alerts, council).where(
        mine, alerts.c.team == Team.OFFICER.value, alerts.c.raised_at > then
    )
    return _sum(db, sent, to_read, _tasks(council, mine, then))


def of_team(db: Connection, council: str, team: str, then: datetime) -> int:
    """What waits for a manager: what went wrong, or was asked for, in their team."""
    members = select(staff.c.staff_id).where(staff.c.council == council, staff.c.team == team)
    return _sum(db, _tasks(council, reviews.c.officer_id.in_(members), then))


def of_teams(
    db: Connection, council: str, teams: Sequence[Team], then: datetime, now: datetime
) -> int:
    """Alerts for these teams, and those of others that have become late since."""
    late = and_(alerts.c.acknowledge_by > then, alerts.c.acknowledge_by <= now)
    raised = and_(alerts.c.team.in_([team.value for team in teams]), alerts.c.raised_at > then)
    return _sum(
        db,
        select(func.count()).where(
            alerts.c.council == council,
            alerts.c.closed_at.is_(None),
            alerts.c.acknowledged_at.is_(None),
            or_(raised, and_(late, alerts.c.team == Team.OFFICER.value)),
        ),
    )


def _tasks(council: str, whose: ColumnElement[bool], then: datetime) -> Select[Any]:
    return _about(tasks, council).where(whose, tasks.c.made_at > then, tasks.c.done_at.is_(None))


def _about(table: Any, council: str) -> Select[Any]:
    same = (reviews.c.council == table.c.council) & (reviews.c.review_id == table.c.review_id)
    joined = table.join(reviews, same)
    return select(func.count()).select_from(joined).where(table.c.council == council)


def _sum(db: Connection, *counts: Select[Any]) -> int:
    return sum(db.execute(one).scalar_one() for one in counts)
