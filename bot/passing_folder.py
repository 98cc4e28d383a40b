"""A folder for files that name children and are needed for minutes: removed afterwards, and where
the process was killed before it could, by the next one that needs such a folder."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "sayso-passing-"
_NEW = 60
"""Seconds in which a folder may not be locked yet by whoever made it."""


@contextlib.contextmanager
def passing_folder() -> Iterator[Path]:
    """For our own user alone."""
    _remove_left()
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name, _locked(Path(name)):
        yield Path(name)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """`BlockingIOError`: another process is at it. The lock ends with the process, however."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _remove_left() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, or in use
            if time.time() - folder.stat().st_mtime > _NEW:
                with _locked(folder):
                    shutil.rmtree(folder)
