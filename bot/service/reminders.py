"""Reminders: for who stopped and asked for one, in the Telegram chat that they use.

A row in the outbox waits for its day (`bot/channels/telegram/reminding.py` carries it). Whether it
is still wanted is looked at when it is to leave, and not only when something changes: nobody need
remember to take it back.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.service.days import local_day
from bot.service.house import House
from bot.service.wording import LONDON
from conversations.conversation import Conversation, Pause
from conversations.reminding import DAYS
from storage import audit, chats, conversations, disputes, outbox, people, reminders, reviews
from storage.conversations import Kept
from storage.errors import Unknown
from storage.outbox import Outgoing
from storage.reminders import State
from storage.reviews import Review, ReviewKind

DESTINATION = "reminder"
MOST = 2
"""For one conversation, however often they stop."""
ADULT = 18


@dataclass(frozen=True, slots=True)
class Asked:
    """Which one, as its outbox row carries it."""

    conversation_id: str
    number: int

    @classmethod
    def of(cls, payload: str) -> "Asked":
        return cls(**json.loads(payload))

    @property
    def key(self) -> str:
        return f"{DESTINATION}/{self.conversation_id}/{self.number}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One that may ring now: in which chat, and in whose language."""

    kept: Kept
    chat: str

    @property
    def locale(self) -> str:
        return self.kept.conversation.locale


def offered_in_chat(db: Connection, house: House, kept: Kept, now: datetime) -> tuple[str, ...]:
    """The days that may be chosen; none where there is no chat to write to, or enough was sent."""
    if _chat(db, house, kept) is None:
        return ()
    found = reminders.get(db, house.id, kept.conversation_id)
    if found is not None and found.rung >= MOST:
        return ()
    return tuple(days(db, house, kept, now))


def offered_in_calendar(db: Connection, house: House, kept: Kept, now: datetime) -> tuple[str, ...]:
    """The same for who has no chat that we could write to: an entry for their own calendar."""
    return () if _chat(db, house, kept) is not None else tuple(days(db, house, kept, now))


def days(db: Connection, house: House, kept: Kept, now: datetime) -> dict[str, datetime]:
    """Each day that may be chosen, with the time. Not on the day of the meeting or after it."""
    if not _is_at_a_stop(kept.conversation):
        return {}
    review = reviews.get(db, house.id, kept.review_id)
    if not _goes_on(db, house, kept, review, now):
        return {}
    found = {which: _on(house, local_day(now), later) for which, later in DAYS.items()}
    return {which: at for which, at in found.items() if at <= _last(house, kept, review)}


def set_at(db: Connection, house: House, kept: Kept, now: datetime) -> datetime | None:
    """When the one that waits is going to ring."""
    found = reminders.get(db, house.id, kept.conversation_id)
    if found is None or found.state is not State.WAITING:
        return None
    return found.at


def remind(db: Connection, house: House, kept: Kept, which: str, now: datetime) -> None:
    """They want one, in place of the one before. Nothing if it is not offered (any more)."""
    if which not in offered_in_chat(db, house, kept, now):
        return
    at = days(db, house, kept, now)[which]
    _put(db, house, kept, at, now)
    audit.add(
        db, house.id, now, actor=f"young_person:{kept.person_id}", act="reminder_asked",
        subject=f"review:{kept.review_id}", detail=which,
    )  # fmt: skip


def end(db: Connection, house: House, conversation_id: str, now: datetime) -> None:
    """None is wanted any more."""
    number = reminders.end(db, house.id, conversation_id, now)
    if number is not None:
        outbox.withdraw(db, house.id, Asked(conversation_id, number).key, now)


def fit(db: Connection, house: House, kept: Kept, now: datetime) -> None:
    """The review has another day, or none: one that would come too late comes before it, on a day
    that is not over, or not at all. Whoever asks holds the conversation's lock."""
    at = set_at(db, house, kept, now)
    if at is None:
        return
    review = reviews.get(db, house.id, kept.review_id)
    last = _last(house, kept, review)
    if at <= last and _goes_on(db, house, kept, review, now):
        return
    end(db, house, kept.conversation_id, now)
    sooner = _on(house, local_day(last), 0)
    if _goes_on(db, house, kept, review, now) and now < sooner <= last:
        _put(db, house, kept, sooner, now)


def wanted(db: Connection, house: House, asked: Asked, now: datetime) -> Wanted | None:
    """Whether it may ring now. Reads only."""
    found = reminders.get(db, house.id, asked.conversation_id)
    if found is None or (found.number, found.state) != (asked.number, State.WAITING):
        return None
    if people.is_erased(db, house.id, found.person_id):
        return None
    try:
        kept = conversations.get(db, house.id, asked.conversation_id)
    except Unknown:
        return None
    review = reviews.get(db, house.id, kept.review_id)
    if not (_is_at_a_stop(kept.conversation) and _goes_on(db, house, kept, review, now)):
        return None
    chat = _chat(db, house, kept)
    return None if chat is None or now > _end(kept, review) else Wanted(kept, chat)


def ring(db: Connection, house: House, asked: Asked, now: datetime) -> Wanted | None:
    """It is sent now: from here on nobody sends it again, also if this try ends unheard of. None if
    it may not, or somebody else was first."""
    found = wanted(db, house, asked, now)
    if found is None or not reminders.ring(db, house.id, asked.conversation_id, asked.number, now):
        return None
    audit.add(
        db, house.id, now, actor="sayso", act="reminder_sent",
        subject=f"review:{found.kept.review_id}",
    )  # fmt: skip
    return found


def not_sent(db: Connection, house: House, asked: Asked, now: datetime) -> None:
    """It certainly did not leave, so it waits again."""
    reminders.unring(db, house.id, asked.conversation_id, asked.number, now)


def chat_closed(db: Connection, house: House, chat: str, now: datetime) -> None:
    """Nothing can be written there any more: they blocked the bot, or are gone."""
    key = house.keys.blind(house.id, "telegram_chat", chat)
    conversation_id = chats.close(db, house.id, key, now)
    if conversation_id is not None:
        end(db, house, conversation_id, now)


def chat_open(db: Connection, house: House, chat: str) -> None:
    """They let the bot write again. What had ended has ended."""
    chats.open_again(db, house.id, house.keys.blind(house.id, "telegram_chat", chat))


def _put(db: Connection, house: House, kept: Kept, at: datetime, now: datetime) -> None:
    end(db, house, kept.conversation_id, now)
    number = reminders.put(db, house.id, kept.conversation_id, kept.person_id, at, now)
    asked = Asked(kept.conversation_id, number)
    row = Outgoing(
        DESTINATION,
        lane=f"{DESTINATION}/{kept.conversation_id}",
        idempotency_key=asked.key,
        payload=json.dumps({"conversation_id": asked.conversation_id, "number": number}),
        person_id=kept.person_id,
        not_before=at,
    )
    outbox.add(db, house.id, [row], now)


def _chat(db: Connection, house: House, kept: Kept) -> str | None:
    if not house.settings.telegram_token:
        return None
    return chats.address_of(db, house.id, kept.conversation_id, kept.person_id)


def _is_at_a_stop(conversation: Conversation) -> bool:
    return conversation.pause is Pause.STOPPED and not conversation.sent


def _goes_on(db: Connection, house: House, kept: Kept, review: Review, now: datetime) -> bool:
    """Whether anything is left to come back for: the review is neither over nor off, it is still
    theirs at their age, and nobody doubts whose words these are."""
    if review.looks_back_on is None and (review.held or review.stood_down):
        return False
    if disputes.of_conversation(db, house.id, kept.conversation_id) is not None:
        return False
    if review.kind is ReviewKind.PATHWAY or review.looks_back_on is not None:
        return True
    person = people.young_person(db, house.id, kept.person_id)
    return person.carer or not person.is_at_least(ADULT, local_day(now))


def _on(house: House, day: date, later: int) -> datetime:
    return datetime.combine(day + timedelta(days=later), house.council.reminders.at, LONDON)


def _end(kept: Kept, review: Review) -> datetime:
    """From when on there is nothing to be reminded of: the day of the meeting begins, or they can
    write no more."""
    day = review.meeting_on
    if day is None or review.looks_back_on is not None:
        return kept.open_until
    return min(kept.open_until, datetime.combine(day, datetime.min.time(), LONDON))


def _last(house: House, kept: Kept, review: Review) -> datetime:
    """The last time at which one may ring."""
    end = _end(kept, review)
    last = _on(house, local_day(end), 0)
    return last if last <= end else _on(house, local_day(end), -1)
