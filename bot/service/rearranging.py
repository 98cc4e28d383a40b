"""A review has another day, is called off, or is run by somebody else, while a young person is in
the middle of saying what they think.

The case system decides it; whoever brings the news here changes the review, tells the young person
and lets a reminder that comes too late come sooner or not at all, in one transaction. They are told
on their next page, once, without a name or a day: whoever has their link reads that page.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from bot.access.roles import Role
from bot.service import due, reminders, telling
from bot.service.days import local_day
from bot.service.house import House
from bot.service.invitations import conversation_of
from bot.service.relations import RUNS
from bot.service.telling import Notice
from bot.service.wording import LONDON
from storage import audit, conversations, invitations, people, review_moves, reviews
from storage.conversations import Kept
from storage.review_moves import Form, Move, Reason, What
from storage.reviews import Review

MOVED, STOOD_DOWN, OFFICER = "moved", "stood_down", "officer"
"""Names of `conversations.texts_later.NEWS`."""
_EACH_OTHERS = frozenset({MOVED, STOOD_DOWN})


class Over(Exception):
    """The review was held: nothing about it changes any more."""


class NoOfficer(Exception):
    """They run no reviews of this kind, or don't work here any more."""


@dataclass(frozen=True, slots=True)
class How:
    """How they meet on that day. `clock_time`: `14:30`, never sent to anybody. `notice`: how a
    chat is told."""

    clock_time: str = ""
    form: Form | None = None
    notice: Notice | None = None

    @property
    def says_more(self) -> bool:
        return bool(self.clock_time or self.form)


@dataclass(frozen=True, slots=True)
class Why:
    """Why it is off."""

    reason: Reason | None = None
    words: str = ""
    notice: Notice | None = None


def move(
    db: Connection,
    house: House,
    review_id: str,
    meeting_on: date,
    by: str,
    now: datetime,
    how: How | None = None,
) -> bool:
    """It is arranged for this day; False if it was already. `by`: as the audit names them. What is
    open stays open until then, at least. `Over`, `Unknown`."""
    how = how or How()
    review = changing(db, house, review_id)
    history = review_moves.of_review(db, house.id, review_id)
    before = history[-1] if history else None
    same_day = (review.meeting_on, review.stood_down) == (meeting_on, False)
    if same_day and _is_as_before(how, before):
        return False
    what = What.MOVED if review.meeting_on is not None else What.ARRANGED
    if review.stood_down:
        what = What.REARRANGED
    late_days = _late_days(db, house, review, meeting_on, now)
    row = Move(
        review_id, review.person_id, len(history) + 1, what, now, by, review.meeting_on,
        meeting_on, how.clock_time, how.form, None, late_days,
    )  # fmt: skip
    review_moves.add(db, house.id, row)
    if same_day:
        _note(db, house, review, "review_moved", by, now, "the time or the form")
        return True
    reviews.arrange(db, house.id, review_id, meeting_on)
    _note(db, house, review, "review_moved", by, now, f"to {meeting_on.isoformat()}")
    ends = datetime.combine(meeting_on, time(23, 59), LONDON).astimezone(UTC)
    conversation_id = conversation_of(house, review_id)
    conversations.extend(db, house.id, conversation_id, ends)
    invitations.extend(db, house.id, conversation_id, ends)
    # A code that nobody has used lives no longer than a new one would.
    least = now + timedelta(days=house.council.invitation_days)
    invitations.lengthen(db, house.id, review_id, min(ends, least), now)
    _tell(db, house, review, MOVED, now)
    _ring(db, house, row, how.notice, now)
    return True


def _is_as_before(how: How, before: Move | None) -> bool:
    """Whoever says no time and no form (the case system) leaves them as they are."""
    if not how.says_more:
        return True
    return before is not None and (how.clock_time, how.form) == (before.clock_time, before.form)


def stand_down(
    db: Connection,
    house: House,
    review_id: str,
    by: str,
    now: datetime,
    why: Why | None = None,
) -> bool:
    """It does not take place on its day and has no other yet; False if that was so before. What was
    said is kept for it, and can go on. `Over`, `Unknown`."""
    why = why or Why()
    review = changing(db, house, review_id)
    if review.stood_down:
        return False
    number = review_moves.count(db, house.id, review_id) + 1
    row = Move(
        review_id, review.person_id, number, What.STOOD_DOWN, now, by, review.meeting_on,
        reason=why.reason, words=why.words,
    )  # fmt: skip
    review_moves.add(db, house.id, row)
    reviews.stand_down(db, house.id, review_id, now)
    day = review.meeting_on.isoformat() if review.meeting_on else "no day"
    _note(db, house, review, "review_stood_down", by, now, f"was on {day}")
    _tell(db, house, review, STOOD_DOWN, now)
    _ring(db, house, row, why.notice, now)
    return True


def _late_days(
    db: Connection, house: House, review: Review, day: date, now: datetime
) -> int | None:
    """How far beyond its timescale this day is."""
    known = due.known_of(db, house, [review])
    found = due.due_of(known, review, max(day, local_day(now)))
    by = found.by if found else review.due_on
    return None if by is None else max(0, (day - by).days)


def _ring(db: Connection, house: House, row: Move, notice: Notice | None, now: datetime) -> None:
    """A neutral line in their chat, if they have one, by day: that there is a message."""
    key = f"move/{row.review_id}/{row.number}"
    telling.tell(db, house, row.person_id, row.review_id, notice, key, now, by_day=True)


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


def changing(db: Connection, house: House, review_id: str) -> Review:
    """The review, locked; `Over` if its day stays, `Unknown`."""
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
