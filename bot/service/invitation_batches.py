"""Many invited at once: who gets one by which way and who can't, then all of them, a few at a time.

A few invitations are one transaction with the note that they are made: whoever dies in between
leaves none twice and none lost, and the chat is never kept waiting for long. Letters are printed in
piles, in the order of their list; what opens them is kept sealed until somebody says that they are
printed, and for a day at the most (`docs/decisions/0040`).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.access.roles import OFFICERS
from bot.service import inviting, letters
from bot.service.admission import Admitted, Asked, require
from bot.service.days import full_day, local_day
from bot.service.house import House
from bot.service.invitations import Invited
from bot.service.inviting import By, Refused, Sent
from bot.service.letters import To
from conversations.wording import YOUNGEST
from storage import audit, caseload, contact_addresses, people, reviews
from storage import invitation_batches as batches
from storage import invitation_sendings as sendings
from storage.caseload import Case, Standing
from storage.contact_addresses import Address
from storage.errors import Erased, Unknown
from storage.invitation_batches import Batch, Item, ItemState, Opening, State
from storage.invitation_sendings import Opened, Way
from storage.people import YoungPerson
from storage.store import Store

MOST = 2_000
"""In one batch."""
MOST_WEEKS = 104
AT_ONCE = 5
"""Made in one transaction: some 15 ms that nobody else can write in."""
PILE = 250
"""Letters in one PDF: four seconds and 400 MB of a process of its own."""
KEPT_FOR = timedelta(hours=24)
"""How long what opens a letter is kept while nobody says that it is printed."""


class Why(StrEnum):
    """Why somebody is left out."""

    INVITED = "invited"  # they have one that is open
    OPENED = "opened"
    TOO_YOUNG = "too_young"
    STOOD_DOWN = "stood_down"
    NO_WAY = "no_way"  # no address is confirmed, and the council sends no letters
    GONE = "gone"  # erased, or the review is not there any more
    STOPPED = "stopped"  # whoever started the batch stopped it before this one left


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who gets one, by which way; `address`: none of a letter."""

    case: Case
    officer: str
    way: Way
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    case: Case
    officer: str
    why: Why


@dataclass(frozen=True, slots=True)
class Plan:
    """Of all whose review is within so many weeks."""

    weeks: int
    chosen: tuple[Chosen, ...]
    left_out: tuple[LeftOut, ...]

    def by(self, way: Way) -> int:
        return sum(one.way is way for one in self.chosen)

    @property
    def too_many(self) -> bool:
        return len(self.chosen) > MOST


def theirs(db: Connection, house: House, staff: Admitted, today: date) -> list[Standing]:
    """The reviews in hand that somebody invites to: an officer to their own, others to their
    team's. Nobody is named."""
    if staff.role in OFFICERS:
        return caseload.of_officer(db, house.id, staff.staff_id, today)
    return caseload.of_team(db, house.id, staff.team, today)


def officers_of(db: Connection, house: House, staff: Admitted) -> frozenset[str]:
    """Whose reviews these are."""
    if staff.role in OFFICERS:
        return frozenset({staff.staff_id})
    return people.members_of(db, house.id, staff.team)


def plan(
    db: Connection, house: House, staff: Admitted, asked: Asked, weeks: int, now: datetime
) -> Plan:
    """Reads only. In the order of the meetings, which is that of printing."""
    require(db, house, staff, asked)
    today = local_day(now)
    until = today + timedelta(weeks=weeks)
    ahead = [
        case
        for case in theirs(db, house, staff, today)
        if not case.review.held and case.review.looks_back_on is None
        if (day := _day(case)) is not None and today <= day <= until
    ]
    cases = sorted(
        caseload.named(db, house.id, ahead),
        key=lambda one: (_day(one) or today, one.person.name.casefold(), one.review.review_id),
    )
    names = {member.staff_id: member.name for member in people.all_staff(db, house.id)}
    stands = sendings.opened(db, house.id, [case.review.review_id for case in cases])
    addresses = contact_addresses.of_people(db, house.id, {case.person.person_id for case in cases})
    chosen: list[Chosen] = []
    left: list[LeftOut] = []
    for case in cases:
        officer = names.get(case.review.officer_id, "")
        why = _why_not(case, stands.get(case.review.review_id), today, now)
        way = None if why else way_for(house, addresses.get(case.person.person_id, []))
        if why is None and way is not None:
            chosen.append(Chosen(case, officer, *way))
        else:
            left.append(LeftOut(case, officer, why or Why.NO_WAY))
    return Plan(weeks, tuple(chosen), tuple(left))


def _day(case: Standing) -> date | None:
    return case.review.meeting_on or case.review.due_on


def _why_not(case: Case, opened: Opened | None, today: date, now: datetime) -> Why | None:
    if case.review.stood_down:
        return Why.STOOD_DOWN
    if not case.person.is_at_least(YOUNGEST, today):
        return Why.TOO_YOUNG
    if opened is None:
        return None
    if opened.used_at is not None:
        return Why.OPENED
    if opened.expires_at is not None and now < opened.expires_at:
        return Why.INVITED
    return None


def way_for(house: House, addresses: Sequence[Address]) -> tuple[Way, Address | None] | None:
    """The first way that the council names and that is there."""
    for name in house.council.invitations.ways:
        way = Way(name)
        if way is Way.LETTER:
            return way, None
        usable = [one for one in addresses if one.may_be_written_to and one.way.value == name]
        if usable and inviting.is_set_up(house, way):
            return way, usable[0]
    return None


def start(
    db: Connection, house: House, staff: Admitted, asked: Asked, weeks: int, now: datetime
) -> str | None:
    """Begin with all that the plan says now; the batch's id, None where there is nobody."""
    found = plan(db, house, staff, asked, weeks, now)
    if not found.chosen or found.too_many:
        return None
    batch = Batch(str(uuid.uuid4()), staff.actor, now, weeks, State.WAITING)
    items = [
        Item(
            batch.batch_id,
            number,
            one.case.review.review_id,
            one.case.person.person_id,
            one.way,
            one.address.address_id if one.address else None,
        )
        for number, one in enumerate(found.chosen, 1)
    ]
    batches.add(db, house.id, batch, items)
    audit.add(
        db, house.id, now, actor=staff.actor, act="invitations_started",
        subject=f"batch:{batch.batch_id}", detail=f"{len(items)} within {weeks} weeks",
    )  # fmt: skip
    return batch.batch_id


@dataclass(slots=True)
class Making:
    """Makes what is started, and lets go what opens letters when its time is over."""

    store: Store
    house: House

    async def step(self, now: datetime) -> bool:
        """The next few; False when none waits."""
        if await self.store.read(lambda db: batches.waiting(db, self.house.id)) is not None:
            return await self.store.write(lambda db: make(db, self.house, now))
        over = await self.store.read(lambda db: batches.over(db, self.house.id, now - KEPT_FOR))
        for batch_id in over:
            await self.store.write(partial(_let_go, house=self.house, batch_id=batch_id, now=now))
        return False


def make(db: Connection, house: House, now: datetime) -> bool:
    """The next few of the oldest batch, in one transaction; False when none waits."""
    batch = batches.waiting(db, house.id)
    if batch is None:
        return False
    for item in batches.take(db, house.id, batch.batch_id, AT_ONCE):
        _make_one(db, house, batch, item, now)
    batches.all_made(db, house.id, batch.batch_id, now)
    return True


def _make_one(db: Connection, house: House, batch: Batch, item: Item, now: datetime) -> None:
    by = By(batch.made_by)
    try:
        people.lock(db, house.id, item.person_id)
        made = inviting.send(db, house, item.review_id, item.way, item.address_id, by, now)
        if isinstance(made, Refused) and made is not Refused.NO_REASON:
            # The address was stopped since: a letter, where the council sends letters.
            if Way.LETTER.value not in house.council.invitations.ways:
                batches.left_out(db, house.id, item, Why.NO_WAY.value)
                return
            item = replace(item, way=Way.LETTER)
            made = inviting.send(db, house, item.review_id, Way.LETTER, None, by, now)
    except (Unknown, Erased):
        batches.left_out(db, house.id, item, Why.GONE.value)
        return
    if isinstance(made, Sent):
        letter = item.way is Way.LETTER
        opening = Opening(made.invited.url, made.invited.code) if letter else None
        batches.made(db, house.id, item, made.sending_id, opening)
    else:
        batches.left_out(db, house.id, item, Why.INVITED.value)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a batch's list."""

    item: Item
    person: YoungPerson | None  # none once they were erased


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is. `piles`: the first and the last number of each PDF of letters; `unsent`:
    how many can still be stopped, those that are not made yet too."""

    batch: Batch
    made: int
    left_out: int
    total: int
    ways: dict[Way, int]
    piles: tuple[tuple[int, int], ...]
    rows: tuple[Row, ...]
    unsent: int = 0

    @property
    def letters(self) -> int:
        return self.ways[Way.LETTER]

    @property
    def stopped(self) -> int:
        return sum(row.item.why == Why.STOPPED.value for row in self.rows)

    @property
    def kept_until(self) -> datetime | None:
        return self.batch.made_all_at + KEPT_FOR if self.batch.made_all_at else None


def progress(
    db: Connection, house: House, staff: Admitted, asked: Asked, batch_id: str
) -> Progress:
    """Of one that they started themselves. `Unknown`. Reads only."""
    batch = _own(db, house, staff, asked, batch_id)
    items = batches.all_items(db, house.id, batch_id)
    done = [one for one in items if one.state is ItemState.MADE]
    left = [one for one in items if one.state is ItemState.LEFT_OUT]
    ways = {way: sum(one.way is way for one in done) for way in Way}
    whole = batch.state is not State.WAITING
    found = people.young_people_by_id(db, house.id, {one.person_id for one in left})
    return Progress(
        batch,
        len(done),
        len(left),
        len(items),
        ways,
        _piles([one.number for one in items if one.has_letter]) if whole else (),
        tuple(Row(one, found.get(one.person_id)) for one in left),
        len(items) - len(done) - len(left) + len(_unsent(db, house, batch, done)),
    )


def _unsent(db: Connection, house: House, batch: Batch, made: Sequence[Item]) -> tuple[Item, ...]:
    """Of what was made, what has not left: a letter leaves when somebody takes the PDF."""
    if batch.state is State.ENDED:
        return ()
    there = [one for one in made if one.way is not Way.LETTER or batch.fetched_at is None]
    open_ = sendings.unsent(db, house.id, [one.sending_id for one in there if one.sending_id])
    return tuple(one for one in there if one.sending_id in open_)


def stop(
    db: Connection, house: House, staff: Admitted, asked: Asked, batch_id: str, now: datetime
) -> None:
    """Whatever of it has not left does not: what is not made is never made, and what is made opens
    nothing any more. What has left stands. `Unknown` if it is not theirs."""
    _own(db, house, staff, asked, batch_id)
    batches.leave_out_rest(db, house.id, batch_id, Why.STOPPED.value)
    batch = batches.lock(db, house.id, batch_id)
    if batch.state is State.ENDED:
        return
    items = batches.all_items(db, house.id, batch_id)
    made = [one for one in items if one.state is ItemState.MADE]
    stopped = 0
    for item in _unsent(db, house, batch, made):
        sending = sendings.get(db, house.id, item.sending_id or "")
        if sending is not None and inviting.take_out(db, house, sending, now):
            batches.left_out(db, house.id, item, Why.STOPPED.value)
            stopped += 1
    batches.all_made(db, house.id, batch_id, now)
    if batch.fetched_at is None:
        batches.end(db, house.id, batch_id, now)  # there is nothing to print
    audit.add(
        db, house.id, now, actor=staff.actor, act="invitations_stopped",
        subject=f"batch:{batch_id}", detail=f"{len(made) - stopped} of {len(items)} had left",
    )  # fmt: skip


def mine(db: Connection, house: House, staff: Admitted, asked: Asked) -> list[Batch]:
    """The last that they started. Reads only."""
    require(db, house, staff, asked)
    return batches.of_maker(db, house.id, staff.actor, 20)


def _own(db: Connection, house: House, staff: Admitted, asked: Asked, batch_id: str) -> Batch:
    require(db, house, staff, asked)
    batch = batches.get(db, house.id, batch_id)
    if batch.made_by != staff.actor:
        raise Unknown(f"batch {batch_id}")
    return batch


def _piles(numbers: Sequence[int]) -> tuple[tuple[int, int], ...]:
    chunks = [numbers[at : at + PILE] for at in range(0, len(numbers), PILE)]
    return tuple((chunk[0], chunk[-1]) for chunk in chunks)


def pile(
    db: Connection,
    house: House,
    staff: Admitted,
    asked: Asked,
    batch_id: str,
    first: int,
    now: datetime,
) -> dict[str, Any] | None:
    """The document of the pile that begins with this number: its list and its letters. None if
    there is none (any more). That it was handed out is on record. `Unknown`."""
    require(db, house, staff, asked)
    batches.lock(db, house.id, batch_id)
    found = progress(db, house, staff, asked, batch_id)
    bounds = next((one for one in found.piles if one[0] == first), None)
    if bounds is None or found.batch.state is not State.MADE:
        return None
    document = _document(db, house, found.batch, bounds, now)
    batches.fetched(db, house.id, batch_id, now)
    audit.add(
        db, house.id, now, actor=staff.actor, act="letters_fetched",
        subject=f"batch:{batch_id}", detail=f"{len(document['letters'])} letters",
    )  # fmt: skip
    return document


def _document(
    db: Connection, house: House, batch: Batch, bounds: tuple[int, int], now: datetime
) -> dict[str, Any]:
    opening = batches.letters(db, house.id, batch.batch_id, *bounds)
    items = {
        one.number: one
        for one in batches.all_items(db, house.id, batch.batch_id)
        if one.number in opening
    }
    open_ = sendings.still_open(
        db, house.id, [one.sending_id for one in items.values() if one.sending_id], now
    )
    young = people.young_people_by_id(db, house.id, {one.person_id for one in items.values()})
    about = reviews.several(db, house.id, {one.review_id for one in items.values()})
    names = {member.staff_id: member.name for member in people.all_staff(db, house.id)}
    made: list[dict[str, Any]] = []
    listed: list[tuple[int, To]] = []
    for number, item in sorted(items.items()):
        at = open_.get(item.sending_id or "")
        person, review = young.get(item.person_id), about.get(item.review_id)
        if at is None or person is None or review is None:
            continue  # opened, replaced or erased since: its letter would open nothing
        to = To(review, person, names.get(review.officer_id, ""))
        said = opening[number]
        invited = Invited(review.review_id, review.kind.value, "", said.url, said.code, None)
        made.append(letters.letter(house, to, invited, at, str(number)))
        listed.append((number, to))
    return letters.document(made, now, cover(listed, local_day(now)))


def cover(listed: Sequence[tuple[int, To]], today: date) -> dict[str, Any]:
    """The list that lies on a pile: each letter's number, whose it is, and when they meet."""
    rows = []
    for number, to in listed:
        day = to.review.meeting_on or to.review.due_on
        when = full_day(day, today) if day else "No date"
        rows.append([str(number), to.person.name, to.person.case_id, when])
    return {
        "title": f"{len(rows)} {'letter' if len(rows) == 1 else 'letters'}, in this order",
        "says": "For whoever puts them into envelopes, and for nobody else. The number stands at "
        "the foot of each letter. Check the name on each envelope against it. Shred this list "
        f"when they are posted. Printed {full_day(today, today)}.",
        "columns": ["No.", "Name", "Case number", "Meeting"],
        "rows": rows,
    }


def printed(
    db: Connection, house: House, staff: Admitted, asked: Asked, batch_id: str, now: datetime
) -> bool:
    """They are on paper: what opens them is kept nowhere from here on. False if that was so."""
    batch = _own(db, house, staff, asked, batch_id)
    if not _let_go(db, house, batch.batch_id, now, printed=True):
        return False
    audit.add(
        db, house.id, now, actor=staff.actor, act="letters_printed", subject=f"batch:{batch_id}"
    )
    return True


def _let_go(
    db: Connection, house: House, batch_id: str, now: datetime, *, printed: bool = False
) -> bool:
    """What was handed out and never said to be printed counts as sent, too."""
    batch = batches.lock(db, house.id, batch_id)
    if printed or batch.fetched_at is not None:
        for item in batches.all_items(db, house.id, batch_id):
            if item.has_letter and item.sending_id is not None:
                sendings.sent(db, house.id, item.sending_id, now)
    return batches.end(db, house.id, batch_id, now)
