"""What young people shared with their social worker or personal adviser, and nothing else of them.

Only answers whose audience names the reader's role, of young people allocated to the reader today
(`domain.md` rule 12). What was taken back or changed is not shown: the newest version stands.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.service import due
from bot.service.admission import Admitted, Asked, require
from bot.service.days import local_day
from bot.service.due import ByWhen
from bot.service.house import House
from bot.service.reading import Contribution, Said, contribution_of, with_shown
from conversations.contribution import NOT_SAID
from conversations.flows import FLOWS
from conversations.sharing import file_reader_of
from storage import allocations, audit, contributions, people, reviews
from storage.contributions import Destination, Sent
from storage.people import YoungPerson
from storage.reviews import Review


@dataclass(frozen=True, slots=True)
class Shared:
    """What one contribution holds for the reader. `how`: how they want to take part, if that is
    shared too."""

    sent: Sent
    typed_by: str
    said: tuple[Said, ...]
    how: str


@dataclass(frozen=True, slots=True)
class Mine:
    """A young person of the reader's. `last`: when the newest thing shared was sent."""

    person: YoungPerson
    answers: int
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """A young person's page. `due`: their reviews that are ahead, and by when each is due."""

    person: YoungPerson
    shared: tuple[Shared, ...]
    due: tuple[tuple[Review, ByWhen], ...] = ()


def mine(db: Connection, house: House, staff: Admitted, now: datetime) -> tuple[Mine, ...]:
    """The young people allocated to them today, by name. Reads only, and shows no word."""
    today = local_day(now)
    found = allocations.open_of_staff(db, house.id, staff.staff_id, staff.role.value, today)
    persons = people.young_people_by_id(db, house.id, (one.person_id for one in found))
    sent = contributions.newest_of_people(db, house.id, persons)
    listed = []
    for person_id, person in persons.items():
        if person.carer:
            continue
        shared = [theirs for one in sent.get(person_id, ()) if (theirs := _of(staff, one))]
        answers = sum(len(one.said) for one in shared)
        last = max((one.sent.sent_at for one in shared), default=None)
        listed.append(Mine(person, answers, last))
    return tuple(sorted(listed, key=lambda one: one.person.name))


def open_person(
    db: Connection, house: House, staff: Admitted, asked: Asked, now: datetime
) -> Person:
    """Open what one young person shared with them; that it was read is kept and audited in the
    same transaction. `Unknown` if they are not theirs or not there."""
    require(db, house, staff, asked)
    person = people.young_person(db, house.id, asked.person_id or "")
    shared = _shared(db, house, staff, person.person_id)
    for one in shared:
        sent = one.sent
        contributions.read_by(db, house.id, sent.contribution_id, sent.version, staff.staff_id, now)
        audit.add(
            db,
            house.id,
            now,
            actor=staff.actor,
            act="shared_read",
            subject=f"contribution:{sent.contribution_id}",
            detail=f"version {sent.version}, {len(one.said)} answers",
        )
    ahead = [
        one for one in reviews.of_person(db, house.id, person.person_id)
        if not one.held and one.counted
    ]  # fmt: skip
    said = due.of_reviews(db, house, ahead, local_day(now))
    return Person(
        person, shared, tuple((one, said[one.review_id]) for one in ahead if one.review_id in said)
    )


def _shared(db: Connection, house: House, staff: Admitted, person_id: str) -> tuple[Shared, ...]:
    found = []
    for sent in contributions.newest_of_person(db, house.id, person_id):
        one = _of(staff, sent)
        if one is not None:
            found.append(replace(one, said=with_shown(db, house, sent, one.said)))
    return tuple(found)


def _of(staff: Admitted, sent: Sent) -> Shared | None:
    """What this one holds for the reader; none if nothing. Its voice notes and pictures are not
    looked up yet."""
    whole = contribution_of(sent)
    said = tuple(one for one in whole.said if staff.role.value in one.audience)
    how = whole.taking_part.how if _shares_how(sent, whole, staff) else ""
    return Shared(sent, whole.typed_by, said, how) if said or how else None


def attachments_for(db: Connection, house: House, staff: Admitted, person_id: str) -> set[str]:
    """What was said aloud or shown to this reader, by id."""
    return {
        shown.attachment_id
        for one in _shared(db, house, staff, person_id)
        for said in one.said
        for shown in said.shown
    }


def _shares_how(sent: Sent, whole: Contribution, staff: Admitted) -> bool:
    """How they want to take part is shared as a whole, with whoever reads this flow's file."""
    flow = FLOWS[sent.content[Destination.ORDINARY.value]["flow"]["id"]]
    part = whole.taking_part
    said = part.in_file and part.intention != NOT_SAID
    return said and file_reader_of(flow) == staff.role.value
