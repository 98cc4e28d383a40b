"""A review has another day, is called off, or is run by somebody else, while a young person is in
the middle of saying what they think.

The case system decides it; whoever brings the news here changes the review, tells the young person
and lets a reminder that comes too late come sooner or not at all, in one transaction. They are told
on their next page, once, without a name or a day: whoever has their link reads that page.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from sqlalchemy import Connection

from bot.access.roles import Role
from bot.service import reminders
from bot.service.house import House
from bot.service.invitations import conversation_of
from bot.service.relations import RUNS
from bot.service.wording import LONDON
from storage import audit, conversations, invitations, people, reviews
from storage.conversations import Kept
from storage.reviews import Review

MOVED, STOOD_DOWN, OFFICER = "moved", "stood_down", "officer"
"""Names of `conversations.texts_later.NEWS`."""
_EACH_OTHERS = frozenset({MOVED, STOOD_DOWN})


class Over(Exception):
    """The review was held: nothing about it changes any more."""


class NoOfficer(Exception):
    """They run no reviews of this kind, or don't work here any more."""


def move(
    db: Connection, house: House, review_id: str, meeting_on: date, by: str, now: datetime
) -> bool:
    """It is arranged for this day; False if it was already. `by`: as the audit names them. What is
    open stays open until then, at least. `Over`, `Unknown`."""
    review = _changing(db, house, review_id)
    if (review.meeting_on, review.stood_down) == (meeting_on, False):
        return False
    reviews.arrange(db, house.id, review_id, meeting_on)
    _note(db, house, review, "review_moved", by, now, f"to {meeting_on.isoformat()}")
    ends = datetime.combine(meeting_on, time(23, 59), LONDON).astimezone(UTC)
    conversation_id = conversation_of(house, review_id)
    conversations.extend(db, house.id, conversation_id, ends)
    invitations.extend(db, house.id, conversation_id, ends)
    _tell(db, house, review, MOVED, now)
    return True


def stand_down(db: Connection, house: House, review_id: str, by: str, now: datetime) -> bool:
    """It does not take place on its day and has no other yet; False if that was so before. What was
    said is kept for it, and can go on. `Over`, `Unknown`."""
    review = _changing(db, house, review_id)
    if review.stood_down:
        return False
    reviews.stand_down(db, house.id, review_id, now)
    day = review.meeting_on.isoformat() if review.meeting_on else "no day"
    _note(db, house, review, "review_stood_down", by, now, f"was on {day}")
    _tell(db, house, review, STOOD_DOWN, now)
    return True


def hand_over(
    db: Connection, house: House, review_id: str, officer_id: str, by: str, now: datetime
) -> bool:
    """Somebody else runs it, and reads what was and is sent to *just my IRO*; False if they did
    already. After it was held too: what looks back on it is theirs. `NoOfficer`, `Unknown`."""
    review = reviews.lock(db, house.id, review_id)
    if review.officer_id == officer_id:
        return False
    member = people.staff_member(db, house.id, officer_id)
    if not member.active or Role(member.role) is not RUNS[review.kind]:
        raise NoOfficer(officer_id)
    reviews.hand_over(db, house.id, review_id, officer_id)
    _note(db, house, review, "review_handed_over", by, now, f"to {officer_id}")
    for one in (review_id, reviews.looking_back_on(db, review)):
        if one is not None:
            _tell(db, house, replace(review, review_id=one), OFFICER, now)
    return True


def _changing(db: Connection, house: House, review_id: str) -> Review:
    review = reviews.lock(db, house.id, review_id)
    if review.held or review.looks_back_on is not None:
        raise Over(review_id)
    return review


def _tell(db: Connection, house: House, review: Review, news: str, now: datetime) -> None:
    """On their next page, if they have begun. Of a day and its being off only the last is said."""
    conversation_id = conversation_of(house, review.review_id)
    if not conversations.exists(db, house.id, conversation_id):
        return
    kept = conversations.lock(db, house.id, conversation_id)
    if kept.conversation.started_at is not None:
        outdated = _EACH_OTHERS if news in _EACH_OTHERS else frozenset({news})
        others = tuple(one for one in kept.conversation.news if one not in outdated)
        kept = _with_news(kept, (*others, news))
        conversations.save(db, kept, now)
    reminders.fit(db, house, kept, now)


def _with_news(kept: Kept, news: tuple[str, ...]) -> Kept:
    return replace(kept, conversation=replace(kept.conversation, news=news))


def _note(
    db: Connection, house: House, review: Review, act: str, by: str, now: datetime, detail: str
) -> None:
    subject = f"review:{review.review_id}"
    audit.add(db, house.id, now, actor=by, act=act, subject=subject, detail=detail)
