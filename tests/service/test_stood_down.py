"""What was stood down and what became of it, counted alike for every kind of meeting."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from bot.access.roles import Role
from bot.service import rearranging, stood_down
from bot.service.admission import Admitted
from bot.service.house import House
from bot.service.rearranging import Why
from bot.web.context import now
from storage import reviews
from storage.review_moves import Reason
from storage.reviews import Review, ReviewKind
from storage.store import Store
from tests.desk import northborough
from tests.desk.northborough import AMINA, DEV, KAI, RUTH, today

BY = "staff:amina"


@pytest.fixture
def house(database_url: str) -> House:
    return northborough.house_on(database_url)


def _meeting(db: Connection, house: House, name: str, kind: ReviewKind, officer: str) -> str:
    """Due in ten days, on a day that the case system says; its id."""
    meeting, due = today() + timedelta(days=5), today() + timedelta(days=10)
    one = Review(house.id, name, f"person-{KAI}", kind, officer, due, meeting)
    reviews.add(db, one, now())
    return name


def _off(db: Connection, house: House, review_id: str, why: Reason, again: int | None) -> None:
    """Stood down; arranged anew so many days ahead."""
    rearranging.stand_down(db, house, review_id, BY, now(), Why(why))
    if again is not None:
        rearranging.move(db, house, review_id, today() + timedelta(days=again), BY, now())


async def test_conferences_are_counted_as_reviews_are(store: Store, house: House) -> None:
    def play(db: Connection) -> stood_down.Counted:
        northborough.make(db, house)
        for kind, officer in (
            (ReviewKind.CONFERENCE, AMINA), (ReviewKind.DISRUPTION, AMINA),
            (ReviewKind.PATHWAY, DEV),
        ):  # fmt: skip
            for name, again in (("in", 9), ("late", 12), ("none", None)):
                review_id = _meeting(db, house, f"{kind.value}-{name}", kind, officer)
                _off(db, house, review_id, Reason.ILLNESS, again)
        _meeting(db, house, "stands", ReviewKind.CONFERENCE, AMINA)
        twice = _meeting(db, house, "twice", ReviewKind.CONFERENCE, AMINA)
        _off(db, house, twice, Reason.COURT, 6)
        _off(db, house, twice, Reason.ILLNESS, 8)
        staff = Admitted(RUTH, Role.UNIT_MANAGER, "Ruth Adeyemi", "", now())
        return stood_down.of_team(db, house, staff, now())

    counted = await store.write(play)

    rows = {row.kind.kind: row for row in counted.rows}
    figures = {kind: (one.all, one.in_time, one.late, one.no_day) for kind, one in rows.items()}
    assert figures == {
        ReviewKind.PATHWAY: (3, 1, 1, 1),
        ReviewKind.CONFERENCE: (5, 3, 1, 1),
        ReviewKind.DISRUPTION: (3, 1, 1, 1),
    }
    assert rows[ReviewKind.CONFERENCE].why == (("Illness", 4), ("Court", 1))


async def test_another_team_and_the_year_before_are_left_out(store: Store, house: House) -> None:
    def play(db: Connection) -> tuple[stood_down.Counted, ...]:
        northborough.make(db, house)
        old = Review(
            house.id, "old", f"person-{KAI}", ReviewKind.CIOC, AMINA, None,
            stood_down.year_of(today()) - timedelta(days=1),
        )  # fmt: skip
        reviews.add(db, old, now())
        _off(db, house, "old", Reason.SCHOOL, None)
        _off(db, house, _meeting(db, house, "new", ReviewKind.CIOC, AMINA), Reason.SCHOOL, None)
        found = []
        for team in ("", "Another team"):
            staff = Admitted(RUTH, Role.UNIT_MANAGER, "Ruth Adeyemi", "", now(), team)
            found.append(stood_down.of_team(db, house, staff, now()))
        return tuple(found)

    mine, theirs = await store.write(play)

    assert [(row.kind.kind, row.all) for row in mine.rows] == [(ReviewKind.CIOC, 1)]
    assert theirs.rows == ()


def test_the_year_begins_on_the_first_of_april() -> None:
    assert stood_down.year_of(date(2026, 3, 31)) == date(2025, 4, 1)
    assert stood_down.year_of(date(2026, 4, 1)) == date(2026, 4, 1)
