"""A PostgreSQL of the test run's own: made from nothing, and gone with the test run.

It is as durable as a council's (`fsync` is on). Tests reach it by a socket that only they can
open, or by TCP with a password: on a shared machine a superuser without one would be a way in.
"""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

START_SECONDS = 60

# The server's parent. `cat` ends when the test run does, however that ends, even by SIGKILL:
# then the server is stopped and its folder removed. In a session of its own, so that Ctrl-C or
# a kill of the test run's process group leaves it time to do so.
_KEEPER = """
folder=$1; shift
"$@" </dev/null & server=$!
cat >/dev/null
kill -QUIT $server 2>/dev/null
wait $server
rm -rf "$folder"
"""


class NoPostgres(Exception):
    """PostgreSQL could not be started; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server."""

    folder: Path
    port: int
    password: str = field(repr=False)
    _numbers: "count[int]" = field(default_factory=lambda: count(1), repr=False)

    def url(self, database: str) -> str:
        """The address of a database, by the socket."""
        return f"postgresql+asyncpg://sayso@/{database}?host={self.folder}&port={self.port}"

    def tcp_url(self, database: str) -> str:
        """The same by TCP, for what stands between Sayso and its database."""
        return f"postgresql+asyncpg://sayso:{self.password}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The name of a new database, a copy of `template`; gone afterwards, in use or not."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield name
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str, database: str = "postgres") -> str:
        """One statement, as its own transaction; what it returns, a line per row."""
        psql = [str(binaries() / "psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
        there = ["--host", str(self.folder), "--port", str(self.port), "--username", "sayso"]
        done = subprocess.run(
            [*psql, "--set", "ON_ERROR_STOP=1", *there, "--command", statement, database],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise NoPostgres(f"{statement}: {done.stderr.strip()}")
        return done.stdout.strip()

    def may_write(self, most: int | None, *, new_ones_too: bool = True) -> None:
        """Its processes write no file beyond `most` bytes, as on a full disk; None: they may again.
        `new_ones_too`: nor do those that it starts from now on."""
        first = (self.folder / "data" / "postmaster.pid").read_text().splitlines()[0]
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        soft = "unlimited" if most is None else most
        for process in [first, *others] if new_ones_too else others:
            subprocess.run(
                [*_become(), "prlimit", "--pid", process, f"--fsize={soft}:"],
                check=False,  # one may have ended since
                stderr=subprocess.DEVNULL,
            )


def binaries() -> Path:
    """Where `initdb`, `postgres` and `psql` are: by PATH, else Debian's newest."""
    in_path = shutil.which("postgres")
    folders = [Path(in_path).resolve().parent] if in_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for folder in folders:
        if all((folder / program).exists() for program in ("initdb", "postgres", "psql")):
            return folder
    raise NoPostgres("There is no PostgreSQL. Run: tools/setup test")


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


@contextmanager
def running(settings: Mapping[str, object] | None = None) -> Iterator[Postgres]:
    """A server for as long as the context is open. `settings`: PostgreSQL's own, besides ours."""
    folder = Path(tempfile.mkdtemp(prefix="sayso-postgres-"))
    password = secrets.token_urlsafe()
    (folder / "password").write_text(password)
    become = _become()
    for path in (folder, folder / "password"):
        _give_away(path)
    try:
        _make(folder, become)
        server = Postgres(folder, _free_port(), password)
        keeper = _start(server, become, settings or {})
    except BaseException:
        shutil.rmtree(folder)
        raise
    with _kept(server, keeper):
        yield server


@contextmanager
def restored(base: Path, settings: Mapping[str, object]) -> Iterator[Postgres]:
    """A server on a copy of another's files (`pg_basebackup`), recovering as `settings` say."""
    folder = Path(tempfile.mkdtemp(prefix="sayso-postgres-"))
    try:
        shutil.copytree(base, folder / "data")
        (folder / "data" / "recovery.signal").touch()
        (folder / "data").chmod(0o700)
        for path in (folder, *folder.rglob("*")):
            _give_away(path)
        server = Postgres(folder, _free_port(), "")
        keeper = _start(server, _become(), settings)
    except BaseException:
        shutil.rmtree(folder)
        raise
    with _kept(server, keeper):
        yield server


@contextmanager
def _kept(server: Postgres, keeper: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        _wait_until_ready(server, keeper)
        yield
    finally:
        keeper.communicate()  # closes what `cat` reads


def _become() -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


def _give_away(path: Path) -> None:
    """To whoever the server runs as."""
    if os.geteuid() == 0:
        shutil.chown(path, "postgres", "postgres")


def _make(folder: Path, become: list[str]) -> None:
    done = subprocess.run(
        [
            *become,
            *(binaries() / "initdb", "--pgdata", folder / "data", "--username", "sayso"),
            *("--pwfile", folder / "password", "--auth-local=trust", "--auth-host=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C.UTF-8"),
            "--no-sync",  # the files of a cluster in which there is nothing yet
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    if done.returncode:
        raise NoPostgres(f"initdb: {done.stderr.strip()}")


def _start(
    server: Postgres, become: list[str], more: Mapping[str, object]
) -> "subprocess.Popen[bytes]":
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": server.port,
        "unix_socket_directories": server.folder,
        "max_connections": 200,
        **more,
    }
    postgres = [str(binaries() / "postgres"), "-D", str(server.folder / "data")]
    postgres += [f"--{name}={value}" for name, value in settings.items()]
    with (server.folder / "log").open("wb") as log:
        return subprocess.Popen(
            ["sh", "-c", _KEEPER, "keeper", str(server.folder), *become, *postgres],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=server.folder,
            start_new_session=True,
        )


def _wait_until_ready(server: Postgres, keeper: "subprocess.Popen[bytes]") -> None:
    """The last line of postmaster.pid says so."""
    written = server.folder / "data" / "postmaster.pid"
    deadline = time.monotonic() + START_SECONDS
    while not (written.exists() and written.read_text().splitlines()[-1:] == ["ready   "]):
        log = (server.folder / "log").read_text()
        if "FATAL" in log or keeper.poll() is not None or time.monotonic() > deadline:
            raise NoPostgres(f"PostgreSQL did not start:\n{log}")
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
