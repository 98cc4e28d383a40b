"""Alerts leave: a text message or an e-mail by GOV.UK Notify, or a signed event by https.

What leaves is neutral: that something waits at the desk, since when, and where to sign in. Not a
word that was written, no name, no case number, not even what kind of alert it is.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from cloudevents.core.v1.event import CloudEvent

from bot.delivery.filing import Filed, Never, NotNow
from bot.delivery.https import Endpoint
from bot.delivery.notify import Notify, Taken, may_be_taken
from bot.service import ringing, taken_on
from bot.service.house import House
from bot.service.outcome import Delivered, GiveUp, Outcome, TryLater, backoff
from bot.service.ringing import DESTINATION, RECEIPT, Ring
from bot.service.wording import LONDON
from bot.web.context import now
from storage.alert_calls import Standing, Way
from storage.outbox import Claimed
from storage.store import Store

log = structlog.get_logger()

EVENT_TYPE = "urn:sayso:alert:waits:1"
TAKEN_ON_TYPE = "urn:sayso:alert:taken-on:1"

CLAIM = timedelta(seconds=15)
"""Longer than any call takes; after it another worker tries what a dead one had in hand."""
SECONDS = 5.0
"""For an answer."""
FAILING = timedelta(minutes=2)
"""A call that does not arrive for so long counts as not arriving: the next one is told, while it is
tried on."""
GIVE_UP = timedelta(days=1)
"""Then it is not tried any more; others were told long ago."""
_SLOWEST, _SLOWER = 10.0, 60.0  # seconds between tries, and once others have been told
TAKEN_ON_EVERY, TAKEN_ON_WITHIN = timedelta(seconds=5), timedelta(hours=1)
"""That somebody has taken it on is old news after that, and not worth a ringing telephone."""
RECEIPT_EVERY, RECEIPT_WITHIN = timedelta(minutes=1), timedelta(minutes=10)


@dataclass(slots=True)
class Ringing:
    """Delivers calls, and asks for the receipts of those that GOV.UK Notify took. `since`: when
    this process began to."""

    store: Store
    house: House
    seconds: float = SECONDS
    since: datetime = field(default_factory=now)
    _notify: Notify | None = None
    _endpoints: dict[str, Endpoint] = field(default_factory=dict)

    @property
    def destinations(self) -> frozenset[str]:
        return frozenset({DESTINATION, RECEIPT})

    @property
    def at_once(self) -> int:
        return 64

    async def deliver(self, row: Claimed) -> Outcome:
        """Carry one call; what follows from how it ended is written with it."""
        ring = Ring.of(row.payload)
        if row.destination == RECEIPT:
            return await self._receipt(row, ring)
        if ring.taken_on:
            return await self._taken_on(row, ring)
        waits = await self.store.read(lambda db: ringing.is_wanted(db, self.house, ring))
        if waits is None:
            return GiveUp(lambda db: ringing.not_needed(db, self.house, ring, now()))
        match await self._send(row, ring, waits):
            case Filed(reference=notified):
                log.info("alert_call_arrived", alert_id=ring.alert_id, way=ring.way.value)
                return Delivered(lambda db: ringing.arrived(db, self.house, ring, now(), notified))
            case Never(why=why):
                return self._not_arrived(ring, why)
            case NotNow() as result:
                return await self._later(row, ring, result)

    async def _taken_on(self, row: Claimed, ring: Ring) -> Outcome:
        """To an address that was called: somebody has taken it on."""
        found = await self.store.read(lambda db: taken_on.was_called(db, self.house, ring))
        late = now() - row.created_at > TAKEN_ON_WITHIN
        if found is None or found[1] is False or late:
            return GiveUp()
        if found[1] is None:
            return TryLater(TAKEN_ON_EVERY)
        match await self._send(row, ring, found[0]):
            case Filed():
                log.info("alert_taken_on_told", alert_id=ring.alert_id, way=ring.way.value)
                return Delivered()
            case Never(why=why):
                log.warning("alert_taken_on_not_told", alert_id=ring.alert_id, why=why)
                return GiveUp()
            case NotNow(after=after, unknown=unknown):
                return TryLater(after or backoff(row.attempts, most=_SLOWER), unknown=unknown)

    async def _send(self, row: Claimed, ring: Ring, waits: Standing) -> Filed | NotNow | Never:
        if ring.way is Way.HTTPS:
            return await self._post(ring, waits)
        settings = self.house.settings
        sms = ring.way is Way.SMS
        template = settings.notify_sms_template if sms else settings.notify_email_template
        if not (settings.notify_key and template):
            return Never("GOV.UK Notify is not set up (SAYSO_NOTIFY_KEY and its templates)")
        notify = self._service()
        if may_be_taken(row, self.since, now()):
            match await notify.taken(ring.key):
                case Taken(arrived=False, status=status):
                    return Never(f"GOV.UK Notify: {status}")
                case Taken(notified=notified):
                    return Filed(notified)
                case NotNow() | Never() as result:
                    return result
                case None:
                    pass
        says = says_of(ring, waits, self.house.settings.public_url)
        return await notify.send(ring.way, ring.to, template, says, ring.key)

    async def _post(self, ring: Ring, waits: Standing) -> Filed | NotNow | Never:
        secret = self.house.settings.case_record_secret
        if not secret:
            return Never("nothing can be signed (SAYSO_CASE_RECORD_SECRET)")
        if ring.to not in self._endpoints:
            self._endpoints[ring.to] = Endpoint(ring.to, secret, seconds=self.seconds)
        result = await self._endpoints[ring.to].post(ring.key, event_of(ring, waits, self.house))
        return Filed("") if isinstance(result, Filed) else result

    async def _later(self, row: Claimed, ring: Ring, result: NotNow) -> Outcome:
        age = now() - row.created_at
        slowest = _SLOWEST if age < FAILING else _SLOWER
        after = result.after or backoff(row.attempts, most=slowest)
        if age > GIVE_UP:
            return self._not_arrived(ring, result.why)
        log.warning("alert_call_again", alert_id=ring.alert_id, why=result.why)
        if age + after >= FAILING:
            await self.store.write(
                lambda db: ringing.not_arrived(db, self.house, ring, result.why, now())
            )
        return TryLater(after, unknown=result.unknown)

    def _not_arrived(self, ring: Ring, why: str) -> GiveUp:
        return GiveUp(lambda db: ringing.not_arrived(db, self.house, ring, why, now()))

    async def _receipt(self, row: Claimed, ring: Ring) -> Outcome:
        """Notify takes a wrong number too: that it did not arrive is known only afterwards."""
        if not self.house.settings.notify_key:
            return Delivered()  # taken away since
        found = await self._service().receipt(ring.notified)
        match found:
            case Taken(arrived=False, status=status):
                return self._not_arrived(ring, f"GOV.UK Notify: {status}")
            case Taken(arrived=True) | Never():
                return Delivered()
            case _ if now() - row.created_at > RECEIPT_WITHIN:
                return Delivered()  # a telephone that is off: whoever is next is told in time
            case NotNow() | Taken():
                return TryLater(RECEIPT_EVERY)

    def _service(self) -> Notify:
        if self._notify is None:
            settings = self.house.settings
            self._notify = Notify(settings.notify_url, settings.notify_key, self.seconds)
        return self._notify

    async def close(self) -> None:
        if self._notify is not None:
            await self._notify.close()
        for endpoint in self._endpoints.values():
            await endpoint.close()


def says_of(ring: Ring, waits: Standing, public_url: str) -> dict[str, str]:
    """What is filled into the template: `subject` (e-mail) and `text`."""
    desk = f"{public_url}/desk/alerts"
    look = f"Please look now: {desk}"
    since = waits.raised_at.astimezone(LONDON).strftime("%H:%M on %d/%m")
    if ring.taken_on:
        subject = "Sayso: somebody has taken it on"
        text = f"Sayso: what came to the desk at {since} was taken on. By whom: {desk}"
    elif ring.again:
        subject = "Sayso: something still waits at the desk"
        text = f"Sayso: something waits at the desk since {since} and nobody took it on. {look}"
    else:
        subject = "Sayso: something new at the desk"
        text = f"Sayso: something new waits at the desk since {since}. {look}"
    return {"subject": subject, "text": text} if ring.way is Way.EMAIL else {"text": text}


def event_of(ring: Ring, waits: Standing, house: House) -> CloudEvent:
    """For the council's own systems: as little as the others are told."""
    return CloudEvent(
        {
            "specversion": "1.0",
            "id": ring.key,
            "source": f"urn:sayso:{house.id}",
            "type": TAKEN_ON_TYPE if ring.taken_on else EVENT_TYPE,
            "subject": ring.alert_id,
            "time": waits.raised_at,
            "datacontenttype": "application/json",
        },
        {
            "alert_id": ring.alert_id,
            "tell": ring.step.value,
            "raised_at": waits.raised_at.isoformat(),
            "acknowledge_by": waits.acknowledge_by.isoformat(),
            "link": f"{house.settings.public_url}/desk/alerts",
        },
    )
