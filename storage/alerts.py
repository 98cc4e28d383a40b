"""Alerts: that somebody may not be safe. Sealed under keys of their own, so that they outlast what
a young person deletes; ended by the council's own time."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, update

from conversations.effects import Cause
from storage import data_keys
from storage.data_keys import Purpose
from storage.errors import Unknown
from storage.sealing import Place, seal, unseal
from storage.tables import alert_calls, alert_words, alerts, reviews, young_people


class Team(StrEnum):
    """Who has to see it."""

    CHILDREN = "children"  # the duty team
    ADULTS = "adults"  # the duty team for adults
    OFFICER = "officer"  # who runs the review: *please read*; the duty team, once it is late


class Outcome(StrEnum):
    """What became of it."""

    ACTED = "acted"
    PASSED_ON = "passed_on"
    KNOWN = "known"
    NO_DANGER = "no_danger"
    HEARD = "heard"  # a person has listened or looked


@dataclass(frozen=True, slots=True)
class About:
    """Whom it is about, as it was then: what finds them where their other rows are erased."""

    name: str
    case_id: str
    born: date | None  # none: of a foster carer


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said. `words`: exactly as written, to `question` if to any; `because`:
    the reason of the entry of the language's file that found it; `safe`: their answer to *Are you
    safe right now?* `helped`: somebody may have sat beside them, and was not told; `helper`: who,
    as far as they said."""

    at: datetime
    words: str = ""
    question: str | None = None
    because: str = ""
    safe: str = ""
    helped: bool = False
    helper: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """What makes an alert."""

    person_id: str
    review_id: str
    conversation_id: str
    cause: Cause
    category: str
    team: Team
    acknowledge_by: datetime
    about: About


@dataclass(frozen=True, slots=True)
class Alert:
    """One that is kept. `times`: how often the same alarm came; `unreached_at`: since when
    nobody could be told of it by any way."""

    alert_id: str
    person_id: str
    review_id: str
    conversation_id: str
    cause: Cause
    category: str
    team: Team
    raised_at: datetime
    last_at: datetime
    times: int
    acknowledge_by: datetime
    about: About
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    outcome: Outcome | None
    reason: str
    unreached_at: datetime | None = None


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def new_id() -> str:
    """Nobody can guess one."""
    return str(uuid.uuid4())


def add(db: Connection, council: str, raised: Raised, now: datetime) -> str:
    """Keep a new one; its id."""
    alert_id = new_id()
    born = raised.about.born
    about = {**asdict(raised.about), "born": born.isoformat() if born else None}
    db.execute(
        insert(alerts),
        {
            "council": council,
            "alert_id": alert_id,
            "person_id": raised.person_id,
            "review_id": raised.review_id,
            "conversation_id": raised.conversation_id,
            "cause": raised.cause.value,
            "category": raised.category,
            "team": raised.team.value,
            "raised_at": now,
            "last_at": now,
            "times": 1,
            "acknowledge_by": raised.acknowledge_by,
            "about": seal(
                db, _place(council, "about", alert_id, raised.person_id), json.dumps(about)
            ),
        },
    )
    return alert_id


def again(
    db: Connection, council: str, raised: Raised, now: datetime, within: timedelta
) -> str | None:
    """Count the same alarm of the same conversation once more, if one came `within` this time and
    nobody has closed its alert; its id. None: there is none to count it to."""
    found = db.execute(
        select(alerts.c.alert_id)
        .where(
            alerts.c.council == council,
            alerts.c.conversation_id == raised.conversation_id,
            alerts.c.cause == raised.cause.value,
            alerts.c.category == raised.category,
            alerts.c.closed_at.is_(None),
            alerts.c.last_at > now - within,
        )
        .order_by(alerts.c.last_at.desc())
        .limit(1)
        .with_for_update()
    ).scalar()
    if found is None:
        return None
    db.execute(
        update(alerts)
        .where(alerts.c.council == council, alerts.c.alert_id == found)
        .values(times=alerts.c.times + 1, last_at=now)
    )
    return str(found)


def newest(db: Connection, council: str, conversation_id: str) -> tuple[str, bool] | None:
    """The id of the newest alert of a conversation that was raised at once, and whether it is
    still open."""
    row = db.execute(
        select(alerts.c.alert_id, alerts.c.closed_at)
        .where(
            alerts.c.council == council,
            alerts.c.conversation_id == conversation_id,
            alerts.c.cause.in_([Cause.HELP.value, Cause.URGENT.value]),
        )
        .order_by(alerts.c.last_at.desc())
        .limit(1)
        .with_for_update()
    ).first()
    return None if row is None else (row.alert_id, row.closed_at is None)


def say(db: Connection, council: str, alert_id: str, of: Raised | Alert, said: Said) -> None:
    """Add what was said to an alert."""
    mine = and_(alert_words.c.council == council, alert_words.c.alert_id == alert_id)
    number = db.execute(select(func.count()).select_from(alert_words).where(mine)).scalar_one()
    plain = {name: value for name, value in asdict(said).items() if value and name != "at"}
    place = _said_place(council, alert_id, number, of.person_id)
    db.execute(
        insert(alert_words),
        {
            "council": council,
            "alert_id": alert_id,
            "number": number,
            "person_id": of.person_id,
            "review_id": of.review_id,
            "said_at": said.at,
            "said": seal(db, place, json.dumps(plain)),
        },
    )


def get(db: Connection, council: str, alert_id: str) -> Alert:
    """`Unknown` if there is none."""
    row = db.execute(
        select(alerts).where(alerts.c.council == council, alerts.c.alert_id == alert_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"alert {alert_id}")
    return _alert(db, row)


def said_in(db: Connection, council: str, alert_id: str) -> tuple[Said, ...]:
    """All that was said, in its order."""
    rows = db.execute(
        select(alert_words)
        .where(alert_words.c.council == council, alert_words.c.alert_id == alert_id)
        .order_by(alert_words.c.number)
    )
    return tuple(
        Said(
            row.said_at,
            **json.loads(
                unseal(db, _said_place(council, alert_id, row.number, row.person_id), row.said)
            ),
        )
        for row in rows
    )


def waiting(db: Connection, council: str, teams: Sequence[Team], now: datetime) -> list[Alert]:
    """All for these teams that are not closed, and those of others that are late and that nobody
    has acknowledged; the oldest first."""
    late = and_(alerts.c.acknowledged_at.is_(None), alerts.c.acknowledge_by < now)
    return _all(
        db,
        db.execute(
            select(alerts)
            .where(
                alerts.c.council == council,
                alerts.c.closed_at.is_(None),
                or_(alerts.c.team.in_([team.value for team in teams]), late),
            )
            .order_by(alerts.c.raised_at, alerts.c.alert_id)
        ).all(),
    )


def open_for_officer(db: Connection, council: str, officer_id: str) -> list[Alert]:
    """All that this officer has to read, of young people who are not erased, and that are not
    closed; the oldest first."""
    return _all(
        db,
        db.execute(
            select(alerts)
            .join(
                reviews,
                (reviews.c.council == alerts.c.council)
                & (reviews.c.review_id == alerts.c.review_id),
            )
            .join(
                young_people,
                (young_people.c.council == alerts.c.council)
                & (young_people.c.person_id == alerts.c.person_id),
            )
            .where(
                alerts.c.council == council,
                alerts.c.closed_at.is_(None),
                alerts.c.team == Team.OFFICER.value,
                reviews.c.officer_id == officer_id,
                young_people.c.erased_at.is_(None),
            )
            .order_by(alerts.c.raised_at, alerts.c.alert_id)
        ).all(),
    )


def ids_of(db: Connection, council: str, conversation_id: str) -> list[str]:
    """The alerts of a conversation, by id: not what waits to be listened to or looked at."""
    found = select(alerts.c.alert_id).where(
        alerts.c.council == council,
        alerts.c.conversation_id == conversation_id,
        alerts.c.cause != Cause.UNHEARD.value,
    )
    return list(db.execute(found.order_by(alerts.c.raised_at, alerts.c.alert_id)).scalars())


def acknowledge(db: Connection, council: str, alert_id: str, by: str, now: datetime) -> bool:
    """Somebody takes it on; False if somebody had before."""
    changed = db.execute(
        update(alerts)
        .where(
            alerts.c.council == council,
            alerts.c.alert_id == alert_id,
            alerts.c.acknowledged_at.is_(None),
        )
        .values(acknowledged_at=now, acknowledged_by=by)
    )
    return changed.rowcount == 1


def close(
    db: Connection, council: str, alert: Alert, outcome: Outcome, reason: str, by: str,
    now: datetime,
) -> bool:  # fmt: skip
    """Nothing more is to be done, and why; False if somebody had closed it before."""
    place = _place(council, "reason", alert.alert_id, alert.person_id)
    changed = db.execute(
        update(alerts)
        .where(
            alerts.c.council == council,
            alerts.c.alert_id == alert.alert_id,
            alerts.c.closed_at.is_(None),
        )
        .values(closed_at=now, closed_by=by, outcome=outcome.value, reason=seal(db, place, reason))
    )
    return changed.rowcount == 1


def end(db: Connection, council: str, before: datetime) -> int:
    """Take away what was closed before this time, with the keys of whom no alert is left. How
    many."""
    old = and_(alerts.c.council == council, alerts.c.closed_at < before)
    rows = db.execute(select(alerts.c.alert_id, alerts.c.person_id).where(old)).all()
    if not rows:
        return 0
    ids = [row.alert_id for row in rows]
    for table in (alert_words, alert_calls):
        db.execute(delete(table).where(table.c.council == council, table.c.alert_id.in_(ids)))
    gone = db.execute(delete(alerts).where(alerts.c.council == council, alerts.c.alert_id.in_(ids)))
    people = {row.person_id for row in rows}
    kept = select(alerts.c.person_id).where(
        alerts.c.council == council, alerts.c.person_id.in_(people)
    )
    for person_id in people - set(db.execute(kept).scalars()):
        data_keys.destroy(db, council, person_id, (Purpose.ALERTS,))
    return gone.rowcount


def _all(db: Connection, rows: Sequence[Row[Any]]) -> list[Alert]:
    for council in {row.council for row in rows}:
        whose = {row.person_id for row in rows if row.council == council}
        data_keys.prepare(db, council, whose, Purpose.ALERTS)
    return [_alert(db, row) for row in rows]


def _place(council: str, column: str, alert_id: str, person_id: str) -> Place:
    return Place(council, "alerts", column, alert_id, person_id)


def _said_place(council: str, alert_id: str, number: int, person_id: str) -> Place:
    return Place(council, "alert_words", "said", f"{alert_id}/{number}", person_id)


def _alert(db: Connection, row: Row[Any]) -> Alert:
    place = _place(row.council, "about", row.alert_id, row.person_id)
    about = json.loads(unseal(db, place, row.about))
    reason = _place(row.council, "reason", row.alert_id, row.person_id)
    return Alert(
        row.alert_id,
        row.person_id,
        row.review_id,
        row.conversation_id,
        Cause(row.cause),
        row.category,
        Team(row.team),
        row.raised_at,
        row.last_at,
        row.times,
        row.acknowledge_by,
        About(about["name"], about["case_id"], _day(about["born"])),
        row.acknowledged_at,
        row.acknowledged_by,
        row.closed_at,
        row.closed_by,
        Outcome(row.outcome) if row.outcome else None,
        unseal(db, reason, row.reason) if row.reason else "",
        row.unreached_at,
    )
