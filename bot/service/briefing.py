"""Briefing an advocate: a paper of the answers that a young person lets their advocate hear, and
the record that it was handed over, by whom, to whom and on which day. Only then one is *briefed*.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from bot.service.admission import Admitted, Asked, require
from bot.service.days import local_day
from bot.service.house import House
from bot.service.reading import Contribution, Said, newest
from conversations.participation import Briefed
from storage import audit, briefings, contributions, disputes, people, reviews
from storage.briefings import Briefing
from storage.errors import Unknown
from storage.people import YoungPerson
from storage.reviews import Review

MOST_LETTERS = 200
AUDIENCE = "advocate"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """One hand-over. `changed`: what the advocate may hear is another now."""

    briefing: Briefing
    changed: bool


@dataclass(frozen=True, slots=True)
class Page:
    """What an officer sees: the answers for the advocate as they stand, and every hand-over, the
    newest first. `disputed`: somebody says that the words are not theirs, so nothing goes out."""

    review: Review
    person: YoungPerson
    said: tuple[Said, ...]
    version: int
    sent_at: datetime | None
    handed_over: tuple[HandedOver, ...]
    disputed: bool


class Fault(StrEnum):
    """Why there is no paper, or nothing was recorded; the value is a form's field, if it is about
    one."""

    NOTHING = "nothing"  # no answer is for an advocate
    DISPUTED = "disputed"
    ADVOCATE = "advocate"
    HANDED_BY = "handed_by"
    HANDED_ON = "handed_on"
    EARLIER = "earlier"  # the day is before what was handed over was sent
    LATER = "later"  # the day is to come
    OTHER = "other"  # something new was sent since the page was opened


def open_page(db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime) -> Page:
    """Show what is for the advocate. Opening it is reading it. `Unknown`."""
    require(db, house, staff, asked)
    page = _page(db, house, asked.review_id or "")
    detail = f"{len(page.said)} answers for an advocate, version {page.version}"
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act="review_read",
        subject=f"review:{page.review.review_id}",
        detail=detail,
    )
    return page


def for_advocate(whole: Contribution | None) -> tuple[Said, ...]:
    """Only answers that the young person lets their advocate hear (`domain.md` rule 12)."""
    return tuple(one for one in whole.said if AUDIENCE in one.audience) if whole else ()


def of_review(db: Connection, house: House, review: Review) -> tuple[HandedOver, ...]:
    """Every hand-over before this review, the newest first."""
    found = briefings.of_review(db, house.id, review.review_id)
    if not found:
        return ()
    now = digest(for_advocate(newest(db, house, review.review_id)))
    return tuple(HandedOver(one, one.digest != now) for one in found)


def briefed(db: Connection, house: House, review: Review) -> Briefed | None:
    """Who was briefed before the meeting, the last; none without a record of the hand-over, and
    none who was told only afterwards."""
    for one in briefings.of_review(db, house.id, review.review_id):
        if review.meeting_on is None or one.handed_on <= review.meeting_on:
            return Briefed(one.advocate, one.handed_on)
    return None


def make(
    db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime
) -> dict[str, Any] | Fault:
    """The document of the paper, to be printed. That it was made is on record before it is handed
    out. `Unknown`."""
    require(db, house, staff, asked)
    page = _page(db, house, asked.review_id or "")
    if fault := _nothing_to_hand(page):
        return fault
    detail = f"version {page.version}, {len(page.said)} answers"
    _note(db, house, staff, page.review, "advocate_brief_made", now, detail)
    return {
        "paper": "brief",
        "council": house.council.name,
        "name": page.person.name,
        "review_on": page.review.meeting_on.isoformat() if page.review.meeting_on else None,
        "sent_at": page.sent_at.isoformat() if page.sent_at else None,
        "made_at": now.isoformat(),
        "made_by": staff.name,
        "phone": house.council.review_team_phone,
        "answers": [
            {
                "question": one.question,
                "said": "\n".join([*one.chosen, *([one.words] if one.words else [])]),
                "day": one.day.isoformat() if one.day else None,
                "read_aloud": one.read_aloud,
                "wish": one.wish,
                "shown": [shown.medium.value for shown in one.shown],
            }
            for one in page.said
        ],
    }


@dataclass(frozen=True, slots=True)
class Entry:
    """What was entered: who was handed it by whom and when, and which version the page showed."""

    advocate: str
    handed_by: str
    handed_on: date | None
    version: int


def hand_over(
    db: Connection, house: House, staff: Admitted, asked: Asked, entry: Entry, now: datetime
) -> Briefing | Fault:
    """Record that it was handed over. `Unknown`."""
    require(db, house, staff, asked)
    review = reviews.lock(db, house.id, asked.review_id or "")  # of two taps one is kept
    page = _page(db, house, review.review_id)
    fault = _nothing_to_hand(page) or _fault(entry, page, now)
    if fault:
        return fault
    same = _same(page.handed_over, entry)
    if same is not None:
        return same
    sent = contributions.of_review(db, house.id, review.review_id)[-1]
    briefing = Briefing(
        str(uuid.uuid4()),
        review.review_id,
        review.person_id,
        sent.contribution_id,
        page.version,
        entry.handed_on or local_day(now),
        entry.advocate.strip(),
        entry.handed_by.strip(),
        digest(page.said),
        staff.staff_id,
        now,
    )
    briefings.add(db, house.id, briefing)
    detail = f"version {page.version}, {len(page.said)} answers, {briefing.handed_on.isoformat()}"
    _note(db, house, staff, review, "advocate_briefed", now, detail)
    return briefing


def _same(handed_over: Sequence[HandedOver], entry: Entry) -> Briefing | None:
    """It is recorded already: a second tap."""
    for one in handed_over:
        found = one.briefing
        if not one.changed and (found.advocate, found.handed_by, found.handed_on) == (
            entry.advocate.strip(),
            entry.handed_by.strip(),
            entry.handed_on,
        ):
            return found
    return None


def _nothing_to_hand(page: Page) -> Fault | None:
    if page.disputed:
        return Fault.DISPUTED
    return None if page.said else Fault.NOTHING


def _fault(entry: Entry, page: Page, now: datetime) -> Fault | None:
    if not entry.advocate.strip() or len(entry.advocate) > MOST_LETTERS:
        return Fault.ADVOCATE
    if not entry.handed_by.strip() or len(entry.handed_by) > MOST_LETTERS:
        return Fault.HANDED_BY
    if entry.handed_on is None:
        return Fault.HANDED_ON
    if entry.handed_on > local_day(now):
        return Fault.LATER
    if entry.version != page.version:
        return Fault.OTHER
    if page.sent_at is not None and entry.handed_on < local_day(page.sent_at):
        return Fault.EARLIER
    return None


def digest(said: Sequence[Said]) -> str:
    """Of the answers on a paper: another one where any word or choice on it is another."""
    plain = [
        [
            one.question_id,
            list(one.chosen),
            one.words,
            one.day and one.day.isoformat(),
            [shown.sha256 for shown in one.shown],
        ]
        for one in said
    ]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=True).encode()).hexdigest()


def _page(db: Connection, house: House, review_id: str) -> Page:
    review = reviews.get(db, house.id, review_id)
    person = people.young_person(db, house.id, review.person_id)
    if review.looks_back_on or person.carer:
        raise Unknown(f"a young person's meeting {review_id}")
    whole = newest(db, house, review_id)
    return Page(
        review,
        person,
        for_advocate(whole),
        whole.version if whole else 0,
        whole.sent_at if whole else None,
        of_review(db, house, review),
        disputes.of_review(db, house.id, review_id) is not None,
    )


def _note(
    db: Connection,
    house: House,
    staff: Admitted,
    review: Review,
    act: str,
    now: datetime,
    detail: str,
) -> None:
    subject = f"review:{review.review_id}"
    audit.add(db, house.id, now, actor=staff.actor, act=act, subject=subject, detail=detail)
