"""The day of a meeting, at the desk: arranged, moved and stood down by a person, who sees before it
is done whether it keeps to the timescale, and what a colleague did meanwhile."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.access import permissions
from bot.service import clock_starts, due, rearranging, relations
from bot.service.admission import Admitted, Asked, require
from bot.service.clock import sentence
from bot.service.clock_starts import Start
from bot.service.days import full_day, local_day, whole_day
from bot.service.due import ByWhen
from bot.service.house import House
from bot.service.meeting_kinds import KINDS, MeetingKind
from bot.service.problems import Problem
from bot.service.rearranging import How, Over, Why
from bot.service.telling import Notice
from conversations import timescales
from storage import people, review_decisions, review_moves, reviews
from storage.people import YoungPerson
from storage.review_decisions import Decision
from storage.review_moves import Form, Move, Reason, What
from storage.reviews import Review, ReviewKind

MOST_LETTERS = 2000
FAR = timedelta(days=366)

FORMS = {
    Form.FACE_TO_FACE: "Face to face",
    Form.VIDEO: "By video",
    Form.PHONE: "By phone",
    Form.HYBRID: "Some in the room, some by video or phone",
    Form.SERIES: "In a series of meetings",
}
REASONS = {
    Reason.CHILD: "The young person’s wish",
    Reason.OFFICER: "Who runs it",
    Reason.SOCIAL_WORKER: "The social worker or personal adviser",
    Reason.CARER: "The carers",
    Reason.SCHOOL: "School",
    Reason.ILLNESS: "Illness",
    Reason.WEATHER: "Weather or travel",
    Reason.PAPERS: "Papers not ready",
    Reason.COURT: "Court",
    Reason.OTHER: "Something else",
}


@dataclass(frozen=True, slots=True)
class Done:
    """One line of the history. `who`: in words."""

    move: Move
    who: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """The page of a meeting's day. `seen`: how much of its history the page shows; `arranges`:
    whether the reader puts down its day; `runs`: and more than that; `left_care`: since when they
    are not looked after, where that is so; `undone`: what earlier reviews decided and nobody has
    said is done; `start`: the day that its clock counts from, where a person puts it down."""

    review: Review
    person: YoungPerson
    kind: MeetingKind
    officer: str
    due: ByWhen | None
    history: tuple[Done, ...]
    runs: bool
    left_care: date | None
    undone: tuple[Decision, ...]
    start: Start | None
    arranges: bool

    @property
    def seen(self) -> int:
        return len(self.history)

    @property
    def arranged(self) -> Move | None:
        """What says the time and the form of the day it is arranged for."""
        if self.review.meeting_on is None or not self.history:
            return None
        newest = self.history[-1].move
        return newest if newest.to_on == self.review.meeting_on else None


class Kept(StrEnum):
    """What came of an entry without problems."""

    NOW = "now"
    SAME = "same"  # it was so before
    OTHERS = "others"  # somebody else was quicker: nothing was overwritten


@dataclass(frozen=True, slots=True)
class Check:
    """To be said before it is kept: whether the day keeps to the timescale, and what is odd."""

    day: date
    said: str
    late_days: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """What a person entered. `seen`: `Meeting.seen`; `sure`: they have seen what `Check` says."""

    day: date | None
    clock_time: str
    form: str
    seen: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Off:
    """That it does not take place, and why."""

    reason: str
    words: str
    seen: str


def look(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> Meeting:
    """Reads only. `Unknown` if it is not theirs, or no meeting."""
    require(db, house, staff, asked)
    review = reviews.get(db, house.id, asked.review_id or "")
    return _meeting(db, house, staff, review, now)


def _meeting(
    db: Connection, house: House, staff: Admitted, review: Review, now: datetime
) -> Meeting:
    if review.looks_back_on is not None:
        review = reviews.get(db, house.id, review.looks_back_on)
    person = people.young_person(db, house.id, review.person_id)
    relation = relations.to_review(db, house, staff.asker, review.review_id)
    runs = permissions.verdict("desk.record", staff.role, relation)
    today = local_day(now)
    names = {one.staff_id: one.name for one in people.all_staff(db, house.id)}
    history = tuple(
        Done(move, names.get(move.by.removeprefix("staff:"), "The case system"))
        for move in review_moves.of_review(db, house.id, review.review_id)
    )
    undone = review_decisions.open_of_person(db, house.id, review.person_id)
    return Meeting(
        review,
        person,
        KINDS[review.kind],
        names[review.officer_id],
        due.of_review(db, house, review, today),
        history,
        runs is not permissions.Verdict.REFUSED,
        left_care_on(db, house, review, today),
        tuple(one for one in undone if one.review_id != review.review_id)
        if runs is not permissions.Verdict.REFUSED
        else (),
        clock_starts.of_review(db, house, review),
        permissions.verdict("desk.arrange", staff.role, relation)
        is not permissions.Verdict.REFUSED,
    )


def left_care_on(db: Connection, house: House, review: Review, day: date) -> date | None:
    """Since when they are not looked after any more, where that is known and matters."""
    if review.kind is not ReviewKind.CIOC:
        return None
    cares = due.known_of(db, house, [review]).periods.get(review.person_id, ())
    if not cares or timescales.period_of(cares, day) is not None:
        return None
    return max((care.ended for care in cares if care.ended and care.ended < day), default=None)


def arrange(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    entry: Day,
    now: datetime,
    notice: Notice | None,
) -> Kept | Check | tuple[Problem, ...]:
    """Give it a day, or another one. The first time what the clock says of it is given back, and
    nothing is kept until they have seen that."""
    require(db, house, staff, asked)
    review = _changing(db, house, asked)
    if review is None:
        return (Problem("day", "This was held, so its day stays. Correct it in its record."),)
    problems = _problems(entry, local_day(now))
    if problems or entry.day is None:
        return problems
    if entry.seen != str(review_moves.count(db, house.id, review.review_id)):
        return Kept.OTHERS
    if not entry.sure:
        return _check(db, house, review, entry.day, local_day(now))
    form = Form(entry.form) if entry.form else None
    clock_time = _typed_time(entry.clock_time) or ""
    how = How(clock_time, form, notice)
    changed = rearranging.move(db, house, review.review_id, entry.day, staff.actor, now, how)
    return Kept.NOW if changed else Kept.SAME


def stand_down(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    entry: Off,
    now: datetime,
    notice: Notice | None,
) -> Kept | tuple[Problem, ...]:
    """It does not take place. Problems: nothing was kept."""
    require(db, house, staff, asked)
    review = _changing(db, house, asked)
    if review is None:
        return (Problem("reason", "This was held. It can’t be stood down any more."),)
    if entry.reason not in list(Reason):
        return (Problem("reason", "Choose why it does not take place."),)
    reason, words = Reason(entry.reason), entry.words.strip()
    if reason is Reason.OTHER and not words:
        return (Problem("why", "Say in a few words why it does not take place."),)
    if len(words) > MOST_LETTERS:
        return (_too_long("why", words),)
    if entry.seen != str(review_moves.count(db, house.id, review.review_id)):
        return Kept.OTHERS
    why = Why(reason, words, notice)
    changed = rearranging.stand_down(db, house, review.review_id, staff.actor, now, why)
    return Kept.NOW if changed else Kept.SAME


def _too_long(field: str, words: str) -> Problem:
    over = len(words) - MOST_LETTERS
    return Problem(field, f"This is {over} letters too long: {MOST_LETTERS} fit.")


def _changing(db: Connection, house: House, asked: Asked) -> Review | None:
    try:
        return rearranging.changing(db, house, asked.review_id or "")
    except Over:
        return None


def _problems(entry: Day, today: date) -> tuple[Problem, ...]:
    problems = []
    if entry.day is None:
        problems.append(Problem("day", "Enter the day of the meeting, for example 17 9 2026."))
    elif entry.day < today:
        said = full_day(entry.day, today)
        problems.append(
            Problem("day", f"{said} is over. If it was held then, put that down in its record.")
        )
    if entry.clock_time.strip() and _typed_time(entry.clock_time) is None:
        problems.append(Problem("clock_time", "Enter the time as hours and minutes, like 14:30."))
    if entry.form and entry.form not in list(Form):
        problems.append(Problem("form", "Choose how people meet."))
    return tuple(problems)


_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE | re.ASCII)


def _typed_time(typed: str) -> str | None:
    """`14:30` for 14:30, 14.30, 2.30pm and 2pm; None if it is no time."""
    found = _TIME.fullmatch(typed.strip())
    if found is None or not (found[2] or found[3]):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def _check(db: Connection, house: House, review: Review, day: date, today: date) -> Check:
    known = due.known_of(db, house, [review])
    found = due.due_of(known, review, day)
    if found is not None:
        late = max(0, (day - found.by).days)
        said = sentence(timescales.explain(found))
    elif review.due_on is not None:
        late = max(0, (day - review.due_on).days)
        said = f"By {whole_day(review.due_on)}, as the case system has it."
    else:
        late, said = 0, "No timescale is known for it."
    return Check(day, said, late, odd_days(db, house, review, day, today, held=False))


def odd_days(
    db: Connection, house: House, review: Review, day: date, today: date, *, held: bool
) -> tuple[str, ...]:
    """What no rule forbids and is hardly meant: said, and kept once a person is sure."""
    odd = []
    known = due.known_of(db, house, [review])
    cares = known.periods.get(review.person_id, ())
    if review.kind is ReviewKind.CIOC and cares and timescales.period_of(cares, day) is None:
        ended = max((one.ended for one in cares if one.ended and one.ended < day), default=None)
        odd.append(
            f"They left care on {whole_day(ended)}: a review in care is not due after that. A care "
            "leaver’s pathway plan has reviews of its own."
            if ended
            else f"{whole_day(day)} is before they became looked after, on "
            f"{whole_day(min(one.began for one in cares))}."
        )
    others = [
        one
        for one in reviews.of_person(db, house.id, review.person_id)
        if one.review_id != review.review_id and one.kind is review.kind and one.meeting_on == day
    ]
    if others:
        odd.append(
            f"Another of their reviews is on {whole_day(day)} too. Two on one day count as one."
        )
    if not held and day - today > FAR:
        odd.append(f"{whole_day(day)} is more than a year ahead.")
    return tuple(odd)


def what(move: Move) -> str:
    """The history's word for it."""
    return {
        What.ARRANGED: "Arranged",
        What.MOVED: "Moved" if move.from_on != move.to_on else "Time or form changed",
        What.STOOD_DOWN: "Stood down",
        What.REARRANGED: "Rearranged",
        What.HELD: "Held",
    }[move.what]
