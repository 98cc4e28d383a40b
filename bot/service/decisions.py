"""What a review decided: put down, taken out again where it was wrong, and marked done by a person.
Until that is so, the reviews after it show it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.service import recording
from bot.service.admission import Admitted, Asked
from bot.service.days import full_day, local_day
from bot.service.house import House
from bot.service.problems import Problem
from bot.service.recording import Kept, Record
from storage import review_decisions
from storage.review_decisions import Decision

MOST_LETTERS, LONGEST_NAME = 2000, 200


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person entered. `once`: made up by the page, so that a second tap adds nothing."""

    what: str
    owner: str
    due_on: date | None
    once: str
    problems: tuple[Problem, ...] = ()


def add(
    db: Connection, house: House, staff: Admitted, asked: Asked, entry: Entry, now: datetime
) -> Kept | tuple[Problem, ...]:
    """Put one down. Problems: nothing was kept."""
    record = recording.lock(db, house, staff, asked, now)
    problems = (*entry.problems, *_problems(record, entry, local_day(now)))
    if problems:
        return problems
    review = record.review
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"sayso:{house.id}:{review.review_id}:{entry.once}")
    decision = Decision(
        str(name), review.review_id, review.person_id, entry.what.strip(), entry.owner.strip(),
        entry.due_on, now, staff.staff_id,
    )  # fmt: skip
    if review_decisions.exists(db, house.id, decision.decision_id):
        return Kept.SAME
    review_decisions.add(db, house.id, decision)
    recording.note(db, house, staff, review, "decision_added", now)
    return Kept.NOW


def drop(
    db: Connection, house: House, staff: Admitted, asked: Asked, decision_id: str, now: datetime
) -> bool:
    """It was put down wrongly. False if it does not stand (any more): nothing was changed."""
    record = recording.lock(db, house, staff, asked, now)
    if all(one.decision_id != decision_id for one in record.decisions):
        return False
    review_decisions.drop(db, house.id, decision_id, staff.staff_id, now)
    recording.note(db, house, staff, record.review, "decision_dropped", now)
    return True


def done(
    db: Connection, house: House, staff: Admitted, asked: Asked, decision_id: str, now: datetime
) -> bool:
    """A person says that it is done: of this review, or of an earlier one of the same person. False
    if somebody did before."""
    record = recording.lock(db, house, staff, asked, now)
    mine = (*record.decisions, *record.undone)
    if all(one.decision_id != decision_id for one in mine):
        return False
    if not review_decisions.mark_done(db, house.id, decision_id, staff.staff_id, now):
        return False
    recording.note(db, house, staff, record.review, "decision_done", now)
    return True


def _problems(record: Record, entry: Entry, today: date) -> list[Problem]:
    found = []
    if not entry.what.strip():
        found.append(Problem("what", "Enter what was decided."))
    elif len(entry.what.strip()) > MOST_LETTERS:
        over = len(entry.what.strip()) - MOST_LETTERS
        found.append(Problem("what", f"What was decided is {over} letters too long."))
    if not entry.owner.strip():
        found.append(Problem("owner", "Enter who does it."))
    elif len(entry.owner.strip()) > LONGEST_NAME:
        found.append(Problem("owner", f"Who does it: {LONGEST_NAME} letters fit."))
    dated = any(one.field == "due_on" for one in entry.problems)
    held = record.review.meeting_on if record.review.held else None
    if entry.due_on is None and not dated:
        found.append(Problem("due_on", "Enter by when, for example 17 9 2026."))
    elif entry.due_on is not None and held is not None and entry.due_on < held:
        said = full_day(entry.due_on, today)
        found.append(Problem("due_on", f"{said} is before the meeting that decided it."))
    return found
