"""What stands beside a review: how far each wish in it is, and what was said and wished for before
it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection

from bot.service import asks_in_hand, caseload
from bot.service.admission import Admitted
from bot.service.asks_in_hand import InHand
from bot.service.house import House
from storage.people import YoungPerson
from storage.reviews import Review


@dataclass(frozen=True, slots=True)
class Earlier:
    """A review before this one that its officer runs, too. `behind_glass`: it is over for so long
    that they say why first; `waiting`: how many of its wishes have no answer, or one that is not
    right for its young person."""

    review: Review
    sent_at: datetime | None
    behind_glass: bool
    wishes: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Beside:
    """`wishes`: of this review, by question; `earlier`: the latest first."""

    wishes: Mapping[str, InHand] = field(default_factory=dict)
    earlier: tuple[Earlier, ...] = ()


def beside(
    db: Connection,
    house: House,
    staff: Admitted,
    review: Review,
    person: YoungPerson,
    now: datetime,
) -> Beside:
    """For the officer who runs it. No word is opened."""
    found = caseload.of_person(db, house, staff, person.person_id, now)
    before = [one for one in found if _day(one.case.review) < _day(review)]
    before.sort(key=lambda one: (_day(one.case.review), one.case.review.review_id), reverse=True)
    ids = [one.case.review.review_id for one in before]
    wishes = asks_in_hand.of_person(db, house, staff, person, [review.review_id, *ids], now)
    by_review: dict[str, list[InHand]] = {}
    for one in wishes:
        by_review.setdefault(one.ask.review_id, []).append(one)
    earlier = [
        Earlier(
            one.case.review,
            one.case.sent.sent_at if one.case.sent else None,
            one.behind_glass,
            len(theirs),
            sum(wish.ask.is_open or wish.reply for wish in theirs),
        )
        for one in before
        for theirs in [by_review.get(one.case.review.review_id, [])]
    ]
    mine = {one.ask.question_id: one for one in by_review.get(review.review_id, [])}
    return Beside(mine, tuple(earlier))


def _day(review: Review) -> date:
    return review.meeting_on or review.due_on or date.max
