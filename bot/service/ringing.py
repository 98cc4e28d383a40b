"""Somebody is told of an alert, and somebody else if nobody takes it on or nobody can be reached.

Each step is one transaction: who is told next, a call and an outbox row for each way, an audit
entry. `bot/service/rota.py` says who and when; `bot/delivery/ringing.py` carries the calls.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.service import rota
from bot.service.house import House
from storage import alert_calls, audit, outbox
from storage.alert_calls import Call, Standing, State, Step, Trouble, Way
from storage.alerts import Team
from storage.errors import Unknown
from storage.outbox import Outgoing
from storage.store import Store

log = structlog.get_logger()

DESTINATION = "alert"
RECEIPT = "alert_receipt"
"""Whether what GOV.UK Notify took has arrived is asked a little later."""

RECEIPT_AFTER = timedelta(seconds=30)
STANDS_STILL = timedelta(minutes=3)
"""Longer than any worker that works leaves a step or a call; so much late is trouble."""


@dataclass(frozen=True, slots=True)
class Ring:
    """One call to one address, as its outbox row carries it. `again`: others were told before, and
    nobody has taken it on. `notified`: by which id GOV.UK Notify knows it, once it has taken it.
    `taken_on`: it says that somebody has, to who was called before (`bot.service.taken_on`)."""

    alert_id: str
    number: int
    step: Step
    way: Way
    to: str
    again: bool = False
    notified: str = ""
    taken_on: bool = False

    @classmethod
    def of(cls, payload: str) -> "Ring":
        plain = json.loads(payload)
        step, way = Step(plain.pop("step")), Way(plain.pop("way"))
        return cls(step=step, way=way, **plain)

    @property
    def key(self) -> str:
        """The same however often it is tried."""
        which = f"taken_on/{self.number}" if self.taken_on else f"{self.number}"
        return f"{DESTINATION}/{self.alert_id}/{which}"

    def outgoing(self) -> Outgoing:
        """No row of the young person: an erasure must not take it away. A lane of its own, so that
        it waits for nothing."""
        return Outgoing(DESTINATION, self.key, self.key, self._payload())

    def receipt(self, notified: str, now: datetime) -> Outgoing:
        key = f"{RECEIPT}/{self.alert_id}/{self.number}"
        after = now + RECEIPT_AFTER
        return Outgoing(RECEIPT, key, key, self._payload(notified), not_before=after)

    def _payload(self, notified: str = "") -> str:
        return json.dumps(
            {
                "alert_id": self.alert_id,
                "number": self.number,
                "step": self.step.value,
                "way": self.way.value,
                "to": self.to,
                "again": self.again,
                "notified": notified,
                "taken_on": self.taken_on,
            }
        )


def begin(
    db: Connection, house: House, alert_id: str, team: Team, late: datetime, now: datetime
) -> None:
    """Tell the first of an alert that is raised in this transaction; `late`: when it will be."""
    hours = house.council.duty
    if hours is None:
        return
    step, at = rota.first(hours, team, late, now)
    if at > now:
        alert_calls.plan(db, house.id, alert_id, step, at)
        return
    alert_calls.plan(db, house.id, alert_id, *_following(house, team, step, now))
    _tell(db, house, alert_id, team, step, now, again=False)


@dataclass(slots=True)
class Escalating:
    """Goes on to the next of alerts that nobody takes on, for one council. Any number may."""

    store: Store
    house: House

    async def step(self, now: datetime) -> int:
        """Tell whoever has to be told by now; how many steps that were."""
        if self.house.council.duty is None:
            return 0
        council = self.house.id
        found = await self.store.read(lambda db: alert_calls.due(db, council, now))
        done = 0
        for one in found:
            done += await self.store.write(partial(_go_on, house=self.house, seen=one, now=now))
        return done


def _go_on(db: Connection, house: House, seen: Standing, now: datetime) -> bool:
    """False: another worker was first, or somebody has taken it on meanwhile."""
    step = seen.step
    if step is None:
        return False
    following = _following(house, seen.team, step, now)
    if not alert_calls.move(db, house.id, seen, *following):
        return False
    if following[0] is not None:  # else all of them look at the desk
        _tell(db, house, seen.alert_id, seen.team, step, now, again=seen.team is not Team.OFFICER)
    return True


def _following(
    house: House, team: Team, step: Step, at: datetime
) -> tuple[Step | None, datetime | None]:
    found = rota.following(house.council.duty, team, step, at) if house.council.duty else None
    return found or (None, None)


def _tell(
    db: Connection, house: House, alert_id: str, team: Team, step: Step, now: datetime, *,
    again: bool,
) -> None:  # fmt: skip
    hours = house.council.duty
    ways = rota.contact(hours, step, team).ways if hours is not None else ()
    numbers = alert_calls.add(db, house.id, alert_id, step, [way for way, _to in ways], now)
    rings = [
        Ring(alert_id, number, step, way, to, again)
        for number, (way, to) in zip(numbers, ways, strict=True)
    ]
    outbox.add(db, house.id, [ring.outgoing() for ring in rings], now)
    by = [f"{number} {way}" for way, number in Counter(way.value for way, _to in ways).items()]
    _note(db, house, alert_id, "alert_told", f"{step.value}: {', '.join(by) or 'at the desk'}", now)


# What became of a call


def is_wanted(db: Connection, house: House, ring: Ring) -> Standing | None:
    """The alert that a call is about; None: nobody need be told any more."""
    try:
        found = alert_calls.standing(db, house.id, ring.alert_id)
    except Unknown:
        return None
    return found if found.waits else None


def not_needed(db: Connection, house: House, ring: Ring, now: datetime) -> None:
    """Somebody has taken it on before this call left."""
    alert_calls.set_state(db, house.id, ring.alert_id, ring.number, State.NOT_NEEDED, now)


def arrived(db: Connection, house: House, ring: Ring, now: datetime, notified: str = "") -> None:
    """The other side has taken it. `notified`: where GOV.UK Notify did, by which id."""
    try:
        found = alert_calls.lock(db, house.id, ring.alert_id)
    except Unknown:
        return  # it has had its time
    alert_calls.set_state(db, house.id, ring.alert_id, ring.number, State.ARRIVED, now)
    if found.unreached_at is not None:
        alert_calls.unreached(db, house.id, ring.alert_id, None)
        _note(db, house, ring.alert_id, "alert_reached", ring.step.value, now)
    if notified:
        outbox.add(db, house.id, [ring.receipt(notified, now)], now)


def not_arrived(db: Connection, house: House, ring: Ring, why: str, now: datetime) -> None:
    """It did not arrive, or does not for too long: the next one is told at once, if no other way
    of this step works. Where there is nobody left who was not tried, that is trouble."""
    try:
        found = alert_calls.lock(db, house.id, ring.alert_id)  # two ways may fail side by side
    except Unknown:
        return
    if not alert_calls.set_state(
        db, house.id, ring.alert_id, ring.number, State.NOT_ARRIVED, now, why[:120]
    ):
        return
    log.error("alert_call_not_arrived", alert_id=ring.alert_id, way=ring.way.value, why=why)
    _note(db, house, ring.alert_id, "alert_not_told", f"{ring.step.value}: {ring.way.value}", now)
    if not found.waits:
        return
    calls = newest(alert_calls.of_alert(db, house.id, ring.alert_id))
    if _may_work(calls, max(calls, key=lambda call: call.called_at).step):
        return  # whoever was told last
    if found.step is not None and _is_untried(house, found, calls):
        alert_calls.plan(db, house.id, ring.alert_id, found.step, min(now, found.at or now))
    elif not _may_work(calls) and found.unreached_at is None:
        alert_calls.unreached(db, house.id, ring.alert_id, now)
        log.critical("alert_reaches_nobody", alert_id=ring.alert_id)
        _note(db, house, ring.alert_id, "alert_unreached", "", now)


def newest(calls: tuple[Call, ...]) -> tuple[Call, ...]:
    """Of each step only when it was done last."""
    last: dict[Step, datetime] = {}
    for call in calls:
        last[call.step] = max(last.get(call.step, call.called_at), call.called_at)
    return tuple(call for call in calls if call.called_at == last[call.step])


def _may_work(calls: tuple[Call, ...], step: Step | None = None) -> bool:
    """Whether any call, of this step if one is named, arrived or may arrive yet."""
    theirs = (call for call in calls if step is None or call.step is step)
    return any(call.state in (State.WAITING, State.ARRIVED) for call in theirs)


def _is_untried(house: House, found: Standing, calls: tuple[Call, ...]) -> bool:
    hours = house.council.duty
    if hours is None or found.step is None:
        return False
    has_ways = rota.contact(hours, found.step, found.team).ways
    return bool(has_ways) and found.step not in {call.step for call in calls}


def trouble(db: Connection, house: House, now: datetime) -> Trouble:
    """Whether alerts reach nobody, or stand still because nobody delivers them. Reads only."""
    if house.council.duty is None:
        return Trouble(0, 0)
    return alert_calls.trouble(db, house.id, now - STANDS_STILL)


def _note(
    db: Connection, house: House, alert_id: str, act: str, detail: str, now: datetime
) -> None:
    audit.add(db, house.id, now, actor="sayso", act=act, subject=f"alert:{alert_id}", detail=detail)
