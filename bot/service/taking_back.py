"""Taking back what was sent, and letting fewer people hear it (`domain.md` rule 13).

At once, in the message's own transaction: what has not left does not leave, the desk shows what
stands now, the record gets a version of kind *withdrawal* where it may have an earlier one, and
each reader gets one notice. Alerts are left as they are, and so is that a person has to listen to
what nothing has checked for danger (`listening.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.access import permissions
from bot.access.permissions import Verdict
from bot.access.roles import OFFICERS, WORKERS, Role
from bot.documents import taking_back as documents
from bot.service import asking_back, listening, relations, sending
from bot.service.admission import Admitted, Asked, require
from bot.service.attaching_ids import id_of
from bot.service.house import House
from bot.service.reading import FILE_READERS
from conversations import texts_taking_back as texts
from conversations.arranger import Wishes
from conversations.effects import Want, Withdraw
from conversations.flows import FLOWS
from conversations.wanting import ADVOCATE_LATER, wanted
from conversations.wording import Text
from storage import (
    allocations,
    audit,
    audit_reading,
    contributions,
    glass,
    meeting_wishes,
    outbox,
    people,
    reviews,
    withdrawals,
)
from storage.contributions import Destination, Filing, Sent
from storage.conversations import Kept
from storage.withdrawals import Became, InFile, Withdrawal


def withdraw(db: Connection, house: House, kept: Kept, what: Withdraw, now: datetime) -> None:
    """Everything that follows from it."""
    contribution_id = sending.contribution_id(house, kept.conversation_id)
    versions = contributions.of_contribution(db, house.id, contribution_id)
    if not versions:
        return  # its time was over: nothing of it is kept here any more
    before = versions[-1]
    flow = FLOWS[kept.conversation.flow_id]
    stands = {ADVOCATE_LATER} if Want.ADVOCATE in wanted(kept.conversation) else set()
    both = documents.next_version(
        before.content, flow, what.version, now, what.taken_back, what.narrowed, frozenset(stands)
    )
    _for_the_arranger(db, house, kept, what, now)
    there = _hold_back(db, house, contribution_id, now)
    about = frozenset({*what.taken_back, *what.narrowed})
    had = _with_any(versions, about)
    sent = Sent(
        house.id,
        contribution_id,
        what.version,
        before.review_id,
        before.person_id,
        before.conversation_id,
        "withdrawal",
        before.channel,
        now,
        both,
    )
    contributions.add(db, sent)
    if what.taken_back:
        asking_back.taken_back(db, house, sent, what.taken_back, now)
    else:
        asking_back.fewer_hear(db, house, sent, what.narrowed, now)
    if there or documents.says_anything(both):
        for destination in Destination:
            if sent.document(destination) is not None:
                sending.put_out(db, house, sent, destination, now)
    readers = sorted(
        _readers(db, house, contribution_id, versions, about)
        | _heard_or_seen_by(db, house, versions, about)
    )
    where = max((there[one] for one in there.keys() & had), key=_SURER.index, default=InFile.NONE)
    out = where is not InFile.NONE
    became = Became.READ if readers else Became.UNREAD if out else Became.NOT_OUT
    fewer = not what.taken_back
    withdrawals.add(
        db,
        house.id,
        Withdrawal(contribution_id, what.version, fewer, became, where, now),
        readers,
    )
    audit.add(
        db,
        house.id,
        now,
        actor=f"young_person:{kept.person_id}",
        act="fewer_hear" if fewer else "taken_back",
        subject=f"contribution:{contribution_id}",
        detail=f"version {what.version}, {len(what.taken_back or what.narrowed)} answers, "
        f"{len(readers)} readers",
    )


def _for_the_arranger(
    db: Connection, house: House, kept: Kept, what: Withdraw, now: datetime
) -> None:
    """The person who sets up the meeting sees no more of what was taken back, or is not for them
    any more. What was changed and not sent they do not see either."""
    seen = meeting_wishes.get(db, house.id, kept.review_id)
    if seen is None or seen.conversation_id != kept.conversation_id:
        return
    gone = {*what.taken_back, *(q for q, who in what.narrowed.items() if "arranger" not in who)}
    wishes = Wishes(
        {q: picks for q, picks in seen.wishes.picks.items() if q not in what.taken_back},
        None if "meeting.day" in what.taken_back else seen.wishes.day,
        {q: words for q, words in seen.wishes.words.items() if q not in gone},
    )
    if wishes == seen.wishes:
        return
    if wishes.any:
        meeting_wishes.put(db, house.id, replace(seen, sent_at=now, wishes=wishes))
    else:
        meeting_wishes.remove(db, house.id, kept.review_id)


_SURER = (InFile.NONE, InFile.MAY_KEEP, InFile.KEEPS)
Where = tuple[int, Destination]
"""One document: its version, and for which record."""


def _hold_back(
    db: Connection, house: House, contribution_id: str, now: datetime
) -> Mapping[Where, InFile]:
    """Nothing of an earlier version leaves from here on. Gives those that a record has."""
    there = {}
    for filed in contributions.filings_of(db, house.id, contribution_id):
        which = (filed.version, filed.destination)
        match filed.state:
            case Filing.AT_DESK:
                continue
            case Filing.FILED:
                there[which] = InFile.KEEPS
                continue
            case Filing.TAKEN_BACK if filed.left_at is not None:
                there[which] = InFile.MAY_KEEP
                continue
            case Filing.TAKEN_BACK:
                continue
            case Filing.WAITING | Filing.STOPPED | Filing.TASK:
                pass
        where = (house.id, contribution_id, *which)
        held = contributions.hold_back(db, *where)
        outbox.withdraw(db, house.id, sending.filing_key(contribution_id, *which), now)
        if not held:
            contributions.go_no_further(db, *where)
            there[which] = InFile.MAY_KEEP
    return there


def _with_any(versions: Iterable[Sent], about: frozenset[str]) -> set[Where]:
    """The documents in which something stands that this is about."""
    return {
        (sent.version, destination)
        for sent in versions
        for destination in Destination
        if (document := sent.document(destination)) and documents.holds(document, about)
    }


def _readers(
    db: Connection,
    house: House,
    contribution_id: str,
    versions: Iterable[Sent],
    about: frozenset[str],
) -> set[str]:
    """Who opened a version in which they could read something that this is about."""
    found = set()
    for sent in versions:
        flow = FLOWS[sent.content[Destination.ORDINARY.value]["flow"]["id"]]
        who = documents.audiences(sent.content, flow, about)
        for staff_id in contributions.readers_of(db, house.id, contribution_id, sent.version):
            role = Role(people.staff_member(db, house.id, staff_id).role)
            if any(_could_read(role, audience) for audience in who):
                found.add(staff_id)
    return found


def _heard_or_seen_by(
    db: Connection, house: House, versions: Sequence[Sent], about: frozenset[str]
) -> set[str]:
    """Who played or looked at something that this is about, by whichever page: whom it waited for,
    and the duty team where it was late, need not have opened the rest."""
    before = versions[-1]
    shown = {one for sent in versions for one in documents.shown(sent.content, about)}
    if not shown:
        return set()
    details = [
        listening.named(kind, id_of(house, before.conversation_id, sha256))
        for kind, sha256 in shown
    ]
    subject = f"review:{before.review_id}"
    actors = audit_reading.actors(db, house.id, listening.OPENED, subject, details)
    return {actor.removeprefix("staff:") for actor in actors}


def _could_read(role: Role, audience: frozenset[str]) -> bool:
    """As `reading` and `shared` show it: officers all of it, workers what was shared with them,
    anybody else what is for the file or for everyone."""
    if role in OFFICERS:
        return True
    if role in WORKERS:
        return role.value in audience
    return bool(audience & FILE_READERS) or "meeting" in audience


_SAYS = {
    (False, Became.NOT_OUT): texts.NOT_OUT,
    (False, Became.UNREAD): texts.UNREAD,
    (False, Became.READ): texts.READ,
    (True, Became.NOT_OUT): texts.FEWER_NOT_OUT,
    (True, Became.UNREAD): texts.FEWER_UNREAD,
    (True, Became.READ): texts.FEWER_READ,
}
_IN_FILE = {
    (False, InFile.KEEPS): texts.FILE_KEEPS,
    (True, InFile.KEEPS): texts.FILE_KEEPS_FEWER,
    (False, InFile.MAY_KEEP): texts.FILE_MAY_KEEP,
    (True, InFile.MAY_KEEP): texts.FILE_MAY_KEEP_FEWER,
}


def became(db: Connection, house: House, conversation_id: str) -> tuple[Text, Text]:
    """What is said of the newest one: what became of it, and whether a record keeps it."""
    contribution_id = sending.contribution_id(house, conversation_id)
    found = withdrawals.newest(db, house.id, contribution_id)
    if found is None:
        return texts.NOT_SENT, texts.FILE_HAS_NONE
    in_file = found.in_file
    if in_file is InFile.MAY_KEEP and _arrived(db, house, found):
        in_file = InFile.KEEPS
    said = _IN_FILE.get((found.fewer, in_file), texts.FILE_HAS_NONE)
    return _SAYS[found.fewer, found.became], said


def _arrived(db: Connection, house: House, found: Withdrawal) -> bool:
    filed = contributions.filings_of(db, house.id, found.contribution_id)
    return any(one.state is Filing.FILED and one.version < found.version for one in filed)


@dataclass(frozen=True, slots=True)
class Notice:
    """To a reader. `name`: of the young person, where the reader may still see them."""

    contribution_id: str
    version: int
    fewer: bool
    made_at: datetime
    name: str
    review_id: str
    person_id: str
    worker: bool


def notices(db: Connection, house: House, staff: Admitted) -> tuple[Notice, ...]:
    """What was taken back of what this reader had opened. Reads only."""
    found = withdrawals.notices_to(db, house.id, staff.staff_id)
    worker = staff.role in WORKERS
    shown = _still_seen(db, house, staff, found)
    persons = people.young_people_by_id(db, house.id, {one.person_id for one in shown})
    return tuple(
        Notice(
            one.contribution_id,
            one.version,
            one.fewer,
            one.made_at,
            persons[one.person_id].name if one in shown else "",
            one.review_id,
            one.person_id,
            worker,
        )
        for one in found
    )


def _still_seen(
    db: Connection, house: House, staff: Admitted, found: Sequence[withdrawals.Notice]
) -> frozenset[withdrawals.Notice]:
    """Those of young people whom this reader may still see: as `require` says of their page, for
    all of them at once."""
    if staff.role in WORKERS:
        mine = allocations.open_of_staff(
            db, house.id, staff.staff_id, staff.role.value, staff.asker.today
        )
        whose = {one.person_id for one in mine} - people.erased_of(
            db, house.id, (one.person_id for one in mine)
        )
        return frozenset(one for one in found if one.person_id in whose)
    about = reviews.several(db, house.id, (one.review_id for one in found))
    stands = relations.to_reviews(db, house, staff.asker, list(about.values()))
    broken = glass.open_of(db, house.id, staff.staff_id, staff.at)

    def sees(review_id: str) -> bool:
        verdict = permissions.verdict("desk.review", staff.role, stands[review_id])
        return verdict is Verdict.ALLOWED or (
            verdict is Verdict.BREAK_GLASS and review_id in broken
        )

    return frozenset(one for one in found if one.review_id in about and sees(one.review_id))


def seen(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    which: tuple[str, int],
    now: datetime,
) -> None:
    """A reader says that they have seen their notice. Of anybody else's nothing happens."""
    require(db, house, staff, asked)
    if not withdrawals.seen(db, house.id, *which, staff.staff_id, now):
        return
    audit.add(
        db,
        house.id,
        now,
        actor=staff.actor,
        act="taking_back_seen",
        subject=f"contribution:{which[0]}",
        detail=f"version {which[1]}",
    )
