"""Who did what and when, written in the act's own transaction. Rows are only ever added, each the
next of its connection's chain (`storage.chains`)."""

from datetime import datetime

from sqlalchemy import Connection, insert

from storage.chains import Head, chains_of, key_of, mac_of, written
from storage.outbox import rising_id
from storage.prepared import Prepared
from storage.tables import audit

_INSERT = Prepared(insert(audit), [column.name for column in audit.c])


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
    done to, `kind:<id>`; `detail` ids and numbers, never words or names. `AuditUnchained`."""
    chains = chains_of(db)
    key, head, entry_id = key_of(chains), chains.head(council), rising_id()
    chain, sequence = head.chain, head.sequence + 1
    mac = mac_of(
        key, head.mac, council, chain, sequence, entry_id, written(now), actor, act, subject, detail
    )
    _INSERT.run(
        db,
        {
            "council": council,
            "chain": chain,
            "sequence": sequence,
            "entry_id": entry_id,
            "at": now,
            "actor": actor,
            "act": act,
            "subject": subject,
            "detail": detail,
            "mac": mac,
        },
    )
    chains.advance(council, Head(chain, sequence, mac))
