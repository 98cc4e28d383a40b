"""What is put on record of a meeting that was held, step by step, as its kind's declaration asks.

Each step is kept by itself, so that nothing typed waits for the last page. Each value keeps who put
it down and when, and those before it stay. Two people at once: the second sees what the first did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.service import due, holding
from bot.service.admission import Admitted, Asked, require
from bot.service.days import full_day, local_day, whole_day
from bot.service.due import ByWhen
from bot.service.duty import working_day
from bot.service.house import House
from bot.service.meeting_kinds import KINDS, Asks, Field, MeetingKind, Part, Step
from bot.service.meetings import left_care_on, odd_days
from bot.service.problems import Problem
from bot.service.taking_part import Method, plain
from storage import (
    audit,
    participation,
    people,
    record_filings,
    review_decisions,
    review_moves,
    review_records,
    reviews,
)
from storage.errors import Unknown
from storage.people import YoungPerson
from storage.record_filings import Version
from storage.review_decisions import Decision
from storage.review_records import Value
from storage.reviews import Review, ReviewKind

MOST_LETTERS = 4000
HELD_ON = "held_on"
"""The day it was held: kept with the review, asked in its first step."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One field with all values that it had, the newest last."""

    field: Field
    values: tuple[Value, ...]

    @property
    def newest(self) -> Value | None:
        return self.values[-1] if self.values and _says(self.values[-1]) else None

    @property
    def earlier(self) -> tuple[Value, ...]:
        return self.values[:-1]

    def read(self, value: Value) -> str:
        """As staff read it."""
        if self.field.asks is Asks.DAY:
            return whole_day(date.fromisoformat(value.fact)) if value.fact else "Nothing"
        return self.field.says(value.fact) or value.words or "Nothing"


def _says(value: Value) -> bool:
    return bool(value.fact or value.words)


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one meeting. `names`: of staff, by id; `issue_by`: by when recommendations are
    to be issued; `undone`: what earlier ones decided and nobody said is done; `next`: the review
    that comes after, if it is set."""

    review: Review
    person: YoungPerson
    kind: MeetingKind
    officer: str
    due: ByWhen | None
    answered: Mapping[str, Answered]
    took_part: str
    code: str
    decisions: tuple[Decision, ...]
    undone: tuple[Decision, ...]
    versions: tuple[Version, ...]
    names: Mapping[str, str]
    issue_by: date | None
    left_care: date | None
    next: Review | None

    def state(self, step: Step) -> str:
        """`done`, `begun` or `to_do`."""
        match step.part:
            case Part.DECISIONS:
                return "done" if self.decisions else "to_do"
            case Part.NEXT:
                return "done" if _fact(self, "next") else "to_do"
            case _:
                wanted = [one for one in step.fields if self.needs(one)]
                lacks = [one for one in wanted if self.answered[one.id].newest is None]
                if step.part is Part.HELD and not self.review.held:
                    return "to_do"
                if step.part is Part.TOOK_PART and not self.took_part:
                    return "to_do"
                if lacks:
                    any_ = any(self.answered[one.id].newest for one in step.fields)
                    return "begun" if any_ else "to_do"
                any_ = any(self.answered[one.id].newest for one in step.fields)
                return "done" if any_ else "to_do"

    def asks(self, field: Field) -> bool:
        """Whether the field is asked, by what is answered already."""
        return field.only is None or _fact(self, field.only[0]) in field.only[1]

    def needs(self, field: Field) -> bool:
        """Whether the record can't be filed without it, by what is answered already."""
        needed = field.needed or any(_fact(self, one) in values for one, values in field.needed_if)
        return needed and self.asks(field)

    def seen(self, step: Step) -> str:
        """Which values a page of this step shows: a later form must know the newest."""
        count = sum(len(self.answered[one.id].values) for one in step.fields)
        if step.part is Part.HELD:
            held = self.review.meeting_on if self.review.held else None
            return f"{count}/{held.isoformat() if held else ''}"
        return str(count)

    @property
    def issued_in_time(self) -> bool | None:
        """Whether recommendations were issued in time; None: not known yet."""
        issued = _fact(self, "issued_on")
        if not issued or self.issue_by is None:
            return None
        return date.fromisoformat(issued) <= self.issue_by


def _fact(record: Record, field_id: str) -> str:
    answered = record.answered.get(field_id)
    newest = answered.newest if answered else None
    return newest.fact if newest else ""


class Kept(StrEnum):
    """What came of an entry without problems."""

    NOW = "now"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Others:
    """Somebody else was quicker, and nothing was overwritten. What they put down, line by line."""

    did: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sure:
    """What no rule forbids and is hardly meant: kept once they say that it is right."""

    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One step, as it was typed. `values`: by field, days in ISO form; `problems`: what made no day
    at all; `seen`: `Record.seen` of the page."""

    step: str
    values: Mapping[str, str]
    seen: str
    sure: bool = False
    problems: tuple[Problem, ...] = ()


NEXT = (
    Field("next", "The next one", Asks.ONE, (
        ("clock", "By the clock"), ("another", "On another day"), ("none", "There is none"),
    )),
    Field("next_on", "The day", Asks.DAY, past=False),
    Field("next_why", "The reason", Asks.WORDS),
    Field("next_review", "Its number", Asks.LINE),
)  # fmt: skip
"""Fields of the step `Part.NEXT`, alike for every kind (`bot.service.next_review`)."""


def look(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> Record:
    """Reads only. `Unknown` if it is not theirs, or nothing is put on record of it."""
    require(db, house, staff, asked)
    return of_review(db, house, reviews.get(db, house.id, asked.review_id or ""), now)


def of_review(db: Connection, house: House, review: Review, now: datetime) -> Record:
    """The record as it stands. A household's review is on record with the household: a child who
    said what they think before it has none."""
    person = people.young_person(db, house.id, review.person_id)
    mine = review.kind is not ReviewKind.FOSTER_CARER or person.carer
    if review.looks_back_on is not None or not mine:
        raise Unknown(f"a record of {review.review_id}")
    kind, today = KINDS[review.kind], local_day(now)
    values = review_records.of_review(db, house.id, review.review_id)
    answered = {one.id: Answered(one, values.get(one.id, ())) for one in (*kind.fields(), *NEXT)}
    confirmed = participation.get(db, house.id, review.review_id)
    took_part = ""
    if confirmed is not None:
        pathway = review.kind is ReviewKind.PATHWAY
        took_part = plain(Method(confirmed.method), pathway=pathway)
    names = {one.staff_id: one.name for one in people.all_staff(db, house.id)}
    undone = review_decisions.open_of_person(db, house.id, review.person_id)
    newest = answered["next_review"].newest
    return Record(
        review,
        person,
        kind,
        names[review.officer_id],
        due.of_review(db, house, review, today),
        answered,
        took_part,
        confirmed.code.value if confirmed and confirmed.code else "",
        review_decisions.of_review(db, house.id, review.review_id),
        tuple(one for one in undone if one.review_id != review.review_id),
        record_filings.of_review(db, house.id, review.review_id),
        names,
        _issue_by(house, review),
        left_care_on(db, house, review, review.meeting_on or today),
        reviews.get(db, house.id, newest.words) if newest else None,
    )


def _issue_by(house: House, review: Review) -> date | None:
    if not review.held or review.meeting_on is None:
        return None
    return working_day(review.meeting_on, house.council.recommendations_within_days)


def lock(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> Record:
    """The record, to act on: others wait for our commit."""
    require(db, house, staff, asked)
    return of_review(db, house, reviews.lock(db, house.id, asked.review_id or ""), now)


def keep(
    db: Connection, house: House, staff: Admitted, asked: Asked, entry: Entry, now: datetime
) -> Kept | Others | Sure | tuple[Problem, ...]:
    """Keep one step. Problems, `Others`, `Sure`: nothing was kept."""
    record = lock(db, house, staff, asked, now)
    step = record.kind.step(entry.step)
    given = {one.id: _given(one, entry.values) for one in step.fields}
    held_on = _held_on(entry) if step.part is Part.HELD else None
    problems = [*entry.problems, *_problems(record, step, given, held_on, local_day(now))]
    if step.part is Part.HELD and not any(one.field == HELD_ON for one in problems):
        problems += holding.problems_of(db, house, record.review, held_on, now)
    if problems:
        return tuple(problems)
    if entry.seen != record.seen(step):
        did = _others(record, step, given, held_on)
        return Others(did) if did else Kept.SAME
    if held_on is not None and not entry.sure:
        odd = odd_days(db, house, record.review, held_on, local_day(now), held=True)
        if odd:
            return Sure(odd)
    if held_on is not None:
        form = review_moves.Form(given["form"])
        holding.hold(db, house, staff, record.review, held_on, now, form)
        _fit_next(db, house, record, held_on)
    changed = [put_down(db, house, staff, record, one, given[one.id], now) for one in step.fields]
    if any(changed):
        note(db, house, staff, record.review, "record_kept", now, step.id)
    return Kept.NOW


def _fit_next(db: Connection, house: House, record: Record, held_on: date) -> None:
    """The clock of the next one runs from the day this one was held."""
    if record.next is None or record.next.held:
        return
    known = due.known_of(db, house, [record.review])
    found = due.next_due(known, record.review, held_on)
    if found is not None:
        reviews.set_due(db, house.id, record.next.review_id, found.by)


def put_down(
    db: Connection,
    house: House,
    staff: Admitted,
    record: Record,
    field: Field,
    given: str,
    now: datetime,
) -> bool:
    """One value, if it is another than the newest."""
    values = record.answered[field.id].values
    newest = _plain(field, values[-1]) if values else ""
    if newest == given:
        return False
    review = record.review
    in_words = field.asks in (Asks.WORDS, Asks.LINE)
    value = Value(
        review.review_id, review.person_id, field.id, len(values) + 1, now, staff.staff_id,
        "" if in_words else given, given if in_words else "",
    )  # fmt: skip
    review_records.put(db, house.id, value)
    return True


def _plain(field: Field, value: Value) -> str:
    return value.words if field.asks in (Asks.WORDS, Asks.LINE) else value.fact


def _given(field: Field, values: Mapping[str, str]) -> str:
    """What the field holds from now on; nothing where another answer makes it go unasked."""
    if field.only is not None and values.get(field.only[0], "") not in field.only[1]:
        return ""
    return values.get(field.id, "").strip()


def _held_on(entry: Entry) -> date | None:
    typed = entry.values.get(HELD_ON, "")
    return date.fromisoformat(typed) if typed else None


def _problems(
    record: Record, step: Step, given: Mapping[str, str], held_on: date | None, today: date
) -> Sequence[Problem]:
    found = []
    for field in step.fields:
        value = given[field.id]
        match field.asks:
            case Asks.ONE | Asks.SEVERAL:
                known = {option for option, _says in field.options}
                several = value.split(",") if value else []
                if not known.issuperset(several) or (field.asks is Asks.ONE and len(several) > 1):
                    found.append(Problem(field.id, f"{field.label}: choose one that is offered."))
            case Asks.DAY:
                if value:
                    day = date.fromisoformat(value)
                    found += _of_a_day(record, field, day, held_on, today)
            case Asks.WORDS | Asks.LINE:
                most = MOST_LETTERS if field.asks is Asks.WORDS else 200
                if len(value) > most:
                    over = len(value) - most
                    found.append(Problem(field.id, f"{field.label}: {over} letters too long."))
    if step.part is Part.HELD and not given.get("form"):
        found.append(Problem("form", "Choose how people met."))
    return found


def _of_a_day(
    record: Record, field: Field, day: date, held_on: date | None, today: date
) -> Sequence[Problem]:
    said, born = full_day(day, today), record.person.born
    if field.past and day > today:
        return [Problem(field.id, f"{field.label}: {said} is in the future.")]
    if born is not None and day < born:
        return [Problem(field.id, f"{field.label}: {said} is before they were born.")]
    review = record.review
    held = held_on or (review.meeting_on if review.held else None)
    if field.id == "issued_on" and held is not None and day < held:
        text = f"{field.label}: {said} is before the meeting, on {full_day(held, today)}."
        return [Problem(field.id, text)]
    return []


def _others(
    record: Record, step: Step, given: Mapping[str, str], held_on: date | None
) -> tuple[str, ...]:
    """What stands there that is otherwise than what was entered, and who put it down."""
    did = []
    held = record.review.meeting_on if record.review.held else None
    if step.part is Part.HELD and held and held != held_on:
        did.append(f"The day it was held is {whole_day(held)}.")
    for field in step.fields:
        answered = record.answered[field.id]
        if not answered.values or _plain(field, answered.values[-1]) == given[field.id]:
            continue
        newest = answered.values[-1]
        who = record.names.get(newest.by, "Somebody")
        did.append(f"{who} put down under “{field.label}”: {answered.read(newest)}.")
    return tuple(did)


def note(
    db: Connection,
    house: House,
    staff: Admitted,
    review: Review,
    act: str,
    now: datetime,
    detail: str = "",
) -> None:
    """On record in the audit: never a word of what was put down."""
    subject = f"review:{review.review_id}"
    audit.add(db, house.id, now, actor=staff.actor, act=act, subject=subject, detail=detail)
