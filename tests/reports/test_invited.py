"""Who was invited in a year: by language, and by age, carers apart."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, update

from bot.reports.figures import counting
from bot.reports.tables import TOTAL, Table
from bot.reports.year import year_of
from bot.service import invitations
from bot.service.days import local_day
from storage import people, reviews
from storage.people import YoungPerson
from storage.reviews import Review, ReviewKind
from storage.store import Store
from storage.tables import young_people
from tests.desk.northborough import AMINA, LENA, TINY, house_on, make

HOUSE = house_on("sqlite+aiosqlite://")
NOW = datetime.now(UTC)


async def _tables(
    store: Store, fill: Callable[[Connection], object], of: datetime = NOW
) -> dict[str, Table]:
    await store.write(fill)
    year, today = year_of(local_day(of)), local_day(NOW)
    found = await store.read(lambda db: counting.count(db, HOUSE.id, year, today, issue_within=20))
    return {one.id: one for one in found}


def _shown(table: Table) -> dict[str, int | None]:
    return {row: table.at(row) for row, _label in table.all_rows if table.at(row)}


def _invite(db: Connection) -> None:
    """Kai, Maya and Hana sent something. Lena reads Polish, and Tiny's row is a carer's."""
    make(db, HOUSE)
    for review_id in (LENA, TINY):
        invitations.invite(db, HOUSE, review_id, NOW)
    for review_id, more in ((LENA, {"language": "pl"}), (TINY, {"carer": True})):
        whose = young_people.c.person_id == f"person-{review_id}"
        db.execute(update(young_people).where(whose).values(**more))


async def test_each_review_counts_once_by_language_and_by_age_with_carers_apart(
    store: Store,
) -> None:
    tables = await _tables(store, _invite)

    assert _shown(tables["invitations"]) == {"answered": 3, "unopened": 2, TOTAL: 5}
    assert _shown(tables["invitations_by_language"]) == {"english": 4, "other": 1, TOTAL: 5}
    assert _shown(tables["invitations_by_age"]) == {
        "8_11": 1, "12_15": 2, "16_on": 1, "carer": 1, TOTAL: 5
    }  # fmt: skip


async def test_age_is_that_of_the_day_of_the_first_invitation(store: Store) -> None:
    first = NOW - timedelta(days=2)

    def again(db: Connection) -> None:
        make(db, HOUSE)
        born = date(NOW.year - 12, NOW.month, NOW.day)  # 12 today
        child = YoungPerson(HOUSE.id, "p", "P", "A B", born, False)
        people.add_young_person(db, HOUSE.keys, child, NOW)
        due = local_day(NOW) + timedelta(days=9)
        reviews.add(db, Review(HOUSE.id, "R-p", "p", ReviewKind.CIOC, AMINA, due, due), NOW)
        invitations.invite(db, HOUSE, "R-p", first)
        invitations.invite(db, HOUSE, "R-p", NOW, reason="Lost.")

    tables = await _tables(store, again, first)

    assert tables["invitations_by_age"].at("8_11") == 1


async def test_where_nobody_was_invited_that_is_said(store: Store) -> None:
    tables = await _tables(store, lambda db: None)

    assert tables["invitations_by_language"].no_data
    assert tables["invitations_by_age"].no_data
