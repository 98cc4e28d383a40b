"""What came in, as it came, until it has been dealt with: the proof of *kept before answered*."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from storage.prepared import Prepared
from storage.sealing import Place, seal
from storage.tables import inbox

_COLUMNS = ("council", "source", "key", "received_at", "body", "quarantined")
_ADD = {
    "postgresql": Prepared(postgresql.insert(inbox).on_conflict_do_nothing(), _COLUMNS),
    "sqlite": Prepared(sqlite.insert(inbox).on_conflict_do_nothing(), _COLUMNS),
}


def add(
    db: Connection,
    council: str,
    source: str,
    key: str,
    body: str,
    now: datetime,
    *,
    person_id: str | None = None,
    quarantined: str | None = None,
) -> bool:
    """Keep it; False if it is here already, and nothing more is to be done.

    `source` and `key` tell one message for ever: `telegram:<bot id>` and the update id, or the
    conversation and a keyed digest of the form. `person_id`: who said it, if that is known;
    `quarantined`: why it could not be understood.
    """
    place = Place(council, "inbox", "body", f"{source}/{key}", person_id or "")
    kept = _ADD[db.dialect.name].run(
        db,
        {
            "council": council,
            "source": source,
            "key": key,
            "received_at": now,
            "person_id": person_id,
            "body": seal(db, place, body),
            "quarantined": quarantined,
        },
    )
    return kept == 1
