"""What was sent, version by version, and where it was filed. Never changed once written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    func,
    insert,
    select,
    tuple_,
    update,
)

from storage import data_keys
from storage.data_keys import Purpose
from storage.errors import Unknown
from storage.sealing import Place, seal, unseal
from storage.tables import contributions, filings, readings


class Destination(StrEnum):
    """Ordinary: what those who can open the case record may read. Restricted: the rest."""

    ORDINARY = "ordinary"
    RESTRICTED = "restricted"


class Filing(StrEnum):
    """How far a document has come. `at_desk`: no restricted record is set; it stays sealed here.
    `stopped`: the young person says that somebody else wrote it, so it goes no further;
    `taken_back`: something in it was, before it had left."""

    WAITING = "waiting"
    FILED = "filed"
    AT_DESK = "at_desk"
    TASK = "task"
    STOPPED = "stopped"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Sent:
    """One version. `content`: `ordinary` and `restricted` documents (restricted may be null)."""

    council: str
    contribution_id: str
    version: int
    review_id: str
    person_id: str
    conversation_id: str
    kind: str
    channel: str
    sent_at: datetime
    content: dict[str, Any]

    def document(self, destination: Destination) -> dict[str, Any] | None:
        document: dict[str, Any] | None = self.content[destination.value]
        return document


@dataclass(frozen=True, slots=True)
class Filed:
    """Where one document of one version is. `reference`: a path or the receiver's own id."""

    contribution_id: str
    version: int
    destination: Destination
    state: Filing
    filed_at: datetime | None
    reference: str | None
    left_at: datetime | None = None


def _place(council: str, contribution_id: str, version: int, person_id: str) -> Place:
    return Place(council, "contributions", "content", f"{contribution_id}/{version}", person_id)


def add(db: Connection, sent: Sent) -> None:
    place = _place(sent.council, sent.contribution_id, sent.version, sent.person_id)
    db.execute(
        insert(contributions),
        {
            "council": sent.council,
            "contribution_id": sent.contribution_id,
            "version": sent.version,
            "review_id": sent.review_id,
            "person_id": sent.person_id,
            "conversation_id": sent.conversation_id,
            "kind": sent.kind,
            "channel": sent.channel,
            "sent_at": sent.sent_at,
            "content": seal(db, place, orjson.dumps(sent.content).decode()),
        },
    )


def get(db: Connection, council: str, contribution_id: str, version: int) -> Sent:
    row = db.execute(
        select(contributions).where(
            contributions.c.council == council,
            contributions.c.contribution_id == contribution_id,
            contributions.c.version == version,
        )
    ).one_or_none()
    if row is None:
        raise Unknown(f"contribution {contribution_id} version {version}")
    return _sent(db, row)


def of_review(db: Connection, council: str, review_id: str) -> list[Sent]:
    """Every version sent before this review, oldest first."""
    rows = db.execute(
        select(contributions)
        .where(contributions.c.council == council, contributions.c.review_id == review_id)
        .order_by(contributions.c.version)
    )
    return [_sent(db, row) for row in rows]


def ids_of_review(db: Connection, council: str, review_id: str) -> list[str]:
    """The ids of what was sent before this review. No word is opened."""
    rows = db.execute(
        select(contributions.c.contribution_id)
        .where(contributions.c.council == council, contributions.c.review_id == review_id)
        .distinct()
    )
    return sorted(rows.scalars())


def several(db: Connection, council: str, versions: Iterable[tuple[str, int]]) -> list[Sent]:
    """These versions of these contributions, by one query and one for their keys; what had its
    time is left out."""
    wanted = tuple_(contributions.c.contribution_id, contributions.c.version).in_(list(versions))
    rows = db.execute(select(contributions).where(contributions.c.council == council, wanted)).all()
    data_keys.prepare(db, council, {row.person_id for row in rows}, Purpose.WORDS)
    return [_sent(db, row) for row in rows]


def newest_of_person(db: Connection, council: str, person_id: str) -> list[Sent]:
    """The newest version of everything that a young person sent, the latest first."""
    return newest_of_people(db, council, (person_id,)).get(person_id, [])


def newest_of_people(
    db: Connection, council: str, person_ids: Iterable[str]
) -> dict[str, list[Sent]]:
    """The same of several, by id: one query and one for their keys."""
    wanted = set(person_ids)
    rows = db.execute(
        select(contributions)
        .where(contributions.c.council == council, contributions.c.person_id.in_(wanted))
        .order_by(contributions.c.version)
    )
    newest = {row.contribution_id: row for row in rows}
    data_keys.prepare(db, council, wanted, Purpose.WORDS)
    found: dict[str, list[Sent]] = {}
    for row in sorted(newest.values(), key=_when, reverse=True):
        found.setdefault(row.person_id, []).append(_sent(db, row))
    return found


def _when(row: Row[Any]) -> datetime:
    sent_at: datetime = row.sent_at
    return sent_at


def _sent(db: Connection, row: Row[Any]) -> Sent:
    place = _place(row.council, row.contribution_id, row.version, row.person_id)
    return Sent(
        row.council,
        row.contribution_id,
        row.version,
        row.review_id,
        row.person_id,
        row.conversation_id,
        row.kind,
        row.channel,
        row.sent_at,
        orjson.loads(unseal(db, place, row.content)),
    )


def add_filing(db: Connection, sent: Sent, destination: Destination, state: Filing) -> None:
    db.execute(
        insert(filings),
        {
            "council": sent.council,
            "contribution_id": sent.contribution_id,
            "version": sent.version,
            "destination": destination.value,
            "state": state.value,
            "person_id": sent.person_id,
        },
    )


def set_filing(
    db: Connection,
    council: str,
    contribution_id: str,
    version: int,
    destination: Destination,
    state: Filing,
    *,
    at: datetime | None = None,
    reference: str | None = None,
) -> None:
    """What became of it. It may have been erased while it was under way: then nothing is kept."""
    one = (
        filings.c.council == council,
        filings.c.contribution_id == contribution_id,
        filings.c.version == version,
        filings.c.destination == destination.value,
    )
    sealed = None
    if reference is not None:
        person_id = db.execute(select(filings.c.person_id).where(*one)).scalar_one_or_none()
        if person_id is None:
            return
        place = _reference_place(council, contribution_id, version, destination, person_id)
        sealed = seal(db, place, reference)
    db.execute(update(filings).where(*one).values(state=state.value, filed_at=at, reference=sealed))


def _reference_place(
    council: str, contribution_id: str, version: int, destination: Destination, person_id: str
) -> Place:
    row = f"{contribution_id}/{version}/{destination.value}"
    return Place(council, "filings", "reference", row, person_id)


def filings_of(db: Connection, council: str, contribution_id: str) -> list[Filed]:
    rows = db.execute(
        select(filings)
        .where(filings.c.council == council, filings.c.contribution_id == contribution_id)
        .order_by(filings.c.version, filings.c.destination)
    )
    return [_filed(db, row) for row in rows]


def is_stopped(
    db: Connection, council: str, contribution_id: str, version: int, destination: Destination
) -> bool:
    """Whether this document must go no further."""
    return _state(db, council, contribution_id, version, destination) in _GOES_NO_FURTHER


def is_taken_back(
    db: Connection, council: str, contribution_id: str, version: int, destination: Destination
) -> bool:
    """Whether a newer version without something of it stands in its place."""
    state = _state(db, council, contribution_id, version, destination)
    return state == Filing.TAKEN_BACK.value


def _state(
    db: Connection, council: str, contribution_id: str, version: int, destination: Destination
) -> str | None:
    which = _one(council, contribution_id, version, destination)
    return db.execute(select(filings.c.state).where(*which)).scalar()


_GOES_NO_FURTHER = (Filing.STOPPED.value, Filing.TAKEN_BACK.value)


def leaves(
    db: Connection,
    council: str,
    contribution_id: str,
    version: int,
    destination: Destination,
    now: datetime,
) -> bool:
    """It leaves for the record, now or again; False if it must go no further. Of this and of
    `hold_back` one is first, and counts."""
    found = db.execute(
        update(filings)
        .where(
            *_one(council, contribution_id, version, destination),
            filings.c.state.not_in(_GOES_NO_FURTHER),
        )
        .values(left_at=func.coalesce(filings.c.left_at, now))
    )
    return found.rowcount == 1


def hold_back(
    db: Connection, council: str, contribution_id: str, version: int, destination: Destination
) -> bool:
    """It leaves no more; False if it has left, and may be there."""
    held = db.execute(
        update(filings)
        .where(*_one(council, contribution_id, version, destination), filings.c.left_at.is_(None))
        .values(state=Filing.TAKEN_BACK.value)
    )
    return held.rowcount == 1


def go_no_further(
    db: Connection, council: str, contribution_id: str, version: int, destination: Destination
) -> None:
    """It left, and may have arrived; where it did not, it is not tried again."""
    db.execute(
        update(filings)
        .where(
            *_one(council, contribution_id, version, destination),
            filings.c.state != Filing.FILED.value,
        )
        .values(state=Filing.TAKEN_BACK.value)
    )


def _one(
    council: str, contribution_id: str, version: int, destination: Destination
) -> tuple[ColumnElement[bool], ...]:
    return (
        filings.c.council == council,
        filings.c.contribution_id == contribution_id,
        filings.c.version == version,
        filings.c.destination == destination.value,
    )


def of_contribution(db: Connection, council: str, contribution_id: str) -> list[Sent]:
    """Every version of one contribution, oldest first."""
    rows = db.execute(
        select(contributions)
        .where(
            contributions.c.council == council,
            contributions.c.contribution_id == contribution_id,
        )
        .order_by(contributions.c.version)
    )
    return [_sent(db, row) for row in rows]


def readers_of(db: Connection, council: str, contribution_id: str, version: int) -> list[str]:
    """Who has opened this version, by id."""
    rows = db.execute(
        select(readings.c.staff_id).where(
            readings.c.council == council,
            readings.c.contribution_id == contribution_id,
            readings.c.version == version,
        )
    )
    return sorted(rows.scalars())


def first_read(
    db: Connection, council: str, contribution_id: str, staff_id: str
) -> datetime | None:
    """When this reader opened any version of it first."""
    at: datetime | None = db.execute(
        select(func.min(readings.c.read_at)).where(
            readings.c.council == council,
            readings.c.contribution_id == contribution_id,
            readings.c.staff_id == staff_id,
        )
    ).scalar()
    return at


def first_read_of_review(
    db: Connection, council: str, review_id: str, staff_id: str
) -> datetime | None:
    """The same of anything sent before a review."""
    times = (
        first_read(db, council, one, staff_id) for one in ids_of_review(db, council, review_id)
    )
    return min((at for at in times if at is not None), default=None)


def _filed(db: Connection, row: Row[Any]) -> Filed:
    destination = Destination(row.destination)
    place = _reference_place(
        row.council, row.contribution_id, row.version, destination, row.person_id
    )
    return Filed(
        row.contribution_id,
        row.version,
        destination,
        Filing(row.state),
        row.filed_at,
        unseal(db, place, row.reference) if row.reference is not None else None,
        row.left_at,
    )


def read_by(
    db: Connection, council: str, contribution_id: str, version: int, staff_id: str, now: datetime
) -> bool:
    """Somebody has opened it; True the first time."""
    key = (
        readings.c.council == council,
        readings.c.contribution_id == contribution_id,
        readings.c.version == version,
        readings.c.staff_id == staff_id,
    )
    if db.execute(select(readings.c.read_at).where(*key)).first():
        return False
    db.execute(
        insert(readings),
        {
            "council": council,
            "contribution_id": contribution_id,
            "version": version,
            "staff_id": staff_id,
            "read_at": now,
        },
    )
    return True
