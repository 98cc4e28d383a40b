"""The audit's chains: what an entry's MAC covers, and where each chain of a connection ends.

Every connection that writes has a chain of its own for each council, so that nobody waits for a
head. Its MACs can be made only with a key of the ring, each covers the one before it, and the
entry's place: council, chain and number. A chain is named by when it began and by chance; it ends
with its connection, and a new one begins.

A head follows the transaction. An undone savepoint takes it back. Where nobody can tell whether a
commit was kept (it failed, or its connection broke), the chain ends with whatever was: the next
entry begins a new one, so that no chain forks and none has a gap that nobody made.
"""

import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from storage.errors import AuditUnchained
from storage.macs import mac

START = bytes(32)
"""What stands before a chain's first entry."""

_INFO = "sayso_audit_chains"


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: its last entry."""

    chain: str
    sequence: int
    mac: bytes


def new_chain() -> Head:
    """The empty beginning of a chain nobody else has; names rise with time."""
    return Head(f"{time.time_ns():016x}{secrets.token_hex(8)}", 0, START)


def written(at: datetime) -> str:
    """A time as an entry's MAC covers it and as SQLite keeps it: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def mac_of(
    key: bytes,
    previous: bytes,
    council: str,
    chain: str,
    sequence: int,
    entry_id: int,
    at: str,
    actor: str,
    act: str,
    subject: str,
    detail: str,
) -> bytes:
    """HMAC-SHA-256 over the MAC before and every field, each text with its length before it, so
    that no two entries read alike."""
    text = (
        f"{len(council)}:{council}{len(chain)}:{chain}{sequence}:{entry_id}:{len(at)}:{at}"
        f"{len(actor)}:{actor}{len(act)}:{act}{len(subject)}:{subject}{len(detail)}:{detail}"
    )
    return mac(key, previous + text.encode())


@dataclass(slots=True)
class Chains:
    """The chains of one connection. `key`: none where nothing may be audited."""

    key: bytes | None = field(repr=False)
    _heads: dict[str, Head] = field(default_factory=dict)
    _under_way: bool = False  # a transaction began, and nobody said how it ended

    def begin(self) -> dict[str, Head]:
        """A transaction begins. If the last one's end is unknown, so is each chain's."""
        if self._under_way:
            self._heads = {}
        self._under_way = True
        return self.mark()

    def mark(self) -> dict[str, Head]:
        """Where the chains end now, to come back to."""
        return self._heads.copy()

    def back_to(self, mark: dict[str, Head]) -> None:
        """What was written since was undone."""
        self._heads = mark

    def undone(self, mark: dict[str, Head]) -> None:
        """The whole transaction was undone before any commit."""
        self._heads = mark
        self._under_way = False

    def committed(self) -> None:
        """All that was written is kept."""
        self._under_way = False

    def head(self, council: str) -> Head:
        """The entry before the next one."""
        return self._heads.get(council) or new_chain()

    def advance(self, council: str, head: Head) -> None:
        self._heads[council] = head


def chains_of(db: Connection) -> Chains:
    """Those of this connection; `AuditUnchained` if it may not audit."""
    chains: Chains | None = db.info.get(_INFO)
    if chains is None:
        raise AuditUnchained
    return chains


def key_of(chains: Chains) -> bytes:
    """`AuditUnchained` outside of a transaction of `Store.write`, or without the key ring."""
    if chains.key is None or not chains._under_way:
        raise AuditUnchained
    return chains.key


def equip(record: Any, key: bytes | None) -> None:
    """A new connection gets its chains. They end with it: SQLAlchemy clears `info` then."""
    record.info[_INFO] = Chains(key)
