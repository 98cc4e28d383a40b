"""What can go wrong with storage.

StorageError
├── StorageAway          nothing was kept; the same may be tried again
├── StorageInUse         another process serves this SQLite file
├── SQLiteTooOld         the library would corrupt a WAL
├── SealBroken           a sealed value does not belong where it was found
├── AuditUnchained       an act can't be audited, so it may not happen
└── Unknown              no such row
"""


class StorageError(Exception):
    """Base of all of storage's own errors."""


class StorageAway(StorageError):
    """The database did not take it: nothing was kept, nothing may be acknowledged."""


class StorageInUse(StorageError):
    """A second process wants to serve one SQLite file."""


class SQLiteTooOld(StorageError):
    """SQLite before 3.51.3 has the WAL-reset race, which loses commits."""


class SealBroken(StorageError):
    """A sealed value can't be opened here. Fail closed: an error, never plaintext."""


class AuditUnchained(StorageError):
    """An act can't be put on record. Fail closed: then it does not happen."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing can be audited here: open the store with the key ring, and write with "
            "Store.write."
        )


class Unknown(StorageError):
    """No such row in this council."""
