"""`sayso keys`, and the start with a ring that is missing, wrong, or readable by others."""

import asyncio
import json
import os
import stat
import sys
from pathlib import Path

import pyrage
import pytest

from storage.errors import KeyRingMissing
from storage.keys import load
from storage.sealing import Place, seal, unseal
from storage.store import open_store
from tests.databases import sqlite_url
from tests.keys import COUNCIL, NOW, ring_at


class Installation:
    """An installation's folder, and its command line."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder, self.url = folder, database_url
        self.keys = folder / "keys.json"
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path.cwd()),
            "SAYSO_DATABASE_URL": database_url,
            "SAYSO_KEYS": str(self.keys),
            "SAYSO_CASE_RECORD": f"folder:{folder / 'record'}",
        }

    async def sayso(self, *command: str, code: int = 0) -> str:
        """What it prints, wherever; the exit code is checked."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *command, env=self.environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        said = out.decode() + err.decode()
        assert process.returncode == code, said
        assert "Traceback" not in said
        return said

    async def keep(self, words: str) -> bytes:
        """Seal something here, so that the database has its ring."""
        store = await open_store(self.url, ring_at(self.keys))
        sealed = await store.write(lambda db: seal(db, PLACE, words))
        await store.close()
        return sealed

    async def opened(self, sealed: bytes) -> str:
        store = await open_store(self.url, load(self.keys, COUNCIL, NOW))
        said = await store.read(lambda db: unseal(db, PLACE, sealed))
        await store.close()
        return said


PLACE = Place(COUNCIL, "conversations", "state", "c", "p")


@pytest.fixture
def here(tmp_path: Path, sqlite_database_url: str) -> Installation:
    return Installation(tmp_path, sqlite_database_url)


async def test_a_new_installation_gets_a_ring_once(tmp_path: Path) -> None:
    here = Installation(tmp_path, sqlite_url(tmp_path / "new.db"))
    council = (Path("bot/demo/northborough.toml")).read_text().replace("demo = true", "")
    (tmp_path / "council.toml").write_text(council)
    here.environment["SAYSO_COUNCIL"] = str(tmp_path / "council.toml")
    assert "sayso keys new" in await here.sayso("migrate", code=1)
    assert not (tmp_path / "new.db").exists()

    assert "The key ring is made" in await here.sayso("keys", "new")

    assert stat.S_IMODE(here.keys.stat().st_mode) == 0o600
    before = here.keys.read_bytes()
    assert "sayso keys rotate" in await here.sayso("keys", "new", code=1)
    assert here.keys.read_bytes() == before
    await here.sayso("migrate")
    (one,) = json.loads(await here.sayso("keys", "list", "--json"))
    assert (one["current"], one["data_keys"]) == (True, 0)
    assert one["id"] in await here.sayso("keys", "list")


START = [("serve",), ("work",), ("check",)]


async def test_nothing_starts_without_the_ring_that_sealed_what_is_there(
    here: Installation,
) -> None:
    await here.keep("words")
    here.keys.rename(here.folder / "elsewhere.json")

    for command in [*START, ("demo", "--prepare"), ("keys", "new")]:
        said = await here.sayso(*command, code=1)
        assert f"No key ring at {here.keys}" in said, command
        assert "restore it from escrow" in said
        assert not here.keys.exists(), command  # a new one would open nothing


async def test_nothing_starts_with_the_ring_of_another_installation_or_council(
    here: Installation,
) -> None:
    await here.keep("words")
    here.keys.unlink()
    ring_at(here.keys)
    for command in START:
        said = await here.sayso(*command, code=1)
        assert "sealed by another key ring" in said, command
    here.keys.unlink()
    ring_at(here.keys, "southborough")
    assert "the council 'southborough'" in await here.sayso("serve", code=1)


async def test_nothing_starts_with_a_ring_that_others_may_read(here: Installation) -> None:
    ring_at(here.keys)
    here.keys.chmod(0o644)
    assert f"chmod 600 {here.keys}" in await here.sayso("serve", code=1)


async def test_check_finds_the_ring_in_order(here: Installation) -> None:
    await here.keep("words")
    assert "Everything is in order" in await here.sayso("check")


async def test_a_ring_comes_back_from_escrow_by_each_recipient_alone(here: Installation) -> None:
    sealed = await here.keep("my brother")
    officers = [pyrage.x25519.Identity.generate() for _ in range(2)]
    out = here.folder / "escrow.age"
    given = [part for one in officers for part in ("--recipient", str(one.to_public()))]

    said = await here.sayso("keys", "export", *given, "--out", str(out))

    assert "2 recipients" in said
    plain = json.loads(here.keys.read_text())
    for secret in (plain["index"], *plain["keks"].values()):
        assert secret.encode() not in out.read_bytes()
    for number, officer in enumerate(officers):
        assert json.loads(pyrage.decrypt(out.read_bytes(), [officer])) == plain
        own = here.folder / f"officer-{number}"
        own.write_text(f"# created: today\n{officer}\n")
        here.keys.unlink()
        command = ("keys", "restore", str(out), "--identity", str(own))
        assert "is back" in await here.sayso(*command)
        assert stat.S_IMODE(here.keys.stat().st_mode) == 0o600
        assert await here.opened(sealed) == "my brother"
        assert "is there already" in await here.sayso(*command, code=1)
    assert "in order" in await here.sayso("check")
    stranger = here.folder / "stranger"
    stranger.write_text(str(pyrage.x25519.Identity.generate()))
    said = await here.sayso("keys", "restore", str(out), "--identity", str(stranger), code=1)
    assert "can't be opened" in said
    stranger.write_text("AGE-SECRET-KEY-1NONSENSE")
    await here.sayso("keys", "restore", str(out), "--identity", str(stranger), code=1)


async def test_escrow_is_refused_with_fewer_than_two_recipients(here: Installation) -> None:
    ring_at(here.keys)
    out = here.folder / "escrow.age"
    one = str(pyrage.x25519.Identity.generate().to_public())
    for recipients in ([one], [one, one]):
        given = [part for recipient in recipients for part in ("--recipient", recipient)]
        said = await here.sayso("keys", "export", *given, "--out", str(out), code=1)
        assert "two recipients at least" in said
    given = ["--recipient", one, "--recipient", "age1nobody"]
    assert "begins with age1" in await here.sayso(
        "keys", "export", *given, "--out", str(out), code=1
    )
    assert not out.exists()
    other = str(pyrage.x25519.Identity.generate().to_public())
    out.write_text("here before")
    given = ["--recipient", one, "--recipient", other]
    await here.sayso("keys", "export", *given, "--out", str(out), code=1)
    assert out.read_text() == "here before"
    await here.sayso("keys", "export", code=2)


async def test_a_demo_whose_ring_is_gone_begins_anew_only_on_an_empty_database(
    here: Installation, tmp_path: Path
) -> None:
    here.environment["SAYSO_DATABASE_URL"] = sqlite_url(tmp_path / "demo.db")
    await here.sayso("demo", "--prepare")
    assert here.keys.exists()
    made = here.keys.read_bytes()
    await here.sayso("demo", "--prepare")  # goes on
    assert here.keys.read_bytes() == made
    load(here.keys, COUNCIL, NOW)

    here.keys.unlink()
    await here.sayso("demo", "--prepare", code=1)
    with pytest.raises(KeyRingMissing):
        load(here.keys, COUNCIL, NOW)
