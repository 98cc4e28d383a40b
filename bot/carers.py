"""`sayso carers`: foster carers whose review is due."""

from functools import partial

from bot.opening import NotMigrated, opened
from bot.service import carers
from bot.service.accounts import StaffUnknown
from bot.service.carers import CannotAdd, Household
from bot.service.house import House
from bot.web.context import now
from storage.migrate import is_current

__all__ = ["CannotAdd", "Household", "StaffUnknown", "add"]


async def add(house: House, household: Household) -> str:
    """The id of the review that was added. `CannotAdd`, `StaffUnknown`."""
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        work = partial(carers.add, house=house, household=household, by="sayso", now=now())
        return (await store.write(work)).review_id
