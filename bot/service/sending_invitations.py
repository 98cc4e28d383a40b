"""An invitation by one way, for somebody at the desk: sent, printed, or handed over."""

from datetime import datetime
from io import BytesIO
from typing import Any

import segno
from sqlalchemy import Connection

from bot.service import inviting, letters
from bot.service.admission import Admitted, Asked, require
from bot.service.house import House
from bot.service.inviting import By, Refused, Sent
from bot.service.letters import To
from storage import invitation_sendings as sendings
from storage import people, reviews
from storage.invitation_sendings import Way


def at_desk(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    way: Way,
    address_id: str | None,
    reason: str,
    now: datetime,
) -> Sent | Refused:
    """Invite by this way. `Unknown` if it is not for them."""
    require(db, house, staff, asked)
    by = By(staff.actor, reason)
    return inviting.send(db, house, asked.review_id or "", way, address_id, by, now)


def letter(
    db: Connection, house: House, staff: Admitted, asked: Asked, made: Sent, now: datetime
) -> dict[str, Any]:
    """The document of the letter that was just made, to be handed out this once: it counts as
    sent."""
    to = _to(db, house, staff, asked)
    sendings.sent(db, house.id, made.sending_id, now)
    return letters.document([letters.letter(house, to, made.invited, now)], now)


def picture(
    db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime
) -> dict[str, Any]:
    """The document of the letter as it would be. Reads only."""
    return letters.picture(house, _to(db, house, staff, asked), now)


def _to(db: Connection, house: House, staff: Admitted, asked: Asked) -> To:
    require(db, house, staff, asked)
    review = reviews.get(db, house.id, asked.review_id or "")
    person = people.young_person(db, house.id, review.person_id)
    return To(review, person, people.staff_member(db, house.id, review.officer_id).name)


def telegram_link(house: House, start: str) -> str:
    """Their own link into the chat; empty where nobody said how the bot is called."""
    name = house.settings.telegram_name
    return f"https://t.me/{name}?start={start}" if name else ""


def square(text: str) -> str:
    """A square to point a phone at: an SVG that stands in a page."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=5, border=4, dark="#000000", light="#ffffff", xmldecl=False
    )
    return out.getvalue().decode()
