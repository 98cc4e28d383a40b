"""Files that somebody hands in at the desk to be imported: kept sealed until they are taken in.

They are looked at first, and what would change is shown; then they are taken in, or dropped. Which
worker is at one is a claim that ends by itself, so that another goes on where one was killed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from storage.care_tables import import_pieces as pieces
from storage.care_tables import import_requests as requests
from storage.errors import Unknown
from storage.sealing import Place, seal, seal_bytes, unseal, unseal_bytes


class State(StrEnum):
    """How it is with what was handed in."""

    COMING = "coming"  # not all of its files are here yet
    LOOKING = "looking"  # a worker reads what would change
    READY = "ready"  # somebody has to say that it is taken in
    TAKING = "taking"  # a worker takes it in
    DONE = "done"
    FAILED = "failed"  # the outcome says why, and nothing more is done
    DROPPED = "dropped"


WORK = (State.LOOKING, State.TAKING)
"""What a worker has to do."""
OVER = (State.DONE, State.FAILED, State.DROPPED)


@dataclass(frozen=True, slots=True)
class Request:
    """`taken_on`: the day on which the tables were taken out of the case system; `outcome`: JSON,
    empty before there is one; `at_row` of `of_rows`: how far it is."""

    request_id: str
    made_by: str
    made_at: datetime
    taken_on: date
    state: State
    at_row: int = 0
    of_rows: int = 0
    outcome: str = ""


def add(db: Connection, council: str, request: Request) -> None:
    db.execute(
        insert(requests),
        {
            "council": council,
            "request_id": request.request_id,
            "made_by": request.made_by,
            "made_at": request.made_at,
            "taken_on": request.taken_on,
            "state": request.state.value,
            "at_row": 0,
            "of_rows": 0,
        },
    )


def get(db: Connection, council: str, request_id: str) -> Request:
    """`Unknown`."""
    row = db.execute(
        select(requests).where(requests.c.council == council, requests.c.request_id == request_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"import {request_id}")
    return _request(db, row)


def newest(db: Connection, council: str, most: int) -> list[Request]:
    """Those of which all files came, the newest first."""
    rows = db.execute(
        select(requests)
        .where(requests.c.council == council, requests.c.state != State.COMING.value)
        .order_by(requests.c.made_at.desc(), requests.c.request_id)
        .limit(most)
    )
    return [_request(db, row) for row in rows]


def put_piece(
    db: Connection, council: str, request_id: str, file: str, number: int, content: bytes
) -> None:
    """The next piece of a file, from 0 on."""
    place = _piece(council, request_id, file, number)
    db.execute(
        insert(pieces),
        {
            "council": council,
            "request_id": request_id,
            "file": file,
            "number": number,
            "content": seal_bytes(db, place, content),
        },
    )


def files(db: Connection, council: str, request_id: str) -> dict[str, int]:
    """Of how many pieces each file is, by its name."""
    rows = db.execute(
        select(pieces.c.file, func.count().label("pieces"))
        .where(pieces.c.council == council, pieces.c.request_id == request_id)
        .group_by(pieces.c.file)
        .order_by(pieces.c.file)
    )
    return {row.file: row.pieces for row in rows}


def piece(db: Connection, council: str, request_id: str, file: str, number: int) -> bytes:
    """`Unknown`."""
    sealed = db.execute(
        select(pieces.c.content).where(
            pieces.c.council == council,
            pieces.c.request_id == request_id,
            pieces.c.file == file,
            pieces.c.number == number,
        )
    ).scalar_one_or_none()
    if sealed is None:
        raise Unknown(f"piece {number} of {file}")
    return unseal_bytes(db, _piece(council, request_id, file, number), sealed)


def move(
    db: Connection,
    council: str,
    request_id: str,
    before: State,
    after: State,
    outcome: str | None = None,
) -> bool:
    """On to another state; False, and nothing changes, if it is not as `before` any more."""
    values: dict[str, object] = {"state": after.value, "claimed_until": None}
    if outcome is not None:
        values["outcome"] = seal(db, _outcome(council, request_id), outcome)
    moved = db.execute(
        update(requests)
        .where(
            requests.c.council == council,
            requests.c.request_id == request_id,
            requests.c.state == before.value,
        )
        .values(**values)
    )
    return moved.rowcount == 1


def claim(db: Connection, council: str, now: datetime, until: datetime) -> Request | None:
    """The oldest that waits for a worker, for this one until then; None: there is none."""
    free = or_(requests.c.claimed_until.is_(None), requests.c.claimed_until < now)
    row = db.execute(
        select(requests)
        .where(
            requests.c.council == council,
            requests.c.state.in_([one.value for one in WORK]),
            free,
        )
        .order_by(requests.c.made_at, requests.c.request_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    db.execute(
        update(requests)
        .where(requests.c.council == council, requests.c.request_id == row.request_id)
        .values(claimed_until=until)
    )
    return _request(db, row)


def went_on(
    db: Connection, council: str, request_id: str, at_row: int, of_rows: int, until: datetime
) -> None:
    """How far it is; and the claim goes on until then."""
    db.execute(
        update(requests)
        .where(requests.c.council == council, requests.c.request_id == request_id)
        .values(at_row=at_row, of_rows=of_rows, claimed_until=until)
    )


def forget(db: Connection, council: str, request_id: str) -> int:
    """What was handed in is kept nowhere from here on; how many pieces it were."""
    gone = db.execute(
        delete(pieces).where(pieces.c.council == council, pieces.c.request_id == request_id)
    )
    return gone.rowcount


def older(db: Connection, council: str, than: datetime) -> list[tuple[str, State]]:
    """Those that were handed in before, of which there still are pieces."""
    rows = db.execute(
        select(requests.c.request_id, requests.c.state)
        .where(
            requests.c.council == council,
            requests.c.made_at < than,
            requests.c.request_id.in_(
                select(pieces.c.request_id).where(pieces.c.council == council)
            ),
        )
        .order_by(requests.c.request_id)
    )
    return [(row.request_id, State(row.state)) for row in rows]


def _outcome(council: str, request_id: str) -> Place:
    return Place(council, "import_requests", "outcome", request_id)


def _piece(council: str, request_id: str, file: str, number: int) -> Place:
    return Place(council, "import_pieces", "content", f"{request_id}/{file}/{number}")


def _request(db: Connection, row: Row[Any]) -> Request:
    outcome = unseal(db, _outcome(row.council, row.request_id), row.outcome) if row.outcome else ""
    return Request(
        row.request_id, row.made_by, row.made_at, row.taken_on, State(row.state),
        row.at_row, row.of_rows, outcome,
    )  # fmt: skip
