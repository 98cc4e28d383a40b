"""Wishes become asks as they are sent, and stop being ones as they are taken back: in the
transaction of what was said."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from bot.documents.contribution import ask_id as id_of
from bot.service.days import local_day
from bot.service.duty import working_day
from bot.service.house import House
from bot.service.wording import LONDON
from conversations.contribution import Said
from storage import ask_filings, asks, audit, conversations, invitations, outbox, reviews
from storage.asks import Wished
from storage.contributions import Filing, Sent
from storage.errors import Unknown


def sent(db: Connection, house: House, version: Sent, said: Iterable[Said], now: datetime) -> None:
    """Every wish of this version is an ask from here on. They may come back for its answer: the
    conversation stays open for it."""
    wishes = [
        Wished(
            id_of(version.contribution_id, one),
            one.question.id,
            one.topic.id,
            one.answer.since,
            one.answer.at,
        )
        for one in said
        if one.ask
    ]
    due_on = due(db, house, version.review_id, now)
    before = {one.ask_id: one for one in asks.of_review(db, house.id, version.review_id)}
    of = {
        "review_id": version.review_id,
        "person_id": version.person_id,
        "conversation_id": version.conversation_id,
        "contribution_id": version.contribution_id,
        "version": version.version,
    }
    new = asks.put(db, house.id, of, wishes, due_on, now)
    _hold_back(db, house, set(before) - {one.ask_id for one in wishes}, now)
    if wishes:
        stay_open(db, house, version.conversation_id, due_on, now)
    for ask_id in new:
        audit.add(
            db,
            house.id,
            now,
            actor=f"young_person:{version.person_id}",
            act="ask_made",
            subject=f"ask:{ask_id}",
            detail=f"review {version.review_id}, due {due_on.isoformat()}",
        )


def taken_back(
    db: Connection, house: House, version: Sent, questions: Collection[str], now: datetime
) -> None:
    """Nobody answers these wishes any more, and no answer to them leaves from here on."""
    mine = [
        one
        for one in asks.of_review(db, house.id, version.review_id)
        if one.contribution_id == version.contribution_id
    ]
    gone = [one.ask_id for one in mine if one.question_id in questions]
    asks.take_back(db, house.id, gone)
    asks.stands_in(db, house.id, version.contribution_id, version.version)
    _hold_back(db, house, gone, now)


def fewer_hear(
    db: Connection, house: House, version: Sent, questions: Collection[str], now: datetime
) -> None:
    """These wishes stand, for fewer people: a document that waits may be for more of them."""
    asks.stands_in(db, house.id, version.contribution_id, version.version)
    mine = asks.of_review(db, house.id, version.review_id)
    _hold_back(db, house, [one.ask_id for one in mine if one.question_id in questions], now)


def _hold_back(db: Connection, house: House, ask_ids: Collection[str], now: datetime) -> None:
    for ask_id in ask_ids:
        for one in ask_filings.hold_back(db, house.id, ask_id, Filing.TAKEN_BACK):
            key = filing_key(ask_id, one.number, one.destination.value)
            outbox.withdraw(db, house.id, key, now)


def filing_key(ask_id: str, number: int, destination: str) -> str:
    """The same however often this document is tried."""
    return f"ask/{ask_id}/a{number}/{destination}"


def due(db: Connection, house: House, review_id: str, now: datetime) -> date:
    """By when a wish is to be answered: so many working days after its review, or after it was
    sent, whichever is later. What is wished for is mostly decided at the review."""
    today = local_day(now)
    try:
        day = reviews.get(db, house.id, review_id).meeting_on
    except Unknown:
        day = None
    return working_day(max(day or today, today), house.council.asks.answer_within_days)


def stay_open(
    db: Connection, house: House, conversation_id: str, until: date, now: datetime
) -> None:
    """Whoever may write goes on being let in until some time after this day, so that an answer
    finds its way."""
    least = timedelta(days=house.council.invitation_days)
    end = datetime.combine(until, time(23, 59), LONDON).astimezone(now.tzinfo) + least
    conversations.extend(db, house.id, conversation_id, end)
    invitations.extend(db, house.id, conversation_id, end)
