"""A young person's own words, where their PIN was typed: side by side, and as a copy to keep.

Only what their PIN shows (`bot.service.pins`), and nothing of alerts: a copy lies about, and
somebody else may read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.documents.agreement import Record
from bot.service import agreements, pins
from bot.service.attaching import labelled
from bot.service.days import local_day
from bot.service.facts import receipt
from bot.service.hear import reader_of
from bot.service.house import House
from bot.service.pins import Reading
from bot.service.wording import Reader, in_words, whole_date
from conversations import arranger, texts, texts_later
from conversations import texts_taking_back as more
from conversations.conversation import Answer
from conversations.flows import FLOWS
from conversations.questions import Kind
from conversations.sharing import (
    are_sharing_words,
    audience_of_answer,
    is_read_aloud,
    is_sharing_choice,
    officer_of,
)
from conversations.wording import Say, Text
from storage import audit, reviews
from storage.conversations import Kept
from storage.errors import Unknown
from storage.reviews import Review, ReviewKind

SCHEMA = "urn:sayso:own-copy:1"


@dataclass(frozen=True, slots=True)
class Words:
    """One answer. `said`: as they said it; `shown`: what they said aloud or showed, by name;
    `picture`: of a chosen face."""

    question_id: str
    topic_id: str
    topic: str
    question: str
    said: str
    picture: str | None
    hears: str
    aloud: bool
    answer: Answer
    audience: tuple[str, ...]
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """Something that was taken back: what was asked, and when."""

    topic_id: str
    topic: str
    question: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Once:
    """What was said before one review, or of one. `sent_at`: the newest version."""

    kept: Kept
    review: Review | None
    day: date
    title: str
    words: tuple[Words, ...]
    gone: tuple[Gone, ...]
    sent_at: datetime | None
    receipt: str
    agreement: Record

    @property
    def reader(self) -> Reader:
        return reader_of(self.kept)


@dataclass(frozen=True, slots=True)
class Mine:
    """All of it, the newest first. `before`: there is more, from before their PIN."""

    person_id: str
    times: tuple[Once, ...]
    before: bool


def gather(db: Connection, house: House, found: Reading) -> Mine:
    """Reads only."""
    every = pins.said(db, house, found)
    times = [
        _once(db, house, one.kept, one.answers, found) for one in every if one.answers or _back(one)
    ]
    times.sort(key=lambda once: once.day, reverse=True)
    return Mine(found.person_id, tuple(times), any(one.before for one in every))


def _back(said: pins.Said) -> bool:
    return bool(said.kept.conversation.taken_back)


def _once(
    db: Connection, house: House, kept: Kept, answers: tuple[Answer, ...], found: Reading
) -> Once:
    conversation = kept.conversation
    flow, reader = FLOWS[conversation.flow_id], reader_of(kept)
    words = []
    for answer in answers:
        topic, question = flow.by_id[answer.question]
        sharing = are_sharing_words(answer)
        who = (
            (officer_of(flow),)
            if sharing
            else arranger.heard_by(
                conversation, answer, audience_of_answer(flow, conversation, answer.question)
            )
        )
        option = next((question.option(one) for one in answer.choices), None)
        words.append(
            Words(
                question.id,
                topic.id,
                reader.text(topic.title),
                answer.shown or reader.text(question.text),
                in_words(reader, question, answer),
                option.picture if option and question.kind is Kind.FEELING else None,
                hears(reader, who),
                is_read_aloud(conversation, answer.question),
                answer,
                who,
                tuple(label for _one, label in labelled(reader, answer)),
            )
        )
    gone = tuple(
        Gone(topic.id, reader.text(topic.title), reader.text(question.text), at)
        for question_id, at in conversation.taken_back.items()
        if question_id in flow.by_id
        and question_id not in conversation.answers
        and not is_sharing_choice(question_id)
        and at >= found.reads_from
        for topic, question in (flow.by_id[question_id],)
    )
    review = _review(db, house, kept)
    sent = conversation.sent[-1] if conversation.sent else None
    began = conversation.started_at or (answers[0].at if answers else found.reads_from)
    day = (review and (review.meeting_on or review.due_on)) or local_day(began)
    return Once(
        kept,
        review,
        day,
        reader.read(Say(_title(review), {"day": whole_date(day, reader.locale)})),
        tuple(words),
        gone,
        sent.at if sent else None,
        receipt(kept.conversation_id, sent.version) if sent else "",
        agreements.of_conversation(db, house, kept),
    )


def _review(db: Connection, house: House, kept: Kept) -> Review | None:
    try:
        return reviews.get(db, house.id, kept.review_id)
    except Unknown:
        return None


def when_of(db: Connection, house: House, kept: Kept, now: datetime) -> Say | None:
    """On which day their review is, or that it is off: for who has unlocked their answers. Nothing
    of a day that is over."""
    review = _review(db, house, kept)
    if review is None or review.looks_back_on is not None or review.held:
        return None
    if review.stood_down:
        return Say(texts_later.REVIEW_OFF)
    if review.meeting_on is None or review.meeting_on < local_day(now):
        return None
    return Say(texts_later.REVIEW_ON, {"meeting_day": review.meeting_on})


def _title(review: Review | None) -> Text:
    if review is not None and review.looks_back_on:
        return more.AFTER_REVIEW
    if review is not None and review.kind is ReviewKind.FOSTER_CARER:
        return more.BEFORE_CARERS
    if review is not None and review.kind is ReviewKind.DISRUPTION:
        return more.BEFORE_MOVE
    return more.BEFORE_REVIEW


def hears(reader: Reader, audience: tuple[str, ...]) -> str:
    """Who may hear it, as the check page says it."""
    if len(audience) == 1:
        return reader.text(texts.HEARS_ONLY[audience[0]])
    return " · ".join(reader.text(texts.HEARS[who]) for who in audience)


def note_copy(db: Connection, house: House, person_id: str, form: str, now: datetime) -> None:
    """That a copy left, on record."""
    who = f"young_person:{person_id}"
    audit.add(db, house.id, now, actor=who, act="own_copy_taken", subject=who, detail=form)


def as_json(house: House, mine: Mine, now: datetime) -> dict[str, Any]:
    """The copy for a computer (`docs/schemas/own-copy.schema.json`)."""
    return {
        "schema": SCHEMA,
        "made_at": now.isoformat(),
        "council": house.council.name,
        "not_shown": mine.before,
        "times": [_time(once) for once in mine.times],
    }


def _time(once: Once) -> dict[str, Any]:
    conversation = once.kept.conversation
    return {
        "title": once.title,
        "day": once.day.isoformat(),
        "flow": {"id": conversation.flow_id, "version": conversation.flow_version},
        "band": conversation.band.value,
        "language": conversation.locale,
        "sent_at": once.sent_at.isoformat() if once.sent_at else None,
        "receipt": once.receipt or None,
        "unsent_changes": conversation.unsent,
        "answers": [_answer(one) for one in once.words],
        "taken_back": [
            {"question": one.question, "topic": one.topic, "at": one.at.isoformat()}
            for one in once.gone
        ],
        "agreement": once.agreement,
    }


def _answer(one: Words) -> Mapping[str, Any]:
    answer = one.answer
    return {
        "question_id": one.question_id,
        "topic": one.topic,
        "question": one.question,
        "said": one.said,
        "words": answer.words,
        "choices": list(answer.choices),
        "date": answer.day.isoformat() if answer.day else None,
        "answered_at": answer.at.isoformat(),
        "channel": answer.channel.value,
        "typed_by": answer.typed_by,
        "who_may_hear": list(one.audience),
        "read_aloud": one.aloud,
        "shown": [
            {
                "medium": one.medium.value,
                "media_type": one.media_type,
                "sha256": one.sha256,
                "seconds": one.seconds,
            }
            for one in answer.attachments
        ],
    }
