"""`sayso check`: what is misconfigured, and how to mend it."""

from bot.checks import database, files, unsafe
from bot.service.council import read_council
from bot.service.house import House
from bot.serving import opened
from bot.settings import SettingsWrong, read_settings
from storage.errors import SQLiteTooOld, StorageAway
from storage.keys import KeyRingUnfit, load_or_make
from storage.sqlite import check_version


async def problems() -> list[str]:
    """Each names the variable, what is wrong and what to do. Empty: all is well."""
    try:
        settings = read_settings()
        council = read_council(settings.council)
    except SettingsWrong as error:
        return error.problems
    found = unsafe.findings(settings, council)
    found += files.findings(settings, council)
    found += database.time_zones()
    try:
        check_version()
    except SQLiteTooOld as error:
        found.append(str(error))
    try:
        keys = load_or_make(settings.keys)
    except (KeyRingUnfit, OSError) as error:
        said = f"SAYSO_KEYS: {error}"
        return found if _said(found, settings.keys.name) else [*found, said]
    house = House(council, keys, settings)
    try:
        async with opened(house) as store:
            return found + await database.findings(store, house)
    except (StorageAway, SQLiteTooOld) as error:
        return [*found, f"SAYSO_DATABASE_URL: {error}"]


def _said(found: list[str], name: str) -> bool:
    """The files' check has named the key ring already."""
    return any(line.startswith("SAYSO_KEYS") and f"{name} may be read" in line for line in found)
