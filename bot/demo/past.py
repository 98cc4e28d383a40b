"""Two years behind the demo council, so that its reports, boards and forecast have something to
say: children by the hundred with periods of care, reviews held and stood down, records, wishes and
what became of them; care leavers, some of whom waited too long; households, conferences, meetings
after a disruption.

What is ahead of them is more than four weeks away, so that nobody's day gets longer by it. The same
every time but for its dates. What they said is played once for each age and copied.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select

from bot.demo import copies, council
from bot.demo.dates import working_day_by, working_days_after
from bot.demo.past_records import (
    DAY,
    Made,
    confirmed_by,
    moment_of,
    of_the_unit,
    put_fact,
    stood_down,
    what_was_said,
)
from bot.demo.people import (
    FAMILY,
    GIVEN,
    IROS,
    PATHWAY_OFFICER,
    SECOND_TEAM,
    SOCIAL_WORKERS,
    YOUNG,
)
from bot.service.days import local_day
from bot.service.house import House
from conversations import timescales
from conversations.participation import Code
from conversations.timescales import Care, months_after
from storage import (
    allocations as allocations_of,
)
from storage import (
    care,
    data_keys,
    participation,
    people,
    reviews,
)
from storage.allocations import Allocation
from storage.ask_tables import ask_answers, asks
from storage.data_keys import Purpose
from storage.inviting_tables import invitation_sendings
from storage.people import Staff, YoungPerson
from storage.review_tables import record_values, review_moves
from storage.reviews import Review, ReviewKind
from storage.tables import (
    allocations,
    contributions,
    conversations,
    filings,
    invitations,
    readings,
)
from storage.tables import reviews as reviews_table

CHILDREN, LEAVERS, HOUSEHOLDS, CONFERENCES = 120, 34, 22, 14
_LEFT = 10
"""How many of the children are not in care any more."""
_MODELS = (9, 13, 16)
"""How old those are whose words the others have."""
_FIRST_WEEKS = timedelta(days=33)


def make(db: Connection, house: House, now: datetime) -> None:
    """All of it, beside the council that `council.make` made."""
    today = local_day(now)
    every = {one.name: one.staff_id for one in people.all_staff(db, house.id)}
    for name, role, team in SECOND_TEAM:
        every[name] = council.id_of(house, name)
        people.add_staff(db, house.keys, Staff(house.id, every[name], role, name, team=team), now)
    made = Made(db, house, now, today, every)
    for number in range(len(_MODELS)):
        _model(made, number)
    ids = [council.id_of(house, f"past {number}") for number in range(CHILDREN + LEAVERS)]
    for purpose in (Purpose.IDENTITY, Purpose.WORDS, Purpose.DECISIONS):
        data_keys.make_for_new(db, house.id, ids, purpose)
    for number, person_id in enumerate(ids[:CHILDREN]):
        _child(made, number, person_id)
    for number, person_id in enumerate(ids[CHILDREN:]):
        _leaver(made, number, person_id)
    for number in range(HOUSEHOLDS):
        _household(made, number)
    for number in range(CONFERENCES):
        _conference(made, number)
    for table in _ORDER:
        if several := [*made.rows.get(table, ()), *made.copied.get(table, ())]:
            db.execute(insert(table), several)
    for done in made.confirmed:
        participation.confirm(db, house.id, done)
    of_the_unit(made)


_ORDER = (
    reviews_table, invitations, invitation_sendings, conversations, contributions, filings,
    readings, allocations, record_values, review_moves, asks, ask_answers,
)  # fmt: skip


def _model(made: Made, number: int) -> None:
    """One who says it through the real engine before a review that was held since."""
    house, age = made.house, _MODELS[number]
    case_id = f"NB{40_900 + number}"
    born = made.today - timedelta(days=int(age * 365.25) + 200)
    name = f"{('Etta', 'Milo', 'Saoirse')[number]} {FAMILY[-1 - number]}"
    person_id = council.id_of(house, case_id)
    person = YoungPerson(house.id, person_id, case_id, name, born, False)
    people.add_young_person(made.db, house.keys, person, made.now)
    last_on = working_day_by(months_after(made.today + _FIRST_WEEKS + 9 * number * DAY, -6))
    care.keep_periods(made.db, house.id, person_id, [Care(working_days_after(last_on, -15))])
    officer = made.staff[IROS[number % 3]]
    worker = Allocation(
        house.id, person_id, made.staff[SOCIAL_WORKERS[0]], "social_worker", last_on - 90 * DAY
    )
    allocations_of.add(made.db, worker)
    review = Review(
        house.id, f"R{case_id[2:]}-1", person_id, ReviewKind.CIOC, officer, last_on, last_on,
        held=True,
    )  # fmt: skip
    reviews.add(made.db, review, made.now)
    said_at = moment_of(last_on - 4 * DAY)
    council.say(made.db, house, review, YOUNG[number], said_at)
    participation.confirm(
        made.db, house.id, confirmed_by(review.review_id, officer, Code.PN6, last_on)
    )
    made.models.append(copies.model_of(made.db, house, review.review_id, said_at))
    wished = select(asks).where(asks.c.council == house.id, asks.c.review_id == review.review_id)
    made.wishes.append([dict(row._mapping) for row in made.db.execute(wished)])


def _name(number: int) -> str:
    return f"{GIVEN[(number * 7 + 3) % len(GIVEN)]} {FAMILY[(number * 5 + 1) % len(FAMILY)]}"


def _days(made: Made, number: int) -> tuple[date, list[date]]:
    """Since when a child is looked after, and the days of the reviews that were held, in order:
    the first, the second, and one every half year, some of them late."""
    due = made.today + _FIRST_WEEKS + number * 37 % 145 * DAY
    days = [working_day_by(months_after(due, -6))]
    many = number % 4 if number % 5 == 0 else 4
    for step in range(many):
        spare = -2 - number % 9 if (number + 5 * step) % 13 == 5 else 3 + number % 7
        days.insert(0, working_day_by(months_after(days[0], -6) + spare * DAY))
    spare = -3 if number % 17 == 6 else 3 + number % 5
    days.insert(0, working_day_by(months_after(days[0], -3) + spare * DAY))
    return working_days_after(days[0], -23 if number % 19 == 4 else -18 + number % 4), days


def _child(made: Made, number: int, person_id: str) -> None:
    house, case_id = made.house, f"NB{41_001 + number}"
    began, days = _days(made, number)
    age = number % 18 or 10
    born = made.today - timedelta(days=int(age * 365.25) + 20 + number * 3 % 300)
    born = min(born, began - 5 * DAY)
    person = YoungPerson(house.id, person_id, case_id, _name(number), born, False)
    people.add_young_person(made.db, house.keys, person, made.now)
    ended = days[-1] + 40 * DAY if number >= CHILDREN - _LEFT else None
    ended = ended if ended and ended < made.today else None
    care.keep_periods(made.db, house.id, person_id, [Care(began, ended)])
    officer = made.staff[IROS[number % 3]]
    worker = (*SOCIAL_WORKERS, *(name for name, _role, _team in SECOND_TEAM))[number % 4]
    made.add(
        allocations,
        {"person_id": person_id, "staff_id": made.staff[worker], "kind": "social_worker",
         "since": began, "until": ended},
    )  # fmt: skip
    due = working_days_after(began, 20)
    for place, day in enumerate(days):
        review_id = f"R{case_id[2:]}-{place}"
        _review(made, review_id, person_id, ReviewKind.CIOC, officer, due, day, held=True)
        what_was_said(made, person, review_id, officer, day, number + 7 * place)
        if (number * 3 + place) % 7 == 0:
            stood_down(made, person_id, review_id, officer, day)
        due = months_after(day, 3 if place == 0 else 6)
    if number % 17 == 2:
        kind = ReviewKind.DISRUPTION
        on = working_day_by(made.today - (40 + number) * DAY)
        _review(made, f"D{case_id[2:]}", person_id, kind, officer, on, on, held=True)
    if ended is None:
        review_id = f"R{case_id[2:]}-{len(days)}"
        _review(made, review_id, person_id, ReviewKind.CIOC, officer, due, _ahead(number, due))


def _ahead(number: int, due: date) -> date | None:
    """The day for which a review is arranged: none for some, too late for a few."""
    if number % 6 == 1:
        return None
    if number % 40 == 9:
        return working_days_after(due, 3)
    return working_day_by(due - number % 5 * 2 * DAY)


def _review(
    made: Made,
    review_id: str,
    person_id: str,
    kind: ReviewKind,
    officer: str,
    due: date,
    on: date | None,
    *,
    held: bool = False,
) -> None:
    made.add(
        reviews_table,
        {"review_id": review_id, "person_id": person_id, "kind": kind.value,
         "officer_id": officer, "due_on": due, "meeting_on": on, "held": held,
         "looks_back_on": None, "created_at": made.now},
    )  # fmt: skip


def _leaver(made: Made, number: int, person_id: str) -> None:
    """A care leaver with a pathway review each half year. A third of them waited too long from last
    winter on, and were reviewed one after another since spring."""
    house, case_id = made.house, f"NB{42_001 + number}"
    born = made.today - timedelta(days=int((18 + number % 7) * 365.25) + 30 + number * 5 % 300)
    person = YoungPerson(house.id, person_id, case_id, _name(200 + number), born, True)
    people.add_young_person(made.db, house.keys, person, made.now)
    officer = made.staff[PATHWAY_OFFICER]
    due = made.today + _FIRST_WEEKS + number * 41 % 140 * DAY
    days = [working_day_by(months_after(due, -6))]
    gap = 6
    if number % 3 == 0:
        days = [working_day_by(made.today - (20 + 11 * (number // 3)) * DAY)]
        gap = 10
    for _step in range(3):
        days.insert(0, working_day_by(months_after(days[0], -gap) + (4 + number % 5) * DAY))
        gap = 6
    care.start_clock(made.db, house.id, person_id, timescales.PATHWAY.id, months_after(days[0], -6))
    for place, day in enumerate(days):
        review_id = f"P{case_id[2:]}-{place}"
        _review(made, review_id, person_id, ReviewKind.PATHWAY, officer, day, day, held=True)
        code = (Code.PN1, Code.PN1, Code.PN6, Code.PN7)[(number + place) % 4]
        made.confirmed.append(confirmed_by(review_id, officer, code, day, pathway=True))
        put_fact(made, review_id, person_id, officer, day, "reports", "in_time")
    ahead = months_after(days[-1], 6)
    meeting = None if number % 5 == 2 else working_day_by(ahead - 3 * DAY)
    review_id = f"P{case_id[2:]}-{len(days)}"
    _review(made, review_id, person_id, ReviewKind.PATHWAY, officer, ahead, meeting)


def _household(made: Made, number: int) -> None:
    """A fostering household whose yearly review was held; the next is far ahead."""
    house, case_id = made.house, f"NF{31_001 + number}"
    person_id = council.id_of(house, case_id)
    name = f"The {FAMILY[number * 5 % len(FAMILY)]} household"
    carers = YoungPerson(house.id, person_id, case_id, name, None, care_leaver=False, carer=True)
    people.add_young_person(made.db, house.keys, carers, made.now)
    on = working_day_by(made.today - (30 + number * 14) * DAY)
    due = on - 4 * DAY if number % 3 == 2 else on + 9 * DAY
    care.start_clock(
        made.db, house.id, person_id, timescales.FOSTER_CARER.id, months_after(due, -12)
    )
    chair = made.staff[IROS[number % 3]]
    review_id = f"F{case_id[2:]}-1"
    _review(made, review_id, person_id, ReviewKind.FOSTER_CARER, chair, due, on, held=True)
    kind = "connected" if number % 5 in (1, 3) else "mainstream"
    put_fact(made, review_id, person_id, chair, on, "household", kind)


def _conference(made: Made, number: int) -> None:
    """A child who may not be safe at home, and is not looked after."""
    house, case_id = made.house, f"NB{43_001 + number}"
    person_id = council.id_of(house, case_id)
    born = made.today - timedelta(days=int((number % 12) * 365.25) + 400)
    person = YoungPerson(house.id, person_id, case_id, _name(300 + number), born, False)
    people.add_young_person(made.db, house.keys, person, made.now)
    chair = made.staff[IROS[number % 3]]
    lately = number < CONFERENCES // 2
    on = working_day_by(made.today - (25 + number * 3 if lately else 100 + number * 9) * DAY)
    due = on - 3 * DAY if number % 2 else on + 4 * DAY
    kind = ReviewKind.CONFERENCE
    _review(made, f"C{case_id[2:]}-1", person_id, kind, chair, due, on, held=True)
    if lately:
        ahead = months_after(on, 3)
        planned = working_day_by(ahead - 2 * DAY)
        _review(made, f"C{case_id[2:]}-2", person_id, kind, chair, ahead, planned)
