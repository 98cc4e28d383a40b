"""Alerts: raised in the transaction of what was said, seen by whom it is for, taken on, closed.

Who has to see it follows the age and the grade: the duty team, that for adults, or the officer who
runs the review (*please read*), and the duty team again where the officer is late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import Connection

from bot.access.roles import OFFICERS, Role
from bot.service import duty, reading, ringing, taken_on
from bot.service.admission import Admitted, Asked, require
from bot.service.council import Duty
from bot.service.days import local_day
from bot.service.house import House
from bot.service.wording import LONDON, Reader
from conversations.alarm import REPEAT
from conversations.attaching import Medium
from conversations.conversation import Helper
from conversations.effects import Cause, RaiseAlert
from conversations.typists import ROLES
from conversations.wording import Band
from storage import alert_calls, alerts, allocations, attachments, audit, people, reviews
from storage.alert_calls import Call
from storage.alerts import About, Alert, Outcome, Raised, Said, Team
from storage.conversations import Kept
from storage.errors import SealBroken, Unknown
from storage.people import YoungPerson

DUTY_TEAMS = (Team.CHILDREN, Team.ADULTS)
MOST_LETTERS = 2000
_STAFF = Reader(Band.SIXTEEN)


class Problem(StrEnum):
    """Why an alert is not closed."""

    NO_OUTCOME = "no_outcome"
    NO_REASON = "no_reason"
    TOO_LONG = "too_long"


# Raising


def raise_alert(
    db: Connection, house: House, kept: Kept, effect: RaiseAlert, now: datetime
) -> None:
    """Keep it, or count it to the one that was raised just before for the same."""
    raised = _raised(db, house, kept, effect.cause, effect.category, now)
    again = alerts.again(db, house.id, raised, now, REPEAT)
    alert_id = again or alerts.add(db, house.id, raised, now)
    if effect.words or effect.helped:
        said = Said(
            now,
            effect.words,
            effect.question,
            effect.because,
            helped=effect.helped,
            helper=_beside(effect.helper),
        )
        alerts.say(db, house.id, alert_id, raised, said)
    _note_raised(db, house, raised, alert_id, now, again=again is not None)


def ask_to_listen(db: Connection, house: House, kept: Kept, medium: Medium, now: datetime) -> str:
    """Keep that somebody has to listen to, or look at, what was sent; its id."""
    raised = _raised(db, house, kept, Cause.UNHEARD, medium.value, now)
    alert_id = alerts.add(db, house.id, raised, now)
    _note_raised(db, house, raised, alert_id, now)
    return alert_id


def _beside(helper: Helper | None) -> str:
    """Who sat there, for whoever acts: `Sam, carer`."""
    if helper is None:
        return ""
    role = _STAFF.text(ROLES[helper.role])
    return f"{helper.name}, {role}" if helper.name else role


def say_safe(db: Connection, house: House, kept: Kept, answer: str, now: datetime) -> None:
    """What they said to *Are you safe right now?* joins the alert. Where that was closed meanwhile,
    whoever does not say yes raises a new one."""
    raised = _raised(db, house, kept, Cause.HELP, "", now)
    found = alerts.newest(db, house.id, kept.conversation_id)
    if found is None or (answer != "yes" and not found[1]):
        alert_id = alerts.add(db, house.id, raised, now)
        _note_raised(db, house, raised, alert_id, now)
    else:
        alert_id = found[0]
    alerts.say(db, house.id, alert_id, raised, Said(now, safe=answer))


def _note_raised(
    db: Connection, house: House, raised: Raised, alert_id: str, now: datetime, *,
    again: bool = False,
) -> None:  # fmt: skip
    """On record; and who has to see a new one is told."""
    audit.add(
        db,
        house.id,
        now,
        actor=f"young_person:{raised.person_id}",
        act="alert_raised_again" if again else "alert_raised",
        subject=f"alert:{alert_id}",
        detail=f"{raised.cause.value}, for {raised.team.value}",
    )
    if not again:
        ringing.begin(db, house, alert_id, raised.team, raised.acknowledge_by, now)


def _raised(
    db: Connection, house: House, kept: Kept, cause: Cause, category: str, now: datetime
) -> Raised:
    person = people.young_person(db, house.id, kept.person_id)
    team = _team(house, person, local_day(now))
    if cause in (Cause.CONCERN, Cause.UNHEARD):
        team = Team.OFFICER
    return Raised(
        kept.person_id,
        kept.review_id,
        kept.conversation_id,
        cause,
        category,
        team,
        _by(house, cause, team, now),
        About(person.name, person.case_id, person.born),
    )


def _team(house: House, person: YoungPerson, today: date) -> Team:
    """By age; of what a foster carer writes, as the council decides: children live with them."""
    if person.carer:
        return Team(house.council.fostering.alerts_to)
    return Team.ADULTS if person.is_at_least(18, today) else Team.CHILDREN


def _by(house: House, cause: Cause, team: Team, now: datetime) -> datetime:
    """By when somebody has to have taken it on."""
    if cause is Cause.UNHEARD:
        return duty.after_working_hours(now, house.council.listen_within_hours)
    if team is Team.OFFICER:
        day = duty.working_day(local_day(now), house.council.read_within_days)
        return datetime.combine(day, time(17), LONDON)
    return duty.acknowledge_by(_hours(house), now)


def _hours(house: House) -> Duty:
    if house.council.duty is None:
        raise AssertionError("Without a duty team no alert is raised.")
    return house.council.duty


# At the desk


@dataclass(frozen=True, slots=True)
class Row:
    """One in the queue. `late`: it should have been taken on by now; `minutes`: since it was
    raised, as long as nobody took it on; `by`: who did."""

    alert: Alert
    late: bool
    minutes: int
    by: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One alert opened. `officer`, `workers`: whom to ring about the young person, by name, with
    the review team's number; `calls`: who was told, by which way; `to_hear`: what it asks to
    listen to or look at is there; `taken_back`: the young person took that back since."""

    row: Row
    said: tuple[Said, ...]
    officer: str
    workers: tuple[tuple[str, str], ...]
    closed_by: str
    calls: tuple[Call, ...]
    to_hear: bool = False
    taken_back: bool = False


def queue(db: Connection, house: House, now: datetime) -> tuple[Row, ...]:
    """What the duty workers have to see and nobody has closed: what nobody took on first, then the
    oldest."""
    found = _rows(db, house, alerts.waiting(db, house.id, DUTY_TEAMS, now), now)
    return tuple(sorted(found, key=lambda row: row.alert.acknowledged_at is not None))


def please_read(db: Connection, house: House, staff: Admitted, now: datetime) -> tuple[Row, ...]:
    """What an officer has to read: of the reviews they run."""
    if staff.role not in OFFICERS:
        return ()
    return _rows(db, house, alerts.open_for_officer(db, house.id, staff.staff_id), now)


def read(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> Shown:
    """Open one; that it was read is on record. `Unknown` if it is not for them."""
    alert = one_for(db, house, staff, asked, now)
    _note(db, house, staff, alert, "alert_read", now)
    return _shown(db, house, alert, now)


def acknowledge(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> bool:
    """Take it on, by name, and let those know who were told of it; False if somebody had before."""
    alert = _to_settle(db, house, staff, asked, now)
    if not alerts.acknowledge(db, house.id, alert.alert_id, staff.staff_id, now):
        return False
    _note(db, house, staff, alert, "alert_acknowledged", now)
    taken_on.tell(db, house, alert.alert_id, alert.team, now)
    return True


def close(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    outcome: str,
    reason: str,
    now: datetime,
) -> Problem | bool:
    """Say what became of it, and why. Who closes it has taken it on. False if somebody had closed
    it before."""
    alert = _to_settle(db, house, staff, asked, now)
    if outcome not in {one.value for one in Outcome if one is not Outcome.HEARD}:
        return Problem.NO_OUTCOME
    if not reason.strip():
        return Problem.NO_REASON
    if len(reason.strip()) > MOST_LETTERS:
        return Problem.TOO_LONG
    if alert.closed_at is not None:
        return False
    acknowledge(db, house, staff, asked, now)
    by = staff.staff_id
    if not alerts.close(db, house.id, alert, Outcome(outcome), reason.strip(), by, now):
        return False
    _note(db, house, staff, alert, "alert_closed", now, outcome)
    return True


def _to_settle(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> Alert:
    """The same, but for what somebody has to hear or see first: that they have is all that ends
    it (`listening.py`), unless it was erased."""
    alert = one_for(db, house, staff, asked, now)
    if _shown_with(db, house, alert) is not None:
        raise Unknown(f"alert {alert.alert_id} to be settled unheard")
    return alert


def _shown_with(db: Connection, house: House, alert: Alert) -> attachments.Kept | None:
    """What it asks to listen to or look at, if it is there."""
    if alert.cause is not Cause.UNHEARD:
        return None
    try:
        return attachments.of_alert(db, house.id, alert.alert_id, alert.review_id)
    except (Unknown, SealBroken):  # its young person was erased meanwhile
        return None


def one_for(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> Alert:
    """The alert, if it is for them: an officer's for the duty team only once it is late."""
    require(db, house, staff, asked)
    alert = alerts.get(db, house.id, asked.alert_id or "")
    if staff.role is not Role.DUTY_WORKER or alert.team is not Team.OFFICER:
        return alert
    taken_by_officer = alert.acknowledged_at is not None and not _is_duty(db, house, alert)
    if alert.acknowledge_by >= now or taken_by_officer:
        raise Unknown(f"alert {alert.alert_id} for the duty team")
    return alert


def _is_duty(db: Connection, house: House, alert: Alert) -> bool:
    """Whether a duty worker took it on."""
    by = alert.acknowledged_by or ""
    return people.staff_member(db, house.id, by).role == Role.DUTY_WORKER.value


def _rows(db: Connection, house: House, found: Sequence[Alert], now: datetime) -> tuple[Row, ...]:
    by = people.staff_by_id(db, house.id, (one.acknowledged_by or "" for one in found))
    names = {member.staff_id: member.name for member in by.values()}
    return tuple(_row(alert, names.get(alert.acknowledged_by or "", ""), now) for alert in found)


def _row(alert: Alert, by: str, now: datetime) -> Row:
    late = alert.acknowledged_at is None and alert.acknowledge_by < now
    until = alert.acknowledged_at or now
    minutes = int((until - alert.raised_at).total_seconds() // 60)
    return Row(alert, late, minutes, by)


def _shown(db: Connection, house: House, alert: Alert, now: datetime) -> Shown:
    today = local_day(now)
    officer = reviews.get(db, house.id, alert.review_id).officer_id
    involved = allocations.of_person(db, house.id, alert.person_id)
    workers = tuple(
        (_name(db, house, one.staff_id), one.kind) for one in involved if one.is_open(today)
    )
    waits = _shown_with(db, house, alert)
    taken_back = waits is not None and reading.is_hidden(
        db, house, alert.review_id, waits.attachment_id
    )
    return Shown(
        _row(alert, _name(db, house, alert.acknowledged_by), now),
        alerts.said_in(db, house.id, alert.alert_id),
        _name(db, house, officer),
        workers,
        _name(db, house, alert.closed_by),
        alert_calls.of_alert(db, house.id, alert.alert_id),
        waits is not None and not (taken_back and alert.closed_at is not None),
        taken_back,
    )


def _name(db: Connection, house: House, staff_id: str | None) -> str:
    return people.staff_member(db, house.id, staff_id).name if staff_id else ""


def _note(
    db: Connection,
    house: House,
    staff: Admitted,
    alert: Alert,
    act: str,
    now: datetime,
    detail: str = "",
) -> None:
    subject = f"alert:{alert.alert_id}"
    audit.add(db, house.id, now, actor=staff.actor, act=act, subject=subject, detail=detail)
