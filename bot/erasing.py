"""`sayso erase`: a young person, after saying what goes, and asking."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from bot.opening import NotMigrated, opened
from bot.service import erasing, ledger
from bot.service.disk import clean_disk
from bot.service.erasing import Goes, Problem
from bot.service.house import House
from bot.web.context import now
from storage.errors import Erased, Unknown
from storage.migrate import is_current

BACKUP_DAYS = 35


class CannotErase(Exception):
    """Nobody was erased; the text says why."""


@dataclass(frozen=True, slots=True)
class Done:
    """`rows`: how many of each table went; `noted`: whether it stands in the ledger; `ledger`:
    where that is."""

    person_id: str
    rows: dict[str, int]
    noted: bool
    ledger: str


async def look(house: House, review_id: str, case_id: str) -> Goes:
    """What would go. `CannotErase` if there is nobody."""
    async with opened(house) as store:
        if not await is_current(store):
            raise NotMigrated
        return await store.read(lambda db: _look(db, house, review_id, case_id))


def _look(db: Connection, house: House, review_id: str, case_id: str) -> Goes:
    try:
        person_id = erasing.find(db, house, review_id=review_id, case_id=case_id)
        return erasing.look(db, house, person_id)
    except Erased:
        raise CannotErase("That young person was erased already.") from None
    except Unknown:
        what = f"review {review_id!r}" if review_id else "young person of this case id"
        raise CannotErase(f"{house.council.name} has no {what}.") from None


async def erase(house: House, person_id: str, reason: str, *, unfiled_too: bool) -> Done:
    """Erase them, and put it into the ledger. `CannotErase`."""
    async with opened(house) as store:
        at = now()
        gone = await store.write(
            lambda db: erasing.erase(
                db, house, person_id, "sayso", reason, at, unfiled_too=unfiled_too
            )
        )
        if isinstance(gone, Problem):
            raise CannotErase(_WHY[gone])
        where = house.settings.erasure_ledger
        try:
            noted = bool(await ledger.note(store, house))
        except OSError:
            noted = False
        await clean_disk(store, house)
    return Done(person_id, dict(gone), noted, str(where))


_WHY = {
    Problem.NO_REASON: "Say why: --reason 'asked for it, letter of 3 May'",
    Problem.TOO_LONG: f"--reason: shorten it to {erasing.MOST_LETTERS} letters.",
    Problem.UNFILED: "Something that they sent has not reached the case record, and would never. "
    "Wait for it or deal with its task at the desk; or say --unfiled-too",
}

_NAMES = {
    "conversations": "conversations",
    "contributions": "versions that were sent",
    "filings": "notes of what was filed where",
    "readings": "notes of who read it",
    "disputes": "notes of *that wasn't me*",
    "keys_to_conversations": "phones, browsers and chats that were let in",
    "inbox": "messages as they came in",
    "outbox": "messages on their way out",
    "pins": "PINs",
    "unlocked": "browsers that show answers",
    "data_keys": "keys",
}


def plain(goes: Goes) -> dict[str, Any]:
    """As JSON, without a name."""
    return {
        "person_id": goes.person.person_id,
        "reviews": [review.review_id for review in goes.reviews],
        "rows": dict(goes.rows),
        "unfiled": goes.unfiled,
        "only_here": goes.only_here,
    }


def plain_done(done: Done) -> dict[str, Any]:
    return asdict(done)


def sentences(goes: Goes) -> list[str]:
    """For people. No name: a terminal's history is no place for it."""
    ids = ", ".join(review.review_id for review in goes.reviews) or "none"
    lines = [f"The young person of these reviews: {ids}.", "This goes, for good:"]
    lines += [f"  {goes.rows[name]:>6}  {what}" for name, what in _NAMES.items()]
    lines += [
        "Their name, birth date and case id go too. These stay: the reviews' dates, the",
        "participation codes, tasks, alerts, the audit, and what is in the case record.",
    ]
    if goes.unfiled:
        lines.append(f"! {goes.unfiled} documents are not in the case record yet.")
    if goes.only_here:
        lines.append(f"! {goes.only_here} documents are nowhere but here: for the officer alone.")
    return lines


def sentences_done(done: Done) -> list[str]:
    lines = [
        f"Erased: {done.rows['contributions']} versions, {done.rows['data_keys']} keys.",
        f"Whoever holds both a backup and the key ring can open it for {BACKUP_DAYS} days more.",
    ]
    if done.noted:
        return [*lines, f"It stands in the ledger: {done.ledger}"]
    return [
        *lines,
        f"✗ It does NOT stand in the ledger yet: {done.ledger} can't be written (SAYSO_ERASURES).",
        "  A running `serve` or `work` tries again every minute. Until then a restore undoes it.",
    ]
