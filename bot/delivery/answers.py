"""The document of an answer to a wish leaves for a case record."""

import uuid
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from storage import ask_filings, audit, tasks
from storage.ask_filings import Filed
from storage.contributions import Destination, Filing
from storage.errors import Unknown

log = structlog.get_logger()


def to_leave(
    db: Connection, council: str, ask_id: str, number: int, destination: Destination
) -> Filed | None:
    """What is to be filed; None if it was erased or taken back since its row was made."""
    try:
        found = ask_filings.get(db, council, ask_id, number, destination)
    except Unknown:
        return None
    return None if found.state is Filing.TAKEN_BACK else found


def filed(council: str, one: Filed, reference: str, at: datetime) -> Callable[[Connection], None]:
    """It is there."""

    def then(db: Connection) -> None:
        which = (one.ask_id, one.number, one.destination)
        ask_filings.set_state(db, council, *which, Filing.FILED, at=at, reference=reference)
        audit.add(
            db,
            council,
            at,
            actor="sayso",
            act="ask_answer_filed",
            subject=f"ask:{one.ask_id}",
            detail=f"answer {one.number}, {one.destination.value}",
        )

    return then


def needs_a_person(
    council: str, one: Filed, kind: tasks.Kind, why: str, at: datetime
) -> Callable[[Connection], None]:
    """It did not get there by itself."""
    log.error("filing_needs_a_person", ask_id=one.ask_id, why=why)
    name = f"a{one.number}/{one.destination.value}/{kind}"
    task = tasks.Task(
        str(uuid.uuid5(uuid.UUID(one.ask_id), name)),
        kind,
        one.person_id,
        one.review_id,
        {
            "ask_id": one.ask_id,
            "version": one.number,
            "destination": one.destination.value,
            "why": why,
        },
    )

    def then(db: Connection) -> None:
        if to_leave(db, council, one.ask_id, one.number, one.destination) is None:
            return  # taken back while it was under way
        tasks.add(db, council, task, at)
        which = (one.ask_id, one.number, one.destination)
        ask_filings.set_state(db, council, *which, Filing.TASK)

    return then
