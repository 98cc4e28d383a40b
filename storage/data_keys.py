"""Data keys: for each person and purpose a key of 256 bits, which seals their values.

They are stored wrapped by a key of the ring (`storage.keys`), and kept unwrapped in memory for a
while: `Vault` is that memory, one for each open database. A key that a transaction made or read
goes into it only once the transaction is committed, so that no value is ever sealed under a key
that is not stored.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from time import monotonic
from typing import Any

import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    Connection,
    Engine,
    bindparam,
    delete,
    event,
    func,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage import many_rows
from storage.errors import KekUnknown, KeyRingForeign, KeyRingUnfit, SealBroken
from storage.keys import Keys, joined
from storage.prepared import Prepared
from storage.tables import data_keys, keks

log = structlog.get_logger()

MOST = 10_000
"""Unwrapped keys in memory at the most; the one used longest ago goes first."""

SECONDS = 600.0
"""How long an unwrapped key stays in memory. A key that was destroyed elsewhere is gone by then."""

LAG = 0.5
"""After so many seconds at the most a process wraps by a ring's new key."""

_ALGORITHM = "AES-256-GCM"
_IN_HAND = "sayso_keys"


class Purpose(StrEnum):
    """What a key is for. Each ends by itself: `storage.sealing.SEALED` says what is under which."""

    IDENTITY = "identity"  # name, birth date, case id
    WORDS = "words"  # answers, drafts, contributions, media
    TRANSPORT = "transport"  # inbox, outbox, chats: purged once it has arrived
    ALERTS = "alerts"  # kept whatever a young person deletes
    DECISIONS = "decisions"  # what the council did about it
    COUNCIL = "council"  # staff, settings: no young person's


Of = tuple[str, str, str]
"""Whose key: the council, the person (empty: the council's own), the purpose."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """An unwrapped key. `until`: on the monotonic clock."""

    key_id: bytes
    cipher: AESGCM = field(repr=False)
    until: float


@dataclass(slots=True)
class Vault:
    """The ring, and the unwrapped keys of one open database."""

    keys: Keys
    most: int = MOST
    seconds: float = SECONDS
    registered: set[tuple[str, str]] = field(default_factory=set)  # councils and their KEKs
    _cache: "OrderedDict[Of, DataKey]" = field(default_factory=OrderedDict)

    def get(self, of: Of) -> DataKey | None:
        found = self._cache.get(of)
        if found is None:
            return None
        if found.until < monotonic():
            del self._cache[of]
            return None
        self._cache.move_to_end(of)
        return found

    def keep(self, found: "Found | None") -> None:
        """What a transaction made or read, once it is committed."""
        if found is None:
            return
        self.registered |= found.registered
        self._cache.update(found.fresh)
        while len(self._cache) > self.most:
            self._cache.popitem(last=False)

    def forget(self, of: Of) -> None:
        self._cache.pop(of, None)

    def sweep(self) -> None:
        """Forget what has been in memory long enough, used or not."""
        now = monotonic()
        for of in [of for of, key in self._cache.items() if key.until < now]:
            del self._cache[of]

    def __len__(self) -> int:
        return len(self._cache)


@dataclass(slots=True)
class Found:
    """What one transaction made or read: keys, and KEKs that the database knows."""

    fresh: dict[Of, DataKey] = field(default_factory=dict)
    registered: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class _InHand:
    """What hangs on a connection."""

    vault: Vault
    fresh: dict[Of, DataKey] = field(default_factory=dict)
    registered: set[tuple[str, str]] = field(default_factory=set)


# The transaction's life: `storage.store` calls these


def attach(engine: Engine, vault: Vault) -> None:
    """Let every connection of this engine seal and open by this vault."""

    @event.listens_for(engine, "connect")
    def _connected(_connection: object, record: Any) -> None:
        record.info[_IN_HAND] = _InHand(vault)

    @event.listens_for(engine, "rollback_savepoint")
    def _rolled_back(db: Connection, _name: object, _context: object) -> None:
        forget(db)


def forget(db: Connection) -> None:
    """At a transaction's start and after any rollback: what it made may not be stored. What was
    stored all the same is read again."""
    hand: _InHand | None = db.info.get(_IN_HAND)
    if hand is not None and (hand.fresh or hand.registered):
        hand.fresh, hand.registered = {}, set()


def found(db: Connection) -> Found | None:
    """What the transaction that is about to be committed has in hand; for `Vault.keep` after it."""
    hand: _InHand | None = db.info.get(_IN_HAND)
    if hand is None or not (hand.fresh or hand.registered):
        return None
    taken = Found(hand.fresh, hand.registered)
    hand.fresh, hand.registered = {}, set()
    return taken


def _hand(db: Connection) -> _InHand:
    hand: _InHand | None = db.info.get(_IN_HAND)
    if hand is None:
        raise KeyRingUnfit("This database was opened without its key ring: open_store(url, keys).")
    return hand


def ring(db: Connection) -> Keys:
    """The ring that this database was opened with."""
    return _hand(db).vault.keys


# Finding and making


def to_seal(db: Connection, of: Of) -> DataKey:
    """The key, made if there is none yet."""
    hand = _hand(db)
    key = hand.vault.get(of) or hand.fresh.get(of)
    if key is None:
        _read(db, hand, of[0], (of[1],))
        key = hand.fresh.get(of) or _make(db, hand, of)
    return key


def to_open(db: Connection, of: Of, key_id: bytes) -> DataKey | None:
    """The key of this id; None if it is not this person's and purpose's (any more)."""
    hand = _hand(db)
    key = hand.vault.get(of) or hand.fresh.get(of)
    if key is None or key.key_id != key_id:  # another process may have put one in its place
        hand.vault.forget(of)
        hand.fresh.pop(of, None)
        _read(db, hand, of[0], (of[1],))
        key = hand.fresh.get(of)
    return key if key is not None and key.key_id == key_id else None


def prepare(db: Connection, council: str, people: Iterable[str], purpose: Purpose) -> None:
    """Have the keys of many people at hand by one statement, not by one for each."""
    hand = _hand(db)
    wanted = {
        person
        for person in people
        if hand.vault.get((council, person, purpose)) is None
        and (council, person, purpose) not in hand.fresh
    }
    if wanted:
        _read(db, hand, council, wanted)


_ROWS = select(data_keys).where(data_keys.c.council == bindparam("c"))
_ONE = Prepared(_ROWS.where(data_keys.c.person_id == bindparam("p")))
_AT_ONCE = 500


def _read(db: Connection, hand: _InHand, council: str, people: Collection[str]) -> None:
    """All the keys of these people, into the hand."""
    if len(people) == 1:
        which = {"c": council, "p": next(iter(people))}
        _unwrap(hand, lambda: _ONE.all(db, which))
        return
    several = list(people)
    for start in range(0, len(several), _AT_ONCE):
        some = several[start : start + _AT_ONCE]
        _unwrap(hand, partial(_several, db, council, some))


def _several(db: Connection, council: str, people: Collection[str]) -> Sequence[Any]:
    these = many_rows.among(db, data_keys.c.person_id, people)
    return db.execute(_ROWS.where(these), {"c": council}).all()


def _unwrap(hand: _InHand, read: Callable[[], Sequence[Any]]) -> None:
    keys, until = hand.vault.keys, monotonic() + hand.vault.seconds
    rows = read()
    if any(row.kek_id not in keys.ids for row in rows):
        keys.refresh()  # a rotation began or ended elsewhere
        rows = read()
    for row in rows:
        of = (row.council, row.person_id, row.purpose)
        try:
            secret = keys.unwrap(row.kek_id, row.wrapped, _context(of, row.key_id))
        except (KekUnknown, SealBroken) as error:
            log.critical("data_key_broken", council=row.council, why=type(error).__name__)
            raise
        hand.fresh[of] = DataKey(row.key_id, AESGCM(secret), until)


def _context(of: Of, key_id: bytes) -> bytes:
    return joined("sayso data key", _ALGORITHM, *of, key_id.hex())


_COLUMNS = [column.name for column in data_keys.c]
_ADD = {
    "postgresql": Prepared(postgresql.insert(data_keys).on_conflict_do_nothing(), _COLUMNS),
    "sqlite": Prepared(sqlite.insert(data_keys).on_conflict_do_nothing(), _COLUMNS),
}


def _make(db: Connection, hand: _InHand, of: Of) -> DataKey:
    council, person, _purpose = of
    keys = hand.vault.keys
    keys.refresh(LAG)  # nothing new may be wrapped by a key that a rotation is about to drop
    kek_id = keys.current
    if (council, kek_id) not in hand.vault.registered | hand.registered:
        register(db, council)
    row, made = _new(hand, of, kek_id)
    if _ADD[db.dialect.name].run(db, row) == 1:
        hand.fresh[of] = made
        return made
    _read(db, hand, council, (person,))  # another transaction was faster, and has committed
    return hand.fresh[of]


def _new(hand: _InHand, of: Of, kek_id: str) -> tuple[dict[str, Any], DataKey]:
    """A key as it is stored, and as it is used."""
    council, person, purpose = of
    key_id, secret = secrets.token_bytes(8), secrets.token_bytes(32)
    row = {
        "council": council,
        "person_id": person,
        "purpose": purpose,
        "key_id": key_id,
        "kek_id": kek_id,
        "wrapped": hand.vault.keys.wrap(kek_id, secret, _context(of, key_id)),
    }
    return row, DataKey(key_id, AESGCM(secret), monotonic() + hand.vault.seconds)


def make_for_new(db: Connection, council: str, people: Iterable[str], purpose: Purpose) -> None:
    """Keys for people whom this transaction adds, all in one statement."""
    hand = _hand(db)
    hand.vault.keys.refresh(LAG)
    kek_id = hand.vault.keys.current
    if (council, kek_id) not in hand.vault.registered | hand.registered:
        register(db, council)
    rows = []
    for person in people:
        of = (council, person, purpose.value)
        row, hand.fresh[of] = _new(hand, of, kek_id)
        rows.append(row)
    many_rows.add(db, council, data_keys, rows)


def destroy(db: Connection, council: str, person: str, purposes: Iterable[Purpose]) -> int:
    """End these keys of one person: what they sealed can't be opened any more, by anybody. Other
    processes forget them within `SECONDS`. Returns how many there were."""
    hand = _hand(db)
    wanted = [purpose.value for purpose in purposes]
    for purpose in wanted:
        hand.vault.forget((council, person, purpose))
        hand.fresh.pop((council, person, purpose), None)
    return db.execute(
        delete(data_keys).where(
            data_keys.c.council == council,
            data_keys.c.person_id == person,
            data_keys.c.purpose.in_(wanted),
        )
    ).rowcount


def write_anew(db: Connection) -> None:
    """On SQLite, after keys were destroyed: `secure_delete` puts zeros where a row stood, but not
    where one stood before its page was rearranged, so that copies of keys may be left there. A
    table that is emptied whole leaves zeros. (90,000 keys: 0.5 s)"""
    if db.dialect.name != "sqlite":
        return
    for statement in (
        "CREATE TEMP TABLE kept_keys AS SELECT * FROM data_keys",
        "DELETE FROM data_keys",
        "INSERT INTO data_keys SELECT * FROM kept_keys",
        "DROP TABLE kept_keys",
    ):
        db.execute(text(statement))


# Which ring belongs to a database: a proof under each KEK, opened at the start


def sealed_here(db: Connection) -> bool:
    """Whether anything in this database was sealed, by whatever ring."""
    return inspect(db).has_table(keks.name) and bool(db.execute(select(keks.c.kek_id)).first())


def check(db: Connection, keys: Keys, council: str) -> None:
    """That this ring is the one by which the council's data was sealed.

    `KeyRingForeign` if it is not; `KekUnknown` if it is, but lacks a key.
    """
    if not inspect(db).has_table(keks.name):
        return  # not migrated: there is nothing yet
    _check(keys, council, db.execute(_KEKS, {"c": council}).all())


_KEKS = select(keks).where(keks.c.council == bindparam("c"))


def _check(keys: Keys, council: str, rows: Sequence[Any]) -> None:
    expected = _proof(keys, council)
    unknown = []
    for row in rows:
        if row.kek_id not in keys.ids:
            keys.refresh()
        if row.kek_id not in keys.ids:
            unknown.append(row.kek_id)
            continue
        try:
            proof = keys.unwrap(row.kek_id, row.proof, _proof_context(council, row.kek_id))
        except SealBroken:
            proof = b""
        if proof != expected:
            raise _foreign(council)
    if unknown and len(unknown) == len(rows):
        raise _foreign(council)
    if unknown:
        raise KekUnknown(unknown[0])


def _foreign(council: str) -> KeyRingForeign:
    return KeyRingForeign(
        f"The data of {council!r} in this database was sealed by another key ring (SAYSO_KEYS, "
        "SAYSO_DATABASE_URL). Set the ring that belongs to this database, or restore it from "
        "escrow."
    )


def _proof(keys: Keys, council: str) -> bytes:
    return keys.blind(council, "key ring", council)


def _proof_context(council: str, kek_id: str) -> bytes:
    return joined("sayso key ring", council, kek_id)


_REGISTER = {
    "postgresql": postgresql.insert(keks).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(keks).on_conflict_do_nothing(),
}


def register(db: Connection, council: str) -> None:
    """Note that data of this council is sealed under the ring's current KEK; after making sure
    that nothing is sealed by another ring."""
    hand = _hand(db)
    keys = hand.vault.keys
    kek_id = keys.current
    rows = db.execute(_KEKS, {"c": council}).all()
    _check(keys, council, rows)
    if kek_id not in {row.kek_id for row in rows}:
        proof = keys.wrap(kek_id, _proof(keys, council), _proof_context(council, kek_id))
        row = {"council": council, "kek_id": kek_id, "proof": proof}
        if db.execute(_REGISTER[db.dialect.name], row).rowcount != 1:
            _check(keys, council, db.execute(_KEKS, {"c": council}).all())
    hand.registered.add((council, kek_id))


# Rotation: `bot.keeping_keys` calls these in short transactions

_STALE = (
    select(data_keys)
    .where(data_keys.c.council == bindparam("c"), data_keys.c.kek_id != bindparam("k"))
    .limit(bindparam("most"))
)
_STALE_POSTGRESQL = _STALE.with_for_update(skip_locked=True)
_REWRAP = (
    update(data_keys)
    .where(
        data_keys.c.council == bindparam("c"),
        data_keys.c.person_id == bindparam("p"),
        data_keys.c.purpose == bindparam("u"),
        data_keys.c.key_id == bindparam("i"),
    )
    .values(kek_id=bindparam("k"), wrapped=bindparam("w"))
)


def stale(db: Connection, council: str, current: str) -> int:
    """How many data keys are wrapped by another KEK than the current one."""
    count: int = db.execute(
        select(func.count())
        .select_from(data_keys)
        .where(data_keys.c.council == council, data_keys.c.kek_id != current)
    ).scalar_one()
    return count


def wrapped_by(db: Connection, council: str) -> dict[str, int]:
    """How many data keys each KEK wraps."""
    count = select(data_keys.c.kek_id, func.count()).where(data_keys.c.council == council)
    return {row[0]: row[1] for row in db.execute(count.group_by(data_keys.c.kek_id))}


def rewrap(db: Connection, council: str, most: int) -> int:
    """Wrap some data keys by the current KEK. The data keys and what they sealed stay the same.
    Returns how many there were to be found; 0 when somebody else has the last ones in hand."""
    keys = _hand(db).vault.keys
    current = keys.current
    register(db, council)
    query = _STALE_POSTGRESQL if db.dialect.name == "postgresql" else _STALE
    rows = db.execute(query, {"c": council, "k": current, "most": most}).all()
    changed = []
    for row in rows:
        context = _context((row.council, row.person_id, row.purpose), row.key_id)
        secret = keys.unwrap(row.kek_id, row.wrapped, context)
        wrapped = keys.wrap(current, secret, context)
        changed.append(
            {"c": council, "p": row.person_id, "u": row.purpose, "i": row.key_id,
             "k": current, "w": wrapped}
        )  # fmt: skip
    if changed:
        db.execute(_REWRAP, changed)
    return len(changed)


def retire(db: Connection, council: str, kek_id: str) -> bool:
    """Strike a KEK off this database; False while a data key is still wrapped by it. On PostgreSQL
    this waits for transactions that are about to add one."""
    one = (keks.c.council == council, keks.c.kek_id == kek_id)
    db.execute(select(keks.c.kek_id).where(*one).with_for_update()).first()
    used = select(data_keys.c.key_id).where(
        data_keys.c.council == council, data_keys.c.kek_id == kek_id
    )
    if db.execute(used.limit(1)).first() is not None:
        return False
    db.execute(delete(keks).where(*one))
    return True
