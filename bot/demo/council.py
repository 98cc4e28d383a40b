"""Northborough: 40 young people, 12 care leavers, and some of what they have said already."""

import random
import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select

from bot.demo.dates import Timetable, timetable, working_day_by, working_days_after
from bot.demo.officers import brief, finish
from bot.demo.people import (
    ASKS,
    BRIEFS,
    CARER,
    CARERS,
    FAMILY,
    GIVEN,
    IROS,
    LEAVER,
    PATHWAY_OFFICER,
    PERSONAL_ADVISER,
    SOCIAL_WORKERS,
    STAFF,
    YOUNG,
    Voice,
)
from bot.service import invitations
from bot.service.days import local_day
from bot.service.hear import Incoming, hear
from bot.service.house import House
from bot.service.taking_part import METHOD_OF
from conversations import timescales
from conversations.conversation import Answer, Conversation
from conversations.flows import FLOWS
from conversations.hearing import Chosen, ChosenSeveral, Command, Heard, Name, Text
from conversations.participation import Code, fourth_birthday
from conversations.places import CHECK, asked
from conversations.questions import Kind
from conversations.timescales import Care, months_after
from conversations.wording import YOUNGEST, band_of
from storage import allocations, care, participation, people, reviews
from storage import conversations as kept_conversations
from storage.allocations import Allocation
from storage.participation import Confirmed
from storage.people import Staff, YoungPerson
from storage.reviews import Review, ReviewKind
from storage.tables import conversations as conversations_table
from storage.tables import councils, young_people
from storage.tables import reviews as reviews_table

_AGES = tuple(4 + i * 13 // 39 for i in range(40))  # 4 to 17, three or so of each
LATELY = timedelta(days=21)
_ASKS, _BRIEFS = 16, 21
"""Who of them asked to talk alone with their officer, and whose advocate was briefed."""
BANDS = ("8-11", "12-15", "16+", "care leaver", "foster carer", "4-7")


class NotADemo(Exception):
    """The database holds a real council: a demo must not touch it."""


def refuse_real(db: Connection) -> None:
    """`NotADemo` where anything but a demo council lives."""
    if db.execute(select(councils.c.council).where(councils.c.demo.is_(False))).first():
        raise NotADemo(
            "This database holds a real council. A demo never touches one: give it a database of "
            "its own, for example SAYSO_DATABASE_URL=sqlite+aiosqlite:///var/demo.db"
        )


def exists(db: Connection, house: House) -> bool:
    """Whether it was made: `sayso staff add` and `sayso carers add` alone make a council without
    young people."""
    theirs = select(young_people.c.person_id).where(
        young_people.c.council == house.id, young_people.c.carer.is_(False)
    )
    return db.execute(theirs.limit(1)).first() is not None


def make(db: Connection, house: House, now: datetime) -> None:
    """The whole council, in one transaction. The same every time but for its dates."""
    chance = random.Random(2026)  # noqa: S311 - invented people need no secrecy
    if db.execute(select(councils).where(councils.c.council == house.id)).first() is None:
        db.execute(insert(councils), {"council": house.id, "demo": True, "created_at": now})
    staff = _staff(db, house, now)
    today = now.date()
    names = [f"{given} {FAMILY[i % len(FAMILY)]}" for i, given in enumerate(GIVEN)]
    for number, age in enumerate(_AGES):
        person = _person(house, chance, names[number], age, today, f"NB{10_001 + number}", False)
        people.add_young_person(db, house.keys, person, now)
        officer = staff[IROS[number % 3]]
        worker = staff[SOCIAL_WORKERS[number % 2]]
        _allocate(db, person, worker, "social_worker", today)
        _reviews(db, house, person, ReviewKind.CIOC, officer, number, now)
    for number in range(12):
        name = names[40 + number]
        age = 18 + number % 7
        person = _person(house, chance, name, age, today, f"NB{20_001 + number}", True)
        people.add_young_person(db, house.keys, person, now)
        officer = staff[PATHWAY_OFFICER]
        _allocate(db, person, staff[PERSONAL_ADVISER], "personal_adviser", today)
        _reviews(db, house, person, ReviewKind.PATHWAY, officer, number, now)
    _households(db, house, staff[IROS[0]], now)


def _households(db: Connection, house: House, chair: str, now: datetime) -> None:
    """Two fostering households whose review is ahead: one has sent its form, one has not begun."""
    for number, (name, case_id) in enumerate(CARERS):
        person = YoungPerson(
            house.id, id_of(house, case_id), case_id, name, None, care_leaver=False, carer=True
        )
        people.add_young_person(db, house.keys, person, now)
        day = working_days_after(local_day(now), 8 + 6 * number)
        kind = ReviewKind.FOSTER_CARER
        review = Review(house.id, f"F{case_id[2:]}", person.person_id, kind, chair, day, day)
        reviews.add(db, review, now)
        approved = months_after(day, -12)
        care.start_clock(db, house.id, person.person_id, timescales.FOSTER_CARER.id, approved)
        if number == 0:
            say(db, house, review, CARER, now - timedelta(hours=5))


def _staff(db: Connection, house: House, now: datetime) -> dict[str, str]:
    ids = {}
    for name, role, team in STAFF:
        ids[name] = id_of(house, name)
        people.add_staff(db, house.keys, Staff(house.id, ids[name], role, name, team=team), now)
    return ids


def _allocate(db: Connection, person: YoungPerson, staff_id: str, kind: str, today: date) -> None:
    since = today - timedelta(days=300)
    allocations.add(db, Allocation(person.council, person.person_id, staff_id, kind, since))


def id_of(house: House, name: str) -> str:
    """The same at every start, in every council another one."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"sayso:{house.id}:{name}"))


def _person(
    house: House,
    chance: random.Random,
    name: str,
    age: int,
    today: date,
    case_id: str,
    care_leaver: bool,
) -> YoungPerson:
    born = today - timedelta(days=int(age * 365.25) + chance.randrange(5, 340))
    return YoungPerson(house.id, id_of(house, case_id), case_id, name, born, care_leaver)


def _reviews(
    db: Connection,
    house: House,
    person: YoungPerson,
    kind: ReviewKind,
    officer: str,
    number: int,
    now: datetime,
) -> None:
    """One review behind (said what they think, some of them) and one before. Of a meeting of the
    last three weeks nobody has confirmed anything yet, and of some not that it was held."""
    today = local_day(now)
    prefix = f"{'R' if kind is ReviewKind.CIOC else 'P'}{person.case_id[2:]}"
    when = timetable(number, today, pathway=kind is ReviewKind.PATHWAY)
    lately = when.last_on > today - LATELY
    behind = Review(
        house.id, f"{prefix}-1", person.person_id, kind, officer, when.last_due, when.last_on,
        held=not lately or number % 2 == 1,
    )  # fmt: skip
    before = Review(
        house.id, f"{prefix}-2", person.person_id, kind, officer, when.ahead_due, when.ahead_on
    )
    for review in (behind, before):
        reviews.add(db, review, now)
    _history(db, house, person, behind, when, now)
    speaks = person.is_at_least(8, today)
    voices = LEAVER if kind is ReviewKind.PATHWAY else YOUNG
    if speaks and number % 2 == 0:
        said = last_moment(when.last_on, now)
        say(db, house, behind, voices[number // 2 % len(voices)], said)
    if not lately:
        finish(db, house, behind, last_moment(when.last_on, now) + timedelta(days=3))
    if speaks and number % 5 == 1:
        voice = voices[number // 5 % len(voices)]
        if kind is ReviewKind.CIOC:
            voice = {_ASKS: ASKS, _BRIEFS: BRIEFS}.get(number, voice)
        say(db, house, before, voice, now - timedelta(hours=30))
        if voice is BRIEFS:
            brief(db, house, before, now - timedelta(hours=5))


def _history(
    db: Connection,
    house: House,
    person: YoungPerson,
    behind: Review,
    when: Timetable,
    now: datetime,
) -> None:
    """What the clock needs: since when they are looked after and which reviews were before, or the
    day of the pathway plan."""
    if behind.kind is ReviewKind.PATHWAY:
        care.start_clock(db, house.id, person.person_id, timescales.PATHWAY.id, when.since)
        return
    days = [when.since]
    if not when.second:
        days = [working_day_by(months_after(when.since, -3)), when.since]
    began = when.since if when.first else working_days_after(days[0], -15)
    care.keep_periods(db, house.id, person.person_id, [Care(began)])
    for number, day in enumerate(() if when.first else days):
        review_id = f"{behind.review_id[:-2]}-0{number}"
        due_on = working_days_after(began, 20) if number == 0 else months_after(days[0], 3)
        earlier = replace(behind, review_id=review_id, due_on=due_on, meeting_on=day, held=True)
        reviews.add(db, earlier, now)
        under_4 = day < fourth_birthday(person.birth_date)
        code = Code.PN0 if under_4 else Code.PN1
        done = Confirmed(
            review_id, code, code, METHOD_OF[code].value, None, None, behind.officer_id,
            last_moment(day, now) + timedelta(days=3),
        )  # fmt: skip
        participation.confirm(db, house.id, done)


def last_moment(meeting: date, now: datetime) -> datetime:
    """A time before that meeting at which somebody may have written."""
    return now - (now.date() - meeting) - timedelta(days=2)


def say(db: Connection, house: House, review: Review, voice: Voice, at: datetime) -> None:
    """Play a whole conversation through the real engine, as the young person would."""
    invited = invitations.invite(db, house, review.review_id, at)
    let_in = invitations.let_in_by_code(db, house, invited.code, "", at)
    if isinstance(let_in, invitations.Refused):
        raise RuntimeError("A code that was just made is refused.")  # noqa: TRY004 - no wrong type
    play(db, house, let_in.conversation_id, voice, at)


def play(db: Connection, house: House, conversation_id: str, voice: Voice, at: datetime) -> None:
    """Answer what `voice` answers, skip the rest, and send."""
    for count in range(200):
        kept = kept_conversations.get(db, house.id, conversation_id)
        conversation = kept.conversation
        at_now = asked(conversation)
        heard = Command(name=Name.SEND) if at_now == CHECK else _reply(conversation, voice)
        key = f"{conversation.turns}:{at_now}"
        incoming = Incoming(conversation_id, f"web:{conversation_id}", key, "", heard, _all)
        hear(db, house, incoming, at + timedelta(seconds=20 * count))
        if at_now == CHECK:
            return
    raise RuntimeError("The conversation did not end.")


def _all(_answer: Answer) -> bool:
    """They say it all in one go."""
    return True


def _reply(conversation: Conversation, voice: Voice) -> Heard:
    topic, question = FLOWS[conversation.flow_id].by_id[asked(conversation)]
    if topic.explains:
        choice = {"start.ok": "yes", "rights.advocate": "no"}.get(question.id, "on")
        return Chosen(option=choice)
    if question.id.endswith(".audience"):
        return Chosen(option=voice.audience)
    answer = voice.answers.get(question.id)
    if answer is None:
        return Command(name=Name.SKIP)
    if question.kind is Kind.CHOICES:
        return ChosenSeveral(options=(answer,))
    if question.options:
        return Chosen(option=answer)
    return Text(words=answer)


def unused(db: Connection, house: House, now: datetime) -> dict[str, list[Review]]:
    """Reviews ahead to which nobody has come yet, by band: whom the demo may invite."""
    open_reviews = db.execute(
        select(reviews_table).where(
            reviews_table.c.council == house.id,
            reviews_table.c.held.is_(False),
            reviews_table.c.meeting_on > local_day(now),
            ~select(conversations_table.c.turns)
            .where(
                conversations_table.c.council == house.id,
                conversations_table.c.review_id == reviews_table.c.review_id,
            )
            .exists(),
        )
    )
    found: dict[str, list[Review]] = {band: [] for band in BANDS}
    for row in open_reviews:
        review = reviews.from_row(row)
        person = people.young_person(db, house.id, review.person_id)
        band = _band(person, now.date())
        if band in found:
            found[band].append(review)
    return found


def _band(person: YoungPerson, today: date) -> str:
    """One of `BANDS`; for a younger child none of them."""
    age = person.age(today)
    if age is None:
        return "foster carer"
    if age < YOUNGEST:
        return ""
    return "care leaver" if person.care_leaver else band_of(age).value
