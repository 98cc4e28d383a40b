"""A key ring whose keys stay in a PKCS#11 token: a hardware module, a council's key service, or
SoftHSM, by which it is tested. Named as RFC 7512 does:

    pkcs11:token=sayso?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/sayso/pin

A KEK can't be read from the token: wrapping and unwrapping happen there, once for each data key
that is not in memory. The root of the index keys is what the token's HMAC makes of a fixed text, so
that blind indexes, which every message needs, cost no call.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, SecretKey
from pkcs11.exceptions import PKCS11Error, UserAlreadyLoggedIn
from pkcs11.mechanisms import GCMParams

from storage.errors import (
    KekUnknown,
    KeyRingExists,
    KeyRingMissing,
    KeyRingUnfit,
    SealBroken,
    StorageAway,
)
from storage.keys import IndexKeys, joined, new_kek_id

T = TypeVar("T")

SCHEME = "pkcs11:"
EXAMPLE = "pkcs11:token=sayso?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:PATH"

_NONCE, _TAG_BITS = 12, 128
_STAYS = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a token is. `pin` is a file, as a ring's file would be."""

    token: str
    module: str
    pin: Path

    @classmethod
    def read(cls, uri: str) -> "Address":
        path, _, query = uri.removeprefix(SCHEME).partition("?")
        parts = dict(part.partition("=")[::2] for part in path.split(";"))
        asked = dict(parse_qsl(query))
        try:
            pin = asked["pin-source"].removeprefix("file:")
            return cls(unquote(parts["token"]), asked["module-path"], Path(pin))
        except KeyError as error:
            raise KeyRingUnfit(
                f"SAYSO_KEYS: a PKCS#11 address needs {error.args[0]}. Example: {EXAMPLE}"
            ) from None


class TokenKeys:
    """The ring of one council in a token. Satisfies `Keys`."""

    def __init__(self, address: Address, council: str) -> None:
        self._address, self._council = address, council
        self._keks: dict[str, Any] = {}  # the library types what a key can do too narrowly
        self._index = IndexKeys(b"")
        self._looked = 0.0
        self._turn = threading.RLock()  # what is counted beside the server asks it too
        self._open()

    @classmethod
    def made(cls, uri: str, council: str, now: datetime) -> "TokenKeys":
        """New keys in the token; `KeyRingExists` if it has some of this council."""
        ring = cls(Address.read(uri), council)
        if ring._found():
            raise KeyRingExists(
                f"The token {ring._address.token} holds keys of {council!r} already (SAYSO_KEYS). "
                "To change keys run `sayso keys rotate`."
            )
        ring._session.generate_key(
            KeyType.GENERIC_SECRET, 256, label=ring._label("index"), store=True,
            template={Attribute.SIGN: True, **_STAYS},
        )  # fmt: skip
        ring.add(now)
        return ring._ready()

    @classmethod
    def load(cls, uri: str, council: str) -> "TokenKeys":
        """The keys that the token holds; `KeyRingMissing` if it has none of this council."""
        ring = cls(Address.read(uri), council)
        if not ring._found():
            raise KeyRingMissing(f"{SCHEME}token={ring._address.token} for {council!r}")
        return ring._ready()

    def _ready(self) -> "TokenKeys":
        index: Any = self._session.get_key(
            object_class=ObjectClass.SECRET_KEY, label=self._label("index")
        )
        text = joined("sayso index root", self._council)
        root = index.sign(text, mechanism=Mechanism.SHA256_HMAC)
        self._index = IndexKeys(bytes(root))
        return self

    @property
    def council(self) -> str:
        return self._council

    @property
    def current(self) -> str:
        return max(self._keks)  # ids sort by the time they were made

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(sorted(self._keks))

    def blind(self, council: str, purpose: str, value: str) -> bytes:
        return self._index.blind(council, purpose, value)

    def derive(self, purpose: str) -> bytes:
        return self._index.derive(purpose)

    def wrap(self, kek_id: str, secret: bytes, context: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        how = GCMParams(nonce, context, _TAG_BITS)

        def call() -> bytes:
            key = self._kek(kek_id)
            return bytes(key.encrypt(secret, mechanism=Mechanism.AES_GCM, mechanism_param=how))

        return nonce + self._call(call)

    def unwrap(self, kek_id: str, wrapped: bytes, context: bytes) -> bytes:
        sealed = wrapped[_NONCE:]
        how = GCMParams(wrapped[:_NONCE], context, _TAG_BITS)

        def call() -> bytes:
            key = self._kek(kek_id)
            return bytes(key.decrypt(sealed, mechanism=Mechanism.AES_GCM, mechanism_param=how))

        try:
            return self._call(call)
        except StorageAway:
            # A token does not say why it refuses. If it works, it is the value that is wrong.
            self.wrap(kek_id, bytes(32), b"")
            raise SealBroken("A data key does not belong where it was found.") from None

    def _kek(self, kek_id: str) -> Any:
        try:
            return self._keks[kek_id]
        except KeyError:
            raise KekUnknown(kek_id) from None

    def refresh(self, seconds: float = 0.0) -> None:
        if time.monotonic() - self._looked >= seconds:
            self._call(self._found)

    def add(self, now: datetime) -> str:
        kek_id = new_kek_id(now)
        self._session.generate_key(
            KeyType.AES, 256, label=self._label("kek", kek_id), store=True,
            template={Attribute.ENCRYPT: True, Attribute.DECRYPT: True, **_STAYS},
        )  # fmt: skip
        self._found()
        return kek_id

    def drop(self, kek_id: str) -> None:
        if kek_id == self.current:
            raise KeyRingUnfit(f"{kek_id} is the ring's current key; it can't be dropped.")
        self._kek(kek_id).destroy()
        self._found()

    def _label(self, *parts: str) -> str:
        return "/".join(("sayso", self._council, *parts))

    def _found(self) -> bool:
        """Look what KEKs the token holds now."""
        start = self._label("kek", "")
        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.KEY_TYPE: KeyType.AES}
        found = {}
        for key in self._session.get_objects(wanted):
            if isinstance(key, SecretKey) and key.label.startswith(start):
                found[key.label.removeprefix(start)] = key
        self._keks, self._looked = found, time.monotonic()
        return bool(found)

    def _call(self, call: Callable[[], T]) -> T:
        """Once more on a new session: the old one ends when a module restarts. One at a time, since
        a session is one thread's."""
        with self._turn:
            try:
                return call()
            except PKCS11Error:
                pass
            try:
                self._open()
                self._found()
                return call()
            except (PKCS11Error, KeyRingUnfit) as error:
                raise StorageAway(f"token: {type(error).__name__}") from error

    def _open(self) -> None:
        address = self._address
        try:
            if address.pin.stat().st_mode & 0o077:
                raise KeyRingUnfit(
                    f"{address.pin} may be read by others (SAYSO_KEYS). Run: chmod 600 "
                    f"{address.pin}"
                )
            pin = address.pin.read_text().strip()
            token = pkcs11.lib(address.module).get_token(token_label=address.token)
            try:
                self._session = token.open(rw=True, user_pin=pin)
            except UserAlreadyLoggedIn:  # by another session of this process; they share it
                self._session = token.open(rw=True)
        except (PKCS11Error, OSError) as error:
            raise KeyRingUnfit(
                f"The token {address.token} can't be opened (SAYSO_KEYS): "
                f"{type(error).__name__}. Example: {EXAMPLE}"
            ) from error
