"""Subject access: all that is held about one young person, to be given to them.

At the desk the officer who runs the review makes it, and gets what that officer may read: what was
said before other officers' reviews, and what was never sent, is left out and said to be. The
command line makes the whole of it, for the council's data protection officer.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from bot.documents.agreement import Record
from bot.documents.subject_access import archive
from bot.service import agreements, auditing
from bot.service.admission import Admitted, Asked, require
from bot.service.erasing import find
from bot.service.house import House
from conversations.attaching import ENDINGS
from storage import attachments, audit, conversations, erasing, held, people, reviews, tasks
from storage.errors import SealBroken
from storage.held import ABOUT, Whose
from storage.people import YoungPerson
from storage.tasks import Kind, Task

__all__ = ["Copy", "Problem", "archive", "make", "make_at_desk", "person_at_desk"]

MOST_LETTERS = 500
MOST_ENTRIES = 100_000
NOT_AT_DESK = frozenset({"conversations", "inbox", "outbox", "alerts", "alert_words"})
"""What was never sent may stand in these. The officer reads what was sent, which is elsewhere; an
alert is for who has to see it, and its being there could endanger somebody."""

_JSON_IN = frozenset({("conversations", "state"), ("contributions", "content"), ("tasks", "about"),
                      ("meeting_wishes", "wishes"), ("briefings", "who"),
                      ("note_entries", "value"), ("note_filings", "content"),
                      ("alerts", "about"), ("alert_words", "said"),
                      ("attachments", "about"), ("participation", "briefed"),
                      ("review_decisions", "content"), ("record_filings", "content")})  # fmt: skip


class Problem(StrEnum):
    """Why there is no copy."""

    NO_REASON = "no_reason"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Copy:
    """All that is held. `tables`: rows by table; `audit`: who read and did what, in sentences;
    `left_out`: what this reader does not get, each in words; `files`: what was said aloud
    or shown, by name; `agreements`: what they agreed to and chose, one for each review."""

    made_at: datetime
    council: str
    person: YoungPerson
    tables: dict[str, list[dict[str, Any]]]
    audit: list[dict[str, Any]]
    staff: dict[str, str]
    left_out: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    agreements: tuple[Record, ...] = ()


def make(db: Connection, house: House, person_id: str, by: str, now: datetime) -> Copy:
    """The whole of it; that it was made is on record. `Unknown`, `Erased`."""
    review_ids = tuple(erasing.reviews_of(db, house.id, person_id))
    return _make(db, house, person_id, review_ids, by, now, frozenset(), ())


def make_at_desk(
    db: Connection, house: House, staff: Admitted, asked: Asked, reason: str, now: datetime
) -> Copy | Problem:
    """For somebody who is signed in. `Unknown` if it is not for them."""
    require(db, house, staff, asked)
    if not reason.strip():
        return Problem.NO_REASON
    if len(reason.strip()) > MOST_LETTERS:
        return Problem.TOO_LONG
    person_id = find(db, house, review_id=asked.review_id or "")
    every = erasing.reviews_of(db, house.id, person_id)
    mine = tuple(
        review_id
        for review_id in every
        if reviews.get(db, house.id, review_id).officer_id == staff.staff_id
    )
    left = [
        "What was written and never sent, messages as they came in, and alerts if there are any: "
        "they are not for whoever makes a copy at the desk. Council IT makes a whole copy for the "
        "data protection officer."
    ]
    _keep_reason(db, house, staff, person_id, asked.review_id or "", reason.strip(), now)
    if len(mine) < len(every):
        number = len(every) - len(mine)
        left.append(f"What was said before {number} reviews that another officer runs: ask them.")
    copy = _make(db, house, person_id, mine, staff.actor, now, NOT_AT_DESK, tuple(left))
    copy.tables["contributions"] = [*map(_as_at_desk(copy), copy.tables["contributions"])]
    return copy


TAKEN_BACK = "Changed or taken back since. Council IT makes a whole copy, which has it."


def _as_at_desk(copy: Copy) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What was taken back is hidden at the desk, and so in a copy that is made there."""
    stands = {
        row["contribution_id"]: row["version"]
        for row in copy.tables["contributions"]
        if row["kind"] == "withdrawal"
    }

    def shown(row: dict[str, Any]) -> dict[str, Any]:
        hidden = row["version"] < stands.get(row["contribution_id"], 0)
        return {**row, "content": TAKEN_BACK} if hidden else row

    return shown


def _keep_reason(
    db: Connection,
    house: House,
    staff: Admitted,
    person_id: str,
    review_id: str,
    reason: str,
    now: datetime,
) -> None:
    """With its time, sealed; there is nothing left to do."""
    task_id = str(uuid.uuid4())
    about = {"by": staff.actor, "reason": reason}
    tasks.add(db, house.id, Task(task_id, Kind.COPY_MADE, person_id, review_id, about), now)
    tasks.done(db, house.id, task_id, staff.staff_id, now)


def person_at_desk(db: Connection, house: House, staff: Admitted, asked: Asked) -> YoungPerson:
    """Whom a copy would be of. `Unknown` if it is not for them."""
    require(db, house, staff, asked)
    person_id = find(db, house, review_id=asked.review_id or "")
    return people.young_person(db, house.id, person_id)


def _make(
    db: Connection,
    house: House,
    person_id: str,
    review_ids: tuple[str, ...],
    by: str,
    now: datetime,
    without: frozenset[str],
    left_out: tuple[str, ...],
) -> Copy:
    person = people.young_person(db, house.id, person_id)
    whose = Whose(house.id, person_id, review_ids, held.talks_of(db, house.id, review_ids))
    tables = {
        table.name: [_plain(table.name, row) for row in held.rows(db, table, whose)]
        for table in ABOUT
        if table.name not in without
    }
    if without:  # what was shown and never sent is nobody's at the desk
        unsent = {row["attachment_id"] for row in tables["attachments"] if not row["sent_at"]}
        for name in ("attachments", "attachment_pieces"):
            tables[name] = [row for row in tables[name] if row["attachment_id"] not in unsent]
    lines = [
        line
        for line in auditing.about_person(db, house, person_id, MOST_ENTRIES)
        if not (without and line.entry.subject.startswith("alert:"))
    ]
    audit.add(
        db,
        house.id,
        now,
        actor=by,
        act="copy_made",
        subject=f"young_person:{person_id}",
        detail=f"{len(review_ids)} reviews, {len(lines)} entries",
    )
    names = {member.staff_id: member.name for member in people.all_staff(db, house.id)}
    agreed = _agreements(db, house, whose.talks, only_sent=bool(without))
    return Copy(now, house.council.name, person, tables, [_entry(one) for one in lines], names,
                left_out, _files(db, house, tables), agreed)  # fmt: skip


def _files(
    db: Connection, house: House, tables: Mapping[str, list[dict[str, Any]]]
) -> dict[str, bytes]:
    found = {}
    for row in tables["attachments"]:
        if row["about"] == held.UNOPENED:
            continue
        one = attachments.get(db, house.id, row["attachment_id"])
        name = f"{one.attachment_id}.{ENDINGS[one.about.media_type]}"
        found[name] = attachments.content(db, house.id, one)
    return found


def _agreements(
    db: Connection, house: House, talks: tuple[str, ...], *, only_sent: bool
) -> tuple[Record, ...]:
    """What they agreed to and chose, of each conversation that can still be opened."""
    found = []
    for talk in talks:
        try:
            kept = conversations.get(db, house.id, talk)
            found.append(agreements.of_conversation(db, house, kept, only_sent=only_sent))
        except SealBroken:  # it has rung the alarm; the rest of the copy does not wait for it
            continue
    return tuple(found)


def _plain(table: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.loads(value)
        if (table, name) in _JSON_IN and value and value != held.UNOPENED
        else value
        for name, value in row.items()
    }


def _entry(line: auditing.Line) -> dict[str, Any]:
    entry = line.entry
    return {
        "at": entry.at,
        "who": line.who,
        "did": f"{line.did} {line.about}".strip(),
        "review": line.review_id,
        "detail": entry.detail,
    }
