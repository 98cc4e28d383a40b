"""How many lines have come since a page was made: counts, for the line that says so."""

from datetime import datetime

from sqlalchemy import Connection

from bot.access.roles import OFFICERS, Role
from bot.service.admission import Admitted
from bot.service.alerts import DUTY_TEAMS
from bot.service.house import House
from storage import news


def since(db: Connection, house: House, staff: Admitted, then: datetime, now: datetime) -> int:
    """For an officer what was sent to them, asked of them or is to be read; for a duty worker the
    alerts. Nobody's name is opened."""
    if staff.role in OFFICERS:
        return news.of_officer(db, house.id, staff.staff_id, then)
    if staff.role is Role.DUTY_WORKER:
        return news.of_teams(db, house.id, DUTY_TEAMS, then, now)
    if staff.role is Role.UNIT_MANAGER:
        return news.of_team(db, house.id, staff.team, then)
    return 0
