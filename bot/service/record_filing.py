"""A review's record goes to the case record: once, surely, and as the next version if corrected."""

import json
import uuid
from datetime import date, datetime

from sqlalchemy import Connection

from bot.documents import review_record
from bot.documents.review_record import Document
from bot.service import recording
from bot.service.admission import Admitted, Asked
from bot.service.house import House
from bot.service.meeting_kinds import Asks, Field, Part
from bot.service.problems import Problem
from bot.service.recording import Answered, Kept, Record
from storage import outbox, participation, record_filings, review_moves
from storage.contributions import Filing
from storage.outbox import Outgoing
from storage.record_filings import Version
from storage.review_decisions import Decision

DESTINATION = "review_record"


def file(
    db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime
) -> Kept | tuple[Problem, ...]:
    """Put the record out as it stands. `Kept.SAME`: this is filed already, or on its way."""
    record = recording.lock(db, house, staff, asked, now)
    if problems := missing(record):
        return problems
    newest = record.versions[-1] if record.versions else None
    document = _document(db, house, staff, record, now)
    if newest is not None and same(document, newest.document):
        if newest.state is not Filing.TASK:
            return Kept.SAME
        record_filings.set_state(db, house.id, newest, Filing.WAITING)
        _put_out(db, house, newest, now)
        recording.note(db, house, staff, record.review, "record_sent_again", now)
        return Kept.NOW
    version = Version(
        document["record_id"], document["version"], record.review.review_id,
        record.review.person_id, now, staff.staff_id, document,
    )  # fmt: skip
    record_filings.add(db, house.id, version)
    _put_out(db, house, version, now)
    detail = f"version {version.version}"
    recording.note(db, house, staff, record.review, "record_sent", now, detail)
    return Kept.NOW


def missing(record: Record) -> tuple[Problem, ...]:
    """What it can't be filed without; `field` is the step's id."""
    found = []
    for step in record.kind.steps:
        if step.part is Part.HELD and not record.review.held:
            found.append(Problem(step.id, f"{step.title}: the day it was held."))
        if step.part is Part.TOOK_PART and not record.took_part:
            found.append(Problem(step.id, f"{step.title}: confirm how they took part."))
        for field in step.fields:
            if record.needs(field) and not record.answered[field.id].newest:
                found.append(Problem(step.id, f"{step.title}: “{field.label}”."))
        if step.part is Part.NEXT and not record.answered["next"].newest:
            found.append(Problem(step.id, f"{step.title}: when it is."))
    return tuple(found)


def is_changed(
    db: Connection, house: House, staff: Admitted, record: Record, now: datetime
) -> bool:
    """Whether the record is otherwise than it was filed last. Reads only."""
    if not record.versions:
        return True
    return not same(_document(db, house, staff, record, now), record.versions[-1].document)


_OF_THE_FILING = (
    "version", "kind", "supersedes", "made_at", "made_by", "content_sha256", "undone",
)  # fmt: skip


def same(one: Document, other: Document) -> bool:
    """Whether two versions say the same. What is done of the decisions since is no correction."""
    return _said(one) == _said(other)


def _said(document: Document) -> Document:
    said = {name: value for name, value in document.items() if name not in _OF_THE_FILING}
    since = ("done_at", "done_by")
    said["decisions"] = [
        {name: value for name, value in one.items() if name not in since}
        for one in document["decisions"]
    ]
    return said


def _put_out(db: Connection, house: House, version: Version, now: datetime) -> None:
    row = Outgoing(
        DESTINATION,
        lane=f"{version.person_id}/{DESTINATION}",
        idempotency_key=f"{version.record_id}/v{version.version}",
        payload=json.dumps({"record_id": version.record_id, "version": version.version}),
        person_id=version.person_id,
    )
    outbox.add(db, house.id, [row], now)


def _document(
    db: Connection, house: House, staff: Admitted, record: Record, now: datetime
) -> Document:
    review = record.review
    number = len(record.versions) + 1
    confirmed = participation.get(db, house.id, review.review_id)
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"sayso:{house.id}:{review.review_id}:record")
    next_review = record.next
    document: Document = {
        "schema": review_record.SCHEMA,
        "record_id": str(name),
        "version": number,
        "kind": "record" if number == 1 else "correction",
        "supersedes": number - 1 or None,
        "council": house.id,
        "case_id": record.person.case_id,
        "review": {
            "review_id": review.known_as,
            "kind": review.kind.value,
            "date": _iso(review.meeting_on),
            "due": _iso(record.due.by if record.due else review.due_on),
        },
        "called": record.kind.called,
        "language": "en",
        "made_at": now.isoformat(),
        "made_by": {"name": staff.name, "role": staff.role.value},
        "timescale": {
            "late_days": record.due.late_days if record.due else None,
            "because": record.due.sentence if record.due else "",
        },
        "participation": {
            "code": confirmed.code.value if confirmed.code else None,
            "method": confirmed.method,
            "says": record.took_part,
            "confirmed_by": record.names.get(confirmed.confirmed_by, ""),
            "confirmed_at": confirmed.confirmed_at.isoformat(),
        }
        if confirmed
        else None,
        "values": [
            _value(record, record.answered[field.id], step.title)
            for step in record.kind.steps
            for field in step.fields
            if record.answered[field.id].newest
        ],
        "decisions": [_decision(record, one) for one in record.decisions],
        "undone": [_decision(record, one) for one in record.undone],
        "recommendations": {
            "due": _iso(record.issue_by),
            "in_time": record.issued_in_time,
        },
        "next": {
            "choice": _plain(record.answered["next"]),
            "review_id": next_review.review_id if next_review else None,
            "due": _iso(next_review.due_on) if next_review else None,
            "on": _plain(record.answered["next_on"]) or None,
            "why": _plain(record.answered["next_why"]),
        }
        if record.answered["next"].newest
        else None,
        "history": [
            {
                "what": move.what.value,
                "at": move.at.isoformat(),
                "from": _iso(move.from_on),
                "to": _iso(move.to_on),
                "form": move.form and move.form.value,
                "reason": move.reason and move.reason.value,
                "late_days": move.late_days,
            }
            for move in review_moves.of_review(db, house.id, review.review_id)
        ],
        "lawful_basis": house.council.lawful_basis,
    }
    document["content_sha256"] = review_record.content_sha256(document)
    return document


def _plain(answered: Answered) -> str:
    newest = answered.newest
    return (newest.fact or newest.words) if newest else ""


def _value(record: Record, answered: Answered, step: str) -> Document:
    newest = answered.newest
    if newest is None:
        raise AssertionError("Only what was answered is filed.")
    field: Field = answered.field
    return {
        "field": field.id,
        "step": step,
        "label": field.label,
        "asks": field.asks.value,
        "value": newest.fact.split(",") if field.asks is Asks.SEVERAL else _plain(answered),
        "says": answered.read(newest),
        "by": record.names.get(newest.by, ""),
        "at": newest.at.isoformat(),
        "before": [answered.read(one) for one in answered.earlier],
    }


def _decision(record: Record, one: Decision) -> Document:
    return {
        "decision_id": one.decision_id,
        "review_id": one.review_id,
        "what": one.what,
        "owner": one.owner,
        "due": _iso(one.due_on),
        "done_at": one.done_at.isoformat() if one.done_at else None,
        "done_by": record.names.get(one.done_by, "") or None,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
