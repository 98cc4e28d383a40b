"""`sayso import ssd`, and the same at the desk: the case system's tables come in.

Some young people are one transaction, with all that is said of them: whoever is killed in between
runs it again, and what is here already is not written twice. Nothing is ever deleted.
"""

import asyncio
import json
import uuid
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.access.roles import Role
from bot.intake.children import (
    Child,
    Episode,
    Involved,
    Permanence,
    ReviewRow,
    child_of,
    with_own_ids,
)
from bot.intake.columns import (
    COMPLETES,
    EPISODES,
    INVOLVEMENTS,
    LEAVERS,
    PERMANENCE,
    PERSON,
    REVIEWS,
)
from bot.intake.scratch import Batch, Read, Scratch
from bot.passing_folder import passing_folder
from bot.service import rearranging
from bot.service.bank_holidays import england_and_wales
from bot.service.days import local_day, whole_day
from bot.service.house import House
from bot.service.import_requests import Outcome, Tally
from bot.service.rearranging import NoOfficer
from bot.service.taking_part import METHOD_OF
from bot.service.wording import LONDON
from bot.web.context import now
from conversations import timescales
from conversations.participation import Code
from conversations.timescales import PATHWAY, months_after
from storage import audit, care, care_records, people
from storage.care_records import Changes, Known, Person, Run
from storage.care_tables import care_episodes, pathway_states, permanence_plans
from storage.errors import StorageAway
from storage.people import Staff
from storage.review_moves import What
from storage.review_tables import review_moves
from storage.reviews import ReviewKind
from storage.store import Store
from storage.tables import allocations, participation
from storage.tables import reviews as reviews_table

log = structlog.get_logger()

AT_ONCE = 250
"""Young people in one transaction of a command: a fifth of a second that nobody else writes in."""
GENTLY = 10
"""The same beside a desk that is served by this process."""
ABREAST = 3
"""Transactions at once, of different young people."""
STILL = timedelta(minutes=2)
"""After so long without a batch an import is over, whoever ran it."""
_MONTHS = 6

Step = Callable[[int, int], Awaitable[object]]

CASE_SYSTEM = "Case system"
"""Who confirmed a code that comes from there: a person did, in the case system."""
_NOBODY = "Not allocated"
_ROLES = {
    "iro": Role.IRO,
    "pathway_review_officer": Role.PATHWAY_REVIEW_OFFICER,
    "social_worker": Role.SOCIAL_WORKER,
    "personal_adviser": Role.PERSONAL_ADVISER,
}
_RUNS = {ReviewKind.CIOC: "iro", ReviewKind.PATHWAY: "pathway_review_officer"}


@dataclass(slots=True)
class _Counts:
    """By file: rows that are new, changed, as before, not there any more."""

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def one(self, file: str, before: object, after: object) -> bool:
        """Count it; whether something has to be written."""
        if before is None:
            self.added[file] += 1
        elif before == after:
            self.same[file] += 1
            return False
        else:
            self.changed[file] += 1
        return True

    def add(self, other: "_Counts") -> None:
        for mine, theirs in (
            (self.added, other.added),
            (self.changed, other.changed),
            (self.same, other.same),
            (self.gone, other.gone),
        ):
            mine.update(theirs)
        self.notes += [one for one in other.notes if one not in self.notes]


async def at_desk(
    store: Store, house: House, folder: Path, taken_on: date, by: str, look: bool, done: Step
) -> Outcome:
    """The same in small steps, beside pages that are being served."""
    few = GENTLY if store.is_sqlite else AT_ONCE
    return await import_ssd(store, house, folder, taken_on, by, done, look=look, at_once=few)


async def import_ssd(
    store: Store,
    house: House,
    folder: Path,
    taken_on: date,
    by: str,
    done: Step,
    *,
    look: bool = False,
    at_once: int = AT_ONCE,
) -> Outcome:
    """Read the tables of a folder; `look`: only say what would change. What can't be read is in
    the outcome, the rest goes in."""
    read = Read()
    if taken_on > local_day(now()):
        return Outcome(
            failed=f"{whole_day(taken_on)} lies ahead: the tables are not taken out yet."
        )
    with (
        passing_folder() as beside,
        closing(await asyncio.to_thread(Scratch, beside / "rows.db")) as scratch,
    ):
        await asyncio.to_thread(scratch.fill, folder, read)
        if read.failed:
            return _outcome(read, _Counts(), 0)
        importing = _Import(store, house, scratch, read, taken_on, by, look, at_once)
        return await importing.run(done)


@dataclass(slots=True)
class _Import:
    store: Store
    house: House
    scratch: Scratch
    read: Read
    taken_on: date
    by: str
    look: bool
    at_once: int
    run_id: str = ""
    staff: dict[str, str] = field(default_factory=dict)
    case_system: str = ""
    codes: int = 0
    """Participation codes that were written."""

    async def run(self, done: Step) -> Outcome:
        failed = await self._begin()
        if failed:
            return Outcome(failed=failed)
        counts = _Counts()
        total, at, number = self.scratch.count(), 0, 0
        await done(0, total)
        # While PostgreSQL writes some, the next are put together. SQLite has one writer anyway.
        abreast = 1 if self.store.is_sqlite else ABREAST
        under_way: deque[tuple[asyncio.Task[_Counts], int]] = deque()
        batches = self.scratch.batches(self.at_once)
        try:
            while True:
                while len(under_way) < abreast and (batch := next(batches, None)) is not None:
                    under_way.append((asyncio.create_task(self._batch(batch)), len(batch.ids)))
                if not under_way:
                    break
                task, many = under_way.popleft()
                counts.add(await task)
                number += 1
                if not self.look and number & (number - 1) == 0:  # the 1st, 2nd, 4th, 8th ...
                    await self.store.write(care_records.look_at_sizes)
                at += many
                await done(at, total)
        except BaseException:
            for task, _many in under_way:
                task.cancel()
            await asyncio.gather(*(task for task, _many in under_way), return_exceptions=True)
            batches.close()
            await self._give_up()
            raise
        gone = await self.store.read(
            lambda db: care_records.vanished(db, self.house.id, self.taken_on)
        )
        if not self.look:
            counts.gone[PERSON.name] += gone
        if left := self.scratch.left_out():
            self.read.note(
                "Neither looked after at any time nor a care leaver, so that nothing of them was "
                f"kept: {left:,} of ssd_person."
            )
        outcome = _outcome(self.read, counts, total)
        if not self.look:
            await self.store.write(lambda db: self._end(db, outcome), patient=True)
        return outcome

    async def _begin(self) -> str:
        moment, council = now(), self.house.id
        newest = await self.store.read(lambda db: care_records.newest(db, council, "ssd"))
        if newest is not None and newest > self.taken_on:
            return older(newest, self.taken_on)
        if self.look:
            self.staff, _missing = await self.store.read(self._all_staff)
            self.case_system = self.staff[_staff_key(Role.BUSINESS_SUPPORT, CASE_SYSTEM)]
            return ""
        self.run_id = str(uuid.uuid4())
        run = Run(self.run_id, "ssd", self.taken_on, moment, self.by)

        def begin(db: Connection) -> datetime | None:
            care_records.alone(db, council)
            other = care_records.under_way(db, council, moment - STILL)
            if other is None:
                care_records.begin(db, council, run, moment)
                self.staff = self._with_missing_staff(db, moment)
            return other

        other = await self.store.write(begin, patient=True)
        if other is None:
            return ""
        return under_way(other)

    async def _batch(self, batch: Batch) -> _Counts:
        children = [
            child
            for one in batch.ids
            if (child := child_of(batch, one, self.taken_on, self.read)) is not None
        ]
        if self.look:
            counts, _changes = await self.store.read(partial(self._compare, children))
            return counts

        def work(db: Connection) -> tuple[_Counts, int]:
            counts, changes = self._compare(children, db)
            self._write(db, changes, counts)
            return counts, changes.rows_of(participation)

        written, codes = await self.store.write(work, patient=True)
        self.codes += codes
        return written

    async def _give_up(self) -> None:
        if self.run_id:
            try:
                await self.store.write(
                    lambda db: care_records.give_up(db, self.house.id, self.run_id)
                )
            except StorageAway:
                log.warning("import_broke_off")  # after two minutes it counts as over

    def _end(self, db: Connection, outcome: Outcome) -> None:
        moment = now()
        counts = {
            one.file: [one.added, one.changed, one.same, one.gone, one.unread]
            for one in outcome.tallies
        }
        care_records.end(db, self.house.id, self.run_id, json.dumps(counts), moment)
        audit.add(
            db,
            self.house.id,
            moment,
            actor=self.by,
            act="imported",
            subject=f"import:{self.run_id}",
            detail=(
                f"{outcome.changes} rows, taken out on {self.taken_on.isoformat()}; "
                f"{self.codes} participation codes as the case system confirmed them"
            ),
        )

    # Staff

    def _names(self) -> dict[str, str]:
        return {one: _plain_name(name) for one, name in self.scratch.professionals().items()}

    def _known_staff(self, db: Connection) -> dict[str, str]:
        """Staff ids by role and name; of two with the same name neither."""
        found: dict[str, str] = {}
        twice = set()
        members = people.all_staff(db, self.house.id)
        for member in sorted(members, key=lambda one: (not one.active, one.staff_id)):
            key = _staff_key(member.role, member.name)
            if key in found and member.active:
                twice.add(key)
            found.setdefault(key, member.staff_id)
        return {key: one for key, one in found.items() if key not in twice}

    def _with_missing_staff(self, db: Connection, moment: datetime) -> dict[str, str]:
        found, missing = self._all_staff(db)
        for member in missing:
            people.add_staff(db, self.house.keys, member, moment)
        self.case_system = found[_staff_key(Role.BUSINESS_SUPPORT, CASE_SYSTEM)]
        return found

    def _all_staff(self, db: Connection) -> tuple[dict[str, str], list[Staff]]:
        """Their ids, and who is to be added: whom the case system names and nobody has added here
        is kept by name, to be allocated. They can't sign in."""
        found, missing = self._known_staff(db), []
        members = people.all_staff(db, self.house.id)
        teams = Counter(one.team for one in members if one.role == Role.IRO and one.active)
        team = max(teams, key=lambda one: (teams[one], one), default="")
        here = {one.staff_id for one in members}
        names = self._names()
        wanted = {
            (_ROLES[kind], names[one])
            for one, kind in self.scratch.involved()
            if kind and names.get(one)
        }
        wanted |= {(Role.IRO, _NOBODY), (Role.PATHWAY_REVIEW_OFFICER, _NOBODY)}
        wanted.add((Role.BUSINESS_SUPPORT, CASE_SYSTEM))
        for role, name in sorted(wanted):
            key = _staff_key(role, name)
            if key in found:
                continue
            staff_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"sayso:{self.house.id}:{key}"))
            if staff_id not in here:
                runs = role in (Role.IRO, Role.PATHWAY_REVIEW_OFFICER)
                member = Staff(
                    self.house.id, staff_id, role, name, active=False, team=team if runs else ""
                )
                missing.append(member)
            found[key] = staff_id
        return found, missing

    def _member(self, professional: str, kind: str, names: dict[str, str]) -> str | None:
        name = names.get(professional)
        return self.staff.get(_staff_key(_ROLES[kind], name)) if name else None

    # What is otherwise than before

    def _compare(self, children: Sequence[Child], db: Connection) -> tuple[_Counts, Changes]:
        counts, changes = _Counts(), Changes()
        known = care_records.known(
            db,
            self.house.id,
            self.house.keys,
            [one.case_id for one in children],
            [row.id for one in children for row in one.reviews],
            f"staff:{self.case_system}",
        )
        names = self._names_once()
        for child in children:
            if child.case_id in known.erased:
                counts.notes.append(
                    "Somebody in these tables was erased here and was not taken in again."
                )
                continue
            self._one(child, known, names, counts, changes)
        return counts, changes

    _cached_names: dict[str, str] | None = None

    def _names_once(self) -> dict[str, str]:
        if self._cached_names is None:
            self._cached_names = self._names()
        return self._cached_names

    def _one(
        self,
        child: Child,
        known: Known,
        names: dict[str, str],
        counts: _Counts,
        changes: Changes,
    ) -> None:
        before = known.by_case.get(child.case_id)
        name = child.name or (before.name if before else child.case_id)
        person_id = before.person_id if before else str(uuid.uuid4())
        leaver = (
            child.leaver if child.pathway or child.episodes else bool(before and before.care_leaver)
        )
        reviews = with_own_ids(child.reviews, person_id, known.reviews.get(person_id, {}))
        child = replace(child, reviews=reviews)
        after = Person(person_id, child.case_id, name, child.born, leaver)
        particulars = json.dumps({"sex": child.sex, "ethnicity": child.ethnicity})
        changes.seen[person_id] = child.case_id
        said = (after, particulars)
        was = (before, known.particulars.get(person_id)) if before else None
        if counts.one(PERSON.name, was, said):
            if before is None:
                changes.people.append(after)
            elif before != after:
                changes.renamed.append(after)
            if was is None or was[1] != particulars:
                changes.particulars[person_id] = particulars
        self._episodes(child, person_id, known, counts, changes)
        self._permanence(child, person_id, known, counts, changes)
        involved = self._involved(child, person_id, known, names, counts, changes)
        if before is not None:
            self._new_officers(person_id, known, involved, changes)
        self._reviews(child, person_id, known, involved, counts, changes)
        self._pathway(child, person_id, known, involved, counts, changes)

    def _episodes(
        self, child: Child, person_id: str, known: Known, counts: _Counts, changes: Changes
    ) -> None:
        if not child.episodes:
            return
        _diff(
            EPISODES.name, care_episodes, "episode_id", person_id,
            [_episode(one) for one in child.episodes], known.episodes.get(person_id, {}),
            counts, changes,
        )  # fmt: skip
        if known.cares.get(person_id) != child.cares:
            changes.cares[person_id] = child.cares

    def _permanence(
        self, child: Child, person_id: str, known: Known, counts: _Counts, changes: Changes
    ) -> None:
        if child.permanence:
            _diff(
                PERMANENCE.name, permanence_plans, "permanence_id", person_id,
                [_plan(one) for one in child.permanence], known.permanence.get(person_id, {}),
                counts, changes,
            )  # fmt: skip

    def _involved(
        self,
        child: Child,
        person_id: str,
        known: Known,
        names: dict[str, str],
        counts: _Counts,
        changes: Changes,
    ) -> list[tuple[Involved, str, bool]]:
        """Who is involved, by the id here, and whether that is new."""
        found = []
        here = known.involved.get(person_id, {})
        done = set()
        for one in child.involved:
            member = self._member(one.professional, one.kind, names)
            if member is None:
                continue
            key = (member, one.kind, one.since)
            if key in done:
                continue
            done.add(key)
            found.append((one, member, key not in here))
            before = ("", here[key]) if key in here else None
            if not counts.one(INVOLVEMENTS.name, before, ("", one.until)):
                continue
            row = {"person_id": person_id, "staff_id": member, "kind": one.kind,
                   "since": one.since, "until": one.until}  # fmt: skip
            if before is None:
                changes.add(allocations, row)
            else:
                changes.change(allocations, row)
        return found

    def _new_officers(
        self,
        person_id: str,
        known: Known,
        involved: Sequence[tuple[Involved, str, bool]],
        changes: Changes,
    ) -> None:
        """Who has them since the tables before has their reviews that are ahead. A hand-over at
        the desk stands until the case system names somebody new."""
        for row in known.reviews.get(person_id, {}).values():
            kind = _RUNS.get(ReviewKind(row.kind))
            if kind is None or row.held or row.looks_back_on is not None:
                continue
            officer, is_new = self._officer(involved, kind, None)
            if is_new and officer != row.officer_id:
                changes.officers[row.review_id] = officer

    def _officer(
        self, involved: Sequence[tuple[Involved, str, bool]], kind: str, day: date | None
    ) -> tuple[str, bool]:
        """Who runs it on that day, or now; and whether that is new."""
        mine = sorted(
            ((one.since, member, new, one.until) for one, member, new in involved
             if one.kind == kind),
        )  # fmt: skip
        on_day = [one for one in mine if day and one[0] <= day and (not one[3] or day <= one[3])]
        going = [one for one in mine if one[3] is None or one[3] >= self.taken_on]
        for several in (on_day, going):
            if several:
                return several[-1][1], several[-1][2]
        nobody = self.staff.get(_staff_key(_ROLES[kind], _NOBODY), "")
        return nobody, False

    def _reviews(
        self,
        child: Child,
        person_id: str,
        known: Known,
        involved: Sequence[tuple[Involved, str, bool]],
        counts: _Counts,
        changes: Changes,
    ) -> None:
        here = known.reviews.get(person_id, {})
        due = self._next_due(child)
        theirs = {one.id for one in child.reviews}
        for one in child.reviews:
            if one.id in known.elsewhere:
                counts.notes.append(
                    "A review of somebody else has the same id: it was left as it was."
                )
                continue
            by_when = due if due and not one.held and not one.cancelled else one.due
            if not one.held and not one.cancelled:
                due = None  # of several that are ahead the first is the next
            self._review(one, by_when, person_id, known, involved, counts, changes)
        kept = [
            row for row in here.values()
            if row.kind == ReviewKind.CIOC.value and row.looks_back_on is None
        ]  # fmt: skip
        if child.reviews:
            counts.gone[REVIEWS.name] += sum(row.review_id not in theirs for row in kept)

    def _next_due(self, child: Child) -> date | None:
        held = [one.on for one in child.reviews if one.held and one.on is not None]
        ahead = timescales.ahead(child.cares, held, self.taken_on, england_and_wales())
        return ahead.by if ahead else None

    def _review(
        self,
        one: ReviewRow,
        due: date | None,
        person_id: str,
        known: Known,
        involved: Sequence[tuple[Involved, str, bool]],
        counts: _Counts,
        changes: Changes,
    ) -> None:
        before = known.reviews.get(person_id, {}).get(one.id)
        code = known.codes.get(one.id)
        if before is not None and self._is_ours(one, before, code, known):
            counts.same[REVIEWS.name] += 1
            if (before.held, before.meeting_on) != (one.held, one.on) and one.held:
                counts.notes.append(
                    "Reviews on which somebody at the desk is at work stay as they are here, "
                    "whatever the case system says of them."
                )
            return
        stood_before = before.stood_down_at if before is not None else None
        stood = (stood_before or now()) if one.cancelled else None
        code_after = one.code or (code.code if code and code.code else "")  # one that is here stays
        after = {
            "due_on": due,
            "meeting_on": None if one.cancelled else one.on,
            "held": one.held,
            "answered_by": one.answered_by,
        }
        was = None
        if before is not None:
            was = (
                {name: getattr(before, name) for name in after},
                before.stood_down_at is not None,
                code.code or "" if code else "",
            )
        if not counts.one(REVIEWS.name, was, (after, one.cancelled, code_after)):
            return
        if before is None:
            officer, _new = self._officer(involved, "iro", one.on if one.held else None)
            changes.add(
                reviews_table,
                {"review_id": one.id, "person_id": person_id, "kind": ReviewKind.CIOC.value,
                 "officer_id": officer, "looks_back_on": None, "created_at": now(),
                 "stood_down_at": stood, **after},
            )  # fmt: skip
        else:
            changes.change(reviews_table, {"review_id": one.id, "stood_down_at": stood, **after})
        if one.cancelled and (before is None or before.stood_down_at is None):
            number = known.moves.get(one.id, 0) + 1
            changes.add(review_moves, self._stood_down(one, person_id, number))
        if one.code and (code is None or code.code != one.code):
            row = self._confirmed(one)
            if code is None:
                changes.add(participation, row)
            else:
                changes.change(participation, row)

    def _is_ours(self, one: ReviewRow, before: Any, code: Any, known: Known) -> bool:
        """Whether somebody at the desk confirmed it, or moved it: that is newer than any table."""
        confirmed = code is not None and code.confirmed_by != self.case_system
        moved = one.id in known.moved and not (one.held and not before.held)
        return confirmed or moved

    def _stood_down(self, one: ReviewRow, person_id: str, number: int) -> dict[str, Any]:
        return {
            "review_id": one.id, "number": number, "person_id": person_id,
            "what": What.STOOD_DOWN.value, "at": now(), "by": f"staff:{self.case_system}",
            "from_on": one.on or one.due, "to_on": None, "clock_time": None, "form": None,
            "reason": None, "late_days": None, "words": None,
        }  # fmt: skip

    def _confirmed(self, one: ReviewRow) -> dict[str, Any]:
        on = one.on or self.taken_on
        return {
            "review_id": one.id, "code": one.code, "proposed": None,
            "method": METHOD_OF[Code(one.code)].value, "reason": None, "briefed": None,
            "confirmed_by": self.case_system,
            "confirmed_at": datetime.combine(on, time(12), LONDON),
        }  # fmt: skip

    def _pathway(
        self,
        child: Child,
        person_id: str,
        known: Known,
        involved: Sequence[tuple[Involved, str, bool]],
        counts: _Counts,
        changes: Changes,
    ) -> None:
        """The latest review of a pathway plan, and the next one, which can be invited to."""
        day = child.reviewed_on
        if not child.pathway:
            return
        before = known.pathway.get(person_id, set())
        if day is None or day in before:
            counts.same[LEAVERS.name] += 1
            return
        newest = max(before, default=None)
        counts.one(LEAVERS.name, newest, day)
        changes.add(
            pathway_states,
            {"person_id": person_id, "reviewed_on": day, "taken_on": self.taken_on},
        )
        if newest is not None and day < newest:
            counts.notes.append(
                "The case system names an earlier pathway review than before of somebody: it was "
                "noted, and their clock goes on from the later one."
            )
            return
        changes.clocks[person_id] = day
        here = known.reviews.get(person_id, {})
        ahead = [
            row for row in here.values()
            if row.kind == ReviewKind.PATHWAY.value and not row.held and row.looks_back_on is None
        ]  # fmt: skip
        officer, _new = self._officer(involved, "pathway_review_officer", None)
        for row in ahead:
            if row.meeting_on is None or row.meeting_on <= day:  # this is the one that was held
                changes.change(
                    reviews_table, {"review_id": row.review_id, "meeting_on": day, "held": True}
                )
            else:
                return  # the next one is arranged already
        review_id = f"pathway-{person_id}-{day.isoformat()}"  # no case id: addresses have it
        if review_id not in here:
            changes.add(
                reviews_table,
                {"review_id": review_id, "person_id": person_id,
                 "kind": ReviewKind.PATHWAY.value, "officer_id": officer,
                 "due_on": months_after(day, _MONTHS), "meeting_on": None, "held": False,
                 "looks_back_on": None, "stood_down_at": None, "answered_by": None,
                 "created_at": now()},
            )  # fmt: skip

    # Writing

    def _write(self, db: Connection, changes: Changes, counts: _Counts) -> None:
        moment, council = now(), self.house.id
        care_records.write(db, council, self.house.keys, changes, self.taken_on, moment)
        for person_id, day in changes.clocks.items():
            care.start_clock(db, council, person_id, PATHWAY.id, day)
            audit.add(
                db, council, moment, actor=self.by, act="clock_started",
                subject=f"young_person:{person_id}", detail=f"{PATHWAY.id} {day.isoformat()}",
            )  # fmt: skip
        for review_id, officer in changes.officers.items():
            try:
                rearranging.hand_over(db, self.house, review_id, officer, self.by, moment)
            except NoOfficer:
                counts.notes.append(
                    "A new officer can’t sign in here: what is ahead stays with whoever has it "
                    "until a manager hands it over."
                )
        care_records.went_on(db, council, self.run_id, moment)


def _diff(
    file: str,
    table: Any,
    key: str,
    person_id: str,
    rows: Iterable[dict[str, Any]],
    here: dict[str, dict[str, Any]],
    counts: _Counts,
    changes: Changes,
) -> None:
    seen = set()
    for row in rows:
        seen.add(row[key])
        kept = here.get(row[key])
        before = {name: kept[name] for name in row} if kept else None
        if counts.one(file, before, row):
            whole = {"person_id": person_id, **row}
            if before is None:
                changes.add(table, whole)
            else:
                changes.change(table, whole)
    counts.gone[file] += sum(one not in seen for one in here)


def _episode(one: Episode) -> dict[str, Any]:
    return {
        "episode_id": one.id, "began": one.began, "ended": one.ended,
        "legal_status": one.legal_status, "placement": one.placement,
        "reason_began": one.reason_began, "reason_ended": one.reason_ended,
    }  # fmt: skip


def _plan(one: Permanence) -> dict[str, Any]:
    return {
        "permanence_id": one.id, "decided_on": one.decided_on,
        "placement_order_on": one.placement_order_on, "placed_on": one.placed_on,
        "reversed_on": one.reversed_on, "order_on": one.order_on, "order_type": one.order_type,
    }  # fmt: skip


def older(newest: date, taken_on: date) -> str:
    """Why tables of that day are not taken in."""
    return (
        f"Tables of {whole_day(newest)} are here already: those of {whole_day(taken_on)} are "
        "older. Nothing was changed."
    )


def under_way(since: datetime) -> str:
    """Why one import waits for another."""
    return (
        f"Another import is under way since {since.astimezone(LONDON):%H:%M}. Wait until it is "
        "over; if it was broken off, try again in two minutes."
    )


def _plain_name(name: str) -> str:
    """*Bell, Iris* is *Iris Bell*."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() else name


def _staff_key(role: str, name: str) -> str:
    return f"{role}/{' '.join(name.casefold().split())}"


def _outcome(read: Read, counts: _Counts, total: int) -> Outcome:
    tables = {file: table for table, file in read.files.items()}
    unread = Counter({tables.get(file, file): many for file, many in read.by_file.items()})
    files = [*read.counts, *unread]
    tallies = tuple(
        Tally(name, counts.added[name], counts.changed[name], counts.same[name],
              counts.gone[name], unread[name], read.counts.get(name, 0) if name in COMPLETES else 0,
              COMPLETES.get(name, ""))
        for name in dict.fromkeys(files)
        if name in read.counts or unread[name]
    )  # fmt: skip
    return Outcome(
        tallies, tuple(read.refused), read.all_refused,
        (*read.notes, *dict.fromkeys(counts.notes)), read.failed,
        tuple(read.warned), read.all_warned, total,
    )  # fmt: skip
