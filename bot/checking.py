"""`sayso check`: what is misconfigured, and how to mend it."""

from bot.checks import alerting, database, files, unsafe
from bot.keeping_keys import house_of
from bot.opening import opened
from bot.service.council import Council, read_council
from bot.service.house import House
from bot.settings import Settings, SettingsWrong, read_settings
from storage.errors import KekUnknown, KeyRingUnfit, NotDurable, SQLiteTooOld, StorageAway
from storage.sqlite import check_version


async def problems() -> list[str]:
    """Each a line that says the variable, what is wrong and an example. None: all is well."""
    try:
        settings = read_settings()
        council = read_council(settings.council)
    except SettingsWrong as error:
        return error.problems
    try:
        keys = house_of().keys
    except (KeyRingUnfit, OSError) as error:
        found = _seen_from_outside(settings, council)
        said = str(error) if isinstance(error, KeyRingUnfit) else f"SAYSO_KEYS: {error}"
        return found if _is_said(found) else [*found, said]
    return await problems_of(House(council, keys, settings))


async def problems_of(house: House) -> list[str]:
    """The same of an installation whose settings and keys are read already."""
    found = _seen_from_outside(house.settings, house.council)
    try:
        check_version()
        async with opened(house) as store:
            return found + await database.findings(store, house)
    except SQLiteTooOld as error:
        return [*found, f"SAYSO_DATABASE_URL: {error}"]
    except (KekUnknown, KeyRingUnfit, NotDurable) as error:
        return [*found, str(error)]
    except StorageAway as error:
        return [*found, database.away(error)]


def _seen_from_outside(settings: Settings, council: Council) -> list[str]:
    """What can be said before anything is opened."""
    return [
        *unsafe.findings(settings, council),
        *alerting.findings(settings, council),
        *files.findings(settings, council),
        *database.time_zones(),
    ]


def _is_said(found: list[str]) -> bool:
    """The files' check has said already that others may read the key ring."""
    return any(line.startswith("SAYSO_KEYS") and "may be read by others" in line for line in found)
