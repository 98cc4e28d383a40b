"""What officers of an invented council did: before a meeting brief an advocate, after it read, and
confirm the code."""

from datetime import datetime

from sqlalchemy import Connection

from bot.access.roles import Role
from bot.demo.people import ADVOCATE
from bot.service import asked_for, briefing, reading, taking_part
from bot.service.admission import Admitted, Asked
from bot.service.days import local_day
from bot.service.house import House
from bot.service.taking_part import Entry, Kept
from storage import people
from storage.reviews import Review


def finish(db: Connection, house: House, review: Review, at: datetime) -> None:
    """Read it and confirm what is proposed, by what the desk calls: the audit has it too."""
    staff = _officer(db, house, review, at)
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


def brief(db: Connection, house: House, review: Review, at: datetime) -> None:
    """Find the advocate whom they asked for, and hand over what is for them."""
    staff = _officer(db, house, review, at)
    for task in asked_for.of_review(db, house, review.review_id):
        wanted = Asked("desk.task_arranged", task_id=task.task_id)
        found = asked_for.Entry("arranged", ADVOCATE, note="Rings them on Monday after school.")
        if asked_for.arrange(db, house, staff, wanted, found, at) is not True:
            raise RuntimeError("What was asked for can't be arranged.")
    paper = Asked("desk.advocate_paper", review.review_id)
    briefing.make(db, house, staff, paper, at)
    handed = Asked("desk.advocate_briefed", review.review_id)
    told = briefing.Entry(ADVOCATE, staff.name, local_day(at), 1)
    kept = briefing.hand_over(db, house, staff, handed, told, at)
    if isinstance(kept, briefing.Fault):
        raise RuntimeError(f"The hand-over is refused: {kept}")  # noqa: TRY004 - no wrong type


def _officer(db: Connection, house: House, review: Review, at: datetime) -> Admitted:
    officer = people.staff_member(db, house.id, review.officer_id)
    return Admitted(
        officer.staff_id, Role(officer.role), officer.name, "", at=at, team=officer.team
    )
