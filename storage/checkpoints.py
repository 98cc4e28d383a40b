"""Checkpoints: where the audit's chains ended at some moment, signed, each tied to the one before.

A chain alone can't tell that its end was cut off. A checkpoint that left the machine can: it names
the last entry of every chain that went on since the checkpoint before, is numbered, carries the
hash of the line before it, and is signed with Ed25519 under a key of the ring. One line of JSON:

    {"at":"2026-11-24T09:30:00+00:00","council":"northborough","heads":[["<chain>",120,"<mac>"]],
     "number":7,"previous":"<sha256 of line 6>","version":1,"signature":"<base64>"}

The signature is over the object without it, keys sorted, no spaces.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, insert, select

from storage.chains import Head
from storage.keys import Keys
from storage.tables import audit_checkpoints

VERSION = 1
MOST_HEADS = 40
"""Of one checkpoint, so that a line fits into a message of syslog (8 KiB)."""


class CheckpointUnreadable(ValueError):
    """A line is no checkpoint of this installation; the text says why."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`previous`: the SHA-256 of the line before it, in hex; empty for the first."""

    council: str
    number: int
    at: datetime
    previous: str
    heads: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """What all checkpoints up to `number` say together. `hash`: of the last one's line."""

    number: int = 0
    hash: str = ""
    at: datetime | None = None
    heads: Mapping[str, Head] = field(default_factory=dict)

    def and_(self, checkpoint: Checkpoint, line: str) -> "Covered":
        """With one more."""
        heads = {**self.heads, **{head.chain: head for head in checkpoint.heads}}
        return Covered(checkpoint.number, hash_of(line), checkpoint.at, heads)


def signing_key(keys: Keys) -> Ed25519PrivateKey:
    """The one key that signs checkpoints, the same as long as the ring is."""
    return Ed25519PrivateKey.from_private_bytes(keys.derive("audit checkpoints"))


def printed(key: Ed25519PublicKey) -> str:
    """A public key as people compare it: 64 hexadecimal digits."""
    return key.public_bytes_raw().hex()


def hash_of(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _plain(checkpoint: Checkpoint) -> str:
    body = {
        "version": VERSION,
        "council": checkpoint.council,
        "number": checkpoint.number,
        "at": checkpoint.at.astimezone(UTC).isoformat(),
        "previous": checkpoint.previous,
        "heads": [[head.chain, head.sequence, head.mac.hex()] for head in checkpoint.heads],
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"))


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Its line."""
    plain = _plain(checkpoint)
    signature = base64.b64encode(key.sign(plain.encode())).decode()
    return f'{plain[:-1]},"signature":"{signature}"}}'


def read(line: str, key: Ed25519PublicKey) -> Checkpoint:
    """The checkpoint of a line, its signature checked. `CheckpointUnreadable`."""
    try:
        body = json.loads(line)
        signature = base64.b64decode(body["signature"], validate=True)
        version = body["version"]
        checkpoint = Checkpoint(
            body["council"],
            body["number"],
            datetime.fromisoformat(body["at"]),
            body["previous"],
            tuple(Head(chain, last, bytes.fromhex(mac)) for chain, last, mac in body["heads"]),
        )
        plain = _plain(checkpoint).encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CheckpointUnreadable("is no checkpoint") from error
    if version != VERSION:
        raise CheckpointUnreadable(f"has version {version!r}, which this Sayso does not know")
    try:
        key.verify(signature, plain)
    except InvalidSignature as error:
        raise CheckpointUnreadable("is not signed with this key ring") from error
    return checkpoint


def next_one(
    covered: Covered, council: str, heads: Iterable[Head], now: datetime
) -> Checkpoint | None:
    """The one that follows, over the chains that went on; none if no chain did."""
    changed = [head for head in heads if covered.heads.get(head.chain) != head]
    if not changed:
        return None
    return Checkpoint(council, covered.number + 1, now, covered.hash, tuple(changed[:MOST_HEADS]))


def add(db: Connection, checkpoint: Checkpoint, line: str) -> None:
    """Keep it; a second one under its number is refused by the database."""
    db.execute(
        insert(audit_checkpoints),
        {
            "council": checkpoint.council,
            "number": checkpoint.number,
            "at": checkpoint.at,
            "line": line,
        },
    )


def lines(db: Connection, council: str, after: int = 0) -> list[str]:
    """What is kept, in the order of the numbers."""
    table = audit_checkpoints
    found = select(table.c.line).where(table.c.council == council, table.c.number > after)
    return list(db.execute(found.order_by(table.c.number)).scalars())


@dataclass(frozen=True, slots=True)
class Folded:
    """What lines say together, and what is wrong with them, as sentences."""

    covered: Covered
    problems: tuple[str, ...] = ()


def fold(
    found: Iterable[str], council: str, key: Ed25519PublicKey, start: Covered | None = None
) -> Folded:
    """All lines, in the order they were written, as one word on every chain.

    A line of another council is passed over: several may leave by the same way. The same line
    twice is one: a delivery without an answer is repeated. A line of which only the beginning was
    written, and then all of it, is one too.
    """
    covered = start or Covered()
    problems: list[str] = []
    seen: set[str] = set()
    given = [line.strip() for line in found]
    for place, line in enumerate(given, start=1):
        torn = place < len(given) and given[place].startswith(line)
        if not line or line in seen or torn:
            continue
        seen.add(line)
        try:
            checkpoint = read(line, key)
        except CheckpointUnreadable as error:
            problems.append(f"Line {place} {error}.")
            continue
        if checkpoint.council != council:
            continue
        problems += _wrong(covered, checkpoint)
        if checkpoint.number > covered.number:
            covered = covered.and_(_only_forward(covered, checkpoint), line)
    return Folded(covered, tuple(problems))


def _wrong(covered: Covered, checkpoint: Checkpoint) -> list[str]:
    number, expected = checkpoint.number, covered.number + 1
    if number > expected:
        missing = str(expected) if number == expected + 1 else f"{expected} to {number - 1}"
        return [f"Checkpoint {missing} is missing."]
    if number < expected:
        return [f"Checkpoint {number} stands here a second time, and says something else."]
    if checkpoint.previous != covered.hash:
        return [f"Checkpoint {number} does not follow the one before it."]
    back = [head.chain for head in checkpoint.heads if head != _later(covered, head)]
    return [f"Checkpoint {number} says that chain {chain} became shorter." for chain in back]


def _later(covered: Covered, head: Head) -> Head:
    known = covered.heads.get(head.chain)
    return known if known is not None and known.sequence >= head.sequence else head


def _only_forward(covered: Covered, checkpoint: Checkpoint) -> Checkpoint:
    return replace(checkpoint, heads=tuple(_later(covered, head) for head in checkpoint.heads))


def together(
    kept: Iterable[str], left: Iterable[str], council: str, key: Ed25519PublicKey
) -> Folded:
    """What the database keeps and what left the machine, which must be the same as far as both go.

    What left decides: the database is what is being checked.
    """
    here, there = fold(kept, council, key), fold(left, council, key)
    problems = [
        *(f"In the database: {problem}" for problem in here.problems),
        *(f"Among those that left: {problem}" for problem in there.problems),
    ]
    if here.covered.number < there.covered.number:
        problems.append(
            f"The database keeps no checkpoint behind {here.covered.number}, and "
            f"{there.covered.number} left the machine."
        )
    heads = dict(here.covered.heads)
    for chain, head in there.covered.heads.items():
        known = heads.get(chain)
        if known is None or known.sequence <= head.sequence:
            if known is not None and known.sequence == head.sequence and known != head:
                problems.append(f"The two say different things of chain {chain}.")
            heads[chain] = head
    newest = max(here.covered, there.covered, key=lambda one: one.number)
    return Folded(replace(newest, heads=heads), tuple(problems))
