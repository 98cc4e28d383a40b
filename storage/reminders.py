"""The reminder that a young person asked for at a stop: one at a time, for each conversation."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import reminders


class State(StrEnum):
    """How it stands with the newest one."""

    WAITING = "waiting"
    RUNG = "rung"  # or tried: whether it arrived may be unknown, and it is not tried again
    ENDED = "ended"  # not wanted any more


@dataclass(frozen=True, slots=True)
class Reminder:
    """`number`: of those asked for; `rung`: how many were sent."""

    conversation_id: str
    person_id: str
    number: int
    state: State
    at: datetime
    rung: int


def _mine(council: str, conversation_id: str) -> ColumnElement[bool]:
    return and_(reminders.c.council == council, reminders.c.conversation_id == conversation_id)


def get(db: Connection, council: str, conversation_id: str) -> Reminder | None:
    """The newest of a conversation, whatever became of it."""
    row = db.execute(select(reminders).where(_mine(council, conversation_id))).first()
    if row is None:
        return None
    return Reminder(
        row.conversation_id, row.person_id, row.number, State(row.state), row.at, row.rung
    )


def put(
    db: Connection, council: str, conversation_id: str, person_id: str, at: datetime, now: datetime
) -> int:
    """One that waits for its time, in place of the one before; its number. Whoever asks holds the
    conversation's lock."""
    make = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
    fresh = {"state": State.WAITING.value, "at": at, "changed_at": now}
    key = {"council": council, "conversation_id": conversation_id}
    made = (
        make(reminders)
        .values(**key, person_id=person_id, number=1, rung=0, **fresh)
        .on_conflict_do_update(
            index_elements=[reminders.c.council, reminders.c.conversation_id],
            set_={**fresh, "number": reminders.c.number + 1},
        )
        .returning(reminders.c.number)
    )
    return int(db.execute(made).scalar_one())


def end(db: Connection, council: str, conversation_id: str, now: datetime) -> int | None:
    """It is not wanted any more; its number, or None if none was waiting."""
    ended = db.execute(
        update(reminders)
        .where(_mine(council, conversation_id), reminders.c.state == State.WAITING.value)
        .values(state=State.ENDED.value, changed_at=now)
        .returning(reminders.c.number)
    )
    number: int | None = ended.scalar()
    return number


def ring(db: Connection, council: str, conversation_id: str, number: int, now: datetime) -> bool:
    """It is about to be sent; False if somebody else was first, or it is not wanted any more."""
    rung = db.execute(
        update(reminders)
        .where(
            _mine(council, conversation_id),
            reminders.c.number == number,
            reminders.c.state == State.WAITING.value,
        )
        .values(state=State.RUNG.value, rung=reminders.c.rung + 1, changed_at=now)
    )
    return rung.rowcount == 1


def unring(db: Connection, council: str, conversation_id: str, number: int, now: datetime) -> None:
    """It certainly was not sent: it waits again."""
    db.execute(
        update(reminders)
        .where(
            _mine(council, conversation_id),
            reminders.c.number == number,
            reminders.c.state == State.RUNG.value,
        )
        .values(state=State.WAITING.value, rung=reminders.c.rung - 1, changed_at=now)
    )
