"""`sayso audit verify`, as it is run: beside a server, with and without something to find."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from bot.auditing import SENTENCES, verify_all
from bot.checking import problems
from bot.service.checkpointing import Tying
from bot.service.house import House
from bot.settings import SettingsWrong, read_settings
from storage import audit, checkpoints
from storage.audit_verifying import What
from storage.store import Store, open_store
from storage.tables import audit as table
from tests.sayso import house_at

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def act(db: Connection, house: House) -> None:
    for number in range(20):
        audit.add(db, house.id, NOW, actor="sayso", act="made", subject=f"review:{number}")


async def _verify(house: House, *options: str) -> tuple[int, str, str]:
    """The command, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "audit", "verify", *options,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "SAYSO_DATABASE_URL": house.settings.database_url,
             "SAYSO_KEYS": str(house.settings.keys)},
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def _opened(url: str, folder: Path) -> tuple[Store, House]:
    house = house_at(folder, url)
    return await open_store(url, house.keys), house


def _tamper(db: Connection, statement: str) -> None:
    if db.dialect.name == "postgresql":
        db.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        db.execute(text("ALTER TABLE audit_checkpoints DISABLE TRIGGER ALL"))
    else:
        for name in ("audit", "audit_checkpoints"):
            for what in ("UPDATE", "DELETE"):
                db.execute(text(f"DROP TRIGGER IF EXISTS {name}_refuses_{what}"))
    db.execute(text(statement))


async def test_what_is_as_it_was_written_is_said_to_be_and_that_is_on_record(
    database_url: str, tmp_path: Path
) -> None:
    store, house = await _opened(database_url, tmp_path)
    await store.write(partial(act, house=house))
    await Tying(store, house).tie(NOW)

    code, out, err = await _verify(house, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["whole"] is True
    assert (found["entries"], found["chains"], found["in_no_checkpoint"]) == (20, 1, 0)
    assert (found["checkpoint"], found["checkpoint_at"]) == (1, NOW.isoformat())
    assert found["broken"] == found["problems"] == []

    code, out, _err = await _verify(house)
    assert code == 0
    assert "✓ 21 entries in 2 chains are as they were written." in out
    assert "Checkpoint 1, 2026-11-24 09:30 UTC, is the last." in out
    assert "1 entry is in no checkpoint yet." in out
    assert f"ed25519 {found['public_key']}" in out
    noted = await store.read(
        lambda db: list(
            db.execute(select(table.c.detail).where(table.c.act == "audit_verified")).scalars()
        )
    )
    assert sorted(noted) == ["20 entries, 0 problems", "21 entries, 0 problems"]
    await store.close()


async def test_the_first_broken_entry_is_named_and_the_exit_code_says_so(
    database_url: str, tmp_path: Path
) -> None:
    store, house = await _opened(database_url, tmp_path)
    await store.write(partial(act, house=house))
    await store.write(partial(_tamper, statement="UPDATE audit SET act = 'x' WHERE sequence > 6"))

    code, out, _err = await _verify(house, "--json")

    assert code == 1
    (broken,) = json.loads(out)["broken"]
    assert (broken["council"], broken["sequence"], broken["what"]) == (house.id, 7, "inserted")
    code, out, _err = await _verify(house)
    assert code == 1
    assert f"✗ Chain {broken['chain']}, entry 7: it was put in" in out
    assert "✓" not in out
    await store.close()


async def test_checkpoints_that_left_tell_what_the_database_no_longer_can(
    database_url: str, tmp_path: Path
) -> None:
    store, house = await _opened(database_url, tmp_path)
    await store.write(partial(act, house=house))
    await Tying(store, house).tie(NOW)
    left = tmp_path / "left.jsonl"
    kept = await store.read(lambda db: checkpoints.lines(db, house.id))
    left.write_text("".join(f"{line}\n" for line in kept))
    for change in ("DELETE FROM audit WHERE sequence > 15", "DELETE FROM audit_checkpoints"):
        await store.write(partial(_tamper, statement=change))

    assert (await _verify(house))[0] == 0  # nothing here says that there was more
    code, out, _err = await _verify(house, "--checkpoints", str(left))

    assert code == 1
    assert "entry 16: it and all behind it are gone" in out
    assert "✗ The database keeps no checkpoint behind 0, and 1 left the machine." in out
    await store.close()


async def test_it_is_called_wrongly_with_a_file_that_is_not_there_or_no_text(
    sqlite_database_url: str, tmp_path: Path
) -> None:
    _store, house = await _opened(sqlite_database_url, tmp_path)
    await _store.close()
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"\xff\xfe\x00")

    assert (await _verify(house, "--checkpoints", str(tmp_path / "none")))[0] == 2
    code, _out, err = await _verify(house, "--checkpoints", str(garbage))
    assert code == 1
    assert "can't be read as text" in err


async def test_it_runs_beside_a_server_that_writes_without_pause(
    database_url: str, tmp_path: Path
) -> None:
    store, house = await _opened(database_url, tmp_path)
    stop = asyncio.Event()

    async def write() -> None:
        while not stop.is_set():
            await asyncio.gather(*(store.write(partial(act, house=house)) for _ in range(8)))

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.2)
    reports = [await verify_all(house) for _time in range(3)]
    stop.set()
    await writing

    assert [report.whole for report in reports] == [True] * 3
    assert 0 < reports[0].verified.entries < reports[2].verified.entries
    await store.close()


def test_every_kind_of_break_has_a_sentence() -> None:
    assert set(SENTENCES) == {what.value for what in What}
    documented = (Path(__file__).parents[1] / "docs" / "audit.md").read_text()
    assert all(f"| `{what.value}` |" in documented for what in What)


async def test_a_database_without_tables_is_not_called_whole(tmp_path: Path) -> None:
    house = house_at(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")

    code, out, err = await _verify(house)

    assert (code, out) == (1, "")
    assert "sayso migrate" in err


async def test_how_far_it_is_is_told(sqlite_database_url: str, tmp_path: Path) -> None:
    store, house = await _opened(sqlite_database_url, tmp_path)
    await store.write(partial(act, house=house))
    told: list[Any] = []

    await verify_all(house, progress=lambda read, of: told.append((read, of)))

    assert told == [(20, 20)]
    await store.close()


async def test_a_real_council_is_told_to_let_checkpoints_leave_and_a_demo_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = Path(__file__).parents[1] / "bot" / "demo" / "northborough.toml"
    real = tmp_path / "real.toml"
    real.write_text(demo.read_text().replace("demo = true", "demo = false"))
    monkeypatch.setenv("SAYSO_KEYS", str(tmp_path / "keys.json"))
    monkeypatch.setenv("SAYSO_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'no.db'}")
    found = {}
    for council in (demo, real):
        monkeypatch.setenv("SAYSO_COUNCIL", str(council))
        found[council] = [one for one in await problems() if "AUDIT_CHECKPOINTS" in one]
    monkeypatch.setenv("SAYSO_AUDIT_CHECKPOINTS", "syslog:")

    assert found[demo] == []
    assert len(found[real]) == 1
    assert [one for one in await problems() if "AUDIT_CHECKPOINTS" in one] == []


@pytest.mark.parametrize("where", ["file:", "ftp://elsewhere/x", "http://elsewhere/x", "https:"])
def test_a_place_where_no_checkpoint_can_go_is_refused(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAYSO_AUDIT_CHECKPOINTS", where)

    with pytest.raises(SettingsWrong, match=r"SAYSO_AUDIT_CHECKPOINTS: .*Example: file:"):
        read_settings()


@pytest.mark.parametrize("where", ["file:x", "syslog:", "syslog:/run/log", "http://localhost/x"])
def test_a_place_where_checkpoints_can_go_is_taken(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAYSO_AUDIT_CHECKPOINTS", where)
    monkeypatch.setenv("SAYSO_CASE_RECORD_SECRET", "whsec_x")

    assert read_settings().audit_checkpoints == where


def test_checkpoints_that_are_posted_need_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_AUDIT_CHECKPOINTS", "https://elsewhere.example/audit")

    with pytest.raises(SettingsWrong, match=r"SAYSO_CASE_RECORD_SECRET: .*SAYSO_AUDIT_CHECKPOINTS"):
        read_settings()
