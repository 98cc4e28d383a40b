"""What council IT looks after: settings, health and keys of this installation. Never a word."""

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from urllib.parse import urlsplit

from sqlalchemy import Connection, make_url

from bot.service.house import House
from storage import health
from storage.health import Health

_PARTS = ("sayso", "aiohttp", "SQLAlchemy", "cryptography", "python-telegram-bot")


@dataclass(frozen=True, slots=True)
class Installation:
    """`settings`: each by its variable, without what is secret."""

    health: Health
    versions: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]


def look(db: Connection, house: House) -> Installation:
    """How this installation is. Reads only."""
    return Installation(health.look(db, house.id), tuple(_versions()), tuple(_settings(house)))


def _versions() -> Iterable[tuple[str, str]]:
    yield "Python", platform.python_version()
    for part in _PARTS:
        yield ("Sayso" if part == "sayso" else part), version(part)


def _settings(house: House) -> Iterable[tuple[str, str]]:
    settings = house.settings
    url = make_url(settings.database_url)
    yield "SAYSO_DATABASE_URL", url.set(query={}).render_as_string(hide_password=True)
    yield "SAYSO_BASE_URL", settings.public_url
    yield "SAYSO_KEYS", str(settings.keys)
    yield "SAYSO_COUNCIL", str(settings.council or "the demo's")
    yield "SAYSO_CASE_RECORD", _where(settings.case_record)
    yield "SAYSO_CASE_RECORD_RESTRICTED", _where(settings.case_record_restricted)
    yield "SAYSO_NOTIFY_KEY", "set" if settings.notify_key else "not set: no SMS, no e-mail"
    yield "SAYSO_TELEGRAM_TOKEN", "set" if settings.telegram_token else "not set: Telegram is off"
    yield "SAYSO_TELEGRAM_MODE", settings.telegram_mode.value
    yield "SAYSO_TELEGRAM_STYLE", settings.telegram_style.value


def _where(destination: str) -> str:
    """A destination without what its address may hold besides the host: keys go into queries."""
    if not destination:
        return "not set: restricted answers stay at the desk"
    parts = urlsplit(destination)
    return f"{parts.scheme}://{parts.hostname}" if parts.hostname else destination
