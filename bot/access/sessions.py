"""Staff sessions: what stands in the cookie, what is kept of it, how long it lasts.

The cookie holds 256 random bits; the database only their keyed hash. `SameSite=Lax`: with `Strict`
a browser that follows a sign-in link out of an e-mail would not send the cookie on the redirect
after it, and the person would land on the sign-in page again. Lax sends it on top-level GETs only,
and no GET changes anything but what its own page says was read.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from storage import staff_sessions
from storage.keys import Keys

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
_TOUCH_AFTER = timedelta(minutes=1)  # a row is not written again for every page


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is good now. `touch`: time to note that it is in use."""

    staff_id: str
    touch: bool


def cookie_name(*, secure: bool) -> str:
    """`__Host-` binds it to this host, the whole path and https; plain http is for the demo."""
    return "__Host-sayso-desk" if secure else "sayso-desk"


def _hash(keys: Keys, council: str, secret: str) -> bytes:
    return keys.blind(council, "staff_session", secret)


def start(db: Connection, keys: Keys, council: str, staff_id: str, now: datetime) -> str:
    """A new session; the secret for the cookie."""
    staff_sessions.forget_before(db, council, now - LONGEST)
    secret = secrets.token_urlsafe(32)
    staff_sessions.add(db, council, _hash(keys, council, secret), staff_id, now)
    return secret


def find(db: Connection, keys: Keys, council: str, secret: str, now: datetime) -> Session | None:
    """The session of this cookie; none if it is unknown, ended, idle or too old."""
    kept = staff_sessions.get(db, council, _hash(keys, council, secret))
    if kept is None or kept.revoked_at is not None:
        return None
    if now - kept.seen_at > IDLE or now - kept.started_at > LONGEST:
        return None
    return Session(kept.staff_id, now - kept.seen_at > _TOUCH_AFTER)


def touch(db: Connection, keys: Keys, council: str, secret: str, now: datetime) -> None:
    """It is in use now."""
    staff_sessions.touch(db, council, _hash(keys, council, secret), now)


def end(db: Connection, keys: Keys, council: str, secret: str, now: datetime) -> None:
    """It is good no more, at once and everywhere."""
    staff_sessions.revoke(db, council, _hash(keys, council, secret), now)


def form_token(keys: Keys, council: str, secret: str) -> str:
    """What every form of this session carries: another site can't know it."""
    return keys.blind(council, "staff_form", secret).hex()


def is_same(expected: str, token: str) -> bool:
    """Whether a form's token is the session's; takes as long for every wrong one."""
    return hmac.compare_digest(expected.encode(), token.encode(errors="replace"))
