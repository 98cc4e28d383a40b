"""What a text is filled in with is true on every day of the calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import pytest
from sqlalchemy import Connection

from bot.service.council import read_council
from bot.service.facts import Facts
from bot.service.house import House
from bot.settings import Settings
from storage import conversations
from storage.store import Store
from tests.desk import northborough
from tests.desk.northborough import KAI
from tests.keys import RING
from tests.service.test_alerts import talk_of


@pytest.fixture
def house(database_url: str) -> House:
    return House(read_council(None), RING, Settings(database_url=database_url))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 26, 12, tzinfo=UTC), date(2026, 12, 1)),  # a Thursday
        (datetime(2026, 12, 24, 12, tzinfo=UTC), date(2026, 12, 31)),  # Christmas, a substitute day
        (datetime(2027, 3, 25, 12, tzinfo=UTC), date(2027, 4, 1)),  # Easter
        (datetime(2027, 7, 4, 23, 30, tzinfo=UTC), date(2027, 7, 8)),  # Monday already, in England
    ],
)
async def test_the_day_by_which_somebody_reads_it_leaves_out_bank_holidays(
    store: Store, house: House, moment: datetime, day: date
) -> None:
    await store.write(partial(northborough.make, house=house))

    def look(db: Connection) -> object:
        kept = conversations.get(db, house.id, talk_of(db, KAI))
        unsent = replace(kept, conversation=replace(kept.conversation, sent=()))
        return Facts(db, house, unsent, moment)["read_by"]

    assert await store.read(look) == day
