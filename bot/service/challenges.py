"""Challenge by a reviewing officer: raised with whoever can put it right, answered, and taken
further, stage by stage, until it is resolved or withdrawn.

Stages and working days are the council's (`[footprint]`); the clock is ours to keep. What a stage
was called and by when its answer was due stays with it, whatever the council decides later.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.service import note_filing
from bot.service.admission import Admitted, Asked, require
from bot.service.bank_holidays import england_and_wales
from bot.service.challenge_clock import overall, stages
from bot.service.days import local_day
from bot.service.house import House
from bot.service.notes import (
    Meanwhile,
    in_hand,
    may_be_put_to,
    note_act,
    words_problems,
)
from bot.service.problems import Problem
from conversations import challenge
from conversations.challenge import Outcome, State
from storage import notes, people, reviews
from storage.errors import Unknown
from storage.notes import Note, NoteKind
from storage.reviews import Review

_ACTS = frozenset({"answered", "outcome", "cafcass", "more"})


@dataclass(frozen=True, slots=True)
class Raise:
    """What is challenged, with whom, since when. `restricted`: it is for the restricted record."""

    words: str
    themes: tuple[str, ...]
    on: date | None
    put_to: str = ""
    put_to_name: str = ""
    restricted: bool = False
    stage: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What was posted on a challenge's page. `act`: `answered`, `outcome`, `cafcass` or `more`;
    `seen`: how many entries the page showed."""

    act: str
    seen: int
    words: str = ""
    by_name: str = ""
    on: date | None = None
    outcome: str = ""
    changed: str = ""
    put_to: str = ""
    put_to_name: str = ""


def begin(
    db: Connection, house: House, staff: Admitted, asked: Asked, entry: Raise, now: datetime
) -> str | tuple[Problem, ...]:
    """Raise one about this review's young person; the id, or what is wrong. `Unknown`."""
    require(db, house, staff, asked)
    review = reviews.lock(db, house.id, asked.review_id or "")
    if not review.counted:
        raise Unknown(f"a review that is challenged about: {review.kind}")
    people.lock(db, house.id, review.person_id)
    note_id = str(uuid.uuid4())
    notes.add(
        db, house.id, note_id, kind=NoteKind.CHALLENGE, tool="", review_id=review.review_id,
        person_id=review.person_id, state=State.RAISED.value, now=now,
        restricted=entry.restricted,
    )  # fmt: skip
    note = notes.get(db, house.id, note_id)
    problems = _cannot_raise(db, house, note, entry, now)
    if problems:
        notes.remove_empty(db, house.id, note_id)
        return problems
    values: dict[str, Any] = {"themes": list(entry.themes)}
    notes.write(
        db, house.id, note, values | _raised(db, house, note, entry, now), staff.staff_id, now
    )
    _after(db, house, note, staff, "challenge_raised", now, "stage 0")
    return note_id


def _cannot_raise(
    db: Connection, house: House, note: Note, entry: Raise, now: datetime
) -> tuple[Problem, ...]:
    problems = []
    if not entry.words.strip():
        problems.append(Problem("words", "Say what is wrong, and what should happen."))
    if not set(entry.themes) <= set(house.council.footprint.themes):
        problems.append(Problem("themes", "Choose from the council’s list of themes."))
    if not _put_to(db, house, note, entry.put_to, entry.put_to_name, now):
        problems.append(Problem("put_to", "Say with whom you raise it."))
    if entry.on is not None and entry.on > local_day(now):
        problems.append(Problem("on", "That day is to come. Enter the day it was raised."))
    return (*problems, *words_problems(db, house, note, {"words": entry.words}))


def _put_to(
    db: Connection, house: House, note: Note, staff_id: str, name: str, now: datetime
) -> str:
    every = people.all_staff(db, house.id)
    found = may_be_put_to(db, house, note.person_id, every, local_day(now))
    return found.get(staff_id, "" if staff_id else name.strip())


def _raised(
    db: Connection, house: House, note: Note, entry: Raise, now: datetime
) -> dict[str, Any]:
    """Of one stage, with its clock as the council has it now; puts it to somebody."""
    stage, on = stages(house)[entry.stage], entry.on or local_day(now)
    due_on = challenge.answer_due(stage, on, england_and_wales())
    put_to = _put_to(db, house, note, entry.put_to, entry.put_to_name, now)
    known = {"stage": entry.stage, "state": State.RAISED.value, "due_on": due_on}
    notes.change(db, house.id, note.note_id, **known, put_to=entry.put_to or None)
    plain = {
        "stage": stage.id,
        "name": stage.name,
        "formal": stage.formal,
        "working_days": stage.working_days,
        "on": on.isoformat(),
        "due": due_on.isoformat(),
        "put_to": put_to,
        "words": entry.words.strip(),
    }
    return {f"raised.{entry.stage}": plain}


def step(
    db: Connection, house: House, staff: Admitted, asked: Asked, entry: Step, now: datetime
) -> tuple[Problem, ...] | Meanwhile | None:
    """Keep one step of it. `Meanwhile`: somebody else took one since the page was opened."""
    note, review = in_hand(db, house, staff, asked, NoteKind.CHALLENGE)
    if entry.act not in _ACTS:
        return (Problem("act", "Choose what happened."),)
    if note.entries != entry.seen:
        last = notes.entries(db, house.id, note)[-1]
        return Meanwhile(people.staff_member(db, house.id, last.by).name, (last.field,))
    if problems := _wrong(db, house, note, review, entry, now):
        return problems
    on = (entry.on or local_day(now)).isoformat()
    match entry.act:
        case "answered":
            plain = {"by": entry.by_name.strip(), "on": on, "words": entry.words.strip()}
            answered(db, house, note, plain, staff.staff_id, now)
        case "outcome":
            _outcome(db, house, note, entry, on, staff, now)
        case "cafcass":
            value = {"on": on, "words": entry.words.strip()}
            notes.write(db, house.id, note, {"cafcass": value}, staff.staff_id, now)
        case _:
            value = {"on": on, "words": entry.words.strip()}
            notes.write(db, house.id, note, {"case_note": value}, staff.staff_id, now)
    _after(db, house, note, staff, "challenge_kept", now, entry.act)
    return None


def answered(
    db: Connection, house: House, note: Note, plain: dict[str, Any], by: str, now: datetime
) -> None:
    """An answer came to the stage it is at. What is owed from then on is the officer's outcome, by
    the end of the whole procedure where that is formal."""
    notes.write(db, house.id, note, {f"answered.{note.stage}": plain}, by, now)
    notes.change(
        db, house.id, note.note_id, state=State.ANSWERED.value, due_on=overall(db, house, note)
    )


def _outcome(
    db: Connection,
    house: House,
    note: Note,
    entry: Step,
    on: str,
    staff: Admitted,
    now: datetime,
) -> None:
    outcome = Outcome(entry.outcome)
    plain = {
        "outcome": outcome.value,
        "on": on,
        "words": entry.words.strip(),
        "changed": entry.changed.strip(),
    }
    values: dict[str, Any] = {f"outcome.{note.stage}": plain}
    if outcome is Outcome.ESCALATED:
        further = Raise(
            entry.words, (), entry.on, entry.put_to, entry.put_to_name, stage=note.stage + 1
        )
        values |= _raised(db, house, note, further, now)
    else:
        ended = {"state": State.ENDED.value, "ended_at": now, "due_on": None}
        notes.change(db, house.id, note.note_id, **ended)
    notes.write(db, house.id, note, values, staff.staff_id, now)


def _wrong(
    db: Connection, house: House, note: Note, review: Review, entry: Step, now: datetime
) -> tuple[Problem, ...]:
    problems = []
    if note.ended_at is not None and entry.act != "more":
        problems.append(Problem("act", "This challenge has ended. You can still add a note to it."))
    if entry.on is not None and entry.on > local_day(now):
        problems.append(Problem("on", "That day is to come. Enter the day it was."))
    match entry.act:
        case "answered":
            if note.state != State.RAISED:
                problems.append(Problem("act", "It is answered already. Say what came of it."))
            if not entry.by_name.strip():
                problems.append(Problem("by_name", "Say who answered."))
            if not entry.words.strip():
                problems.append(Problem("words", "Say what they answered."))
        case "outcome":
            problems += _no_outcome(db, house, note, entry, now)
        case "cafcass" if not entry.words.strip():
            problems.append(Problem("words", "Say why you refer it to Cafcass."))
        case "more" if not entry.words.strip():
            problems.append(Problem("words", "Write the note."))
        case _:
            pass
    texts = {"words": entry.words, "changed": entry.changed, "by_name": entry.by_name}
    return (*problems, *words_problems(db, house, note, texts))


def _no_outcome(
    db: Connection, house: House, note: Note, entry: Step, now: datetime
) -> list[Problem]:
    if entry.outcome not in list(Outcome):
        return [Problem("outcome", "Choose what came of it.")]
    outcome, last = Outcome(entry.outcome), len(stages(house)) - 1
    if outcome is Outcome.WITHDRAWN and not entry.words.strip():
        return [Problem("words", "Say why it is withdrawn.")]
    if outcome in (Outcome.RESOLVED, Outcome.IN_PART) and not entry.changed.strip():
        return [Problem("changed", "Say what changed for the young person.")]
    if outcome is not Outcome.ESCALATED:
        return []
    if note.stage >= last:
        return [
            Problem(
                "outcome", "There is no further stage. You can refer it to Cafcass, and end it."
            )
        ]
    problems = []
    if not entry.words.strip():
        problems.append(Problem("words", "Say why it goes further, and what should happen."))
    if not _put_to(db, house, note, entry.put_to, entry.put_to_name, now):
        problems.append(Problem("put_to", "Say with whom you raise it now."))
    return problems


def _after(
    db: Connection,
    house: House,
    note: Note,
    staff: Admitted,
    act: str,
    now: datetime,
    detail: str,
) -> None:
    note_act(db, house, note, staff.actor, act, now, detail)
    note_filing.put_out(db, house, note.note_id, now)
