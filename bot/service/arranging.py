"""What business support arranges: which review is when, how far its invitation is, and what a young
person wants of the meeting. Of all that they say no other word, and not whether any was sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.access import permissions
from bot.service import relations
from bot.service.admission import Admitted, Asked, require
from bot.service.caseload import SOON
from bot.service.days import local_day
from bot.service.house import House
from bot.service.wording import Reader
from conversations.flows.meeting import MEETING
from conversations.wording import Band
from storage import audit, caseload, disputes, meeting_wishes, people, reviews
from storage.caseload import Standing
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind

AHEAD = SOON * 3
"""How far ahead reviews are arranged: twelve weeks."""


class Invitation(StrEnum):
    """How far an invitation is."""

    NONE = "none"
    OPENED = "opened"
    WAITING = "waiting"  # made and not opened yet
    ENDED = "ended"  # it ended before anybody opened it


@dataclass(frozen=True, slots=True)
class ToArrange:
    """A review that is not held yet; nobody is named before `named`."""

    case: Standing
    officer: str
    invitation: Invitation
    may_invite: bool
    has_wishes: bool = False

    @property
    def pathway(self) -> bool:
        return self.case.review.kind is ReviewKind.PATHWAY


@dataclass(frozen=True, slots=True)
class Arranging:
    """`undated`: no meeting is arranged, the one due first before others; `dated`: by the day of
    the meeting."""

    undated: tuple[ToArrange, ...]
    dated: tuple[ToArrange, ...]

    @property
    def to_invite(self) -> int:
        """How many have no invitation that somebody could open or has opened."""
        missing = (Invitation.NONE, Invitation.ENDED)
        return sum(one.invitation in missing for one in (*self.undated, *self.dated))


def to_arrange(db: Connection, house: House, staff: Admitted, now: datetime) -> Arranging:
    """The reviews ahead of their team, and those that nobody gave a day. Reads only."""
    today = local_day(now)
    lasts = timedelta(days=house.council.invitation_days)
    ahead = [
        one
        for one in caseload.of_team(db, house.id, staff.team, today)
        if not one.review.held and _day(one, today) <= today + AHEAD
    ]
    about = [one.review for one in ahead]
    wishes = meeting_wishes.of_reviews(db, house.id, (one.review_id for one in about))
    stands = relations.to_reviews(db, house, staff.asker, about)
    officers = people.staff_by_id(db, house.id, (one.officer_id for one in about))
    found = [
        ToArrange(
            case,
            officers[case.review.officer_id].name,
            _invitation(case, now, lasts),
            # Not once everybody's involvement with the young person has ended.
            permissions.may("desk.access", staff.role, stands[case.review.review_id]),
            case.review.review_id in wishes,
        )
        for case in ahead
    ]
    undated = [one for one in found if one.case.review.meeting_on is None]
    dated = [
        one
        for one in found
        if one.case.review.meeting_on is not None and one.case.review.meeting_on >= today
    ]
    return Arranging(
        tuple(sorted(undated, key=lambda one: one.case.review.due_on or date.max)),
        tuple(sorted(dated, key=lambda one: _day(one.case, today))),
    )


def named(db: Connection, house: House, found: Sequence[ToArrange]) -> tuple[ToArrange, ...]:
    """Those that are about to be shown, with whom they are about."""
    cases = {
        case.review.review_id: case
        for case in caseload.named(db, house.id, [one.case for one in found])
    }
    return tuple(
        replace(one, case=cases[one.case.review.review_id])
        for one in found
        if one.case.review.review_id in cases
    )


@dataclass(frozen=True, slots=True)
class Wished:
    """What a young person wants of a meeting. `picks`: question and what was picked, as they read
    it; `words`: question and own words, which they sent to whoever sets it up. `disputed`: somebody
    says that the words are not theirs, so none is shown."""

    review: Review
    person: YoungPerson
    officer: str
    sent_at: datetime | None
    picks: tuple[tuple[str, tuple[str, ...]], ...]
    day: date | None
    words: tuple[tuple[str, str, str], ...]
    disputed: bool


def wished(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> Wished:
    """What they want of it; that it was read is on record. `Unknown`."""
    require(db, house, staff, asked)
    review = reviews.get(db, house.id, asked.review_id or "")
    person = people.young_person(db, house.id, review.person_id)
    officer = people.staff_member(db, house.id, review.officer_id).name
    disputed = disputes.of_review(db, house.id, review.review_id) is not None
    sent = None if disputed else meeting_wishes.get(db, house.id, review.review_id)
    subject = f"review:{review.review_id}"
    audit.add(db, house.id, now, actor=staff.actor, act="meeting_wishes_read", subject=subject)
    if sent is None:
        return Wished(review, person, officer, None, (), None, (), disputed)
    questions = {question.id: question for question in MEETING.questions}
    reader = Reader(
        Band.TWELVE,
        pathway=review.kind is ReviewKind.PATHWAY,
        chair=review.kind is ReviewKind.CONFERENCE,
    )

    def labels(question_id: str, picked: tuple[str, ...]) -> tuple[str, ...]:
        options = {option.id: option.label for option in questions[question_id].options}
        return tuple(reader.text(options[one]) for one in picked if one in options)

    order = [question_id for question_id in questions if question_id in sent.wishes.picks]
    return Wished(
        review,
        person,
        officer,
        sent.sent_at,
        tuple(
            (reader.text(questions[one].text), labels(one, sent.wishes.picks[one])) for one in order
        ),
        sent.wishes.day,
        tuple(
            (one, reader.text(questions[one].text), sent.wishes.words[one])
            for one in questions
            if one in sent.wishes.words
        ),
        disputed,
    )


def _day(case: Standing, today: date) -> date:
    """Its day: one that has neither meeting nor due date is to be arranged now."""
    return case.review.meeting_on or case.review.due_on or today


def _invitation(case: Standing, now: datetime, lasts: timedelta) -> Invitation:
    if case.opened:
        return Invitation.OPENED
    if case.invited_at is None:
        return Invitation.NONE
    return Invitation.WAITING if now < case.invited_at + lasts else Invitation.ENDED
