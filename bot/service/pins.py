"""The PIN by which a young person reads again what they said. They may choose one; nobody must.

A cookie, a code or a phone lets one write, and whoever has it could choose a PIN as well. So a PIN
shows what was said from the live session on in which it was chosen, which that browser showed
anyway, and never what was said before. It shows more only to who proves to be the same: by the old
PIN, or by a code that the reviewing officer gave them.

The hash is slow and made outside: `start_try` and `finish_try` are two transactions.
"""

import hmac
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.access import pin_hashes
from bot.service import guessing
from bot.service.admission import Admitted, Asked, require
from bot.service.codes import new_code, new_secret, typed
from bot.service.house import House
from conversations.conversation import Answer
from conversations.flows import FLOWS
from conversations.sharing import are_sharing_words, is_sharing_choice
from storage import audit, conversations, pins, reviews, tasks
from storage.conversations import Kept
from storage.pins import Pin
from storage.tasks import Kind, Task

IDLE, LONGEST = timedelta(minutes=15), timedelta(hours=24)
"""How long a browser shows the answers (promise P17)."""
TOUCH_AFTER = timedelta(minutes=1)
RESET_FOR = timedelta(days=14)
MOST_LETTERS = 500


class Standing(StrEnum):
    NONE = "none"
    CHOSEN = "chosen"
    RESET = "reset"  # a code of the officer's lets one choose a new one


def standing(db: Connection, house: House, person_id: str, now: datetime) -> Standing:
    """Reads only."""
    return _standing(pins.get(db, house.id, person_id), now)


def _standing(pin: Pin | None, now: datetime) -> Standing:
    if pin is None:
        return Standing.NONE
    if pin.pin_hash is not None:
        return Standing.CHOSEN
    return (
        Standing.RESET if pin.reset_until is not None and now < pin.reset_until else Standing.NONE
    )


def shows_from(
    db: Connection, house: House, person_id: str, live_since: datetime, now: datetime
) -> datetime:
    """From when on what was said is shown by their PIN, or by one that they choose now."""
    pin = pins.get(db, house.id, person_id)
    stands = pin is not None and _standing(pin, now) is not Standing.NONE
    return pin.reads_from if pin is not None and stands else live_since


class Unfit(StrEnum):
    """Why these digits make no PIN."""

    SIX = "six"
    EASY = "easy"
    TWICE = "twice"


def fit(pin: str, again: str) -> Unfit | None:
    """None: it may be a PIN."""
    digits = pin_hashes.typed(pin)
    if digits is None:
        return Unfit.SIX
    if digits != pin_hashes.typed(again):
        return Unfit.TWICE
    return Unfit.EASY if pin_hashes.is_easy(digits) else None


@dataclass(frozen=True, slots=True)
class Try:
    """A PIN to be looked at. `pin_hash`: against what; none if no PIN stands."""

    person_id: str
    pin_hash: str | None


def start_try(db: Connection, house: House, kept: Kept, now: datetime) -> Try | datetime:
    """One of five in an hour; later ones are not looked at before the time that comes back."""
    until = guessing.pin_waits(db, house, kept.person_id, now)
    if until is not None:
        return until
    pin = pins.get(db, house.id, kept.person_id)
    return Try(kept.person_id, pin.pin_hash if pin else None)


def is_right(house: House, started: Try, pin: str) -> bool:
    """Slow: in a thread."""
    digits = pin_hashes.typed(pin)
    if digits is None or started.pin_hash is None:
        return False
    return pin_hashes.is_right(house.keys, house.id, started.person_id, digits, started.pin_hash)


def finish_try(
    db: Connection, house: House, started: Try, browser: str, now: datetime
) -> str | None:
    """The PIN was right: the secret for a cookie with which this browser shows the answers. None if
    the PIN was changed meanwhile."""
    pin = pins.get(db, house.id, started.person_id)
    if pin is None or pin.pin_hash != started.pin_hash:
        return None
    guessing.right_pin(db, house, started.person_id, now)
    return _unlock(db, house, started.person_id, browser, now)


def _unlock(db: Connection, house: House, person_id: str, browser: str, now: datetime) -> str:
    token = new_secret()
    pins.forget_old(db, house.id, now - LONGEST)
    hashes = _token_hash(house, token), _browser_hash(house, browser)
    pins.unlock(db, house.id, *hashes, person_id, now)
    _note(db, house, person_id, "answers_unlocked", now)
    return token


def make_hash(house: House, person_id: str, pin: str) -> str:
    """Slow: in a thread. `pin` is fit."""
    return pin_hashes.make(house.keys, house.id, person_id, pin_hashes.typed(pin) or "")


def choose(
    db: Connection,
    house: House,
    kept: Kept,
    pin_hash: str,
    browser: str,
    live_since: datetime,
    now: datetime,
) -> str | None:
    """The first PIN; a cookie's secret, or None if one stands by now."""
    conversations.lock(db, house.id, kept.conversation_id)  # of two at once the first is kept
    if standing(db, house, kept.person_id, now) is not Standing.NONE:
        return None
    pins.put(db, house.id, kept.person_id, Pin(pin_hash, live_since))
    _note(db, house, kept.person_id, "pin_chosen", now)
    return _unlock(db, house, kept.person_id, browser, now)


def change(
    db: Connection, house: House, kept: Kept, pin_hash: str, browser: str, now: datetime
) -> str | None:
    """Another PIN, in a browser that shows the answers: no other one does any more."""
    pin = pins.get(db, house.id, kept.person_id)
    if pin is None or pin.pin_hash is None:
        return None
    pins.put(db, house.id, kept.person_id, replace(pin, pin_hash=pin_hash))
    pins.lock_all(db, house.id, kept.person_id)
    _note(db, house, kept.person_id, "pin_changed", now)
    return _unlock(db, house, kept.person_id, browser, now)


def is_reset_code(
    db: Connection, house: House, kept: Kept, code: str, now: datetime
) -> bool | datetime:
    """Whether this is the officer's code. A try like one of the PIN; a time: too many."""
    until = guessing.pin_waits(db, house, kept.person_id, now)
    if until is not None:
        return until
    return _matches(db, house, kept.person_id, code, now)


def _matches(db: Connection, house: House, person_id: str, code: str, now: datetime) -> bool:
    pin, symbols = pins.get(db, house.id, person_id), typed(code)
    if pin is None or pin.reset_hash is None or symbols is None:
        return False
    if _standing(pin, now) is not Standing.RESET:
        return False
    return hmac.compare_digest(pin.reset_hash, _reset_hash(house, person_id, symbols))


def choose_after_reset(
    db: Connection, house: House, kept: Kept, code: str, pin_hash: str, browser: str, now: datetime
) -> str | None:
    """A new PIN by the officer's code, once; it shows what the one before showed."""
    if not _matches(db, house, kept.person_id, code, now):
        return None
    pin = pins.get(db, house.id, kept.person_id)
    if pin is None:
        return None
    pins.put(db, house.id, kept.person_id, Pin(pin_hash, pin.reads_from))
    guessing.right_pin(db, house, kept.person_id, now)
    _note(db, house, kept.person_id, "pin_chosen", now)
    return _unlock(db, house, kept.person_id, browser, now)


@dataclass(frozen=True, slots=True)
class Reading:
    """This browser shows the answers of this person, those said from then on."""

    person_id: str
    reads_from: datetime
    touch: bool


def reading(
    db: Connection, house: House, token: str, browser: str, now: datetime
) -> Reading | None:
    """What a browser's two cookies show, if it was unlocked and is not over. Reads only."""
    if not token or not browser:
        return None
    found = pins.find(db, house.id, _token_hash(house, token), _browser_hash(house, browser))
    if found is None or now - found.seen_at > IDLE or now - found.since > LONGEST:
        return None
    pin = pins.get(db, house.id, found.person_id)
    if pin is None or pin.pin_hash is None:
        return None
    return Reading(found.person_id, pin.reads_from, now - found.seen_at > TOUCH_AFTER)


def touch(db: Connection, house: House, token: str, now: datetime) -> None:
    pins.touch(db, house.id, _token_hash(house, token), now)


def lock(db: Connection, house: House, token: str) -> None:
    """This browser shows nothing any more, whoever kept its cookie."""
    pins.lock(db, house.id, _token_hash(house, token))


def asked_for_new(db: Connection, house: House, kept: Kept, now: datetime) -> None:
    """They forgot it: the officer is told. Asked twice it is the same."""
    task_id = str(uuid.uuid5(uuid.UUID(kept.conversation_id), "new_pin"))
    task = Task(task_id, Kind.NEW_PIN, kept.person_id, kept.review_id)
    if tasks.add(db, house.id, task, now):
        _note(db, house, kept.person_id, "new_pin_asked", now)


class Problem(StrEnum):
    """Why a PIN was not reset."""

    NO_REASON = "no_reason"
    TOO_LONG = "too_long"
    NO_PIN = "no_pin"


def reset(
    db: Connection, house: House, staff: Admitted, asked: Asked, reason: str, now: datetime
) -> str | Problem:
    """The old PIN ends at once, and so does every browser that shows the answers. Gives the code
    with which the young person chooses a new one, kept nowhere. `Unknown`."""
    require(db, house, staff, asked)
    review = reviews.lock(db, house.id, asked.review_id or "")  # of two taps the second stands
    reason = reason.strip()
    if not reason:
        return Problem.NO_REASON
    if len(reason) > MOST_LETTERS:
        return Problem.TOO_LONG
    pin = pins.get(db, house.id, review.person_id)
    if pin is None:
        return Problem.NO_PIN
    code = new_code()
    hashed = _reset_hash(house, review.person_id, typed(code) or "")
    pins.put(db, house.id, review.person_id, Pin(None, pin.reads_from, hashed, now + RESET_FOR))
    pins.lock_all(db, house.id, review.person_id)
    guessing.right_pin(db, house, review.person_id, now)
    task_id = str(uuid.uuid4())
    about = {"by": staff.actor, "reason": reason}
    tasks.add(
        db, house.id, Task(task_id, Kind.PIN_RESET, review.person_id, review.review_id, about), now
    )
    if review.officer_id == staff.staff_id:
        tasks.done(
            db, house.id, task_id, staff.staff_id, now
        )  # kept with its reason; nobody to tell
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act="pin_reset",
        subject=f"young_person:{review.person_id}",
    )
    return code


@dataclass(frozen=True, slots=True)
class Said:
    """One conversation's answers that may be read again. `before`: there are others, from before
    the PIN."""

    kept: Kept
    answers: tuple[Answer, ...]
    before: bool


def said(db: Connection, house: House, found: Reading) -> tuple[Said, ...]:
    """All that a young person said, the newest conversation first. Reads only."""
    every = conversations.of_person(db, house.id, found.person_id)
    return tuple(_said(kept, found.reads_from) for kept in every)


def _said(kept: Kept, reads_from: datetime) -> Said:
    flow = FLOWS[kept.conversation.flow_id]
    answers = [
        answer
        for question_id, answer in kept.conversation.answers.items()
        if (not is_sharing_choice(question_id) or are_sharing_words(answer))
        and question_id in flow.by_id
        and not flow.by_id[question_id][0].explains
    ]
    order = {question_id: place for place, question_id in enumerate(flow.by_id)}
    answers.sort(key=lambda answer: order[answer.question])
    shown = tuple(answer for answer in answers if answer.since >= reads_from)
    return Said(kept, shown, before=len(shown) < len(answers))


def _token_hash(house: House, token: str) -> bytes:
    return house.keys.blind(house.id, "answers unlocked", token)


def _browser_hash(house: House, browser: str) -> bytes:
    return house.keys.blind(house.id, "browser", browser)


def _reset_hash(house: House, person_id: str, symbols: str) -> bytes:
    return house.keys.blind(house.id, "pin reset", f"{person_id}:{symbols}")


def _note(db: Connection, house: House, person_id: str, act: str, now: datetime) -> None:
    who = f"young_person:{person_id}"
    audit.add(db, house.id, now, actor=who, act=act, subject=who)
