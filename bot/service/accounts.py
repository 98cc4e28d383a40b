"""A member of staff's own account: how they sign in, where they are signed in; and what whoever
looks after Sayso does with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.access import sessions
from bot.access.sessions import Stage, Way
from bot.service import passkeys, second_factor, signing_in
from bot.service.house import House
from bot.service.passkeys import NotThisPasskey
from storage import audit, people, staff_accounts, staff_identities, staff_passkeys, staff_sessions
from storage.people import Staff
from storage.staff_passkeys import Passkey

FRESH = timedelta(minutes=15)
"""How long after signing in one may change how one signs in: a desk left open is not enough."""


class StaffUnknown(Exception):
    """Nobody, or more than one, goes by this name or address."""


@dataclass(frozen=True, slots=True)
class Open:
    """Where somebody is signed in. `here`: in the browser that asks."""

    session_id: str
    way: Way
    device: str
    started_at: datetime
    seen_at: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What the account's page shows."""

    email: str | None
    has_password: bool
    has_app: bool
    bound: bool
    passkeys: list[Passkey]
    codes_left: int
    open: list[Open]
    may_change: bool

    @property
    def may_remove(self) -> bool:
        """Whether a second factor is left when one passkey goes."""
        return self.has_app or len(self.passkeys) > 1


def account(db: Connection, house: House, secret: str, now: datetime) -> Account:
    """Theirs whose session this is, which the door has admitted."""
    here = sessions.find(db, house.keys, house.id, secret, now)
    if here is None:  # ended since the door let them in
        raise NotFresh
    staff_id = here.staff_id
    return Account(
        people.staff_member(db, house.id, staff_id).email,
        staff_accounts.password(db, house.id, staff_id) is not None,
        staff_accounts.generator(db, house.id, staff_id) is not None,
        staff_identities.is_bound(db, house.id, staff_id),
        staff_passkeys.of_staff(db, house.id, staff_id),
        staff_accounts.recovery_codes_left(db, house.id, staff_id),
        [
            Open(
                kept.session_id,
                Way(kept.way),
                kept.device,
                kept.started_at,
                kept.seen_at,
                kept.session_id == here.session_id,
            )
            for kept in staff_sessions.of_staff(db, house.id, staff_id)
            if kept.stage == Stage.FULL and sessions.is_good(kept, now)
        ],
        now - here.started_at <= FRESH,
    )


class NotFresh(Exception):
    """They signed in too long ago to change how they sign in."""


def require_fresh(db: Connection, house: House, secret: str, now: datetime) -> str:
    """Who it is, if they signed in just now. `NotFresh`."""
    session = sessions.find(db, house.keys, house.id, secret, now)
    if session is None or now - session.started_at > FRESH:
        raise NotFresh
    return session.staff_id


def change_password(db: Connection, house: House, secret: str, hashed: str, now: datetime) -> str:
    """Keep the new one; all other sessions end, and this one goes on under a new id: its secret.
    `NotFresh`."""
    staff_id = require_fresh(db, house, secret, now)
    staff_accounts.set_password(db, house.id, staff_id, hashed, now)
    signing_in.note(db, house, staff_id, "password_set", now)
    return _only_here(db, house, secret, staff_id, now)


def _only_here(db: Connection, house: House, secret: str, staff_id: str, now: datetime) -> str:
    """All sessions end but this one, which goes on under a new id."""
    session = sessions.find(db, house.keys, house.id, secret, now)
    way = session.way if session is not None else Way.PASSWORD
    device = sessions.device(db, house.keys, house.id, secret)
    staff_sessions.revoke_all(db, house.id, staff_id, now)
    return sessions.start(
        db, house.keys, house.id, staff_id, now, stage=Stage.FULL, way=way, device=device
    )


def change_app(db: Connection, house: House, secret: str, code: str, now: datetime) -> str | None:
    """A new app instead of the one before; the secret of the session that goes on, or none if
    the code is wrong. `NotFresh`."""
    staff_id = require_fresh(db, house, secret, now)
    if not second_factor.keep_app(db, house, secret, staff_id, code, now):
        return None
    return _only_here(db, house, secret, staff_id, now)


def new_codes(db: Connection, house: House, secret: str, now: datetime) -> tuple[str, ...]:
    """Ten new recovery codes instead of what was left. `NotFresh`."""
    staff_id = require_fresh(db, house, secret, now)
    return second_factor.new_recovery_codes(db, house, staff_id, now)


def add_passkey(db: Connection, house: House, secret: str, text: str, now: datetime) -> bool:
    """Whether the browser's answer made one. `NotFresh`."""
    staff_id = require_fresh(db, house, secret, now)
    bound_to = passkeys.bound_to_session(house, secret)
    try:
        passkeys.keep(db, house, staff_id, text, bound_to, now)
    except NotThisPasskey:
        return False
    return True


def remove_passkey(
    db: Connection, house: House, secret: str, passkey_id: str, now: datetime
) -> bool:
    """Whether it is gone: the last second factor stays. `NotFresh`."""
    staff_id = require_fresh(db, house, secret, now)
    if not account(db, house, secret, now).may_remove:
        return False
    if not staff_passkeys.remove(db, house.id, staff_id, passkey_id):
        return False
    signing_in.note(db, house, staff_id, "passkey_removed", now, passkey_id)
    return True


def end_session(
    db: Connection, house: House, staff_id: str, session_id: str, now: datetime
) -> None:
    """End one of one's own sessions, wherever it is."""
    if staff_sessions.revoke_one(db, house.id, staff_id, session_id, now):
        signing_in.note(db, house, staff_id, "session_ended", now)


def sign_out_everywhere(db: Connection, house: House, staff_id: str, now: datetime) -> None:
    """End all of one's own sessions, this one too."""
    ended = staff_sessions.revoke_all(db, house.id, staff_id, now)
    signing_in.note(db, house, staff_id, "signed_out_everywhere", now, str(ended))


# By whoever looks after Sayso


def find(db: Connection, house: House, who: str) -> Staff:
    """By e-mail, else by whole name. `StaffUnknown`."""
    wanted = who.strip().casefold()
    everybody = people.all_staff(db, house.id)
    found = [one for one in everybody if (one.email or "").casefold() == wanted] or [
        one for one in everybody if one.name.casefold() == wanted
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise StaffUnknown(f"{len(found)} people are called {who}. Say their e-mail address.")
    raise StaffUnknown(
        f"Nobody is called {who}, or has it as e-mail address. See: sayso staff list"
    )


def reset(
    db: Connection, house: House, staff_id: str, now: datetime, *, second_factor_too: bool
) -> str:
    """A fresh link to choose a new password with; every session and the old password end. With
    `second_factor_too` app, passkeys and recovery codes go as well: for a lost phone."""
    staff_sessions.revoke_all(db, house.id, staff_id, now)
    staff_accounts.forget_links(db, house.id, staff_id)
    staff_accounts.drop_password(db, house.id, staff_id)
    if second_factor_too:
        staff_accounts.drop_generator(db, house.id, staff_id)
        staff_accounts.drop_recovery_codes(db, house.id, staff_id)
        staff_passkeys.remove_all(db, house.id, staff_id)
    detail = "second_factor" if second_factor_too else ""
    _by_sayso(db, house, staff_id, "account_reset", now, detail)
    return signing_in.make_link(db, house, staff_id, now)


def disable(db: Connection, house: House, staff_id: str, now: datetime) -> int:
    """They have left: no way in works from now on. How many sessions that ended."""
    staff_accounts.set_active(db, house.id, staff_id, active=False)
    ended = staff_sessions.revoke_all(db, house.id, staff_id, now)
    _by_sayso(db, house, staff_id, "account_disabled", now, str(ended))
    return ended


def enable(db: Connection, house: House, staff_id: str, now: datetime) -> None:
    """They are back. What they signed in with is good again."""
    staff_accounts.set_active(db, house.id, staff_id, active=True)
    _by_sayso(db, house, staff_id, "account_enabled", now)


def _by_sayso(
    db: Connection, house: House, staff_id: str, act: str, now: datetime, detail: str = ""
) -> None:
    subject = f"staff:{staff_id}"
    audit.add(db, house.id, now, actor="sayso", act=act, subject=subject, detail=detail)
