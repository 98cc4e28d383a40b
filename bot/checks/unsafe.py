"""Unsafe set-ups that can be seen from the settings and the council's file alone. Pure."""

import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from sqlalchemy import make_url

from bot.service.council import Council
from bot.settings import LogLevel, Settings, TelegramMode, TelegramStyle, is_loopback

_SHORTEST = 16
"""Of a secret that others could try out: 16 of 64 signs are 96 bits."""
_OFTEN_CHOSEN = re.compile(
    r"(?i)(secret|sayso|telegram|webhook|token|change|password|example|test|default|12345|abc)"
)


def findings(settings: Settings, council: Council) -> list[str]:
    """Everything there is to say, in the order of how much it matters."""
    checks = _ALWAYS if council.demo else (*_ALWAYS, *_REAL)
    return [line for check in checks for line in check(settings, council)]


def plain_http(settings: Settings, _council: Council) -> list[str]:
    if settings.is_reached_safely:
        return []
    return [
        f"SAYSO_BASE_URL: {settings.public_url} is plain http, and others than this machine use "
        "it: what young people say could be read on the way. Put a proxy with https before it. "
        "Example: SAYSO_BASE_URL=https://sayso.northborough.example"
    ]


def nobody_behind_the_proxy(settings: Settings, _council: Council) -> list[str]:
    public = settings.public_url
    if settings.proxies or is_loopback(settings.host) or not public.startswith("https://"):
        return []
    return [
        "SAYSO_PROXIES: is empty, so everybody behind the proxy counts as one who mistypes. "
        "Say how many proxies there are. Example: SAYSO_PROXIES=1"
    ]


def demo_in_public(settings: Settings, council: Council) -> list[str]:
    host = urlsplit(settings.public_url).hostname or ""
    if not council.demo or (is_loopback(settings.host) and is_loopback(host)):
        return []
    return [
        "SAYSO_COUNCIL: this is the demo, whose sign-in links open the desk with one click, and "
        f"{settings.public_url} or SAYSO_HOST={settings.host} lets others in. Name a real "
        "council's file. Example: SAYSO_COUNCIL=/etc/sayso/council.toml"
    ]


def webhook_unreachable(settings: Settings, _council: Council) -> list[str]:
    public, api = settings.public_url, settings.telegram_api_url
    webhook = settings.telegram_token and settings.telegram_mode is TelegramMode.WEBHOOK
    if not webhook or public.startswith("https") or api != "https://api.telegram.org":
        return []
    return [
        "SAYSO_TELEGRAM_MODE: Telegram calls https addresses only, and SAYSO_BASE_URL is "
        f"{public}. Set an https address, or SAYSO_TELEGRAM_MODE=polling."
    ]


def bot_api_in_the_open(settings: Settings, _council: Council) -> list[str]:
    parts = urlsplit(settings.telegram_api_url)
    if parts.scheme == "https" or is_loopback(parts.hostname or ""):
        return []
    return [
        f"SAYSO_TELEGRAM_API_URL: {parts.scheme}://{parts.netloc} is plain http: the bot's token "
        "and every message could be read on the way. Use https, or a Bot API on this machine."
    ]


def weak_webhook_secret(settings: Settings, _council: Council) -> list[str]:
    secret = settings.telegram_secret
    if not secret or (len(secret) >= _SHORTEST and not _OFTEN_CHOSEN.search(secret)):
        return []
    return [
        "SAYSO_TELEGRAM_SECRET: is short or easily guessed: whoever guesses it can speak as any "
        "young person in Telegram. Leave it empty and Sayso makes one."
    ]


def weak_metrics_token(settings: Settings, _council: Council) -> list[str]:
    token = settings.metrics_token
    if not token or (len(token) >= _SHORTEST and not _OFTEN_CHOSEN.search(token)):
        return []
    return [
        "SAYSO_METRICS_TOKEN: is short or easily guessed. Example: openssl rand -hex 32; or leave "
        "it empty, and only this machine reads /metrics."
    ]


def same_destinations(settings: Settings, _council: Council) -> list[str]:
    """Also one folder inside the other: who may read the outer one reads both."""
    ordinary, restricted = settings.case_record, settings.case_record_restricted
    if not restricted or not _within(ordinary, restricted):
        return []
    return [
        "SAYSO_CASE_RECORD_RESTRICTED: leads to the same place as SAYSO_CASE_RECORD, so that "
        "answers for the reviewing officer alone would lie where everybody reads. Set another "
        "place that only they can open, or leave it empty: then these answers stay at the desk."
    ]


def _within(one: str, other: str) -> bool:
    if not (one.startswith("folder:") and other.startswith("folder:")):
        return one.rstrip("/").lower() == other.rstrip("/").lower()
    paths = [PurePosixPath(where.removeprefix("folder:")) for where in (one, other)]
    return paths[0].is_relative_to(paths[1]) or paths[1].is_relative_to(paths[0])


def full_style_for_the_young(settings: Settings, _council: Council) -> list[str]:
    full = settings.telegram_token and settings.telegram_style is TelegramStyle.FULL
    if not full or settings.telegram_minimum_age >= 16:
        return []
    return [
        f"SAYSO_TELEGRAM_MINIMUM_AGE: is {settings.telegram_minimum_age}, and in the style full "
        "Telegram can read every answer. Set 16 or more, or SAYSO_TELEGRAM_STYLE=doorbell."
    ]


def limits_off(settings: Settings, _council: Council) -> list[str]:
    if settings.limits:
        return []
    return [
        "SAYSO_LIMITS: is off, so that codes can be guessed without a pause. It is for load tests "
        "on a demo database only. Set SAYSO_LIMITS=on."
    ]


def nobody_out_of_hours(_settings: Settings, council: Council) -> list[str]:
    found = []
    if not council.duty_phone:
        found.append(
            "SAYSO_COUNCIL: duty_phone is missing: a young person who is not safe has nobody of "
            'the council to ring. Example: duty_phone = "01632 960 111"'
        )
    if not council.out_of_hours_phone:
        found.append(
            "SAYSO_COUNCIL: out_of_hours_phone is missing: at night and at weekends a young person "
            "who is not safe has nobody of the council to ring. Set the emergency duty team's "
            'number. Example: out_of_hours_phone = "01632 960 112"'
        )
    if council.duty is None and council.duty_phone:  # without a number it can't be set
        found.append(
            "SAYSO_COUNCIL: [duty] is missing: Help me now tells nobody, and nothing that young "
            "people write is read for danger. Set it once somebody looks at the desk's alerts in "
            "its hours: docs/alerts.md"
        )
    return found


def no_backup(settings: Settings, _council: Council) -> list[str]:
    recipients = settings.backup_recipients.split()
    if len(recipients) >= 2:
        return []
    if recipients:
        return [
            "SAYSO_BACKUP_RECIPIENTS: names one person only; when they are gone, no backup can be "
            "opened. Add a second one's age1… with a space between."
        ]
    return [
        "SAYSO_BACKUP_RECIPIENTS: is empty, so that `sayso backup` makes no backup. Set two "
        "people's age recipients (age-keygen, on other machines), with a space between."
    ]


def checkpoints_stay(settings: Settings, _council: Council) -> list[str]:
    if settings.audit_checkpoints:
        return []
    return [
        "SAYSO_AUDIT_CHECKPOINTS: the audit's checkpoints never leave the machine, so nobody "
        "can tell when its end is cut off. Example: SAYSO_AUDIT_CHECKPOINTS=syslog:"
    ]


def logs_at_debug(settings: Settings, _council: Council) -> list[str]:
    if settings.log_level is not LogLevel.DEBUG:
        return []
    return [
        "SAYSO_LOG_LEVEL: is debug. It holds no words, but it is slow and fills the disk; it is "
        "for looking for a fault. Set SAYSO_LOG_LEVEL=info."
    ]


def database_in_the_open(settings: Settings, _council: Council) -> list[str]:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "postgresql" or not url.host or is_loopback(url.host):
        return []
    if url.query.get("ssl") in ("require", "verify-ca", "verify-full"):
        return []
    return [
        f"SAYSO_DATABASE_URL: the way to {url.host} is not encrypted for certain. Add "
        "?ssl=verify-full (or require) to the address."
    ]


Check = Callable[[Settings, Council], list[str]]

_ALWAYS: Sequence[Check] = (
    demo_in_public,
    plain_http,
    nobody_behind_the_proxy,
    bot_api_in_the_open,
    webhook_unreachable,
    weak_webhook_secret,
    weak_metrics_token,
    same_destinations,
    full_style_for_the_young,
    database_in_the_open,
)
_REAL: Sequence[Check] = (
    nobody_out_of_hours,
    limits_off,
    no_backup,
    checkpoints_stay,
    logs_at_debug,
)
"""What the demo of invented people may do without."""
