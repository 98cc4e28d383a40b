"""A word that nobody says by chance, and the search for it in whatever a copy of the data shows."""

import base64
import binascii
import json
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

MARK = "Żółw-kestrel-🦉"
"""Every canary holds it: looked for once, it finds all of them."""


def _in_base64(plain: bytes) -> list[bytes]:
    """Whatever stands before it: one of three ways to begin in the middle of four letters."""
    found = []
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + plain)
        start, end = -(-before * 8 // 6), (before + len(plain)) * 8 // 6
        found.append(coded[start:end])
    return found


ENCODINGS: dict[str, list[bytes]] = {
    "utf-8": [MARK.encode()],
    "utf-16le": [MARK.encode("utf-16le")],
    "utf-16be": [MARK.encode("utf-16be")],
    "base64": _in_base64(MARK.encode()),
    "hex": [MARK.encode().hex().encode(), MARK.encode().hex().upper().encode()],
    "escapes": [
        quote(MARK).encode(),
        quote(MARK).lower().encode(),
        json.dumps(MARK)[1:-1].encode(),
        repr(MARK.encode())[2:-1].encode(),
        ascii(MARK)[1:-1].encode(),
    ],
}

_HEX = re.compile(rb"[0-9a-fA-F]{16,}")


def encoded(name: str, canary: str = MARK) -> bytes:
    """The canary as it would stand there; the escapes as JSON has them."""
    match name:
        case "base64":
            return base64.b64encode(canary.encode())
        case "hex":
            return canary.encode().hex().encode()
        case "escapes":
            return json.dumps(canary).encode()
        case _:
            return canary.encode(name)


def found_in(data: bytes) -> set[str]:
    """The encodings in which the mark stands there. Hexadecimal is looked into too: that is how
    PostgreSQL's dumps show bytes."""
    hits = _found(data)
    inside = b"\0".join(binascii.unhexlify(run[: len(run) & ~1]) for run in _HEX.findall(data))
    return hits | _found(inside)


def _found(data: bytes) -> set[str]:
    return {name for name, forms in ENCODINGS.items() if any(form in data for form in forms)}


def search(places: Iterable[Path]) -> dict[str, set[str]]:
    """By file, the encodings found in it; files without any are left out."""
    hits = {str(path): found_in(path.read_bytes()) for path in places if path.is_file()}
    return {path: names for path, names in hits.items() if names}
