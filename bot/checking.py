"""`sayso check`: what is misconfigured, and how to mend it."""

import json
from pathlib import Path

from bot.keeping_keys import open_keys
from bot.service.council import read_council
from bot.service.house import House
from bot.serving import opened
from bot.settings import Settings, SettingsWrong, is_loopback, read_settings
from storage.errors import KekUnknown, KeyRingUnfit, NotDurable, SQLiteTooOld, StorageAway
from storage.migrate import is_current
from storage.sqlite import check_version


async def problems() -> list[str]:
    """Each names the variable, what is wrong and what to do. Empty: all is well."""
    try:
        settings = read_settings()
        council = read_council(settings.council)
    except SettingsWrong as error:
        return error.problems
    try:
        keys = open_keys(settings.keys, council.id)
    except KeyRingUnfit as error:
        return [*_unsafe(settings), str(error)]
    except OSError as error:
        return [*_unsafe(settings), f"SAYSO_KEYS: {error}"]
    return await problems_of(House(council, keys, settings))


async def problems_of(house: House) -> list[str]:
    """The same of an installation whose settings and keys are read already."""
    found = _unsafe(house.settings)
    if not house.council.demo and not house.settings.audit_checkpoints:
        found.append(
            "SAYSO_AUDIT_CHECKPOINTS: the audit's checkpoints never leave the machine, so nobody "
            "can tell when its end is cut off. Example: SAYSO_AUDIT_CHECKPOINTS=syslog:"
        )
    try:
        check_version()
    except SQLiteTooOld as error:
        found.append(str(error))
    return found + await _database(house)


def _unsafe(settings: Settings) -> list[str]:
    found = []
    public = settings.public_url
    if not settings.is_reached_safely:
        found.append(
            f"SAYSO_BASE_URL: {public} is plain http, and it or SAYSO_HOST lets others in. Put a "
            "proxy with https before it. Example: "
            "SAYSO_BASE_URL=https://sayso.northborough.example"
        )
    if not settings.proxies and not is_loopback(settings.host) and public.startswith("https://"):
        found.append(
            "SAYSO_PROXIES: is empty, so everybody behind the proxy counts as one who mistypes. "
            "Say how many proxies there are. Example: SAYSO_PROXIES=1"
        )
    for name in ("case_record", "case_record_restricted"):
        where = getattr(settings, name)
        if where.startswith("folder:"):
            found += _folder(f"SAYSO_{name.upper()}", Path(where.removeprefix("folder:")))
    if settings.telegram_token and settings.telegram_mode == "webhook" and public[:5] != "https":
        local = settings.telegram_api_url != "https://api.telegram.org"
        if not local:
            found.append(
                "SAYSO_TELEGRAM_MODE: Telegram calls https addresses only, and SAYSO_BASE_URL is "
                f"{public}. Set an https address, or SAYSO_TELEGRAM_MODE=polling."
            )
    return found


def _folder(variable: str, path: Path) -> list[str]:
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".sayso-check"
        probe.write_text(json.dumps("may be removed"))
        probe.unlink()
    except OSError as error:
        return [f"{variable}: nothing can be written to {path}: {error.strerror}."]
    return []


async def _database(house: House) -> list[str]:
    try:
        async with opened(house) as store:
            if not await is_current(store):
                return ["SAYSO_DATABASE_URL: the tables are not this version's. Run: sayso migrate"]
    except (KekUnknown, KeyRingUnfit, NotDurable) as error:
        return [str(error)]
    except StorageAway as error:
        return [
            f"SAYSO_DATABASE_URL: the database can't be reached ({error}). Example: "
            "sqlite+aiosqlite:///var/sayso.db or postgresql+asyncpg://sayso@localhost/sayso"
        ]
    return []
