"""The day from which a timescale counts that is no period of care: put down at the desk.

Each is a fact about a young person or household, not about one review. The newest stands, whoever
put it down; the audit keeps every one of them, so that they need no table of their own.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.service.admission import Admitted, Asked, require
from bot.service.bank_holidays import england_and_wales
from bot.service.days import local_day, whole_day
from bot.service.house import House
from bot.service.meeting_kinds import KINDS, Begins
from bot.service.problems import Problem
from conversations import timescales
from conversations.timescales import HolidaysUnknown, Timescale
from storage import audit, audit_reading, care, people, reviews
from storage.people import YoungPerson
from storage.reviews import Review

ACT = "clock_started"


@dataclass(frozen=True, slots=True)
class PutDown:
    """One line of the history. `who`: in words."""

    day: date
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Start:
    """What the page shows. `day`: from which it counts, None if nobody put one down; `history`: the
    newest first."""

    begins: Begins
    day: date | None
    history: tuple[PutDown, ...]

    @property
    def seen(self) -> str:
        return self.day.isoformat() if self.day else ""


def of_review(db: Connection, house: House, review: Review) -> Start | None:
    """None where no such day is about its kind. Reads only."""
    kind = KINDS[review.kind]
    if kind.begins is None or not isinstance(kind.counted, Timescale):
        return None
    timescale, person_id = kind.counted.id, review.person_id
    day = care.started(db, house.id, [person_id]).get((person_id, timescale))
    names = {one.staff_id: one.name for one in people.all_staff(db, house.id)}
    history = []
    for entry in audit_reading.of_act(db, house.id, ACT, _subject(person_id)):
        about, _, put = entry.detail.partition(" ")
        if about == timescale:
            who = names.get(entry.actor.removeprefix("staff:"), "The case system")
            history.append(PutDown(date.fromisoformat(put), who, entry.at))
    return Start(kind.begins, day, tuple(history))


def keep(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    day: date | None,
    seen: str,
    now: datetime,
) -> tuple[Problem, ...]:
    """Put it down, in place of the day before. `seen`: `Start.seen` of the page they had. Problems:
    nothing was kept."""
    require(db, house, staff, asked)
    review = reviews.get(db, house.id, asked.review_id or "")
    # Locked, so that of two at once the second sees what the first put down.
    review = reviews.lock(db, house.id, review.looks_back_on or review.review_id)
    start = of_review(db, house, review)
    counted = KINDS[review.kind].counted
    if start is None or not isinstance(counted, Timescale):
        return (Problem("began", "No such day counts for this kind of meeting."),)
    person = people.young_person(db, house.id, review.person_id)
    text = _wrong(start.begins, counted, person, day, local_day(now))
    if text or day is None:
        return (Problem("began", text),)
    if day == start.day:
        return ()
    if seen != start.seen:
        return (Problem("began", _quicker(start)),)
    care.start_clock(db, house.id, person.person_id, counted.id, day)
    subject, detail = _subject(person.person_id), f"{counted.id} {day.isoformat()}"
    audit.add(db, house.id, now, actor=staff.actor, act=ACT, subject=subject, detail=detail)
    return ()


def _subject(person_id: str) -> str:
    return f"young_person:{person_id}"


def _quicker(start: Start) -> str:
    now_it_is = f"it is {whole_day(start.day)} now" if start.day else "there is none now"
    return (
        f"Somebody else changed this day meanwhile: {now_it_is}. Send yours again if it is right."
    )


def _wrong(
    begins: Begins, timescale: Timescale, person: YoungPerson, day: date | None, today: date
) -> str:
    """What is wrong with the day; nothing, if it can be kept."""
    if day is None:
        return f"Enter {begins.it}, for example 17 9 2026."
    if day > today:
        return f"{whole_day(day)} lies ahead. Enter {begins.it} once it has been."
    if begins.from_birth and person.born is not None and day < person.born:
        return f"{whole_day(day)} is before {person.name} was born."
    try:
        timescales.due(timescale, day, (), england_and_wales())
    except HolidaysUnknown as error:
        return str(error)
    return ""
