"""Signing in at the desk: by link, by password, by passkey; and out again.

A password is checked between two transactions, never inside one: `known` reads, the caller checks,
`by_password` writes.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.access import sessions, sign_in_links
from bot.access.sessions import Stage, Way
from bot.service.house import House
from storage import audit, councils, staff_accounts


def make_link(db: Connection, house: House, staff_id: str, now: datetime) -> str:
    """A sign-in link for a member of staff: the whole address. What prints it keeps no copy."""
    demo = _is_demo(db, house)
    token = sign_in_links.make(db, house.keys, house.id, staff_id, now, demo=demo)
    act = "demo_link_made" if demo else "sign_in_link_made"
    audit.add(db, house.id, now, actor="sayso", act=act, subject=f"staff:{staff_id}")
    return f"{house.settings.public_url}/desk/sign-in/{token}"


def one_click(db: Connection, house: House) -> bool:
    """Whether a link signs in at once (a demo's), or asks first (a real one works only once, and
    mail scanners open every link they see)."""
    return _is_demo(db, house)


@dataclass(frozen=True, slots=True)
class LinkUsed:
    """The new session. `signed_in`: it is all the way in, as a demo's link lets one."""

    secret: str
    signed_in: bool


def by_link(
    db: Connection, house: House, token: str, now: datetime, *, this_machine: bool, device: str
) -> LinkUsed | None:
    """Use a link; none if it is not good.

    `this_machine`: the request can only come from the machine Sayso runs on. A demo's link stands
    for both factors, and is good nowhere else. A real one lets in as far as choosing a password
    and setting up a second factor.
    """
    demo = _is_demo(db, house)
    if demo and not this_machine:
        return None
    staff_id = sign_in_links.use(db, house.keys, house.id, token, now, demo=demo)
    if staff_id is None:
        return None
    if demo:
        secret = enter(db, house, staff_id, now, way=Way.DEMO, device=device)
        return LinkUsed(secret, signed_in=True)
    note(db, house, staff_id, "sign_in_link_used", now)
    secret = sessions.start(
        db, house.keys, house.id, staff_id, now, stage=Stage.JOINING, way=Way.LINK, device=device
    )
    return LinkUsed(secret, signed_in=False)


@dataclass(frozen=True, slots=True)
class Known:
    """Who an address belongs to, and the hash to check the password against."""

    staff_id: str | None
    password: str | None


def known(db: Connection, house: House, email: str) -> Known:
    """Somebody or nobody: what follows takes as long and says the same."""
    staff_id = staff_accounts.by_email(db, house.keys, house.id, email.strip())
    password = staff_accounts.password(db, house.id, staff_id or "")
    return Known(staff_id, password)


def by_password(
    db: Connection, house: House, who: Known, now: datetime, *, right: bool, device: str
) -> str | None:
    """The password was checked: a session that may give the second factor, or none.

    `right` holds for the hash that was read: if it has been changed since, or they have left, the
    password is wrong after all.
    """
    staff_id = who.staff_id
    if (
        not right
        or staff_id is None
        or not staff_accounts.is_active(db, house.id, staff_id)
        or staff_accounts.password(db, house.id, staff_id) != who.password
    ):
        refused(db, house, staff_id, "password_refused", now)
        return None
    note(db, house, staff_id, "password_accepted", now)
    return sessions.start(
        db, house.keys, house.id, staff_id, now, stage=Stage.HALF, way=Way.PASSWORD, device=device
    )


def enter(
    db: Connection,
    house: House,
    staff_id: str,
    now: datetime,
    *,
    way: Way,
    device: str,
    instead_of: str | None = None,
    factor: str = "",
) -> str:
    """Both factors are good: a new session, signed in, instead of the one that led here."""
    if instead_of is not None:
        sessions.end(db, house.keys, house.id, instead_of, now)
    note(db, house, staff_id, "signed_in", now, f"{way.value} {factor}".strip())
    return sessions.start(
        db, house.keys, house.id, staff_id, now, stage=Stage.FULL, way=way, device=device
    )


def note(
    db: Connection, house: House, staff_id: str, act: str, now: datetime, detail: str = ""
) -> None:
    """An entry in the audit about what somebody did with their own account."""
    actor = subject = f"staff:{staff_id}"
    audit.add(db, house.id, now, actor=actor, act=act, subject=subject, detail=detail)


def refused(
    db: Connection, house: House, staff_id: str | None, act: str, now: datetime, detail: str = ""
) -> None:
    """An entry about somebody who did not get in. Who it was is not known, so it names no actor;
    for whom they gave themselves out is the subject, if there is such a person."""
    subject = f"staff:{staff_id}" if staff_id else "staff:unknown"
    audit.add(db, house.id, now, actor="sayso", act=act, subject=subject, detail=detail)


def note_use(db: Connection, house: House, secret: str, now: datetime) -> None:
    """The session is in use: its half hour begins again."""
    sessions.touch(db, house.keys, house.id, secret, now)


def sign_out(db: Connection, house: House, secret: str, staff_id: str, now: datetime) -> None:
    """End the session."""
    sessions.end(db, house.keys, house.id, secret, now)
    note(db, house, staff_id, "signed_out", now)


def _is_demo(db: Connection, house: House) -> bool:
    """Both must say so: the council's file, and the database that its rows are in."""
    return house.council.demo and councils.is_demo(db, house.id)
