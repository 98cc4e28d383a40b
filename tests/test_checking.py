"""`sayso check` finds each unsafe set-up, says how to mend it, and is content with a safe one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest
from sqlalchemy import insert, make_url

from bot.backups.envelope import recipients_of
from bot.checking import problems
from bot.checks import database, files, unsafe
from bot.service.council import read_council
from bot.service.house import House
from bot.settings import Settings
from storage.errors import SQLiteTooOld
from storage.sqlite import check_version
from storage.store import open_store
from storage.tables import councils
from tests.backups.conftest import new_escrow
from tests.databases import make_tables, sqlite_url
from tests.delivery.case_record import SECRET
from tests.delivery.notify import SETTINGS
from tests.keys import RING, ring_at
from tests.postgres import Postgres

COUNCIL = """
id = "southborough"
name = "Southborough Council"
review_team_phone = "01632 960 200"
file_readers = "Your social worker and their team"
file_readers_pathway = "Your PA and their team"
duty_phone = "01632 960 211"
duty_phone_adults = "01632 960 213"
out_of_hours_phone = "01632 960 212"

[duty]
opens = 09:00:00

[duty.team]
email = ["duty@southborough.example"]

[duty.out_of_hours]
sms = ["07700 900112"]

[duty.manager]
https = ["https://alerts.southborough.example/sayso"]
"""
NO_DUTY, _duty, _hours = COUNCIL.partition("[duty]")


class Installation:
    """A real council's, as safe as `docs/backup.md` and `docs/runbook.md` say; then changed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._monkeypatch = folder, monkeypatch
        self.keys = folder / "etc" / "keys.json"
        self.data = folder / "data" / "sayso.db"
        self.council = folder / "etc" / "council.toml"
        for name in ("etc", "data", "record", "restricted", "backups"):
            (folder / name).mkdir(mode=0o700)
        self.council.write_text(COUNCIL)
        ring_at(self.keys, "southborough")
        make_tables(sqlite_url(self.data))
        two = [new_escrow(folder / f"{name}.txt").recipient for name in ("one", "two")]
        assert len(recipients_of(two)) == 2
        self.set(
            database_url=sqlite_url(self.data),
            keys=str(self.keys),
            council=str(self.council),
            base_url="https://sayso.southborough.example",
            case_record=f"folder:{folder / 'record'}",
            case_record_restricted=f"folder:{folder / 'restricted'}",
            backups=str(folder / "backups"),
            backup_recipients=" ".join(two),
            audit_checkpoints="syslog:",
            case_record_secret=SECRET,
            **SETTINGS,
        )

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self._monkeypatch.setenv(f"SAYSO_{name.upper()}", value)

    def be_the_demo(self, **settings: str) -> None:
        self.keys.unlink()
        ring_at(self.keys)
        self.set(council="", **settings)

    def move_keys(self, to: Path) -> None:
        self.set(keys=str(self.keys.rename(to)))

    def write(self, text: str) -> None:
        self.council.write_text(text)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    return Installation(tmp_path, monkeypatch)


async def test_a_safe_installation_has_nothing_to_mend(installation: Installation) -> None:
    assert await problems() == []


Unsafe = Callable[[Installation], object]
UNSAFE: dict[str, tuple[Unsafe, str, str]] = {
    "plain http on a public host": (
        lambda here: here.set(base_url="http://sayso.southborough.example"),
        "SAYSO_BASE_URL", "https",
    ),
    "plain http because others reach the port": (
        lambda here: here.set(base_url="", host="0.0.0.0"),  # noqa: S104
        "SAYSO_BASE_URL", "Put a proxy with https",
    ),
    "the demo on a public address": (
        lambda here: here.be_the_demo(host="0.0.0.0", proxies="1"),  # noqa: S104
        "SAYSO_COUNCIL", "SAYSO_COUNCIL=/etc/sayso/council.toml",
    ),
    "keys that others may read": (
        lambda here: here.keys.chmod(0o644), "SAYSO_KEYS", "chmod 600",
    ),
    "keys that others may replace": (
        lambda here: here.keys.parent.chmod(0o777), "SAYSO_KEYS", "chmod go-w",
    ),
    "keys beside the database": (
        lambda here: here.move_keys(here.data.parent / "keys.json"),
        "SAYSO_KEYS", "/etc/sayso/keys.json",
    ),
    "keys beside the backups": (
        lambda here: here.set(backups=str(here.keys.parent / "backups")),
        "SAYSO_BACKUPS", "another machine",
    ),
    "an erasure ledger beside the database": (
        lambda here: here.set(erasures=str(here.data.parent / "erasures.jsonl")),
        "SAYSO_ERASURES", "SAYSO_ERASURES=/srv",
    ),
    "an erasure ledger that can't be written": (
        lambda here: (here.folder / "backups" / "erasures.jsonl").mkdir(),
        "SAYSO_ERASURES", "can't be written",
    ),
    "backups that others may open": (
        lambda here: (here.folder / "backups").chmod(0o755), "SAYSO_BACKUPS", "chmod 700",
    ),
    "no backup recipients": (
        lambda here: here.set(backup_recipients=""), "SAYSO_BACKUP_RECIPIENTS", "age-keygen",
    ),
    "one backup recipient": (
        lambda here: here.set(backup_recipients="age1one"), "SAYSO_BACKUP_RECIPIENTS", "second",
    ),
    "a database that others may read": (
        lambda here: here.data.chmod(0o644), "SAYSO_DATABASE_URL", "chmod 600",
    ),
    "a database that is not migrated": (
        lambda here: here.set(database_url=sqlite_url(here.folder / "data" / "new.db")),
        "SAYSO_DATABASE_URL", "sayso migrate",
    ),
    "a case record that everybody may read": (
        lambda here: (here.folder / "record").chmod(0o755), "SAYSO_CASE_RECORD", "chmod o=",
    ),
    "a case record that can't be written to": (
        lambda here: here.set(case_record="folder:/proc/record"),
        "SAYSO_CASE_RECORD", "the user that Sayso runs as",
    ),
    "a restricted record that is the ordinary one": (
        lambda here: here.set(case_record_restricted=f"folder:{here.folder / 'record'}"),
        "SAYSO_CASE_RECORD_RESTRICTED", "leave it empty",
    ),
    "a restricted record inside the ordinary one": (
        lambda here: here.set(case_record_restricted=f"folder:{here.folder / 'record' / 'r'}"),
        "SAYSO_CASE_RECORD_RESTRICTED", "leave it empty",
    ),
    "a case record over plain http": (
        lambda here: here.set(case_record="http://integration.southborough.example/sayso"),
        "SAYSO_CASE_RECORD", "https",
    ),
    "a short webhook secret": (
        lambda here: here.set(telegram_secret="q7x"),
        "SAYSO_TELEGRAM_SECRET", "Leave it empty",
    ),
    "a webhook secret that many choose": (
        lambda here: here.set(telegram_secret="my-secret-token-for-telegram"),
        "SAYSO_TELEGRAM_SECRET", "Leave it empty",
    ),
    "full Telegram below 16": (
        lambda here: here.set(
            telegram_token="1:x", telegram_style="full", telegram_minimum_age="13"
        ),
        "SAYSO_TELEGRAM_MINIMUM_AGE", "doorbell",
    ),
    "a Bot API over plain http": (
        lambda here: here.set(telegram_api_url="http://bot-api.southborough.example"),
        "SAYSO_TELEGRAM_API_URL", "https",
    ),
    "limits off": (
        lambda here: here.set(limits="off"), "SAYSO_LIMITS", "SAYSO_LIMITS=on",
    ),
    "nobody to ring out of hours": (
        lambda here: here.write(COUNCIL.replace("out_of_hours_phone", "# ")),
        "SAYSO_COUNCIL", "out_of_hours_phone =",
    ),
    "nobody to ring at all": (
        lambda here: here.write(NO_DUTY.replace("\nduty_phone =", "\n# ")),
        "SAYSO_COUNCIL", "duty_phone =",
    ),
    "nobody who looks at alerts": (
        lambda here: here.write(NO_DUTY), "SAYSO_COUNCIL", "[duty] is missing",
    ),
    "alerts that come to the desk alone": (
        lambda here: here.write(COUNCIL.partition("[duty.team]")[0]),
        "SAYSO_COUNCIL", "[duty.team] email =",
    ),
    "alerts that tell nobody at night": (
        lambda here: here.write(COUNCIL.replace('sms = ["07700 900112"]', "")),
        "SAYSO_COUNCIL", "[duty.out_of_hours] sms =",
    ),
    "alerts that nobody is told of in the end": (
        lambda here: here.write(COUNCIL.partition("[duty.manager]")[0]),
        "SAYSO_COUNCIL", "[duty.manager] sms =",
    ),
    "text messages to a number that takes none": (
        lambda here: here.write(COUNCIL.replace("07700 900112", "01632 960112")),
        "SAYSO_COUNCIL", "duty.out_of_hours.sms.0",
    ),
    "alerts over plain http": (
        lambda here: here.write(COUNCIL.replace("https://alerts", "http://alerts")),
        "SAYSO_COUNCIL", "is no https address",
    ),
    "no key for GOV.UK Notify": (
        lambda here: here.set(notify_key=""),
        "SAYSO_NOTIFY_KEY", "the text messages and e-mail of [duty]",
    ),
    "something else for a key of GOV.UK Notify": (
        lambda here: here.set(notify_key="secret"), "SAYSO_NOTIFY_KEY", "is no API key",
    ),
    "GOV.UK Notify over plain http": (
        lambda here: here.set(notify_url="http://notify.southborough.example"),
        "SAYSO_NOTIFY_URL", "https://api.notifications.service.gov.uk",
    ),
    "no template for text messages": (
        lambda here: here.set(notify_sms_template=""), "SAYSO_NOTIFY_SMS_TEMPLATE", "((text))",
    ),
    "no template for e-mail": (
        lambda here: here.set(notify_email_template=""),
        "SAYSO_NOTIFY_EMAIL_TEMPLATE", "((subject)) and ((text))",
    ),
    "a template's name for its id": (
        lambda here: here.set(notify_email_template="duty"),
        "SAYSO_NOTIFY_EMAIL_TEMPLATE", "Example: 00000000-",
    ),
    "alerts that can't be signed": (
        lambda here: here.set(case_record_secret=""), "SAYSO_CASE_RECORD_SECRET", "whsec_",
    ),
    "everybody behind a proxy that is not named": (
        lambda here: here.set(host="0.0.0.0"),  # noqa: S104
        "SAYSO_PROXIES", "SAYSO_PROXIES=1",
    ),
    "checkpoints that never leave": (
        lambda here: here.set(audit_checkpoints=""), "SAYSO_AUDIT_CHECKPOINTS", "syslog:",
    ),
    "logs at debug": (
        lambda here: here.set(log_level="debug"), "SAYSO_LOG_LEVEL", "info",
    ),
    "a metrics token that many choose": (
        lambda here: here.set(metrics_token="token"), "SAYSO_METRICS_TOKEN", "openssl rand",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", UNSAFE)
async def test_an_unsafe_set_up_is_found_and_how_to_mend_it_said(
    what: str, installation: Installation
) -> None:
    spoil, variable, mended_by = UNSAFE[what]
    spoil(installation)

    found = await problems()

    assert len(found) == 1, found
    assert found[0].startswith((f"{variable}: ", f"{variable} "))
    assert mended_by in found[0]


async def test_a_key_ring_that_is_not_there_is_found_and_none_is_made(
    installation: Installation,
) -> None:
    installation.keys.unlink()
    (found,) = await problems()
    assert "SAYSO_KEYS" in found
    assert "sayso keys new" in found
    assert not installation.keys.exists()


async def test_a_demo_s_database_is_not_a_council_s(installation: Installation) -> None:
    await _hold(installation, demo=True)
    (found,) = await problems()
    assert found.startswith("SAYSO_DATABASE_URL: this database holds a demo")
    assert "sayso migrate" in found


async def test_a_council_s_database_is_not_for_a_demo(installation: Installation) -> None:
    await _hold(installation, demo=False)
    installation.be_the_demo(base_url="")
    (found,) = await problems()
    assert found.startswith("SAYSO_DATABASE_URL: this database holds a real council")


async def _hold(installation: Installation, *, demo: bool) -> None:
    store = await open_store(sqlite_url(installation.data))
    values = {"council": "one", "demo": demo, "created_at": datetime.now(UTC)}
    await store.write(lambda db: db.execute(insert(councils), values))
    await store.close()


async def test_a_database_that_is_away_is_named_without_its_password(
    installation: Installation,
) -> None:
    installation.set(database_url="postgresql+asyncpg://sayso:hunter2@127.0.0.1:1/sayso")
    (found,) = await problems()
    assert found.startswith("SAYSO_DATABASE_URL: the database can't be reached")
    assert "hunter2" not in found


async def test_a_postgresql_that_could_lose_commits_is_found(
    installation: Installation, postgresql: Postgres, postgres_database_url: str
) -> None:
    """The other settings: `tests/storage/test_durability.py`."""
    installation.set(database_url=postgres_database_url)
    name = make_url(postgres_database_url).database
    postgresql.run(f"ALTER DATABASE {name} SET synchronous_commit = off")
    (found,) = await problems()
    assert "SAYSO_DATABASE_URL" in found
    assert "Set synchronous_commit = on" in found


async def test_a_superuser_s_role_and_a_way_without_tls_are_found(
    installation: Installation, postgres_database_url: str
) -> None:
    installation.set(database_url=postgres_database_url)
    (found,) = await problems()
    assert "NOSUPERUSER" in found

    def settings(url: str) -> Settings:
        return Settings(database_url=url, council=installation.council)

    council = read_council(installation.council)
    far = "postgresql+asyncpg://sayso@db.southborough.example/sayso"
    assert "ssl=verify-full" in unsafe.database_in_the_open(settings(far), council)[0]
    for safe in (f"{far}?ssl=verify-full", "postgresql+asyncpg://sayso@127.0.0.1/sayso"):
        assert unsafe.database_in_the_open(settings(safe), council) == []


async def test_clocks_apart_from_the_database_s_are_found(
    installation: Installation, postgres_database_url: str
) -> None:
    settings = Settings(database_url=postgres_database_url)
    house = House(read_council(None), RING, settings)
    store = await open_store(postgres_database_url)
    late = await database.findings(store, house, lambda: datetime.now(UTC) + timedelta(seconds=90))
    right = await database.findings(store, house)
    await store.close()
    assert len(late) == 1
    assert "90 seconds apart" in late[0] or "89 seconds apart" in late[0]
    assert "chrony" in late[0]
    assert right == []


def test_time_zones_that_are_missing_are_found() -> None:
    def missing(name: str) -> object:
        raise ZoneInfoNotFoundError(name)

    assert database.time_zones() == []
    assert "tzdata" in database.time_zones(missing)[0]


def test_an_old_sqlite_is_found() -> None:
    check_version()
    with pytest.raises(SQLiteTooOld, match=r"needs 3\.51\.3"):
        check_version((3, 40, 1))


def test_a_disk_that_is_nearly_full_is_found(installation: Installation) -> None:
    settings = Settings(database_url=sqlite_url(installation.data))
    assert files.disk(settings, lambda _path: 10**6)[0].startswith("SAYSO_DATABASE_URL: less than")
    assert files.disk(settings, lambda _path: 10**12) == []


def test_a_webhook_that_telegram_cannot_call_is_found(installation: Installation) -> None:
    council = read_council(installation.council)
    settings = Settings(telegram_token="1:x", base_url="http://127.0.0.1:8080")
    assert "polling" in unsafe.webhook_unreachable(settings, council)[0]


def test_a_new_database_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    make_tables(sqlite_url(file))
    assert file.stat().st_mode & 0o777 == 0o600
    wal = Path(f"{file}-wal")
    assert not wal.exists() or wal.stat().st_mode & 0o077 == 0


async def test_the_demo_itself_is_in_order(
    tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(make_url(sqlite_database_url).database or "").chmod(0o600)
    monkeypatch.setenv("SAYSO_DATABASE_URL", sqlite_database_url)
    monkeypatch.setenv("SAYSO_KEYS", str(tmp_path / "keys.json"))
    ring_at(tmp_path / "keys.json")
    monkeypatch.setenv("SAYSO_CASE_RECORD", f"folder:{tmp_path / 'record'}")
    assert await problems() == []
