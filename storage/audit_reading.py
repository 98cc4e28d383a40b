"""The audit, read back: by time, by who and by what it was done to. The newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, tuple_

from storage.tables import alerts, audit, audit_checkpoints, contributions, reviews, tasks


@dataclass(frozen=True, slots=True)
class Entry:
    """As it was written. `entry_id` tells entries of one moment apart."""

    chain: str
    sequence: int
    entry_id: int
    at: datetime
    actor: str
    act: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries. `since`, `until`: from and up to, the end not included; `actor`: one, or all
    of a kind (`young_person:`); `review_id`, `person_id`: all that is about it or about them;
    `before`: only those further back than this entry."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    review_id: str = ""
    person_id: str = ""
    before: tuple[datetime, int] | None = None


def find(db: Connection, council: str, wanted: Wanted, most: int) -> list[Entry]:
    query = select(audit).where(audit.c.council == council)
    if wanted.since is not None:
        query = query.where(audit.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(audit.c.at < wanted.until)
    if wanted.actor.endswith(":"):
        end = f"{wanted.actor[:-1]};"  # the sign after the colon: a range, so that an index serves
        query = query.where(audit.c.actor >= wanted.actor, audit.c.actor < end)
    elif wanted.actor:
        query = query.where(audit.c.actor == wanted.actor)
    if wanted.review_id:
        query = query.where(audit.c.subject.in_(_about(db, council, [wanted.review_id])))
    if wanted.person_id:
        mine = reviews.c.person_id == wanted.person_id
        found = select(reviews.c.review_id).where(reviews.c.council == council, mine)
        about = _about(db, council, list(db.execute(found).scalars()))
        person = f"young_person:{wanted.person_id}"
        query = query.where(or_(audit.c.subject.in_([*about, person]), audit.c.actor == person))
    if wanted.before is not None:
        query = query.where(tuple_(audit.c.at, audit.c.entry_id) < tuple_(*wanted.before))
    query = query.order_by(audit.c.at.desc(), audit.c.entry_id.desc()).limit(most)
    return [_entry(row) for row in db.execute(query)]


def _about(db: Connection, council: str, review_ids: list[str]) -> list[str]:
    """The subjects of everything that belongs to these reviews."""
    sent = select(contributions.c.contribution_id).where(
        contributions.c.council == council, contributions.c.review_id.in_(review_ids)
    )
    todo = select(tasks.c.task_id).where(
        tasks.c.council == council, tasks.c.review_id.in_(review_ids)
    )
    raised = select(alerts.c.alert_id).where(
        alerts.c.council == council, alerts.c.review_id.in_(review_ids)
    )
    return [
        *(f"review:{review_id}" for review_id in review_ids),
        *(f"alert:{one}" for one in db.execute(raised).scalars()),
        *sorted({f"contribution:{one}" for one in db.execute(sent).scalars()}),
        *(f"task:{one}" for one in db.execute(todo).scalars()),
    ]


def actors(
    db: Connection, council: str, act: str, subject: str, details: Iterable[str]
) -> set[str]:
    """Who did this to it, with any of these details."""
    done = select(audit.c.actor).where(
        audit.c.council == council,
        audit.c.subject == subject,
        audit.c.act == act,
        audit.c.detail.in_(list(details)),
    )
    return set(db.execute(done.distinct()).scalars())


def reviews_of(db: Connection, council: str, subjects: Iterable[str]) -> dict[str, str]:
    """The review that each of these subjects belongs to, where it belongs to one."""
    of_kind: dict[str, list[str]] = {
        "review": [], "contribution": [], "task": [], "alert": []
    }  # fmt: skip
    for subject in subjects:
        kind, _colon, name = subject.partition(":")
        of_kind.get(kind, []).append(name)
    found = {f"review:{name}": name for name in of_kind["review"]}
    sent = select(contributions.c.contribution_id, contributions.c.review_id).where(
        contributions.c.council == council,
        contributions.c.contribution_id.in_(of_kind["contribution"]),
    )
    found |= {f"contribution:{row.contribution_id}": row.review_id for row in db.execute(sent)}
    raised = select(alerts.c.alert_id, alerts.c.review_id).where(
        alerts.c.council == council, alerts.c.alert_id.in_(of_kind["alert"])
    )
    found |= {f"alert:{row.alert_id}": row.review_id for row in db.execute(raised)}
    todo = select(tasks.c.task_id, tasks.c.review_id).where(
        tasks.c.council == council, tasks.c.task_id.in_(of_kind["task"])
    )
    return found | {
        f"task:{row.task_id}": row.review_id for row in db.execute(todo) if row.review_id
    }


def newest(db: Connection, council: str, act: str) -> Entry | None:
    """The last time that this was done."""
    query = select(audit).where(audit.c.council == council, audit.c.act == act)
    row = db.execute(query.order_by(audit.c.at.desc(), audit.c.entry_id.desc()).limit(1)).first()
    return _entry(row) if row is not None else None


def last_checkpoint(db: Connection, council: str) -> tuple[int, datetime] | None:
    """Its number and when it was made."""
    table = audit_checkpoints
    query = select(table.c.number, table.c.at).where(table.c.council == council)
    row = db.execute(query.order_by(table.c.number.desc()).limit(1)).first()
    return (row.number, row.at) if row is not None else None


def _entry(row: Any) -> Entry:
    return Entry(
        row.chain, row.sequence, row.entry_id, row.at, row.actor, row.act, row.subject, row.detail
    )


def of_act(db: Connection, council: str, act: str, subject: str) -> tuple[Entry, ...]:
    """Each time that this was done to it."""
    rows = db.execute(
        select(audit)
        .where(audit.c.council == council, audit.c.subject == subject, audit.c.act == act)
        .order_by(audit.c.at.desc(), audit.c.entry_id.desc())
    )
    return tuple(_entry(row) for row in rows)
