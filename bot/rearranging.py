"""`sayso rearrange`: a review has another day, is off, or is run by somebody else."""

from datetime import date
from functools import partial

from sqlalchemy import Connection

from bot.channels.telegram.notices import notice as chat_notice
from bot.opening import NotMigrated, opened
from bot.service import accounts, rearranging
from bot.service.accounts import StaffUnknown
from bot.service.house import House
from bot.service.rearranging import How, Why
from bot.web.context import now
from storage.errors import Unknown
from storage.migrate import is_current


class CannotRearrange(Exception):
    """Nothing was changed; the text says why."""


async def rearrange(
    house: House, review_id: str, *, on: date | None, off: bool, officer: str
) -> bool:
    """Whether anything is otherwise than before. `CannotRearrange`."""

    notice = partial(chat_notice, house) if house.settings.telegram_token else None

    def work(db: Connection) -> bool:
        try:
            if on is not None:
                return rearranging.move(
                    db, house, review_id, on, "sayso", now(), How(notice=notice)
                )
            if off:
                return rearranging.stand_down(
                    db, house, review_id, "sayso", now(), Why(notice=notice)
                )
            member = accounts.find(db, house, officer)
            return rearranging.hand_over(db, house, review_id, member.staff_id, "sayso", now())
        except Unknown:
            raise CannotRearrange(f"{house.council.name} has no review {review_id!r}.") from None
        except rearranging.Over:
            raise CannotRearrange(f"{review_id} was held: its day stays.") from None
        except rearranging.NoOfficer:
            raise CannotRearrange(
                f"{officer} runs no reviews of this kind. Name somebody whose role is iro or "
                "pathway_review_officer: sayso staff list"
            ) from None
        except StaffUnknown as error:
            raise CannotRearrange(str(error)) from None

    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        return await store.write(work)
