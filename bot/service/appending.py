"""Files that are only ever added to, a line at a time, and are on disk when it is said so."""

import os
from pathlib import Path


def append(path: Path, line: str, *, mode: int = 0o666) -> None:
    """Add one line. `OSError` if it is not certainly on disk. `mode`: of a file that is new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, mode)
    with os.fdopen(descriptor, "a+b") as file:
        length = file.seek(0, os.SEEK_END)
        file.seek(max(0, length - 1))
        torn = file.read(1) not in (b"", b"\n")  # a write that a crash cut off
        file.write((b"\n" if torn else b"") + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if length == 0:  # a new file's name has to be on disk, too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
