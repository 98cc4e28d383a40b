"""Who was told of an alert is told once more when somebody takes it on: so that two do not set out.

It is put out in the transaction of taking it on, to each address of each step that was told, and it
leaves only where the call before arrived: who heard of nothing need not hear that it is over.
Nobody is called for it if it does not arrive, and nothing waits for it.
"""

from datetime import datetime

from sqlalchemy import Connection

from bot.service import rota
from bot.service.house import House
from bot.service.ringing import Ring
from storage import alert_calls, audit, outbox
from storage.alert_calls import Standing, State, Step, Way
from storage.alerts import Team
from storage.errors import Unknown


def tell(db: Connection, house: House, alert_id: str, team: Team, now: datetime) -> None:
    """Put the messages out, one an address, however often it was called."""
    called = {call.step for call in alert_calls.of_alert(db, house.id, alert_id)}
    who: dict[tuple[Way, str], Step] = {}
    for step in Step:
        if step in called:
            for address in _ways(house, team, step):
                who.setdefault(address, step)
    rings = [
        Ring(alert_id, number, step, way, to, taken_on=True)
        for number, ((way, to), step) in enumerate(who.items())
    ]
    outbox.add(db, house.id, [ring.outgoing() for ring in rings], now)
    if rings:
        audit.add(
            db, house.id, now, actor="sayso", act="alert_taken_on_told",
            subject=f"alert:{alert_id}", detail=f"{len(rings)} addresses",
        )  # fmt: skip


def was_called(db: Connection, house: House, ring: Ring) -> tuple[Standing, bool | None] | None:
    """How the alert stands, and whether a call to this address arrived; None: that is not known
    yet. None in all: the alert has had its time."""
    try:
        found = alert_calls.standing(db, house.id, ring.alert_id)
    except Unknown:
        return None
    theirs = {
        call.state
        for call in alert_calls.of_alert(db, house.id, ring.alert_id)
        if call.way is ring.way and (ring.way, ring.to) in _ways(house, found.team, call.step)
    }
    if State.ARRIVED in theirs:
        return found, True
    return found, None if State.WAITING in theirs else False


def _ways(house: House, team: Team, step: Step) -> tuple[tuple[Way, str], ...]:
    hours = house.council.duty
    return rota.contact(hours, step, team).ways if hours is not None else ()
