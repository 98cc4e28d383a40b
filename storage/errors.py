"""What can go wrong with storage.

StorageError
├── StorageAway          nothing was kept; the same may be tried again
├── StorageInUse         another process serves this SQLite file
├── SQLiteTooOld         the library would corrupt a WAL
├── SealBroken           a sealed value does not belong where it was found
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


class Unknown(StorageError):
    """No such row in this council."""
