"""What must never stand in a log is taken out of it, whoever put it there.

The second line of defence: nobody logs such things (`tests/test_quiet.py` runs everything at DEBUG
and looks). Pure; what is replaced says what it was, so that a log stays readable.
"""

import re
from collections.abc import Mapping
from typing import Any

NAMES = frozenset(
    {
        "assertion", "authorization", "body", "born", "case_id", "challenge", "client_secret",
        "code", "code_verifier", "codes", "cookie", "cookies", "credential", "email", "form",
        "form_token", "fragment", "headers", "id_token", "identity", "link", "name",
        "new_password", "nonce", "passkey", "password", "payload", "phone", "pin", "public_key",
        "raw", "recovery_code", "sayso-desk", "sayso-door", "secret", "seed", "state", "text",
        "token", "totp", "words",
    }
)  # fmt: skip
"""An event's fields that are never written out, whatever they hold."""

_SYMBOL = "[0-9A-HJKMNP-TV-Z]"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("[bot token]", re.compile(r"(?<!\d)\d{3,}:[\w-]{16,}")),  # Telegram's, in addresses too
    ("[age identity]", re.compile(r"AGE-SECRET-KEY-[0-9A-Z-]+", re.IGNORECASE)),
    ("[signing secret]", re.compile(r"\bwhsec_[\w+/=-]+")),
    ("[seed]", re.compile(r"otpauth://\S+", re.IGNORECASE)),
    (r"\1[password]@", re.compile(r"(\b[\w.+-]+://[^\s:/@]*:)[^\s/@]+@")),
    (
        r"\1[withheld]",
        re.compile(r"((?:authorization|cookie|set-cookie)\W{1,4})[^\r\n]+", re.IGNORECASE),
    ),
    (r"\1[withheld]", re.compile(r"(\b(?:__Host-)?sayso[-_]\w+=)[^\s;,'\"]+")),
    (r"\1 [withheld]", re.compile(r"\b(bearer|basic)\s+[\w+/=.~-]{8,}", re.IGNORECASE)),
    (r"\1#[fragment]", re.compile(r"((?:https?://|/)[^\s#'\"]*)#[^\s'\"]+")),
    (r"\1?[query]", re.compile(r"((?:https?://|/)[^\s?#'\"]*)\?[^\s'\"]+")),
    (r"\1[link]", re.compile(r"(/desk/sign-in/)[\w-]+")),
    (
        "[code]",
        re.compile(
            rf"(?<![\w-]){_SYMBOL}{{4}}[- ]{_SYMBOL}{{4}}[- ]{_SYMBOL}{{4}}(?![\w-])",
            re.IGNORECASE,
        ),
    ),
    ("[code]", re.compile(rf"(?<![\w-]){_SYMBOL}{{12}}(?![\w-])", re.IGNORECASE)),
    ("[secret]", re.compile(r"(?<![\w-])(?!(?:[0-9a-f]{8}-))[\w-]{40,}")),
)


def redacted(text: str) -> str:
    """`text` without tokens, codes, links' secrets, cookies and passwords."""
    for instead, pattern in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def redacted_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """A log's event, its fields and theirs."""
    return {name: _value(name, value) for name, value in event.items()}


def _value(name: str, value: Any) -> Any:
    if name.lower() in NAMES:
        return "[withheld]"
    match value:
        case bool() | int() | float() | None:
            return value
        case str():
            return redacted(value)
        case Mapping():
            return redacted_event({str(key): inner for key, inner in value.items()})
        case list() | tuple() | set() | frozenset():
            return [_value("", inner) for inner in value]
        case bytes() | bytearray():
            return f"[{len(value)} bytes]"
        case _:
            return f"[{type(value).__name__}]"  # its own text may hold anything
