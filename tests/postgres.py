"""A PostgreSQL of the test run's own: made, used and thrown away."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path:
    """Where Debian keeps the server's programs, the newest version."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path and not found:
        found = [Path(on_path).resolve().parent]
    if not found:
        raise RuntimeError("PostgreSQL is missing. `make test` installs it.")
    return max(found)


@contextmanager
def cluster() -> Iterator[str]:
    """The folder of a running server's socket. Durability is as PostgreSQL ships it."""
    folder = Path(tempfile.mkdtemp(prefix="sayso-pg-"))
    become = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        become = ["runuser", "-u", "postgres", "--"]
    where = binaries()

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*become, str(where / program), *arguments], check=True, capture_output=True, cwd=folder
        )

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "sayso", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c max_connections=200"
    run("pg_ctl", "-D", data, "-l", str(folder / "log"), "-o", options, "-w", "start")
    try:
        yield str(folder)
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


def address(folder: str, database: str) -> str:
    return f"postgresql+asyncpg://sayso@/{database}?host={folder}"


def create(folder: str, database: str) -> str:
    """A new, empty database; its address."""
    subprocess.run(
        [
            str(binaries() / "createdb"),
            "-h",
            folder,
            "-U",
            "sayso",
            "-T",
            "template0",
            database,
        ],
        check=True,
        capture_output=True,
    )
    return address(folder, database)
