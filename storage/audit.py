"""Who did what and when, written in the act's own transaction. Rows are only ever added."""

from datetime import datetime

from sqlalchemy import Connection, insert

from storage.outbox import rising_id
from storage.tables import audit


def add(
    db: Connection,
    council: str,
    now: datetime,
    *,
    actor: str,
    act: str,
    subject: str,
    detail: str = "",
) -> None:
    """One entry. `actor` is `staff:<id>`, `young_person:<id>` or `sayso`; `subject` what it was
    done to, `kind:<id>`; `detail` ids and numbers, never words or names."""
    db.execute(
        insert(audit),
        {
            "council": council,
            "entry_id": rising_id(),
            "at": now,
            "actor": actor,
            "act": act,
            "subject": subject,
            "detail": detail,
        },
    )
