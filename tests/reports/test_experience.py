"""*My experience in your care* is counted by what young people chose, by its newest version."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from bot.reports.figures import counting
from bot.reports.tables import Table
from bot.reports.year import Year
from storage import contributions, reviews
from storage.contributions import Sent
from storage.migrate import migrate
from storage.reviews import Review, ReviewKind
from storage.store import Store
from tests.desk.northborough import AMINA
from tests.reports.council import NOW, Unit, fill
from tests.reports.test_imported import HOUSE

IN_YEAR, BEFORE = datetime(2025, 9, 1, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC)


def _answer(question: str, choice: str) -> dict[str, Any]:
    return {"question_id": question, "words": None, "choices": [choice]}


def _said(
    db: Connection, number: int, at: datetime, *answers: dict[str, Any], version: int = 1
) -> None:
    person = f"child-{number}"
    if version == 1:
        after = Review(
            HOUSE.id, f"after-{number}", person, ReviewKind.CIOC, AMINA, None, None,
            looks_back_on=f"{person}-c",
        )  # fmt: skip
        reviews.add(db, after, NOW)
    content = {"ordinary": {"answers": list(answers[:1])},
               "restricted": {"answers": list(answers[1:])}}  # fmt: skip
    contributions.add(
        db,
        Sent(HOUSE.id, f"c-{number}", version, f"after-{number}", person, f"talk-{number}",
             "contribution" if version == 1 else "correction", "webchat", at, content),
    )  # fmt: skip


async def _counted(store: Store) -> Table:
    found = await store.read(
        lambda db: counting.count(db, HOUSE.id, Year(2025), NOW.date(), issue_within=20)
    )
    return next(table for table in found if table.id == "my_experience")


async def test_each_choice_counts_once_by_the_newest_version(store: Store) -> None:
    await migrate(store)

    def put(db: Connection) -> None:
        fill(db, HOUSE, Unit(children=9))
        for number in range(7):
            _said(db, number, IN_YEAR, _answer("listened.was", "yes"),
                  _answer("people.right", "not_there"))  # fmt: skip
        _said(db, 6, IN_YEAR, _answer("listened.was", "a_bit"), version=2)
        _said(db, 7, BEFORE, _answer("listened.was", "no"))

    await store.write(put)

    table = await _counted(store)

    assert [table.values["listened.was", one] for one in ("yes", "part", "no", "neither")] == [
        6, 1, 0, 0,
    ]  # fmt: skip
    assert table.values["people.right", "neither"] == 6
    assert table.values["asked.done", "total"] == 0


async def test_where_nobody_said_anything_that_is_told(store: Store) -> None:
    await migrate(store)
    await store.write(lambda db: fill(db, HOUSE, Unit(children=1)))

    assert (await _counted(store)).no_data
