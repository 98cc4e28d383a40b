"""Codes that a young person types, and secrets that a link carries. Only keyed hashes are kept."""

import secrets

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISTAKEN = str.maketrans(
    {"O": "0", "I": "1", "L": "1", "-": None, " ": None, "–": None, "—": None}
)
SYMBOLS = 12
"""60 bits (`security.md` section 3)."""


def new_code() -> str:
    """`ABCD-EFGH-JKMN`, in Crockford's base 32."""
    return code_from(secrets.randbits(5 * SYMBOLS))


def code_from(number: int) -> str:
    """The code of a number of 60 bits."""
    symbols = "".join(
        _CROCKFORD[number >> shift & 31] for shift in range(5 * (SYMBOLS - 1), -1, -5)
    )
    return "-".join(symbols[i : i + 4] for i in range(0, SYMBOLS, 4))


def typed(code: str) -> str | None:
    """What was typed, as the twelve symbols that were meant; None if it can be no code."""
    symbols = "".join(code.upper().split()).translate(_MISTAKEN)
    if len(symbols) != SYMBOLS or any(symbol not in _CROCKFORD for symbol in symbols):
        return None
    return symbols


def new_secret() -> str:
    """256 bits for a link's `#fragment`, a cookie, a start payload: 43 of A-Za-z0-9_-."""
    return secrets.token_urlsafe(32)
