"""A backup's file: an age file, in it one line of JSON (the manifest), then the database itself.

    age --decrypt --identity KEYS sayso-20261126T105500Z.age | tail -n +2 > sayso.db

opens it without Sayso. age authenticates every part: a file that was cut short or changed is an
error, never half a database.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

from bot.late import late
from storage.copying import Tally

pyrage: Any = late("pyrage")

Recipients = Sequence[Any]
Identities = Sequence[Any]
"""pyrage's own objects: it has no types."""

FORMAT = 1
_LONGEST_MANIFEST = 1024 * 1024


class BackupError(Exception):
    """What can go wrong with a backup, and can be mended by whoever asked for it."""


class BackupUnfit(BackupError):
    """This backup can't be used; the text says why."""


class RecipientUnfit(BackupError):
    """A backup can't be encrypted to this; the text says what would do."""


class IdentityUnfit(BackupError):
    """A backup can't be opened with this; the text says what would do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the backup holds. `made_at`: ISO 8601, UTC. `kind`: whose format the database has,
    SQLite's file or `pg_dump`'s custom one."""

    made_at: str
    council: str
    kind: Literal["sqlite", "postgresql"]
    tally: Tally
    format: int = FORMAT

    def line(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True).encode() + b"\n"


class _Source(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(slots=True)
class _Following:
    """The manifest's line, then everything of `source`."""

    first: bytes
    source: _Source
    moved: Callable[[int], object]

    def read(self, size: int = -1) -> bytes:
        if self.first:
            part, self.first = self.first[:size], self.first[size:]
            return part
        part = self.source.read(size)
        self.moved(len(part))
        return part


def recipients_of(texts: Sequence[str]) -> Recipients:
    """`age1…`, each; `RecipientUnfit` names the first that is none."""
    found = []
    for one in texts:
        try:
            found.append(pyrage.x25519.Recipient.from_str(one))
        except pyrage.RecipientError:
            raise RecipientUnfit(
                f"{one[:12]}… is no age recipient (SAYSO_BACKUP_RECIPIENTS). It begins with age1; "
                "age-keygen makes one."
            ) from None
    return found


def identities_of(path: Path) -> Identities:
    """The secret keys of an age identity file; `IdentityUnfit` if others may read it."""
    if path.stat().st_mode & 0o077:
        raise IdentityUnfit(f"{path} may be read by others. Run: chmod 600 {path}")
    lines = [line.strip() for line in path.read_text().splitlines()]
    try:
        found = [
            pyrage.x25519.Identity.from_str(line)
            for line in lines
            if line and not line.startswith("#")
        ]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise IdentityUnfit(
            f"{path} is no age identity file. Its key begins with AGE-SECRET-KEY-1; it is with "
            "whoever keeps the backups' keys, never on this server."
        )
    return found


def write(
    to: BinaryIO,
    manifest: Manifest,
    database: _Source,
    recipients: Recipients,
    moved: Callable[[int], object] = lambda _bytes: None,
) -> None:
    """Encrypt in one stream. `moved` is told of every part's size, for progress."""
    pyrage.encrypt_io(_Following(manifest.line(), database, moved), to, recipients)


@dataclass(slots=True)
class _Splitting:
    """Takes the stream apart: the first line is the manifest, `opened` says where the rest goes."""

    opened: Callable[[Manifest], BinaryIO]
    moved: Callable[[int], object]
    manifest: Manifest | None = None
    _line: bytes = b""
    _rest: BinaryIO | None = None

    def write(self, part: bytes) -> int:
        self.moved(len(part))
        if self._rest is not None:
            self._rest.write(part)
            return len(part)
        self._line += part
        first, end, rest = self._line.partition(b"\n")
        if end:
            self.manifest = _read_manifest(first)
            self._rest = self.opened(self.manifest)
            self._rest.write(rest)
        elif len(self._line) > _LONGEST_MANIFEST:
            raise BackupUnfit("The file is no backup of Sayso's: it begins with no manifest.")
        return len(part)

    def flush(self) -> None:
        if self._rest is not None:
            self._rest.flush()


def read(
    backup: BinaryIO,
    identities: Identities,
    opened: Callable[[Manifest], BinaryIO],
    moved: Callable[[int], object] = lambda _bytes: None,
) -> Manifest:
    """Decrypt; `opened` is told the manifest and says where the database goes. `BackupUnfit`."""
    splitting = _Splitting(opened, moved)
    try:
        pyrage.decrypt_io(backup, splitting, identities)
    except pyrage.DecryptError:
        raise BackupUnfit(
            "The backup can't be opened with this identity, or is no age file."
        ) from None
    except OSError as error:
        if error.errno is not None:  # a full disk, a broken pipe: said as it is
            raise
        raise BackupUnfit("The backup is damaged: a part of it is missing or changed.") from None
    if splitting.manifest is None:
        raise BackupUnfit("The file is no backup of Sayso's: it begins with no manifest.")
    return splitting.manifest


def _read_manifest(line: bytes) -> Manifest:
    try:
        plain = json.loads(line)
        if plain["format"] != FORMAT:
            raise BackupUnfit(
                f"The backup has format {plain['format']}, and this Sayso reads {FORMAT}."
            )
        return Manifest(**{**plain, "tally": Tally(**plain["tally"])})
    except (ValueError, TypeError, KeyError):
        raise BackupUnfit("The file is no backup of Sayso's: its manifest is broken.") from None
