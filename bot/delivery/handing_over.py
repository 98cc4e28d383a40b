"""The moment at which a planned hand-over happens: a row of the outbox for each young person."""

import json
from dataclasses import dataclass

import structlog

from bot.service import handing_over
from bot.service.house import House
from bot.service.outcome import Delivered, GiveUp, Outcome
from bot.service.rearranging import NoOfficer
from bot.service.telling import Notice
from bot.web.context import now
from storage.errors import Unknown
from storage.outbox import Claimed
from storage.store import Store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class HandingOver:
    """Does it, in a transaction of its own: what comes again finds it done."""

    store: Store
    house: House
    notice: Notice | None

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset({handing_over.DESTINATION})

    @property
    def at_once(self) -> int:
        return 1  # ninety at once would keep a young person's message waiting

    async def deliver(self, row: Claimed) -> Outcome:
        plain = json.loads(row.payload)
        try:
            done = await self.store.write(
                lambda db: handing_over.carry_out(
                    db, self.house, plain["hand_over_id"], plain["person_id"], now(), self.notice
                )
            )
        except Unknown:  # erased since it was planned
            return GiveUp()
        except NoOfficer:
            # The manager's page shows that it did not happen, and for whom.
            log.error("hand_over_without_officer", hand_over_id=plain["hand_over_id"])
            return GiveUp()
        log.info("handed_over" if done else "hand_over_undone", outbox_id=row.outbox_id)
        return Delivered()
