"""A key ring for tests: one for the whole run, in memory; or one in a file."""

from datetime import UTC, datetime
from pathlib import Path

from storage.errors import KeyRingMissing
from storage.keys import KeyRing, _Ring, load, new_kek_id

COUNCIL = "northborough"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

_KEK = new_kek_id(NOW)
RING = KeyRing(_Ring(COUNCIL, b"k" * 32, {_KEK: b"e" * 32}, _KEK))
"""The same in every run: what is worked out from it is pinned in tests."""


def ring_at(path: Path, council: str = COUNCIL) -> KeyRing:
    """The ring in this file, made if there is none."""
    try:
        return load(path, council, NOW)
    except KeyRingMissing:
        ring = KeyRing.made(council, NOW, path)
        ring.save()
        return ring
