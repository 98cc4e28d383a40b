"""Whether the audit is as it was written: every chain, entry by entry, and what is wrong first.

Reads only, in batches, beside whoever writes: a chain only grows at its end. Entries are compared
with the key of the ring, so whoever can write to the database but has no ring is found out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, column, select, table, text
from sqlalchemy.exc import OperationalError

from storage.chains import START, Head, mac_of, written
from storage.tables import audit

BATCH = 10_000

# Without types: the driver's values as they are, which is what the MAC covers.
_FIELDS = ("sequence", "entry_id", "at", "actor", "act", "subject", "detail", "mac")
_raw = table("audit", *(column(name) for name in ("council", "chain", *_FIELDS)))
_ROWS = (
    select(*(_raw.c[name] for name in _FIELDS))
    .where(
        _raw.c.council == bindparam("council"),
        _raw.c.chain == bindparam("chain"),
        _raw.c.sequence > bindparam("after"),
    )
    .order_by(_raw.c.sequence)
    .limit(bindparam("most"))
)
_NUMBER = (
    select(_raw.c.sequence)
    .where(
        _raw.c.council == bindparam("council"),
        _raw.c.chain == bindparam("chain"),
        _raw.c.sequence > bindparam("after"),
    )
    .order_by(_raw.c.sequence)
    .limit(1)
)
# One seek a chain, not a look at every entry.
_HEADS = text(
    "WITH RECURSIVE names(chain) AS ("
    "SELECT min(chain) FROM audit WHERE council = :council UNION ALL "
    "SELECT (SELECT min(chain) FROM audit WHERE council = :council AND chain > names.chain) "
    "FROM names WHERE names.chain IS NOT NULL) "
    "SELECT chain, (SELECT max(sequence) FROM audit a "
    "WHERE a.council = :council AND a.chain = names.chain) "
    "AS last FROM names WHERE chain IS NOT NULL"
)


class What(StrEnum):
    """What became of an entry."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    MOVED = "moved"  # to or from another council
    TRUNCATED = "truncated"  # a checkpoint says that there was more


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry of a chain that is not as it was written."""

    council: str
    chain: str
    sequence: int
    what: What


@dataclass(frozen=True, slots=True)
class Checked:
    """Where a chain ends, how many entries were read, and the first that is not as written."""

    head: Head
    entries: int
    broken: Broken | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """All chains of a council. `uncovered`: entries that no checkpoint vouches for yet."""

    chains: int
    entries: int
    uncovered: int
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it lies in the database."""

    sequence: Any
    entry_id: Any
    at: Any
    actor: Any
    act: Any
    subject: Any
    detail: Any
    mac: Any

    def mac_at(self, key: bytes, previous: Any, council: str, chain: str, sequence: Any) -> Any:
        """The MAC that it would have in this place; none if it can be no entry."""
        try:
            return mac_of(
                key,
                previous,
                council,
                chain,
                sequence,
                self.entry_id,
                self.at if isinstance(self.at, str) else written(self.at),
                self.actor,
                self.act,
                self.subject,
                self.detail,
            )
        except (TypeError, AttributeError):
            return None


def heads(db: Connection, council: str) -> dict[str, int]:
    """Every chain of a council with the number of its last entry."""
    return {row.chain: row.last for row in db.execute(_HEADS, {"council": council})}


def verify(
    db: Connection,
    key: bytes,
    council: str,
    covered: Mapping[str, Head] | None = None,
    progress: Callable[[int], object] = lambda _entries: None,
) -> Verified:
    """Every chain of `council` from its first entry. `covered`: how far checkpoints say that each
    chain reached; `progress` is told how many entries were read since it was last."""
    covered = covered or {}
    names = {*heads(db, council), *covered}
    entries = uncovered = 0
    broken = []
    for chain in sorted(names):
        checked = verify_chain(db, key, council, chain, covered.get(chain), progress=progress)
        entries += checked.entries
        known = covered.get(chain)
        uncovered += max(0, checked.head.sequence - (known.sequence if known else 0))
        if checked.broken is not None:
            broken.append(checked.broken)
    return Verified(len(names), entries, uncovered, tuple(broken))


def verify_chain(
    db: Connection,
    key: bytes,
    council: str,
    chain: str,
    covered: Head | None = None,
    *,
    after: Head | None = None,
    most: int | None = None,
    progress: Callable[[int], object] = lambda _entries: None,
) -> Checked:
    """One chain behind `after`, `most` entries of it. `covered`: a checkpoint's word on it.

    Behind a broken entry it goes on from what stands there, so that one break does not hide the
    entries after it from the next checkpoint.
    """
    sequence, mac = (after.sequence, after.mac) if after is not None else (0, START)
    must = covered.sequence if covered is not None else -1
    broken: Broken | None = None
    entries = 0
    for rows in _batches(db, council, chain, sequence, most):
        for found, entry_id, at, actor, act, subject, detail, kept in rows:
            expected = sequence + 1
            try:
                right = found == expected and kept == mac_of(
                    key,
                    mac,
                    council,
                    chain,
                    expected,
                    entry_id,
                    at if isinstance(at, str) else written(at),
                    actor,
                    act,
                    subject,
                    detail,
                )
            except (TypeError, AttributeError):  # a field that can't have been written so
                right = False
            if right and expected == must and covered is not None:
                right = kept == covered.mac
            if not right and broken is None:
                what = What.CHANGED
                if entry_id is not None:
                    what = _what(db, key, council, Head(chain, sequence, mac), covered)
                broken = Broken(council, chain, expected, what)
            if isinstance(found, int):
                sequence = found
            if isinstance(kept, bytes):
                mac = kept
        entries += len(rows)
        progress(len(rows))
    head = Head(chain, sequence, mac)
    if broken is None and most is None and sequence < must:
        what = _what(db, key, council, head, covered)
        broken = Broken(council, chain, sequence + 1, what)
    return Checked(head, entries, broken)


def _batches(
    db: Connection, council: str, chain: str, after: int, most: int | None
) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of a chain behind `after`, in the order of their numbers."""
    left, at_once = most, BATCH
    while left is None or left > 0:
        size = at_once if left is None else min(at_once, left)
        place = {"council": council, "chain": chain, "after": after, "most": size}
        try:
            rows: list[Any] = list(db.execute(_ROWS, place).all())
        except OperationalError as error:
            if "decode" not in str(error.orig):
                raise
            # Text that is none: go entry by entry up to it, and hand it on as broken.
            if size > 1:
                at_once = 1
                continue
            rows = [(_number(db, place), *(None,) * (len(_FIELDS) - 1))]
            at_once = BATCH
        if rows:
            yield rows
        if len(rows) < size:
            return
        if not isinstance(rows[-1][0], int):
            return  # what stands behind it has no numbers
        after = rows[-1][0]
        left = None if left is None else left - len(rows)


def _number(db: Connection, place: Mapping[str, object]) -> int | None:
    """Of an entry whose other fields can't be read."""
    try:
        number = db.execute(_NUMBER, place).scalar()
    except OperationalError:
        return None
    return number if isinstance(number, int) else None


# What became of the entry that should follow a head


def _what(db: Connection, key: bytes, council: str, head: Head, covered: Head | None) -> What:
    chain, expected = head.chain, head.sequence + 1
    rows = {row.sequence: row for row in _rows(db, council, chain)}
    here = rows.get(expected)
    genuine = _genuine(key, council, head, here, rows.values())
    if here is None:
        if genuine is not None:
            return What.REORDERED
        if _is_elsewhere(db, key, council, head):
            return What.MOVED
        later = [number for number in rows if number > expected]
        if not later:
            return What.TRUNCATED
        stray = rows[min(later)]
        moved = _is_from_elsewhere(db, key, council, chain, stray, head.mac)
        return What.MOVED if moved else What.MISSING
    if genuine is not None and genuine is not here:
        before = rows.get(genuine.sequence - 1)
        for previous in (genuine.mac, before.mac if before is not None else None):
            if previous is not None and here.mac == here.mac_at(
                key, previous, council, chain, genuine.sequence
            ):
                return What.REORDERED
        return What.INSERTED
    if _is_from_elsewhere(db, key, council, chain, here, head.mac):
        return What.MOVED
    after = rows.get(expected + 1)
    links = (here.mac, here.mac_at(key, head.mac, council, chain, expected))
    followed = after is not None and any(
        isinstance(link, bytes)
        and after.mac == after.mac_at(key, link, council, chain, expected + 1)
        for link in links
    )
    known = covered is not None and covered.sequence >= expected
    return What.CHANGED if followed or known else What.INSERTED


def _rows(db: Connection, council: str, chain: str, after: int = -1) -> Iterator[Row]:
    for rows in _batches(db, council, chain, after, None):
        yield from (Row(*row) for row in rows if isinstance(row[0], int) and row[1] is not None)


def _genuine(
    key: bytes, council: str, head: Head, here: Row | None, rows: Iterable[Row]
) -> Row | None:
    """The row, wherever it stands now, that was written as the one that follows `head`."""
    expected = head.sequence + 1
    for row in rows:
        mac = row.mac_at(key, head.mac, council, head.chain, expected)
        if mac is not None and (mac == row.mac or (here is not None and mac == here.mac)):
            return row
    return None


def _others(db: Connection, council: str) -> list[str]:
    found = db.execute(select(audit.c.council).distinct().where(audit.c.council != council))
    return list(found.scalars())


def _at(db: Connection, council: str, chain: str, sequence: int) -> Row | None:
    row = next(_rows(db, council, chain, sequence - 1), None)
    return row if row is not None and row.sequence == sequence else None


def _is_elsewhere(db: Connection, key: bytes, council: str, head: Head) -> bool:
    """Whether the entry that should follow lies under another council."""
    expected = head.sequence + 1
    for other in _others(db, council):
        row = _at(db, other, head.chain, expected)
        if row is not None and row.mac == row.mac_at(key, head.mac, council, head.chain, expected):
            return True
    return False


def _is_from_elsewhere(
    db: Connection, key: bytes, council: str, chain: str, here: Row, previous: bytes
) -> bool:
    """Whether this entry was written for another council."""
    for other in _others(db, council):
        before = _at(db, other, chain, here.sequence - 1)
        for link in (previous, before.mac if before is not None else None):
            if isinstance(link, bytes) and here.mac == here.mac_at(
                key, link, other, chain, here.sequence
            ):
                return True
    return False
