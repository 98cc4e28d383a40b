"""Where the documents of answers are: which record each is for, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from storage.ask_tables import ask_filings
from storage.contributions import Destination, Filing
from storage.errors import Unknown
from storage.sealing import Place, seal, unseal


@dataclass(frozen=True, slots=True)
class Filed:
    """`reference`: a path, or the receiver's own id."""

    ask_id: str
    number: int
    destination: Destination
    state: Filing
    review_id: str
    person_id: str
    filed_at: datetime | None
    reference: str | None
    document: dict[str, Any]


def add(
    db: Connection,
    council: str,
    ask_id: str,
    number: int,
    destination: Destination,
    state: Filing,
    document: dict[str, Any],
    *,
    review_id: str,
    person_id: str,
) -> None:
    """`document`: as it leaves, the same at every try."""
    place = _place(council, "document", ask_id, number, destination, person_id)
    db.execute(
        insert(ask_filings),
        {
            "council": council,
            "ask_id": ask_id,
            "number": number,
            "destination": destination.value,
            "review_id": review_id,
            "person_id": person_id,
            "state": state.value,
            "document": seal(db, place, orjson.dumps(document).decode()),
        },
    )


def set_state(
    db: Connection,
    council: str,
    ask_id: str,
    number: int,
    destination: Destination,
    state: Filing,
    *,
    at: datetime | None = None,
    reference: str | None = None,
) -> None:
    """What became of it. It may have been erased meanwhile: then nothing is kept."""
    one = _one(council, ask_id, number, destination)
    person_id = db.execute(select(ask_filings.c.person_id).where(*one)).scalar_one_or_none()
    if person_id is None:
        return
    sealed = None
    if reference is not None:
        place = _place(council, "reference", ask_id, number, destination, person_id)
        sealed = seal(db, place, reference)
    db.execute(
        update(ask_filings).where(*one).values(state=state.value, filed_at=at, reference=sealed)
    )


def get(db: Connection, council: str, ask_id: str, number: int, destination: Destination) -> Filed:
    """`Unknown` if it is not there, or was erased."""
    found = select(ask_filings).where(*_one(council, ask_id, number, destination))
    row = db.execute(found).one_or_none()
    if row is None:
        raise Unknown(f"answer {number} of ask {ask_id} for {destination.value}")
    return _filed(db, row)


def hold_back(db: Connection, council: str, ask_id: str, state: Filing) -> list[Filed]:
    """What waits of an ask's documents leaves no more; gives those that waited."""
    waits = [one for one in of_ask(db, council, ask_id) if one.state is Filing.WAITING]
    for one in waits:
        set_state(db, council, ask_id, one.number, one.destination, state)
    return waits


def unfiled_of_person(db: Connection, council: str, person_id: str) -> int:
    """How many documents of a young person's asks are not in a record and may still get there."""
    found = select(func.count()).where(
        ask_filings.c.council == council,
        ask_filings.c.person_id == person_id,
        ask_filings.c.state.in_([Filing.WAITING.value, Filing.TASK.value]),
    )
    return int(db.execute(found).scalar_one())


def of_ask(db: Connection, council: str, ask_id: str) -> list[Filed]:
    rows = db.execute(
        select(ask_filings)
        .where(ask_filings.c.council == council, ask_filings.c.ask_id == ask_id)
        .order_by(ask_filings.c.number, ask_filings.c.destination)
    )
    return [_filed(db, row) for row in rows]


def _one(
    council: str, ask_id: str, number: int, destination: Destination
) -> tuple[ColumnElement[bool], ...]:
    return (
        ask_filings.c.council == council,
        ask_filings.c.ask_id == ask_id,
        ask_filings.c.number == number,
        ask_filings.c.destination == destination.value,
    )


def _place(
    council: str, column: str, ask_id: str, number: int, destination: Destination, person_id: str
) -> Place:
    row = f"{ask_id}/{number}/{destination.value}"
    return Place(council, "ask_filings", column, row, person_id)


def _filed(db: Connection, row: Row[Any]) -> Filed:
    destination = Destination(row.destination)
    which = (row.ask_id, row.number, destination, row.person_id)

    def opened(column: str, value: bytes) -> str:
        return unseal(db, _place(row.council, column, *which), value)

    return Filed(
        row.ask_id,
        row.number,
        destination,
        Filing(row.state),
        row.review_id,
        row.person_id,
        row.filed_at,
        opened("reference", row.reference) if row.reference is not None else None,
        orjson.loads(opened("document", row.document)),
    )
