"""Links that sign a member of staff in: how they are made, and when they are good.

A real council's link is short-lived and works once. A demo's is one click and works again until
it ends, and only on the machine itself: a demo stands for no factor at all.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.settings import is_loopback
from storage import sign_in_links
from storage.keys import Keys

ONCE = timedelta(minutes=30)
DEMO = timedelta(days=7)
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def _hash(keys: Keys, council: str, token: str) -> bytes:
    return keys.blind(council, "sign_in_link", token)


def make(
    db: Connection, keys: Keys, council: str, staff_id: str, now: datetime, *, demo: bool
) -> str:
    """A new link for this member of staff; the token at its end."""
    sign_in_links.forget_expired(db, council, now)
    token = secrets.token_urlsafe(32)
    expires_at = now + (DEMO if demo else ONCE)
    sign_in_links.add(db, council, _hash(keys, council, token), staff_id, expires_at)
    return token


def use(
    db: Connection, keys: Keys, council: str, token: str, now: datetime, *, demo: bool
) -> str | None:
    """Whom the link signs in; none if it is unknown, used or too old. A real one is used up."""
    token_hash = _hash(keys, council, token)
    if demo:
        return sign_in_links.staff_id(db, council, token_hash, now)
    return sign_in_links.take(db, council, token_hash, now)


def is_this_machine(
    *, bound_to: str, peer: str | None, host: str, headers: Mapping[str, str]
) -> bool:
    """Whether a request can only come from the machine that Sayso runs on.

    `bound_to`: the address that is listened on; `host`: the name the browser asked for, without
    port. A proxy on the same machine looks like the machine itself, but says for whom it asks.
    """
    if any(name in headers for name in _FORWARDED):
        return False
    return is_loopback(bound_to) and is_loopback(peer or "") and is_loopback(host)
