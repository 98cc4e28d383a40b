"""What officers of an invented council did after a meeting: read, and confirm the code."""

from datetime import datetime

from sqlalchemy import Connection

from bot.access.roles import Role
from bot.service import reading, taking_part
from bot.service.admission import Admitted, Asked
from bot.service.house import House
from bot.service.taking_part import Entry, Kept
from storage import people
from storage.reviews import Review


def finish(db: Connection, house: House, review: Review, at: datetime) -> None:
    """Read it and confirm what is proposed, by what the desk calls: the audit has it too."""
    officer = people.staff_member(db, house.id, review.officer_id)
    staff = Admitted(
        officer.staff_id, Role(officer.role), officer.name, "", at=at, team=officer.team
    )
    reading.open_review(db, house, staff, Asked("desk.review", review.review_id), at)
    sent = reading.newest(db, house, review.review_id)
    suggested = taking_part.box(db, house, review, sent, at).suggested
    if suggested is None:
        raise RuntimeError(f"{review.review_id} is a foster carer's.")
    proposed = suggested.method.value
    entry = Entry(method=proposed, proposed=proposed, seen="")
    kept = taking_part.confirm(db, house, staff, Asked("desk.code", review.review_id), entry, at)
    if kept is not Kept.NOW:
        raise RuntimeError(f"A proposed code is refused: {kept}")
