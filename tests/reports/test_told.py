"""A wish that was answered face to face counts on the day they were told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.reports.figures import counting
from bot.reports.year import year_of
from bot.service.days import local_day
from conversations.asks import Answer, State
from storage import asks
from storage.asks import Kind
from storage.store import Store
from tests.desk.northborough import AMINA, KAI, house_on, make

HOUSE = house_on("sqlite+aiosqlite://")
NOW = datetime.now(UTC)


@pytest.mark.parametrize(("kind", "counts"), [(Kind.TOLD, "in_time"), (Kind.SENT, "late"),
                                              (Kind.DRAFT, "open")])  # fmt: skip
async def test_it_was_in_time_if_they_were_told_in_time(
    store: Store, kind: Kind, counts: str
) -> None:
    def fill(db: Connection) -> None:
        make(db, HOUSE)
        (ask,) = asks.of_review(db, HOUSE.id, KAI)
        told = NOW if kind is Kind.TOLD else None
        answer = Answer(State.AGREED, "Saturdays.", told_on=local_day(NOW) if told else None)
        put_down = NOW + timedelta(days=60)
        assert asks.write(db, HOUSE.id, ask, kind, answer, AMINA, put_down, told)

    await store.write(fill)
    today = local_day(NOW)
    tables = await store.read(
        lambda db: counting.count(db, HOUSE.id, year_of(today), today, issue_within=20)
    )

    answered = next(one for one in tables if one.id == "asks_answered")
    others = 2  # Maya's and Hana's wait
    assert answered.at(counts) == (others + 1 if counts == "open" else 1)
