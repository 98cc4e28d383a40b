"""Invitations leave by GOV.UK Notify, and it is asked whether they arrive.

What leaves is a link, how to stop, and nothing that says what it is about. A row that may have been
sent is looked up by its reference before it is sent again: nobody is invited twice.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.delivery.filing import Filed, Never, NotNow
from bot.delivery.notify import SECONDS, Notify, Taken, may_be_taken
from bot.service import inviting, quiet
from bot.service.house import House
from bot.service.inviting import DESTINATION, RECEIPT, Leaving, Wanted
from bot.service.outcome import Delivered, GiveUp, Outcome, TryLater, backoff
from bot.web.context import now
from storage.alert_calls import Way
from storage.outbox import Claimed
from storage.store import Store

log = structlog.get_logger()

AT_ONCE = 8
"""Notify takes 3,000 a minute; alerts have a lane of their own and wait for none of these."""
GIVE_UP = timedelta(days=3)
RECEIPT_FIRST, RECEIPT_SLOWEST = timedelta(minutes=1), timedelta(hours=1)
RECEIPT_WITHIN = timedelta(days=4)
"""Notify itself gives up after three."""
NOT_TAKEN = "not-taken"
"""Why one bounced that Notify never took."""


@dataclass(slots=True)
class Inviting:
    """Delivers invitations and reminders of them, and asks for their receipts. `since`: when this
    process began to."""

    store: Store
    house: House
    seconds: float = SECONDS
    since: datetime = field(default_factory=now)
    _notify: Notify | None = None

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset({DESTINATION, RECEIPT})

    @property
    def at_once(self) -> int:
        return AT_ONCE

    async def deliver(self, row: Claimed) -> Outcome:
        leaving = Leaving.of(row.payload)
        if row.destination == RECEIPT:
            return await self._receipt(row, leaving)
        moment = now()
        if quiet.is_quiet(self.house.council.reminders, moment):
            return TryLater(quiet.until(self.house.council.reminders, moment) - moment)
        wanted = await self.store.read(lambda db: inviting.wanted(db, self.house, leaving, moment))
        if wanted is None:
            return GiveUp(lambda db: inviting.withdrawn(db, self.house, leaving.sending_id, now()))
        match await self._send(row, leaving, wanted):
            case Filed(reference=notified):
                log.info("invitation_left", sending_id=leaving.sending_id, way=wanted.way.value)
                person_id = row.person_id or ""
                return Delivered(
                    lambda db: inviting.left(db, self.house, leaving, person_id, notified, now())
                )
            case Never(why=why):
                log.error("invitation_not_taken", sending_id=leaving.sending_id, why=why)
                return self._bounced(leaving, NOT_TAKEN)
            case NotNow() as result:
                if now() - row.created_at > GIVE_UP:
                    return self._bounced(leaving, NOT_TAKEN)
                log.warning("invitation_again", sending_id=leaving.sending_id, why=result.why)
                return TryLater(result.after or backoff(row.attempts), unknown=result.unknown)

    async def _send(self, row: Claimed, leaving: Leaving, wanted: Wanted) -> Filed | NotNow | Never:
        settings = self.house.settings
        way = Way(wanted.way.value)
        sms = way is Way.SMS
        template = settings.notify_sms_template if sms else settings.notify_email_template
        if not (settings.notify_key and template):
            return Never("GOV.UK Notify is not set up (SAYSO_NOTIFY_KEY and its templates)")
        notify = self._service()
        if may_be_taken(row, self.since, now()):
            match await notify.taken(leaving.key):
                case Taken(notified=notified):
                    return Filed(notified)
                case NotNow() | Never() as result:
                    return result
                case None:
                    pass
        return await notify.send(way, wanted.address, template, wanted.says, leaving.key)

    async def _receipt(self, row: Claimed, leaving: Leaving) -> Outcome:
        """Where Notify calls us back this finds that it is known, and ends."""
        if not self.house.settings.notify_key:
            return Delivered()  # taken away since
        if not await self.store.read(
            lambda db: inviting.is_under_way(db, self.house, leaving.sending_id)
        ):
            return Delivered()
        match await self._service().receipt(leaving.notified):
            case Taken(arrived=True):
                return Delivered(lambda db: _arrived(inviting.arrived(
                    db, self.house, leaving.sending_id, now()
                )))  # fmt: skip
            case Taken(arrived=False, status=status):
                return self._bounced(leaving, status)
            case _ if now() - row.created_at > RECEIPT_WITHIN:
                return Delivered()
            case _:
                after = RECEIPT_FIRST * 2 ** min(row.attempts - 1, 6)
                return TryLater(min(after, RECEIPT_SLOWEST))

    def _bounced(self, leaving: Leaving, why: str) -> GiveUp:
        return GiveUp(
            lambda db: _arrived(inviting.bounced(db, self.house, leaving.sending_id, why, now()))
        )

    def _service(self) -> Notify:
        if self._notify is None:
            settings = self.house.settings
            self._notify = Notify(settings.notify_url, settings.notify_key, self.seconds)
        return self._notify

    async def close(self) -> None:
        if self._notify is not None:
            await self._notify.close()


def _arrived(_first: bool) -> None:
    """Whether it was the first to say so matters to nobody here."""
