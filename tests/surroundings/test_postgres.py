"""The tests' own PostgreSQL."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
from sqlalchemy import text

from storage.store import Store, open_store
from tests.databases import make_tables
from tests.postgres import Postgres

_START_AND_WAIT = """
import time
from tests import postgres
with postgres.running() as server:
    print(server.folder, flush=True)
    time.sleep(600)
"""


async def test_what_one_connection_commits_another_reads(store: Store) -> None:
    await store.write(lambda db: db.execute(text("CREATE TABLE kept (words text)")))
    await store.write(lambda db: db.execute(text("INSERT INTO kept VALUES ('My dog Rex 🐕')")))

    words = await store.read(lambda db: db.execute(text("SELECT words FROM kept")).scalar_one())

    assert words == "My dog Rex 🐕"


async def test_every_test_has_a_database_of_its_own_and_leaves_none(postgresql: Postgres) -> None:
    with postgresql.database() as first, postgresql.database() as second:
        postgresql.run("CREATE TABLE mine (id int)", first)
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert [postgresql.run(tables, name) for name in (first, second)] == ["1", "0"]

    databases = postgresql.run("SELECT datname FROM pg_database").splitlines()
    assert not {first, second} & set(databases)


async def test_a_database_goes_even_while_somebody_is_connected(postgresql: Postgres) -> None:
    with postgresql.database() as name:
        connection = await asyncpg.connect(postgresql.url(name).replace("+asyncpg", ""))

    assert connection.is_closed() or await _refused(connection)


async def _refused(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    try:
        await connection.fetchval("SELECT 1")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return True
    return False


async def test_it_is_as_durable_as_a_council_s(postgresql: Postgres) -> None:
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        assert postgresql.run(f"SHOW {setting}") == "on"


async def test_it_answers_by_tcp_with_its_password_only(postgresql: Postgres) -> None:
    connection = await asyncpg.connect(postgresql.tcp_url("postgres").replace("+asyncpg", ""))
    assert await connection.fetchval("SELECT current_user") == "sayso"
    await connection.close()

    wrong = Postgres(postgresql.folder, postgresql.port, "guessed")
    refused = None
    try:
        await asyncpg.connect(wrong.tcp_url("postgres").replace("+asyncpg", ""))
    except asyncpg.InvalidPasswordError as error:
        refused = error
    assert refused is not None


async def test_migrating_an_empty_database_makes_its_tables(empty_postgres_url: str) -> None:
    make_tables(empty_postgres_url)

    store = await open_store(empty_postgres_url)
    councils = await store.read(lambda db: db.execute(text("SELECT * FROM councils")).all())
    await store.close()
    assert councils == []


def test_it_ends_and_leaves_nothing_even_if_the_test_run_is_killed() -> None:
    test_run = subprocess.Popen(
        [sys.executable, "-c", _START_AND_WAIT], stdout=subprocess.PIPE, text=True
    )
    assert test_run.stdout is not None
    folder = Path(test_run.stdout.readline().strip())
    server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    assert Path(f"/proc/{server}").exists()

    test_run.send_signal(signal.SIGKILL)
    test_run.communicate()

    deadline = time.monotonic() + 20
    while (folder.exists() or Path(f"/proc/{server}").exists()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not folder.exists()
    assert not Path(f"/proc/{server}").exists()
