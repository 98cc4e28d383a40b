"""The key ring: the secrets that are not in the database. A file that only its owner may read."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import StorageError


class KeyRingUnfit(StorageError):
    """The key ring can't be used; the text says how to mend it."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """`index`: 32 bytes, the key of blind indexes and of codes' hashes."""

    index: bytes

    def blind(self, council: str, purpose: str, value: str) -> bytes:
        """A keyed hash by which a value is found again and can't be guessed without the ring."""
        message = b"\0".join((council.encode(), purpose.encode(), value.encode()))
        return hmac.new(self.index, message, hashlib.sha256).digest()

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose, the same every time (HKDF-SHA-256, RFC 5869): who has one
        purpose's key can work out no other's, nor the ring's."""
        return HKDF(SHA256(), length=32, salt=None, info=f"sayso:{purpose}".encode()).derive(
            self.index
        )


def load_or_make(path: Path) -> KeyRing:
    """The ring in this file; a new one if there is none yet."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return load(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return load_or_make(path)
    index = secrets.token_bytes(32)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"version": 1, "index": base64.b64encode(index).decode()}, file)
        file.flush()
        os.fsync(file.fileno())
    return KeyRing(index)


def load(path: Path) -> KeyRing:
    """The ring in this file; `KeyRingUnfit` if it is broken or others may read it."""
    if path.stat().st_mode & 0o077:
        raise KeyRingUnfit(f"{path} may be read by others (SAYSO_KEYS). Run: chmod 600 {path}")
    try:
        plain = json.loads(path.read_text())
        index = base64.b64decode(plain["index"], validate=True)
    except (ValueError, KeyError, TypeError) as error:
        raise KeyRingUnfit(
            f"{path} is no key ring (SAYSO_KEYS). Restore it from your copy; a new one opens "
            "nothing that is stored."
        ) from error
    if len(index) != 32:
        raise KeyRingUnfit(f"{path} holds a key of {len(index)} bytes, not 32 (SAYSO_KEYS).")
    return KeyRing(index)
