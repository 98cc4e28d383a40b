"""The key ring: the secrets that are not in the database.

A ring belongs to one council. It holds the key-encryption keys (KEKs), which wrap the data keys of
`storage.data_keys` and nothing else, and the root of the index keys, from which each purpose gets a
key of its own (HKDF, RFC 5869). `KeyRing` keeps them in a file that only its owner may read;
`storage.token_keys` leaves them in a PKCS#11 token. Both satisfy `Keys`.
"""

import base64
import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import (
    KekUnknown,
    KeyRingExists,
    KeyRingForeign,
    KeyRingMissing,
    KeyRingUnfit,
    SealBroken,
)
from storage.macs import mac

log = structlog.get_logger()

VERSION = 2
"""Of the file. Version 1 had the index key alone; `load` carries it forward in place."""

_BYTES = 32
_NONCE = 12


class Keys(Protocol):
    """What a ring can do, wherever its keys are."""

    @property
    def council(self) -> str: ...

    @property
    def current(self) -> str:
        """The id of the KEK that wraps what is new."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Of every KEK, oldest first: more than one while a rotation is under way."""

    def blind(self, council: str, purpose: str, value: str) -> bytes:
        """A keyed hash by which a value is found again and can't be guessed without the ring."""

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose, the same every time, also when KEKs rotate."""

    def wrap(self, kek_id: str, secret: bytes, context: bytes) -> bytes:
        """`secret` sealed under a KEK, bound to `context`."""

    def unwrap(self, kek_id: str, wrapped: bytes, context: bytes) -> bytes:
        """The inverse. `KekUnknown`; `SealBroken` if it was not wrapped so."""

    def refresh(self, seconds: float = 0.0) -> None:
        """Take up what another process changed about the ring; not if that was done less than so
        many seconds ago."""

    def add(self, now: datetime) -> str:
        """Make a new KEK, the current one from now on; its id."""

    def drop(self, kek_id: str) -> None:
        """Destroy a KEK. Only when nothing is wrapped by it any more."""


@dataclass(slots=True)
class IndexKeys:
    """Index keys, each derived once from `root` (32 bytes)."""

    root: bytes = field(repr=False)
    _derived: dict[tuple[str, str], bytes] = field(default_factory=dict, repr=False)

    def blind(self, council: str, purpose: str, value: str) -> bytes:
        key = self._derived.get((council, purpose))
        if key is None:
            info = joined("sayso index key", council, purpose)
            key = HKDF(SHA256(), _BYTES, salt=None, info=info).derive(self.root)
            self._derived[council, purpose] = key
        return mac(key, value.encode("utf-8", "surrogatepass"))

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose, the same every time (HKDF-SHA-256, RFC 5869): who has one
        purpose's key can work out no other's, nor the ring's."""
        return HKDF(SHA256(), _BYTES, salt=None, info=f"sayso:{purpose}".encode()).derive(self.root)


def joined(*parts: str) -> bytes:
    """Several texts as one, each with its length before it: no two lists give the same bytes."""
    return "".join([f"{len(part)}:{part}," for part in parts]).encode()


def new_kek_id(now: datetime) -> str:
    """Says when it was made, and sorts so: `20261124T093000.000000Z-9f3a1c`."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(3)}"


@dataclass(frozen=True, slots=True)
class _Ring:
    """What the file holds."""

    council: str
    index: bytes = field(repr=False)
    keks: Mapping[str, bytes] = field(repr=False)  # oldest first
    current: str

    def plain(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "council": self.council,
            "index": base64.b64encode(self.index).decode(),
            "current": self.current,
            "keks": {name: base64.b64encode(kek).decode() for name, kek in self.keks.items()},
        }


class KeyRing:
    """A ring in a file, or (without a path) in memory alone. Satisfies `Keys`."""

    def __init__(self, ring: _Ring, path: Path | None = None) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._use(ring)

    def _use(self, ring: _Ring) -> None:
        self._ring = ring
        self._index = IndexKeys(ring.index)
        self._ciphers = {name: AESGCM(kek) for name, kek in ring.keks.items()}
        self._ids = tuple(ring.keks)

    @classmethod
    def made(cls, council: str, now: datetime, path: Path | None = None) -> "KeyRing":
        """A new ring. It is in no file before `save`."""
        kek_id = new_kek_id(now)
        keks = {kek_id: secrets.token_bytes(_BYTES)}
        return cls(_Ring(council, secrets.token_bytes(_BYTES), keks, kek_id), path)

    @classmethod
    def restored(cls, plain: bytes, council: str, path: Path) -> "KeyRing":
        """A ring out of escrow, in its file again. `KeyRingExists`, `KeyRingUnfit`."""
        ring = cls(_read_ring(_json(plain, path), path, council), path)
        ring.save()
        return ring

    @property
    def council(self) -> str:
        return self._ring.council

    @property
    def current(self) -> str:
        return self._ring.current

    @property
    def ids(self) -> tuple[str, ...]:
        return self._ids

    @property
    def is_new(self) -> bool:
        """Whether it is for a file that does not hold it yet."""
        return self._path is not None and self._seen is None

    def blind(self, council: str, purpose: str, value: str) -> bytes:
        return self._index.blind(council, purpose, value)

    def derive(self, purpose: str) -> bytes:
        return self._index.derive(purpose)

    def wrap(self, kek_id: str, secret: bytes, context: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher(kek_id).encrypt(nonce, secret, context)

    def unwrap(self, kek_id: str, wrapped: bytes, context: bytes) -> bytes:
        cipher = self._cipher(kek_id)
        try:
            return cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], context)
        except (InvalidTag, ValueError) as error:
            raise SealBroken("A data key does not belong where it was found.") from error

    def _cipher(self, kek_id: str) -> AESGCM:
        try:
            return self._ciphers[kek_id]
        except KeyError:
            raise KekUnknown(kek_id) from None

    def save(self) -> None:
        """Write a new ring to its file; `KeyRingExists` rather than overwrite one."""
        path = self._file()
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = _aside(path, self._ring)
        try:
            os.link(aside, path)  # unlike a rename, it fails where there is one
        except FileExistsError:
            raise KeyRingExists(
                f"{path} is there already (SAYSO_KEYS). A new ring would open nothing that is "
                "stored. To change keys run `sayso keys rotate`."
            ) from None
        finally:
            aside.unlink()
        _sync(path.parent)
        self._seen = _state(path)

    def refresh(self, seconds: float = 0.0) -> None:
        if self._seen is None:
            return
        path = self._file()
        try:
            now = _state(path)
            if now == self._seen:
                return
            ring = _read(path, self.council)
            if ring.index != self._ring.index:
                raise KeyRingForeign(f"{path} is another ring now (SAYSO_KEYS).")
        except (OSError, KeyRingUnfit) as error:
            # What is in memory still opens all that is stored: go on, and let somebody look.
            log.error("key_ring_unreadable", why=type(error).__name__)
            return
        self._use(ring)
        self._seen = now

    def add(self, now: datetime) -> str:
        kek_id = new_kek_id(now)
        with self._changing() as ring:
            keks = {**ring.keks, kek_id: secrets.token_bytes(_BYTES)}
            self._replace(_Ring(ring.council, ring.index, keks, kek_id))
        return kek_id

    def drop(self, kek_id: str) -> None:
        with self._changing() as ring:
            if kek_id == ring.current:
                raise KeyRingUnfit(f"{kek_id} is the ring's current key; it can't be dropped.")
            keks = {name: kek for name, kek in ring.keks.items() if name != kek_id}
            self._replace(_Ring(ring.council, ring.index, keks, ring.current))

    @contextmanager
    def _changing(self) -> Iterator[_Ring]:
        """The ring as it stands, while no other process changes it."""
        if self._path is None:
            yield self._ring
            return
        with _locked(self._path):
            yield _read(self._path, self.council)

    def _replace(self, ring: _Ring) -> None:
        if self._path is not None:
            _put(self._path, ring)
            self._seen = _state(self._path)
        self._use(ring)

    def plain(self) -> str:
        """The whole ring as its file holds it: for escrow, and for nothing else."""
        return json.dumps(self._ring.plain(), indent=1)

    def _file(self) -> Path:
        if self._path is None:
            raise KeyRingUnfit("This ring has no file.")
        return self._path


def load(path: Path, council: str, now: datetime) -> KeyRing:
    """The ring in this file. `KeyRingMissing`; `KeyRingUnfit` if it is broken or others may read
    it; `KeyRingForeign` if it is another council's."""
    try:
        version = _parsed(path).get("version")
        if version == 1:
            _carry_forward(path, council, now)
        seen = _state(path)
        ring = KeyRing(_read(path, council), path)
    except FileNotFoundError:
        raise KeyRingMissing(path) from None
    ring._seen = seen
    return ring


def _carry_forward(path: Path, council: str, now: datetime) -> None:
    """A file of version 1 gets a KEK; its index key becomes the root of the new ones."""
    with _locked(path):
        plain = _parsed(path)
        if plain.get("version") != 1:
            return  # another process was faster
        kek_id = new_kek_id(now)
        index = _key(path, plain.get("index"))
        _put(path, _Ring(council, index, {kek_id: secrets.token_bytes(_BYTES)}, kek_id))


def _read(path: Path, council: str) -> _Ring:
    return _read_ring(_parsed(path), path, council)


def _read_ring(plain: dict[str, Any], path: Path, council: str) -> _Ring:
    if plain.get("version") != VERSION:
        raise KeyRingUnfit(
            f"{path} is a key ring of version {plain.get('version')!r} (SAYSO_KEYS). This Sayso "
            f"reads version {VERSION}: use the Sayso that wrote it, or a newer one."
        )
    keks, current, of = plain.get("keks"), plain.get("current"), plain.get("council")
    if not isinstance(keks, dict) or not isinstance(current, str) or current not in keks:
        raise _no_ring(path)
    if of != council:
        raise KeyRingForeign(
            f"{path} is the key ring of the council {of!r}, and this is {council!r} "
            "(SAYSO_KEYS, SAYSO_COUNCIL). Set the ring that belongs to this council."
        )
    ring = {name: _key(path, kek) for name, kek in keks.items()}
    return _Ring(council, _key(path, plain.get("index")), ring, current)


def _parsed(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise KeyRingUnfit(f"{path} may be read by others (SAYSO_KEYS). Run: chmod 600 {path}")
        return _json(file.read(), path)


def _json(text: bytes, path: Path) -> dict[str, Any]:
    try:
        plain = json.loads(text)
    except ValueError as error:
        raise _no_ring(path) from error
    if not isinstance(plain, dict):
        raise _no_ring(path)
    return plain


def _key(path: Path, text: object) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)  # type: ignore[arg-type]
    except (ValueError, TypeError) as error:
        raise _no_ring(path) from error
    if len(key) != _BYTES:
        raise KeyRingUnfit(f"{path} holds a key of {len(key)} bytes, not {_BYTES} (SAYSO_KEYS).")
    return key


def _no_ring(path: Path) -> KeyRingUnfit:
    return KeyRingUnfit(
        f"{path} is no key ring (SAYSO_KEYS). Restore it from escrow: a new one opens nothing "
        "that is stored."
    )


def _put(path: Path, ring: _Ring) -> None:
    """In place of the file that is there: wholly or not at all."""
    _aside(path, ring).replace(path)
    _sync(path.parent)


def _aside(path: Path, ring: _Ring) -> Path:
    """A new file beside `path`, on disk, readable by its owner only."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        json.dump(ring.plain(), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """While the ring is changed. The lock is the kernel's: it ends with the process."""
    with path.with_name(f"{path.name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _state(path: Path) -> tuple[int, int]:
    """Changes whenever the file is put in place anew."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns
