"""What the case system's tables say of some young people that is otherwise here: rows to add and to
change, and how many of each file are new, changed, as before, not there any more."""

import json
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table

from bot.importing_staff import Members
from bot.intake.children import Child, Episode, Permanence, ReviewRow, own_id, with_own_ids
from bot.intake.columns import EPISODES, INVOLVEMENTS, LEAVERS, PERMANENCE, PERSON, REVIEWS, Source
from bot.service import next_review
from bot.service.bank_holidays import england_and_wales
from bot.service.house import House
from bot.service.taking_part import METHOD_OF
from bot.service.wording import LONDON
from bot.web.context import now
from conversations import timescales
from conversations.participation import Code
from conversations.timescales import months_after
from storage import care_records
from storage.care_records import Changes, Known, Person
from storage.care_tables import care_episodes, pathway_states, permanence_plans
from storage.review_moves import What
from storage.review_tables import review_moves
from storage.reviews import ReviewKind
from storage.tables import allocations, participation
from storage.tables import reviews as reviews_table

_MONTHS = 6
MOST_LOST = 20
"""Ids of rows that are not there any more that are named, of each file."""
_RUNS = {ReviewKind.CIOC: "iro", ReviewKind.PATHWAY: "pathway_review_officer"}


@dataclass(slots=True)
class Counts:
    """By file: rows that are new, changed, as before, not there any more."""

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    same: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    lost: dict[str, list[str]] = field(default_factory=dict)
    """The first ids of those that are gone."""
    notes: list[str] = field(default_factory=list)

    def lose(self, file: str, ids: Iterable[str]) -> None:
        """These are not there any more."""
        every = list(ids)
        self.gone[file] += len(every)
        self._name(file, every)

    def _name(self, file: str, ids: Sequence[str]) -> None:
        if ids:
            lost = self.lost.setdefault(file, [])
            lost += ids[: MOST_LOST - len(lost)]

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

    def add(self, other: "Counts") -> None:
        for mine, theirs in (
            (self.added, other.added),
            (self.changed, other.changed),
            (self.same, other.same),
            (self.gone, other.gone),
        ):
            mine.update(theirs)
        for file, ids in other.lost.items():
            self._name(file, ids)
        self.notes += [one for one in other.notes if one not in self.notes]


class _Mine(NamedTuple):
    """Who is involved, by the id here. `is_new`: since the tables before."""

    since: date
    member: str
    is_new: bool
    until: date | None
    kind: str


_since = attrgetter("since", "member")


def compare(
    db: Connection,
    house: House,
    members: Members,
    taken_on: date,
    tables: Collection[str],
    stands: Collection[tuple[str, str]],
    children: Sequence[Child],
) -> tuple[Counts, Changes]:
    """Of these young people, in a few statements; whoever was erased here stays away. `tables`:
    those with rows, so that one who has none in them any more is told from a table left out;
    `stands`: rows that are there and did not come in, by table and id."""
    known = care_records.known(
        db,
        house.id,
        house.keys,
        [one.case_id for one in children],
        [row.id for one in children for row in one.reviews],
        f"staff:{members.case_system}",
    )
    comparison = _Comparison(members, taken_on, known, tables, stands)
    for child in children:
        if child.case_id in known.erased:
            comparison.counts.notes.append(
                "Somebody in these tables was erased here and was not taken in again."
            )
            continue
        comparison.one(child)
    return comparison.counts, comparison.changes


@dataclass(slots=True)
class _Comparison:
    members: Members
    taken_on: date
    known: Known
    tables: Collection[str]
    stands: Collection[tuple[str, str]]
    counts: Counts = field(default_factory=Counts)
    changes: Changes = field(default_factory=Changes)

    def one(self, child: Child) -> None:
        before = self.known.by_case.get(child.case_id)
        name = child.name or (before.name if before else child.case_id)
        person_id = before.person_id if before else str(uuid.uuid4())
        leaver = (
            child.leaver if child.pathway or child.episodes else bool(before and before.care_leaver)
        )
        of_others = self._ids_of_others(child, person_id)
        child = replace(child, reviews=with_own_ids(child.reviews, person_id, of_others))
        after = Person(person_id, child.case_id, name, child.born, leaver)
        particulars = json.dumps({"sex": child.sex, "ethnicity": child.ethnicity})
        self.changes.seen[person_id] = child.case_id
        said = (after, particulars)
        was = (before, self.known.particulars.get(person_id)) if before else None
        if self.counts.one(PERSON.name, was, said):
            if before is None:
                self.changes.people.append(after)
            elif before != after:
                self.changes.renamed.append(after)
            if was is None or was[1] != particulars:
                self.changes.particulars[person_id] = particulars
        self._episodes(child, person_id)
        self._permanence(child, person_id)
        involved = self._involved(child, person_id)
        if before is not None:
            self._new_officers(person_id, involved)
        self._reviews(child, person_id, involved)
        self._pathway(child, person_id, involved)

    def _ids_of_others(self, child: Child, person_id: str) -> set[str]:
        """Review ids that stand for other children's reviews: in these tables, in those before, or
        here, since the case system put a review over to another child or made one of two records of
        a child. What has its own id here keeps it, whatever became of the others' rows."""
        here = self.known.reviews.get(person_id, {})
        found = {
            one.id
            for one in child.reviews
            if one.id not in here and (one.shared or own_id(one.id, person_id) in here)
        }
        for one in child.reviews:
            if self.known.whose.get(one.id, person_id) != person_id and one.id not in found:
                found.add(one.id)
                self.counts.notes.append(
                    "A review that is here as another child’s came in for the child that it is of "
                    "now, and stays with the other, too. Look whether it has to."
                )
        return found

    def _episodes(self, child: Child, person_id: str) -> None:
        here = self.known.episodes.get(person_id, {})
        if not child.episodes:
            self._lose_all(EPISODES, here)
            return
        rows = [_episode(one) for one in child.episodes]
        self._rows(EPISODES, care_episodes, "episode_id", person_id, rows, here)
        if self.known.cares.get(person_id) != child.cares:
            self.changes.cares[person_id] = child.cares

    def _lose_all(self, file: Source, here: Iterable[str]) -> None:
        if file.name in self.tables:
            self._lose(file, here)

    def _lose(self, file: Source, ids: Iterable[str]) -> None:
        self.counts.lose(file.name, (one for one in ids if (file.name, one) not in self.stands))

    def _permanence(self, child: Child, person_id: str) -> None:
        here = self.known.permanence.get(person_id, {})
        if not child.permanence:
            self._lose_all(PERMANENCE, here)
            return
        rows = [_plan(one) for one in child.permanence]
        self._rows(PERMANENCE, permanence_plans, "permanence_id", person_id, rows, here)

    def _rows(
        self,
        file: Source,
        table: Table,
        key: str,
        person_id: str,
        rows: Iterable[dict[str, Any]],
        here: Mapping[str, dict[str, Any]],
    ) -> None:
        seen = set()
        for row in rows:
            seen.add(row[key])
            kept = here.get(row[key])
            before = {name: kept[name] for name in row} if kept else None
            if self.counts.one(file.name, before, row):
                whole = {"person_id": person_id, **row}
                if before is None:
                    self.changes.add(table, whole)
                else:
                    self.changes.change(table, whole)
        self._lose(file, (one for one in here if one not in seen))

    def _involved(self, child: Child, person_id: str) -> list[_Mine]:
        """Who is involved, by the id here, and whether that is new."""
        found = []
        here = self.known.involved.get(person_id, {})
        done = set()
        for one in child.involved:
            member = self.members.who(one.professional, one.kind)
            if member is None:
                continue
            key = (member, one.kind, one.since)
            if key in done:
                continue
            done.add(key)
            found.append(_Mine(one.since, member, key not in here, one.until, one.kind))
            before = ("", here[key]) if key in here else None
            if not self.counts.one(INVOLVEMENTS.name, before, ("", one.until)):
                continue
            row = {"person_id": person_id, "staff_id": member, "kind": one.kind,
                   "since": one.since, "until": one.until}  # fmt: skip
            if before is None:
                self.changes.add(allocations, row)
            else:
                self.changes.change(allocations, row)
        return found

    def _new_officers(self, person_id: str, involved: Sequence[_Mine]) -> None:
        """Who has them since the tables before has their reviews that are ahead. A hand-over at
        the desk stands until the case system names somebody new."""
        for row in self.known.reviews.get(person_id, {}).values():
            kind = _RUNS.get(ReviewKind(row.kind))
            if kind is None or row.held or row.looks_back_on is not None:
                continue
            officer, is_new = self._officer(involved, kind, None)
            if is_new and officer != row.officer_id:
                self.changes.officers[row.review_id] = officer

    def _officer(self, involved: Sequence[_Mine], kind: str, day: date | None) -> tuple[str, bool]:
        """Who runs it on that day, or now; and whether that is new."""
        mine = sorted((one for one in involved if one.kind == kind), key=_since)
        on_day = [
            one for one in mine
            if day and one.since <= day and (not one.until or day <= one.until)
        ]  # fmt: skip
        going = [one for one in mine if one.until is None or one.until >= self.taken_on]
        for several in (on_day, going):
            if several:
                return several[-1].member, several[-1].is_new
        return self.members.nobody(kind), False

    def _reviews(self, child: Child, person_id: str, involved: Sequence[_Mine]) -> None:
        here = self.known.reviews.get(person_id, {})
        due = self._next_due(child)
        theirs = {one.id for one in child.reviews}
        for one in child.reviews:
            by_when = due if due and not one.held and not one.cancelled else one.due
            if not one.held and not one.cancelled:
                due = None  # of several that are ahead the first is the next
            self._review(one, by_when, person_id, involved)
        kept = [
            row for row in here.values()
            if row.kind == ReviewKind.CIOC.value and row.looks_back_on is None
            and not next_review.made_here(row.review_id)
        ]  # fmt: skip
        if child.reviews or REVIEWS.name in self.tables:
            gone = (row.review_id for row in kept if row.review_id not in theirs)
            self._lose(REVIEWS, gone)

    def _next_due(self, child: Child) -> date | None:
        held = [one.on for one in child.reviews if one.held and one.on is not None]
        ahead = timescales.ahead(child.cares, held, self.taken_on, england_and_wales())
        return ahead.by if ahead else None

    def _review(
        self, one: ReviewRow, due: date | None, person_id: str, involved: Sequence[_Mine]
    ) -> None:
        before = self.known.reviews.get(person_id, {}).get(one.id)
        code = self.known.codes.get(one.id)
        if before is not None and self._is_ours(one, before, code):
            self.counts.same[REVIEWS.name] += 1
            if (before.held, before.meeting_on) != (one.held, one.on) and one.held:
                self.counts.notes.append(
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
        if not self.counts.one(REVIEWS.name, was, (after, one.cancelled, code_after)):
            return
        if before is None:
            officer, _new = self._officer(involved, "iro", one.on if one.held else None)
            self.changes.add(
                reviews_table,
                {"review_id": one.id, "person_id": person_id, "kind": ReviewKind.CIOC.value,
                 "officer_id": officer, "looks_back_on": None, "created_at": now(),
                 "stood_down_at": stood, **after},
            )  # fmt: skip
        else:
            self.changes.change(
                reviews_table, {"review_id": one.id, "stood_down_at": stood, **after}
            )
        if one.cancelled and (before is None or before.stood_down_at is None):
            number = self.known.moves.get(one.id, 0) + 1
            self.changes.add(review_moves, self._stood_down(one, person_id, number))
        if one.code and (code is None or code.code != one.code):
            row = self._confirmed(one)
            if code is None:
                self.changes.add(participation, row)
            else:
                self.changes.change(participation, row)

    def _is_ours(self, one: ReviewRow, before: Any, code: Any) -> bool:
        """Whether somebody at the desk confirmed it, or moved it: that is newer than any table."""
        confirmed = code is not None and code.confirmed_by != self.members.case_system
        moved = one.id in self.known.moved and not (one.held and not before.held)
        return confirmed or moved

    def _stood_down(self, one: ReviewRow, person_id: str, number: int) -> dict[str, Any]:
        return {
            "review_id": one.id, "number": number, "person_id": person_id,
            "what": What.STOOD_DOWN.value, "at": now(), "by": f"staff:{self.members.case_system}",
            "from_on": one.on or one.due, "to_on": None, "clock_time": None, "form": None,
            "reason": None, "late_days": None, "words": None,
        }  # fmt: skip

    def _confirmed(self, one: ReviewRow) -> dict[str, Any]:
        on = one.on or self.taken_on
        return {
            "review_id": one.id, "code": one.code, "proposed": None,
            "method": METHOD_OF[Code(one.code)].value, "reason": None, "briefed": None,
            "confirmed_by": self.members.case_system,
            "confirmed_at": datetime.combine(on, time(12), LONDON),
        }  # fmt: skip

    def _pathway(self, child: Child, person_id: str, involved: Sequence[_Mine]) -> None:
        """The latest review of a pathway plan, and the next one, which can be invited to."""
        day = child.reviewed_on
        if not child.pathway:
            return
        before = self.known.pathway.get(person_id, set())
        if day is None or day in before:
            self.counts.same[LEAVERS.name] += 1
            return
        newest = max(before, default=None)
        self.counts.one(LEAVERS.name, newest, day)
        self.changes.add(
            pathway_states,
            {"person_id": person_id, "reviewed_on": day, "taken_on": self.taken_on},
        )
        if newest is not None and day < newest:
            self.counts.notes.append(
                "The case system names an earlier pathway review than before of somebody: it was "
                "noted, and their clock goes on from the later one."
            )
            return
        self.changes.clocks[person_id] = day
        here = self.known.reviews.get(person_id, {})
        ahead = [
            row for row in here.values()
            if row.kind == ReviewKind.PATHWAY.value and not row.held and row.looks_back_on is None
        ]  # fmt: skip
        officer, _new = self._officer(involved, "pathway_review_officer", None)
        for row in ahead:
            if row.meeting_on is None or row.meeting_on <= day:  # this is the one that was held
                self.changes.change(
                    reviews_table, {"review_id": row.review_id, "meeting_on": day, "held": True}
                )
            else:
                return  # the next one is arranged already
        review_id = f"pathway-{person_id}-{day.isoformat()}"  # no case id: addresses have it
        if review_id not in here:
            self.changes.add(
                reviews_table,
                {"review_id": review_id, "person_id": person_id,
                 "kind": ReviewKind.PATHWAY.value, "officer_id": officer,
                 "due_on": months_after(day, _MONTHS), "meeting_on": None, "held": False,
                 "looks_back_on": None, "stood_down_at": None, "answered_by": None,
                 "created_at": now()},
            )  # fmt: skip


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
