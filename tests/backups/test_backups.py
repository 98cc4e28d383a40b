"""Backups: whole, encrypted, beside a writing server; and drills that find what is wrong."""

import asyncio
import base64
import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import Connection, delete, insert, select, text, update

from bot.backups import envelope, folder, making, restoring
from bot.service.house import House
from bot.web.context import now
from storage import people
from storage.audit import add as add_entry
from storage.sealed_columns import NOT_SEALED, SEALED, binary_columns
from storage.store import open_store
from storage.tables import audit, contributions, readings, young_people
from tests.backups.conftest import Escrow, new_escrow
from tests.sayso import house_at, running


async def test_a_backup_is_restored_elsewhere_with_every_row_and_opens(
    house: House, escrow: Escrow, scratch: str
) -> None:
    made = await making.make(house.council, house.settings)

    result = await restoring.drill(made.file, escrow.file, house, scratch)

    assert result.problems == []
    assert result.rows == made.rows > 50
    assert result.sample_opened > 50
    assert result.council == "northborough"
    assert 0 <= result.age_seconds < 60
    assert result.seconds > 0


async def test_a_drill_leaves_nothing_behind(
    house: House, escrow: Escrow, scratch: str, tmp_path: Path
) -> None:
    made = await making.make(house.council, house.settings)
    aside = tmp_path / "aside"
    aside.mkdir()

    await restoring.drill(made.file, escrow.file, house, scratch, aside=aside)

    assert list(aside.iterdir()) == []
    if scratch:
        store = await open_store(scratch)
        tables = await store.read(
            lambda db: db.execute(
                text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            ).scalar_one()
        )
        await store.close()
        assert tables == 0


async def test_only_who_holds_the_identity_opens_it(
    house: House, tmp_path: Path, scratch: str
) -> None:
    made = await making.make(house.council, house.settings)
    stranger = new_escrow(tmp_path / "stranger.txt")

    with pytest.raises(envelope.BackupUnfit, match="identity"):
        await restoring.drill(made.file, stranger.file, house, scratch)

    assert made.file.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.file.parent.stat().st_mode) == 0o700


async def test_two_people_can_each_open_it(
    house: House, escrow: Escrow, tmp_path: Path, scratch: str
) -> None:
    second = new_escrow(tmp_path / "second.txt")
    both = house.settings.model_copy(
        update={"backup_recipients": f"{escrow.recipient} {second.recipient}"}
    )
    made = await making.make(house.council, both)

    for one in (escrow, second):
        assert (await restoring.drill(made.file, one.file, house, scratch)).problems == []


async def test_it_opens_with_age_alone_and_without_sayso(house: House, escrow: Escrow) -> None:
    """As `docs/backup.md` says: decrypt, take the first line off."""
    made = await making.make(house.council, house.settings)

    plain = pyrage.decrypt(made.file.read_bytes(), envelope.identities_of(escrow.file))

    first, _end, database = plain.partition(b"\n")
    manifest = json.loads(first)
    assert manifest["council"] == "northborough"
    assert manifest["tally"]["rows"]["young_people"] > 0
    magic = {"sqlite": b"SQLite format 3\0", "postgresql": b"PGDMP"}[manifest["kind"]]
    assert database.startswith(magic)


async def test_the_key_ring_is_never_in_a_backup(house: House, escrow: Escrow) -> None:
    made = await making.make(house.council, house.settings)
    plain = pyrage.decrypt(made.file.read_bytes(), envelope.identities_of(escrow.file))
    ring = json.loads(Path(house.settings.keys).read_text())

    secrets = [ring["index"], *ring["keks"].values()]
    assert len(secrets) >= 2
    for secret in secrets:
        assert secret.encode() not in plain
        assert base64.b64decode(secret) not in plain


async def test_without_somebody_to_open_it_no_backup_is_made(house: House) -> None:
    nobody = house.settings.model_copy(update={"backup_recipients": ""})
    with pytest.raises(making.NoRecipients, match="SAYSO_BACKUP_RECIPIENTS"):
        await making.make(house.council, nobody)
    wrong = house.settings.model_copy(update={"backup_recipients": "age1nonsense"})
    with pytest.raises(envelope.RecipientUnfit, match="age1nonsense"):
        await making.make(house.council, wrong)
    assert not house.settings.backups.exists()


async def test_a_backup_is_made_while_words_come_in_and_holds_one_moment(
    house: House, escrow: Escrow, scratch: str
) -> None:
    """Every row of the writer is two, in two tables; a backup holds both or neither."""
    store = await open_store(house.settings.database_url, house.keys)
    stop, written = asyncio.Event(), 0

    async def write() -> None:
        nonlocal written
        while not stop.is_set():
            number = written
            await store.write(partial(_two_rows, house=house, number=number))
            written += 1

    writing = asyncio.create_task(write())
    while written < 20:
        await asyncio.sleep(0.01)
    made = await making.make(house.council, house.settings)
    at_the_end = written
    stop.set()
    await writing
    await store.close()

    result = await restoring.drill(made.file, escrow.file, house, scratch, checks=(_pairs,))
    assert result.problems == []
    assert at_the_end > 20  # it was written to all the while


def _two_rows(db: Connection, *, house: House, number: int) -> None:
    add_entry(db, house.id, now(), actor="sayso", act="pair", subject=f"pair:{number}")
    db.execute(
        insert(readings),
        {
            "council": house.id,
            "contribution_id": f"pair-{number}",
            "version": 1,
            "staff_id": "one",
            "read_at": now(),
        },
    )


def _pairs(db: Connection, _house: House) -> list[str]:
    entries = db.execute(select(audit.c.subject).where(audit.c.act == "pair")).all()
    rows = db.execute(select(readings.c.contribution_id).where(readings.c.staff_id == "one")).all()
    assert len(entries) >= 20
    halves = {e.subject.removeprefix("pair:") for e in entries} ^ {
        r.contribution_id.removeprefix("pair-") for r in rows
    }
    return [f"{len(halves)} halves"] if halves else []


@pytest.mark.parametrize("change", ["cut", "flipped", "empty", "text"])
async def test_a_damaged_backup_is_refused_and_leaves_nothing(
    house: House, escrow: Escrow, scratch: str, tmp_path: Path, change: str
) -> None:
    made = await making.make(house.council, house.settings)
    whole = made.file.read_bytes()
    middle = len(whole) // 2
    changed = {
        "cut": whole[:-100],
        "flipped": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "empty": b"",
        "text": b"not a backup\n" * 100,
    }[change]
    made.file.write_bytes(changed)
    aside = tmp_path / "aside"
    aside.mkdir()

    with pytest.raises((envelope.BackupUnfit, restoring.RestoreFailed)):
        await restoring.drill(made.file, escrow.file, house, scratch, aside=aside)

    assert list(aside.iterdir()) == []


async def test_a_drill_finds_rows_that_are_missing(
    house: House, escrow: Escrow, scratch: str
) -> None:
    """A backup whose manifest says more than its database holds: made so by hand."""
    made = await making.make(house.council, house.settings)
    _change_manifest(made.file, escrow, contributions=3)

    result = await restoring.drill(made.file, escrow.file, house, scratch)

    assert [line.split(":")[0] for line in result.problems] == ["contributions"]


def _change_manifest(file: Path, escrow: Escrow, **more: int) -> None:
    identities = envelope.identities_of(escrow.file)
    first, _end, database = pyrage.decrypt(file.read_bytes(), identities).partition(b"\n")
    manifest = json.loads(first)
    for table, number in more.items():
        manifest["tally"]["rows"][table] += number
    plain = json.dumps(manifest).encode() + b"\n" + database
    recipients = envelope.recipients_of([escrow.recipient])
    file.write_bytes(pyrage.encrypt(plain, recipients))


async def test_a_drill_finds_values_that_cannot_be_opened(
    house: House, escrow: Escrow, scratch: str
) -> None:
    store = await open_store(house.settings.database_url, house.keys)
    await store.write(
        lambda db: db.execute(update(young_people).values(name=b"\xffno seal of ours"))
    )
    await store.close()
    made = await making.make(house.council, house.settings)

    result = await restoring.drill(made.file, escrow.file, house, scratch)

    assert len(result.problems) == 1
    assert result.problems[0].startswith("young_people.name: ")
    assert "SAYSO_KEYS" in result.problems[0]


async def test_a_drill_finds_an_audit_that_could_be_changed(
    house: House, escrow: Escrow, scratch: str
) -> None:
    store = await open_store(house.settings.database_url, house.keys)
    on = " ON audit" if scratch else ""
    names = (
        ("audit_refuses", "audit_refuses_truncate")
        if scratch
        else ("audit_refuses_UPDATE", "audit_refuses_DELETE")
    )
    for name in names:
        await store.write(partial(_execute, statement=f"DROP TRIGGER {name}{on}"))
    await store.close()
    made = await making.make(house.council, house.settings)

    result = await restoring.drill(made.file, escrow.file, house, scratch)

    assert result.problems == ["audit: its entries can be changed; the triggers are missing."]


def _execute(db: Connection, *, statement: str) -> None:
    db.execute(text(statement))


async def test_what_was_erased_after_the_backup_is_erased_again_before_anything_is_opened(
    house: House, escrow: Escrow, scratch: str
) -> None:
    made = await making.make(house.council, house.settings)
    seen: list[str] = []

    def erase(db: Connection, _house: House) -> int:
        seen.append("erased")
        return int(db.execute(delete(contributions)).rowcount)

    def look(db: Connection, _house: House) -> list[str]:
        seen.append("looked")
        return ["left"] if db.execute(select(contributions)).first() else []

    result = await restoring.drill(
        made.file, escrow.file, house, scratch, checks=(look,), replays=(erase,)
    )

    assert seen == ["erased", "looked"]
    assert result.problems == []
    assert result.erasures_replayed > 0


async def test_another_council_s_backup_is_told_apart(
    house: House, escrow: Escrow, scratch: str
) -> None:
    other = house.council.model_copy(update={"id": "southborough"})
    made = await making.make(other, house.settings)
    result = await restoring.drill(made.file, escrow.file, house, scratch)
    assert result.problems == [
        "The backup is of southborough, and SAYSO_COUNCIL says northborough."
    ]


async def test_restoring_goes_into_an_empty_database_only(
    house: House, escrow: Escrow, scratch: str, tmp_path: Path
) -> None:
    made = await making.make(house.council, house.settings)
    with pytest.raises(restoring.NotEmpty):
        await restoring.restore(made.file, escrow.file, house)

    empty = scratch or f"sqlite+aiosqlite:///{tmp_path / 'new' / 'sayso.db'}"
    settings = house.settings.model_copy(update={"database_url": empty})
    result = await restoring.restore(made.file, escrow.file, replace(house, settings=settings))

    assert result.problems == []
    store = await open_store(empty, house.keys)
    names = await store.read(lambda db: [one.name for one in people.all_staff(db, house.id)])
    await store.close()
    assert len(names) > 1
    if not scratch:
        assert stat.S_IMODE((tmp_path / "new" / "sayso.db").stat().st_mode) == 0o600


async def test_a_backup_of_one_database_does_not_go_into_the_other(
    house: House, escrow: Escrow, scratch: str, empty_postgres_url: str
) -> None:
    made = await making.make(house.council, house.settings)
    with pytest.raises(envelope.BackupUnfit, match="database, and would go into"):
        await restoring.drill(made.file, escrow.file, house, "" if scratch else empty_postgres_url)


async def test_backups_expire_after_35_days_and_nothing_else_does(house: House) -> None:
    there = house.settings.backups
    there.mkdir(mode=0o700)
    today = datetime.now(UTC)
    old = there / folder.name_of(today - timedelta(days=35, minutes=1))
    young = there / folder.name_of(today - timedelta(days=34, hours=23))
    other = there / "notes.txt"
    for file in (old, young, other):
        file.write_bytes(b"x")
        os.utime(file, (0, 0))  # its name says when it was made, whatever copied it since

    made = await making.make(house.council, house.settings)

    assert made.expired == [old.name]
    assert sorted(path.name for path in there.iterdir()) == sorted(
        (young.name, other.name, made.file.name)
    )


async def test_a_backup_that_fails_leaves_the_old_ones_and_nothing_half(house: House) -> None:
    there = house.settings.backups
    there.mkdir(mode=0o700)
    old = there / folder.name_of(datetime.now(UTC) - timedelta(days=99))
    old.write_bytes(b"x")
    gone = {
        "sqlite": "sqlite+aiosqlite:////nowhere/sayso.db",
        "postgresql": "postgresql+asyncpg://nobody@127.0.0.1:1/none",
    }[house.settings.database_url.partition("+")[0]]
    with pytest.raises((OSError, making.CopyFailed)):
        await making.make(house.council, house.settings.model_copy(update={"database_url": gone}))
    assert list(there.iterdir()) == [old]


def test_an_identity_that_others_may_read_is_refused(escrow: Escrow, tmp_path: Path) -> None:
    escrow.file.chmod(0o644)
    with pytest.raises(envelope.IdentityUnfit, match="chmod 600"):
        envelope.identities_of(escrow.file)
    empty = tmp_path / "empty.txt"
    empty.touch(0o600)
    with pytest.raises(envelope.IdentityUnfit, match="AGE-SECRET-KEY-1"):
        envelope.identities_of(empty)


def test_every_sealed_column_is_known_to_the_sample() -> None:
    assert {sealed.name for sealed in SEALED} == binary_columns() - NOT_SEALED
    assert binary_columns() >= NOT_SEALED


async def test_the_commands_work_beside_a_serving_sayso(
    tmp_path: Path, sqlite_database_url: str, escrow: Escrow
) -> None:
    house = house_at(tmp_path, sqlite_database_url)
    environment = {
        "PATH": os.environ["PATH"],
        "SAYSO_DATABASE_URL": sqlite_database_url,
        "SAYSO_KEYS": str(tmp_path / "keys.json"),
        "SAYSO_BACKUPS": str(tmp_path / "backups"),
        "SAYSO_BACKUP_RECIPIENTS": escrow.recipient,
    }
    async with running(house, tmp_path):
        code, out = await _sayso(environment, "backup", "--json")
        assert code == 0
        made = json.loads(out)
        assert Path(made["file"]).parent == tmp_path / "backups"
        drill = ("restore-drill", made["file"], "--identity", str(escrow.file))
        code, out = await _sayso(environment, *drill, "--json")
        assert code == 0
        assert json.loads(out)["problems"] == []
        code, out = await _sayso(environment, *drill)
        assert (code, out.splitlines()[-1]) == (0, "✓ The backup can be relied on.")

        code, _out = await _sayso({**environment, "SAYSO_BACKUP_RECIPIENTS": ""}, "backup")
        assert code == 1
        code, _out = await _sayso(environment, "restore-drill", "nowhere.age", "--identity", "x")
        assert code == 2
        _change_manifest(Path(made["file"]), escrow, staff=1)
        code, out = await _sayso(environment, *drill)
        assert code == 1
        assert "✗ staff: " in out


async def _sayso(environment: dict[str, str], *command: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *command, env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    out, _err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()
