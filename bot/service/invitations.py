"""Inviting a young person to a review, and letting them in."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.service import guessing
from bot.service.codes import new_code, new_secret, typed
from bot.service.days import local_day
from bot.service.guessing import Shown, Wait
from bot.service.house import House
from bot.service.meeting_kinds import KINDS
from bot.service.wording import LONDON
from conversations.engine import start
from conversations.flows import FLOWS
from conversations.wording import Band, band_of
from storage import audit, conversations, invitations, people, reviews
from storage.conversations import Kept
from storage.invitations import Hashes, Invitation, KeyKind, Secret
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind

_ONCE = 20  # characters that can't be guessed
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Before this nobody was invited: no way in had ended yet."""

FLOW_OF = {kind: one.flow for kind, one in KINDS.items()}
FLOW_OF_CARERS = "foster_carer_form"
FLOW_AFTER = {ReviewKind.CIOC: "my_experience", ReviewKind.PATHWAY: "my_experience_pathway"}


@dataclass(frozen=True, slots=True)
class Invited:
    """What is handed to the young person, and nowhere kept. `telegram_start` is the payload of
    `https://t.me/<bot>?start=…`; none below the minimum age."""

    review_id: str
    kind: str
    band: str
    url: str
    code: str
    telegram_start: str | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is to open an invitation. `telegram`: only for those who are old enough for it."""

    link: str = field(repr=False)
    code: str = field(repr=False)
    telegram: str = field(repr=False)


def draw() -> Drawn:
    """By chance, of what nobody can guess. Nothing is opened by it before `invite` keeps it."""
    return Drawn(new_secret(), new_code(), new_secret())


def link_of(house: House, drawn: Drawn) -> str:
    return f"{house.settings.public_url}/i/#{drawn.link}"


class Refused(StrEnum):
    """Why somebody was not let in. Wrong, used and expired look alike from outside."""

    CODE = "code"
    USED_LINK = "used_link"  # the link was right: it asks for the come-back code
    ERASED = "erased"  # the link was right, and what was said behind it was erased


@dataclass(frozen=True, slots=True)
class LetIn:
    """`token` is for the cookie; only its hash is kept."""

    conversation_id: str
    token: str
    expires_at: datetime


def _hash(house: House, purpose: str, secret: str) -> bytes:
    return house.keys.blind(house.id, purpose, secret)


def _use(db: Connection, found: Invitation, now: datetime) -> bool:
    """Use it up, and whatever else was sent for the same review: who finds the letter later must
    not be let in by it. False if it is no good any more."""
    if not invitations.use(db, found, now):
        return False
    invitations.revoke_beside(db, found, now)
    return True


def _found(db: Connection, house: House, secret: Secret, given: str) -> Invitation | None:
    return invitations.find(db, house.id, secret, _hash(house, secret.value, given))


def invite(
    db: Connection,
    house: House,
    review_id: str,
    now: datetime,
    *,
    by: str = "sayso",
    reason: str | None = None,
    drawn: Drawn | None = None,
) -> Invited:
    """A new invitation to a review; earlier unused ones end. `Unknown` if there is no review.

    `by`: who makes it, as the audit names them; `drawn`: what opens it, where that is on paper
    already. One that replaces another: `reissuing`.
    """
    drawn = drawn or draw()
    review = reviews.get(db, house.id, review_id)
    person = people.young_person(db, house.id, review.person_id)
    by_telegram = house.settings.telegram_token and is_old_enough(house, person, now)
    telegram = drawn.telegram if by_telegram else None
    invitations.revoke_open(db, house.id, review_id, now)
    invitation = Invitation(
        house.id, str(uuid.uuid4()), review_id, now + timedelta(days=house.council.invitation_days)
    )
    hashes = Hashes(
        _hash(house, "link", drawn.link),
        _hash(house, "code", typed(drawn.code) or ""),
        _hash(house, "telegram", telegram) if telegram else None,
    )
    invitations.add(db, invitation, hashes, now, by=by, reason=reason, person_id=review.person_id)
    audit.add(db, house.id, now, actor=by, act="invitation_made", subject=f"review:{review_id}")
    return Invited(
        review_id,
        review.kind.value,
        "adult" if person.carer else _band(person, now).value,
        link_of(house, drawn),
        drawn.code,
        telegram,
    )


def link_beside(db: Connection, house: House, invitation_id: str, now: datetime) -> Invited | None:
    """Another link to an invitation that is open, good for as long as that one; None if it is open
    no more. For a reminder: the link that was sent is kept nowhere."""
    first = invitations.get(db, house.id, invitation_id)
    if first is None or not first.open(now):
        return None
    review = reviews.get(db, house.id, first.review_id)
    person = people.young_person(db, house.id, review.person_id)
    link = new_secret()
    beside = Invitation(house.id, str(uuid.uuid4()), first.review_id, first.expires_at)
    hashes = Hashes(_hash(house, "link", link), _hash(house, "code", new_secret()), None)
    invitations.add(db, beside, hashes, now, by="sayso", person_id=review.person_id)
    url = f"{house.settings.public_url}/i/#{link}"
    band = "adult" if person.carer else _band(person, now).value
    return Invited(first.review_id, review.kind.value, band, url, "", None)


def let_in_by_link(
    db: Connection, house: House, secret: str, cookie: str | None, once: str, now: datetime
) -> LetIn | Refused:
    """By the link's secret. The same browser, known by its cookie, simply goes on.

    `once`: what the page that posts made up. The answer may be lost on its way: the same page
    posting again gets the same cookie, and nobody else does.
    """
    found = _found(db, house, Secret.LINK, secret)
    if found is None:
        return Refused.CODE
    token = _token(house, once, secret)
    if _use(db, found, now):
        return _bind_browser(db, house, _begun(db, house, found.review_id, now), token, now)
    known = _known(db, house, found.review_id, (token, cookie), now)
    if known is not None:
        return known
    if _is_erased(db, house, found):
        return Refused.ERASED
    return Refused.USED_LINK if found.used_at and found.revoked_at is None else Refused.CODE


def _is_erased(db: Connection, house: House, found: Invitation) -> bool:
    """Whether what was said by this invitation, or all of the person, was erased. Only a link is
    told so: 256 bits are guessed by nobody."""
    if found.used_at is not None:
        return not conversations.exists(db, house.id, conversation_of(house, found.review_id))
    return people.is_erased(db, house.id, reviews.get(db, house.id, found.review_id).person_id)


def let_in_by_code(
    db: Connection, house: House, code: str, once: str, now: datetime
) -> LetIn | Refused:
    """By what was typed: an invitation's code, once, or the come-back code."""
    symbols = typed(code)
    if symbols is None:
        return Refused.CODE
    token = _token(house, once, symbols)
    found = _found(db, house, Secret.CODE, symbols)
    if found is not None:
        if _use(db, found, now):
            kept = _begun(db, house, found.review_id, now)
            return _bind_browser(db, house, kept, token, now)
        return _known(db, house, found.review_id, (token,), now) or Refused.CODE
    conversation_id = invitations.conversation_of(
        db, house.id, KeyKind.COMEBACK, _hash(house, "comeback", symbols), now
    )
    if conversation_id is None:
        return Refused.CODE
    return _bind_browser(db, house, conversations.get(db, house.id, conversation_id), token, now)


@dataclass(frozen=True, slots=True)
class Knock:
    """What a browser posts to be let in: the link's secret, or a typed code. `cookie`: by which it
    may be known already; `once`: what the page made up; `shown`: what it brings where too many
    wrong codes came from its address."""

    secret: str
    code: str
    cookie: str | None
    once: str
    shown: Shown


def knock(db: Connection, house: House, knock: Knock, now: datetime) -> LetIn | Refused | Wait:
    """Let a browser in, or say why not, or what to do first. A code that has to wait is not looked
    at before: nothing tells whether it is right."""
    wait = guessing.turned_away(db, house, knock.shown, now)
    if wait is not None:
        return wait
    if knock.secret:
        found = let_in_by_link(db, house, knock.secret, knock.cookie, knock.once, now)
    else:
        found = let_in_by_code(db, house, knock.code, knock.once, now)
    if found is Refused.CODE:
        guessing.wrong_code(db, house, knock.shown, now)
    return found


def _token(house: House, once: str, secret: str) -> str:
    """The cookie of a page that made up `once`; without that, one of its own."""
    if len(once) < _ONCE:
        return new_secret()
    return house.keys.blind(house.id, "cookie", f"{once}:{secret}").hex()


def _known(
    db: Connection, house: House, review_id: str, tokens: Iterable[str | None], now: datetime
) -> LetIn | None:
    """The same browser again, by one of the cookies it may have been given."""
    conversation_id = conversation_of(house, review_id)
    for token in tokens:
        if token and browser(db, house, token, now) == conversation_id:
            kept = conversations.get(db, house.id, conversation_id)
            return LetIn(conversation_id, token, kept.open_until)
    return None


def let_in_by_telegram(
    db: Connection, house: House, payload: str, chat: str, now: datetime
) -> str | Refused:
    """By the start payload: binds the chat and gives the conversation's id."""
    return _let_in_chat(db, house, _found(db, house, Secret.TELEGRAM, payload), chat, now)


def let_in_by_typed_code(
    db: Connection, house: House, words: str, chat: str, now: datetime
) -> str | Refused | None:
    """By an invitation's code or the come-back code, typed in a chat that nobody knows; None if the
    words are no code.

    Below the minimum age for Telegram the code stays good for the web chat.
    """
    symbols = typed(words)
    if symbols is None:
        return None
    found = _found(db, house, Secret.CODE, symbols)
    if found is None:
        return _come_back_in_chat(db, house, symbols, chat, now)
    return _let_in_chat(db, house, found, chat, now)


def _come_back_in_chat(
    db: Connection, house: House, symbols: str, chat: str, now: datetime
) -> str | Refused:
    """What was begun in a browser goes on here."""
    conversation_id = invitations.conversation_of(
        db, house.id, KeyKind.COMEBACK, _hash(house, "comeback", symbols), now
    )
    if conversation_id is None:
        return Refused.CODE
    kept = conversations.get(db, house.id, conversation_id)
    if not is_old_enough(house, people.young_person(db, house.id, kept.person_id), now):
        return Refused.CODE
    bind_chat(db, house, kept, chat, now)
    return conversation_id


def is_old_enough(house: House, person: YoungPerson, now: datetime) -> bool:
    """For Telegram: by the birth date, as the council has it (`SAYSO_TELEGRAM_MINIMUM_AGE`)."""
    return person.is_at_least(house.settings.telegram_minimum_age, local_day(now))


def _band(person: YoungPerson, now: datetime) -> Band:
    """For whom the texts are; an adult reads those of 16+."""
    age = person.age(local_day(now))
    return Band.SIXTEEN if age is None else band_of(age)


def _let_in_chat(
    db: Connection, house: House, found: Invitation | None, chat: str, now: datetime
) -> str | Refused:
    if found is None or found.revoked_at is not None:
        return Refused.CODE
    review = reviews.get(db, house.id, found.review_id)
    person = people.young_person(db, house.id, review.person_id)
    if not is_old_enough(house, person, now):
        return Refused.CODE
    if not _use(db, found, now):
        open_here = chat_conversation(db, house, chat, now)
        same = open_here and open_here == conversation_of(house, found.review_id)
        return open_here if open_here and same else Refused.CODE
    kept = _kept_for(db, house, review, person, now)
    bind_chat(db, house, kept, chat, now)
    return kept.conversation_id


def bind_chat(db: Connection, house: House, kept: Kept, chat: str, now: datetime) -> None:
    """Messages of this chat belong to the conversation until the invitation ends."""
    key = _hash(house, "telegram_chat", chat)
    invitations.bind(
        db,
        house.id,
        KeyKind.TELEGRAM,
        key,
        kept.conversation_id,
        now,
        kept.open_until,
        address=chat,
        person_id=kept.person_id,
    )


def chat_conversation(db: Connection, house: House, chat: str, now: datetime) -> str | None:
    """The conversation of a Telegram chat, if it has one that is open."""
    key = _hash(house, "telegram_chat", chat)
    return invitations.conversation_of(db, house.id, KeyKind.TELEGRAM, key, now)


def lock_chat(db: Connection, house: House, chat: str, now: datetime) -> Kept | None:
    """The same, locked, to be written to."""
    key = _hash(house, "telegram_chat", chat)
    return conversations.lock_by_key(db, house.id, KeyKind.TELEGRAM.value, key, now)


def browser(db: Connection, house: House, token: str, now: datetime) -> str | None:
    """The conversation that a browser's cookie opens for writing."""
    return invitations.conversation_of(
        db, house.id, KeyKind.BROWSER, _hash(house, "browser", token), now
    )


def browser_before(db: Connection, house: House, token: str) -> str | None:
    """The conversation that a browser's cookie opened, whether the invitation has ended or not."""
    return browser(db, house, token, _EVER)


def chat_before(db: Connection, house: House, chat: str) -> str | None:
    """The same of a Telegram chat."""
    return chat_conversation(db, house, chat, _EVER)


def link_for(db: Connection, house: House, conversation_id: str, now: datetime) -> str:
    """A one-time link into the web chat, for a chat that is in the conversation already."""
    kept = conversations.get(db, house.id, conversation_id)
    secret = new_secret()
    invitation = Invitation(house.id, str(uuid.uuid4()), kept.review_id, kept.open_until)
    hashes = Hashes(_hash(house, "link", secret), _hash(house, "code", new_secret()), None)
    invitations.add(db, invitation, hashes, now)
    return f"{house.settings.public_url}/i/#{secret}"


def _bind_browser(db: Connection, house: House, kept: Kept, token: str, now: datetime) -> LetIn:
    key = _hash(house, "browser", token)
    invitations.bind(db, house.id, KeyKind.BROWSER, key, kept.conversation_id, now, kept.open_until)
    return LetIn(kept.conversation_id, token, kept.open_until)


def conversation_behind(db: Connection, house: House, knock: Knock) -> str | None:
    """The conversation to which a link or code belongs that was handed out, used or not; None if
    it is nobody's or was revoked. The conversation may not have begun."""
    by_link = bool(knock.secret)
    secret = knock.secret if by_link else typed(knock.code)
    if secret is None:
        return None
    found = _found(db, house, Secret.LINK if by_link else Secret.CODE, secret)
    if found is None or found.revoked_at is not None:
        return None
    return conversation_of(house, found.review_id)


def conversation_of(house: House, review_id: str) -> str:
    """The id of a review's conversation, begun or not."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"sayso:{house.id}:{review_id}"))


def _begun(db: Connection, house: House, review_id: str, now: datetime) -> Kept:
    """The review's conversation, begun if it has none."""
    review = reviews.get(db, house.id, review_id)
    person = people.young_person(db, house.id, review.person_id)
    return _kept_for(db, house, review, person, now)


def _kept_for(
    db: Connection, house: House, review: Review, person: YoungPerson, now: datetime
) -> Kept:
    review_id = review.review_id
    conversation_id = conversation_of(house, review_id)
    if conversations.exists(db, house.id, conversation_id):
        conversations.extend(db, house.id, conversation_id, _open_until(house, review, now))
        return conversations.get(db, house.id, conversation_id)
    flow_of = FLOW_AFTER if review.looks_back_on else FLOW_OF
    flow = FLOWS[FLOW_OF_CARERS if person.carer else flow_of[review.kind]]
    kept = Kept(
        house.id,
        conversation_id,
        review_id,
        review.person_id,
        _open_until(house, review, now),
        start(flow, _band(person, now), person.language),
    )
    conversations.add(db, kept, now)
    actor = f"young_person:{review.person_id}"
    subject = f"review:{review_id}"
    audit.add(db, house.id, now, actor=actor, act="code_accepted", subject=subject)
    return kept


def _open_until(house: House, review: Review, now: datetime) -> datetime:
    """The end of the meeting's day, and never less than an invitation lasts."""
    least = now + timedelta(days=house.council.invitation_days)
    day = review.meeting_on or review.due_on
    if day is None or review.held:
        return least
    return max(least, datetime.combine(day, time(23, 59), LONDON).astimezone(UTC))
