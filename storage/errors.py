"""What can go wrong with storage.

StorageError
├── StorageAway          nothing was kept; the same may be tried again
├── StorageInUse         another process serves this SQLite file
├── SQLiteTooOld         the library would corrupt a WAL
├── NotDurable           PostgreSQL is set to lose commits
├── SealBroken           a sealed value does not belong where it was found
├── AuditUnchained       an act can't be audited, so it may not happen
├── KeyRingUnfit         the key ring can't be used
│   ├── KeyRingMissing   there is none
│   ├── KeyRingForeign   it is another council's, or another installation's
│   └── KeyRingExists    a new one would take the place of one that is there
├── KekUnknown           the ring has not the key that wraps a data key
└── Unknown              no such row
    └── Erased           of that person only a stub is left
"""


class StorageError(Exception):
    """Base of all of storage's own errors."""


class StorageAway(StorageError):
    """The database did not take it: nothing was kept, nothing may be acknowledged."""


class StorageInUse(StorageError):
    """A second process wants to serve one SQLite file."""


class SQLiteTooOld(StorageError):
    """SQLite before 3.51.3 has the WAL-reset race, which loses commits."""


class NotDurable(StorageError):
    """PostgreSQL would acknowledge what a power cut can take away again."""


class SealBroken(StorageError):
    """A sealed value can't be opened here. Fail closed: an error, never plaintext."""


class KeyRingUnfit(StorageError):
    """The key ring can't be used; the text says how to mend it."""


class KeyRingMissing(KeyRingUnfit):
    """Nothing stored can be opened, so the program must not start."""

    def __init__(self, where: object) -> None:
        super().__init__(
            f"No key ring at {where} (SAYSO_KEYS). New installation: run `sayso keys new`. "
            "Otherwise restore it from escrow: a new one opens nothing stored."
        )


class KeyRingForeign(KeyRingUnfit):
    """A ring that is in order, but not the one this council's data was sealed with."""


class KeyRingExists(KeyRingUnfit):
    """Overwriting a ring would end all that it opens."""


class KekUnknown(StorageError):
    """A data key is wrapped by a key that the ring has not, or no longer, or not yet."""

    def __init__(self, kek_id: str) -> None:
        super().__init__(
            f"The key ring (SAYSO_KEYS) has not the key {kek_id}, under which stored data is "
            "sealed. Restore the ring from the newest escrow."
        )


class AuditUnchained(StorageError):
    """An act can't be put on record. Fail closed: then it does not happen."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing can be audited here: open the store with the key ring, and write with "
            "Store.write."
        )


class Unknown(StorageError):
    """No such row in this council."""


class Erased(Unknown):
    """The young person was erased: their keys are destroyed, and only a stub is left."""
