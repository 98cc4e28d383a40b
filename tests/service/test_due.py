"""By when reviews are due, worked out from what is kept, in a fixed number of queries."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Connection, Engine, event, select

from bot.demo import council as demo
from bot.service import due
from bot.service.due import ByWhen
from bot.service.house import House
from bot.web.context import now
from conversations import timescales
from conversations.timescales import Care
from storage import care, reviews
from storage.reviews import Review, ReviewKind
from storage.store import Store
from storage.tables import reviews as reviews_table
from tests.desk import northborough
from tests.desk.northborough import AMINA, HANA, LENA

PERSON = f"person-{LENA}"
BEGAN = date(2024, 12, 20)


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


async def said(
    store: Store, house: House, put: Callable[[Connection], object], review_id: str, today: date
) -> ByWhen | None:
    def go(db: Connection) -> ByWhen | None:
        northborough.make(db, house)
        put(db)
        return due.of_review(db, house, reviews.get(db, house.id, review_id), today)

    return await store.write(go)


def held(db: Connection, house: House, review_id: str, day: date, kind: ReviewKind) -> None:
    review = Review(house.id, review_id, PERSON, kind, AMINA, None, day, held=True)
    reviews.add(db, review, now())


async def test_a_first_review_is_due_by_the_regulations_own_example(
    store: Store, house: House
) -> None:
    found = await said(
        store,
        house,
        lambda db: care.keep_periods(db, house.id, PERSON, [Care(BEGAN)]),
        LENA,
        date(2025, 1, 3),
    )

    assert found is not None
    assert found.by == date(2025, 1, 22)
    assert found.sentence == (
        "20 working days after 20 December 2024, when they became looked after: by 22 January 2025."
    )


async def test_the_clock_runs_from_the_days_before_it_were_held_and_not_from_others(
    store: Store, house: House
) -> None:
    def put(db: Connection) -> None:
        care.keep_periods(db, house.id, PERSON, [Care(BEGAN)])
        held(db, house, "A", date(2025, 1, 20), ReviewKind.CIOC)
        held(db, house, "B", date(2025, 4, 14), ReviewKind.CIOC)
        held(db, house, "C", date(2025, 5, 2), ReviewKind.CONFERENCE)  # of another kind

    found = await said(store, house, put, LENA, date(2025, 6, 1))
    assert found is not None
    assert found.by == date(2025, 10, 14)

    def second(db: Connection) -> ByWhen | None:
        return due.of_review(db, house, reviews.get(db, house.id, "B"), date(2026, 1, 1))

    before = await store.read(second)
    assert before is not None
    assert (before.by, before.late_days) == (date(2025, 4, 20), 0)
    assert "Held on 14 April 2025: in time." in before.sentence


async def test_a_new_period_starts_anew_and_a_placement_for_adoption_too(
    store: Store, house: House
) -> None:
    def put(db: Connection) -> None:
        first = Care(date(2020, 1, 6), date(2021, 3, 1))
        placed = Care(BEGAN, placed_on=(date(2025, 6, 2),))
        care.keep_periods(db, house.id, PERSON, [first, placed])
        held(db, house, "A", date(2020, 2, 3), ReviewKind.CIOC)
        held(db, house, "B", date(2025, 1, 20), ReviewKind.CIOC)
        held(db, house, "C", date(2025, 4, 14), ReviewKind.CIOC)

    found = await said(store, house, put, LENA, date(2025, 6, 10))

    assert found is not None
    assert found.by == date(2025, 6, 30)
    assert "when they were placed for adoption" in found.sentence


async def test_nothing_is_guessed_where_nothing_is_known_or_care_has_ended(
    store: Store, house: House
) -> None:
    ended = [Care(date(2024, 1, 8), date(2024, 9, 2))]
    assert (
        await said(
            store, house, lambda db: care.keep_periods(db, house.id, PERSON, ended), LENA,
            date(2025, 1, 3),
        )
    ) is None  # fmt: skip
    hana = await store.read(
        lambda db: due.of_review(db, house, reviews.get(db, house.id, HANA), northborough.today())
    )
    assert hana is None


async def test_a_pathway_plan_counts_from_its_day(store: Store, house: House) -> None:
    found = await said(
        store,
        house,
        lambda db: care.start_clock(
            db, house.id, f"person-{HANA}", timescales.PATHWAY.id, date(2026, 8, 31)
        ),
        HANA,
        northborough.today(),
    )

    assert found is not None
    assert found.by == date(2027, 2, 28)


async def test_the_demo_councils_due_days_are_what_the_clock_says(
    store: Store, house: House
) -> None:
    await store.write(lambda db: demo.make(db, house, now()))
    seen: list[str] = []

    def look(db: Connection) -> tuple[list[Review], dict[str, ByWhen]]:
        every = [reviews.from_row(row) for row in db.execute(select(reviews_table))]
        event.listen(Engine, "before_cursor_execute", note)
        try:
            return every, due.of_reviews(db, house, every, northborough.today())
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    def note(_db: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    every, found = await store.read(look)

    assert len(every) > 150
    # The clock runs from a review that was held: nobody has said so of some whose day is over.
    not_said = {
        one.person_id for one in every
        if not one.held and one.meeting_on and one.meeting_on < northborough.today()
    }  # fmt: skip
    assert len(not_said) < 20
    certain = [one for one in every if one.person_id not in not_said]
    other = [one for one in certain if found[one.review_id].by != one.due_on]
    assert other == []
    assert len(seen) == 4  # however many reviews there are
