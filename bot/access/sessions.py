"""Staff sessions: what stands in the cookie, what is kept of it, how far it reaches, how long it
lasts.

The cookie holds 256 random bits; the database only their keyed hash. Every step up makes a new
session and ends the old one, so that a cookie seen earlier is worth nothing later.

`SameSite=Lax`: with `Strict` a browser that follows a sign-in link out of an e-mail, or comes back
from the council's own sign-in, would not send the cookie on the redirect after it, and the person
would land on the sign-in page again. Lax sends it on top-level GETs only, and no GET changes
anything but what its own page says was read.
"""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from storage import staff_sessions
from storage.keys import Keys
from storage.staff_sessions import KeptSession

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
HALFWAY = timedelta(minutes=30)
"""How long a session that is not signed in yet may take to get there."""
_TOUCH_AFTER = timedelta(minutes=1)  # a row is not written again for every page


class Stage(StrEnum):
    """How far a session reaches. The value is what `staff_sessions.stage` holds."""

    JOINING = "joining"  # came by a link: may choose a password and set up a second factor
    HALF = "half"  # gave the first factor: may only give the second
    FULL = "full"  # signed in


class Way(StrEnum):
    """How somebody came in. The value is what `staff_sessions.way` holds."""

    PASSWORD = "password"  # noqa: S105 - the name of a way
    PASSKEY = "passkey"
    COUNCIL = "council"  # the council's own sign-in
    LINK = "link"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is good now. `touch`: time to note that it is in use."""

    session_id: str
    staff_id: str
    stage: Stage
    way: Way
    started_at: datetime
    touch: bool


def cookie_name(*, secure: bool) -> str:
    """`__Host-` binds it to this host, the whole path and https; plain http is for the demo."""
    return "__Host-sayso-desk" if secure else "sayso-desk"


def door_cookie_name(*, secure: bool) -> str:
    """The cookie of whoever is not signed in yet: it ties their forms to their browser."""
    return "__Host-sayso-door" if secure else "sayso-door"


def hash_of(keys: Keys, council: str, secret: str) -> bytes:
    """What is kept of a cookie."""
    return keys.blind(council, "staff_session", secret)


def start(
    db: Connection,
    keys: Keys,
    council: str,
    staff_id: str,
    now: datetime,
    *,
    stage: Stage,
    way: Way,
    device: str,
) -> str:
    """A new session; the secret for the cookie."""
    staff_sessions.forget_before(db, council, now - LONGEST)
    secret = secrets.token_urlsafe(32)
    session = KeptSession(str(uuid.uuid4()), staff_id, stage.value, way.value, device, now, now)
    staff_sessions.add(db, council, hash_of(keys, council, secret), session)
    return secret


def find(db: Connection, keys: Keys, council: str, secret: str, now: datetime) -> Session | None:
    """The session of this cookie that is signed in; none if it is unknown, halfway, ended, idle or
    too old. What opens a page of the desk asks here, so halfway opens none."""
    found = _good(db, keys, council, secret, now)
    return found if found is not None and found.stage is Stage.FULL else None


def find_halfway(
    db: Connection, keys: Keys, council: str, secret: str, now: datetime
) -> Session | None:
    """The session of this cookie that is on its way to be signed in."""
    found = _good(db, keys, council, secret, now)
    return found if found is not None and found.stage is not Stage.FULL else None


def _good(db: Connection, keys: Keys, council: str, secret: str, now: datetime) -> Session | None:
    kept = staff_sessions.get(db, council, hash_of(keys, council, secret))
    if kept is None or not is_good(kept, now):
        return None
    touch = now - kept.seen_at > _TOUCH_AFTER
    return Session(
        kept.session_id,
        kept.staff_id,
        Stage(kept.stage),
        Way(kept.way),
        kept.started_at,
        touch,
    )


def is_good(kept: KeptSession, now: datetime) -> bool:
    """Neither ended, nor idle, nor too old."""
    longest = LONGEST if kept.stage == Stage.FULL else HALFWAY
    return (
        kept.revoked_at is None and now - kept.seen_at <= IDLE and now - kept.started_at <= longest
    )


def device(db: Connection, keys: Keys, council: str, secret: str) -> str:
    """The browser that the session was begun in; empty if there is no such session."""
    kept = staff_sessions.get(db, council, hash_of(keys, council, secret))
    return kept.device if kept is not None else ""


def touch(db: Connection, keys: Keys, council: str, secret: str, now: datetime) -> None:
    """It is in use now."""
    staff_sessions.touch(db, council, hash_of(keys, council, secret), now)


def end(db: Connection, keys: Keys, council: str, secret: str, now: datetime) -> bool:
    """It is good no more, at once and everywhere. Whether it was until now."""
    return staff_sessions.revoke(db, council, hash_of(keys, council, secret), now)


def form_token(keys: Keys, council: str, secret: str) -> str:
    """What every form of this session carries: another site can't know it."""
    return keys.blind(council, "staff_form", secret).hex()


def door_token(keys: Keys, council: str, secret: str) -> str:
    """What every form of a browser carries that is not signed in yet."""
    return keys.blind(council, "staff_door_form", secret).hex()


def is_same(expected: str, token: str) -> bool:
    """Whether a form's token is the session's; takes as long for every wrong one."""
    return hmac.compare_digest(expected.encode(), token.encode(errors="replace"))
