"""`sayso staff add`: a member of staff, and their first way in."""

import uuid

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from bot.access.roles import Role
from bot.service import signing_in
from bot.service.house import House
from bot.serving import NotMigrated, opened
from bot.web.context import now
from storage import people
from storage.migrate import is_current
from storage.people import Staff
from storage.tables import councils


class UnknownRole(Exception):
    """There is no such role; the text lists those there are."""


async def add(house: House, name: str, role: str, email: str | None, team: str = "") -> str:
    """Add them; the link signs in once, within half an hour."""
    try:
        known = Role(role)
    except ValueError:
        roles = ", ".join(one.value for one in Role)
        raise UnknownRole(f"There is no role {role!r}. Roles: {roles}.") from None
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        return await store.write(lambda db: _add(db, house, name, known, email, team))


def _add(db: Connection, house: House, name: str, role: Role, email: str | None, team: str) -> str:
    make = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    db.execute(
        make(councils).on_conflict_do_nothing(),
        {"council": house.id, "demo": house.council.demo, "created_at": now()},
    )
    member = Staff(house.id, str(uuid.uuid4()), role.value, name, email, team=team)
    people.add_staff(db, house.keys, member, now())
    return signing_in.make_link(db, house, member.staff_id, now())
