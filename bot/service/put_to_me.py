"""What a social worker, a personal adviser or a manager of social work was asked to answer."""

from datetime import datetime

from sqlalchemy import Connection

from bot.service import challenges, note_filing
from bot.service.admission import Admitted, Asked, require
from bot.service.days import local_day
from bot.service.house import House
from bot.service.notes import MOST_LETTERS, Listed, Meanwhile, Page, note_act, page_of
from bot.service.problems import Problem
from conversations import challenge, quality
from storage import notes, people
from storage.errors import Unknown
from storage.notes import Note, NoteKind


def listed(db: Connection, house: House, staff: Admitted, now: datetime) -> tuple[Listed, ...]:
    """What was put to them and they may open, what waits first. No word of it."""
    today, names = local_day(now), _names(db, house)
    found = []
    for note in notes.put_to(db, house.id, staff.staff_id):
        try:
            require(db, house, staff, Asked("desk.put_to_me_note", note_id=note.note_id))
        except Unknown:
            continue
        person = people.young_person(db, house.id, note.person_id)
        officer = names[note.officer_id]
        found.append(Listed(note, person, officer, waits(note) and note.is_overdue(today)))
    return tuple(
        sorted(found, key=lambda one: (not waits(one.note), -one.note.made_at.timestamp()))
    )


def waits(note: Note) -> bool:
    """Whether an answer is owed."""
    owed = quality.State.COMPLETED if note.kind is NoteKind.QUALITY else challenge.State.RAISED
    return note.state == owed.value


def open_note(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> Page:
    """Reads only. `Unknown`."""
    require(db, house, staff, asked)
    return page_of(db, house, staff.staff_id, notes.get(db, house.id, asked.note_id or ""), now)


def answer(
    db: Connection, house: House, staff: Admitted, asked: Asked, words: str, seen: int,
    now: datetime,
) -> tuple[Problem, ...] | Meanwhile | None:  # fmt: skip
    """Answer it. Once; what is still to be said is said to the officer. Their words are compared
    with no young person's: a refusal would tell what those are."""
    require(db, house, staff, asked)
    note = notes.lock(db, house.id, asked.note_id or "")
    require(db, house, staff, asked)
    if waits(note) and not words.strip():
        return (Problem("words", "Write your answer."),)
    if not waits(note) or note.entries != seen:
        last = notes.entries(db, house.id, note)[-1]
        return Meanwhile(_names(db, house).get(last.by, "Somebody"), (last.field,))
    if (over := len(words) - MOST_LETTERS) > 0:
        return (Problem("words", f"This is {over} letters too long: {MOST_LETTERS:,} fit."),)
    plain = {"by": staff.name, "on": local_day(now).isoformat(), "words": words.strip()}
    if note.kind is NoteKind.QUALITY:
        notes.write(db, house.id, note, {"answered": plain}, staff.staff_id, now)
        state = quality.State.ANSWERED.value
        notes.change(db, house.id, note.note_id, state=state, due_on=None)
    else:
        challenges.answered(db, house, note, plain, staff.staff_id, now)
    note_act(db, house, note, staff.actor, "note_answered", now, note.kind.value)
    note_filing.put_out(db, house, note.note_id, now)
    return None


def _names(db: Connection, house: House) -> dict[str, str]:
    return {one.staff_id: one.name for one in people.all_staff(db, house.id)}
