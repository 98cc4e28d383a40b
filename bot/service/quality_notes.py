"""A quality note on a young person's file: begun, discussed, completed, answered, its impact noted.

Every value keeps who and when; from *completed* on each change is filed as the next version.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.service import note_filing
from bot.service.admission import Admitted, Asked, require
from bot.service.days import local_day
from bot.service.house import House
from bot.service.notes import (
    Meanwhile,
    changed,
    in_hand,
    may_be_put_to,
    note_act,
    words_problems,
    working_days_on,
)
from bot.service.problems import Problem
from conversations import quality
from conversations.quality import Judgement, State
from storage import notes, people, reviews
from storage.errors import Unknown
from storage.notes import Note, NoteKind

TEXTS = ("good", "gaps", "ask")
"""What is written in words besides the questions' own."""


@dataclass(frozen=True, slots=True)
class Form:
    """What was posted. `seen`: how many entries the page showed; `act`: `keep`, or the state that
    it is to have."""

    act: str
    seen: int
    judged: Mapping[str, str]
    words: Mapping[str, str]
    themes: tuple[str, ...]
    with_whom: str = ""
    on: date | None = None
    put_to: str = ""
    put_to_name: str = ""
    by_name: str = ""
    said: str = ""
    restricted: bool | None = None


def begin(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> str:
    """Start one on this review's young person; the id. One that waits as a draft for the same
    review is gone on with: two taps make one note. `Unknown` if there is no tool for it."""
    require(db, house, staff, asked)
    review = reviews.lock(db, house.id, asked.review_id or "")
    tool = quality.tool_for(review.kind.value)
    if tool is None or review.looks_back_on is not None:
        raise Unknown(f"a quality tool for {review.kind}")
    people.lock(db, house.id, review.person_id)
    for one in notes.of_person(db, house.id, review.person_id):
        if one.review_id == review.review_id and one.state == State.DRAFT:
            return one.note_id
    note_id = str(uuid.uuid4())
    notes.add(
        db, house.id, note_id, kind=NoteKind.QUALITY, tool=tool.name, review_id=review.review_id,
        person_id=review.person_id, state=State.DRAFT.value, now=now,
    )  # fmt: skip
    note = notes.get(db, house.id, note_id)
    note_act(db, house, note, staff.actor, "quality_begun", now, tool.name)
    return note_id


def keep(
    db: Connection, house: House, staff: Admitted, asked: Asked, form: Form, now: datetime
) -> tuple[Problem, ...] | Meanwhile | None:
    """Keep what was entered and, if asked to, go on to the next state; all of it or nothing."""
    note, _review = in_hand(db, house, staff, asked, NoteKind.QUALITY)
    if note.ended_at is not None:
        return (Problem("act", "This note is finished. Begin a new one at the next review."),)
    problems = (*_wrong(db, house, note, form, now),)
    if problems:
        return problems
    entered = _entered(note, form)
    mine = changed(db, house, note, entered, form.seen)
    if isinstance(mine, Meanwhile):
        return mine
    goes_to = None if form.act == "keep" else State(form.act)
    if goes_to is not None:
        if not quality.may_follow(State(note.state), goes_to):
            return Meanwhile("A colleague", ("state",))
        mine.update(_of_state(db, house, note, form, goes_to, now))
    if not mine and form.restricted in (None, note.restricted):
        return None
    notes.write(db, house.id, note, mine, staff.staff_id, now)
    if form.restricted is not None and note.version == 0:
        notes.change(db, house.id, note.note_id, restricted=form.restricted)
    if goes_to is not None:
        _go(db, house, note, goes_to, form, now)
    state = goes_to.value if goes_to else note.state
    note_act(db, house, note, staff.actor, "quality_kept", now, f"{len(mine)} values, {state}")
    if State(state) not in (State.DRAFT, State.DISCUSSED):
        note_filing.put_out(db, house, note.note_id, now)
    return None


def _entered(note: Note, form: Form) -> dict[str, Any]:
    tool = quality.TOOLS[note.tool]
    entered: dict[str, Any] = {}
    for question in tool.questions:
        entered[question.id] = form.judged.get(question.id, "")
        entered[f"{question.id}.words"] = form.words.get(question.id, "").strip()
    for name in TEXTS:
        entered[name] = form.words.get(name, "").strip()
    entered["themes"] = list(form.themes)
    return entered


def _of_state(
    db: Connection, house: House, note: Note, form: Form, goes_to: State, now: datetime
) -> dict[str, Any]:
    """What the step says of itself. Checked before by `_wrong`."""
    on = (form.on or local_day(now)).isoformat()
    match goes_to:
        case State.DISCUSSED:
            return {"discussed": {"with": form.with_whom.strip(), "on": on}}
        case State.COMPLETED:
            put_to = _put_to_name(db, house, note, form, now)
            return {"completed": {"put_to": put_to, "on": on}}
        case State.ANSWERED:
            return {"answered": {"by": form.by_name.strip(), "on": on, "words": form.said.strip()}}
        case State.IMPACT:
            return {"impact": {"on": on, "words": form.said.strip()}}
        case State.DRAFT:
            raise AssertionError("Nothing goes back to a draft.")


def _put_to_name(db: Connection, house: House, note: Note, form: Form, now: datetime) -> str:
    names = may_be_put_to(db, house, note.person_id, people.all_staff(db, house.id), local_day(now))
    return names.get(form.put_to, form.put_to_name.strip())


def _go(
    db: Connection, house: House, note: Note, goes_to: State, form: Form, now: datetime
) -> None:
    values: dict[str, Any] = {"state": goes_to.value}
    match goes_to:
        case State.COMPLETED:
            days = house.council.footprint.answer_working_days
            values |= {
                "put_to": form.put_to or None,
                "due_on": working_days_on(local_day(now), days),
            }
        case State.ANSWERED:
            values["due_on"] = None
        case State.IMPACT:
            values["ended_at"] = now
        case State.DRAFT | State.DISCUSSED:
            pass
    notes.change(db, house.id, note.note_id, **values)


_STEPS = frozenset({"keep", *(state.value for state in State if state is not State.DRAFT)})


def _wrong(db: Connection, house: House, note: Note, form: Form, now: datetime) -> list[Problem]:
    problems = []
    if form.act not in _STEPS:
        problems.append(Problem("act", "Choose what to do with this note."))
    if any(value and value not in list(Judgement) for value in form.judged.values()):
        problems.append(Problem("judged", "Choose one of the four answers."))
    known = {*house.council.footprint.themes, *_themes_before(db, house, note)}
    if not set(form.themes) <= known:
        problems.append(Problem("themes", "Choose from the council’s list of themes."))
    if form.on is not None and form.on > local_day(now):
        problems.append(Problem("on", "That day is to come. Enter the day it was."))
    problems += _missing(db, house, note, form, now)
    texts = {f"{name}.words" if "." in name else name: text for name, text in form.words.items()}
    texts |= {"said": form.said, "with_whom": form.with_whom}
    return [*problems, *words_problems(db, house, note, texts)]


def _themes_before(db: Connection, house: House, note: Note) -> list[str]:
    """A theme that the council took off its list since stays where it was chosen."""
    return [
        theme
        for entry in notes.entries(db, house.id, note)
        if entry.field == "themes"
        for theme in entry.value
    ]


def _missing(db: Connection, house: House, note: Note, form: Form, now: datetime) -> list[Problem]:
    match form.act:
        case State.DISCUSSED if not form.with_whom.strip():
            return [Problem("with_whom", "Say with whom you discussed it.")]
        case State.COMPLETED:
            return _not_complete(db, house, note, form, now)
        case State.ANSWERED if not (form.by_name.strip() and form.said.strip()):
            return [Problem("said", "Say who answered, and what they said.")]
        case State.IMPACT if not form.said.strip():
            return [Problem("said", "Say what changed for the young person, or that nothing did.")]
        case _:
            return []


def _not_complete(
    db: Connection, house: House, note: Note, form: Form, now: datetime
) -> list[Problem]:
    problems = []
    unanswered = [
        question
        for question in quality.TOOLS[note.tool].questions
        if not form.judged.get(question.id)
    ]
    if unanswered:
        problems.append(
            Problem(
                unanswered[0].id,
                f"{len(unanswered)} of the questions have no answer yet. “Does not apply” is one.",
            )
        )
    good = form.words.get("good", "").strip()
    if not good and Judgement.GOOD_PRACTICE in form.judged.values():
        problems.append(Problem("good", "Say what is done well, so that it is heard of."))
    if not _put_to_name(db, house, note, form, now):
        problems.append(Problem("put_to", "Say who is asked to answer."))
    return problems
