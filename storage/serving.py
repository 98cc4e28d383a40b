"""One process serves a SQLite file: a second is told so, and which one it is."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from storage.errors import StorageInUse


@contextmanager
def only_server(url: str) -> Iterator[None]:
    """Hold the file while serving; `StorageInUse` if another does. PostgreSQL needs no such thing.

    The lock is the kernel's: it ends with the process, however that ends.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        yield
        return
    path = Path(f"{parsed.database}.serving")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            other = file.read().strip() or "unknown"
            raise StorageInUse(
                f"{parsed.database} is served already, by process {other}. One process serves a "
                "SQLite file: stop that one first, or use PostgreSQL (SAYSO_DATABASE_URL) for more."
            ) from error
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield
