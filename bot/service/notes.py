"""What officers note besides the reviews: quality of a file, and challenge. What both have in
common: who may, who wrote what when, what somebody else wrote meanwhile, and whose words they are.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.access.roles import ANSWERERS, OFFICERS, Role
from bot.service import reading
from bot.service.admission import Admitted, Asked, require
from bot.service.bank_holidays import england_and_wales
from bot.service.days import local_day
from bot.service.house import House
from bot.service.problems import Problem
from conversations import quality
from conversations.timescales import working_days_after
from storage import allocations, audit, note_filings, notes, people, reviews
from storage.errors import Unknown
from storage.note_filings import Version
from storage.notes import Entry, Note, NoteKind
from storage.people import Staff, YoungPerson
from storage.reviews import Review

MOST_LETTERS = 4000
_SAME_WORDS = 5
"""So many words in a row that a young person used are their words, not the officer's."""


@dataclass(frozen=True, slots=True)
class Written:
    """The newest value of a field, by whom and when. `earlier`: those before it, oldest first."""

    value: Any
    by: str
    at: datetime
    number: int
    earlier: tuple["Written", ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A note as it stands. `may_write`: the reader holds it; `names`: of whom it may be put to, by
    id; `overdue`: an answer is owed and its day is over."""

    note: Note
    review: Review
    person: YoungPerson
    officer: str
    written: Mapping[str, Written]
    versions: tuple[Version, ...]
    may_write: bool
    names: Mapping[str, str]
    overdue: bool

    def value(self, field: str, default: Any = "") -> Any:
        found = self.written.get(field)
        return default if found is None else found.value

    @property
    def title(self) -> str:
        return title_of(self.note)


@dataclass(frozen=True, slots=True)
class Listed:
    """A note in a list: no word of it."""

    note: Note
    person: YoungPerson
    officer: str
    overdue: bool

    @property
    def title(self) -> str:
        return title_of(self.note)


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Somebody else wrote since the page was opened, and what they wrote differs from what was
    entered: nothing was kept. `who`: by name."""

    who: str
    fields: tuple[str, ...]


def title_of(note: Note) -> str:
    if note.kind is NoteKind.CHALLENGE:
        return "Challenge"
    return quality.TOOLS[note.tool].title


def open_note(
    db: Connection, house: House, staff: Admitted, asked: Asked, kind: NoteKind, now: datetime
) -> Page:
    """Reads only. `Unknown` if it is not theirs, or of another kind."""
    require(db, house, staff, asked)
    note = notes.get(db, house.id, asked.note_id or "")
    if note.kind is not kind:
        raise Unknown(f"a note of kind {kind}")
    return page_of(db, house, staff.staff_id, note, now)


def page_of(db: Connection, house: House, reader_id: str, note: Note, now: datetime) -> Page:
    """The note with everything that was written in it."""
    every = people.all_staff(db, house.id)
    names = {one.staff_id: one.name for one in every}
    written: dict[str, Written] = {}
    for entry in notes.entries(db, house.id, note):
        written[entry.field] = _newer(written.get(entry.field), entry, names)
    person = people.young_person(db, house.id, note.person_id)
    return Page(
        note,
        reviews.get(db, house.id, note.review_id),
        person,
        names[note.officer_id],
        written,
        tuple(note_filings.of_note(db, house.id, note.note_id)),
        note.officer_id == reader_id,
        may_be_put_to(db, house, note.person_id, every, local_day(now)),
        note.is_overdue(local_day(now)),
    )


def _newer(before: Written | None, entry: Entry, names: Mapping[str, str]) -> Written:
    earlier = (*before.earlier, before) if before else ()
    who = names.get(entry.by, "Somebody who is no longer here")
    return Written(entry.value, who, entry.at, entry.number, earlier)


def may_be_put_to(
    db: Connection, house: House, person_id: str, every: Iterable[Staff], today: date
) -> dict[str, str]:
    """Who may be asked for an answer at the desk: the worker of the young person, and those who
    manage social work."""
    theirs = {
        one.staff_id for one in allocations.of_person(db, house.id, person_id) if one.is_open(today)
    }
    found = {
        one.staff_id: one.name
        for one in every
        if one.active
        and Role(one.role) in ANSWERERS
        and (one.staff_id in theirs or Role(one.role) is Role.SOCIAL_WORK_MANAGER)
    }
    return dict(sorted(found.items(), key=lambda one: one[1]))


def listed(
    db: Connection, house: House, staff: Admitted, now: datetime, *, ended: bool = False
) -> tuple[Listed, ...]:
    """What an officer holds, or a manager's team: overdue first, then by the day. No word."""
    return _listed(db, house, _held(db, house, staff, ended=ended), now)


def _held(db: Connection, house: House, staff: Admitted, *, ended: bool) -> list[Note]:
    if staff.role in OFFICERS:
        return notes.of_officer(db, house.id, staff.staff_id, ended=ended)
    return notes.of_team(db, house.id, staff.team, ended=ended)


def overdue(db: Connection, house: House, staff: Admitted, now: datetime) -> tuple[Listed, ...]:
    """Those of `listed` where an answer is owed and its day is over, for *Today* and the unit."""
    today = local_day(now)
    held = _held(db, house, staff, ended=False)
    return _listed(db, house, [one for one in held if one.is_overdue(today)], now)


def of_person(db: Connection, house: House, person_id: str, now: datetime) -> tuple[Listed, ...]:
    """Every note about a young person, the newest first."""
    return _listed(db, house, notes.of_person(db, house.id, person_id), now, in_order=False)


def _listed(
    db: Connection, house: House, found: Sequence[Note], now: datetime, *, in_order: bool = True
) -> tuple[Listed, ...]:
    if not found:
        return ()
    today = local_day(now)
    persons = people.young_people_by_id(db, house.id, {note.person_id for note in found})
    members = people.staff_by_id(db, house.id, {note.officer_id for note in found})
    rows = [
        Listed(
            note,
            persons[note.person_id],
            members[note.officer_id].name,
            note.is_overdue(today),
        )
        for note in found
        if note.person_id in persons
    ]
    if in_order:
        rows.sort(key=lambda one: one.note.due_on or date.max)
    return tuple(rows)


def in_hand(
    db: Connection, house: House, staff: Admitted, asked: Asked, kind: NoteKind
) -> tuple[Note, Review]:
    """The note that is about to be written into, locked. `Unknown`."""
    require(db, house, staff, asked)
    note = notes.lock(db, house.id, asked.note_id or "")
    require(db, house, staff, asked)  # it may have gone to a colleague while we waited
    if note.kind is not kind:
        raise Unknown(f"a note of kind {kind}")
    return note, reviews.get(db, house.id, note.review_id)


def changed(
    db: Connection, house: House, note: Note, entered: Mapping[str, Any], seen: int
) -> dict[str, Any] | Meanwhile:
    """Of what was entered, what differs from what stands; `seen`: how many entries the page showed.
    `Meanwhile` where somebody wrote something else into a field that was changed here too."""
    now_, then, by = dict[str, Any](), dict[str, Any](), dict[str, str]()
    for entry in notes.entries(db, house.id, note):
        now_[entry.field], by[entry.field] = entry.value, entry.by
        if entry.number <= seen:
            then[entry.field] = entry.value
    mine = {
        field: value
        for field, value in entered.items()
        if value != then.get(field, _nothing(value)) and value != now_.get(field, _nothing(value))
    }
    both = tuple(
        field for field in mine if now_.get(field, _nothing(0)) != then.get(field, _nothing(0))
    )
    if both:
        who = people.staff_member(db, house.id, by[both[0]]).name
        return Meanwhile(who, both)
    return mine


def _nothing(like: Any) -> Any:
    """What stands in a field that nobody has filled in."""
    return [] if isinstance(like, list) else ""


def words_problems(
    db: Connection, house: House, note: Note, texts: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Too long, or a young person's own words that are not for the file on their way into it."""
    problems = [
        Problem(
            field, f"This is {len(text) - MOST_LETTERS} letters too long: {MOST_LETTERS:,} fit."
        )
        for field, text in texts.items()
        if len(text) > MOST_LETTERS
    ]
    if not note.restricted:
        quoted = _kept_back(db, house, note.person_id)
        problems += [
            Problem(
                field,
                "These are words that the young person did not share with the file. Say it in "
                "your own words, or start a note for the restricted record.",
            )
            for field, text in texts.items()
            if quoted & _runs(text)
        ]
    return tuple(problems)


def _kept_back(db: Connection, house: House, person_id: str) -> set[tuple[str, ...]]:
    """Every run of words that a young person sent and that is not in the file."""
    runs = set[tuple[str, ...]]()
    for review_id in reviews.of_people(db, house.id, [person_id]):
        whole = reading.newest(db, house, review_id)
        for one in whole.said if whole else ():
            if one.words and not one.in_file:
                runs |= _runs(one.words)
    return runs


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {
        tuple(words[start : start + _SAME_WORDS]) for start in range(len(words) - _SAME_WORDS + 1)
    }


def working_days_on(day: date, count: int) -> date:
    """So many working days after a day."""
    return working_days_after(day, count, england_and_wales())


def note_act(
    db: Connection,
    house: House,
    note: Note,
    actor: str,
    act: str,
    now: datetime,
    detail: str,
) -> None:
    subject = f"review:{note.review_id}"
    about = f"note {note.note_id}, {detail}"
    audit.add(db, house.id, now, actor=actor, act=act, subject=subject, detail=about)
