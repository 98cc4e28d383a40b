"""One-time codes of an authenticator app (TOTP, RFC 6238): six digits, a new one every 30 s."""

import base64
import hmac
from datetime import datetime, timedelta
from io import BytesIO

import pyotp
import segno

SECONDS = 30
_EITHER_SIDE = 1
"""Steps before and after that are taken too: clocks differ and people type (RFC 6238 5.2)."""


def seed_of(material: bytes) -> str:
    """The seed that these random bytes make, as an app takes it: 160 bits in base 32."""
    return base64.b32encode(material[:20]).decode()


def address(seed: str, account: str, issuer: str) -> str:
    """What the picture holds, `otpauth://totp/…`."""
    codes = pyotp.TOTP(seed, interval=SECONDS, name=account, issuer=issuer)
    return codes.provisioning_uri()


def picture(text: str) -> bytes:
    """A QR code as SVG: black on white whatever the page's colours, or no camera reads it."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=5, border=4, dark="#000000", light="#ffffff", xmldecl=False
    )
    return out.getvalue()


def step_of(seed: str, code: str, last_step: int, now: datetime) -> int | None:
    """The step that this code belongs to; none if it is wrong, too old, or used up.

    `last_step`: codes of it and before are used up. Whoever accepts the code uses the step up in
    the same transaction.
    """
    digits = "".join(code.split())
    if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    codes = pyotp.TOTP(seed, interval=SECONDS)
    current = int(now.timestamp()) // SECONDS
    found = None
    for step in range(current - _EITHER_SIDE, current + _EITHER_SIDE + 1):
        right = hmac.compare_digest(codes.at(step * SECONDS), digits)
        if right and step > last_step and found is None:
            found = step
    return found


def code_at(seed: str, moment: datetime, *, later: int = 0) -> str:
    """The code that an app shows then, or so many steps later."""
    return pyotp.TOTP(seed, interval=SECONDS).at(moment + timedelta(seconds=later * SECONDS))
