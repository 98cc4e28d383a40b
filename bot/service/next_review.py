"""The review after this one: by the clock, or on another day with the reason.

What is set makes the next review, or gives the one that the case system brought its day. Its due
date is the clock's in either case."""

import re
import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from bot.service import due, rearranging, recording
from bot.service.admission import Admitted, Asked
from bot.service.clock import sentence
from bot.service.days import full_day, local_day, whole_day
from bot.service.house import House
from bot.service.problems import Problem
from bot.service.rearranging import How
from bot.service.recording import NEXT, Kept, Others, Record, Sure
from bot.service.telling import Notice
from conversations import timescales
from storage import reviews
from storage.reviews import Review

MOST_LETTERS = 2000
_MADE_HERE = re.compile(r"S[0-9a-f]{20}")


@dataclass(frozen=True, slots=True)
class Proposed:
    """`by` None: no clock says anything, since they are not looked after any more or nothing is
    known. `there`: a review that is set already."""

    by: date | None
    sentence: str
    there: Review | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person entered. `seen`: `seen_of`; `sure`: they know what is odd about it."""

    choice: str
    on: date | None
    why: str
    seen: str
    sure: bool = False
    problems: tuple[Problem, ...] = ()


def id_after(house: House, review_id: str) -> str:
    """Of the review that is made here after this one."""
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"sayso:{house.id}:{review_id}:next")
    return f"S{name.hex[:20]}"


def made_here(review_id: str) -> bool:
    """Whether it was made at the desk: no case system has it by this id."""
    return _MADE_HERE.fullmatch(review_id) is not None


def seen_of(record: Record) -> str:
    """Which answers a page shows: a later form must know the newest."""
    return str(sum(len(record.answered[field.id].values) for field in NEXT))


def propose(db: Connection, house: House, record: Record) -> Proposed:
    """Reads only."""
    review = record.review
    there = record.next or _there(db, house, review)
    if review.meeting_on is None or not review.held:
        return Proposed(None, "", there)
    known = due.known_of(db, house, [review])
    found = due.next_due(known, review, review.meeting_on)
    if found is None:
        return Proposed(None, "", there)
    return Proposed(found.by, sentence(timescales.explain(found)), there)


def _there(db: Connection, house: House, review: Review) -> Review | None:
    """The next one, where the case system brought it before."""
    ahead = [
        one
        for one in reviews.of_person(db, house.id, review.person_id)
        if one.kind is review.kind and not one.held and one.review_id != review.review_id
    ]
    return min(ahead, key=lambda one: one.meeting_on or one.due_on or date.max, default=None)


def settle(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    entry: Entry,
    now: datetime,
    notice: Notice | None = None,
) -> Kept | Others | Sure | tuple[Problem, ...]:
    """Keep when the next one is. Problems, `Others`, `Sure`: nothing was kept."""
    record = recording.lock(db, house, staff, asked, now)
    proposed = propose(db, house, record)
    problems = (*entry.problems, *_problems(record, proposed, entry, local_day(now)))
    if problems:
        return problems
    given = _given(entry)
    if entry.seen != seen_of(record):
        did = _others(record, given)
        return Others(did) if did else Kept.SAME
    if not entry.sure and (odd := _odd(proposed, entry)):
        return Sure(odd)
    if entry.choice != "none":
        given["next_review"] = _set(db, house, staff, record, proposed, entry, now, notice)
    changed = [
        recording.put_down(db, house, staff, record, field, given.get(field.id, ""), now)
        for field in NEXT
    ]
    if not any(changed):
        return Kept.SAME
    act = "next_review_set"
    recording.note(db, house, staff, record.review, act, now, entry.choice)
    return Kept.NOW


def _given(entry: Entry) -> dict[str, str]:
    another = entry.choice == "another"
    return {
        "next": entry.choice,
        "next_on": entry.on.isoformat() if entry.on and another else "",
        "next_why": "" if entry.choice == "clock" else entry.why.strip(),
    }


def _problems(record: Record, proposed: Proposed, entry: Entry, today: date) -> tuple[Problem, ...]:
    if not record.review.held:
        return (Problem("next", "First put down the day this one was held: the clock needs it."),)
    held_on = record.review.meeting_on
    found = []
    match entry.choice:
        case "clock" if proposed.by is None:
            found.append(Problem("next", "No clock is known here. Set a day, or say why not."))
        case "clock":
            pass
        case "another" if not any(one.field == "next_on" for one in entry.problems):
            if entry.on is None:
                found.append(Problem("next_on", "Enter the day of the next one."))
            elif entry.on < today or (held_on is not None and entry.on <= held_on):
                said = full_day(entry.on, today)
                found.append(Problem("next_on", f"{said} is over: the next one lies ahead."))
            found += _reason(entry)
        case "another":
            found += _reason(entry)
        case "none" if record.next is not None:
            text = "The next one is set already. Stand it down on its own page."
            found.append(Problem("next", text))
        case "none":
            found += _reason(entry)
        case _:
            found.append(Problem("next", "Choose when the next one is."))
    return tuple(found)


def _reason(entry: Entry) -> list[Problem]:
    if not entry.why.strip():
        return [Problem("next_why", "Say why.")]
    if len(entry.why.strip()) > MOST_LETTERS:
        return [Problem("next_why", f"{len(entry.why.strip()) - MOST_LETTERS} letters too long.")]
    return []


def _odd(proposed: Proposed, entry: Entry) -> tuple[str, ...]:
    if entry.choice == "another" and entry.on and proposed.by and entry.on > proposed.by:
        late = (entry.on - proposed.by).days
        days = "1 day" if late == 1 else f"{late} days"
        return (f"{whole_day(entry.on)} is {days} outside the timescale. {proposed.sentence}",)
    if entry.choice == "none" and proposed.by is not None:
        return (f"The law asks for another one. {proposed.sentence}",)
    return ()


def _others(record: Record, given: dict[str, str]) -> tuple[str, ...]:
    did = []
    for field in NEXT[:3]:
        answered = record.answered[field.id]
        if not answered.values:
            continue
        newest = answered.values[-1]
        if (newest.fact or newest.words) != given[field.id]:
            who = record.names.get(newest.by, "Somebody")
            did.append(f"{who} put down under “{field.label}”: {answered.read(newest)}.")
    return tuple(did)


def _set(
    db: Connection,
    house: House,
    staff: Admitted,
    record: Record,
    proposed: Proposed,
    entry: Entry,
    now: datetime,
    notice: Notice | None,
) -> str:
    """The next review's id; it is there now, with its due date, and its day if one was set."""
    review, there = record.review, proposed.there
    if there is None:
        there = replace(
            review,
            review_id=id_after(house, review.review_id),
            due_on=proposed.by or entry.on,
            meeting_on=None,
            held=False,
            stood_down=False,
        )
        reviews.add(db, there, now)
    elif proposed.by is not None:
        reviews.set_due(db, house.id, there.review_id, proposed.by)
    if entry.choice == "another" and entry.on is not None:
        how = How(notice=notice)
        rearranging.move(db, house, there.review_id, entry.on, staff.actor, now, how)
    return there.review_id
