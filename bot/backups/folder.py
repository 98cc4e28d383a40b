"""The folder of backups: named by time, whole or not there, gone after 35 days."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

KEPT = timedelta(days=35)
"""What was erased is gone from every backup after this long (`docs/dpia.md`)."""

_NAME = re.compile(r"sayso-(\d{8}T\d{6}Z)\.age")
_STAMP = "%Y%m%dT%H%M%SZ"


def name_of(at: datetime) -> str:
    return f"sayso-{at.astimezone(UTC):{_STAMP}}.age"


def made_at(path: Path) -> datetime | None:
    """When the backup of this name was made; None for any other file."""
    found = _NAME.fullmatch(path.name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


@contextmanager
def written(folder: Path, at: datetime) -> Iterator[tuple[Path, BinaryIO]]:
    """A new backup to write to, readable by its owner only. It gets its name once all of it is on
    disk; after an error nothing is left."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name_of(at)
    aside = path.with_name(f".{path.name}.part")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield path, file
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        _sync(folder)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def expire(folder: Path, now: datetime) -> list[str]:
    """Remove backups older than `KEPT`; their names. Other files are nobody's business."""
    old = []
    for path in sorted(folder.iterdir()):
        made = made_at(path)
        if made is not None and now - made > KEPT:
            path.unlink()
            old.append(path.name)
    if old:
        _sync(folder)
    return old


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
