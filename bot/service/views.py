"""Views that a member of staff keeps of the list of reviews: filters under a name."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.service.admission import Admitted, Asked, require
from bot.service.house import House
from bot.service.listing import Wanted
from storage import saved_views
from storage.errors import Unknown
from storage.saved_views import View

MOST = 12
MOST_LETTERS = 40


class Problem(StrEnum):
    """Why a view is not kept."""

    NO_NAME = "no_name"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    NO_FILTER = "no_filter"


def mine(db: Connection, house: House, staff: Admitted) -> list[View]:
    return saved_views.of_staff(db, house.id, staff.staff_id)


def keep(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    name: str,
    wanted: Wanted,
    now: datetime,
) -> Problem | str:
    """Keep the filters, not what was searched for: the view's id."""
    require(db, house, staff, asked)
    name = " ".join(name.split())
    if not name:
        return Problem.NO_NAME
    if len(name) > MOST_LETTERS:
        return Problem.TOO_LONG
    query = replace(wanted, name="", page=1).query()
    if not query:
        return Problem.NO_FILTER
    if saved_views.count(db, house.id, staff.staff_id) >= MOST:
        return Problem.TOO_MANY
    return saved_views.add(db, house.id, staff.staff_id, name, query, now)


def remove(db: Connection, house: House, staff: Admitted, asked: Asked, view_id: str) -> None:
    """`Unknown` if it is not theirs."""
    require(db, house, staff, asked)
    if not saved_views.remove(db, house.id, staff.staff_id, view_id):
        raise Unknown(f"view {view_id}")
