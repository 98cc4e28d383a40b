"""Allocation: young people get another officer, one or many, from a day on.

A unit manager plans it. Until it happens it can be undone and nobody is told; then each young
person's reviews go to the new officer in a transaction of its own, and the young person hears of it
on their next page, with a neutral line in their chat (`bot.service.rearranging`). Notes and
challenges hang on the review, so that they go with it; so do wishes, tasks and codes to confirm.
"""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from bot.access.roles import OFFICERS, Role
from bot.service import quiet, rearranging, telling
from bot.service.admission import Admitted, Asked, require
from bot.service.caseload import State, standing_of
from bot.service.days import local_day
from bot.service.house import House
from bot.service.problems import Problem
from bot.service.rearranging import NoOfficer
from bot.service.telling import Notice
from bot.service.wording import LONDON
from storage import (
    allocations,
    asks,
    audit,
    caseload,
    caseload_plans,
    hand_overs,
    notes,
    outbox,
    people,
    reviews,
    tasks,
)
from storage.allocations import Allocation
from storage.caseload import Standing
from storage.errors import Unknown
from storage.hand_overs import HandOver
from storage.outbox import Outgoing
from storage.people import Staff, YoungPerson

DESTINATION = "hand_over"
"""Of the outbox: a row a young person, which waits until it happens."""
FAR = timedelta(days=366)
_SHOWN_FOR = timedelta(days=14)
_LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Child:
    """One young person of an officer's, with the work that is open for them, and without a name:
    of a whole team it is only counted. `ahead`: reviews that were not held; `next_on`: the next day
    of one, if it is to come; `wishes`: without an answer; `goes_on`: a hand-over of theirs waits.
    """

    person_id: str
    ahead: int
    next_on: date | None
    to_confirm: int
    to_read: int
    wishes: int
    tasks: int
    notes: int
    goes_on: bool

    @property
    def open_work(self) -> int:
        todo = self.to_confirm + self.to_read + self.wishes + self.tasks + self.notes
        return self.ahead + todo


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer of the team. `leaver`: they have left, and `children` are still theirs."""

    member: Staff
    children: tuple[Child, ...]

    @property
    def leaver(self) -> bool:
        return not self.member.active and bool(self.children)

    @property
    def title(self) -> str:
        return (
            "Pathway review officer" if self.member.role == Role.PATHWAY_REVIEW_OFFICER else "IRO"
        )

    def total(self, name: str) -> int:
        return sum(int(getattr(child, name)) for child in self.children)


@dataclass(frozen=True, slots=True)
class Planned:
    """A hand-over as the manager sees it. `undo_until`: none once it has begun; `stuck`: its time
    is over and it did not happen for these."""

    one: HandOver
    from_name: str
    to_name: str
    by_name: str
    names: tuple[str, ...]
    undo_until: datetime | None
    stuck: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What a manager sees. `chosen`: whose children are listed, by name; `people`: who those are,
    by id."""

    officers: tuple[Officer, ...]
    chosen: Officer | None
    people: dict[str, YoungPerson]
    may_take: tuple[Staff, ...]
    planned: tuple[Planned, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What was entered."""

    from_id: str
    to_id: str
    person_ids: tuple[str, ...]
    from_on: date | None


def look(
    db: Connection, house: House, staff: Admitted, asked: Asked, from_id: str, now: datetime
) -> Page:
    """Who holds how much, and what is planned. Reads only, and no word of anybody."""
    require(db, house, staff, asked)
    every = people.all_staff(db, house.id)
    found = officers(db, house, staff.team, every, now)
    chosen = next((one for one in found if one.member.staff_id == from_id), None)
    named: dict[str, YoungPerson] = {}
    if chosen is not None:
        ids = (child.person_id for child in chosen.children)
        named = people.young_people_by_id(db, house.id, ids)
        still = (child for child in chosen.children if child.person_id in named)
        by_name = sorted(still, key=lambda child: named[child.person_id].name)
        chosen = replace(chosen, children=tuple(by_name))
    may_take = tuple(
        one
        for one in sorted(every, key=lambda member: member.name)
        if chosen is not None and may_take_from(one, chosen.member)
    )
    return Page(found, chosen, named, may_take, _planned(db, house, found, every, now))


def leavers(db: Connection, house: House, staff: Admitted, now: datetime) -> tuple[Officer, ...]:
    """Who has left and still has young people: for the first page of their manager."""
    every = people.all_staff(db, house.id)
    gone = [one for one in every if not one.active]
    return tuple(one for one in officers(db, house, staff.team, gone, now) if one.leaver)


def officers(
    db: Connection, house: House, team: str, every: Iterable[Staff], now: datetime
) -> tuple[Officer, ...]:
    """Officers of a team with their young people: who has left first, then by name. Of those who
    have left, only who still has some. The same few queries, however many officers."""
    members = [one for one in every if one.team == team and Role(one.role) in OFFICERS]
    if not members:
        return ()
    work = _work_of(db, house, [one.staff_id for one in members], now)
    found = [work.of(member) for member in members]
    shown = [one for one in found if one.member.active or one.children]
    return tuple(sorted(shown, key=lambda one: (not one.leaver, one.member.name)))


def _tasks_by_review(db: Connection, house: House) -> dict[str, int]:
    found: dict[str, int] = {}
    for task in tasks.waiting(db, house.id):
        if task.review_id:
            found[task.review_id] = found.get(task.review_id, 0) + 1
    return found


@dataclass(frozen=True, slots=True)
class _Work:
    """What is open with several officers. `cases` and `theirs`: by officer, the reviews in hand
    and all young people, since what is long over goes on with them, too; `wishes` and `tasks`: by
    review; `notes`: by officer and young person; `goes_on`: of whom a hand-over waits."""

    cases: Mapping[str, Iterable[Standing]]
    theirs: Mapping[str, Iterable[str]]
    wishes: Mapping[str, int]
    tasks: Mapping[str, int]
    notes: Mapping[tuple[str, str], int]
    goes_on: frozenset[str]
    today: date

    def of(self, member: Staff) -> Officer:
        cases: dict[str, list[Standing]] = {}
        for case in self.cases.get(member.staff_id, ()):
            cases.setdefault(case.review.person_id, []).append(case)
        return Officer(
            member,
            tuple(
                self._child(person_id, cases.get(person_id, []), member)
                for person_id in self.theirs.get(member.staff_id, ())
            ),
        )

    def _child(self, person_id: str, cases: list[Standing], member: Staff) -> Child:
        meetings = [one.review for one in cases if not one.review.looks_back_on]
        ahead = [one for one in meetings if not one.held]
        days = [day for one in ahead if (day := one.meeting_on or one.due_on) and day >= self.today]
        return Child(
            person_id,
            len(ahead),
            min(days, default=None),
            sum(standing_of(one, self.today) is State.CONFIRM for one in cases),
            sum(one.sent is not None and one.sent.read_at is None for one in cases),
            sum(self.wishes.get(one.review.review_id, 0) for one in cases),
            sum(self.tasks.get(one.review.review_id, 0) for one in cases),
            self.notes.get((member.staff_id, person_id), 0),
            person_id in self.goes_on,
        )


def _work_of(db: Connection, house: House, officer_ids: Collection[str], now: datetime) -> _Work:
    today = local_day(now)
    cases = caseload.of_officers(db, house.id, officer_ids, today)
    ids = [case.review.review_id for held in cases.values() for case in held]
    planned = hand_overs.made_from(db, house.id, officer_ids, now - _LATE)
    return _Work(
        cases,
        caseload.people_by_officer(db, house.id, officer_ids),
        asks.count_open(db, house.id, ids),
        _tasks_by_review(db, house),
        notes.count_open(db, house.id, officer_ids),
        frozenset(person_id for one in planned if one.waits for person_id in one.children),
        today,
    )


def may_take_from(member: Staff, before: Staff) -> bool:
    """Whether young people may go from one officer to the other."""
    return (
        member.active
        and member.role == before.role
        and member.team == before.team
        and member.staff_id != before.staff_id
    )


def _planned(
    db: Connection,
    house: House,
    found: Iterable[Officer],
    every: Iterable[Staff],
    now: datetime,
) -> tuple[Planned, ...]:
    team = [one.member.staff_id for one in found]
    known = hand_overs.made_from(db, house.id, team, now - _SHOWN_FOR)
    staff_names = {one.staff_id: one.name for one in every}
    persons = people.young_people_by_id(
        db, house.id, (person_id for one in known for person_id in one.children)
    )
    names = {person_id: person.name for person_id, person in persons.items()}
    planned = []
    for one in known:
        late = one.waits and one.happens_at + _LATE < now
        planned.append(
            Planned(
                one,
                staff_names[one.from_id],
                staff_names[one.to_id],
                staff_names[one.made_by],
                tuple(sorted(names[each] for each in one.children if each in names)),
                one.happens_at if one.waits and not one.begun and now < one.happens_at else None,
                tuple(
                    sorted(names[each] for each, at in one.children.items() if not at)
                    if late
                    else ()
                ),
            )
        )
    return tuple(planned)


def plan(
    db: Connection, house: House, staff: Admitted, asked: Asked, entry: Entry, now: datetime
) -> HandOver | tuple[Problem, ...]:
    """Let it happen from that day on, and not before it can't be undone any more."""
    require(db, house, staff, asked)
    page = look(db, house, staff, asked, entry.from_id, now)
    problems = _wrong(page, entry, local_day(now))
    if problems or entry.from_on is None:
        return problems
    for person_id in sorted(entry.person_ids):
        people.lock(db, house.id, person_id)  # of two managers at once the second sees the first's
    page = look(db, house, staff, asked, entry.from_id, now)
    if problems := _wrong(page, entry, local_day(now)):
        return problems
    begins = datetime.combine(entry.from_on, time(), LONDON)
    soonest = now + timedelta(minutes=house.council.footprint.undo_minutes)
    one = HandOver(
        str(uuid.uuid4()),
        entry.from_id,
        entry.to_id,
        entry.from_on,
        now,
        staff.staff_id,
        max(begins.astimezone(now.tzinfo), soonest),
        None,
        dict.fromkeys(sorted(entry.person_ids)),
    )
    hand_overs.add(db, house.id, one)
    outbox.add(db, house.id, [_row(one, person_id) for person_id in one.children], now)
    # What stood in the plan on paper is planned now.
    caseload_plans.drop(db, house.id, entry.from_id, entry.person_ids)
    detail = f"{len(one.children)} young people, to {one.to_id}, from {one.from_on.isoformat()}"
    _note(db, house, staff.actor, one, "hand_over_planned", now, detail)
    return one


def _row(one: HandOver, person_id: str) -> Outgoing:
    return Outgoing(
        destination=DESTINATION,
        lane=f"{DESTINATION}/{person_id}",
        idempotency_key=_key(one, person_id),
        payload=json.dumps({"hand_over_id": one.hand_over_id, "person_id": person_id}),
        person_id=person_id,
        not_before=one.happens_at,
    )


def _key(one: HandOver, person_id: str) -> str:
    return f"{DESTINATION}/{one.hand_over_id}/{person_id}"


def _wrong(page: Page, entry: Entry, today: date) -> tuple[Problem, ...]:
    if page.chosen is None:
        return (Problem("from", "Choose whose young people they are."),)
    problems = []
    theirs = {one.person_id: one for one in page.chosen.children}
    if not entry.person_ids or not set(entry.person_ids) <= set(theirs):
        problems.append(Problem("children", "Choose at least one young person of theirs."))
    planned = [theirs[one] for one in entry.person_ids if one in theirs and theirs[one].goes_on]
    if planned:
        named = ", ".join(page.people[one.person_id].name for one in planned)
        problems.append(
            Problem("children", f"A hand-over of {named} is planned already. Undo that first.")
        )
    if entry.to_id not in {one.staff_id for one in page.may_take}:
        problems.append(Problem("to", "Choose who takes them on."))
    if entry.from_on is None:
        problems.append(Problem("on", "Enter the first day, for example 17 9 2026."))
    elif not today <= entry.from_on <= today + FAR:
        problems.append(Problem("on", "Enter a day from today on, within a year."))
    return tuple(problems)


def undo(
    db: Connection, house: House, staff: Admitted, asked: Asked, hand_over_id: str, now: datetime
) -> bool:
    """All of it, while nobody has been told; False if that is over, or it was undone. `Unknown`."""
    require(db, house, staff, asked)
    one = hand_overs.lock(db, house.id, hand_over_id)
    if people.staff_member(db, house.id, one.from_id).team != staff.team:
        raise Unknown(f"a hand-over of this team: {hand_over_id}")
    if one.undone_at is not None or one.begun or now >= one.happens_at:
        return False
    hand_overs.undo(db, house.id, hand_over_id, now)
    for person_id in one.children:
        outbox.withdraw(db, house.id, _key(one, person_id), now)
    _note(db, house, staff.actor, one, "hand_over_undone", now, f"{len(one.children)} young people")
    return True


def carry_out(
    db: Connection,
    house: House,
    hand_over_id: str,
    person_id: str,
    now: datetime,
    notice: Notice | None,
) -> bool:
    """It happens for one young person, with a line in their chat; False if it is undone, or was
    done. `NoOfficer` if the new officer has left meanwhile; `Unknown`."""
    one = hand_overs.lock(db, house.id, hand_over_id)
    if one.undone_at is not None or one.children.get(person_id, now) is not None:
        return False
    if people.is_erased(db, house.id, person_id):
        return False
    by, theirs = f"staff:{one.made_by}", reviews.run_by(db, house.id, one.from_id, person_id)
    if not people.staff_member(db, house.id, one.to_id).active:
        raise NoOfficer(one.to_id)
    for review_id in theirs:
        rearranging.hand_over(db, house, review_id, one.to_id, by, now)
    _allocate(db, house, one, person_id)
    hand_overs.done(db, house.id, hand_over_id, person_id, now)
    _ring(db, house, one, person_id, theirs, now, notice)
    return True


def _allocate(db: Connection, house: House, one: HandOver, person_id: str) -> None:
    """As the standard data set has it: one involvement ends, the next begins."""
    role = people.staff_member(db, house.id, one.to_id).role
    known = allocations.of_person(db, house.id, person_id)
    before = [each for each in known if (each.staff_id, each.kind) == (one.from_id, role)]
    for each in before:
        if each.until is None:
            until = max(each.since, one.from_on - timedelta(days=1))
            allocations.end(db, house.id, person_id, one.from_id, role, until)
    is_new = all((each.staff_id, each.kind) != (one.to_id, role) for each in known)
    if before and is_new:
        new = Allocation(house.id, person_id, one.to_id, role, one.from_on)
        allocations.add(db, new)


def _ring(
    db: Connection,
    house: House,
    one: HandOver,
    person_id: str,
    review_ids: Iterable[str],
    now: datetime,
    notice: Notice | None,
) -> None:
    """One neutral line, however many reviews; by day."""
    if notice is None:
        return

    def by_day(chat: str, text: str, key: str, whose: str) -> Outgoing:
        row = notice(chat, text, key, whose)
        return replace(row, not_before=quiet.until(house.council.reminders, now))

    key = f"new-officer/{one.hand_over_id}/{person_id}"
    for review_id in review_ids:
        if telling.tell(db, house, person_id, review_id, by_day, key, now):
            return


def _note(
    db: Connection, house: House, actor: str, one: HandOver, act: str, now: datetime, detail: str
) -> None:
    subject = f"staff:{one.from_id}"
    audit.add(db, house.id, now, actor=actor, act=act, subject=subject, detail=detail)
