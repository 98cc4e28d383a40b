"""An invitation goes out: by letter, text message, e-mail, or handed over for Telegram.

Making one and sending it are one transaction. What is sent by GOV.UK Notify is a row in the outbox,
sealed until it left; the text says that there is a message and not a word more.
"""

import json
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.service import invitations, quiet, reissuing
from bot.service.house import House
from bot.service.invitations import Invited
from bot.service.wording import Reader
from conversations import texts_inviting as texts
from conversations.wording import Band, Say
from storage import audit, contact_addresses, outbox, people, reviews, tasks
from storage import invitation_sendings as sendings
from storage import invitations as kept
from storage.contact_addresses import Address
from storage.errors import Unknown
from storage.invitation_sendings import Sending, State, Way
from storage.outbox import Outgoing
from storage.people import YoungPerson
from storage.tasks import Kind, Task

DESTINATION = "invitation"
RECEIPT = "invitation-receipt"
_STOP_SYMBOLS = 8
"""40 bits: who guesses one stops somebody's messages, and learns nothing."""
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class Refused(StrEnum):
    """Why an invitation did not go out, with what to do about it on the page."""

    NO_REASON = "no_reason"  # one is open or used: a new one ends it
    TOO_LONG = "too_long"
    NOT_CONFIRMED = "not_confirmed"  # nobody says that the address is the young person's own
    STOPPED = "stopped"
    NO_ADDRESS = "no_address"
    NOT_SET_UP = "not_set_up"  # there is no GOV.UK Notify, or no template of this kind
    TOO_YOUNG = "too_young"  # for Telegram


_REISSUING = {
    reissuing.Problem.NO_REASON: Refused.NO_REASON,
    reissuing.Problem.TOO_LONG: Refused.TOO_LONG,
}


@dataclass(frozen=True, slots=True)
class Sent:
    """`invited` is what stands on paper, and is kept nowhere."""

    sending_id: str
    invited: Invited


@dataclass(frozen=True, slots=True)
class Leaving:
    """One that is to leave, as its outbox row carries it. `url`: opens the invitation."""

    sending_id: str
    url: str = field(repr=False)
    stop: str = field(repr=False)
    notified: str = ""

    @classmethod
    def of(cls, payload: str) -> "Leaving":
        return cls(**json.loads(payload))

    @property
    def key(self) -> str:
        """By which Notify knows it, and the outbox."""
        return f"{DESTINATION}/{self.sending_id}"


def is_set_up(house: House, way: Way) -> bool:
    """Whether GOV.UK Notify is there for this kind of message."""
    settings = house.settings
    match way:
        case Way.SMS:
            return bool(settings.notify_key and settings.notify_sms_template)
        case Way.EMAIL:
            return bool(settings.notify_key and settings.notify_email_template)
        case Way.LETTER:
            return True
        case Way.TELEGRAM:
            return bool(settings.telegram_token)


@dataclass(frozen=True, slots=True)
class By:
    """Who sends it, as the audit names them; in one transaction with what else."""

    actor: str
    reason: str = ""
    number: int = 0


def send(
    db: Connection,
    house: House,
    review_id: str,
    way: Way,
    address_id: str | None,
    by: By,
    now: datetime,
) -> Sent | Refused:
    """Invite by this way; nothing is done where it is refused. `Unknown`."""
    address = None
    if way in (Way.SMS, Way.EMAIL):
        person_id = reviews.get(db, house.id, review_id).person_id
        found = _address(db, house, person_id, way, address_id)
        if isinstance(found, Refused):
            return found
        address = found
    if not is_set_up(house, way):
        return Refused.NOT_SET_UP
    if way is Way.TELEGRAM and not _old_enough(db, house, review_id, now):
        return Refused.TOO_YOUNG
    made = reissuing.reissue(db, house, review_id, by.actor, by.reason, now)
    if isinstance(made, reissuing.Problem):
        return _REISSUING[made]
    return Sent(_put(db, house, made, way, address, by, now), made)


def may_use_telegram(house: House, person: YoungPerson, now: datetime) -> bool:
    """Whether they are old enough for it."""
    return invitations.is_old_enough(house, person, now)


def _old_enough(db: Connection, house: House, review_id: str, now: datetime) -> bool:
    person = people.young_person(db, house.id, reviews.get(db, house.id, review_id).person_id)
    return may_use_telegram(house, person, now)


def _address(
    db: Connection, house: House, person_id: str, way: Way, address_id: str | None
) -> Address | Refused:
    """The address that may be written to, or why it may not."""
    if address_id is None:
        return Refused.NO_ADDRESS
    try:
        address = contact_addresses.get(db, house.id, address_id)
    except Unknown:
        return Refused.NO_ADDRESS
    if address.person_id != person_id or address.way.value != way.value:
        return Refused.NO_ADDRESS
    if address.stopped_at is not None:
        return Refused.STOPPED
    return address if address.confirmed_at is not None else Refused.NOT_CONFIRMED


def _put(
    db: Connection,
    house: House,
    made: Invited,
    way: Way,
    address: Address | None,
    by: By,
    now: datetime,
) -> str:
    """Write down how it goes out, and put out what leaves by Notify; the sending's id."""
    newest = kept.newest(db, house.id, made.review_id)
    sending_id = str(uuid.uuid4())
    person_id = reviews.get(db, house.id, made.review_id).person_id
    stop = _new_stop() if address is not None else ""
    handed = way is Way.TELEGRAM
    sending = Sending(
        sending_id,
        newest,
        made.review_id,
        person_id,
        way,
        now,
        by.actor,
        address.address_id if address is not None else None,
        by.number,
        State.SENT if handed else State.MADE,
        now if handed else None,
    )
    stop_hash = house.keys.blind(house.id, "stop", stop) if stop else None
    sendings.add(db, house.id, sending, stop_hash)
    subject = f"review:{made.review_id}"
    act = "invitation_reminded" if by.number else "invitation_sent"
    audit.add(db, house.id, now, actor=by.actor, act=act, subject=subject, detail=way.value)
    if address is not None:
        leaving = Leaving(sending_id, made.url, stop)
        out = Outgoing(
            DESTINATION,
            lane=f"{DESTINATION}/{sending_id}",
            idempotency_key=leaving.key,
            payload=json.dumps(
                {"sending_id": sending_id, "url": leaving.url, "stop": leaving.stop}
            ),
            person_id=person_id,
            not_before=quiet.until(house.council.reminders, now),
        )
        outbox.add(db, house.id, [out], now)
    return sending_id


def printed_elsewhere(db: Connection, house: House, made: Invited, now: datetime) -> None:
    """Its letter is printed by who made it, on the command line."""
    sending_id = _put(db, house, made, Way.LETTER, None, By("sayso"), now)
    sendings.sent(db, house.id, sending_id, now)


def _new_stop() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_STOP_SYMBOLS))


def remind(db: Connection, house: House, first: Sending, number: int, now: datetime) -> bool:
    """Once more to the same address, with a link of its own to the same invitation: the one that
    was sent is kept nowhere. It ends when that one ends. False: it may not go out."""
    address = _address(db, house, first.person_id, first.way, first.address_id)
    if isinstance(address, Refused) or not is_set_up(house, first.way):
        return False
    again = invitations.link_beside(db, house, first.invitation_id, now)
    if again is None:
        return False
    _put(db, house, again, first.way, address, By("sayso", number=number), now)
    return True


@dataclass(frozen=True, slots=True)
class Wanted:
    """One that may leave now: to which address, of which language, and what is filled in."""

    way: contact_addresses.Way
    address: str
    says: dict[str, str] = field(repr=False)


def wanted(db: Connection, house: House, leaving: Leaving, now: datetime) -> Wanted | None:
    """Whether it may leave now: the invitation is open, and the address still the young person's
    own. Reads only."""
    sending = sendings.get(db, house.id, leaving.sending_id)
    if sending is None or sending.state is not State.MADE:
        return None
    if people.is_erased(db, house.id, sending.person_id):
        return None
    invitation = kept.get(db, house.id, sending.invitation_id)
    if invitation is None or not invitation.open(now):
        return None
    address = _address(db, house, sending.person_id, sending.way, sending.address_id)
    if isinstance(address, Refused):
        return None
    person = people.young_person(db, house.id, sending.person_id)
    says = message(house, person.language, leaving, sending.number)
    if address.way is contact_addresses.Way.EMAIL:
        says = {"subject": Reader(Band.SIXTEEN, person.language).text(texts.SUBJECT), **says}
    return Wanted(address.way, address.address, says)


def message(house: House, language: str, leaving: Leaving, number: int) -> dict[str, str]:
    """The whole text: a link, and how to stop. A phone lies on a table."""
    text = texts.NOTICE_AGAIN if number else texts.NOTICE
    stop = f"{house.settings.public_url}/s/{leaving.stop}"
    say = Say(text, {"link": leaving.url, "stop_link": stop})
    return {"text": Reader(Band.SIXTEEN, language).read(say)}


def left(
    db: Connection, house: House, leaving: Leaving, person_id: str, notified: str, now: datetime
) -> None:
    """Notify took it. Whether it arrives is asked for, where nobody calls us back."""
    sendings.sent(db, house.id, leaving.sending_id, now, notified)
    if not notified:
        return
    row = Outgoing(
        RECEIPT,
        lane=f"{RECEIPT}/{leaving.sending_id}",
        idempotency_key=f"{RECEIPT}/{leaving.sending_id}",
        payload=json.dumps(
            {"sending_id": leaving.sending_id, "url": "", "stop": "", "notified": notified}
        ),
        person_id=person_id,
        not_before=now,
    )
    outbox.add(db, house.id, [row], now)


def arrived(db: Connection, house: House, sending_id: str, now: datetime) -> bool:
    """It was delivered; False if it was known how it ended."""
    return sendings.end(db, house.id, sending_id, State.DELIVERED, now)


def bounced(db: Connection, house: House, sending_id: str, why: str, now: datetime) -> bool:
    """It did not arrive: business support has something to do. False if that was known, or it was
    delivered."""
    if not sendings.end(db, house.id, sending_id, State.BOUNCED, now, why):
        return False
    sending = sendings.get(db, house.id, sending_id)
    if sending is None or people.is_erased(db, house.id, sending.person_id):
        return True
    about = {"way": sending.way.value, "why": why}
    task = Task(sending_id, Kind.INVITATION_BOUNCED, sending.person_id, sending.review_id, about)
    tasks.add(db, house.id, task, now)
    audit.add(
        db, house.id, now, actor="sayso", act="invitation_bounced",
        subject=f"review:{sending.review_id}", detail=sending.way.value,
    )  # fmt: skip
    return True


def withdrawn(db: Connection, house: House, sending_id: str, now: datetime) -> None:
    """Nobody wants it any more: it was opened, replaced, stopped, or its time is over."""
    sendings.end(db, house.id, sending_id, State.WITHDRAWN, now)


def take_out(db: Connection, house: House, sending: Sending, now: datetime) -> bool:
    """Stop one that has not left: its invitation ends. False: it left, or is leaving just now."""
    key = f"{DESTINATION}/{sending.sending_id}"
    if sending.way is not Way.LETTER and not outbox.withdraw(db, house.id, key, now):
        return False
    if not sendings.end(db, house.id, sending.sending_id, State.WITHDRAWN, now):
        return False
    reviews.lock(db, house.id, sending.review_id)  # a newer one that is being made stands
    if sendings.still_open(db, house.id, [sending.sending_id], now):
        kept.revoke_open(db, house.id, sending.review_id, now)
    return True


def stop_by_link(db: Connection, house: House, stop: str, now: datetime) -> bool:
    """Whoever has the message wants no more of them; False where the link is nobody's. Nothing more
    goes to that address, for whatever review."""
    sending = sendings.by_stop(db, house.id, house.keys.blind(house.id, "stop", stop.upper()))
    if sending is None or sending.address_id is None:
        return False
    if people.is_erased(db, house.id, sending.person_id):
        return False
    who = f"young_person:{sending.person_id}"
    if contact_addresses.stop(db, house.id, sending.address_id, who, now):
        audit.add(
            db, house.id, now, actor=who, act="address_stopped",
            subject=f"review:{sending.review_id}", detail=sending.way.value,
        )  # fmt: skip
    return True


def is_under_way(db: Connection, house: House, sending_id: str) -> bool:
    """Whether nobody knows yet if it arrived."""
    sending = sendings.get(db, house.id, sending_id)
    return sending is not None and sending.state is State.SENT


_BOUNCED = frozenset({"permanent-failure", "temporary-failure", "technical-failure"})
_ARRIVED = "delivered"


def receipt(
    db: Connection, house: House, reference: str, notified: str, status: str, now: datetime
) -> bool:
    """What GOV.UK Notify calls us back with. It may come twice, late, before we wrote down that it
    left, or of something that is not ours: the first word on how one ended stands, and no other
    says anything. Whether it told us something."""
    sending_id = reference.removeprefix(f"{DESTINATION}/")
    sending = sendings.by_receipt(db, house.id, sending_id, notified)
    if sending is None:
        return False
    if status == _ARRIVED:
        return arrived(db, house, sending.sending_id, now)
    if status in _BOUNCED:
        return bounced(db, house, sending.sending_id, status, now)
    return False
