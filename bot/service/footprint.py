"""What of quality notes, challenges and hand-overs belongs on the first page of an officer and of a
manager: what is overdue, and who has left with open work."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.access.roles import OFFICERS
from bot.service import handing_over, notes
from bot.service.admission import Admitted
from bot.service.handing_over import Officer
from bot.service.house import House
from bot.service.notes import Listed


@dataclass(frozen=True, slots=True)
class AtFirst:
    """`leavers`: of a manager's team."""

    overdue: tuple[Listed, ...]
    leavers: tuple[Officer, ...] = ()


def at_first(db: Connection, house: House, staff: Admitted, now: datetime) -> AtFirst:
    """Reads only, and no word of anybody."""
    late = notes.overdue(db, house, staff, now)
    if staff.role in OFFICERS:
        return AtFirst(late)
    return AtFirst(late, handing_over.leavers(db, house, staff, now))
