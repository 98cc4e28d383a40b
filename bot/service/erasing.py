"""Erasing: a whole person on somebody's word, or what was said before a review when its time is
over.

Their keys are destroyed and their words taken away in one transaction, with the audit entry and the
row for the ledger (`bot.service.ledger`). A stub stays: ids, the reviews' dates and codes. Alerts
and what was decided have keys and times of their own and outlast it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.service.admission import Admitted, Asked, require
from bot.service.house import House
from storage import (
    audit,
    contributions,
    erasing,
    erasures,
    outbox,
    people,
    record_filings,
    reviews,
)
from storage.contributions import Filing
from storage.erasures import Erasure, What
from storage.errors import Unknown
from storage.outbox import Outgoing, rising_id
from storage.people import YoungPerson
from storage.reviews import Review

MOST_LETTERS = 500
TELEGRAM = "telegram"


class Problem(StrEnum):
    """Why nobody was erased."""

    NO_REASON = "no_reason"
    TOO_LONG = "too_long"
    UNFILED = "unfiled"  # something has not reached the case record, and would never
    OTHER_PERSON = "other_person"  # what was typed is not their number in the case system


@dataclass(frozen=True, slots=True)
class Goes:
    """What would go with a young person. `rows`: how many of each table; `sent`: versions that were
    sent; `unfiled`: documents that are not in the case record; `only_here`: what stands in no case
    record, as it was for the officer alone and no restricted record is set."""

    person: YoungPerson
    reviews: tuple[Review, ...]
    rows: Mapping[str, int]
    unfiled: int
    only_here: int

    @property
    def sent(self) -> int:
        return self.rows["contributions"]


def find(db: Connection, house: House, *, review_id: str = "", case_id: str = "") -> str:
    """The id of a young person, by a review of theirs or by their case id. `Unknown`."""
    if review_id:
        return reviews.get(db, house.id, review_id).person_id
    person_id = people.by_case_id(db, house.id, house.keys, case_id)
    if person_id is None:
        raise Unknown("a young person of this case id")
    return person_id


def look(db: Connection, house: House, person_id: str) -> Goes:
    """What would go. Reads only. `Unknown`, `Erased`."""
    person = people.young_person(db, house.id, person_id)
    review_ids = erasing.reviews_of(db, house.id, person_id)
    states = [
        filed.state
        for review_id in review_ids
        for contribution_id in contributions.ids_of_review(db, house.id, review_id)
        for filed in contributions.filings_of(db, house.id, contribution_id)
    ]
    states += [
        version.state
        for review_id in review_ids
        for version in record_filings.of_review(db, house.id, review_id)
    ]
    return Goes(
        person,
        tuple(reviews.get(db, house.id, review_id) for review_id in review_ids),
        erasing.held(db, house.id, person_id),
        unfiled=sum(state in (Filing.WAITING, Filing.TASK) for state in states),
        only_here=sum(state is Filing.AT_DESK for state in states),
    )


def problem_of(goes: Goes, reason: str, *, unfiled_too: bool) -> Problem | None:
    """Why this can't be done; None: it can."""
    if not reason.strip():
        return Problem.NO_REASON
    if len(reason.strip()) > MOST_LETTERS:
        return Problem.TOO_LONG
    if goes.unfiled and not unfiled_too:
        return Problem.UNFILED
    return None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody at the desk fills in. `case_id`: typed by them, so that it is the right one."""

    reason: str = ""
    case_id: str = ""
    unfiled_too: bool = False


def look_at_desk(db: Connection, house: House, staff: Admitted, asked: Asked) -> Goes:
    """What would go, for somebody who is signed in. `Unknown` if it is not for them."""
    require(db, house, staff, asked)
    return look(db, house, find(db, house, review_id=asked.review_id or ""))


def problem_at_desk(goes: Goes, wanted: Wanted, *, last: bool) -> Problem | None:
    """Why it can't go on. `last`: nothing comes after, so their number has to be right, too."""
    problem = problem_of(goes, wanted.reason, unfiled_too=wanted.unfiled_too)
    if problem is not None or not last:
        return problem
    right = wanted.case_id.strip().casefold() == goes.person.case_id.casefold()
    return None if right else Problem.OTHER_PERSON


def erase_at_desk(
    db: Connection, house: House, staff: Admitted, asked: Asked, wanted: Wanted, now: datetime
) -> Goes | tuple[Goes, Problem]:
    """Erase, for somebody who is signed in; what went, or why not. `Unknown`."""
    goes = look_at_desk(db, house, staff, asked)
    problem = problem_at_desk(goes, wanted, last=True)
    if problem is not None:
        return goes, problem
    person_id, too = goes.person.person_id, wanted.unfiled_too
    done = erase(db, house, person_id, staff.actor, wanted.reason, now, unfiled_too=too)
    return (goes, done) if isinstance(done, Problem) else goes


def erase(
    db: Connection,
    house: House,
    person_id: str,
    by: str,
    reason: str,
    now: datetime,
    *,
    unfiled_too: bool = False,
) -> Mapping[str, int] | Problem:
    """Erase a young person; how many rows of each table went. `by`: as the audit names them.
    `Unknown`, `Erased`. It stands in the ledger once `ledger.note` has run."""
    people.lock(db, house.id, person_id)
    problem = problem_of(look(db, house, person_id), reason, unfiled_too=unfiled_too)
    if problem is not None:
        return problem
    erasure = Erasure(house.id, rising_id(), What.PERSON, person_id, None, now, by)
    gone = _erase_person(db, house, person_id, now)
    erasures.add(db, house.id, erasure, reason=reason.strip())
    audit.add(
        db,
        house.id,
        now,
        actor=by,
        act="person_erased",
        subject=f"young_person:{person_id}",
        detail=f"erasure {erasure.erasure_id}, {gone['contributions']} versions, "
        f"{gone['data_keys']} keys",
    )
    return gone


def end_words(
    db: Connection, house: House, person_id: str, review_id: str, what: What, now: datetime
) -> bool:
    """The time of what was said before a review is over; False if somebody was quicker."""
    if not erasing.lock(db, house.id, [review_id]):
        return False
    erasure = Erasure(house.id, rising_id(), what, person_id, review_id, now, "sayso")
    gone = erasing.words(db, house.id, [review_id])
    erasures.add(db, house.id, erasure)
    audit.add(
        db,
        house.id,
        now,
        actor="sayso",
        act=f"{what.value}_erased",
        subject=f"review:{review_id}",
        detail=f"erasure {erasure.erasure_id}, {gone['contributions']} versions",
    )
    return True


def erase_what_came_since(db: Connection, house: House, person_id: str, now: datetime) -> bool:
    """Somebody was let in at the very moment in which they were erased: what that left goes."""
    if not people.is_erased(db, house.id, person_id):
        return False
    erasing.person(db, house.id, person_id, now)
    return True


def repeat(db: Connection, house: House, erasure: Erasure, now: datetime) -> None:
    """Erase again what a restored database has, or holds for the first time. The same erasure, so
    that it is known here from now on."""
    if erasure.what is What.PERSON:
        _erase_person(db, house, erasure.person_id, now)
        subject = f"young_person:{erasure.person_id}"
    else:
        erasing.words(db, house.id, [erasure.review_id or ""])
        subject = f"review:{erasure.review_id}"
    erasures.add(db, house.id, erasure, noted_at=now)
    audit.add(
        db,
        house.id,
        now,
        actor="sayso",
        act="erasure_repeated",
        subject=subject,
        detail=f"erasure {erasure.erasure_id}",
    )


def left(db: Connection, house: House) -> list[str]:
    """What was erased and is there all the same, each in words. Reads only."""
    found = []
    for erasure in erasures.all_of(db, house.id):
        if erasure.what is What.PERSON:
            there = erasing.left(db, house.id, erasure.person_id)
        else:
            there = erasing.words_left(db, house.id, erasure.review_id or "", erasure.at)
        if there:
            rows = ", ".join(f"{number} of {name}" for name, number in sorted(there.items()))
            found.append(f"Erasure {erasure.erasure_id}: there are {rows}.")
    return found


def _erase_person(db: Connection, house: House, person_id: str, now: datetime) -> Mapping[str, int]:
    tidying = list(_tidying(db, house, person_id))
    gone = erasing.person(db, house.id, person_id, now)
    outbox.add(db, house.id, tidying, now)
    return gone


def _tidying(db: Connection, house: House, person_id: str) -> list[Outgoing]:
    """What still has to be taken out of their Telegram chat is so; the rest of it is not sent. The
    key of the young person is about to go: it is put out anew under the council's."""
    again = []
    for row in outbox.of_person(db, house.id, person_id, TELEGRAM):
        if row.broken:
            continue  # nobody can say any more what it would take out
        payload = json.loads(row.payload)
        if payload.get("tidy") is None:
            continue
        key = f"{row.idempotency_key.partition('#')[0]}#erased{row.outbox_id % 1_000_000}"
        rest = {**payload, "send": None, "callback": None}
        again.append(Outgoing(TELEGRAM, row.lane, key, json.dumps(rest)))
    return again
