"""`sayso staff`: members of staff, their ways in, and the end of those."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from bot.access.roles import Role
from bot.media.remaking import Remaker, limits_of
from bot.opening import NotMigrated, opened
from bot.service import accounts, officer_picture, signing_in
from bot.service.accounts import StaffUnknown
from bot.service.house import House
from bot.service.made import CannotMake, Wrong
from bot.web.context import now
from conversations.attaching import Medium
from storage import people, staff_accounts
from storage.migrate import is_current
from storage.people import Staff
from storage.staff_pictures import Picture
from storage.tables import councils

T = TypeVar("T")

__all__ = ["EmailTaken", "StaffUnknown", "UnknownRole"]


class UnknownRole(Exception):
    """There is no such role; the text lists those there are."""


async def add(house: House, name: str, role: str, email: str | None, team: str = "") -> str:
    """Add them; the link signs in once, within half an hour."""
    try:
        known = Role(role)
    except ValueError:
        roles = ", ".join(one.value for one in Role)
        raise UnknownRole(f"There is no role {role!r}. Roles: {roles}.") from None
    return await _written(house, lambda db: _add(db, house, name, known, email, team))


class EmailTaken(Exception):
    """Somebody signs in by this address already, or did before they left."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody has this e-mail address already. See: sayso staff list. If they are back, "
            "run: sayso staff enable"
        )


async def reset(house: House, who: str, *, second_factor: bool) -> tuple[str, str]:
    """Their name, and a fresh link. `StaffUnknown`."""

    def work(db: Connection) -> tuple[str, str]:
        member = accounts.find(db, house, who)
        too = second_factor
        link = accounts.reset(db, house, member.staff_id, now(), second_factor_too=too)
        return member.name, link

    return await _written(house, work)


async def disable(house: House, who: str) -> tuple[str, int]:
    """Their name, and how many sessions were ended. `StaffUnknown`."""

    def work(db: Connection) -> tuple[str, int]:
        member = accounts.find(db, house, who)
        return member.name, accounts.disable(db, house, member.staff_id, now())

    return await _written(house, work)


async def enable(house: House, who: str) -> str:
    """Their name. `StaffUnknown`."""

    def work(db: Connection) -> str:
        member = accounts.find(db, house, who)
        accounts.enable(db, house, member.staff_id, now())
        return member.name

    return await _written(house, work)


async def set_picture(house: House, who: str, content: bytes) -> str:
    """Their name. The picture is made anew, small and without where and when it was taken.
    `StaffUnknown`; `NoPicture`."""
    limits = replace(limits_of(house.settings), longest_side=officer_picture.LONGEST_SIDE)
    try:
        made = await Remaker(limits)(Medium.PICTURE, content)
    except CannotMake as error:
        raise NoPicture(_WRONG.get(error.wrong, _NO_PICTURE)) from None
    picture = Picture(made.media_type, made.content)
    return await _written(house, lambda db: officer_picture.put(db, house, who, picture, now()))


async def remove_picture(house: House, who: str) -> tuple[str, bool]:
    """Their name, and whether there was one. `StaffUnknown`."""
    return await _written(house, lambda db: officer_picture.remove(db, house, who, now()))


class NoPicture(Exception):
    """Nothing can be made of the file; the text says why."""


_NO_PICTURE = "That is no picture that can be read. JPEG, PNG, WebP or GIF will do."
_WRONG = {
    Wrong.EMPTY: "There is nothing in that file.",
    Wrong.TOO_BIG: "That file is too big. Make a smaller picture of it.",
    Wrong.TOO_LARGE: "That picture has too many pixels. Make a smaller one of it.",
}


async def everybody(house: House) -> list[Staff]:
    """All members of staff, by name."""
    found = await _written(house, lambda db: people.all_staff(db, house.id))
    return sorted(found, key=lambda one: one.name)


async def _written(house: House, work: Callable[[Connection], T]) -> T:
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        return await store.write(work)


def _add(db: Connection, house: House, name: str, role: Role, email: str | None, team: str) -> str:
    make = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    db.execute(
        make(councils).on_conflict_do_nothing(),
        {"council": house.id, "demo": house.council.demo, "created_at": now()},
    )
    if email and staff_accounts.is_taken(db, house.keys, house.id, email):
        raise EmailTaken
    member = Staff(house.id, str(uuid.uuid4()), role.value, name, email, team=team)
    people.add_staff(db, house.keys, member, now())
    return signing_in.make_link(db, house, member.staff_id, now())
