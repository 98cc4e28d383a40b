"""The one place where a value is sealed and opened. Callers outside `storage` never see a seal.

A sealed value says by its first byte how it was made. Today there is one way, `FRAMED`: UTF-8
with nothing done to it. Every caller already names the place that encryption will bind it to.
"""

from dataclasses import dataclass

from storage.errors import SealBroken

FRAMED = b"\x00"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lives: a seal opens there and nowhere else."""

    council: str
    table: str
    column: str
    row: str
    person: str = ""  # whose data key; empty: the council's


def seal(place: Place, value: str) -> bytes:
    """`value` as it is stored in `place`."""
    return FRAMED + value.encode()


def unseal(place: Place, sealed: bytes) -> str:
    """The inverse of `seal`; `SealBroken` if it was not made for this place."""
    if sealed[:1] != FRAMED:
        raise SealBroken(f"{place.table}.{place.column}: unknown seal {sealed[:1]!r}")
    return sealed[1:].decode()
