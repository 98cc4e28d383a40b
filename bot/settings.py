"""The one settings object, read from `SAYSO_*` once. Every variable is in `docs/settings.md`."""

import ipaddress
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


class SettingsWrong(Exception):
    """A setting can't be used; each line names the variable, what is wrong and an example."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ReachedUnsafely(Exception):
    """Sayso would be reached over plain http from elsewhere."""

    def __init__(self, public_url: str) -> None:
        super().__init__(
            f"SAYSO_BASE_URL: {public_url} is plain http, and others may read along. Put a proxy "
            "with https before it. Example: SAYSO_BASE_URL=https://sayso.northborough.example"
        )


class TelegramMode(StrEnum):
    WEBHOOK = "webhook"
    POLLING = "polling"


class TelegramStyle(StrEnum):
    """`doorbell`: Telegram carries neutral notices with a link; `full`: the conversation."""

    DOORBELL = "doorbell"
    FULL = "full"


class LogLevel(StrEnum):
    """From which level on something is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"


_EXAMPLES = {
    "database_url": "sqlite+aiosqlite:///var/sayso.db or postgresql+asyncpg://sayso@/sayso",
    "base_url": "https://sayso.northborough.example",
    "port": "8080",
    "telegram_token": "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11",
    "telegram_name": "NorthboroughSaysoBot",
    "telegram_api_url": "https://api.telegram.org",
    "telegram_mode": "webhook or polling",
    "telegram_style": "doorbell or full",
    "telegram_minimum_age": "16",
    "telegram_rate": "30/s or off",
    "limits": "on or off",
    "attachments": "10",
    "attachment_megabytes": "20",
    "picture_megapixels": "50",
    "voice_minutes": "5",
    "backup_recipients": "age1… age1…, two people's, from age-keygen",
    "log_level": "debug, info or warning",
    "case_record": "folder:var/case-record or https://integration.northborough.example/sayso",
    "audit_checkpoints": "file:/srv/elsewhere/sayso-checkpoints.jsonl, syslog: or "
    "https://integration.northborough.example/audit",
    "case_record_secret": "whsec_ and 32 to 64 bytes in base64",
    "oidc_issuer": "https://login.microsoftonline.com/TENANT-ID/v2.0",
    "oidc_client_id": "00000000-0000-0000-0000-000000000000",
    "notify_key": "duty-00000000-0000-0000-0000-000000000000-00000000-0000-0000-0000-000000000000",
    "notify_url": "https://api.notifications.service.gov.uk",
    "notify_sms_template": "00000000-0000-0000-0000-000000000000",
    "notify_email_template": "00000000-0000-0000-0000-000000000000",
    "notify_callback_token": "20 or more letters, from `openssl rand -hex 24`",
    "proxies": "1 or 10.0.0.4,10.0.1.0/24",
}
LEDGER = "erasures.jsonl"
"""The erasure ledger's name among the backups, unless SAYSO_ERASURES names another place."""

_HEX = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_UUID = rf"^(?:{_HEX})?$"
_NOTIFY_KEY = re.compile(rf".+-{_HEX}-{_HEX}")
"""A name, the service's id, the secret: what GOV.UK Notify shows once when a key is made."""

_RATE = re.compile(r"off|[1-9][0-9]{0,4}/s")


class Settings(BaseSettings):
    """What an installation decides. Empty text means *not set*."""

    model_config = SettingsConfigDict(
        env_prefix="SAYSO_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    database_url: str = "sqlite+aiosqlite:///var/sayso.db"
    base_url: str = ""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    keys: str = "var/keys.json"
    council: Path | None = None
    telegram_token: str = Field(default="", repr=False)
    telegram_name: str = Field(default="", pattern=r"^(?:[A-Za-z][A-Za-z0-9_]{4,31})?$")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: TelegramMode = TelegramMode.WEBHOOK
    telegram_secret: str = Field(default="", repr=False, pattern=r"^[A-Za-z0-9_-]{0,256}$")
    telegram_style: TelegramStyle = TelegramStyle.DOORBELL
    telegram_minimum_age: Annotated[int, Field(ge=13, le=21)] = 16
    telegram_rate: str = "30/s"
    limits: bool = True
    attachments: Annotated[int, Field(ge=0, le=50)] = 10
    attachment_megabytes: Annotated[int, Field(ge=1, le=20)] = 20
    picture_megapixels: Annotated[int, Field(ge=4, le=80)] = 50
    voice_minutes: Annotated[int, Field(ge=1, le=15)] = 5
    case_record: str = "folder:var/case-record"
    case_record_restricted: str = ""
    case_record_secret: str = Field(default="", repr=False)
    backups: Path = Path("var/backups")
    backup_recipients: str = ""
    erasures: Path | None = None
    log_level: LogLevel = LogLevel.INFO
    metrics_token: str = Field(default="", repr=False)
    audit_checkpoints: str = ""
    notify_key: str = Field(default="", repr=False)
    notify_url: str = "https://api.notifications.service.gov.uk"
    notify_sms_template: str = Field(default="", pattern=_UUID)
    notify_email_template: str = Field(default="", pattern=_UUID)
    notify_callback_token: str = Field(default="", repr=False, pattern=r"^(?:[!-~]{20,200})?$")
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    proxies: str = ""

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        try:
            drivername = make_url(value).drivername
        except ArgumentError as error:
            raise ValueError("is no database address") from error
        if drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
            raise ValueError(f"{drivername} is not supported")
        return value

    @field_validator("base_url", "telegram_api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("is no http(s) address")
        if parts.query or parts.fragment:
            raise ValueError("must end after the path")
        return value.rstrip("/")

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        """As it is: a provider's name is compared sign by sign."""
        parts = urlsplit(value)
        loopback = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if value and not ((parts.scheme == "https" and parts.hostname) or loopback):
            raise ValueError("is no https address")
        return value

    @field_validator("proxies")
    @classmethod
    def _trusted(cls, value: str) -> str:
        if value.strip().isdigit():
            if not 1 <= int(value) <= 9:
                raise ValueError("is no number of proxies from 1 to 9")
            return value.strip()
        for one in filter(None, value.split(",")):
            try:
                ipaddress.ip_network(one.strip())
            except ValueError as error:
                raise ValueError("is neither a number nor a list of addresses") from error
        return value

    @field_validator("notify_key")
    @classmethod
    def _key(cls, value: str) -> str:
        if value and not _NOTIFY_KEY.fullmatch(value):
            raise ValueError("is no API key of GOV.UK Notify")
        return value

    @field_validator("notify_url")
    @classmethod
    def _notify(cls, value: str) -> str:
        if not is_safe_address(value):
            raise ValueError("is no https address")
        return value.rstrip("/")

    @field_validator("telegram_rate")
    @classmethod
    def _rate(cls, value: str) -> str:
        if not _RATE.fullmatch(value):
            raise ValueError("is no rate")
        return value

    @field_validator("case_record", "case_record_restricted")
    @classmethod
    def _destination(cls, value: str) -> str:
        if not value:
            return value
        scheme, _, rest = value.partition(":")
        if (scheme == "folder" and rest) or is_safe_address(value):
            return value
        raise ValueError("is neither folder:PATH nor an https address")

    @field_validator("audit_checkpoints")
    @classmethod
    def _checkpoints(cls, value: str) -> str:
        scheme, _, rest = value.partition(":")
        if not value or (scheme == "file" and rest) or scheme == "syslog":
            return value
        if is_safe_address(value):
            return value
        raise ValueError("is none of file:PATH, syslog: and an https address")

    @property
    def erasure_ledger(self) -> Path:
        """Where it stands what was erased, outside of the database."""
        return self.erasures or self.backups / LEDGER

    @property
    def public_url(self) -> str:
        """Where young people and staff reach Sayso, without a slash at the end."""
        return self.base_url or f"http://{self.host}:{self.port}"

    @property
    def is_reached_safely(self) -> bool:
        """Over https, or on this machine alone: else anybody on the way reads along."""
        if self.public_url.startswith("https://"):
            return True
        named = urlsplit(self.public_url).hostname or ""
        return is_loopback(named) and is_loopback(self.host)


def is_safe_address(value: str) -> bool:
    """https, or http that never leaves this machine."""
    parts = urlsplit(value)
    if parts.scheme == "http":
        return is_loopback(parts.hostname or "")
    return parts.scheme == "https" and bool(parts.hostname)


def is_loopback(host: str) -> bool:
    """Whether this name or address can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_settings() -> Settings:
    """From the environment; `SettingsWrong` says every problem at once."""
    try:
        settings = Settings()
    except ValidationError as error:
        problems = []
        for problem in error.errors():
            name = str(problem["loc"][0])
            what = problem["msg"].removeprefix("Value error, ")
            example = _EXAMPLES.get(name)
            line = f"SAYSO_{name.upper()}: {what}."
            problems.append(f"{line} Example: {example}" if example else line)
        raise SettingsWrong(problems) from None
    for name in ("case_record", "audit_checkpoints"):
        if getattr(settings, name).startswith("http") and not settings.case_record_secret:
            raise SettingsWrong(
                [
                    "SAYSO_CASE_RECORD_SECRET: is needed to sign what is posted to "
                    f"SAYSO_{name.upper()}. Example: {_EXAMPLES['case_record_secret']}"
                ]
            )
    if settings.oidc_issuer and not settings.oidc_client_id:
        raise SettingsWrong(
            [
                "SAYSO_OIDC_CLIENT_ID: is needed with SAYSO_OIDC_ISSUER: the name under which the "
                f"council's sign-in knows Sayso. Example: {_EXAMPLES['oidc_client_id']}"
            ]
        )
    return settings
