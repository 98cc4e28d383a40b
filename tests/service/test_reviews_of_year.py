"""The reviews of a year one by one: stage, due date, days late and the sentence that says why."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, insert

from bot.service.house import House
from bot.service.reviews_of_year import Told, told
from conversations.timescales import Care, Rearranged, Stage
from storage import care, people, reviews
from storage.people import YoungPerson
from storage.review_tables import review_moves
from storage.reviews import Review, ReviewKind
from storage.store import Store, open_store
from storage.tables import participation
from tests.desk.northborough import AMINA, DEV, house_on, make
from tests.keys import RING

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BEGINS, ENDS = date(2025, 4, 1), date(2026, 3, 31)


def _person(db: Connection, house: House, case_id: str, *cares: Care) -> None:
    child = YoungPerson(house.id, f"p-{case_id}", case_id, "A B", date(2012, 5, 4), False)
    people.add_young_person(db, house.keys, child, NOW)
    care.keep_periods(db, house.id, child.person_id, cares)


def _review(
    db: Connection,
    house: House,
    case_id: str,
    review_id: str,
    day: date | None,
    *,
    due: date | None = None,
    held: bool = True,
    kind: ReviewKind = ReviewKind.CIOC,
) -> None:
    officer = AMINA if kind is ReviewKind.CIOC else DEV
    review = Review(house.id, review_id, f"p-{case_id}", kind, officer, due, day, held)
    reviews.add(db, review, NOW)


def _fill(db: Connection, house: House) -> None:
    make(db, house)
    # domain.md: looked after Tue 01/04/2025, the first review is due by Thu 01/05/2025.
    _person(db, house, "=C1", Care(date(2025, 4, 1)))
    _review(db, house, "=C1", "R1", date(2025, 5, 1))
    _review(db, house, "=C1", "R2", date(2025, 8, 2))
    _review(db, house, "=C1", "R3", date(2026, 2, 2))
    _review(db, house, "=C1", "R4", None, due=date(2026, 8, 2), held=False)
    db.execute(
        insert(participation),
        {"council": house.id, "review_id": "R1", "code": "PN6", "proposed": "PN6",
         "method": "views_sent", "confirmed_by": AMINA, "confirmed_at": NOW},
    )  # fmt: skip
    # Called off for 28 May, and the one of 30 May is in time all the same.
    _person(db, house, "C2", Care(date(2024, 1, 8)))
    _review(db, house, "C2", "S0", date(2024, 9, 2))
    _review(db, house, "C2", "S1", date(2024, 12, 2))
    _review(db, house, "C2", "S2", None, due=date(2025, 6, 2), held=False)
    _review(db, house, "C2", "S3", date(2025, 5, 30))
    for review_id, day in (("S2", date(2025, 5, 28)),):
        reviews.stand_down(db, house.id, review_id, NOW)
        db.execute(
            insert(review_moves),
            {"council": house.id, "review_id": review_id, "number": 1, "person_id": "p-C2",
             "what": "stood_down", "at": NOW, "by": AMINA, "from_on": day, "reason": "illness"},
        )  # fmt: skip
    # No period of care on record: by the case system's own day.
    _person(db, house, "C3")
    _review(db, house, "C3", "T1", date(2025, 9, 10), due=date(2025, 9, 8))
    _person(db, house, "C4")
    _review(db, house, "C4", "P1", date(2025, 1, 6), kind=ReviewKind.PATHWAY)
    _review(db, house, "C4", "P2", date(2025, 7, 7), kind=ReviewKind.PATHWAY)


@pytest.fixture
async def council(database_url: str) -> House:
    house = house_on(database_url)
    store = await open_store(database_url, RING)
    await store.write(lambda db: _fill(db, house))
    await store.close()
    return house


async def _told(house: House, kind: ReviewKind = ReviewKind.CIOC) -> dict[str, Told]:
    store: Store = await open_store(house.settings.database_url, RING)
    found = {one.review_id: one async for one in told(store, house, BEGINS, ENDS, kind)}
    await store.close()
    return found


async def test_each_has_its_stage_its_due_date_and_the_sentence_that_explains_it(
    council: House,
) -> None:
    found = await _told(council)

    first, second, later = (found[one] for one in ("R1", "R2", "R3"))
    assert [one.stage for one in (first, second, later)] == list(Stage)
    assert (first.child_id, first.code, first.late_days) == ("=C1", "PN6", 0)
    assert (first.due, first.held) == (date(2025, 5, 1), date(2025, 5, 1))
    assert first.because == (
        "20 working days after 1 April 2025, when they became looked after: by 1 May 2025. "
        "Held on 1 May 2025: in time."
    )
    assert (second.due, second.late_days, second.code) == (date(2025, 8, 1), 1, None)
    assert second.because.endswith("Held on 2 August 2025: 1 day late.")
    assert (later.due, later.late_days) == (date(2026, 2, 2), 0)


async def test_those_of_other_years_and_other_kinds_are_not_listed(council: House) -> None:
    assert set(await _told(council)) == {"R1", "R2", "R3", "S2", "S3", "T1"}
    pathway = await _told(council, ReviewKind.PATHWAY)
    assert set(pathway) == {"P2"}
    assert (pathway["P2"].due, pathway["P2"].late_days) == (date(2025, 7, 6), 1)


async def test_what_was_stood_down_is_answered_by_the_next_one_held(council: House) -> None:
    off = (await _told(council))["S2"]

    assert off.stood_down
    assert (off.held, off.late_days) == (None, 0)
    assert off.became is Rearranged.IN_TIME
    assert off.due == date(2025, 6, 2)


async def test_where_no_clock_is_about_it_the_case_systems_day_counts(council: House) -> None:
    one = (await _told(council))["T1"]

    assert one.stage is None
    assert (one.due, one.late_days) == (date(2025, 9, 8), 2)
    assert "no timescale is about it" in one.because
