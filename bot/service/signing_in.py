"""Signing in at the desk by a link, and out again."""

from datetime import datetime

from sqlalchemy import Connection

from bot.access import sessions, sign_in_links
from bot.service.house import House
from storage import audit, councils


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


def sign_in(
    db: Connection, house: House, token: str, now: datetime, *, this_machine: bool
) -> str | None:
    """Use a link; the secret of the new session, or none if the link is not good.

    `this_machine`: the request can only come from the machine Sayso runs on. A demo's link is
    good nowhere else.
    """
    demo = _is_demo(db, house)
    if demo and not this_machine:
        return None
    staff_id = sign_in_links.use(db, house.keys, house.id, token, now, demo=demo)
    if staff_id is None:
        return None
    audit.add(
        db, house.id, now, actor=f"staff:{staff_id}", act="signed_in", subject=f"staff:{staff_id}"
    )
    return sessions.start(db, house.keys, house.id, staff_id, now)


def note_use(db: Connection, house: House, secret: str, now: datetime) -> None:
    """The session is in use: its half hour begins again."""
    sessions.touch(db, house.keys, house.id, secret, now)


def sign_out(db: Connection, house: House, secret: str, staff_id: str, now: datetime) -> None:
    """End the session."""
    sessions.end(db, house.keys, house.id, secret, now)
    audit.add(
        db, house.id, now, actor=f"staff:{staff_id}", act="signed_out", subject=f"staff:{staff_id}"
    )


def _is_demo(db: Connection, house: House) -> bool:
    """Both must say so: the council's file, and the database that its rows are in."""
    return house.council.demo and councils.is_demo(db, house.id)
