"""Which wishes wait for an answer, for an officer or for whom they ask: without a word of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from bot.access.roles import WORKERS
from bot.service.admission import Admitted, Asked, require
from bot.service.answering import said_of
from bot.service.days import local_day
from bot.service.house import House
from bot.service.reading import Said
from bot.service.wording import Reader
from conversations.asks import State
from conversations.flows import FLOWS
from conversations.wording import Band
from storage import allocations, asks, audit, contributions, conversations, people, reviews, tasks
from storage.asks import Ask, Kind, Written
from storage.errors import Unknown
from storage.people import YoungPerson
from storage.tasks import Kind as TaskKind


@dataclass(frozen=True, slots=True)
class InHand:
    """A wish that waits, by its theme. `reply`: they said something to the answer; `draft`: one was
    handed in."""

    ask: Ask
    person: YoungPerson
    theme: str
    late: bool
    reply: bool = False
    draft: bool = False


def waiting(db: Connection, house: House, staff: Admitted, now: datetime) -> tuple[InHand, ...]:
    """An officer's: without an answer, with a draft to check, or with something said to the answer.
    The one due first before others. Reads only."""
    spoken = _spoken(db, house, staff)
    every = asks.waiting(db, house.id, staff.staff_id, spoken)
    if not every:
        return ()
    persons = people.young_people_by_id(db, house.id, {ask.person_id for ask in every})
    found = _in_hand(db, house, every, persons, spoken, local_day(now))
    return tuple(sorted(found, key=lambda one: (one.ask.due_on, one.person.name)))


def of_person(
    db: Connection,
    house: House,
    staff: Admitted,
    person: YoungPerson,
    review_ids: Collection[str],
    now: datetime,
) -> tuple[InHand, ...]:
    """A young person's wishes of these reviews of theirs, answered or not, for the officer who runs
    them. What was taken back is left out. Reads only."""
    every = asks.of_reviews(db, house.id, review_ids)
    if not every:
        return ()
    spoken, persons = _spoken(db, house, staff), {person.person_id: person}
    return _in_hand(db, house, every, persons, spoken, local_day(now))


def _spoken(db: Connection, house: House, staff: Admitted) -> frozenset[str]:
    """Of which an answer waits to be mended: its young person said something to it."""
    replies = tasks.waiting(db, house.id, staff.staff_id, [TaskKind.ASK_REPLY])
    return frozenset(str(task.about.get("ask_id")) for task in replies)


def _in_hand(
    db: Connection,
    house: House,
    every: Sequence[Ask],
    persons: Mapping[str, YoungPerson],
    spoken: frozenset[str],
    today: date,
) -> tuple[InHand, ...]:
    drafts = asks.drafts(db, house.id, {ask.review_id for ask in every})
    themes = themes_of(db, house, every)
    return tuple(
        InHand(
            ask,
            persons[ask.person_id],
            themes[ask.ask_id],
            ask.is_open and ask.due_on < today,
            ask.ask_id in spoken,
            ask.ask_id in drafts,
        )
        for ask in every
        if ask.person_id in persons
    )


def asked_of_me(db: Connection, house: House, staff: Admitted, now: datetime) -> tuple[InHand, ...]:
    """A social worker's or personal adviser's: what they are asked, of young people allocated to
    them today. Reads only."""
    today = local_day(now)
    mine = [one for one in asks.owned_by(db, house.id, staff.staff_id) if one.is_open]
    if not mine:
        return ()
    theirs = allocations.open_of_staff(db, house.id, staff.staff_id, staff.role.value, today)
    allocated = {one.person_id for one in theirs}
    asked = {ask.person_id for ask in mine} & allocated
    persons = people.young_people_by_id(db, house.id, asked)
    found = [
        replace(one, late=one.late and not one.draft)
        for one in _in_hand(db, house, mine, persons, frozenset(), today)
    ]
    return tuple(sorted(found, key=lambda one: (one.draft, one.ask.due_on, one.person.name)))


def themes_of(db: Connection, house: House, found: Iterable[Ask]) -> dict[str, str]:
    """What each is about: the topic that it was said under, as staff read it; by ask."""
    every = list(found)
    flows = conversations.flows_of(db, house.id, {ask.conversation_id for ask in every})
    return {ask.ask_id: _theme(ask, flows.get(ask.conversation_id, "")) for ask in every}


def _theme(ask: Ask, flow_id: str) -> str:
    flow = FLOWS.get(flow_id)
    topics = (*flow.topics, *flow.retired) if flow else ()
    topic = next((one for one in topics if one.id == ask.theme), None)
    if flow is None or topic is None:
        return ask.theme.replace("_", " ")
    return Reader(Band.SIXTEEN, pathway=flow.pathway, chair=flow.chair).text(topic.title)


@dataclass(frozen=True, slots=True)
class Mine:
    """A wish that somebody is asked about. `said`: only if it was shared with their role (rule 12);
    `due`: until when; `drafts`: what they handed in."""

    ask: Ask
    person: YoungPerson
    theme: str
    officer: str
    said: Said | None
    drafts: tuple[Written, ...]
    due: date


def open_mine(
    db: Connection, house: House, staff: Admitted, asked: Asked, ask_id: str, now: datetime
) -> Mine:
    """What they are asked. The words only if their young person shares them with this role; that
    they were read is on record. `Unknown`."""
    require(db, house, staff, asked)
    ask = asks.get(db, house.id, ask_id)
    if (
        staff.role not in WORKERS
        or ask.person_id != asked.person_id
        or ask.owner_id != staff.staff_id
        or ask.state is State.TAKEN_BACK
    ):
        raise Unknown(f"ask {ask_id} of this member of staff")
    review = reviews.get(db, house.id, ask.review_id)
    said = said_of(db, house, [ask]).get(ask_id)
    if said is not None and staff.role.value not in said.audience:
        said = None
    if said is not None:
        contributions.read_by(db, house.id, ask.contribution_id, ask.version, staff.staff_id, now)
        audit.add(
            db,
            house.id,
            now,
            actor=staff.actor,
            act="shared_read",
            subject=f"contribution:{ask.contribution_id}",
            detail=f"version {ask.version}, ask {ask_id}",
        )
    drafts = tuple(
        one
        for one in asks.answers_of(db, house.id, ask_id)
        if one.kind is Kind.DRAFT and one.by == staff.staff_id
    )
    return Mine(
        ask,
        people.young_person(db, house.id, ask.person_id),
        themes_of(db, house, [ask])[ask_id],
        people.staff_member(db, house.id, review.officer_id).name,
        said,
        drafts,
        ask.due_on,
    )
