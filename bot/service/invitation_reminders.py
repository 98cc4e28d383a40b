"""Who was invited by text message or e-mail and has not come is reminded, as the council plans it.

The plan is `[invitations]` in the council's file: after so many days each, not in the last days
before the meeting, not at night. Whoever came, or stopped the messages, is never reminded. A letter
reminds nobody: the desk lists who was sent one and has not come.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot.service import inviting, quiet
from bot.service.days import local_day
from bot.service.house import House
from storage import invitation_sendings as sendings
from storage import people, reviews
from storage.invitation_sendings import Sending
from storage.store import Store

_LOOKED_AT = 50


@dataclass(slots=True)
class Reminding:
    """Looks over the invitations that wait, a few at a time."""

    store: Store
    house: House
    _last: str = ""

    async def step(self, now: datetime) -> bool:
        """Remind whom it is time for, of the next few; False when all were looked at."""
        plan = self.house.council.invitations
        if not plan.remind_after_days or quiet.is_quiet(self.house.council.reminders, now):
            return False
        last = self._last
        found = await self.store.read(
            lambda db: sendings.waiting(db, self.house.id, now, _LOOKED_AT, last)
        )
        for first in found:
            if await self.store.read(partial(due, house=self.house, first=first, now=now)):
                work = partial(remind, house=self.house, first=first, now=now)
                await self.store.write(work, patient=True)
        more = len(found) == _LOOKED_AT
        self._last = found[-1].sending_id if more else ""
        return more


def due(db: Connection, house: House, first: Sending, now: datetime) -> int:
    """Which of its reminders is due; 0: none. Of several that were missed only the last one."""
    plan = house.council.invitations
    since = first.sent_at or first.made_at
    passed = [
        number
        for number, days in enumerate(plan.remind_after_days, 1)
        if now >= since + timedelta(days=days)
    ]
    if not passed or people.is_erased(db, house.id, first.person_id):
        return 0
    review = reviews.get(db, house.id, first.review_id)
    if review.looks_back_on is None and (review.held or review.stood_down):
        return 0
    day: date | None = review.meeting_on if review.looks_back_on is None else None
    if day is not None and local_day(now) > day - timedelta(days=plan.stop_before_days):
        return 0
    sent = [one.number for one in sendings.of_review(db, house.id, first.review_id)
            if one.made_at >= first.made_at and one.address_id == first.address_id]  # fmt: skip
    return passed[-1] if passed[-1] > max(sent, default=0) else 0


def remind(db: Connection, house: House, first: Sending, now: datetime) -> bool:
    """Once: of two workers the second finds that it is done."""
    reviews.lock(db, house.id, first.review_id)
    number = due(db, house, first, now)
    return bool(number) and inviting.remind(db, house, first, number, now)
